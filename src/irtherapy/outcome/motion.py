"""Range of motion by tape or by the angle of a phone, against one's own first measurement.

The table is ``data/motions.csv``. What change can be told from chance is known for the tape (Tousignant 2005) and for a
clinic's neck device (Anwar 2022); for phones nothing was found, and the sentences say so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from irtherapy.tables import rows
from irtherapy.values import InputError, Region, in_range

DATA_FILE = "motions.csv"
TOOLS = ("tape", "angle")
UNITS = {"cm": "cm", "deg": "°"}


@dataclass(frozen=True)
class Motion:
    """A movement: a reading from ``low`` to ``high`` in ``unit`` (UCUM), of which ``zero`` is the start.

    ``detect``: the smallest change that is not taken for chance, or None where none is known.
    """

    id: str
    name: str
    region: Region
    tool: str
    unit: str
    zero: float
    low: float
    high: float
    detect: float | None
    exact: str
    how: str
    figure: str
    source: str


def load(text: str) -> dict[str, Motion]:
    """Return the movements by id. Raises InputError on a bad table."""
    out = {}
    for row in rows(DATA_FILE, text, ("name", "region", "tool", "unit", "zero", "low", "high", "exact", "how")):
        if row["tool"] not in TOOLS or row["unit"] not in UNITS:
            raise InputError(DATA_FILE, f"Table {DATA_FILE}, {row['id']}: tool or unit is unknown.")
        out[row["id"]] = Motion(
            id=row["id"],
            name=row["name"],
            region=Region(row["region"]),
            tool=row["tool"],
            unit=row["unit"],
            zero=float(row["zero"]),
            low=float(row["low"]),
            high=float(row["high"]),
            detect=float(row["detect"]) if row["detect"] else None,
            exact=row["exact"],
            how=row["how"],
            figure=row["figure"],
            source=row["source"],
        )
    return out


def value_of(motion: Motion, reading: object) -> float:
    """Return the motion in its unit from what was read off the tape or the phone. Raises InputError out of range."""
    return in_range(motion.name, reading, motion.low, motion.high, UNITS[motion.unit]) - motion.zero


def angle_between(first: tuple[float, float], last: tuple[float, float]) -> float:
    """Return the angle in degrees between two poses of a phone, each (beta, gamma) of DeviceOrientation in degrees.

    The angle between the two directions of "up" as the phone feels them: the third row of Rz(alpha) Rx(beta) Ry(gamma)
    (W3C DeviceOrientation, intrinsic Z-X'-Y''). It sees every turn but one about the upright.
    """
    one, two = _up(*first), _up(*last)
    cosine = sum(a * b for a, b in zip(one, two, strict=True))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def _up(beta_deg: float, gamma_deg: float) -> tuple[float, float, float]:
    beta = math.radians(in_range("Beta", beta_deg, -180, 180, "degrees"))
    gamma = math.radians(in_range("Gamma", gamma_deg, -90, 90, "degrees"))
    return -math.cos(beta) * math.sin(gamma), math.sin(beta), math.cos(beta) * math.cos(gamma)


def against_first(motion: Motion, first: float, last: float) -> tuple[float, str]:
    """Return the change in the motion's unit and what may be said of it; more motion is above zero."""
    change, unit = last - first, UNITS[motion.unit]
    if motion.detect is None:
        return change, f"{change:+.0f} {unit} against the first time. {motion.exact}"
    if abs(change) < motion.detect:
        least = f"{motion.detect:g} {unit}"
        return (
            change,
            f"{change:+.1f} {unit} against the first time: less than the {least} that can be told from chance.",
        )
    if change > 0:
        return change, f"{change:+.1f} {unit} against the first time: more than chance would explain."
    return change, f"{change:+.1f} {unit} against the first time: less motion, and more than chance would explain."


def shares(values: Mapping[str, float]) -> dict[str, float | None]:
    """Return each value as a share of the first, keys in order of time; None when the first is zero."""
    first = next(iter(values.values()), 0.0)
    return {key: None if first == 0 else value / first for key, value in values.items()}
