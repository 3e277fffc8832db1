"""Small line charts as SVG text: labels on the lines, limits as named lines, spread as a soft band.

No legend, no script, no inline style: presentation attributes print well, and ``currentColor`` follows the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape

EMBER = "#b4531f"
INK = "currentColor"
LABEL_GAP = 17.0


@dataclass(frozen=True)
class Series:
    """One line. ``x`` and ``y`` have the same length; ``y`` None is a gap. ``ember`` marks heat, ``soft`` a plan.

    ``dots``: rings at the points instead of a line, for what was measured. An empty label is not written.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float | None]
    ember: bool = False
    soft: bool = False
    dots: bool = False


@dataclass(frozen=True)
class Band:
    """A spread: low and high by ``x``, and its name."""

    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    label: str


@dataclass(frozen=True)
class Frame:
    """The plot area in pixels and the data range in it."""

    left: float
    top: float
    right: float
    bottom: float
    x0: float
    x1: float
    y0: float
    y1: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return pixels for data."""
        across = (x - self.x0) / ((self.x1 - self.x0) or 1.0)
        up = (y - self.y0) / ((self.y1 - self.y0) or 1.0)
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return round numbers from ``low`` to ``high``, about ``wanted`` of them."""
    raw = (high - low) / max(wanted, 1) or 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if power * m >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def line_chart(
    series: Sequence[Series],
    x_label: str,
    y_label: str,
    title: str,
    desc: str,
    band: Band | None = None,
    limits: Sequence[tuple[float, str]] = (),
    marks: Sequence[tuple[float, str]] = (),
    y_range: tuple[float, float] | None = None,
    x_range: tuple[float, float] | None = None,
    width: int = 640,
    height: int = 320,
    say: Callable[[str], str] = str,
) -> str:
    """Return a line chart. ``limits`` are named horizontal lines, ``marks`` named vertical ones, in data units.

    ``say`` translates every word and figure on it, before room is made for them.
    """
    series = [replace(s, label=say(s.label)) for s in series]
    limits = [(y, say(label)) for y, label in limits]
    marks = [(x, say(label)) for x, label in marks]
    frame = _frame(series, band, limits, y_range, width, height)
    if x_range is not None:
        frame = replace(frame, x0=x_range[0], x1=x_range[1])
    parts = [_axes(frame, say(x_label), say(y_label), say)]
    if band is not None:
        parts.append(_band(frame, replace(band, label=say(band.label))))
    parts += _marks(frame, marks, series)
    parts += [_limit(frame, y, label) for y, label in limits]
    parts += [_line(frame, s) for s in series if not s.dots]
    parts += [_dots(frame, s) for s in series if s.dots]
    parts.append(_labels(frame, [s for s in series if s.label]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" class="chart" '
        f'font-family="system-ui, sans-serif" font-size="14" fill="{INK}">'
        f"<title>{escape(say(title))}</title><desc>{escape(say(desc))}</desc>{''.join(parts)}</svg>"
    )


def stacked(charts: Sequence[str], title: str, desc: str, width: int = 640, height: int = 320) -> str:
    """Return one picture of charts below each other, each ``width`` by ``height``, on white paper."""
    start = '<svg xmlns="http://www.w3.org/2000/svg" '
    parts = [
        chart.replace(start, f'<svg y="{i * height}" width="{width}" height="{height}" ', 1)
        for i, chart in enumerate(charts)
    ]
    whole = height * len(charts)
    return (
        f'{start}viewBox="0 0 {width} {whole}" width="{width}" height="{whole}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(desc)}</desc>"
        f'<rect width="{width}" height="{whole}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _frame(
    series: Sequence[Series],
    band: Band | None,
    limits: Sequence[tuple[float, str]],
    y_range: tuple[float, float] | None,
    width: int,
    height: int,
) -> Frame:
    xs = [x for s in series for x in s.x] + (list(band.x) if band else []) or [0.0, 1.0]
    ys = [y for s in series for y in s.y if y is not None] + [y for y, _ in limits]
    ys += [*band.low, *band.high] if band else []
    low, high = y_range or (math.floor(min(ys, default=0.0) - 0.5), math.ceil(max(ys, default=1.0) + 0.5))
    longest = max((len(s.label) for s in series), default=0)
    right = width - min(170.0, 18.0 + 8.2 * longest)
    return Frame(46.0, 26.0, right, height - 44.0, min(xs), max(xs), float(low), float(high))


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, text: str, anchor: str = "start", extra: str = "") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{extra}>{escape(text)}</text>'


