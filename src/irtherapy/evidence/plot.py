"""Forest plots as SVG text: labels on the lines, squares by weight, a diamond, the line of no difference, plain words.

Each panel has an axis of its own, since points of one scale are not points of another. Presentation attributes only, so
that it prints and follows the colour of the page; no legend, no script. A square is a trial (its area the weight in a
pool), a hollow square one whose interval was derived by a rule, a ring one whose spread was not seen, the diamond the
pooled effect and the thin line under it where a new trial would lie.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from irtherapy.evidence.answer import Answer, Line, Panel

INK = "currentColor"
STACKED_BELOW = 560  # pixels of width; below, the label stands over its line instead of beside it
SQUARE = 6.0  # half a side, in pixels, where nothing is weighed
WIDEST = 9.0  # half a side of the heaviest trial of a pool


@dataclass(frozen=True)
class Frame:
    """Where a panel is drawn: pixels across, data across, pixel of the next line down."""

    width: float
    left: float
    right: float
    low: float
    high: float
    stacked: bool

    def x(self, value: float) -> float:
        """Return the pixel of a value, held inside the plot."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)


def forest(answer: Answer, width: int = 720) -> str:
    """Return the forest plot of a condition as an SVG document, ``width`` pixels wide; narrow ones are stacked.

    Panels without lines are left out; with none at all the drawing says that no figures were seen.
    """
    heading = f"{answer.name[0].upper()}{answer.name[1:]}: what trials found"
    y, parts = 20.0, []
    for words in _wrapped(heading, width, 18):
        parts.append(_text(0, y, words, size=17, weight="600"))
        y += 20.0
    note = f"Last look: {answer.looked_on.isoformat()}. Lines on one axis are added up only under a diamond."
    for words in _wrapped(note, width, 12):
        parts.append(_text(0, y, words, size=12))
        y += 15.0
    for panel in answer.panels:
        drawn, y = _panel(panel, width, y + 12.0)
        parts.append(drawn)
    missing = ", ".join(answer.without_figure)
    if missing:
        y += 22.0
        for words in _wrapped(f"No figure to draw was seen for: {missing}.", width, 12):
            parts.append(_text(0, y, words, size=12))
            y += 15.0
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_n(y + 6)}" role="img" class="forest" '
        f'font-family="system-ui, sans-serif" fill="{INK}"><title>{escape(heading)}</title>'
        f"<desc>{escape(describe(answer))}</desc>{''.join(parts)}</svg>"
    )


def describe(answer: Answer) -> str:
    """Return the drawing in words, for those who listen."""
    told = []
    for panel in answer.panels:
        lines = "; ".join(f"{line.label} {figures(line)}" for line in panel.lines)
        told.append(f"{panel.title}, {panel.unit}: {lines}." + (f" Pooled {_pooled(panel)}." if panel.pooled else ""))
    return " ".join(told) or "No study printed a figure that could be drawn."


