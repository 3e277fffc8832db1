"""What is prescribed: a session's blocks in order, how often and for how many weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from irtherapy.values.device import DeviceKind, Mark
from irtherapy.values.person import Setting


class PhaseKind(StrEnum):
    """What a block holds; ``massage`` is heat with massage."""

    HEAT = "heat"
    MASSAGE = "massage"
    STRETCH = "stretch"
    CORE = "core"
    POSTURE = "posture"


@dataclass(frozen=True)
class Prescription:
    """What a clinician set for one patient's session in the clinic; the ceilings of ``limits`` hold over all of it.

    Minutes of heat for a first session and for the later ones; ``level_max``: how hard exercises may be at most (1-3).
    """

    heat_min: float
    first_min: float
    set_by: str
    level_max: int = 3


WITH_HEAT = (PhaseKind.HEAT, PhaseKind.MASSAGE)


@dataclass(frozen=True)
class Phase:
    """One block of a session. ``levels``: how hard its exercises may be, week by week (1-3); the last one stays."""

    kind: PhaseKind
    minutes: float
    say: str
    source: str
    levels: tuple[int, ...] = ()

    def level(self, week: int) -> int:
        """Return how hard the exercises may be in a week of the course, counted from 1."""
        return self.levels[min(max(week, 1), len(self.levels)) - 1] if self.levels else 1


@dataclass(frozen=True)
class Programme:
    """Blocks without gaps, the heat before the exercises. ``kinds``: the devices it is for; empty, any.

    A plan may be shorter than its programme and never longer. ``mark`` is that of its least certain line.
    """

    id: str
    version: str
    title: str
    setting: Setting
    per_week: int
    weeks: int
    phases: tuple[Phase, ...]
    mark: Mark
    kinds: frozenset[DeviceKind] = frozenset()

    def spans(self) -> Iterator[tuple[float, float, Phase]]:
        """Yield (from minute, to minute, block) in order."""
        at_min = 0.0
        for phase in self.phases:
            yield at_min, at_min + phase.minutes, phase
            at_min += phase.minutes

    @property
    def minutes(self) -> float:
        """The whole session, in minutes."""
        return sum(phase.minutes for phase in self.phases)

    @property
    def heat_min(self) -> float:
        """Minutes with the heat on."""
        return sum(phase.minutes for phase in self.phases if phase.kind in WITH_HEAT)

    @property
    def massage_min(self) -> tuple[float, float] | None:
        """The minutes of heat from and to which massage is cued, or None when there is none."""
        found = [(start, end) for start, end, phase in self.spans() if phase.kind is PhaseKind.MASSAGE]
        return (found[0][0], found[-1][1]) if found else None

    @property
    def exercise(self) -> tuple[Phase, ...]:
        """The blocks of exercise, in order."""
        return tuple(phase for phase in self.phases if phase.kind not in WITH_HEAT)

    @property
    def source(self) -> str:
        """Where its blocks come from, each source once."""
        return "; ".join(dict.fromkeys(part.strip() for p in self.phases for part in p.source.split(";")))
