"""The days of a course: which are due, which session went with which day, and when the next may be.

A week is Monday to Sunday. Sessions are due on the chosen weekdays; each may be some slack days late, until the day
before the next is due. A session that was missed is gone: the next comes as it would have come. Between two sessions
lie the rest days, and no week holds more than the programme says, whatever was late. Days away are taken out, so the
course ends later. All of it is a fold over the days: the same course, records and today give the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from irtherapy.outcome.days import DAY, Off, day_of, monday
from irtherapy.values import Course, InputError, Slot, SlotState, in_range

PER_WEEK_MAX = 7
WEEKS_MAX = 26
SLACK_MAX_DAYS = 6
IN_A_ROW_MAX = 7  # then a day without heat (facts: safety 6, "at most 7 days in a row, then review")
NO_SESSION = (None, "", "never_started")
EVEN = {
    1: (0,),
    2: (0, 3),
    3: (0, 2, 4),
    4: (0, 1, 3, 5),
    5: (0, 1, 2, 4, 5),
    6: (0, 1, 2, 3, 4, 5),
    7: tuple(range(7)),
}
NO_ROOM = "Left out, so that two sessions do not come too close."


def rest_gap_days(per_week: int) -> int:
    """Return the days from one session to the next at least: 2 up to three a week (a day of rest between), else 1."""
    return 2 if per_week <= 3 else 1


def even_weekdays(started_on: date, per_week: int) -> tuple[int, ...]:
    """Return weekdays spread over the week from the first day on, with their rest between."""
    return tuple(sorted((started_on.weekday() + offset) % 7 for offset in EVEN[per_week]))


def checked(course: Course) -> Course:
    """Return the course. Raises InputError naming what lies outside its range."""
    in_range("Sessions a week", course.per_week, 1, PER_WEEK_MAX)
    in_range("Weeks", course.weeks, 1, WEEKS_MAX)
    in_range("Slack", course.slack_days, 0, SLACK_MAX_DAYS, "days")
    in_range("Heat", course.heat_min, 0, 60, "min")
    day_of("First day", course.started_on)
    for day, _ in course.skipped:
        day_of("Skipped day", day)
    chosen, gap = sorted(set(course.weekdays)), rest_gap_days(course.per_week)
    if len(chosen) != course.per_week or not set(chosen) <= set(range(7)):
        raise InputError("Weekdays", f"Weekdays must be {course.per_week} different days of the week.")
    if any(after - before < gap for before, after in pairwise([*chosen, chosen[0] + 7])):
        raise InputError("Weekdays", "Weekdays must have a day of rest between them.")
    return course


def taper_weeks(per_week: int) -> tuple[int, ...]:
    """Return how many sessions each week of a taper holds: about half, then one (our proposal)."""
    return {1: (), 2: (1,)}.get(per_week, ((per_week + 1) // 2, 1))


@dataclass(frozen=True)
class Record:
    """What the schedule needs of a session that took place."""

    on: date
    id: str
    ended: str
    heat_s: float
    of_course: bool = True


def sessions(records: Iterable[Mapping[str, Any]]) -> tuple[Record, ...]:
    """Return the sessions that took place, oldest first.

    Of each: ``on``, ``id``, ``ended``, ``heat_s`` and ``of_course``; one of no course takes room alone.
    """
    return tuple(
        Record(
            day_of("Session day", str(r["on"])),
            str(r.get("id", "")),
            str(r["ended"]),
            float(r.get("heat_s") or 0.0),
            bool(r.get("of_course", True)),
        )
        for r in sorted(records, key=lambda r: str(r["on"]))
        if r.get("ended") not in NO_SESSION
    )


def due(course: Course, off: Off) -> tuple[Slot, ...]:
    """Return every session of the course with its day and the last day on which it counts."""
    days = _main_days(course, off)
    planned = [(day, number // course.per_week + 1, False) for number, day in enumerate(days)]
    if course.taper:
        planned += _taper_days(course, off, days[-1])
    out = []
    for number, (day, week, taper) in enumerate(planned):
        last = day + course.slack_days * DAY
        if number + 1 < len(planned):
            last = min(last, planned[number + 1][0] - DAY)
        out.append(Slot(number + 1, week, day.isoformat(), last.isoformat(), None, SlotState.PLANNED, taper=taper))
    return tuple(out)


def _main_days(course: Course, off: Off) -> list[date]:
    out: list[date] = []
    day = day_of("First day", course.started_on)
    while len(out) < course.per_week * course.weeks:
        if day.weekday() in course.weekdays and day not in off and not _too_many_in_a_row(out, day):
            out.append(day)
        day += DAY
    return out


def _too_many_in_a_row(days: Sequence[date], day: date) -> bool:
    return len(days) >= IN_A_ROW_MAX and days[-IN_A_ROW_MAX] == day - IN_A_ROW_MAX * DAY


def _taper_days(course: Course, off: Off, last: date) -> list[tuple[date, int, bool]]:
    out: list[tuple[date, int, bool]] = []
    weekdays = sorted(course.weekdays)
    for number, many in enumerate(taper_weeks(course.per_week)):
        chosen = {weekdays[i * len(weekdays) // many] for i in range(many)}
        day, found = monday(out[-1][0] if out else last) + 7 * DAY, 0
        while found < many:
            if day.weekday() in chosen and day not in off:
                out.append((day, course.weeks + number + 1, True))
                found += 1
            day += DAY
    return out


class _Room:
    """Which days still have room, from the sessions that took place and those planned so far."""

    def __init__(self, course: Course, off: Off, taken: Iterable[date]) -> None:
        self.off, self.most = off, course.per_week
        self.gap = rest_gap_days(course.per_week) * DAY
        self.taken = set(taken)
        self.weeks = Counter(monday(day) for day in self.taken)

    def take(self, day: date) -> None:
        self.taken.add(day)
        self.weeks[monday(day)] += 1

    def free(self, day: date) -> bool:
        return day not in self.off and self.full(day) is None

    def full(self, day: date) -> str | None:
        """Return what is against a session on this day: "day", "rest", "row", "week", or None."""
        if day in self.taken:
            return "day"
        if any(day - self.gap < other < day + self.gap for other in self.taken):
            return "rest"
        if all(day - n * DAY in self.taken for n in range(1, IN_A_ROW_MAX + 1)):
            return "row"
        return "week" if self.weeks[monday(day)] >= self.most else None

    def first(self, start: date, last: date) -> date | None:
        while start <= last:
            if self.free(start):
                return start
            start += DAY
        return None


def settle(
    course: Course, off: Off, records: Sequence[Record], today: date, not_before: date | None = None, held: bool = False
) -> tuple[tuple[Slot, ...], int]:
    """Return every session of the course as it stands today, and how many took place beside the plan.

    ``not_before``: no session is planned before this day. ``held``: the course waits, so no day is planned at all.
    """
    slots, extra = _matched(course, due(course, off), records)
    room, ended = _Room(course, off, (r.on for r in records)), course.ended_on
    floor = max(today, not_before or today)
    out = []
    for slot in slots:
        day, last = date.fromisoformat(slot.due_on), date.fromisoformat(slot.last_on)
        if slot.state is not SlotState.PLANNED or (ended is not None and slot.last_on >= ended):
            out.append(slot)
        elif last < today:
            past = _Room(course, off, (r.on for r in records if r.on <= last))
            gone = past.first(day, last) is None
            state = SlotState.LEFT_OUT if gone else SlotState.MISSED
            out.append(replace(slot, state=state, reason=NO_ROOM if gone else ""))
        elif held:
            out.append(slot)
        else:
            planned = room.first(max(day, floor), last)
            if planned is None:
                out.append(replace(slot, state=SlotState.LEFT_OUT, reason=NO_ROOM))
            else:
                room.take(planned)
                out.append(replace(slot, planned_on=planned.isoformat()))
    return tuple(out), extra


def too_early(course: Course, records: Sequence[Record], today: date) -> str | None:
    """Return why a session today would come too early after those that took place, or None.

    "day": there was one today; "rest": a day of rest is missing; "row": many days in a row; "week": the week is full.
    """
    return _Room(course, Off((), today), (r.on for r in records if r.on <= today)).full(today)


def _matched(course: Course, slots: Sequence[Slot], records: Sequence[Record]) -> tuple[list[Slot], int]:
    """Give each session the planned one whose days it fell in: from the end of the one before, until its last day."""
    out, extra = list(slots), 0
    for record in (r for r in records if r.of_course):
        index = _window(out, record.on)
        if index is None or out[index].state is not SlotState.PLANNED:
            extra += 1
            continue
        out[index] = replace(out[index], state=_how(record), done_on=record.on.isoformat(), session=record.id or None)
    for day, reason in course.skipped:
        index = _window(out, day_of("Skipped day", day))
        if index is not None and out[index].state is SlotState.PLANNED:
            out[index] = replace(out[index], state=SlotState.SKIPPED, reason=reason)
    return out, extra


def _window(slots: Sequence[Slot], day: date) -> int | None:
    text, before = day.isoformat(), ""
    for index, slot in enumerate(slots):
        if before < text <= slot.last_on:
            return index
        before = slot.last_on
    return None


def _how(record: Record) -> SlotState:
    if record.ended == "completed":
        return SlotState.DONE
    return SlotState.PART if record.heat_s > 0 and record.ended != "stopped" else SlotState.STOPPED
