"""How deep it reaches, drawn: the layers under the skin on a ruler, the spine in its place, a bar for each answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from irtherapy.edge.web.measures import warmer
from irtherapy.edge.web.telling import told
from irtherapy.values import Plan

WIDTH, LEFT, RIGHT = 360.0, 6.0, 354.0
NAMES = {
    "rise_1k": "1 °C warmer or more",
    "rise_0_5k": "0.5 °C warmer or more",
    "light_10pct": "a tenth of the light",
    "light_1pct": "a hundredth of the light",
}
WARMTH = ("rise_1k", "rise_0_5k")
LAYER_NAMES = {"dermis": "skin", "fat": "fat", "muscle": "muscle"}
MARKED = {"muscle": "muscle", "spine": "spine"}  # named in a chart by depth
BAR_GAP = 44.0
TITLE = "How deep it reaches under your skin"


def sentence(plan: Plan) -> str:
    """Return in one or two sentences how deep the warmth goes, and whether it comes to the spine."""
    deep, spine = plan.reach_mm.get("rise_1k", 0.0), plan.layer_depths_mm["spine"]
    if deep < 1.0:
        return f"The warmth stays in the skin. Your spine lies about {spine:.0f}\u00a0mm deep; it does not get there."
    if deep >= spine:
        return (
            f"A warmth of 1\u00a0°C goes about {deep:.0f}\u00a0mm deep. Your spine begins at about {spine:.0f}\u00a0"
            "mm, so some of it gets there."
        )
    return (
        f"A warmth of 1\u00a0°C goes about {deep:.0f}\u00a0mm deep. Your spine begins at about {spine:.0f}\u00a0mm, "
        "so this heat does not get there."
    )


def rows(plan: Plan) -> list[tuple[str, float]]:
    """Return (what, depth in mm) for the table beside the drawing."""
    return [(NAMES[key], plan.reach_mm[key]) for key in NAMES if key in plan.reach_mm]


def drawing(plan: Plan) -> str:
    """Return the drawing as SVG: depth runs to the right from the skin."""
    depths = rows(plan)
    spine = plan.layer_depths_mm["spine"]
    end = max([spine + 12.0, *(mm + 4.0 for _, mm in depths)])
    height = 96.0 + BAR_GAP * len(depths) + 28.0

    def at(mm: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(mm, end) / end

    parts = [_layers(plan, at), _spine(at(spine), at(min(spine + 10.0, end)), height)]
    for i, (key, mm) in enumerate((k, plan.reach_mm[k]) for k in NAMES if k in plan.reach_mm):
        y = 100.0 + BAR_GAP * i
        look = "reach-heat" if key in WARMTH else "reach-light"
        parts.append(
            f'<rect class="{look}" x="{LEFT}" y="{y}" width="{max(1.5, at(mm) - LEFT):.1f}" height="10" rx="3"/>'
        )
        parts.append(_text(LEFT, y + 27.0, f"{warmer(told(NAMES[key]))}: {mm:.0f} mm"))
    parts.append(_ruler(at, end, height - 18.0))
    desc = "; ".join(
        [*(f"{warmer(told(name))}: {mm:.0f} mm" for name, mm in depths), f"{told('your spine')}: {spine:.0f} mm"]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" class="chart reach" '
        f'font-size="14" fill="currentColor" font-family="system-ui, sans-serif">'
        f"<title>{escape(told(TITLE))}</title><desc>{escape(desc)}.</desc>"
        f"{''.join(parts)}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x0: float, x1: float, y0: float, y1: float, look: str = "edge") -> str:
    return f'<line class="{look}" x1="{x0:.1f}" x2="{x1:.1f}" y1="{y0:.1f}" y2="{y1:.1f}"/>'


def _rect(look: str, x: float, y: float, width: float, height: float, round_: float = 0.0) -> str:
    return f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_:g}"/>'


def _layers(plan: Plan, at: Callable[[float], float]) -> str:
    """Return the strip of layers with their names; a layer too thin for its name has it above."""
    out = [_line(LEFT, RIGHT, 36.0, 36.0), _line(LEFT, RIGHT, 84.0, 84.0)]
    tops = sorted((mm, name) for name, mm in plan.layer_depths_mm.items() if name in LAYER_NAMES)
    ends = [mm for mm, _ in tops[1:]] + [plan.layer_depths_mm["spine"]]
    for (top, name), bottom in zip(tops, ends, strict=True):
        x0, x1 = at(0.0 if name == "dermis" else top), at(bottom)
        out.append(_rect(f"layer layer-{name}", x0, 36.0, x1 - x0, 48.0))
        label = told(LAYER_NAMES[name])
        if x1 - x0 > 8.0 * len(label) + 6.0:
            out.append(_text((x0 + x1) / 2, 65.0, label, "middle"))
        else:
            out.append(_text(x0, 30.0 if name == "dermis" else 14.0, label))
    return "".join(out)


def _spine(x0: float, x1: float, height: float) -> str:
    """Return three vertebrae in outline from ``x0`` on, and a line down from where the spine begins."""
    width = max(18.0, min(x1 - x0, RIGHT - x0 - 2.0))
    bones = "".join(_rect("bone", x0 + 3.0, y, width, 11.0, 4.0) for y in (39.0, 54.5, 70.0))
    anchor, x = ("end", RIGHT) if x0 > WIDTH * 0.7 else ("start", x0)
    line = _line(x0, x0, 32.0, height - 34.0, "spine-line")
    return bones + line + _text(x, 28.0, told("your spine"), anchor)


def _ruler(at: Callable[[float], float], end: float, y: float) -> str:
    step = 10 if end < 70 else 20
    marks = range(0, math.floor(end) + 1, step)
    ticks = "".join(
        f'<line class="edge" x1="{at(mm):.1f}" x2="{at(mm):.1f}" y1="{y - 14:.1f}" y2="{y - 9:.1f}"/>' for mm in marks
    )
    line = f'<line class="edge" x1="{LEFT}" x2="{RIGHT}" y1="{y - 14:.1f}" y2="{y - 14:.1f}"/>'
    names = "".join(_text(at(mm), y + 6, f"{mm} mm" if mm else "0", "middle" if mm else "start") for mm in marks)
    return line + ticks + names
