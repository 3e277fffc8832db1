"""The two simulated persons: who they are, how their pain goes by itself and with the sessions, and what befalls them.

Nobody real: the pain is a line that falls a little by itself and a little with each session, with days that are alike
(an autoregressive part) around it. So the outcome page has something to find, and the true figure is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from irtherapy.values import Person, Region, Side, Site

ALIKE = 0.5  # of yesterday's deviation that is left today
SPREAD = 0.6
RELIEF = 1.4  # points, for the hours after a session
RELIEF_SPREAD = 0.5


@dataclass(frozen=True)
class Simulated:
    """A person and their four weeks. ``code`` is empty for the person at home.

    Days count from 0, the first day of the course. ``away``: days on which they simply do not come. ``pauses``: (first
    day, day on which they go on, reason). ``skips``: day to reason. ``stops``: sessions (from 0) that they stop early.
    ``effects``: day to (kind, grade, text), told the morning after a session. ``flares``: day to points of pain on top.
    """

    key: str
    code: str
    person: Person
    region: Region
    side: Side
    programme: str
    begin: float
    by_day: float
    by_session: float
    motions: tuple[tuple[str, float, float], ...]
    measures: tuple[str, ...]
    set_by: str = ""
    away: frozenset[int] = frozenset()
    pauses: tuple[tuple[int, int, str], ...] = ()
    skips: Mapping[int, str] = field(default_factory=dict)
    stops: frozenset[int] = frozenset()
    effects: Mapping[int, tuple[str, int, str]] = field(default_factory=dict)
    flares: Mapping[int, float] = field(default_factory=dict)

    def site(self, pain: float) -> Site:
        """Return the sore place with its pain."""
        return Site(self.region, self.side, pain)


HOME = Simulated(
    key="home",
    code="",
    person=Person(age_years=52.0),
    region=Region.LOWER_BACK,
    side=Side.BOTH,
    programme="home_20_10",
    begin=6.2,
    by_day=0.03,
    by_session=0.16,
    motions=(("back_forward_tape", 19.5, 0.06),),
    measures=("peg", "rmdq", "psfs"),
    away=frozenset({9, 10, 11}),
    pauses=((16, 19, "A cold"),),
    stops=frozenset({6}),
    effects={5: ("red_skin", 1, "for about two hours")},
)
CLINIC = Simulated(
    key="clinic",
    code="P-0001",
    person=Person(age_years=47.0),
    region=Region.NECK,
    side=Side.RIGHT,
    programme="clinic_30",
    begin=5.6,
    by_day=0.02,
    by_session=0.12,
    motions=(("neck_turn_right", 52.0, 0.6), ("neck_turn_left", 61.0, 0.3)),
    measures=("peg", "psfs", "ndi"),
    set_by="A. Therapist",
    skips={11: "A family visit"},
    effects={14: ("more_pain", 2, "stiff in the morning")},
    flares={15: 4.0, 16: 2.0},
)
ACTIVITIES = {
    "home": ("Gardening for an hour", "Driving for two hours", "Carrying the shopping"),
    "clinic": ("Looking over the shoulder in the car", "An hour at the screen", "Sleeping through"),
}


class Pain:
    """The true pain of a person, day by day; asked in the order of the days."""

    def __init__(self, who: Simulated, seed: int, days: int) -> None:
        chance = np.random.default_rng([seed, 0xC0, len(who.key)])
        shocks = chance.normal(0.0, SPREAD * (1.0 - ALIKE**2) ** 0.5, days)
        apart = np.zeros(days)
        for n in range(days):
            apart[n] = (ALIKE * apart[n - 1] if n else 0.0) + shocks[n]
        self.who, self.apart, self.chance = who, apart, chance
        self.sessions = 0

    def of(self, day: int) -> float:
        """Return the pain of a day, 0 to 10."""
        level = self.who.begin - self.who.by_day * day - self.who.by_session * self.sessions
        return float(np.clip(level + self.apart[day] + self.who.flares.get(day, 0.0), 0.0, 10.0))

    def told(self, day: int) -> float:
        """Return what they say it is: a whole number."""
        return float(round(self.of(day)))

    def after(self, day: int, eased: bool = True) -> float:
        """Return what they say it is just after a session, and count the session; ``eased``: it had heat."""
        self.sessions += 1
        now = self.of(day) - (RELIEF if eased else 0.0) + self.chance.normal(0.0, RELIEF_SPREAD)
        return float(round(float(np.clip(now, 0.0, 10.0))))

    def answers(self, measure: Any, day: int) -> dict[str, Any]:
        """Return the answers to a questionnaire on a day with this pain."""
        level = self.of(day)
        if measure.kind == "mean":
            return {item.id: int(np.clip(round(level + n - 1), 0, 10)) for n, item in enumerate(measure.items)}
        if measure.kind == "ticks":
            return {item.id: True for item in measure.items[: round(1.8 * level)]}
        if measure.kind == "own":
            names = ACTIVITIES[self.who.key]
            told = {f"{i.id}_text": name for i, name in zip(measure.items, names, strict=False)}
            return told | {
                i.id: int(np.clip(round(9.0 - level + n), 0, 10)) for n, i in enumerate(measure.items[: len(names)])
            }
        if measure.kind == "choice":
            return {measure.id: 2 if self.sessions > 6 else 4}
        return {"points": round(3.2 * level), "sections": 10}
