"""A running session told to a broker, and STOP taken from it, beside the loop and never in its way.

The loop hands over a snapshot and takes words that have come in; both are a glance at memory. Everything that can wait,
fail or be flooded (names, connections, a broker that hangs) happens in threads that the loop never waits for. The line
is not the plug's line. Nothing here can lengthen heat: the only words are in ``topics.WISHES``.

Without ``announce.json`` in the program's home no MQTT is loaded at all.
"""

from __future__ import annotations

import contextlib
import datetime
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from irtherapy.edge import home, journal
from irtherapy.edge.runner import announced, topics
from irtherapy.edge.runner.loop import Inbox
from irtherapy.session.state import Phase
from irtherapy.values import SessionOrder

if TYPE_CHECKING:
    from irtherapy.edge.runner.broker_line import BrokerLine

LOCK = "announce.lock"
EVERY_S = 1.0  # figures; a switch, a question and a new phase are told at once
LAST_WORDS_S = 1.0  # the most that the end of a session waits for the broker, heat long off
SUDDEN = ("phase", "heat", "limit", "question")

Show = Callable[[dict[str, Any]], None]


class Beside:
    """An inbox that has the words from the broker before those of the page or terminal."""

    def __init__(self, announcer: Announcer, inbox: Inbox) -> None:
        self._announcer, self._inbox = announcer, inbox

    def poll(self, snapshot: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the wishes since the last poll, a STOP from the broker first of all."""
        yield from self._announcer.wishes(snapshot)
        yield from self._inbox.poll(snapshot)


class Announcer:
    """One session on its way to the broker. None of its methods raises, and only ``close`` waits (a second at most)."""

    def __init__(self, to: announced.Announced, order: SessionOrder) -> None:
        self._to, self._order = to, order
        self._words = {word: threading.Event() for word in topics.WISHES}  # a flood of them takes no more room
        self._latest: Mapping[str, Any] | None = None
        self._news, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="announce", daemon=True)
        self._thread.start()

    def show(self, snapshot: Mapping[str, Any]) -> None:
        """Take the session as it stands now."""
        self._latest = snapshot
        self._news.set()

    def wishes(self, snapshot: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return what the words that have come in mean now, STOP first."""
        found = []
        for word, came in self._words.items():
            if came.is_set():
                came.clear()  # one that comes between these two lines is this one
                found.append(topics.wish_of(word, snapshot))
        return [wish for wish in found if wish is not None]

    def close(self) -> None:
        """Tell the end, and that nobody is here now, if the broker takes it in time."""
        self._over.set()
        self._news.set()
        self._thread.join(LAST_WORDS_S)

    def _run(self) -> None:
        try:
            with _first() as first:
                self._announce(first)
        except Exception as error:  # a session goes on without being told
            sys.stderr.write(f"Not announced: {type(error).__name__}: {error}\n")

    def _announce(self, first: bool) -> None:
        from irtherapy.edge.runner.broker_line import BrokerLine

        line = BrokerLine(self._to, first, self._heard)
        while not self._over.is_set():
            self._news.wait()
            self._news.clear()
            if (said := self._now()) is not None:
                line.say(said)
                self._rest(said)
        if (said := self._now()) is not None:
            line.say(said)
            self._tell_next(line)
        line.close()

    def _now(self) -> dict[str, Any] | None:
        return None if self._latest is None else topics.told(self._latest)

    def _rest(self, said: Mapping[str, Any]) -> None:
        """Wait until the figures are due again, or until more than a figure has changed."""
        until_s = time.monotonic() + EVERY_S
        while not self._over.is_set() and self._news.wait(max(0.0, until_s - time.monotonic())):
            now = self._now() or {}
            if any(now.get(key) != said[key] for key in SUDDEN):
                return
            self._news.clear()

    def _heard(self, word: str, first: bool) -> None:
        if first or word == "stop":  # a second session beside the announced one takes nothing but STOP
            self._words[word].set()

    def _tell_next(self, line: BrokerLine) -> None:
        """Tell when the next session may be, of a session that had heat on a real device and reached its end."""
        last = self._latest or {}
        if last["phase"] != Phase.ENDED.value or last["heat_s"] <= 0.0 or self._order.driver == "simulated":
            return
        from irtherapy.outcome import progress

        today = datetime.datetime.now().astimezone().date().isoformat()
        past = {
            "on": today,
            "skin_check": last["skin_check"],
            "pain_before": self._order.pain_before_0_10,
            "pain_after": last["pain_after_0_10"],
            "ended": last["ended"],
        }
        line.say_next(progress.next_session([past], today, self._order.setting)[0])


@contextlib.contextmanager
def _first() -> Iterator[bool]:
    """Yield whether no other session is being announced now; one that is killed counts no longer."""
    try:
        lock = journal.Journal(home.data_home() / LOCK)
    except journal.JournalBusy:
        yield False
        return
    try:
        yield True
    finally:
        lock.close()


@contextlib.contextmanager
def beside(order: SessionOrder, inbox: Inbox, show: Show | None = None) -> Iterator[tuple[Inbox, Show | None]]:
    """Yield the inbox and the show of a session, announced if this home has a broker for that; never raises itself."""
    try:
        to = announced.load()
        announcer = None if to is None else Announcer(to, order)
    except Exception as error:  # whatever is wrong with the file or the disk, the session is as it was
        sys.stderr.write(f"Not announced: {error}\n")
        announcer = None
    if announcer is None:
        yield inbox, show
        return

    def shown(snapshot: dict[str, Any]) -> None:
        announcer.show(snapshot)
        if show is not None:
            show(snapshot)

    try:
        yield Beside(announcer, inbox), shown
    finally:
        announcer.close()
