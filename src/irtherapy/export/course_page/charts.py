"""The charts of a course as SVG: pain by day, and minutes of heat by session. Each carries its figures in its title."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from html import escape

from irtherapy.export.course_page.digest import Digest, Done
from irtherapy.export.svg import EMBER, INK, Series, line_chart

REGIONS = {"neck": "neck", "upper_back": "upper back", "lower_back": "lower back"}
LABELLED_DAYS = 8
WIDTH, HEIGHT = 760.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 670.0, 34.0, 150.0


def pain_chart(d: Digest, matters: float | None = None, height: int = 190) -> str:
    """Return the pain by day as SVG, the sessions as marks below, and the line that would matter.

    ``matters``: the change, in points, that matters to most people; drawn that much under the first week's mean.
    """
    regions = [r for r in dict.fromkeys([d.region, *(p.region for p in d.pains)]) if d.daily_pain(r)][:3]
    zero = min((d.daily_pain(r)[0][0] for r in regions), default=d.today)
    series = []
    for region in regions:
        told = d.daily_pain(region)
        xs = [float((day - zero).days) for day, _ in told]
        series.append(Series(REGIONS.get(region, region), xs, [v for _, v in told], soft=region != d.region))
    weeks = d.weeks_pain(d.region)
    if weeks is not None and matters is not None and weeks[0] > matters:
        last = max(x for s in series for x in s.x)
        series.append(Series(f"{matters:.1f} less", [0.0, last], [weeks[0] - matters] * 2, soft=True))
    chart = line_chart(
        series,
        f"days since {_day(zero)}; a triangle is a session",
        "pain, 0 to 10",
        pain_words(d),
        pain_words(d),
        y_range=(0.0, 10.0),
        width=int(WIDTH),
        height=height,
    )
    return chart.replace("</svg>", _session_marks(d.sessions, zero, series, height) + "</svg>")


def _session_marks(sessions: Sequence[Done], zero: datetime.date, series: Sequence[Series], height: int) -> str:
    """Return a small mark on the axis of days for each session, where the chart's own frame has that day."""
    xs = [x for s in series for x in s.x] or [0.0, 1.0]
    longest = max((len(s.label) for s in series), default=0)
    right = WIDTH - min(170.0, 18.0 + 8.2 * longest)
    low, high, bottom = min(xs), max(xs), height - 44.0
    out = []
    for s in sessions:
        day = float((s.day - zero).days)
        if low <= day <= high:
            x = LEFT + (day - low) / ((high - low) or 1.0) * (right - LEFT)
            out.append(f'<path d="M{x:.1f} {bottom:.1f} l-4 -9 h8 z" fill="{EMBER}"/>')
    return "".join(out)


def pain_words(d: Digest) -> str:
    """Return the pain chart in words, for those who listen."""
    where = REGIONS.get(d.region, "back")
    weeks = d.weeks_pain(d.region)
    days = len(d.daily_pain(d.region))
    if weeks is None:
        return f"Pain at the {where} by day: told on {days} days. The table of the diary has every rating."
    return (
        f"Pain at the {where} by day, from {weeks[0]:.1f} in the first week to {weeks[1]:.1f} in the last, of 10; "
        f"told on {days} days. The table of the diary has every rating."
    )


def minutes_chart(d: Digest) -> str:
    """Return the minutes of heat of each session as bars before the minutes that were planned, by day."""
    begin = d.first_day or d.today
    end = max([d.last_day or begin, *(s.day for s in d.sessions)])
    days = max((end - begin).days, 1)
    top = max([10.0, *(max(s.planned_min, s.heat_min) for s in d.sessions)])
    across, parts = (RIGHT - LEFT) / (days + 1), []
    width = min(14.0, across * 0.8)
    for minutes in (0.0, top / 2, top):
        y = _up(minutes, top)
        parts.append(
            f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" stroke="{INK}" stroke-opacity="0.15"/>'
            f'<text x="{LEFT - 8:g}" y="{y + 5:.1f}" text-anchor="end">{minutes:g}</text>'
        )
    for s in d.sessions:
        x = LEFT + ((s.day - begin).days + 0.5) * across - width / 2
        parts.append(_bar(x, width, s.planned_min, top, f'fill="none" stroke="{INK}" stroke-opacity="0.6"'))
        parts.append(_bar(x, width, s.heat_min, top, f'fill="{EMBER}"'))
    for one in d.missed:
        day = datetime.date.fromisoformat(str(one["on"])[:10])
        if begin <= day <= end:
            x = LEFT + ((day - begin).days + 0.5) * across
            parts.append(f'<path d="M{x - 5:.1f} {BOTTOM - 12:g} l10 10 m0 -10 l-10 10" stroke="{INK}" fill="none"/>')
    parts += _days(begin, days, across)
    parts.append(f'<text x="4" y="15">minutes</text><text x="{RIGHT + 10:g}" y="{_up(top, top) + 12:.1f}">')
    parts.append(f'outline:</text><text x="{RIGHT + 10:g}" y="{_up(top, top) + 30:.1f}">planned</text>')
    words = minutes_words(d)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" class="chart" '
        f'font-family="system-ui, sans-serif" font-size="14" fill="{INK}">'
        f"<title>{escape(words)}</title><desc>{escape(words)}</desc>{''.join(parts)}</svg>"
    )


def minutes_words(d: Digest) -> str:
    """Return the chart of minutes in words."""
    return (
        f"Minutes of heat of {len(d.sessions)} sessions, {d.heat_min:.0f} in all; a cross is a day without one. "
        "The table of sessions has every figure."
    )


def _up(minutes: float, top: float) -> float:
    return BOTTOM - minutes / top * (BOTTOM - TOP)


def _bar(x: float, width: float, minutes: float, top: float, look: str) -> str:
    y = _up(minutes, top)
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BOTTOM - y:.1f}" {look}/>'


def _days(begin: datetime.date, days: int, across: float) -> list[str]:
    step = max(7, 7 * round(days / 7 / LABELLED_DAYS) or 7)
    return [
        f'<text x="{LEFT + (n + 0.5) * across:.1f}" y="{BOTTOM + 20:g}" text-anchor="middle">'
        f"{_day(begin + datetime.timedelta(days=n))}</text>"
        for n in range(0, days + 1, step)
    ]


def _day(day: datetime.date) -> str:
    return f"{day.day} {day:%b}"
