"""The course of many virtual persons under heat, and when the warmest of them meet a limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from irtherapy.dose import exposure, heat, injury
from irtherapy.dose.exposure import Exposure
from irtherapy.values import Curve

Array = NDArray[np.float64]
Lost = Callable[[Array], Array]

MARK_S = 30.0  # courses are kept every half minute, which is also how minutes are rounded
# Longest time step by what has passed. With the cells of ``exposure`` the skin is within 0.015 K of a refined run at
# any half minute, and within 0.04 K under a lamp that takes it to 51 C (benchmarks/test_dose.py).
STEPS_S = ((60.0, 10.0), (120.0, 15.0), (math.inf, 30.0))
LOST_STEP_S = 2.0  # what the skin loses by the step before: right to 0.02 K, and steady, at such steps
HIGH = 97.5


@dataclass(frozen=True)
class Heating:
    """Courses with the heat on: times (times,), (persons, times) series, and the state at each time."""

    time_s: Array
    skin_c: Array
    hottest_c: Array
    muscle_c: Array
    temp_c: Array  # (times, persons, cells)
    states: tuple[heat.State, ...]

    @classmethod
    def of(
        cls, tissue: heat.Tissue, time_s: Array, skin_c: Array, temp_c: Array, states: tuple[heat.State, ...] = ()
    ) -> Heating:
        """Return the courses whose hottest place and muscle follow from skin and temperatures."""
        muscle = exposure.muscle_surface_c(tissue, temp_c).T
        return cls(time_s, skin_c, np.maximum(skin_c, temp_c.max(axis=-1).T), muscle, temp_c, states)


def heating(ex: Exposure, minutes: float, start: heat.State | None = None) -> Heating:
    """Return the courses of ``minutes`` with the heat on, from the steady state without the device."""
    if start is None:
        start = heat.Bioheat(ex.tissue, ex.off).rest()
    return march(ex, heat.Bioheat(ex.tissue, ex.on), ex.source_w_m2, start, minutes)


def cooling(ex: Exposure, state: heat.State, minutes: float) -> Heating:
    """Return the courses of ``minutes`` after the heat went off and the device was taken away."""
    return march(ex, heat.Bioheat(ex.tissue, ex.off), np.zeros_like(ex.source_w_m2), state, minutes)


def march(
    ex: Exposure, operator: heat.Bioheat, source: Array, state: heat.State, minutes: float, lost: Lost | None = None
) -> Heating:
    """Return the courses of ``minutes`` (rounded to half minutes) from ``state`` under a surface and a source.

    ``lost`` gives what the skin loses beyond its surface, in W/m2 (persons,), from its temperature at each time step.
    """
    states, time, source = [state], [0.0], operator.laid(source)
    for i in range(round(minutes * 60.0 / MARK_S)):
        most_s = next(step for until, step in STEPS_S if i * MARK_S < until)
        most_s = most_s if lost is None else min(most_s, LOST_STEP_S)
        for dt in heat.time_steps(MARK_S, *((0.5, most_s, 1.5) if i == 0 else (most_s, most_s))):
            now = source
            if lost is not None:
                now = source.copy(order="K")
                now[:, 0] -= operator.share * lost(operator.skin_c(state.temp_c))
            state = operator.step(state, now, float(dt))
        states.append(replace(state, target_per_s=None))
        time.append((i + 1) * MARK_S)
    temp = _stacked([s.temp_c for s in states])
    skin = np.stack([operator.skin_c(t) for t in temp], axis=-1)
    if len(states) > 1:
        skin[:, 0] = heat.Bioheat(ex.tissue, ex.off).skin_c(temp[0])
    return Heating.of(ex.tissue, np.array(time), skin, temp, tuple(states))


def _stacked(temps: list[Array]) -> Array:
    """Return (times, persons, cells), laid in memory as each of the temperatures is."""
    if temps[-1].flags.c_contiguous:
        return np.stack(temps)
    return np.stack([t.T for t in temps]).transpose(0, 2, 1)


def minutes_until(time_s: Array, series: Array, ceiling: float) -> float:
    """Return the minutes until the 97.5th percentile of (persons, times) passes ``ceiling``; inf when it never does.

    Between two kept times the crossing is interpolated; 0 when it starts above.
    """
    high = np.percentile(series, HIGH, axis=0)
    over = np.flatnonzero(high > ceiling)
    if len(over) == 0:
        return math.inf
    i = int(over[0])
    if i == 0:
        return 0.0
    share = (ceiling - high[i - 1]) / (high[i] - high[i - 1])
    return float(time_s[i - 1] + share * (time_s[i] - time_s[i - 1])) / 60.0


def thermal_dose_min(course: Heating) -> Array:
    """Return the CEM43 of the hottest place of each person, (persons, times)."""
    return injury.cem43_min(course.time_s, course.hottest_c)


def curve(series: Array) -> Curve:
    """Return the 2.5th, 50th and 97.5th percentile over persons of a (persons, times) series."""
    low, mid, high = np.percentile(series, [100.0 - HIGH, 50.0, HIGH], axis=0)
    return Curve(*(tuple(float(v) for v in p) for p in (low, mid, high)))
