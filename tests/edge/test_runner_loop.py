"""The loop that holds the heater: a whole session, every fault, and a lamp that goes out whatever dies."""

from __future__ import annotations

import dataclasses
import errno
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from irtherapy.edge import journal as book
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.drivers.simulated import InProcess
from irtherapy.edge.runner import Scripted, SteppedClock, recover, run
from irtherapy.edge.runner.loop import ParentGone
from irtherapy.session import replay
from irtherapy.values import Event, Region, SessionOrder, Setting, Side, StretchItem

ITEM = StretchItem("chin_tuck", "Chin tuck", Side.BOTH, 5, 1, 5, 20, "sitting", "Sit tall.", "Stop if it hurts.")
ORDER = SessionOrder(
    "fast",
    Setting.HOME,
    Region.LOWER_BACK,
    "simulated_lamp",
    "simulated",
    300,
    42,
    41,
    2,
    5,
    (("skin", "Bare."),),
    (ITEM,),
)


class Skin:
    """A body that warms 0.5 degrees C a minute."""

    def __init__(self) -> None:
        self.skin_c = 33.0

    def advance(self, dt_s: float, heat_on: bool) -> None:
        self.skin_c += dt_s / 60 * (0.5 if heat_on else -0.5)


class Memory:
    def __init__(self, full_after: int = sys.maxsize) -> None:
        self.events: list[Event] = []
        self.full_after = full_after

    def append(self, event: Event) -> None:
        if len(self.events) >= self.full_after:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.events.append(event)


class Until(Scripted):
    """Answers everything until a session second, then does one thing."""

    def __init__(self, at_s: float, then: Any) -> None:
        super().__init__()
        self.at_s, self.then, self.done = at_s, then, False

    def poll(self, snapshot: Mapping[str, Any]) -> Any:
        if not self.done and snapshot["now_s"] >= self.at_s:
            self.done = True
            return self.then() or []
        return super().poll(snapshot)


def session(inbox: Any = None, journal: Any = None, order: SessionOrder = ORDER) -> tuple[Any, Any, InProcess]:
    clock = SteppedClock(1e6)
    driver, journal = InProcess(Skin(), clock.now_s), journal or Memory()
    if isinstance(inbox, type(lambda: 0)):
        inbox = inbox(driver)
    state = run(order, driver, clock, inbox or Scripted(), journal)
    return state, journal, driver


def test_a_whole_session_ends_completed_with_heat_as_ordered() -> None:
    state, journal, driver = session()
    record = replay.record(ORDER, journal.events, None)
    assert record.ended == "completed" and not driver.lamp.lit
    assert record.heat_s == pytest.approx(300, abs=2) and record.stretch_s == pytest.approx(20, abs=2)
    assert record.skin_peak_c == pytest.approx(35.5, abs=0.1)
    assert replay.fold(ORDER, journal.events) == state


@pytest.mark.parametrize("fault", InProcess.FAULTS)
def test_every_fault_ends_in_off(fault: str) -> None:
    def inbox(driver: InProcess) -> Until:
        return Until(60, lambda: driver.faults.add(fault))

    state, journal, driver = session(inbox, order=dataclasses.replace(ORDER, sensor=True))
    named = {"stuck_relay": "relay_stuck", "unreachable": "driver_error", "lease_lost": "device_off"}
    expected = named.get(fault, "sensor_lost")
    assert state.why == expected
    off_s = next(e.at_s for e in journal.events if e.kind == "heat_off")
    assert off_s <= 60 + 125 or fault == "stuck_relay"
    if fault == "unreachable":  # nobody can tell it; its lease does
        assert driver.lamp.until <= off_s + ORDER.lease_s
    else:
        assert driver.lamp.lit == (fault == "stuck_relay")


