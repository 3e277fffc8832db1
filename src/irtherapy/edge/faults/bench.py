"""One session under heat with all that can fail at hand: a real runner, and a device that keeps a log of the truth.

A driver joins the matrix by a bench of its own in ``benches.BENCHES``. What counts is when the device itself was off,
by its own log, whatever anybody says on the network.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from irtherapy.edge import journal
from irtherapy.edge.faults.parts import Wire, wait_for
from irtherapy.edge.runner import RunnerHandle, recover, start
from irtherapy.limits import LEASE_MAX_S
from irtherapy.session import replay
from irtherapy.values import Event, Region, SessionOrder, SessionRecord, Setting

LEASE_S = LEASE_MAX_S
STEP_S, STEP_EVERY_S = 2.0, 0.5  # of a hurried clock: less than any guard takes for a gap
HEATED_S = 2.0  # before the fault: some renewals
HEAT_S = 600.0
SKIN_TOPIC, SECOND_TOPIC = "skin/celsius", "skin2/celsius"
CHECKS = (("bare", "The skin is bare."),)


class Skin:
    """A thermometer on the broker that speaks four times a second, as ``say`` has it; None says nothing.

    ``dressed`` makes the message of the figure.
    """

    def __init__(self, port: int, topic: str = SKIN_TOPIC, dressed: Callable[[str], str] = str) -> None:
        import paho.mqtt.client as paho

        self.began_s, self.stopped, self.topic, self.dressed = time.monotonic(), False, topic, dressed
        self.say: Callable[[float], str | None] = rising
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        threading.Thread(target=self._speak, daemon=True).start()

    def _speak(self) -> None:
        while not self.stopped:
            text = self.say(time.monotonic() - self.began_s)
            if text is not None:
                self.client.publish(self.topic, self.dressed(text))
            time.sleep(0.25)

    def close(self) -> None:
        """Say nothing more."""
        if self.stopped:
            return
        self.stopped = True
        self.client.disconnect()
        self.client.loop_stop()


def rising(t_s: float) -> str:
    """Return a skin that warms evenly, as text."""
    return f"{33.0 + 0.01 * t_s:.2f}"


class Feeling(Protocol):
    """A thermometer that says what one wants: ``say`` of the seconds since ``began_s`` (monotonic)."""

    began_s: float
    say: Callable[[float], str | None]

    def close(self) -> None:
        """Say nothing more."""


class Bench:
    """A session whose heat is on.

    ``front``: a program of its own stands before the runner; ``clocked``: its clocks can be moved; ``hurried``:
    they are, wherever one would have to wait; ``stuck``: the relay does not open.
    """

    driver = ""
    sensor = False
    by_hand = False  # a person switches: what counts is when they are asked to
    blink_s = 1.0  # without power
    wire: Wire
    skin: Feeling
    skin2: Feeling

    def __init__(
        self, folder: Path, *, front: bool = False, clocked: bool = False, hurried: bool = False, stuck: bool = False
    ) -> None:
        self.hurried, self.ahead_s = hurried, 0.0
        self.root, self.folder = folder, folder / "sessions" / "s"
        self.clocks = folder / "clocks"
        self.order = SessionOrder(
            session_id="s", setting=Setting.HOME, region=Region.LOWER_BACK, device_id="lamp", driver=self.driver,
            heat_s=HEAT_S, skin_cutoff_c=42.0, skin_target_c=41.0, cem43_max_min=2.0, lease_s=LEASE_S, checks=CHECKS,
            stretch=(), sensor=self.sensor, confirm_off=self.by_hand, planned_time_s=(0.0, 120.0, HEAT_S),
            planned_skin_c=(33.0, 38.0, 40.0),
        )  # fmt: skip
        journal.write_order(self.folder, self.order)
        self.front: subprocess.Popen[str] | None = None
        self.handle: RunnerHandle | None = None
        self.prepare(stuck)
        if front:
            command = [sys.executable, "-m", "irtherapy.edge.faults.front", str(self.folder)]
            self.front = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        elif clocked or hurried:
            command = [sys.executable, "-m", "irtherapy.edge.faults.clocked", str(self.folder), str(self.clocks)]
            self.handle = RunnerHandle(subprocess.Popen(command, stdin=subprocess.PIPE, text=True), self.folder)
        else:
            self.handle = start(self.folder)
        wait_for(lambda: (self.folder / journal.JOURNAL).exists() and self.events(), 20.0)
        self.send("check", id="bare")
        self.send("start")
        self.go_on()
        wait_for(lambda: self.is_on, 20.0)
        self.lit_s = self.switched()[-1][0]
        time.sleep(HEATED_S)

    # -- of each kind of device --------------------------------------------------------------------------------

    def prepare(self, stuck: bool) -> None:
        """Bring the device and what leads to it up."""
        raise NotImplementedError

    def switched(self) -> list[tuple[float, bool]]:
        """Return when (``time.time()``) the device went on and off, by its own log."""
        raise NotImplementedError

    def unplug(self) -> None:
        """Take the device's power away."""
        raise NotImplementedError

    def plug_in(self) -> None:
        """Give it back."""
        raise NotImplementedError

    @property
    def powered(self) -> bool:
        """Whether the device has power."""
        raise NotImplementedError

    def put_away(self) -> None:
        """Take everything down."""
        raise NotImplementedError

    def light_by_another(self) -> None:
        """Let another program switch the device on."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Do what has to be done after START; nothing where the program switches."""

    # -- of all -------------------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether the device really heats."""
        told = self.switched()
        return self.powered and bool(told) and told[-1][1]

    def send(self, kind: str, **data: Any) -> None:
        """Send a wish as a page does."""
        if self.front is not None:
            assert self.front.stdin is not None
            self.front.stdin.write(json.dumps({"kind": kind, **data}) + "\n")
            self.front.stdin.flush()
        elif self.handle is not None:
            self.handle.send(kind, **data)

    def runner_pid(self) -> int:
        """Return the process that holds the heater."""
        return int(json.loads((self.folder / "runner.json").read_text())["pid"])

    def events(self) -> list[Event]:
        """Return the journal."""
        return journal.read(self.folder / journal.JOURNAL)

    def move_clocks(self, wall_s: float, nobodys_s: float) -> None:
        """Move the clock on the wall, and the one that nobody sets, of a runner whose clocks can be moved."""
        part = self.clocks.with_suffix(".part")
        part.write_text(f"{wall_s} {nobodys_s}")
        part.replace(self.clocks)

    def let_pass(self, seconds: float) -> None:
        """Let so much session time pass, or end with the heat."""
        until_s = time.time() + self.ahead_s + seconds
        while (left_s := until_s - time.time() - self.ahead_s) > 0.0 and self.is_on:
            time.sleep(min(STEP_EVERY_S, left_s))
            if self.hurried and left_s > STEP_EVERY_S:
                self.ahead_s += STEP_S
                self.move_clocks(self.ahead_s, self.ahead_s)

    def seconds_to_off(self, since_s: float, most_s: float, hurry: bool = False) -> float | None:
        """Return how long after ``since_s`` the device was off for the last time; None when it is still on.

        ``hurry``: what is waited for is counted by the session's clock, which may be hurried.
        """
        ahead_s = self.ahead_s
        try:
            if hurry:
                self.let_pass(most_s)
            wait_for(lambda: not self.is_on, 0.1 if hurry else most_s)
        except TimeoutError:
            return None
        went_off = [at_s for at_s, on in self.switched() if not on]
        return round(max(0.0, went_off[-1] - since_s + self.ahead_s - ahead_s), 2)

    def samples_lost(self, fault_s: float) -> int:
        """Return the samples that were due at least a second before the fault and are in no journal."""
        events = self.events()
        began_s = next(e.at_s for e in events if e.kind == "start")
        lit_for_s, step_s = fault_s - self.lit_s, STEP_S if self.hurried else 0.0
        heard = [e.at_s - began_s for e in events if e.kind == "sample" and e.at_s >= began_s]
        heard = [0.0, *(at_s for at_s in heard if at_s <= lit_for_s), lit_for_s]
        return sum(max(0, round(b - a - step_s) - 1) for a, b in zip(heard, heard[1:], strict=False))

    def ended(self) -> SessionRecord:
        """Let the runner end, or close the journal of one that died; return what the record says."""
        if self.handle is not None and self.handle.alive:
            time.sleep(1.0)
            self.handle.close(10.0)
        elif self.front is not None:
            with contextlib.suppress(ProcessLookupError, TimeoutError):
                pid = self.runner_pid()
                wait_for(lambda: not _alive(pid), 10.0)
        recover(self.folder.parent)
        return replay.record(self.order, self.events(), None)

    def close(self) -> None:
        """End everything that was started."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            os.kill(self.runner_pid(), signal.SIGCONT)
            os.kill(self.runner_pid(), signal.SIGKILL)
        for process in (self.front, None if self.handle is None else self.handle.process):
            if process is not None:
                process.kill()
                process.wait()
        self.put_away()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
