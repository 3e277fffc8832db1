"""The day of the next session, told to the broker of this home whenever it may have changed.

The process that runs a session tells what follows from that session alone; whoever keeps the records knows of the
course and of earlier sessions, and has the last word.
"""

from __future__ import annotations

import concurrent.futures
import contextlib

from irtherapy.edge.records import courses, rated, visits
from irtherapy.edge.runner import announced

_teller = concurrent.futures.ThreadPoolExecutor(1, "next-day")  # one at a time: an older day never follows a newer one
ANSWER_S = 3.0


def at_home() -> tuple[bool, str | None]:
    """Return whether anything is known of the next session of the person at home, and its day; None is a pause."""
    course = courses.current()
    if course is not None:
        return True, courses.progress(course).next_on
    last = visits.finished(None).filter(demo=False).order_by("-created").first()
    return (False, None) if last is None else (True, rated.next_session(last)["on"])


def tell(wait: bool = False) -> None:
    """Tell the broker, if there is one for this home; never raises, and waits only when asked to (some seconds)."""
    with contextlib.suppress(Exception):  # whatever is wrong with the broker, the record is kept
        to = announced.load()
        if to is None:
            return
        known, day = at_home()
        if known:
            told = _teller.submit(_say, to, day)
            if wait:
                told.result(ANSWER_S)


def _say(to: announced.Announced, day: str | None) -> None:
    from irtherapy.edge.runner import broker_line

    broker_line.told_next(to, day)
