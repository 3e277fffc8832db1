"""The charts of how it is going as plain data for the page's script, and the rows of the table beside each.

A chart: ``x`` days as seconds since 1970 (local noon), ``lines`` (values by day, label, style), ``marks`` (days of
sessions), ``levels`` (named level lines), ``low`` to ``high``. All words come from here, to be translated.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from irtherapy.edge.records.going import Filled, Moved, Place
from irtherapy.outcome import trend
from irtherapy.outcome.motion import UNITS

NOON = datetime.time(12)
Chart = dict[str, Any]


def _second(day: float) -> int:
    moment = datetime.datetime.combine(datetime.date.fromordinal(int(day)), NOON, datetime.UTC)
    return int(moment.timestamp())


def pain(place: Place, sessions: Iterable[datetime.date]) -> Chart | None:
    """Return pain by day with its straight line, sessions marked and the level that would matter; None when empty."""
    if not place.daily:
        return None
    days = [day for day, _value in place.daily]
    lines = [{"label": _("pain"), "style": "figure", "values": [round(v, 2) for _day, v in place.daily]}]
    levels = []
    change = place.change
    if change.first is not None and change.last is not None and change.judged != "too_few":
        width = (days[-1] - days[0]) or 1.0
        slope = (change.last - change.first) / width
        along = [round(change.first + slope * (day - days[0]), 3) for day in days]
        lines.append({"label": _("straight line"), "style": "trend", "values": along})
        if change.needed is not None and change.first - change.needed >= 0:
            levels.append({"at": round(change.first - change.needed, 2), "label": _("a change that matters")})
    from_day = days[0] - trend.WINDOW_DAYS
    shown = [day for day in sessions if from_day <= day.toordinal() <= days[-1] + 1]
    return {
        "x": [_second(day) for day in days],
        "lines": lines,
        "marks": [_second(day.toordinal()) for day in shown if day.toordinal() >= days[0]],
        "mark": _("session"),
        "levels": levels,
        "low": 0,
        "high": 10,
    }


def pain_rows(place: Place) -> list[dict[str, Any]]:
    """Return what was told by day, newest first: the ratings of each time, with their entries where they can change."""
    found: dict[datetime.date, dict[str, Any]] = {}
    for rating in place.ratings:
        row = found.setdefault(rating.day, {"day": rating.day, "before": [], "after": [], "morning": [], "other": []})
        row[{"next_morning": "morning"}.get(rating.when, rating.when) or "other"].append(rating)
    return [found[day] for day in sorted(found, reverse=True)]


def answers(filled: Filled) -> Chart | None:
    """Return the scores of a questionnaire by day, with the level that would matter; None under two."""
    if len(filled.answers) < 2:
        return None
    measure = filled.measure
    first = float(filled.answers[0].score or 0.0)
    needed = measure.needed(first)
    levels = []
    if needed is not None:
        at = first - needed if measure.better == "lower" else first + needed
        if measure.low <= at <= measure.high:
            levels.append({"at": round(at, 2), "label": _("a change that matters")})
    days = _by_day((a.day, float(a.score or 0.0)) for a in filled.answers)
    return _series(days, measure.name, levels, measure.low, measure.high)


def motions(moved: Moved) -> Chart | None:
    """Return a movement by day against the first time; None under two measurements."""
    if len(moved.measured) < 2:
        return None
    days = _by_day((m.day, m.value) for m in moved.measured)
    values = [value for _day, value in days]
    levels = [{"at": round(moved.measured[0].value, 2), "label": _("the first time")}]
    room = max(0.15 * (max(values) - min(values)), 1.0)
    return _series(days, UNITS[moved.motion.unit], levels, max(0.0, min(values) - room), max(values) + room)


def _by_day(told: Iterable[tuple[datetime.date, float]]) -> list[tuple[float, float]]:
    return trend.by_day([(float(day.toordinal()), value) for day, value in told], window_days=float("inf"))


def _series(
    days: Sequence[tuple[float, float]], label: str, levels: list[dict[str, Any]], low: float, high: float
) -> Chart:
    line = {"label": label, "style": "figure", "values": [round(v, 2) for _day, v in days]}
    return {
        "x": [_second(day) for day, _value in days], "lines": [line], "marks": [], "mark": "", "levels": levels,
        "low": low, "high": high,
    }  # fmt: skip
