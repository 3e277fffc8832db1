"""From joints to SVG: one stroke weight, round ends, the far limbs and the furniture soft, an arrow in the end pose.

Everything is drawn in ``currentColor`` by presentation attributes, so it follows the page on screen and on paper.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from irtherapy.programme.figures.body import (
    HEAD,
    FrontPose,
    Point,
    SidePose,
    front_joints,
    heading,
    side_joints,
    step,
)
from irtherapy.programme.figures.scene import Arrow, Scene
from irtherapy.programme.figures.scenes import SCENES
from irtherapy.values import InputError

VIEW, EDGE, STROKE = 120.0, 6.0, 3.2
EYE_FROM = 1.4  # a smaller scale has no room for the eye in profile and the nose in front
POSES = ("start", "end")
FRAMES = 7  # of a movement, its two ends included


def svg(exercise_id: str, pose: str = "start", size: int = 240, mirrored: bool = False) -> str:
    """Return the drawing of one pose, ``size`` pixels square. ``mirrored`` shows the other side of the body.

    Raises InputError on an exercise or pose that has no drawing.
    """
    scene = _scene(exercise_id)
    if pose not in POSES:
        raise InputError("Pose", f"Pose must be one of {', '.join(POSES)}; got {pose!r}.")
    chosen = scene.start if pose == "start" else scene.end
    place = _Place(_box(scene))
    title = f"{scene.about}, start" if pose == "start" else f"{scene.about}, end"
    return _picture(_at(scene, place, chosen, arrows=pose == "end"), title, size, mirrored)


def moving(exercise_id: str, size: int = 240, mirrored: bool = False) -> str:
    """Return the end pose with the way to it: ``FRAMES`` groups of classes f0, f1 ... that a style sheet may play.

    The last group is the end pose with its arrows; the others are hidden by an attribute, so that paper and readers who
    want no motion see the end pose. Angles turn evenly. Raises InputError on an exercise that has no drawing.
    """
    scene = _scene(exercise_id)
    place = _Place(_box(scene))
    groups = []
    for i in range(FRAMES):
        last = i == FRAMES - 1
        pose = between(scene.start, scene.end, i / (FRAMES - 1))
        hidden = "" if last else ' opacity="0"'
        groups.append(f'<g class="frame f{i}"{hidden}>{_at(scene, place, pose, arrows=last)}</g>')
    return _picture("".join(groups), f"{scene.about}, movement", size, mirrored, "exercise moving")


def between(first: Any, last: Any, share: float) -> Any:
    """Return what lies between two poses: numbers in proportion, what only one of them has as in the nearer one."""
    if isinstance(first, bool | str) or first is None or last is None:
        return first if share < 0.5 else last
    if isinstance(first, int | float):
        return first + (last - first) * share
    if isinstance(first, tuple):
        return tuple(between(a, b, share) for a, b in zip(first, last, strict=True))
    if type(first) is not type(last):
        return first if share < 0.5 else last
    named = ((f.name, getattr(first, f.name), getattr(last, f.name)) for f in dataclasses.fields(first))
    return dataclasses.replace(first, **{name: between(a, b, share) for name, a, b in named})


def _scene(exercise_id: str) -> Scene:
    if exercise_id not in SCENES:
        raise InputError("Exercise", f"Exercise {exercise_id!r} has no drawing.")
    return SCENES[exercise_id]


def _picture(inside: str, title: str, size: int, mirrored: bool, kind: str = "exercise") -> str:
    flip = f' transform="matrix(-1 0 0 1 {VIEW:g} 0)"' if mirrored else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {VIEW:g} {VIEW:g}" width="{size}" height="{size}" '
        f'role="img" class="{kind}" fill="none" stroke="currentColor" stroke-width="{STROKE:g}" '
        f'stroke-linecap="round" stroke-linejoin="round"><title>{escape(title)}</title>'
        f"<g{flip}>{inside}</g></svg>"
    )


def _at(scene: Scene, place: _Place, pose: SidePose | FrontPose, arrows: bool) -> str:
    at = _joints(pose)
    parts = [
        _context(scene, place, at),
        _side(place, at, pose) if isinstance(pose, SidePose) else _front(place, at, pose),
    ]
    if arrows:
        first = joints(scene, "start")
        parts += [_arrow(place, arrow, first, at) for arrow in scene.arrows]
    return "".join(parts)


def joints(scene: Scene, pose: str) -> dict[str, Point]:
    """Return the joints of the start or end pose of a scene in body units."""
    return _joints(scene.start if pose == "start" else scene.end)


def _joints(pose: SidePose | FrontPose) -> dict[str, Point]:
    return side_joints(pose) if isinstance(pose, SidePose) else front_joints(pose)


class _Place:
    """Puts body units into the square picture, the right way up."""

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        x0, y0, x1, y1 = box
        self.scale = (VIEW - 2 * EDGE) / max(x1 - x0, y1 - y0)
        self.left = (VIEW - (x1 - x0) * self.scale) / 2 - x0 * self.scale
        self.bottom = VIEW - (VIEW - (y1 - y0) * self.scale) / 2 + y0 * self.scale

    def __call__(self, point: Point) -> Point:
        return self.left + point[0] * self.scale, self.bottom - point[1] * self.scale


def _box(scene: Scene) -> tuple[float, float, float, float]:
    if scene.focus is not None:
        return scene.focus
    points = [p for pose in POSES for p in joints(scene, pose).values()]
    points += [p for thing in scene.things for p in thing]
    points += [p for arrow in scene.arrows for p in _way(arrow, joints(scene, "start"), joints(scene, "end"))]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _pair(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _path(d: str, extra: str = "") -> str:
    return f'<path d="{d}"{extra}/>'


def _line(place: _Place, points: Iterable[Point], extra: str = "") -> str:
    seen = [place(p) for p in points]
    return _path("M" + "L".join(_pair(p) for p in seen), extra)


def _curve(place: _Place, points: Sequence[Point]) -> str:
    """Return a smooth line through the points (Catmull-Rom as cubic Bezier)."""
    p = [place(q) for q in points]
    p = [p[0], *p, p[-1]]
    d = "M" + _pair(p[1])
    for a, b, c, e in zip(p, p[1:], p[2:], p[3:], strict=False):
        one = (b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6)
        two = (c[0] - (e[0] - b[0]) / 6, c[1] - (e[1] - b[1]) / 6)
        d += f"C{_pair(one)} {_pair(two)} {_pair(c)}"
    return _path(d)


def _context(scene: Scene, place: _Place, at: dict[str, Point]) -> str:
    out = [_line(place, thing) for thing in scene.things]
    out += [_line(place, [at[a], at[b]]) for a, b in scene.ties]
    return f'<g opacity="0.3" class="around">{"".join(out)}</g>'


def _limb(place: _Place, at: dict[str, Point], names: Sequence[str], extra: str = "") -> str:
    found = [at[name] for name in names if name in at]
    return _line(place, found, extra) if len(found) > 1 else ""


def _side(place: _Place, at: dict[str, Point], pose: SidePose) -> str:
    leg, arm = ("knee", "ankle", "toe"), ("elbow", "wrist", "hand")
    far = _limb(place, at, ["hip", *(f"far_{n}" for n in leg)]) if pose.far_leg else ""
    far += _limb(place, at, ["shoulder", *(f"far_{n}" for n in arm)]) if pose.far_arm else ""
    out = [
        f'<g opacity="0.45" class="far">{far}</g>' if far else "",
        _curve(place, [at["hip"], at["waist"], at["chest"], at["nape"], at["skull"]]),
        _limb(place, at, ["hip", *(f"near_{n}" for n in leg)]) if pose.near_leg else "",
        _limb(place, at, ["shoulder", *(f"near_{n}" for n in arm)]) if pose.near_arm else "",
    ]
    if pose.yaw is None:
        out.append(_profile(place, at["head"], pose.head))
    else:
        out.append(_face(place, at["head"], pose.head, pose.yaw, 0.0))
    return "".join(out)


def _front(place: _Place, at: dict[str, Point], pose: FrontPose) -> str:
    out = [_curve(place, [at["hip"], at["waist"], at["chest"], at["nape"], at["skull"]])]
    out.append(_limb(place, at, ["left_hip", "hip", "right_hip"]))
    out.append(_curve(place, [at["left_shoulder"], at["collar"], at["right_shoulder"]]))
    for side in ("left", "right"):
        out.append(_limb(place, at, [f"{side}_{n}" for n in ("shoulder", "elbow", "wrist", "hand")]))
        out.append(_limb(place, at, [f"{side}_{n}" for n in ("hip", "knee", "ankle", "toe")]))
    if pose.blades is not None:
        along = heading(at["chest"], at["nape"])
        for turn in (90.0, -90.0):
            top = step(step(at["nape"], along + 180, 5.0), along + turn, pose.blades)
            low = step(step(at["nape"], along + 180, 12.0), along + turn, max(pose.blades - 0.6, 0.5))
            out.append(_line(place, [top, low]))
    out.append(_circle(place, at["head"]) if pose.back else _face(place, at["head"], pose.head, pose.yaw, pose.nod))
    return "".join(out)


def _circle(place: _Place, head: Point) -> str:
    x, y = place(head)
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(HEAD * place.scale)}"/>'


def _nose(place: _Place, head: Point, axis: float, way: float) -> str:
    """Return the nose of a head seen from the side: a small corner on its outline."""
    root = step(head, way + math.copysign(24, math.sin(math.radians(axis - way))), HEAD)
    under = step(head, way - math.copysign(14, math.sin(math.radians(axis - way))), HEAD)
    tip = step(step(head, way, HEAD + 2.6), axis, -1.2)
    return _line(place, [root, tip, under])


def _profile(place: _Place, head: Point, axis: float) -> str:
    eye = step(step(head, axis - 90, HEAD * 0.52), axis, HEAD * 0.18)
    told = _circle(place, head) + _nose(place, head, axis, axis - 90)
    return told + _dot(place, eye) if place.scale > EYE_FROM else told


def _dot(place: _Place, point: Point) -> str:
    return _line(place, [point, (point[0] + 0.01, point[1])])


def _face(place: _Place, head: Point, axis: float, yaw: float, nod: float) -> str:
    """Return a head turned by ``yaw`` from looking at the viewer: eyes and nose move as on a ball."""
    out = [_circle(place, head)]
    for where in (-24.0, 24.0):
        across = math.radians(where + yaw)
        if math.cos(across) > 0.2:
            eye = step(step(head, axis - 90, HEAD * math.sin(across)), axis, HEAD * (0.15 - nod))
            out.append(_dot(place, eye))
    if abs(yaw) > 50:
        way = axis - 90 if yaw > 0 else axis + 90
        out.append(_nose(place, step(head, axis, -HEAD * nod * 0.5), axis, way))
    elif place.scale > EYE_FROM:
        root = step(head, axis - 90, HEAD * math.sin(math.radians(yaw)))
        out.append(_line(place, [step(root, axis, -HEAD * (0.05 + nod)), step(root, axis, -HEAD * (0.35 + nod))]))
    return "".join(out)


def _way(arrow: Arrow, first: dict[str, Point], at: dict[str, Point]) -> tuple[Point, Point]:
    a, b = (first[arrow.on], at[arrow.on]) if isinstance(arrow.on, str) else arrow.on
    return (a[0] + arrow.dx, a[1] + arrow.dy), (b[0] + arrow.dx, b[1] + arrow.dy)


def _arrow(place: _Place, arrow: Arrow, first: dict[str, Point], at: dict[str, Point]) -> str:
    """Return a curved arrow from where a joint was to where it is now, moved aside by the arrow's offset."""
    tail, tip = (place(p) for p in _way(arrow, first, at))
    length = math.dist(tail, tip)
    if 0 < length < arrow.least:
        grow = arrow.least / length
        middle = ((tail[0] + tip[0]) / 2, (tail[1] + tip[1]) / 2)
        tail, tip = (
            (middle[0] + (p[0] - middle[0]) * grow, middle[1] + (p[1] - middle[1]) * grow) for p in (tail, tip)
        )
        length = arrow.least
    way = heading(tail, tip)
    bow = step(((tail[0] + tip[0]) / 2, (tail[1] + tip[1]) / 2), way - 90, 2 * arrow.bulge * length)
    ends = heading(bow, tip)
    barbs = [step(tip, ends + turn, 7.0) for turn in (145.0, -145.0)]
    d = f"M{_pair(tail)}Q{_pair(bow)} {_pair(tip)}M{_pair(barbs[0])}L{_pair(tip)}L{_pair(barbs[1])}"
    return _path(d, ' class="arrow"')
