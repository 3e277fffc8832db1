"""Read, step, guard, lease, append: the loop that holds the heater.

What is written to disk comes before ON and after OFF: the heater is told OFF before anything else happens, and ON only
when the event that asks for it is in the journal. Every way out of the loop passes ``driver.off()``.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from irtherapy.edge.drivers.interface import Driver, DriverError, Reading, real_seconds
from irtherapy.session import guards, machine, prompts, replay
from irtherapy.session.state import PERSON_EVENTS, UNKNOWN, Command, Phase, State
from irtherapy.values import Event, SessionOrder

SKIN_OLD_S = 3.0
SAMPLE_EVERY_S = 1.0
QUIET_SAMPLE_EVERY_S = 5.0  # where time hardly matters: before START and while rating


class ParentGone(EOFError):
    """The page or terminal that sent the wishes is gone."""


class Clock(Protocol):
    """Session time."""

    tick_s: float

    def now_s(self) -> float:
        """Return seconds since the session was laid out."""

    def wait(self) -> None:
        """Let one tick pass."""


class MonotonicClock:
    """Real time, unmoved by a change of the wall clock or by the machine's sleep."""

    tick_s = 0.2

    def __init__(self) -> None:
        self._zero = real_seconds()

    def now_s(self) -> float:
        """Return real seconds since the start."""
        return real_seconds() - self._zero

    def wait(self) -> None:
        """Sleep one tick."""
        time.sleep(self.tick_s)


class SteppedClock:
    """Session time in steps, ``speed`` times faster than real time, for the simulated device only."""

    tick_s = 1.0

    def __init__(self, speed: float) -> None:
        self._now_s, self._speed = 0.0, speed
        self._due = time.monotonic()

    def now_s(self) -> float:
        """Return the session seconds stepped so far."""
        return self._now_s

    def wait(self) -> None:
        """Step one tick and sleep what is left of its real length."""
        self._now_s += self.tick_s
        self._due = max(self._due + self.tick_s / self._speed, time.monotonic() - 1.0)
        time.sleep(max(0.0, self._due - time.monotonic()))


class Steering(Protocol):
    """A live estimator (``edge.runner.steering``)."""

    def opening(self) -> tuple[str, dict[str, Any]]:
        """Return the event that opts in."""

    def after(
        self, state: State, heat_on: bool, skin_c: float | None, now_s: float
    ) -> Iterable[tuple[str, dict[str, Any]]]:
        """Return the events that follow from what was read."""


