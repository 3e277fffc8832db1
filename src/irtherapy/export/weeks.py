"""The weeks of a course as a plain picture: a row a week, a mark a day. The shapes differ, not the colours alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

LEFT, CELL, ROW, HEAD = 62, 41, 40, 26
SETTLED = ("done", "part", "stopped", "skipped", "missed", "left_out")
TICK = "M-6 0 l4 5 l8 -10"


def days(
    slots: Sequence[Mapping[str, Any]], away: Iterable[tuple[str, str]], today: str
) -> list[list[tuple[str, str]]]:
    """Return each week from Monday to Sunday as (ISO day, mark): a state of ``values.SlotState``, "away" or "".

    ``away``: (first, last) ISO days. A session that was done late is marked on the day it was done.
    """
    marks: dict[str, str] = {}
    for slot in slots:
        state = str(slot["state"])
        if state == "planned" and slot["planned_on"] is None:
            continue
        marks[str(slot["done_on"] or slot["planned_on"] or slot["due_on"])] = state
    spans = list(away)
    shown = [*marks, today, *(str(slot["due_on"]) for slot in slots[:1])]
    first, last = (date.fromisoformat(pick(shown)) for pick in (min, max))
    monday = first - timedelta(days=first.weekday())
    out = []
    while monday <= last:
        week = [(monday + timedelta(days=n)).isoformat() for n in range(7)]
        out.append([(day, marks.get(day) or ("away" if _in(day, spans) else "")) for day in week])
        monday += timedelta(days=7)
    return out


def _in(day: str, spans: Iterable[tuple[str, str]]) -> bool:
    return any(first <= day <= last for first, last in spans)


def picture(
    weeks: Sequence[Sequence[tuple[str, str]]], today: str, weekdays: Sequence[str], labels: Sequence[str], title: str
) -> str:
    """Return the picture as SVG. ``weekdays``: seven short names; ``labels``: one for each week, its first day."""
    height = HEAD + ROW * len(weeks)
    out = [
        f'<svg viewBox="0 0 {LEFT + 7 * CELL} {height}" class="weeks" role="img" aria-label="{escape(title, _QUOTES)}">'
    ]
    for number, name in enumerate(weekdays):
        out.append(f'<text x="{LEFT + CELL * (number + 0.5):g}" y="16" text-anchor="middle">{escape(name)}</text>')
    for row, week in enumerate(weeks):
        middle = HEAD + ROW * (row + 0.5)
        out.append(f'<text x="0" y="{middle + 5:g}">{escape(labels[row])}</text>')
        for column, (day, how) in enumerate(week):
            out.append(_day(LEFT + CELL * (column + 0.5), middle, how, day == today))
    return "".join(out) + "</svg>"


_QUOTES = {'"': "&quot;"}


def _day(x: float, y: float, how: str, is_today: bool) -> str:
    frame = f'<rect class="today" x="{x - 18:g}" y="{y - 18:g}" width="36" height="36" rx="8"/>' if is_today else ""
    return f'{frame}<g transform="translate({x:g} {y:g})">{mark(how)}</g>'


def mark(how: str) -> str:
    """Return the mark of a day, drawn about its middle."""
    drawn = {
        "planned": '<circle class="ring" r="11"/>',
        "done": f'<circle class="full" r="12"/><path class="tick" d="{TICK}"/>',
        "part": '<circle class="ring" r="11"/><path class="full" d="M0 -11 a11 11 0 0 0 0 22 z"/>',
        "stopped": '<circle class="ring" r="11"/><rect class="full" x="-4.5" y="-4.5" width="9" height="9"/>',
        "skipped": '<path class="ring" d="M-9 0 h18"/>',
        "missed": '<circle class="dot" r="4"/>',
        "left_out": '<path class="ring" d="M-4 0 h8"/>',
        "away": '<path class="away" d="M-10 10 L10 -10 M-13 3 L3 -13 M-3 13 L13 -3"/>',
    }
    return drawn.get(how, '<circle class="free" r="2"/>')
