"""When the next session may be, and when there should be a pause, from what happened so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irtherapy.outcome.breaks import WORSE_POINTS
from irtherapy.outcome.days import DAY, day_of, words
from irtherapy.values import Setting

REST_DAYS = 2  # a day of rest between: two to three sessions a week at home, three in the clinic
PAUSE_DAYS = 7
NO_PAUSE_FOR = ("never_started",)


def next_session(past: Sequence[Mapping[str, Any]], today: str, setting: Setting) -> tuple[str | None, str]:
    """Return (next ISO day or None for a pause, one sentence).

    ``past`` are sessions oldest first, each with ``on`` (ISO day), ``skin_check``, ``pain_before``, ``pain_after`` and
    ``ended``. Marks on the skin or pain worse by 2 points pause the course. Raises InputError on a day that is not one.
    """
    day = day_of("Today", today)
    counted = [p for p in past if p.get("ended") not in NO_PAUSE_FOR]
    if not counted:
        return day.isoformat(), "You can have a session today, after the questions."
    last = counted[-1]
    if last.get("skin_check") == "marks":
        return None, "Pause: no heat there until the marks are gone and someone with training has looked at them."
    before, after = last.get("pain_before"), last.get("pain_after")
    if before is not None and after is not None and after - before >= WORSE_POINTS:
        later = day_of("Session day", str(last["on"])) + PAUSE_DAYS * DAY
        points = f"{after - before:g}"
        return None, (
            f"Pause: the pain rose by {points} points. If it is still up after 24 hours, ask your doctor or therapist. "
            f"Not before {words(later)}."
        )
    following = max(day, day_of("Session day", str(last["on"])) + REST_DAYS * DAY)
    day_after = words(following)
    if setting is Setting.CLINIC:
        return (
            following.isoformat(),
            f"Not before {day_after}: three times a week, with a day of rest between, is plenty.",
        )
    return (
        following.isoformat(),
        f"Not before {day_after}: two or three times a week, with a day of rest between, is plenty.",
    )