class Inbox(Protocol):
    """Wishes of the person."""

    def poll(self, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Return the wishes since the last poll. Raises ParentGone when nobody is there any more."""


class JournalWriter(Protocol):
    """Where events go."""

    def append(self, event: Event) -> None:
        """Write one event durably. Raises OSError."""


class Loop:
    """One session from its first to its last event."""

    def __init__(
        self,
        order: SessionOrder,
        driver: Driver,
        clock: Clock,
        journal: JournalWriter,
        steering: Steering | None = None,
    ) -> None:
        self.state: State = machine.new(order)
        self.steering = steering
        self.driver, self.clock, self.journal = driver, clock, journal
        self.sampled_s = -math.inf
        self.off_owed = False  # an OFF that the device has not taken yet

    def take(self, kind: str, data: Mapping[str, Any] | None = None) -> None:
        """Step the machine with one event and carry out what it says.

        Times are rounded as the journal rounds them, so that its fold is this state to the last digit.
        """
        at_s = round(self.clock.now_s(), 3)
        event = Event(max(at_s, self.state.now_s), kind, dict(data or {}))
        if kind == "stop":  # before anything is thought about it
            self.off()
        self.state, commands = machine.step(self.state, event, event.at_s)
        kinds = [c.kind for c in commands]
        failed = "off" in kinds and not self.off()
        self.journal.append(event)
        if "on" in kinds:
            lease_s = self.state.order.lease_s
            self.off_owed = False
            failed = not self._tell(lambda: self.driver.on(lease_s)) or failed
        for command in commands:
            self._write(command, event.at_s)
        if failed and kind != "driver_error":
            self.take("driver_error", {"text": "The device does not answer."})

    def off(self) -> bool:
        """Tell the device OFF; one that does not take it is told again at each tick."""
        self.off_owed = not self._tell(self.driver.off)
        return not self.off_owed

    def _write(self, command: Command, at_s: float) -> None:
        if command.kind not in ("on", "off"):
            self.journal.append(Event(at_s, command.kind, command.data))

    def _tell(self, order: Callable[[], None]) -> bool:
        try:
            order()
        except DriverError:
            return False
        return True

    def tick(self) -> None:
        """Read the device, sample when due or when a guard would trip, and renew the lease only after that."""
        now_s = self.clock.now_s()
        try:
            reading = self.driver.read(now_s)
        except DriverError as error:
            if self.state.lamp_on:
                self.take("driver_error", {"text": str(error)})
            reading = Reading(None, None)
        if not self.state.lamp_on and (self.off_owed or reading.heat_on):
            self.off()
        quiet = self.state.phase in (Phase.CHECKS, Phase.RATING)
        due = now_s - self.sampled_s >= (QUIET_SAMPLE_EVERY_S if quiet else SAMPLE_EVERY_S) - 1e-6
        data = plain(reading)
        urgent = guards.tripped(self.state, guards.reading(now_s, data))
        if due or (urgent and self.state.lamp_on):
            self.sampled_s = now_s
            self.take("sample", data)
            self._steer(reading)
        if self.state.lamp_on:
            lease_s = self.state.order.lease_s
            if not self._tell(lambda: self.driver.renew(lease_s)):
                self.take("driver_error", {"text": "The lease could not be renewed."})

    def _steer(self, reading: Reading) -> None:
        """Tell the estimator what was read, and the session what it expects."""
        if self.steering is None:
            return
        good = reading.skin_c is not None and math.isfinite(reading.skin_c) and 0.0 <= reading.age_s < SKIN_OLD_S
        skin_c = reading.skin_c if good else None
        for kind, told in self.steering.after(self.state, bool(reading.heat_on), skin_c, self.state.now_s):
            self.take(kind, told)


def plain(reading: Reading) -> dict[str, Any]:
    """Return a reading as the journal takes it: a figure that is no number as its name, for the guards to see."""

    def figure(value: float | None) -> float | str | None:
        return value if value is None or math.isfinite(value) else str(value)

    return {
        "heat_on": reading.heat_on,
        "skin_c": figure(reading.skin_c),
        "power_w": figure(reading.power_w),
        "skin_age_s": figure(reading.age_s),
        **({} if reading.skin2_c is None else {"skin2_c": figure(reading.skin2_c)}),
    }


def run(
    order: SessionOrder,
    driver: Driver,
    clock: Clock,
    inbox: Inbox,
    journal: JournalWriter,
    on_snapshot: Callable[[dict[str, Any]], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    steering: Steering | None = None,
) -> State:
    """Run one session to its end and return its last state. The heater is off on every way out.

    ``on_snapshot`` is shown each tick: ``replay.snapshot`` and, as ``prompts``, what is to be said since the last.

    Raises OSError when the journal cannot be written (after OFF), InputError when the order is not one.
    """
    loop = Loop(order, driver, clock, journal, steering)
    told = loop.state

    def show() -> None:
        nonlocal told
        if on_snapshot is not None:
            said = [prompts.plain(p) for p in prompts.due(told, loop.state)]
            on_snapshot({**replay.snapshot(loop.state), "prompts": said})
            told = loop.state

    try:
        journal.append(Event(0.0, "order", {"session_id": order.session_id}))
        if steering is not None:
            loop.take(*steering.opening())
        while loop.state.phase is not Phase.ENDED:
            try:
                for wish in inbox.poll(replay.snapshot(loop.state)):
                    kind = str(wish.get("kind"))
                    data = {k: v for k, v in wish.items() if k != "kind"}
                    loop.take(kind if kind in PERSON_EVENTS else UNKNOWN, data)
            except ParentGone:
                loop.take("program_stopped", {"text": "The page's program is gone."})
            if should_stop():
                loop.take("program_stopped", {"text": "The program was asked to stop."})
            if loop.state.phase is Phase.ENDED:
                break
            loop.tick()
            show()
            clock.wait()
        show()
    except BaseException:
        with contextlib.suppress(Exception):  # OFF first; then the record, if it can still be written
            loop.off()
            loop.take("program_stopped", {"text": "The program failed."})
        raise
    finally:
        with contextlib.suppress(Exception):
            driver.off()
        driver.close()
    return loop.state
