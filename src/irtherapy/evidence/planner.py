"""The size of the trial that would settle it: parallel, crossover, or many self-trials put together.

All differences and spreads are in points of a 0-10 pain rating. A difference is told by its size alone: the tests are
two-sided. Power is exact for normal data, by the noncentral t distribution (Chow, Shao, Wang and Lokhnygina, Sample
Size Calculations in Clinical Research, chapters 3.2 to 3.4; Senn, Cross-over Trials in Clinical Research, chapter 3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

import numpy as np

from irtherapy.values import InputError, in_range

PERSONS_MAX = 1_000_000
NODES = 64  # of each panel of V, and of the average over what is not known about the effect
TAIL_SD = 8.5  # beyond it a normal has less than 1e-16


class Kind(StrEnum):
    """How persons are compared."""

    PARALLEL = "parallel"  # each person in one arm
    CROSSOVER = "crossover"  # each person in both, in a drawn order
    SELF_TRIALS = "self_trials"  # each person alternates blocks, and the persons are put together


class Sham(StrEnum):
    """What the persons of the control arm get."""

    WARM = "warm"  # same look and same skin temperature, without light: tests light beyond heat
    COLD = "cold"  # same look, nothing warms: tests heat and light together, and many will guess their arm
    NONE = "none"  # nothing: tests the whole routine with all that is hoped of it


SHAM_TELLS = {
    Sham.WARM: "A warm sham has the same look and the same skin temperature from a heater without light. The "
    "comparison shows what the light adds beyond heat. An arm without heat, beside it, shows what heat adds.",
    Sham.COLD: "A cold sham looks the same and does not warm. The comparison shows heat and light together, and people "
    "can tell by the warmth which arm they are in.",
    Sham.NONE: "Nothing takes the place of the heat. The comparison shows the whole routine, with all that is hoped of "
    "it, and cannot tell heat from hope.",
}


@dataclass(frozen=True)
class Spread:
    """How pain ratings vary, in points.

    ``between_sd``: of one measurement across persons. ``correlation``: between two measurements of one person, 0 to
    below 1. ``effect_sd``: of the true effect across persons. ``carry_over``: what of the effect of the first period
    is still there in the second, in points.
    """

    between_sd: float
    correlation: float = 0.5
    effect_sd: float = 0.5
    carry_over: float = 0.0

    @property
    def within_sd(self) -> float:
        """The spread of one person's measurements around their own mean."""
        return self.between_sd * math.sqrt(1.0 - self.correlation)


@dataclass(frozen=True)
class Trial:
    """A design and what it should find.

    ``difference``: the smallest worthwhile difference, in points. ``alpha``: two-sided error of each question.
    ``power``: wanted chance to find the difference. ``loss``: share of persons that leave before the end.
    ``blocks``: pairs of with and without blocks a person does in a self-trial. ``arms``: 2, or 3 with an arm without
    heat beside a warm sham; each arm has the same size.
    """

    kind: Kind
    difference: float
    spread: Spread
    alpha: float = 0.05
    power: float = 0.8
    loss: float = 0.15
    blocks: int = 4
    arms: int = 3
    sham: Sham = Sham.WARM


@dataclass(frozen=True)
class Size:
    """How many persons: ``per_arm`` analysed, ``recruit_per_arm`` with those that leave, ``total`` recruited.

    ``power`` is what ``per_arm`` gives; it is at least what was wanted. In a crossover and in self-trials all persons
    are one arm. ``groups`` is the number of arms that are recruited.
    """

    per_arm: int
    recruit_per_arm: int
    groups: int
    total: int
    power: float


def points(value: float) -> str:
    """Return a number of points in words: "1 point", "1.5 points"."""
    return "1 point" if value == 1 else f"{value:g} points"


