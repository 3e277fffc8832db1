"""A hidden session by a plug on a real broker: lit with heat, never told ON without, and both look the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import paho.mqtt.publish as publish
import pytest

from irtherapy.edge.drivers.plug import Plug
from irtherapy.edge.drivers.unlit import Unlit
from irtherapy.edge.faults.parts import Broker, Pretended
from irtherapy.edge.runner import MonotonicClock, Scripted, run
from irtherapy.pathway import make_compared_order
from irtherapy.values import Event, Region, SessionOrder, Setting, Side, StretchItem

ITEM = StretchItem("chin_tuck", "Chin tuck", Side.BOTH, 5, 1, 5, 20, "sitting", "Sit tall.", "Stop if it hurts.")
ORDER = SessionOrder("plug", Setting.HOME, Region.NECK, "wrap", "mqtt", 4, 42, 41, 2, 3, (("skin", "Bare."),), (ITEM,))


class Quick(Scripted):
    """Answers everything, and skips the stretches."""

    def poll(self, snapshot: Mapping[str, Any]) -> Any:
        now = {"heat_ended": "stretch_start", "stretching": "stretch_skip"}.get(snapshot["phase"])
        return [{"kind": now}] if now else super().poll(snapshot)


class Kept:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, event: Event) -> None:
        self.events.append(event)


def walked(plug: Pretended, driver: Plug, with_heat: bool) -> tuple[list[str], set[str]]:
    """Run the session; return the kinds of its events, and what was said."""
    shown: list[dict[str, Any]] = []
    kept = Kept()
    order = make_compared_order(ORDER, with_heat, hidden=True)
    state = run(order, driver if with_heat else Unlit(driver), MonotonicClock(), Quick(), kept, shown.append)
    assert state.why == "completed" and state.heat_s >= 3.5
    assert any(line["on"] for line in plug.truth()) is with_heat and not plug.is_on
    return [e.kind for e in kept.events if e.kind != "sample"], {p["text"] for s in shown for p in s["prompts"]}


@pytest.mark.parametrize("with_heat", [True, False])
def test_it_is_lit_with_heat_and_never_without_and_is_told_the_same(
    kind: str, with_heat: bool, pretend: Callable[..., Pretended], opened: Callable[..., Plug]
) -> None:
    plug = pretend(kind)
    kinds, said = walked(plug, opened(plug), with_heat)
    assert [k for k in kinds if k.startswith("heat")] == ["heat_time", "heat_time_over"]
    assert any("the heat may be on or off" in text for text in said), said


def test_a_plug_that_another_switches_on_is_switched_off_and_the_session_ends(
    kind: str, broker: Broker, pretend: Callable[..., Pretended], opened: Callable[..., Plug]
) -> None:
    plug = pretend(kind)
    driver = opened(plug)
    topic, word = {"tasmota": ("cmnd/tasmota-1/POWER", "ON"), "shelly": ("shelly-1/command/switch:0", "on")}[kind]

    class Another(Quick):
        done = False

        def poll(self, snapshot: Mapping[str, Any]) -> Any:
            if snapshot["heat_s"] > 1.0 and not self.done:
                self.done = True
                publish.single(topic, word, qos=1, hostname="127.0.0.1", port=broker.port)
            return super().poll(snapshot)

    began_s = time.time()
    order = make_compared_order(ORDER, False, hidden=True)
    state = run(order, Unlit(driver), MonotonicClock(), Another(), Kept())
    assert state.why in ("driver_error", "relay_stuck") and not plug.is_on
    assert plug.seconds_to_off(began_s, 1.0) < 8.0
