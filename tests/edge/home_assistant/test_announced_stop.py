"""STOP over MQTT, and all that must not happen over MQTT: the real runner, a real broker, a pretended plug."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import announced_bench as bench
import pytest
from plug_bench import Broker, wait_for

from irtherapy.edge.runner import topics
from irtherapy.limits import LEASE_MAX_S
from irtherapy.session.state import INPUT_EVENTS

pytestmark = pytest.mark.slow
STOP_MAX_S = 1.0


def say(what: str, seconds: float) -> None:
    sys.stdout.write(f"measured: {what} {seconds:.2f} s\n")


def seconds_to_off(running: object, since_s: float, most_s: float = 5.0) -> float:
    return running.plug.seconds_to_off(since_s, most_s)  # type: ignore[attr-defined, no-any-return]


def test_stop_is_off_within_a_second(session: Callable, somebody: bench.Listener) -> None:
    running = session()
    wait_for(lambda: somebody.state().get("heat") == "ON")
    since_s = time.time()
    somebody.press(b"stop")
    took_s = seconds_to_off(running, since_s)
    say("STOP over MQTT to OFF", took_s)
    assert took_s < STOP_MAX_S
    wait_for(lambda: bench.ended(running.folder) == "stopped")
    stop = next(e for e in bench.events(running.folder) if e.kind == "stop")
    assert stop.data == {"by": "mqtt"}
    wait_for(lambda: somebody.state()["heat"] == "OFF" and somebody.state()["limit"] == "You stopped the session.")
    assert not any(topic == topics.command(bench.NAME) and kept for _, topic, _, kept in somebody.heard)