def checked(trial: Trial) -> Trial:
    """Return ``trial``, or raise InputError naming the first figure that cannot be and its range."""
    in_range("Difference", trial.difference, 0.05, 10, "points")
    in_range("Standard deviation", trial.spread.between_sd, 0.05, 10, "points")
    in_range("Correlation", trial.spread.correlation, 0, 0.99)
    in_range("Spread of the effect", trial.spread.effect_sd, 0, 10, "points")
    in_range("Carry-over", trial.spread.carry_over, 0, 10, "points")
    in_range("Alpha", trial.alpha, 0.0001, 0.2)
    in_range("Power", trial.power, 0.5, 0.999)
    in_range("Loss", trial.loss, 0, 0.8)
    in_range("Blocks", trial.blocks, 1, 100)
    if trial.arms not in (2, 3):
        raise InputError("Arms", f"Arms must be 2 or 3; got {trial.arms!r}.")
    if trial.arms == 3 and trial.sham is not Sham.WARM:
        raise InputError("Arms", "Arms must be 2 unless the sham is warm: the third arm is the one without heat.")
    return trial


def two_sided_power(noncentrality: float, df: float, alpha: float = 0.05) -> float:
    """Return the chance that a two-sided t test of ``df`` degrees of freedom is significant.

    ``noncentrality`` is the true difference over the standard error of its estimate. T = (Z + noncentrality) / V with Z
    normal and V^2 = chi^2 / df, so the chance is the mean of Phi(nc - c V) + Phi(-nc - c V) over V, with c the critical
    t. Gauss-Legendre over V, with a panel of its own where Phi rises; SciPy's nctdtr is not used, since it returns NaN
    for scattered arguments with a small tail.
    """
    from scipy.special import ndtr, stdtrit

    nc = abs(noncentrality)
    critical = float(stdtrit(df, 1.0 - alpha / 2.0))
    v, weight = _spread_nodes(df, nc / critical, TAIL_SD / critical)
    return float(weight @ (ndtr(nc - critical * v) + ndtr(-nc - critical * v)))


