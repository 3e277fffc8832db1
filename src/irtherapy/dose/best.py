"""The best that a device can do for the muscle under the limits of the skin: the distance, and the share of power.

Distance: the margin to the ceilings grows with it, so the nearest safe distance is a root. Share of power: the warmth
of the muscle is made as great as it gets by successive linear programmes. Around the course of the moment the ensemble
answers nearly in proportion to the power of each half minute, so a step of the programme is linear; the true course is
worked out anew after each, until it moves no more. What is told at last is the course of the switch itself, on and off
in slots of five seconds spread as evenly as they go, and it keeps every ceiling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from irtherapy.dose import ensemble, heat, injury
from irtherapy.dose.ensemble import Heating
from irtherapy.dose.exposure import Exposure
from irtherapy.values import in_range

Array = NDArray[np.float64]

NEAREST_WITHIN_M = 0.002
SLOTS = 6  # of a half minute, each on or off
ROUNDS = 6
SETTLED_K = 0.005
AFTER_MIN = 10.0  # the stretching, while the muscle is still warm
TYPICAL, CROWD = 0, slice(1, None)  # row 0 of an ensemble is the typical person


@dataclass(frozen=True)
class Ceiling:
    """What the 97.5th percentile of the persons must keep: skin temperature in degrees C, CEM43 in minutes."""

    skin_c: float
    cem43_min: float


@dataclass(frozen=True)
class Course:
    """What a schedule does. Skin and CEM43 are 97.5th percentiles, the muscle is the typical person's.

    ``muscle_rise_k`` is the rise at the surface of the muscle, averaged over heat and the ten minutes after it;
    ``muscle_peak_k`` the greatest.
    """

    skin_peak_c: float
    cem43_min: float
    muscle_rise_k: float
    muscle_peak_k: float


@dataclass(frozen=True)
class Schedule:
    """When a switch is on, and what that does, beside the best that an even share of the time can do.

    ``on`` holds a yes or no for each slot of five seconds; ``shares`` is the part of each half minute that is on.
    """

    on: tuple[bool, ...]
    shares: tuple[float, ...]
    does: Course
    even_share: float
    even: Course


def margin(course: Heating, ceiling: Ceiling) -> float:
    """Return how far the 97.5th percentile stays below the ceilings, in K or as a share of the CEM43; < 0 is over."""
    skin = _high(course.skin_c[CROWD].max(axis=1))
    return float(min(ceiling.skin_c - skin, 1.0 - _dose_min(course) / ceiling.cem43_min))


def nearest_distance_m(
    at: Callable[[float], Exposure], reach_m: tuple[float, float], minutes: float, ceiling: Ceiling, rest: heat.State
) -> float | None:
    """Return the nearest distance at which ``minutes`` of heat keep the ceilings; None when none in ``reach_m`` does.

    ``at`` gives the exposure at a distance, whose margin must not shrink with it. Right to 2 mm, on the safe side.
    """
    from scipy.optimize import brentq

    def left(distance_m: float) -> float:
        return margin(ensemble.heating(at(distance_m), minutes, rest), ceiling)

    near, far = reach_m
    if left(near) >= 0.0:
        return near
    if left(far) < 0.0:
        return None
    found = float(brentq(left, near, far, xtol=NEAREST_WITHIN_M))
    while left(found) < 0.0:
        found += NEAREST_WITHIN_M
    return found


def schedule(ex: Exposure, minutes: float, ceiling: Ceiling, rest: heat.State) -> Schedule:
    """Return when to switch over ``minutes`` (half minutes, 1 to 60) so that the muscle is warmed most.

    Raises InputError on minutes out of that range.
    """
    count = round(in_range("Minutes", minutes, 1, 60, "min") * 60.0 / ensemble.MARK_S)
    run = _Run(ex, rest, count)
    even, even_course = run.kept(lambda least: np.full(count, run.even_share(least)), ceiling)
    last = even.reshape(count, SLOTS).mean(axis=1)

    def climbed(least: Ceiling) -> Array:
        nonlocal last
        last = run.climb(last, least)
        return last

    found, course = run.kept(climbed, ceiling)
    if run.warmth(course) < run.warmth(even_course):  # as good as even: rounding decided
        found, course = even, even_course
    shares = found.reshape(count, SLOTS).mean(axis=1)
    return Schedule(
        on=tuple(bool(slot) for slot in found),
        shares=tuple(float(share) for share in shares),
        does=run.told(course),
        even_share=float(even.mean()),
        even=run.told(even_course),
    )


class _Run:
    """One ensemble under one device, driven by shares of its power."""

    def __init__(self, ex: Exposure, rest: heat.State, count: int) -> None:
        self.tissue, self.rest, self.count = ex.tissue, rest, count
        self.on, self.off = heat.Bioheat(ex.tissue, ex.on), heat.Bioheat(ex.tissue, ex.off)
        self.source = self.on.laid(ex.source_w_m2)
        self.full, self.none = self.course(np.ones(count)), self.course(np.zeros(count))

    def course(self, power: Array) -> Heating:
        """Return the course of shares of power, one for each half minute or each slot, and of the ten minutes after.

        Marks are kept at the end of each share, where the skin peaks.
        """
        temps, time, state = [self.rest.temp_c], [0.0], self.rest
        lasts_s = ensemble.MARK_S if self.count == len(power) else ensemble.MARK_S / SLOTS
        for i, share in enumerate(power):
            source = self.source * share
            for dt in heat.time_steps(lasts_s, *((1.0, 15.0, 2.0) if i == 0 else (15.0, 15.0))):
                state = self.on.step(state, source, float(dt))
            temps.append(state.temp_c)
            time.append(time[-1] + lasts_s)
        heated = len(temps)
        for _ in range(round(AFTER_MIN * 60.0 / ensemble.MARK_S)):
            for dt in heat.time_steps(ensemble.MARK_S, 30.0, 30.0):
                state = self.off.step(state, 0.0 * self.source, float(dt))
            temps.append(state.temp_c)
            time.append(time[-1] + ensemble.MARK_S)
        temp = np.stack(temps)
        skin = np.stack([(self.on if k < heated else self.off).skin_c(t) for k, t in enumerate(temp)], axis=-1)
        return Heating.of(self.tissue, np.array(time), skin, temp)

    def warmth(self, course: Heating) -> float:
        """Return the typical person's muscle rise, averaged over the course."""
        muscle = course.muscle_c[TYPICAL]
        return float(np.trapezoid(muscle - muscle[0], course.time_s) / course.time_s[-1])

    def told(self, course: Heating) -> Course:
        """Return what is told of a course."""
        return Course(
            _high(course.skin_c[CROWD].max(axis=1)), _dose_min(course), self.warmth(course),
            float(course.muscle_c[TYPICAL].max() - course.muscle_c[TYPICAL, 0]),
        )  # fmt: skip

    def kept(self, shares_under: Callable[[Ceiling], Array], ceiling: Ceiling) -> tuple[Array, Heating]:
        """Return the slots of a switch that keep the ceilings, and their course.

        A switch makes the skin go up and down a little around the course of even shares: what that costs is taken off
        the ceiling, and the shares are asked for again.
        """
        least = ceiling
        while True:
            slots = _in_slots(shares_under(least))
            course = self.course(slots)
            over = -margin(course, ceiling)
            if over <= 0.0:
                return slots, course
            least = replace(least, skin_c=least.skin_c - max(over, 0.01))

    def even_share(self, ceiling: Ceiling) -> float:
        """Return the greatest constant share of power that keeps the ceilings."""
        from scipy.optimize import brentq

        def left(share: float) -> float:
            return margin(self.course(np.full(self.count, share)), ceiling)

        if margin(self.full, ceiling) >= 0.0:
            return 1.0
        if margin(self.none, ceiling) <= 0.0:
            return 0.0
        return float(brentq(left, 0.0, 1.0, xtol=3e-3))

    def climb(self, shares: Array, ceiling: Ceiling) -> Array:
        """Return the shares that warm the muscle most, by linear programmes around the true course."""
        from scipy.optimize import linprog

        worth = self._worth()
        reach = 0.5  # how far a share may move in one round
        course = self.course(shares)
        best, best_worth = shares, -np.inf
        for _ in range(ROUNDS):
            high, gain = self._skin(course)
            dose, dose_gain = self._dose(course, gain, ceiling)
            found = linprog(
                -worth,
                A_ub=np.vstack([gain, dose_gain]),
                b_ub=np.append(ceiling.skin_c - high + gain @ shares, dose + dose_gain @ shares),
                bounds=np.column_stack([np.maximum(shares - reach, 0.0), np.minimum(shares + reach, 1.0)]),
                method="highs",
            )
            if found.status != 0:  # the ceiling is out of reach of one round: half the power, and again
                shares = 0.5 * shares
                course = self.course(shares)
                continue
            step = float(np.abs(found.x - shares).max())
            shares = np.clip(found.x, 0.0, 1.0)
            course = self.course(shares)
            if margin(course, ceiling) >= -SETTLED_K and worth @ shares > best_worth:
                best, best_worth = shares, float(worth @ shares)
            if step < 0.03:
                break
            reach *= 0.5
        return best if np.isfinite(best_worth) else shares * 0.9

    def _worth(self) -> Array:
        """Return what the power of each half minute adds to the muscle's mean rise, as if it answered in proportion."""
        marks = slice(self.count + 1)
        answer = self.full.muscle_c[TYPICAL, marks] - self.none.muscle_c[TYPICAL, marks]
        pulse = np.diff(answer)  # to one half minute of power, at the marks after it
        after = np.concatenate([pulse, np.full(round(AFTER_MIN * 60.0 / ensemble.MARK_S), pulse[-1])])
        total = np.cumsum(after)
        return np.array([total[len(after) - 1 - k] for k in range(self.count)]) / len(after)

    def _skin(self, course: Heating) -> tuple[Array, Array]:
        """Return the 97.5th percentile of skin at each mark, and what the power of each half minute adds to it."""
        count = self.count
        skin = course.skin_c[CROWD, 1 : count + 1]
        high = np.percentile(skin, ensemble.HIGH, axis=0)
        nearest = 1 + np.abs(skin - high).argmin(axis=0)  # the person who stands at the percentile, mark by mark
        answer = self.full.skin_c[:, : count + 1] - self.none.skin_c[:, : count + 1]
        gain = np.zeros((count, count))
        for mark in range(count):
            who = nearest[mark]
            gain[mark, : mark + 1] = np.diff(answer[who, : mark + 2])[::-1]
        return high, gain

    def _dose(self, course: Heating, gain: Array, ceiling: Ceiling) -> tuple[float, Array]:
        """Return what is left of the CEM43, and what each half minute of power adds to it."""
        hottest = np.percentile(course.hottest_c[CROWD, 1 : self.count + 1], ensemble.HIGH, axis=0)
        slope = (injury.cem43_rate(hottest + 0.05) - injury.cem43_rate(hottest)) / 0.05
        return ceiling.cem43_min - _dose_min(course), (slope * ensemble.MARK_S / 60.0) @ gain


def _in_slots(shares: Array) -> Array:
    """Return 1 for each slot that is on and 0 for the others, spread as evenly as the shares allow."""
    whole = np.floor(np.cumsum(np.repeat(shares, SLOTS)) + 1e-6)
    return np.diff(whole, prepend=0.0)


def _dose_min(course: Heating) -> float:
    return _high(ensemble.thermal_dose_min(course)[CROWD, -1])


def _high(values: Array) -> float:
    return float(np.percentile(values, ensemble.HIGH))
