"""Many self-trials put together, and how many more persons until the answer is firm.

Each person i brings the difference d_i (with minus without, in points of a 0-10 pain rating; below 0 is less pain) and
its standard error s_i. The model: d_i ~ N(theta_i, s_i^2), theta_i ~ N(mu, tau^2), mu flat, tau half-normal with the
scale ``TAU_SCALE_POINTS`` (Gelman 2006, doi 10.1214/06-BA117A, on priors for the spread of few groups; the scale is
ours: half a point to a point is much for a spread of true effects). mu is integrated out in closed form given tau
(Gelman et al., Bayesian Data Analysis, 3rd ed., 5.4), tau by a grid, so the posterior is a mixture of normals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from irtherapy.evidence.planner import least
from irtherapy.values import InputError, in_range

TAU_SCALE_POINTS = 1.0
TAU_NODES = 120
TAU_REACH = 6.0  # of the grid, in scales: beyond it the prior has less than 1e-8
MORE_MAX = 100_000
FIRM_CHANCE = 0.8


@dataclass(frozen=True)
class SelfTrial:
    """One person's finished self-trial: the difference with minus without and its standard error, in points."""

    person: str
    difference: float
    standard_error: float


@dataclass(frozen=True)
class Posterior:
    """What is known of the mean effect ``mu`` and of the spread ``tau`` of the true effects, in points.

    ``low`` to ``high`` holds 95 % of mu; ``chance_below_zero`` that mu is less pain; ``chance_worthwhile`` that it is
    at least the smallest worthwhile difference less; ``next_low`` to ``next_high`` holds the true effect of 95 % of
    further persons. ``persons`` are the single effects, drawn towards the mean: (person, mean, SD).
    """

    mean: float
    sd: float
    low: float
    high: float
    chance_below_zero: float
    chance_worthwhile: float
    tau: float
    next_low: float
    next_high: float
    persons: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Firmness:
    """Whether the answer is firm, and how many more persons it takes.

    ``answer``: "less_pain", "more_pain", "no_difference_that_matters" or "open". ``more``: the fewest further persons
    after which the answer is firm with a chance of 80 %, 0 when it is firm, None beyond 100 000.
    ``chance`` is that chance. ``person_variance``: the variance a further person's difference is taken to have.
    """

    answer: str
    more: int | None
    chance: float
    person_variance: float


@dataclass(frozen=True)
class _Mixture:
    weight: np.ndarray  # (k,) of each tau
    mean: np.ndarray  # (k,) of mu given tau
    sd: np.ndarray  # (k,)

    def below(self, x: float) -> float:
        from scipy.special import ndtr

        return float(self.weight @ ndtr((x - self.mean) / self.sd))

    def quantile(self, share: float) -> float:
        low = float(np.min(self.mean - 12.0 * self.sd))
        high = float(np.max(self.mean + 12.0 * self.sd))
        while high - low > 1e-9:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.below(middle) < share else (low, middle)
        return 0.5 * (low + high)


def checked(trials: Sequence[SelfTrial]) -> tuple[SelfTrial, ...]:
    """Return the trials, or raise InputError: two persons at least, each once, figures in range."""
    if len(trials) < 2:
        raise InputError("Self-trials", f"Self-trials must come from at least 2 persons; got {len(trials)}.")
    seen: set[str] = set()
    for one in trials:
        if one.person in seen:
            raise InputError("Person", f"Person {one.person[:40]!r} appears twice; give one difference a person.")
        seen.add(one.person)
        in_range("Difference", one.difference, -10, 10, "points")
        in_range("Standard error", one.standard_error, 0.01, 10, "points")
    return tuple(trials)


def posterior(trials: Sequence[SelfTrial], worthwhile: float, tau_scale: float = TAU_SCALE_POINTS) -> Posterior:
    """Return what the self-trials tell together. ``worthwhile`` is the smallest worthwhile difference, in points.

    Raises InputError on fewer than two persons, a person twice, or a figure out of range.
    """
    trials = checked(trials)
    in_range("Smallest worthwhile difference", worthwhile, 0.05, 10, "points")
    in_range("Scale of the spread", tau_scale, 0.01, 10, "points")
    d = np.array([t.difference for t in trials])
    s2 = np.array([t.standard_error for t in trials]) ** 2
    tau, mixture = _mixture(d, s2, tau_scale)
    mean = float(mixture.weight @ mixture.mean)
    variance = float(mixture.weight @ (mixture.sd**2 + mixture.mean**2)) - mean**2
    further = _Mixture(mixture.weight, mixture.mean, np.sqrt(mixture.sd**2 + tau**2))
    return Posterior(
        mean=mean,
        sd=math.sqrt(variance),
        low=mixture.quantile(0.025),
        high=mixture.quantile(0.975),
        chance_below_zero=mixture.below(0.0),
        chance_worthwhile=mixture.below(-worthwhile),
        tau=math.sqrt(float(mixture.weight @ tau**2)),
        next_low=further.quantile(0.025),
        next_high=further.quantile(0.975),
        persons=tuple(
            (one.person, *_shrunken(float(x), float(v), tau, mixture)) for one, x, v in zip(trials, d, s2, strict=True)
        ),
    )


