"""The exercises of one session for one person, today: pure and seeded.

Every direction of the sore places that the answers allow is covered, sides are equal, positions are grouped so that
nobody gets up and down, sitting and lying come first after heat, the neck before the back, since it cools first (facts:
protocols 5). The clinic's blocks of core strength and posture are composed in the same way, harder week by week.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from irtherapy.programme.exercises import Exercise
from irtherapy.programme.tasks import TOLERANCE_S, Task, in_order, items, lengthen, shorten, shuffled, usual
from irtherapy.values import Phase, PhaseKind, Region, Side, StretchItem

FILL = ("scap_retraction", "sit_stand_align", "deep_neck_flexor_nod", "abdominal_brace", "hip_flexor_kneel")
BLOCK = {PhaseKind.STRETCH: "stretch", PhaseKind.CORE: "core", PhaseKind.POSTURE: "posture"}
EVERY_LEVEL = 3
PYRAMID, PYRAMID_HOLD_S, PYRAMID_LEVEL = (
    (6, 4, 2),
    5.0,
    2,
)  # from the week of level 2 on (facts: exercises, clinic block)
HARDER_LEVEL, HARDER_PAIN_MAX = 3, 3.0  # the harder version only where pain is 3 of 10 or less
REST_ID = "rest_and_breathe"
NOTHING = "Your answers leave no stretch that is safe to suggest today, so rest. Ask a therapist how to move."
QUIET = "Lie or sit as you like. Breathe slowly into your belly and let the warm place grow heavy."


@dataclass(frozen=True)
class Today:
    """What the exercises of today depend on.

    ``flags`` are the exercise flags of screening; ``recent`` names exercises of the last days, which are passed over
    where there is a choice; ``hurt`` names those that hurt when they were last done, which are done in their easier
    version. ``pain_0_10``: None is not told, and counts as too much for anything harder. ``week`` of the course from 1.
    """

    regions: frozenset[Region]
    flags: frozenset[str]
    seed: int
    recent: frozenset[str] = frozenset()
    hurt: frozenset[str] = frozenset()
    week: int = 1
    pain_0_10: float | None = None


def compose(
    exercises: Sequence[Exercise],
    regions: Iterable[Region],
    flags: frozenset[str],
    seed: int,
    total_s: float = 600.0,
    recent: Iterable[str] = (),
    hurt: frozenset[str] = frozenset(),
) -> tuple[StretchItem, ...]:
    """Return stretching alone, together ``total_s`` within 20 s, changes of position included."""
    today = Today(frozenset(regions), flags, seed, frozenset(recent), hurt)
    return session(exercises, (Phase(PhaseKind.STRETCH, total_s / 60.0, "", "", (EVERY_LEVEL,)),), today)


def session(exercises: Sequence[Exercise], phases: Sequence[Phase], today: Today) -> tuple[StretchItem, ...]:
    """Return the timed items of every block of exercise, together as long as the blocks within 20 s.

    No exercise comes in two blocks. Time that a block cannot fill goes to the next; what the last one leaves is rest.
    """
    allowed = [e for e in exercises if not e.exclude & today.flags]
    out: list[StretchItem] = []
    until_s = 0.0
    for phase in phases:
        until_s += phase.minutes * 60.0
        done = {item.exercise_id for item in out}
        position = out[-1].position if out else None
        left = [e for e in allowed if e.id not in done and e.level <= phase.level(today.week)]
        chosen = _block(left, phase, today, until_s - _time_s(out), position)
        out += items(chosen, BLOCK[phase.kind], position)
    left_s = until_s - _time_s(out)
    if left_s > TOLERANCE_S or not out:
        own = {BLOCK[phase.kind] for phase in phases}
        some = any(e.block in own and e.region in today.regions for e in allowed)
        out.append(_rest(left_s, QUIET if some else NOTHING))
    return tuple(out)


def _time_s(out: Iterable[StretchItem]) -> float:
    return sum(item.duration_s for item in out)


def _block(left: Sequence[Exercise], phase: Phase, today: Today, most_s: float, position: str | None) -> list[Task]:
    block = BLOCK[phase.kind]
    own = [e for e in left if e.block == block]
    if phase.kind is PhaseKind.STRETCH or phase.kind is PhaseKind.POSTURE:
        wanted = [e for e in own if e.region in today.regions]
    else:
        wanted = own
    chosen = _one_each_direction(wanted, today)
    spare = [e for e in shuffled(wanted, today.seed) if e not in chosen]
    if phase.kind is PhaseKind.POSTURE:
        spare += [e for e in shuffled(own, today.seed) if e not in wanted]
    spare += [e for e in left if e.id in FILL and e not in chosen and e not in spare]
    level = phase.level(today.week)
    tasks = _progressed([_task(e, today) for e in chosen], phase.kind, level, today)
    tasks = lengthen(shorten(tasks, most_s, position), [_task(e, today) for e in spare], most_s, position)
    return in_order(tasks)


def _task(exercise: Exercise, today: Today) -> Task:
    return usual(exercise, exercise.id in today.recent, exercise.id in today.hurt)


def _one_each_direction(wanted: Sequence[Exercise], today: Today) -> list[Exercise]:
    best: dict[tuple[Region, str], Exercise] = {}
    for exercise in sorted(shuffled(wanted, today.seed), key=lambda e: e.id in today.recent):
        best.setdefault((exercise.region, exercise.direction), exercise)
    return list(best.values())


def _progressed(tasks: list[Task], kind: PhaseKind, level: int, today: Today) -> list[Task]:
    """Return core exercises a step on: one as a pyramid of falling sets, then the harder versions where pain allows."""
    if kind is not PhaseKind.CORE or level < PYRAMID_LEVEL:
        return tasks
    ready = [t for t in tasks if not t.easier]
    held = max((t for t in ready if t.hold_s >= PYRAMID_HOLD_S), key=lambda t: t.of.sides, default=None)
    if held is not None:
        pyramid = replace(held, sets=PYRAMID, hold_s=PYRAMID_HOLD_S)
        tasks = [pyramid if t is held else t for t in tasks]
    if level >= HARDER_LEVEL and today.pain_0_10 is not None and today.pain_0_10 <= HARDER_PAIN_MAX:
        tasks = [replace(t, harder=not t.easier and bool(t.of.harder)) for t in tasks]
    return tasks


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
