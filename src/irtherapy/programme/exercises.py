"""The exercises as data: what they stretch, how they are done, for whom they are left out."""

from __future__ import annotations

from dataclasses import dataclass

from irtherapy import tables
from irtherapy.values import InputError, Region, in_range

BLOCKS = ("stretch", "core", "posture")
# From heat to the feet: sitting and lying come first after heat, standing up comes last and once.
POSITIONS = (
    "sitting",
    "side lying",
    "lying on your back",
    "lying on your front",
    "hands and knees",
    "half kneeling",
    "standing",
)


@dataclass(frozen=True)
class Exercise:
    """One exercise; ``exclude`` holds the flags of screening for which it is left out, times are seconds."""

    id: str
    name: str
    block: str
    region: Region
    direction: str
    sides: int
    position: str
    start: str
    movement: str
    hold_s: float
    reps: int
    move_s: float
    level: int
    easier: str
    harder: str
    stop_rule: str
    exclude: frozenset[str]
    source: str


def load(csv_text: str) -> tuple[Exercise, ...]:
    """Return every exercise of the table. Raises InputError naming the row and column that is wrong."""
    needed = ("name", "block", "region", "direction", "sides", "position", "start", "movement", "easier", "stop_rule")
    return tuple(_exercise(row) for row in tables.rows("exercises.csv", csv_text, needed))


def _exercise(row: dict[str, str]) -> Exercise:
    where = f"Exercise {row['id']}"
    if row["block"] not in BLOCKS or row["position"] not in POSITIONS:
        raise InputError(where, f"{where}: block or position is not one of the known words.")
    return Exercise(
        id=row["id"],
        name=row["name"],
        block=row["block"],
        region=Region(row["region"]),
        direction=row["direction"],
        sides=int(in_range(f"{where}, sides", row["sides"], 1, 2)),
        position=row["position"],
        start=row["start"],
        movement=row["movement"],
        hold_s=in_range(f"{where}, hold", row["hold_s"], 0, 60, "s"),
        reps=int(in_range(f"{where}, repetitions", row["reps"], 1, 30)),
        move_s=in_range(f"{where}, move", row["move_s"], 1, 15, "s"),
        level=int(in_range(f"{where}, level", row["level"], 1, 3)),
        easier=row["easier"],
        harder=row["harder"],
        stop_rule=row["stop_rule"],
        exclude=frozenset(filter(None, row["exclude"].split(";"))),
        source=row["source"],
    )
