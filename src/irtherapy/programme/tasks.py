"""An exercise as it is done today: sets, repetitions and holds, their time, and the items that a player runs."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from irtherapy.programme.exercises import POSITIONS, Exercise
from irtherapy.values import Region, Side, StretchItem

CHANGE_S = 12.0  # from one exercise to the next, and to hear how it is done
SIDE_S = 5.0  # to the other side
POSITION_S = 16.0  # to another position
SET_S = 15.0  # between two sets of one side (facts: exercises, clinic block); the other side is a rest too
TOLERANCE_S = 20.0
HOLD_MIN_S = 5.0
ORDER = {Region.NECK: 0, Region.UPPER_BACK: 1, Region.LOWER_BACK: 2}
EASIER = "Easier today, since it hurt last time: {easier} {start}"
HARDER = "{start} {movement} A step harder, if it feels easy: {harder}"


@dataclass(frozen=True)
class Task:
    """``sets``: repetitions of each set, falling where there are several. ``recent``: it was done the last days."""

    of: Exercise
    sets: tuple[int, ...]
    hold_s: float
    recent: bool = False
    easier: bool = False
    harder: bool = False

    @property
    def work_s(self) -> float:
        """Seconds of moving and holding on one side."""
        return sum(self.sets) * (self.hold_s + self.of.move_s)

    @property
    def time_s(self) -> float:
        """Seconds of all its sides and sets, with the changes between them, without the change to it."""
        between_s = SIDE_S if self.of.sides == 2 else SET_S
        return self.of.sides * self.work_s + (self.of.sides * len(self.sets) - 1) * between_s


def usual(exercise: Exercise, recent: bool = False, easier: bool = False) -> Task:
    """Return the exercise as its table has it."""
    return Task(exercise, (exercise.reps,), exercise.hold_s, recent=recent, easier=easier)


def key(seed: int, name: str) -> bytes:
    """Return what ``name`` is sorted by on the day of this seed."""
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def shuffled(items: Iterable[Exercise], seed: int) -> list[Exercise]:
    """Return the exercises in the order of this day."""
    return sorted(items, key=lambda e: key(seed, e.id))


def in_order(chosen: Iterable[Task]) -> list[Task]:
    """Positions grouped; within a position the neck first."""
    return sorted(chosen, key=lambda t: (POSITIONS.index(t.of.position), ORDER[t.of.region], t.of.direction))


def total_s(chosen: Sequence[Task], position: str | None = None) -> float:
    """Return the seconds of these tasks in their order, from the position one is in."""
    positions = {task.of.position for task in chosen}
    first = min(positions, key=POSITIONS.index, default=None)
    moves = len(positions) - (1 if first == position and first is not None else 0)
    return sum(t.time_s for t in chosen) + moves * POSITION_S + (len(chosen) - moves) * CHANGE_S


def shorten(chosen: list[Task], most_s: float, position: str | None = None) -> list[Task]:
    """Take repetitions or a set, then hold time, from the longest until the time holds; then leave some out.

    The longest of those done lately goes first, so that over some days every direction has its turn.
    """
    while chosen and total_s(chosen, position) > most_s:
        by_reps = [t for t in chosen if sum(t.sets) > 1]
        by_hold = [t for t in chosen if t.hold_s > HOLD_MIN_S + 4]
        if by_reps:
            longest = max(by_reps, key=lambda t: (t.of.sides * t.work_s, t.of.id))
            sets = longest.sets[1:] if len(longest.sets) > 1 else (longest.sets[0] - 1,)
            shorter = dataclasses.replace(longest, sets=sets)
        elif by_hold:
            longest = max(by_hold, key=lambda t: (t.of.sides * t.hold_s, t.of.id))
            shorter = dataclasses.replace(longest, hold_s=longest.hold_s - 5)
        else:
            out = max(chosen, key=lambda t: (t.recent, t.of.sides * t.work_s, t.of.id))
            return shorten([t for t in chosen if t is not out], most_s, position)
        chosen = [shorter if t is longest else t for t in chosen]
    return chosen


def lengthen(chosen: list[Task], spare: Iterable[Task], most_s: float, position: str | None = None) -> list[Task]:
    """Add what is left over, then repetitions to the shortest, while the time holds."""
    for extra in spare:
        if total_s(chosen, position) >= most_s - TOLERANCE_S:
            break
        if total_s([*chosen, extra], position) <= most_s:
            chosen = [*chosen, extra]
    begun = {t.of.id: t.sets[0] for t in chosen}
    grown = True
    while grown and total_s(chosen, position) < most_s - TOLERANCE_S:
        grown = False
        for task in sorted(chosen, key=lambda t: (t.of.sides * t.work_s, t.of.id)):
            if len(task.sets) > 1 or task.sets[0] >= 2 * begun[task.of.id]:
                continue
            more = dataclasses.replace(task, sets=(task.sets[0] + 1,))
            trial = [more if t is task else t for t in chosen]
            if total_s(trial, position) <= most_s + TOLERANCE_S / 2:
                chosen, grown = trial, True
                break
    return chosen


def items(chosen: Iterable[Task], block: str, position: str | None = None) -> list[StretchItem]:
    """Return the timed items in order, each set of each side one item: left, right, then the next set."""
    out: list[StretchItem] = []
    for task in in_order(chosen):
        change_s = POSITION_S if task.of.position != position else CHANGE_S
        position = task.of.position
        sides = (Side.LEFT, Side.RIGHT) if task.of.sides == 2 else (Side.BOTH,)
        for number in range(len(task.sets)):
            for side in sides:
                out.append(_item(task, side, number, change_s, block))
                change_s = SIDE_S if len(sides) == 2 else SET_S
    return out


def _item(task: Task, side: Side, number: int, change_s: float, block: str) -> StretchItem:
    exercise, reps = task.of, task.sets[number]
    say = f"{exercise.start} {exercise.movement}"
    if task.easier:
        say = EASIER.format(easier=exercise.easier, start=exercise.start)
    elif task.harder:
        say = HARDER.format(start=exercise.start, movement=exercise.movement, harder=exercise.harder)
    return StretchItem(
        exercise_id=exercise.id,
        name=exercise.name,
        side=side,
        hold_s=task.hold_s,
        reps=reps,
        move_s=exercise.move_s,
        duration_s=change_s + reps * (task.hold_s + exercise.move_s),
        position=exercise.position,
        say=say,
        stop_rule=exercise.stop_rule,
        easier=exercise.easier,
        block=block,
        set_number=number + 1,
        sets=len(task.sets),
    )