def _spread_nodes(df: float, middle: float, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes of V = sqrt(chi^2 / df) and their weights, which add up to 1; panels end at middle -+ reach."""
    from scipy.special import gammainccinv, gammaincinv

    low, high = (math.sqrt(2.0 * float(f(df / 2.0, 1e-17)) / df) for f in (gammaincinv, gammainccinv))
    edges = [low, *(e for e in (middle - reach, middle, middle + reach) if low < e < high), high]
    node, width = _gauss()
    v = np.concatenate([0.5 * (b - a) * node + 0.5 * (a + b) for a, b in pairwise(edges)])
    w = np.concatenate([0.5 * (b - a) * width for a, b in pairwise(edges)])
    log_density = (df - 1.0) * np.log(v) - 0.5 * df * (v**2 - 1.0)
    w = w * np.exp(log_density - log_density.max())
    return v, w / w.sum()


@cache
def _gauss() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(NODES)


def standard_error(trial: Trial, persons: int) -> float:
    """Return the standard error of the difference, in points, with ``persons`` analysed in an arm (or in all).

    Parallel: sqrt(2/n) of the SD between persons. Crossover: sqrt(2/n) of the SD within a person. Self-trials: each
    person's difference of ``blocks`` pairs has the variance effect_sd^2 + 2 within_sd^2 / blocks; over n persons.
    """
    spread = trial.spread
    if trial.kind is Kind.PARALLEL:
        return spread.between_sd * math.sqrt(2.0 / persons)
    if trial.kind is Kind.CROSSOVER:
        return spread.within_sd * math.sqrt(2.0 / persons)
    return math.sqrt((spread.effect_sd**2 + 2.0 * spread.within_sd**2 / trial.blocks) / persons)


def degrees_of_freedom(trial: Trial, persons: int) -> int:
    """Return those of the t test: 2n - 2 (two arms), n - 2 (two orders of a crossover), n - 1 (self-trials)."""
    return {Kind.PARALLEL: 2 * persons - 2, Kind.CROSSOVER: persons - 2, Kind.SELF_TRIALS: persons - 1}[trial.kind]


def power(trial: Trial, persons: int, difference: float | None = None) -> float:
    """Return the chance to find ``difference`` (that of the trial when left out) with ``persons`` analysed an arm.

    In a crossover the difference that is seen is smaller by half of the carry-over (Senn, chapter 3).
    """
    df = degrees_of_freedom(trial, persons)
    if df < 1:
        return 0.0
    seen = trial.difference if difference is None else difference
    if trial.kind is Kind.CROSSOVER:
        seen -= math.copysign(trial.spread.carry_over / 2.0, seen)
    return two_sided_power(seen / standard_error(trial, persons), df, trial.alpha)


def size(trial: Trial) -> Size:
    """Return the smallest size that has the power wanted.

    A crossover has an even number of persons, so that both orders are as frequent. Raises InputError on a figure out
    of range, on a carry-over that hides the difference, and when more than a million persons would be needed.
    """
    checked(trial)
    if trial.kind is Kind.CROSSOVER and trial.spread.carry_over >= 2.0 * trial.difference:
        most = 2.0 * trial.difference
        raise InputError(
            "Carry-over",
            f"Carry-over must be below twice the difference, {most:g} points; got {trial.spread.carry_over:g}.",
        )
    persons = least(lambda n: power(trial, n) >= trial.power, 2, PERSONS_MAX)
    if persons is None:
        raise InputError("Difference", f"Difference must be larger: {PERSONS_MAX} persons would not be enough.")
    if trial.kind is Kind.CROSSOVER and persons % 2:
        persons += 1
    recruit = math.ceil(persons / (1.0 - trial.loss) - 1e-9)
    if trial.kind is Kind.CROSSOVER and recruit % 2:
        recruit += 1
    groups = trial.arms if trial.kind is Kind.PARALLEL else 1
    return Size(persons, recruit, groups, recruit * groups, power(trial, persons))


def least(enough: Callable[[int], bool], low: int, high: int) -> int | None:
    """Return the smallest whole number from ``low`` to ``high`` that is enough, or None.

    ``enough`` must stay true once it is true: power grows with the number of persons.
    """
    if not enough(high):
        return None
    step = low
    while not enough(min(step, high)):
        low, step = step + 1, step * 2
    high = min(step, high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def power_curve(trial: Trial, difference: float, persons: Sequence[int]) -> tuple[float, ...]:
    """Return the power to find ``difference`` by number of persons in an arm."""
    return tuple(power(trial, n, difference) for n in persons)


def detectable(trial: Trial, persons: int) -> float:
    """Return the smallest difference, in points, that ``persons`` in an arm find with the power wanted.

    Found by bisection to 1e-9 points. Raises InputError when the persons are too few for any.
    """
    if degrees_of_freedom(trial, persons) < 1:
        raise InputError("Persons", "Persons must be at least 3 for a difference to be found.")
    low, high = 0.0, 1.0
    while power(trial, persons, high) < trial.power:
        low, high = high, 2.0 * high
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if power(trial, persons, middle) >= trial.power else (middle, high)
    return high


def assurance(trial: Trial, persons: int, effect: float, effect_se: float) -> float:
    """Return the chance that the trial is significant, averaged over what is known of the effect.

    The effect is taken as normal around ``effect`` with the standard error ``effect_se`` (O'Hagan, Stevens and Campbell
    2005, doi 10.1002/pst.175, with both directions counted); Gauss-Hermite with 64 nodes. With ``effect_se`` 0 it is
    the power at ``effect``. Raises InputError on a standard error below 0.
    """
    in_range("Effect", effect, -10, 10, "points")
    in_range("Standard error of the effect", effect_se, 0, 10, "points")
    from numpy.polynomial.hermite_e import hermegauss

    nodes, weights = hermegauss(NODES)
    chances = [power(trial, persons, effect + effect_se * float(z)) for z in nodes]
    return float(sum(w * p for w, p in zip(weights, chances, strict=True)) / math.sqrt(2.0 * math.pi))


def sd_from_interval(low: float, high: float, first: int, second: int, level: float = 0.95) -> float:
    """Return the SD of one person that a confidence interval of a difference of two means tells, in points.

    SD = SE / sqrt(1/n1 + 1/n2) with SE = width / (2 z), Cochrane Handbook 6.5.2.3 (large groups: z, not t).
    Raises InputError when the interval is empty or a group has fewer than 2 persons.
    """
    from scipy.special import ndtri

    if not low < high:
        raise InputError("Interval", f"Interval must have its low end below its high end; got {low:g} to {high:g}.")
    in_range("Group size", min(first, second), 2, PERSONS_MAX)
    z = float(ndtri(0.5 + level / 2.0))
    return (high - low) / (2.0 * z) / math.sqrt(1.0 / first + 1.0 / second)
