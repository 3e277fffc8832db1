"""The drawing of a finished comparison: the difference of each pair, their mean with its interval, and the belief."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from irtherapy.export.svg import INK, ticks

ROW, TOP, LEFT, RIGHT = 34.0, 44.0, 74.0, 12.0
HILL = 74.0  # height of the density
AXIS = 48.0


@dataclass(frozen=True)
class Drawn:
    """What is drawn, in points: a label and a difference for each pair, the mean with its ends, and a density."""

    pairs: Sequence[tuple[str, float]]
    mean: float
    low: float
    high: float
    points: Sequence[float]
    density: Sequence[float]


def chart(of: Drawn, words: dict[str, str], width: int = 360) -> str:
    """Return the drawing as SVG. ``words``: title, desc, mean, belief, axis, left and right of zero."""
    reach = max([1.0, *(abs(d) for _, d in of.pairs), abs(of.low), abs(of.high)]) * 1.08
    reach = min(reach, 10.0)
    inner = width - LEFT - RIGHT

    def x(points: float) -> float:
        return LEFT + inner * (min(max(points, -reach), reach) + reach) / (2.0 * reach)

    mean_y = TOP + ROW * len(of.pairs) + ROW * 0.5
    base = mean_y + ROW * 0.9 + HILL
    height = base + AXIS
    parts = [_scale(x, reach, base, words), _hill(of, x, base), _text(4, base - 6, words["belief"])]
    for row, (label, d) in enumerate(of.pairs):
        y = TOP + ROW * (row + 0.5)
        parts.append(_text(4, y + 5, label))
        parts.append(f'<line x1="{_n(x(0))}" x2="{_n(x(d))}" y1="{_n(y)}" y2="{_n(y)}" stroke="{INK}"/>')
        parts.append(f'<circle cx="{_n(x(d))}" cy="{_n(y)}" r="5" fill="{INK}"/>')
    parts.append(_text(4, mean_y + 5, words["mean"], extra=' font-weight="600"'))
    parts.append(
        f'<line x1="{_n(x(of.low))}" x2="{_n(x(of.high))}" y1="{_n(mean_y)}" y2="{_n(mean_y)}" stroke="{INK}" '
        f'stroke-width="3"/><rect x="{_n(x(of.mean) - 6)}" y="{_n(mean_y - 6)}" width="12" height="12" fill="{INK}"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_n(height)}" role="img" class="chart" '
        f'font-family="system-ui, sans-serif" font-size="14" fill="{INK}"><title>{escape(words["title"])}</title>'
        f"<desc>{escape(words['desc'])}</desc>{''.join(parts)}</svg>"
    )


def _scale(at: Callable[[float], float], reach: float, base: float, words: dict[str, str]) -> str:
    out = []
    for value in ticks(-reach, reach, 5):
        strong = ' stroke-dasharray="6 5"' if value == 0 else ' stroke-opacity="0.15"'
        out.append(f'<line x1="{_n(at(value))}" x2="{_n(at(value))}" y1="26" y2="{_n(base)}" stroke="{INK}"{strong}/>')
        out.append(_text(at(value), base + 20, f"{value:g}".replace("-", "\u2212"), "middle"))
    out.append(_text(at(0) - 10, 17, words["left"], "end"))
    out.append(_text(at(0) + 10, 17, words["right"]))
    out.append(_text(at(0), base + 41, words["axis"], "middle"))
    return "".join(out)


def _hill(of: Drawn, at: Callable[[float], float], base: float) -> str:
    top = max(of.density, default=0.0)
    if not (top > 0.0 and math.isfinite(top)):
        return ""
    line = " ".join(f"{_n(at(p))},{_n(base - HILL * v / top)}" for p, v in zip(of.points, of.density, strict=True))
    ends = f"{_n(at(of.points[0]))},{_n(base)} {line} {_n(at(of.points[-1]))},{_n(base)}"
    return f'<polygon points="{ends}" fill="{INK}" fill-opacity="0.14" stroke="{INK}" stroke-opacity="0.5"/>'


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, text: str, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{extra}>{escape(text)}</text>'
