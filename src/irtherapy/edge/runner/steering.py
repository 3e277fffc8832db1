"""The live estimator beside the loop: each reading goes in, a forecast comes out. Research, and opted in.

It can only make heat rest, and only lengthen a session up to the fixed limits that hold for everybody; the machine and
its guards decide, as ever. Whatever goes wrong in here is told as a forecast that does not fit, and the plan's shorter
time holds.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from irtherapy import limits
from irtherapy.dose import track
from irtherapy.edge import data
from irtherapy.session.state import Phase, State
from irtherapy.values import Device, InputError, Person, Placement, Plan, Site, from_json, to_json

TELL_EVERY_S = 5.0
FAILED = "The estimator failed, so the shorter time of the plan holds."
Told = tuple[str, dict[str, Any]]


SPEC = "steering.json"


def longest_s(plan: Plan) -> float:
    """Return how long a session may be by the limits of its plan that do not depend on how warm it gets."""
    return min(step.minutes for step in plan.limit_chain if step.name not in limits.OF_THE_HEAT) * 60.0


def begun(person: Person, plan: Plan, device: Device, placement: Placement, seed: int) -> Steering:
    """Return an estimator for a session that has not begun."""
    track_ = track.begin(person, plan.site, device, placement, data.body_tables(), seed)
    return Steering(track_, longest_s(plan))


def write(
    folder: Path, person: Person, site: Site, device: Device, placement: Placement, seed: int, most_s: float
) -> None:
    """Write what the runner of a session folder needs to steer by the thermometer."""
    told = {"person": person, "site": site, "device": device, "placement": placement, "seed": seed, "longest_s": most_s}
    (folder / SPEC).write_text(json.dumps(to_json(told), allow_nan=False), encoding="utf-8")


def read(folder: Path) -> Steering | None:
    """Return the estimator that a session folder asks for; None when it asks for none. Raises InputError."""
    if not (folder / SPEC).exists():
        return None
    try:
        told = json.loads((folder / SPEC).read_text(encoding="utf-8"))
        person, site = from_json(Person, told["person"]), from_json(Site, told["site"])
        device, placement = from_json(Device, told["device"]), from_json(Placement, told["placement"])
        seed, most_s = int(told["seed"]), float(told["longest_s"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError("Closed loop", f"The session folder has no readable {SPEC}.") from None
    return Steering(track.begin(person, site, device, placement, data.body_tables(), seed), most_s)


class Steering:
    """One track through one session. ``longest_s`` is the tightest of the fixed limits."""

    def __init__(self, begun: track.Track, longest_s: float) -> None:
        self.track, self.longest_s = begun, longest_s
        self.seen_s = self.told_s = self.period_s = -1.0
        self.found: track.Steering | None = None

    def opening(self) -> Told:
        """Return the word that opts in, said before START."""
        return "closed_loop", {"longest_s": self.longest_s}

    def after(self, state: State, heat_on: bool, skin_c: float | None, now_s: float) -> list[Told]:
        """Take in what the device showed at ``now_s`` and return the forecast to tell, if one is due."""
        try:
            return self._after(state, heat_on, skin_c, now_s)
        except (FloatingPointError, ArithmeticError, ValueError, InputError):
            return [] if state.forecast_lost else [("forecast", {"fits": False, "text": FAILED})]

    def _after(self, state: State, heat_on: bool, skin_c: float | None, now_s: float) -> list[Told]:
        if now_s <= self.seen_s or state.longest_s is None:
            return []
        self.track, self.seen_s = track.see(self.track, now_s, heat_on, skin_c), now_s
        started = state.phase is Phase.HEATING and state.question != "confirm_on"
        if not started or state.forecast_lost or now_s - self.told_s < TELL_EVERY_S - 1e-6:
            return []
        self.told_s = now_s
        if self.track.lost:
            return [("forecast", {"fits": False, "text": self.track.lost})]
        if self.found is None or now_s - self.period_s >= track.PERIOD_S - 1e-6:
            spent, order = state.heat_s + state.rest_s, state.order
            left_min = max(0.0, order.cem43_max_min - state.cem43_min)
            self.found = track.steer(self.track, order.skin_target_c, left_min, max(0.0, self.longest_s - spent))
            self.period_s = now_s
        if self.found.forecast is None:
            return [("forecast", {"fits": False, "text": FAILED})]
        lit = now_s - self.period_s < (self.found.share or 0.0) * track.PERIOD_S - 1e-9
        return [("forecast", {"fits": True, "heat": lit, **dataclasses.asdict(self.found.forecast)})]
