"""All measured figures in one picture: each band drawn equally wide, the measured value in it, and ours."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from irtherapy.edge.validation.rows import Place, Row
from irtherapy.export.svg import EMBER

WIDTH, LEFT, RIGHT, TOP, STEP = 420.0, 96.0, 324.0, 34.0, 50.0
OUT = 0.18  # how far beyond its band ours is drawn at most, as a share of the band


def chart(rows: Iterable[Row], title: str) -> str:
    """Return the picture of every row that has a place: the band, a ring for the measured, a dot for ours."""
    places = [row.place for row in rows if row.place is not None]
    height = TOP + STEP * len(places) + 8.0
    parts = [
        _text(0.0, 15.0, "\u25cb measured", "start"),
        _text(104.0, 15.0, "\u25cf ours", "start", EMBER),
        _text(172.0, 15.0, "\u2501 where it should lie", "start"),
    ]
    parts += [_one(place, TOP + STEP * i) for i, place in enumerate(places)]
    outside = [place.name for place in places if not place.low <= place.ours <= place.high]
    told = f"{len(places) - len(outside)} of {len(places)} lie in their band. Outside: {', '.join(outside) or 'none'}."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" class="chart" '
        f'font-family="system-ui, sans-serif" font-size="14" fill="currentColor"><title>{escape(title)}</title>'
        f"<desc>{escape(told)}</desc>{''.join(parts)}</svg>"
    )


def _one(place: Place, y: float) -> str:
    def at(value: float) -> float:
        share = (value - place.low) / (place.high - place.low)
        return LEFT + (RIGHT - LEFT) * min(max(share, -OUT), 1.0 + OUT)

    line, unit = y + 30.0, f" {place.unit}" if place.unit else ""
    seen = "" if place.measured is None else f"; measured {place.measured:g}"
    bar = 'stroke="currentColor" stroke-opacity="0.3" stroke-width="6" stroke-linecap="round"/>'
    parts = [
        _text(0.0, y + 16.0, place.name, "start"),
        _text(WIDTH, y + 16.0, f"{place.ours:.2f}{seen}{unit}", "end"),
        f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="{line:g}" y2="{line:g}" {bar}',
        _text(0.0, line + 5.0, f"{place.low:.3g}", "start"),
        _text(WIDTH, line + 5.0, f"{place.high:.3g}", "end"),
    ]
    if place.measured is not None:
        parts.append(
            f'<circle cx="{at(place.measured):.1f}" cy="{line:g}" r="6" fill="none" stroke="currentColor" '
            'stroke-width="1.8"/>'
        )
    parts.append(f'<circle cx="{at(place.ours):.1f}" cy="{line:g}" r="4.5" fill="{EMBER}"/>')
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str, fill: str = "currentColor") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
