"""The state of a course: a pure function of what was agreed, what happened so far, and today.

    progress = state(course, records, "2026-11-25")

The days are those of ``schedule``, the reasons to pause those of ``breaks``, the minutes those of ``ladder`` and the
time of warm skin that of ``warm_skin``; here they are put together in that order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from irtherapy.outcome import breaks, ladder, schedule, warm_skin
from irtherapy.outcome.days import DAY, Off, day_of, words
from irtherapy.outcome.ending import end_advice
from irtherapy.values import Away, Break, Course, Progress, Slot, SlotState, WarmSkin

RESCREEN_HOLIDAY_DAYS = 7
REMINDERS_MAX = 2  # once, again once, then quiet


def state(course: Course, records: Sequence[Mapping[str, Any]], today: str, region: str | None = None) -> Progress:
    """Return where the course stands on ``today``.

    ``records``: mappings as ``breaks`` and ``schedule`` read them, with ``id``, ``ended``, ``heat_s``, ``region``,
    ``warm_min`` and ``screened_in_full``. ``region``: the site whose minutes are asked for; that of the last session
    without it. Raises InputError for a course, day or record outside its range.
    """
    schedule.checked(course)
    day = day_of("Today", today)
    told = sorted((r for r in records if str(r["on"]) <= today), key=lambda r: str(r["on"]))
    sessions = schedule.sessions(told)
    found = breaks.find(told, (course.started_on, *course.resumed_on))  # to start one is to go on, too
    away = (*course.away, *(a for a in map(_away, found) if a is not None))
    warm = warm_skin.weekly(told, course.setting, day)
    site = region or _last_region(told)
    held = _held(course, found, day)
    free = next((date.fromisoformat(w.free_on) for w in warm if w.region == site), day)
    slots, extra = schedule.settle(course, Off(away, day), sessions, day, not_before=free, held=held is not None)
    minutes, why = ladder.minutes(
        course.setting, course.heat_min, [r for r in told if r.get("region") in (None, site)], found, day
    )
    following = next((s for s in slots if s.planned_on is not None), None)
    over = course.ended_on is not None or all(_settled(s) for s in slots)
    week = following.week if following else _week_of(slots, today)
    return Progress(
        today=today,
        slots=slots,
        counts={how.value: n for how, n in sorted(Counter(s.state for s in slots).items())},
        week=week,
        weeks=slots[-1].week,
        next_on=following.planned_on if following else None,
        next_until=following.last_on if following else None,
        sentence=_sentence(course, held, following, over, day, warm, site),
        held=held,
        pause_reason=_reason(held),
        advice=held.advice if isinstance(held, Break) else "",
        breaks=found,
        minutes=minutes,
        minutes_why=why,
        exercise_week=ladder.exercise_week(slots, week),
        clean_skin_checks=ladder.clean_checks(told),
        warm=warm,
        rescreen=_rescreen(away, course, told, today),
        over=over,
        ends_on=max(s.done_on or s.planned_on or s.due_on for s in slots)
        if course.ended_on is None
        else course.ended_on,
        extra=extra,
        end=end_advice(slots, told) if over else None,
        early="" if held or over or today < course.started_on else _early(course, sessions, following, day),
    )


def _early(course: Course, sessions: Sequence[schedule.Record], following: Slot | None, today: date) -> str:
    """Return the sentence that a session today would come too early with the day of the next one, or nothing."""
    why = schedule.too_early(course, sessions, today)
    if why is None or following is None or following.planned_on is None or following.planned_on <= today.isoformat():
        return ""
    following_on = words(date.fromisoformat(following.planned_on))
    if why == "day":
        return f"There was a session today already. The next in your course is on {following_on}."
    if why == "week":
        return f"Your course has had its sessions of this week. The next is on {following_on}."
    return f"Today is a rest day in your course. The next session is on {following_on}."


def _away(one: Break) -> Away | None:
    """Return the days a break takes out: from the day after it until it was lifted."""
    first = date.fromisoformat(one.on) + DAY
    last = None if one.lifted_on is None else date.fromisoformat(one.lifted_on) - DAY
    if last is not None and last < first:
        return None
    return Away(first.isoformat(), None if last is None else last.isoformat(), "break", one.rule)


def _held(course: Course, found: Sequence[Break], today: date) -> Break | Away | None:
    """Return what keeps the course from going on today: the weightiest break, else the person's own pause."""
    open_breaks = [one for one in found if one.lifted_on is None or one.lifted_on > today.isoformat()]
    if open_breaks:
        return max(open_breaks, key=lambda one: (one.rule == "red_flag", one.not_before))
    now = today.isoformat()
    return next((a for a in course.away if a.kind == "pause" and a.first_on <= now and _lasts(a, now)), None)


