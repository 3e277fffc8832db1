"""What a drawing holds: two poses, what is around the person, and where the movement goes."""

from __future__ import annotations

from dataclasses import dataclass

from irtherapy.programme.figures.body import FrontPose, Point, SidePose

Thing = tuple[Point, ...]  # a line through points: floor, wall, chair, mat


@dataclass(frozen=True)
class Arrow:
    """Where the movement goes: the way of a joint from start to end, or two points, moved aside by ``dx``, ``dy``.

    ``bulge`` bows the arrow, as a share of its length; ``least`` is its shortest length in the 120-unit picture.
    """

    on: str | tuple[Point, Point]
    dx: float = 0.0
    dy: float = 0.0
    bulge: float = 0.0
    least: float = 16.0


@dataclass(frozen=True)
class Scene:
    """Start and end of one exercise. ``focus`` (x0, y0, x1, y1) crops, for the small movements of head and neck."""

    about: str
    start: SidePose | FrontPose
    end: SidePose | FrontPose
    arrows: tuple[Arrow, ...]
    things: tuple[Thing, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()
    focus: tuple[float, float, float, float] | None = None


def floor(x0: float, x1: float) -> Thing:
    """Return the floor from left to right."""
    return ((x0, 0.0), (x1, 0.0))


def wall(x: float, top: float = 102.0) -> Thing:
    """Return a wall that stands at ``x``."""
    return ((x, 0.0), (x, top))


def box(x0: float, y0: float, x1: float, y1: float) -> Thing:
    """Return the outline of a mat, pillow or board."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))


def chair(x: float = -9.0, back: float = 52.0, deep: float = 25.0) -> tuple[Thing, ...]:
    """Return a chair seen from the side, its back at ``x`` and ``back`` high."""
    seat = 24.5
    return (((x, back), (x, 0.0)), ((x, seat), (x + deep, seat), (x + deep, 0.0)))
