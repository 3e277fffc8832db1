"""Programmes as data: which phase runs from which minute to which, and never more heat than the ceiling allows.

A plan may be shorter than its programme and never longer: the minutes of heat come from the plan's lowest limit.
"""

from __future__ import annotations

from dataclasses import dataclass

from irtherapy import limits, tables
from irtherapy.values import InputError, Setting, in_range

PHASES = ("heat", "massage", "stretch", "core", "posture")
WITH_HEAT = ("heat", "massage")


@dataclass(frozen=True)
class Phase:
    """One stretch of time, in minutes from the start; ``kind`` massage is heat with massage."""

    kind: str
    from_min: float
    to_min: float
    say: str
    source: str


@dataclass(frozen=True)
class Programme:
    """A session's phases in order, without gaps."""

    id: str
    name: str
    setting: Setting
    phases: tuple[Phase, ...]

    @property
    def heat_min(self) -> float:
        """Minutes with the heat on."""
        return sum(p.to_min - p.from_min for p in self.phases if p.kind in WITH_HEAT)

    @property
    def massage_from_min(self) -> float | None:
        """Minute from which massage is cued, or None when there is none."""
        return next((p.from_min for p in self.phases if p.kind == "massage"), None)


def load(csv_text: str) -> dict[str, Programme]:
    """Return every programme by id. Raises InputError naming the line that passes a ceiling or leaves a gap."""
    found: dict[str, Programme] = {}
    needed = ("programme", "name", "setting", "phase", "from_min", "to_min", "say")
    for row in tables.rows("programmes.csv", csv_text, needed):
        where = f"Programme line {row['id']}"
        if row["phase"] not in PHASES or row["setting"] not in list(Setting):
            raise InputError(where, f"{where}: phase or setting is not one of the known words.")
        phase = Phase(
            row["phase"],
            in_range(f"{where}, from", row["from_min"], 0, 120, "min"),
            in_range(f"{where}, to", row["to_min"], 0, 120, "min"),
            row["say"],
            row["source"],
        )
        before = found.get(row["programme"])
        setting = Setting(row["setting"])
        made = Programme(row["programme"], row["name"], setting, (*(before.phases if before else ()), phase))
        found[made.id] = _checked(made, before, where)
    return found


def _checked(made: Programme, before: Programme | None, where: str) -> Programme:
    last = made.phases[-1]
    start = before.phases[-1].to_min if before else 0.0
    if last.from_min != start or last.to_min <= last.from_min:
        raise InputError(where, f"{where} must begin at minute {start:g} and end later; got {last.from_min:g}.")
    if before is not None and (made.setting, made.name) != (before.setting, before.name):
        raise InputError(where, f"{where} must have the same name and setting as the lines before it.")
    most = limits.ceilings(made.setting).heat_min
    if made.heat_min > most:
        raise InputError(where, f"{where} makes {made.heat_min:g} minutes of heat; the most is {most:g}.")
    return made
