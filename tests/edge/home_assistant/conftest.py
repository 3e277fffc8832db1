"""A home of its own, a fresh broker, a pretended plug and a session on it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import announced_bench as bench
import pytest

from irtherapy.edge.faults.parts import Broker, Pretended, wait_for
from irtherapy.edge.runner import RunnerHandle, start


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
    """A session with heat on, on the pretended Tasmota plug.

    ``process`` is the runner, or the page's program that holds its pipe.
    """

    folder: Path
    plug: Pretended
    handle: RunnerHandle | None
    process: subprocess.Popen


@pytest.fixture
def session(broker: Broker, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Begin a session with heat on. ``plugs``: the plug's own broker; ``by``: starts the runner instead of the test."""
    running: list[Running] = []

    def begin(name: str = "s", plugs: Broker | None = None, by: Callable | None = None, **more: object) -> Running:
        port, folder = (plugs or broker).port, tmp_path / name
        plug = bench.OwnTopic(port, tmp_path / f"plug-{name}", f"tasmota-{name}")
        plug.wait_until_there()
        bench.lay_out(folder, bench.order_of("mqtt", **more), plug, port)
        handle = None if by else start(folder)
        running.append(Running(folder, plug, handle, by(folder) if handle is None else handle.process))
        if handle is not None:
            bench.heat(handle)
        wait_for(lambda: plug.is_on, 10.0)
        return running[-1]

    yield begin
    for one in running:
        one.process.kill()
        one.process.wait()
        one.plug.kill()
