"""The loop as a process of its own, how a page starts one, and what is done for one that died."""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from irtherapy.edge import journal as book
from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.runner import announce
from irtherapy.edge.runner.loop import Clock, MonotonicClock, ParentGone, Steering, SteppedClock, run
from irtherapy.session import machine, replay
from irtherapy.session.state import Phase, State, end_text
from irtherapy.values import Event, InputError, in_range

RUNNER = "runner.json"
SPEED_MAX = 1000.0


class Pipe:
    """Wishes as JSON lines on a pipe; its end means that the parent is gone."""

    def __init__(self, stream: TextIO) -> None:
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: TextIO) -> None:
        try:
            for line in stream:
                self._lines.put(line)
        except (OSError, ValueError):
            pass  # unreadable: as good as gone
        finally:
            self._lines.put(None)

    def poll(self, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Return the wishes that have come in; nonsense is passed on as an unknown word and refused there."""
        found: list[Mapping[str, Any]] = []
        while not self._lines.empty():
            line = self._lines.get()
            if line is None:
                raise ParentGone
            try:
                wish = json.loads(line)
            except ValueError:
                wish = None
            found.append(wish if isinstance(wish, dict) else {"kind": "unknown"})
        return found


class RunnerHandle:
    """A running session as its parent sees it. Closing the pipe, or the parent's death, switches the heat off."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process, self.folder = process, folder
        self._sending = threading.Lock()  # a page sends several wishes at once, each from a thread of its own

    @property
    def alive(self) -> bool:
        """Whether the runner still runs."""
        return self.process.poll() is None

    def send(self, kind: str, **data: Any) -> bool:
        """Send one wish; False when the runner is gone."""
        assert self.process.stdin is not None
        try:
            with self._sending:
                self.process.stdin.write(json.dumps({"kind": kind, **data}, allow_nan=False) + "\n")
                self.process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def close(self, timeout_s: float = 5.0) -> None:
        """Let go: the runner switches off, writes its last lines and ends."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()  # the lease ends the heat
            self.process.wait()


def start(folder: Path, speed: float = 1.0) -> RunnerHandle:
    """Start the runner of a session folder (``order.json``, and ``twin.json`` for the simulated device)."""
    speed = in_range("Speed", speed, 1, SPEED_MAX, "times")
    command = [sys.executable, "-m", "irtherapy.edge.runner", str(folder), "--speed", f"{speed:g}"]
    with (folder / "runner.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True)
    return RunnerHandle(process, folder)


def recover(sessions_folder: Path) -> list[str]:
    """Close the journal of each session whose runner is gone, with ``program_stopped``; return their ids.

    A session whose runner still writes is left alone: its journal is locked.
    """
    closed = []
    for folder in sorted(p for p in sessions_folder.iterdir() if (p / book.JOURNAL).exists()):
        if book.has_ended(folder / book.JOURNAL):
            continue
        try:
            order, events = book.read_order(folder), book.read(folder / book.JOURNAL)
            state = replay.fold(order, events)
        except InputError:
            continue
        try:
            writer = book.Journal(folder / book.JOURNAL)
        except book.JournalBusy:
            continue
        try:
            for event in _last_words(state):
                writer.append(event)
        finally:
            writer.close()
        closed.append(folder.name)
    return closed


def _last_words(state: State) -> list[Event]:
    """Return the events that close the journal of a session left at ``state``."""
    at_s = state.now_s
    if state.phase is Phase.ENDED:  # all but the last line was written
        reason = state.why or "never_started"
        return [
            Event(
                at_s,
                "ended",
                {"reason": reason, "text": end_text(reason, state.order.confirm_off, state.order.comparison)},
            )
        ]
    last = Event(at_s, "program_stopped", {"text": "Found unfinished at the next start."})
    notes = machine.step(state, last, at_s)[1]
    return [last, *(Event(at_s, note.kind, note.data) for note in notes if note.kind not in ("on", "off"))]


def _steering(folder: Path) -> Steering | None:
    """Return the live estimator that a session asks for; the solver is loaded for those alone."""
    if not (folder / "steering.json").exists():
        return None
    from irtherapy.edge.runner import steering

    return steering.read(folder)


def main(argv: list[str] | None = None) -> int:
    """Run the session of a folder; the exit status is 0 when the journal reached its end."""
    parser = argparse.ArgumentParser(prog="python -m irtherapy.edge.runner", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speed", type=float, default=1.0)
    options = parser.parse_args(argv)
    stopping = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), lambda *_: stopping.set())
    try:
        order = book.read_order(options.folder)
        speed = in_range("Speed", options.speed, 1, SPEED_MAX, "times")
        if order.driver != "simulated" and speed != 1.0:
            raise InputError("Speed", "Only the simulated device can run faster than the clock.")
        writer = book.Journal(options.folder / book.JOURNAL)
        if book.read(options.folder / book.JOURNAL):
            raise InputError("Session", f"Session {options.folder.name} has run already.")
        (options.folder / RUNNER).write_text(json.dumps({"pid": os.getpid()}), encoding="utf-8")
        steering = _steering(options.folder)
        driver = registry.open_driver(order, options.folder)
    except (InputError, DriverError, book.JournalBusy) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a bad byte is a word nobody knows, not the end of listening
    clock: Clock = MonotonicClock() if speed == 1.0 else SteppedClock(speed)
    try:
        with announce.beside(order, Pipe(sys.stdin)) as (inbox, show):
            run(order, driver, clock, inbox, writer, show, should_stop=stopping.is_set, steering=steering)
    finally:
        writer.close()
    return 0