def _lasts(one: Away, today: str) -> bool:
    return one.last_on is None or one.last_on >= today


def _last_region(told: Sequence[Mapping[str, Any]]) -> str | None:
    return next((str(r["region"]) for r in reversed(told) if r.get("region")), None)


def _settled(slot: Slot) -> bool:
    return slot.state is not SlotState.PLANNED


def _week_of(slots: Sequence[Slot], today: str) -> int:
    return next((s.week for s in slots if s.last_on >= today), slots[-1].week)


def _reason(held: Break | Away | None) -> str | None:
    if held is None:
        return None
    return held.text if isinstance(held, Break) else held.reason or "You paused it."


def _rescreen(away: Sequence[Away], course: Course, told: Sequence[Mapping[str, Any]], today: str) -> bool:
    """Return True when the person came back and the questions were not asked in full since."""
    back = [day for day in course.resumed_on if day <= today]
    for one in away:
        if one.last_on is not None and (one.kind != "holiday" or _long(one)):
            back.append((date.fromisoformat(one.last_on) + DAY).isoformat())
    last = max((day for day in back if day <= today), default=None)
    return last is not None and not any(r.get("screened_in_full") and str(r["on"]) >= last for r in told)


def _long(one: Away) -> bool:
    assert one.last_on is not None
    return (date.fromisoformat(one.last_on) - date.fromisoformat(one.first_on)).days + 1 >= RESCREEN_HOLIDAY_DAYS


def _sentence(
    course: Course, held: Break | Away | None, slot: Slot | None, over: bool, today: date,
    warm: Sequence[WarmSkin], site: str | None,
) -> str:  # fmt: skip
    if course.ended_on is not None:
        return f"You ended this course on {words(day_of('End', course.ended_on))}."
    if isinstance(held, Break):
        return breaks.sentence(held, today)
    if held is not None:
        return "Your course is paused. It waits for you, and nothing counts as missed."
    if over or slot is None or slot.planned_on is None:
        return "Your course is over."
    planned, last = date.fromisoformat(slot.planned_on), date.fromisoformat(slot.last_on)
    full = next((w for w in warm if w.region == site and w.free_on > today.isoformat()), None)
    if full is not None:
        return f"Next session: {words(planned)}. The skin there was warm long enough for this week."
    if planned > today:
        return f"Next session: {words(planned)}."
    if last > today:
        return f"Today is a day for a session. It may also be any day until {words(last)}."
    return "Today is a day for a session."


def reminder(progress: Progress, shown_on: Sequence[str]) -> str | None:
    """Return the one line that reminds of a session today, or None: on two days at most since the last session.

    ``shown_on``: days on which it was shown before. After two it stays quiet until a session took place.
    """
    last = max((s.done_on for s in progress.slots if s.done_on is not None), default="")
    since = {day for day in shown_on if day > last}
    if progress.held or progress.over or progress.next_on != progress.today:
        return None
    if progress.today not in since and len(since) >= REMINDERS_MAX:
        return None
    return progress.sentence
