"""A network that is away and comes back, in a network namespace (Linux): no old ON comes out of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from irtherapy.edge.drivers import registry
from irtherapy.edge.faults import firmware

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("cut_network.py")


@pytest.mark.parametrize("kind", registry.PLUGS)
def test_a_network_that_comes_back_lights_nothing(kind: str, tmp_path: Path) -> None:
    if kind == registry.ESPHOME:
        firmware.built()  # in there is no way to what it is built of
    command = ["unshare", "--map-root-user", "--net", sys.executable, str(SCRIPT), kind, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    sys.stdout.write(f"measured: {kind} {told}\n")
    assert told["seconds_to_off"] <= told["lease_s"] + 1.0
    assert told["afterwards"] == [], "an ON that had waited came out when the network was back"
    assert told["reaches"], "the line is there again"
