"""What was told of one day at one place: pain around a session, the morning after, and side effects."""

from __future__ import annotations

from dataclasses import dataclass

from irtherapy.values.checks import in_range
from irtherapy.values.person import Region


@dataclass(frozen=True)
class SideEffect:
    """A side effect as told: ``kind`` of data/effects.csv, ``grade`` 1 mild, 2 moderate, 3 severe."""

    kind: str
    name: str
    grade: int
    text: str = ""


@dataclass(frozen=True)
class DayOutcome:
    """One day (ISO) at one place, pain 0 to 10 or None where it was not told.

    ``before`` and ``after`` a session, None on a day without one; ``next_morning``: the morning after this day;
    ``other``: the mean of what was told at any other time; ``effects``: side effects noticed that day or by the next
    morning. ``sessions``: how many sessions this day had at this place.
    """

    day: str
    region: Region
    before: float | None = None
    after: float | None = None
    next_morning: float | None = None
    other: float | None = None
    effects: tuple[SideEffect, ...] = ()
    sessions: int = 0

    def __post_init__(self) -> None:
        for name in ("before", "after", "next_morning", "other"):
            value = getattr(self, name)
            if value is not None:
                in_range(f"Pain {name.replace('_', ' ')}", value, 0, 10)
