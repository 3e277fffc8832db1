"""How many minutes of heat the course has come to, and which week of the exercises comes next.

Minutes begin at the first session's and rise by two after each finished session whose skin check was clean (facts:
protocols 3, "10 min first session, +2 min per session to 15, hard cap 20"); nothing else raises them. Beyond the usual
length they count for a person who chose more (``limits.fixed_limits``). Marks, a break and two weeks
without heat lead back to the first session's minutes. ``limits`` holds above all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from irtherapy import limits
from irtherapy.outcome.days import day_of
from irtherapy.outcome.schedule import NO_SESSION
from irtherapy.values import Break, Setting, Slot, SlotState

STEP_MIN = 2.0
RESTART_DAYS = 14

FIRST = "A first session is short."
ROSE = "Two minutes more after a clean skin check."
SAME = "The same as last time: minutes rise after a clean skin check alone."
MOST = "Your course goes no longer than this."
AGAIN_BREAK = "Back to the first length after the break."
AGAIN_LONG = "Back to the first length after two weeks without heat."


def minutes(
    setting: Setting, heat_min: float, records: Iterable[Mapping[str, Any]], breaks: Sequence[Break], today: date
) -> tuple[float, str]:
    """Return the most minutes of heat the course allows next, and the sentence that says why.

    ``records``: ``on``, ``ended``, ``heat_s``, ``skin_check``; of one site, oldest first.
    """
    ceiling = limits.ceilings(setting)
    first, most = min(ceiling.first_session_min, heat_min), min(ceiling.heat_min, heat_min)
    now, why, before = first, FIRST, None
    for record in records:
        if record.get("ended") in NO_SESSION or not record.get("heat_s"):
            continue
        day = day_of("Session day", str(record["on"]))
        now, why = _after_gap(now, why, first, before, day, breaks)
        if record.get("skin_check") == "marks":
            now, why = first, AGAIN_BREAK
        elif record.get("skin_check") == "clean" and record["ended"] == "completed":
            now, why = (min(most, now + STEP_MIN), ROSE) if now < most else (most, MOST)
        else:
            why = SAME
        before = day
    return _after_gap(now, why, first, before, today, breaks)


def _after_gap(
    now: float, why: str, first: float, before: date | None, day: date, breaks: Sequence[Break]
) -> tuple[float, str]:
    """Lead back to the first minutes when a break or two weeks lie between ``before`` and ``day``."""
    if before is None:
        return now, why
    if any(before.isoformat() <= one.on <= day.isoformat() for one in breaks):
        return first, AGAIN_BREAK
    if (day - before).days > RESTART_DAYS:
        return first, AGAIN_LONG
    return now, why


def clean_checks(records: Iterable[Mapping[str, Any]]) -> int:
    """Return how many finished sessions with heat had a clean skin check."""
    return sum(
        1 for r in records if r.get("ended") == "completed" and r.get("heat_s") and r.get("skin_check") == "clean"
    )


def exercise_week(slots: Sequence[Slot], week: int) -> int:
    """Return the week of the programme whose exercises come next, from 1: a week counts when half of it was done."""
    now = 1
    for one in range(1, week):
        block = [s for s in slots if s.week == one]
        done = sum(1 for s in block if s.state in (SlotState.DONE, SlotState.PART))
        if 2 * done >= len(block):
            now += 1
    return now