def figures(line: Line) -> str:
    """Return an effect and its interval for reading."""
    if line.low is None or line.high is None:
        return f"{_short(line.estimate)}, no interval"
    return f"{_short(line.estimate)} ({_short(line.low)} to {_short(line.high)})"


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return round numbers from ``low`` to ``high``, about ``wanted`` of them."""
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1.0, 2.0, 5.0, 10.0) if power * m >= raw * 0.999)
    return [round(k * step, 10) for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _panel(panel: Panel, width: int, top: float) -> tuple[str, float]:
    f = _frame(panel, width)
    y = top + 14.0
    parts = []
    unit = panel.unit if panel.unit.endswith("difference") else f"difference in {panel.unit}"
    for text, size, weight in ((panel.title, 14, "600"), (f"{unit[0].upper()}{unit[1:]}", 12, "400")):
        for words in _wrapped(text, width, size):
            parts.append(_text(0, y, words, size=size, weight=weight))
            y += size + 4.0
    first = y
    body = []
    largest = max((line.weight or 0.0 for line in panel.lines), default=0.0)
    for line in panel.lines:
        drawn, y = _line(f, line, y, largest)
        body.append(drawn)
    if panel.pooled is not None:
        drawn, y = _diamond(f, panel, y)
        body.append(drawn)
    if not f.stacked:
        parts.append(_null(f, first, y))
    drawn, y = _axis(f, panel, y)
    return "".join([*parts, *body, drawn]), y


def _null(f: Frame, top: float, bottom: float) -> str:
    """Return the line of no difference, or the piece of it beside one trial where labels stand above the lines."""
    x = _n(f.x(0.0))
    return (
        f'<line x1="{x}" x2="{x}" y1="{_n(top)}" y2="{_n(bottom)}" stroke="{INK}" stroke-opacity="0.6" class="null"/>'
    )


def _frame(panel: Panel, width: int) -> Frame:
    ends = [0.0] + [v for line in panel.lines for v in (line.estimate, line.low, line.high) if v is not None]
    if panel.pooled is not None:
        ends += [panel.pooled.ci_low, panel.pooled.ci_high]
    low, high = min(ends), max(ends)
    pad = 0.12 * (high - low)
    stacked = width < STACKED_BELOW
    low, high = min(low - pad, -0.35 * (high - low)), max(high + pad, 0.35 * (high - low))
    left, right = (16.0, width - 16.0) if stacked else (width * 0.41, width * 0.79)
    return Frame(width, left, right, low, high, stacked)


def _line(f: Frame, line: Line, top: float, largest: float) -> tuple[str, float]:
    told = f"{line.note}, derived" if line.derived else line.note
    parts = [f"<title>{escape(f'{line.label}. {line.source}')}</title>"]
    told_lines = _wrapped(told, f.width if f.stacked else f.left - 8.0, 12)
    parts.append(_text(0, top + 14, line.label, size=13, weight="600"))
    parts += [_text(0, top + 29 + 14 * i, words, size=12) for i, words in enumerate(told_lines)]
    parts.append(_text(f.width, top + (14 if f.stacked else 22), figures(line), "end", size=13))
    below = 14.0 * (len(told_lines) - 1)
    y, bottom = (top + 44.0 + below, top + 58.0 + below) if f.stacked else (top + 18.0, top + 40.0 + below)
    if f.stacked:
        parts.append(_null(f, y - 10.0, y + 10.0))
    x = f.x(line.estimate)
    if line.low is None or line.high is None:
        parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="5" fill="none" stroke="{INK}" stroke-width="2"/>')
    else:
        half = SQUARE if not line.weight else max(2.5, math.sqrt(line.weight / largest) * WIDEST)
        parts.append(_interval(f, line.low, line.high, y))
        look = f'fill="none" stroke="{INK}" stroke-width="2"' if line.derived else f'fill="{INK}"'
        parts.append(
            f'<rect x="{_n(x - half)}" y="{_n(y - half)}" width="{_n(2 * half)}" height="{_n(2 * half)}" {look}/>'
        )
    return f'<g class="trial">{"".join(parts)}</g>', bottom


def _interval(f: Frame, low: float, high: float, y: float, extra: str = 'stroke-width="2"') -> str:
    """Return a line from low to high, with an arrow where it leaves the plot."""
    a, b = f.x(low), f.x(high)
    arrows = ""
    if low < f.low:
        arrows += f'<polygon points="{_n(a)},{_n(y)} {_n(a + 8)},{_n(y - 4)} {_n(a + 8)},{_n(y + 4)}"/>'
    if high > f.high:
        arrows += f'<polygon points="{_n(b)},{_n(y)} {_n(b - 8)},{_n(y - 4)} {_n(b - 8)},{_n(y + 4)}"/>'
    return f'<line x1="{_n(a)}" x2="{_n(b)}" y1="{_n(y)}" y2="{_n(y)}" stroke="{INK}" {extra}/>{arrows}'


def _diamond(f: Frame, panel: Panel, top: float) -> tuple[str, float]:
    p = panel.pooled
    assert p is not None
    told = f"Pooled, {p.k} trials"
    if f.stacked:
        parts = [
            _text(0, top + 14, told, size=13, weight="600"),
            _text(f.width, top + 14, _pooled(panel), "end", size=13),
        ]
        y, bottom = top + 30.0, top + 44.0
    else:
        parts = [
            _text(0, top + 20, told, size=13, weight="600"),
            _text(f.width, top + 20, _pooled(panel), "end", size=13),
        ]
        y, bottom = top + 16.0, top + 34.0
    if f.stacked:
        parts.append(_null(f, y - 10.0, y + 10.0))
    a, m, b = f.x(p.ci_low), f.x(p.estimate), f.x(p.ci_high)
    parts.append(
        f'<polygon class="diamond" points="{_n(a)},{_n(y)} {_n(m)},{_n(y - 8)} {_n(b)},{_n(y)} {_n(m)},{_n(y + 8)}"/>'
    )
    if p.prediction_low is not None and p.prediction_high is not None:
        y += 16.0
        parts.append(_interval(f, p.prediction_low, p.prediction_high, y, 'stroke-dasharray="5 3" class="prediction"'))
        parts.append(_text(0, y + 5 + (12 if f.stacked else 0), "Where a new trial would lie", size=11))
        bottom = y + (24.0 if f.stacked else 14.0)
    return "".join(parts), bottom


def _axis(f: Frame, panel: Panel, y: float) -> tuple[str, float]:
    parts = [f'<line x1="{_n(f.left)}" x2="{_n(f.right)}" y1="{_n(y)}" y2="{_n(y)}" stroke="{INK}"/>']
    for value in ticks(f.low, f.high):
        x = _n(f.x(value))
        parts.append(f'<line x1="{x}" x2="{x}" y1="{_n(y)}" y2="{_n(y + 5)}" stroke="{INK}"/>')
        parts.append(_text(f.x(value), y + 18, f"{value:g}".replace("-", "\u2212"), "middle", size=11))
    null, letter = f.x(0.0), 0.6 * 12
    left, right = f"\u2190 {panel.left}", f"{panel.right} \u2192"
    end = min(max(null - 10.0, letter * len(left)), f.width - letter * len(right) - 14.0)
    start = max(min(null + 10.0, f.width - letter * len(right)), end + 14.0)
    parts += [_text(end, y + 35, left, "end", size=12), _text(start, y + 35, right, size=12)]
    return "".join(parts), y + 42.0


def _pooled(panel: Panel) -> str:
    p = panel.pooled
    assert p is not None
    return f"{_short(p.estimate)} ({_short(p.ci_low)} to {_short(p.ci_high)})"


def _short(value: float) -> str:
    digits = 1 if abs(value) >= 10.0 else 2
    text = f"{value:.{digits}f}"
    return text.replace("-", "\u2212") if float(text) else text.lstrip("-")


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, text: str, anchor: str = "start", size: int = 13, weight: str = "400") -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )


def _wrapped(text: str, width: float, size: int) -> Sequence[str]:
    """Return the text in lines that fit, at about half a font size a letter."""
    room = max(20, int(width / (0.54 * size)))
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > room and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
