"""Every fault that ends in OFF, with the real runner, a real broker and pretended plugs: the fault matrix.

Each cell measures by the plug's own truth how long after the fault its relay was off. The table of
``docs/reference/plug-faults.md`` is written from these figures when IRTHERAPY_FAULTS names a file.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import paho.mqtt.publish as publish
import pytest

from irtherapy.edge import journal
from irtherapy.edge.drivers import registry
from irtherapy.edge.faults.parts import Broker, Pretended, Wire, wait_for
from irtherapy.edge.runner import RunnerHandle, recover, start
from irtherapy.limits import LEASE_MAX_S

pytestmark = pytest.mark.slow
CELLS = os.environ.get("IRTHERAPY_FAULTS")


class Running:
    """A session whose plug is on, run by the real runner process."""

    def __init__(self, folder: Path, plug: Pretended, port: int, order: object) -> None:
        self.folder, self.plug = folder, plug
        journal.write_order(folder, order)  # type: ignore[arg-type]
        told = {"kind": plug.kind, "topic": plug.topic, "broker": {"port": port}}
        (folder / registry.DEVICE).write_text(json.dumps(told))
        self.handle: RunnerHandle = start(folder)
        wait_for(lambda: self.alive, 10.0)
        self.handle.send("check", id="bare")
        self.handle.send("start")
        wait_for(lambda: plug.is_on, 10.0)
        time.sleep(1.5)  # a few renewals

    @property
    def alive(self) -> bool:
        return (self.folder / journal.JOURNAL).exists() or self.handle.process.poll() is not None

    def pid(self) -> int:
        return int(json.loads((self.folder / "runner.json").read_text())["pid"])

    def ended(self) -> str:
        """Return the reason in the journal, once the session is over or has been closed for a runner that died."""
        events = journal.read(self.folder / journal.JOURNAL)
        told = [e.data["name"] for e in events if e.kind == "guard"] + [
            e.kind for e in events if e.kind == "driver_error"
        ]
        ends = [str(e.data["reason"]) for e in events if e.kind in ("ended", "heat_off")]
        return (ends or told or ["?"])[0]


@pytest.fixture
def session(tmp_path: Path, broker: Broker, pretend: Callable[..., Pretended], order_of: Callable[..., object]):
    running: list[Running] = []

    def begin(kind: str, port: int | None = None, heat_s: float = 600.0, *faults: str) -> Running:
        plug = pretend(kind, *faults)
        wait_for(lambda: plug.truth(), 10.0)
        time.sleep(1.0)
        folder = tmp_path / "session"
        folder.mkdir()
        running.append(Running(folder, plug, port or broker.port, order_of("mqtt", heat_s)))
        return running[-1]

    yield begin
    for one in running:
        one.handle.process.kill()


def cell(kind: str, fault: str, running: Running, since_s: float, most_s: float) -> float:
    """Measure one cell, keep it for the table, and hold it to the bar."""
    seconds = running.plug.seconds_to_off(since_s, most_s + 2.0)
    until = time.monotonic() + 4.0
    while (reason := running.ended()) == "?" and time.monotonic() < until:
        recover(running.folder.parent)  # for a runner that died; one that lives is left alone
        time.sleep(0.2)
    if CELLS:
        with Path(CELLS).open("a") as out:
            told = {
                "driver": kind,
                "fault": fault,
                "lease_s": LEASE_MAX_S,
                "seconds_to_off": round(seconds, 2),
                "end": reason,
            }
            out.write(json.dumps(told) + "\n")
    assert seconds <= most_s, (kind, fault, seconds, reason)
    return seconds


def test_stop_is_off_within_a_second(kind: str, session: Callable[..., Running]) -> None:
    running = session(kind)
    since_s = time.time()
    running.handle.send("stop")
    cell(kind, "STOP pressed", running, since_s, 1.0)
    assert running.ended() == "stopped"


def test_a_killed_runner_is_off_within_the_lease(kind: str, session: Callable[..., Running]) -> None:
    running = session(kind)
    since_s = time.time()
    os.kill(running.pid(), signal.SIGKILL)
    running.handle.process.wait()
    cell(kind, "kill -9 of the runner", running, since_s, LEASE_MAX_S + 1.0)
    events = journal.read(running.folder / journal.JOURNAL)
    assert events[-1].kind == "ended" and events[-1].data["reason"] == "program_stopped"
    samples = [e.at_s for e in events if e.kind == "sample"]
    assert max(b - a for a, b in zip(samples, samples[1:], strict=False)) < 2.5  # none older than a second is lost


def test_a_suspended_runner_is_off_and_stays_off_when_it_wakes(kind: str, session: Callable[..., Running]) -> None:
    running = session(kind)
    since_s, pid = time.time(), running.pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        cell(kind, "runner suspended", running, since_s, LEASE_MAX_S + 1.0)
        time.sleep(1.0)
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: running.ended() != "?", 10.0)
    time.sleep(2.0)
    assert not running.plug.is_on and running.ended() in ("clock_gap", "driver_error", "device_off")


def test_the_page_that_goes_away_ends_in_off(kind: str, session: Callable[..., Running]) -> None:
    running = session(kind)
    since_s = time.time()
    running.handle.process.stdin.close()  # type: ignore[union-attr]
    cell(kind, "page's program gone", running, since_s, 1.5)


def test_a_cut_network_is_off_within_the_lease(kind: str, broker: Broker, session: Callable[..., Running]) -> None:
    wire = Wire(broker.port)
    running = session(kind, wire.port)
    wire.cut, since_s = True, time.time()
    cell(kind, "network cut", running, since_s, LEASE_MAX_S + 1.0)
    wait_for(lambda: running.ended() in ("driver_error", "device_off"), 10.0)


def test_a_killed_broker_is_off_within_the_lease(kind: str, broker: Broker, session: Callable[..., Running]) -> None:
    running = session(kind)
    broker.kill()
    since_s = time.time()
    cell(kind, "kill -9 of the broker", running, since_s, LEASE_MAX_S + 1.0)
    wait_for(lambda: running.ended() == "driver_error", 10.0)


def test_a_plug_without_power_comes_back_off(kind: str, session: Callable[..., Running]) -> None:
    running = session(kind)
    since_s = time.time()
    running.plug.kill()
    time.sleep(1.0)
    running.plug.start()
    cell(kind, "power cycle of the plug", running, since_s, LEASE_MAX_S + 1.0)
    time.sleep(3.0)
    assert not running.plug.is_on
    wait_for(lambda: running.ended() in ("driver_error", "device_off"), 15.0)


def test_a_kept_on_sent_by_another_is_off_within_the_lease(
    kind: str, broker: Broker, session: Callable[..., Running]
) -> None:
    running = session(kind)
    running.handle.send("stop")
    wait_for(lambda: not running.plug.is_on, 3.0)
    topic, word = {"tasmota": ("cmnd/tasmota-1/POWER", "ON"), "shelly": ("shelly-1/rpc", "")}[kind]
    word = word or json.dumps({"id": 1, "src": "other", "method": "Switch.Set", "params": {"id": 0, "on": True}})
    publish.single(topic, word, qos=1, retain=True, hostname="127.0.0.1", port=broker.port)
    since_s = time.time()
    wait_for(lambda: sum(bool(line["on"]) for line in running.plug.truth()) >= 2, 3.0)  # it did go on
    cell(kind, "ON by another program, kept", running, since_s, LEASE_MAX_S + 1.0)


def test_a_relay_that_sticks_is_told(kind: str, session: Callable[..., Running]) -> None:
    running = session(kind, None, 600.0, "stuck")
    running.handle.send("stop")
    wait_for(
        lambda: (
            "driver_error" in (journal_text := (running.folder / journal.JOURNAL).read_text())
            or "relay_stuck" in journal_text
        ),
        15.0,
    )
    assert running.plug.is_on  # no program can open a welded contact: the person is told to pull the plug
