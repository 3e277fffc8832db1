"""Ten minutes of stretching for one person, today: pure and seeded.

Every safe direction of the sore places is covered, sides are equal, positions are grouped so that nobody gets up and
down, sitting and lying come first after heat, the neck before the back, since it cools first (facts: protocols 5).
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence

from irtherapy.programme.exercises import POSITIONS, Exercise
from irtherapy.values import Region, Side, StretchItem

CHANGE_S = 12.0  # from one stretch to the next, and to hear how it is done
SIDE_S = 5.0  # to the other side
POSITION_S = 16.0  # to another position
TOLERANCE_S = 20.0
HOLD_MIN_S = 5.0
ORDER = {Region.NECK: 0, Region.UPPER_BACK: 1, Region.LOWER_BACK: 2}
FILL = ("scap_retraction", "sit_stand_align", "deep_neck_flexor_nod", "abdominal_brace", "hip_flexor_kneel")
REST_ID = "rest_and_breathe"
NOTHING = "Your answers leave no stretch that is safe to suggest today, so rest. Ask a therapist how to move."
QUIET = "Lie or sit as you like. Breathe slowly into your belly and let the warm place grow heavy."


def compose(
    exercises: Sequence[Exercise],
    regions: Iterable[Region],
    flags: frozenset[str],
    seed: int,
    total_s: float = 600.0,
    recent: Sequence[str] = (),
    hurt: frozenset[str] = frozenset(),
) -> tuple[StretchItem, ...]:
    """Return the timed items, together ``total_s`` within 20 s, changes of position included.

    ``flags`` are the exercise flags of screening; ``recent`` names exercises of the last days, which are passed over
    where there is a choice; ``hurt`` names those that hurt last time, which are done in their easier version.
    """
    places = frozenset(regions)
    allowed = [e for e in exercises if not e.exclude & flags]
    wanted = [e for e in allowed if e.block == "stretch" and e.region in places]
    chosen = _one_each_direction(wanted, seed, recent)
    spare = [e for e in _shuffled(wanted, seed) if e not in chosen]
    spare += [e for e in allowed if e.id in FILL and e not in chosen]
    chosen = _shorten(chosen, total_s)
    chosen = _lengthen(chosen, spare, total_s)
    items = _items(_in_order(chosen), hurt)
    left_s = total_s - sum(item.duration_s for item in items)
    if left_s > TOLERANCE_S or not items:
        items.append(_rest(left_s, NOTHING if not wanted else QUIET))
    return tuple(items)


def _key(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def _shuffled(items: Iterable[Exercise], seed: int) -> list[Exercise]:
    return sorted(items, key=lambda e: _key(seed, e.id))


def _one_each_direction(wanted: Sequence[Exercise], seed: int, recent: Sequence[str]) -> list[Exercise]:
    best: dict[tuple[Region, str], Exercise] = {}
    for exercise in sorted(_shuffled(wanted, seed), key=lambda e: e.id in recent):
        best.setdefault((exercise.region, exercise.direction), exercise)
    return list(best.values())


def _in_order(chosen: Iterable[Exercise]) -> list[Exercise]:
    """Positions grouped; within a position the neck first. Core and posture fill keeps to its position."""
    return sorted(chosen, key=lambda e: (POSITIONS.index(e.position), ORDER[e.region], e.direction))


def _work_s(exercise: Exercise) -> float:
    return exercise.reps * (exercise.hold_s + exercise.move_s)


def _total_s(chosen: Iterable[Exercise]) -> float:
    return sum(item.duration_s for item in _items(_in_order(chosen), frozenset()))


def _shorten(chosen: list[Exercise], total_s: float) -> list[Exercise]:
    """Take repetitions, then hold time, from the longest until the time holds; then leave out the longest."""
    while chosen and _total_s(chosen) > total_s:
        longest = max(chosen, key=lambda e: (e.sides * _work_s(e), e.id))
        by_reps = [e for e in chosen if e.reps > 1]
        by_hold = [e for e in chosen if e.hold_s > HOLD_MIN_S + 4]
        if by_reps:
            longest = max(by_reps, key=lambda e: (e.sides * _work_s(e), e.id))
            shorter = dataclasses.replace(longest, reps=longest.reps - 1)
        elif by_hold:
            longest = max(by_hold, key=lambda e: (e.sides * e.hold_s, e.id))
            shorter = dataclasses.replace(longest, hold_s=longest.hold_s - 5)
        else:
            return _shorten([e for e in chosen if e is not longest], total_s)
        chosen = [shorter if e is longest else e for e in chosen]
    return chosen


def _lengthen(chosen: list[Exercise], spare: list[Exercise], total_s: float) -> list[Exercise]:
    """Add what is left over, then repetitions to the shortest, while the time holds."""
    for extra in spare:
        if _total_s(chosen) >= total_s - TOLERANCE_S:
            break
        if _total_s([*chosen, extra]) <= total_s:
            chosen = [*chosen, extra]
    usual = {e.id: e.reps for e in chosen}
    grown = True
    while grown and _total_s(chosen) < total_s - TOLERANCE_S:
        grown = False
        for exercise in sorted(chosen, key=lambda e: (e.sides * _work_s(e), e.id)):
            more = dataclasses.replace(exercise, reps=exercise.reps + 1)
            trial = [more if e is exercise else e for e in chosen]
            if more.reps <= 2 * usual[more.id] and _total_s(trial) <= total_s + TOLERANCE_S / 2:
                chosen, grown = trial, True
                break
    return chosen


def _items(ordered: Sequence[Exercise], hurt: frozenset[str]) -> list[StretchItem]:
    items: list[StretchItem] = []
    position = None
    for exercise in ordered:
        change_s = POSITION_S if exercise.position != position else CHANGE_S
        position = exercise.position
        sides = (Side.LEFT, Side.RIGHT) if exercise.sides == 2 else (Side.BOTH,)
        for side in sides:
            items.append(_item(exercise, side, change_s, exercise.id in hurt))
            change_s = SIDE_S
    return items


def _item(exercise: Exercise, side: Side, change_s: float, easier: bool) -> StretchItem:
    say = f"{exercise.start} {exercise.movement}"
    if easier:
        say = f"Easier today, since it hurt last time: {exercise.easier} {exercise.start}"
    return StretchItem(
        exercise_id=exercise.id,
        name=exercise.name,
        side=side,
        hold_s=exercise.hold_s,
        reps=exercise.reps,
        move_s=exercise.move_s,
        duration_s=change_s + _work_s(exercise),
        position=exercise.position,
        say=say,
        stop_rule=exercise.stop_rule,
        easier=exercise.easier,
    )


def _rest(seconds: float, say: str) -> StretchItem:
    return StretchItem(
        exercise_id=REST_ID,
        name="Rest and breathe",
        side=Side.BOTH,
        hold_s=0.0,
        reps=1,
        move_s=seconds,
        duration_s=seconds,
        position="lying on your back",
        say=say,
        stop_rule="Get up slowly.",
    )
