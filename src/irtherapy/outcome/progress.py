"""When the next session may be, and when there should be a pause, from what happened so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from irtherapy.values import InputError, Setting

REST_DAYS = 2  # a day of rest between: two to three sessions a week at home, three in the clinic
PAUSE_DAYS = 7
WORSE_POINTS = 2.0  # more pain by this much counts as worse (facts: protocols 7; Ostelo 2008)
NO_PAUSE_FOR = ("never_started",)


def next_session(past: Sequence[Mapping[str, Any]], today: str, setting: Setting) -> tuple[str | None, str]:
    """Return (next ISO day or None for a pause, one sentence).

    ``past`` are sessions oldest first, each with ``on`` (ISO day), ``skin_check``, ``pain_before``, ``pain_after`` and
    ``ended``. Marks on the skin or pain worse by 2 points pause the course. Raises InputError on a day that is not one.
    """
    day = _day("Today", today)
    counted = [p for p in past if p.get("ended") not in NO_PAUSE_FOR]
    if not counted:
        return day.isoformat(), "You can have a session today, after the questions."
    last = counted[-1]
    if last.get("skin_check") == "marks":
        return None, "Pause: no heat there until the marks are gone and someone with training has looked at them."
    before, after = last.get("pain_before"), last.get("pain_after")
    if before is not None and after is not None and after - before >= WORSE_POINTS:
        later = _day("Session day", str(last["on"])) + timedelta(days=PAUSE_DAYS)
        points = f"{after - before:g}"
        return None, (
            f"Pause: the pain rose by {points} points. If it is still up after 24 hours, ask your doctor or therapist. "
            f"Not before {_words(later)}."
        )
    following = max(day, _day("Session day", str(last["on"])) + timedelta(days=REST_DAYS))
    day_after = _words(following)
    if setting is Setting.CLINIC:
        return (
            following.isoformat(),
            f"Not before {day_after}: three times a week, with a day of rest between, is plenty.",
        )
    return (
        following.isoformat(),
        f"Not before {day_after}: two or three times a week, with a day of rest between, is plenty.",
    )


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(name, f"{name} must be a day as YYYY-MM-DD; got {text!r}.") from None


def _words(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"