@cache
def _gauss() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(TAU_NODES)


def _mixture(d: np.ndarray, s2: np.ndarray, tau_scale: float) -> tuple[np.ndarray, _Mixture]:
    """Return the grid of tau (k,) and, for each, its weight and the normal of mu."""
    node, width = _gauss()
    reach = TAU_REACH * tau_scale
    tau = 0.5 * reach * (node + 1.0)
    precision = 1.0 / (s2[None, :] + tau[:, None] ** 2)
    total = precision.sum(axis=1)
    mean = (precision * d).sum(axis=1) / total
    log = 0.5 * np.log(precision).sum(axis=1) - 0.5 * np.log(total)
    log -= 0.5 * (precision * (d - mean[:, None]) ** 2).sum(axis=1)
    log -= 0.5 * (tau / tau_scale) ** 2
    weight = width * np.exp(log - log.max())
    return tau, _Mixture(weight / weight.sum(), mean, 1.0 / np.sqrt(total))


def _shrunken(x: float, v: float, tau: np.ndarray, mixture: _Mixture) -> tuple[float, float]:
    """Return mean and SD of one person's true effect given all (Bayesian Data Analysis 5.4, eq. 5.17)."""
    share = tau**2 / (tau**2 + v)
    mean = share * x + (1.0 - share) * mixture.mean
    var = share * v + ((1.0 - share) * mixture.sd) ** 2
    middle = float(mixture.weight @ mean)
    return middle, math.sqrt(float(mixture.weight @ (var + mean**2)) - middle**2)


def firmness(trials: Sequence[SelfTrial], worthwhile: float, known: Posterior | None = None) -> Firmness:
    """Return whether the answer is firm, and how many more persons it takes.

    Firm: the 95 % interval of the mean effect leaves out zero, or lies inside the smallest worthwhile difference.
    Further persons are taken to be like these: a variance of tau^2 plus the median s_i^2 each. After m more the mean is
    expected to be spread around today's with the variance that is lost on the way (a normal preposterior analysis).
    """
    known = known or posterior(trials, worthwhile)
    variance = known.tau**2 + float(np.median([t.standard_error**2 for t in trials]))
    answer = judged(known.low, known.high, worthwhile)
    if answer != "open":
        return Firmness(answer, 0, 1.0, variance)
    more = _fewest(known, worthwhile, variance)
    return Firmness(answer, more, 0.0 if more is None else chance_firm(known, worthwhile, variance, more), variance)


def judged(low: float, high: float, worthwhile: float) -> str:
    """Return the answer that an interval gives."""
    if high < 0.0:
        return "less_pain"
    if low > 0.0:
        return "more_pain"
    return "no_difference_that_matters" if low > -worthwhile and high < worthwhile else "open"


def chance_firm(known: Posterior, worthwhile: float, person_variance: float, more: int) -> float:
    """Return the chance that the answer is firm after ``more`` further persons."""
    from scipy.special import ndtr, ndtri

    z = float(ndtri(0.975))
    after = 1.0 / (1.0 / known.sd**2 + more / person_variance)
    step = math.sqrt(max(known.sd**2 - after, 0.0))
    half = z * math.sqrt(after)
    if step == 0.0:
        return float(judged(known.mean - half, known.mean + half, worthwhile) != "open")
    away = float(ndtr((-half - known.mean) / step)) + float(ndtr((known.mean - half) / step))
    inner = min(worthwhile - half, half)  # what lies further out already leaves out zero
    inside = float(ndtr((inner - known.mean) / step)) - float(ndtr((-inner - known.mean) / step)) if inner > 0 else 0.0
    return away + inside


def _fewest(known: Posterior, worthwhile: float, person_variance: float) -> int | None:
    return least(lambda m: chance_firm(known, worthwhile, person_variance, m) >= FIRM_CHANCE, 1, MORE_MAX)
