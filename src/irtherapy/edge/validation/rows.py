"""What a study says: rows with a verdict, and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Judged(StrEnum):
    """How a row came out."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Place:
    """Where ours lies in a band and what was measured (None: told in words only), for the chart of all of them."""

    name: str
    low: float
    high: float
    ours: float
    measured: float | None
    unit: str


@dataclass(frozen=True)
class Row:
    """One comparison: what is expected within what, ours, and the difference, as text with units."""

    case: str
    what: str
    expected: str
    within: str
    ours: str
    difference: str
    judged: Judged
    place: Place | None = None


@dataclass(frozen=True)
class Study:
    """A table of rows with its charts (SVG) and what is to be said about it."""

    title: str
    about: str
    rows: tuple[Row, ...]
    charts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def number(
    case: str,
    what: str,
    expected: float,
    ours: float,
    within: float,
    digits: int = 4,
    unit: str = "",
    share: bool = False,
) -> Row:
    """Return the row of one number; ``within`` is absolute, or a share of the expected number."""
    allowed = within * abs(expected) if share else within
    off = ours - expected
    tail = f" {unit}" if unit else ""
    return Row(
        case,
        what,
        f"{expected:.{digits}f}{tail}",
        f"{within:.2%}" if share else f"{within:g}{tail}",
        f"{ours:.{digits}f}{tail}",
        f"{off / expected:+.2%}" if share and expected else f"{round(off, digits) + 0.0:+.{digits}f}",
        Judged.AGREES if abs(off) <= allowed else Judged.DIFFERS,
    )


def worst(case: str, what: str, expected: Sequence[float], ours: Sequence[float], within: float, unit: str) -> Row:
    """Return the row of several numbers: where they differ most."""
    off = [b - a for a, b in zip(expected, ours, strict=True)]
    i = max(range(len(off)), key=lambda k: abs(off[k]))
    name = f"{what} ({len(off)} values, the worst)"
    return Row(
        case, name, f"{expected[i]:.4f} {unit}", f"{within:.2g} {unit}", f"{ours[i]:.4f} {unit}", f"{off[i]:+.5f}",
        Judged.AGREES if abs(off[i]) <= within else Judged.DIFFERS,
    )  # fmt: skip


def band(
    case: str, what: str, low: float, high: float, ours: float, unit: str, measured: str = "", name: str = "",
    seen: float | None = None,
) -> Row:  # fmt: skip
    """Return the row of a number that should lie in a band; an infinite ``high`` leaves it open.

    With a short ``name`` it is drawn in the chart of bands, ``seen`` being the figure that was measured.
    """
    off = 0.0 if low <= ours <= high else ours - (low if ours < low else high)
    within = f"at least {low:g} {unit}" if math.isinf(high) else f"{low:g} to {high:g} {unit}"
    return Row(
        case, what, measured or "see the band", within, f"{ours:.2f} {unit}",
        "inside" if off == 0.0 else f"{off:+.2f} outside", Judged.AGREES if off == 0.0 else Judged.DIFFERS,
        Place(f"{case} {name}", low, high, ours, seen, unit) if name else None,
    )  # fmt: skip


def not_judged(case: str, what: str, measured: str, why: str) -> Row:
    """Return the row of what cannot be judged: what ours is, or why there is none."""
    return Row(case, what, measured, "", why, "", Judged.NOT_JUDGED)
