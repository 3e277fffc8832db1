"""A home of its own, a fresh broker, a pretended plug and a session on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import announced_bench as bench
import pytest
from plug_bench import Broker, Pretended, wait_for

from irtherapy.edge.runner import RunnerHandle


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    started = Broker(tmp_path)
    bench.announce_at(started.port)
    yield started
    started.kill()


@pytest.fixture
def somebody(broker: Broker) -> Iterator[bench.Listener]:
    listener = bench.Listener(broker.port)
    yield listener
    listener.close()


@dataclass
class Running:
    """A session with heat on, on the pretended Tasmota plug."""

    folder: Path
    plug: Pretended
    handle: RunnerHandle


@pytest.fixture
def session(broker: Broker, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Begin a session with heat on; the plug has a broker of its own when one is given."""
    running: list[Running] = []

    def begin(name: str = "s", plugs: Broker | None = None, **more: object) -> Running:
        port = (plugs or broker).port
        folder = tmp_path / name
        plug = Pretended("tasmota", port, tmp_path / f"plug-{name}")
        wait_for(lambda: plug.truth(), 10.0)
        time.sleep(0.5)  # it takes a moment to reach the broker
        told: dict[str, object] = {"kind": "tasmota", "topic": plug.topic, "broker": {"port": port}}
        one = Running(folder, plug, bench.lay_out(folder, bench.order_of("mqtt", **more), told))
        running.append(one)
        bench.heat(one.handle)
        wait_for(lambda: plug.is_on, 10.0)
        return one

    yield begin
    for one in running:
        one.handle.process.kill()
        one.handle.process.wait()
        one.plug.kill()