@pytest.mark.parametrize("at", [0, 1, 5, 40, 150])
def test_a_full_disk_puts_the_lamp_out_first(at: int) -> None:
    clock = SteppedClock(1e6)
    driver = InProcess(Skin(), clock.now_s)
    with pytest.raises(OSError, match="No space left"):
        run(ORDER, driver, clock, Scripted(), Memory(full_after=at))
    assert not driver.lamp.lit


def test_the_end_of_the_parent_puts_the_lamp_out() -> None:
    def gone() -> None:
        raise ParentGone

    state, journal, driver = session(Until(60, gone))
    assert state.why == "program_stopped" and not driver.lamp.lit
    assert journal.events[-1].kind == "ended"


def test_the_journal_is_whole_after_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "s" / book.JOURNAL
    book.write_order(path.parent, ORDER)
    writer = book.Journal(path)
    with pytest.raises(book.JournalBusy):
        book.Journal(path)
    writer.append(Event(0.0, "order"))
    writer.append(Event(1.0, "check", {"id": "skin"}))
    writer.append(Event(1.0, "start"))
    writer.append(Event(2.0, "sample", {"heat_on": True, "skin_c": 33.0}))
    writer.close()
    with path.open("ab") as file:
        file.write(b'{"at_s": 3.0, "kind": "sam')
    assert [e.kind for e in book.read(path)] == ["order", "check", "start", "sample"]
    assert recover(tmp_path) == ["s"] and recover(tmp_path) == []
    record = replay.record(ORDER, book.read(path), book.started_at(path))
    assert record.ended == "program_stopped" and len(record.samples) == 1 and record.started_at


def test_a_failure_in_the_program_is_off_and_in_the_journal() -> None:
    def draw(snapshot: Mapping[str, Any]) -> None:
        if snapshot["heat_s"] >= 30:
            raise RuntimeError("the screen broke")

    clock, journal = SteppedClock(1e6), Memory()
    driver = InProcess(Skin(), clock.now_s)
    with pytest.raises(RuntimeError, match="screen"):
        run(ORDER, driver, clock, Scripted(), journal, draw)
    assert not driver.lamp.lit and driver.log[-1] == ("off", "told")
    assert journal.events[-1].kind == "ended" and journal.events[-1].data["reason"] == "program_stopped"


def test_an_off_that_fails_is_told_and_repeated_until_it_is_taken() -> None:
    class Deaf(InProcess):
        """Takes every order but the first few OFFs; its contact stays closed until then."""

        deaf_for = 4

        def off(self) -> None:
            if self.deaf_for and self.lamp.lit:
                self.deaf_for -= 1
                raise DriverError("no answer")
            super().off()

    clock, journal = SteppedClock(1e6), Memory()
    driver = Deaf(Skin(), clock.now_s)
    state = run(ORDER, driver, clock, Until(60, lambda: [{"kind": "stop"}]), journal)
    assert driver.deaf_for == 0 and not driver.lamp.lit
    assert state.why == "driver_error" and "plug" in replay.record(ORDER, journal.events, None).ended_text
    assert replay.fold(ORDER, journal.events) == state


@pytest.mark.parametrize("when", ["heat", "stretching", "rating"])
def test_stop_is_told_to_the_device_in_every_phase(when: str) -> None:
    told: list[str] = []

    class Listening(InProcess):
        def off(self) -> None:
            told.append("off")
            super().off()

    at_s = {"heat": 60, "stretching": 330, "rating": 355}[when]

    def stop() -> Any:
        told.clear()
        return [{"kind": "stop"}]

    class Slow(Until):
        def poll(self, snapshot: Mapping[str, Any]) -> Any:
            waiting = snapshot["phase"] == "rating" and not self.done and snapshot["now_s"] < at_s
            return [] if waiting else super().poll(snapshot)

    clock, journal = SteppedClock(1e6), Memory()
    run(ORDER, Listening(Skin(), clock.now_s), clock, Slow(at_s, stop), journal)
    assert told and any(e.kind == "stop" for e in journal.events)