def _axes(f: Frame, x_label: str, y_label: str, say: Callable[[str], str]) -> str:
    out = []
    for y in ticks(f.y0, f.y1):
        _, py = f.at(f.x0, y)
        out.append(
            f'<line x1="{_n(f.left)}" x2="{_n(f.right)}" y1="{_n(py)}" y2="{_n(py)}" stroke="{INK}" '
            f'stroke-opacity="0.15"/>{_text(f.left - 8, py + 5, say(f"{y:g}"), "end")}'
        )
    for x in ticks(f.x0, f.x1):
        px, _ = f.at(x, f.y0)
        out.append(_text(px, f.bottom + 20, say(f"{x:g}"), "middle"))
    out.append(
        f'<line x1="{_n(f.left)}" x2="{_n(f.right)}" y1="{_n(f.bottom)}" y2="{_n(f.bottom)}" stroke="{INK}"/>'
        f"{_text((f.left + f.right) / 2, f.bottom + 39, x_label, 'middle')}{_text(4, 15, y_label)}"
    )
    return "".join(out)


def _points(f: Frame, xs: Sequence[float], ys: Sequence[float]) -> str:
    return " ".join(f"{_n(px)},{_n(py)}" for px, py in (f.at(x, y) for x, y in zip(xs, ys, strict=True)))


def _band(f: Frame, band: Band) -> str:
    there = _points(f, band.x, band.high)
    back = _points(f, list(band.x)[::-1], list(band.low)[::-1])
    return (
        f'<polygon points="{there} {back}" fill="{EMBER}" fill-opacity="0.16" class="band">'
        f"<title>{escape(band.label)}</title></polygon>"
    )


def _limit(f: Frame, y: float, label: str) -> str:
    _, py = f.at(f.x0, y)
    return (
        f'<line x1="{_n(f.left)}" x2="{_n(f.right)}" y1="{_n(py)}" y2="{_n(py)}" stroke="{INK}" '
        f'stroke-dasharray="6 5" class="limit"/>{_text(f.left + 6, py - 6, label)}'
    )


def _marks(f: Frame, marks: Sequence[tuple[float, str]], series: Sequence[Series]) -> list[str]:
    """Return the named vertical lines; a name stands low where no line and no other name is in its way."""
    points = [f.at(x, y) for s in series for x, y in zip(s.x, s.y, strict=True) if y is not None]
    taken: list[tuple[float, float, float]] = []
    out = []
    for x, label in marks:
        if not f.x0 <= x <= f.x1:
            continue
        px, _ = f.at(x, f.y0)
        near_end = px > (f.left + f.right) / 2
        left, right = (px - 6.0 - 8.2 * len(label), px) if near_end else (px, px + 6.0 + 8.2 * len(label))

        def free(y: float, left: float = left, right: float = right) -> bool:
            lines = any(left <= at <= right and y - 16 < py < y + 6 for at, py in points)
            return not lines and not any(y == at and a < right and left < b for at, a, b in taken)

        heights = (f.bottom - 8, f.bottom - 28, f.top + 12)
        y = next((y for y in heights if free(y)), f.top + 12)
        taken.append((y, left, right))
        out.append(
            f'<line x1="{_n(px)}" x2="{_n(px)}" y1="{_n(f.top)}" y2="{_n(f.bottom)}" stroke="{INK}" '
            f'stroke-opacity="0.5" stroke-dasharray="2 4" class="mark"/>'
            + _text(px - 6 if near_end else px + 6, y, label, "end" if near_end else "start")
        )
    return out


def _line(f: Frame, s: Series) -> str:
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(s.x, s.y, strict=True):
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    look = f'stroke="{EMBER if s.ember else INK}" stroke-width="{2 if s.soft else 3}"'
    look += ' stroke-dasharray="3 5" stroke-linecap="round"' if s.soft else ""
    return "".join(
        f'<polyline points="{_points(f, [p[0] for p in run], [p[1] for p in run])}" fill="none" {look}/>'
        for run in runs
        if run
    )


def _dots(f: Frame, s: Series) -> str:
    places = [f.at(x, y) for x, y in zip(s.x, s.y, strict=True) if y is not None]
    look = f'r="4.5" fill="none" stroke="{EMBER if s.ember else INK}" stroke-width="1.8"'
    return "".join(f'<circle cx="{_n(px)}" cy="{_n(py)}" {look}/>' for px, py in places)


def _labels(f: Frame, series: Sequence[Series]) -> str:
    """Write each label where its line ends, pushed apart where two would touch."""
    ends = []
    for s in series:
        last = next(((x, y) for x, y in zip(reversed(s.x), reversed(s.y), strict=True) if y is not None), None)
        if last:
            ends.append((f.at(*last)[1] + 5, s))
    ends.sort(key=lambda e: e[0])
    out, floor = [], -math.inf
    for y, s in ends:
        y = max(y, floor + LABEL_GAP)
        floor = y
        colour = f' fill="{EMBER}"' if s.ember else ""
        out.append(_text(f.right + 8, y, s.label, extra=colour))
    return "".join(out)
