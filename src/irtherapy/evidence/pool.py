"""Pooling of trial effects: fixed effect, DerSimonian-Laird, REML, Hartung-Knapp, prediction interval, Egger.

Every function takes effects ``y`` and their standard errors ``se``, both of shape (k,), in one unit (points of a scale,
standardised units, log ratio), and returns figures in the same unit; variances in its square. Nothing here decides
whether trials may be pooled: ``trials.check`` and ``answer`` do.

Sources: DerSimonian and Laird, Control Clin Trials 1986;7:177 (moment estimate of the variance between trials);
Viechtbauer, J Educ Behav Stat 2005;30:261 (REML, Fisher scoring); Hartung and Knapp, Stat Med 2001;20:3875 (interval);
Higgins and Thompson, Stat Med 2002;21:1539 (I2 from Q); Higgins, Thompson and Spiegelhalter, J R Stat Soc A
2009;172:137 (prediction interval with k - 2 degrees of freedom); Egger et al., BMJ 1997;315:629 (small-study check),
with at least ten trials as the Cochrane Handbook, chapter 13, asks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from irtherapy.values import InputError, in_range

EGGER_LEAST = 10  # trials; below that the check has next to no power
PREDICTION_LEAST = 3  # trials; the interval has k - 2 degrees of freedom
RANDOM_LEAST = 3  # trials; with two the variance between them is next to unknown
TOLERANCE = 1e-13
ROUNDS = 500
SCAN = 120  # places looked at before climbing


class Method(StrEnum):
    """How the variance between trials is worked out: none at all, by moments, by restricted likelihood."""

    FIXED = "fixed"
    DL = "dersimonian_laird"
    REML = "reml"


@dataclass(frozen=True)
class Pooled:
    """One pooled effect of ``k`` trials, in the unit of the effects.

    ``i2`` is the share 0-1 of the spread that chance does not explain, from Q; ``q_p`` the p value of Q.
    ``prediction_low`` and ``prediction_high``: where the effect in a new, similar trial would lie (None for the fixed
    effect, and below three trials). ``weights`` sum to 1, in the order of the trials. ``ci_level`` 0-1.
    """

    method: Method
    hartung_knapp: bool
    k: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    ci_level: float
    p_value: float
    q: float
    q_p: float
    i2: float
    tau2: float
    prediction_low: float | None
    prediction_high: float | None
    weights: tuple[float, ...]


@dataclass(frozen=True)
class SmallStudy:
    """Egger's regression: ``intercept`` 0 means no trace of small trials telling another story."""

    intercept: float
    se: float
    t: float
    df: int
    p_value: float


def combine(
    y: Sequence[float],
    se: Sequence[float],
    method: Method = Method.REML,
    hartung_knapp: bool = False,
    ci_level: float = 0.95,
) -> Pooled:
    """Return the pooled effect of trials that may be pooled.

    ``hartung_knapp`` takes the interval from t with k - 1 degrees of freedom and the spread seen, without truncation;
    it goes with a random-effects method. Raises InputError for fewer than two trials, unequal lengths, an effect or
    standard error that is not finite, a standard error not above 0, or a level outside 0.5-0.999.
    """
    effect, variance = _checked(y, se)
    level = in_range("Confidence level", ci_level, 0.5, 0.999)
    if hartung_knapp and method is Method.FIXED:
        raise InputError("Hartung-Knapp", "Hartung-Knapp goes with a random-effects method, not with the fixed effect.")
    k = effect.size
    q = _q(effect, variance)
    tau2 = {Method.FIXED: _none, Method.DL: _dl, Method.REML: _reml}[method](effect, variance)
    w = 1.0 / (variance + tau2)
    mean = float(w @ effect / w.sum())
    if hartung_knapp:
        error = math.sqrt(float(w @ (effect - mean) ** 2) / ((k - 1) * float(w.sum())))
        crit, p = t_quantile(0.5 + level / 2.0, k - 1), t_two_sided(mean / error if error else math.inf, k - 1)
    else:
        error = 1.0 / math.sqrt(float(w.sum()))
        crit, p = normal_quantile(0.5 + level / 2.0), normal_two_sided(mean / error)
    low = high = None
    if method is not Method.FIXED and k >= PREDICTION_LEAST:
        reach = t_quantile(0.5 + level / 2.0, k - 2) * math.sqrt(error**2 + tau2)
        low, high = mean - reach, mean + reach
    return Pooled(
        method, hartung_knapp, k, mean, error, mean - crit * error, mean + crit * error, level, p,
        q, chi2_above(q, k - 1), max(0.0, (q - (k - 1)) / q) if q > 0.0 else 0.0, tau2, low, high,
        tuple(float(x) for x in w / w.sum()),
    )  # fmt: skip


def leave_one_out(
    y: Sequence[float], se: Sequence[float], method: Method = Method.REML, hartung_knapp: bool = False
) -> tuple[Pooled, ...]:
    """Return the pooled effect without the first, the second, ... trial. Raises InputError below three trials."""
    if len(y) < 3:
        raise InputError("Trials", f"Leaving one out needs at least 3 trials; got {len(y)}.")
    rest = [[i for i in range(len(y)) if i != left] for left in range(len(y))]
    return tuple(combine([y[i] for i in keep], [se[i] for i in keep], method, hartung_knapp) for keep in rest)


def small_study(y: Sequence[float], se: Sequence[float]) -> SmallStudy:
    """Return Egger's regression of y/se on 1/se. Raises InputError below ten trials or when all errors are equal."""
    effect, variance = _checked(y, se)
    k = effect.size
    if k < EGGER_LEAST:
        raise InputError("Trials", f"The small-study check needs at least {EGGER_LEAST} trials; got {k}.")
    error = np.sqrt(variance)
    x, z = 1.0 / error, effect / error
    spread = float(((x - x.mean()) ** 2).sum())
    if spread <= 1e-12 * float((x**2).sum()):
        raise InputError("Standard errors", "The small-study check needs trials of different size; all are equal.")
    slope = float(((x - x.mean()) * (z - z.mean())).sum()) / spread
    intercept = float(z.mean() - slope * x.mean())
    residual = float(((z - intercept - slope * x) ** 2).sum()) / (k - 2)
    se_intercept = math.sqrt(residual * (1.0 / k + float(x.mean()) ** 2 / spread))
    t = intercept / se_intercept if se_intercept else math.inf
    return SmallStudy(intercept, se_intercept, t, k - 2, t_two_sided(t, k - 2))


def normal_quantile(share: float) -> float:
    """Return the standard normal quantile of ``share`` 0-1."""
    return float(_special().ndtri(share))


def normal_two_sided(z: float) -> float:
    """Return the two-sided p value of a standard normal ``z``."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def t_quantile(share: float, df: float) -> float:
    """Return the quantile of Student's t with ``df`` degrees of freedom."""
    return float(_special().stdtrit(df, share))


def t_two_sided(t: float, df: float) -> float:
    """Return the two-sided p value of Student's ``t`` with ``df`` degrees of freedom."""
    return 2.0 * float(_special().stdtr(df, -abs(t)))


def chi2_above(value: float, df: float) -> float:
    """Return the chance that chi-squared with ``df`` degrees of freedom exceeds ``value``."""
    return float(_special().chdtrc(df, value))


def _special() -> Any:
    from scipy import special  # scipy.stats would cost most of a second

    return special


def _checked(y: Sequence[float], se: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    if len(y) != len(se):
        raise InputError("Trials", f"There must be as many standard errors as effects; got {len(se)} and {len(y)}.")
    if len(y) < 2:
        raise InputError("Trials", f"Pooling needs at least 2 trials; got {len(y)}.")
    effect = np.array([in_range("Effect", v, -1e9, 1e9) for v in y])
    error = np.array([in_range("Standard error", v, 1e-9, 1e9) for v in se])
    return effect, error**2


def _q(y: np.ndarray, v: np.ndarray) -> float:
    w = 1.0 / v
    return float(w @ (y - w @ y / w.sum()) ** 2)


def _none(y: np.ndarray, v: np.ndarray) -> float:
    return 0.0


def _dl(y: np.ndarray, v: np.ndarray) -> float:
    w = 1.0 / v
    return max(0.0, (_q(y, v) - (y.size - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def _reml(y: np.ndarray, v: np.ndarray) -> float:
    """Return tau2 at the top of the restricted likelihood.

    The likelihood may have two tops, so a scan finds the higher one and Fisher scoring climbs it; a step that would
    lead down is halved.
    """
    reach = float(np.ptp(y)) ** 2
    if reach == 0.0:
        return 0.0
    scan = np.concatenate([[0.0, _dl(y, v)], np.geomspace(1e-6, 4.0, SCAN) * reach])
    heights = [_restricted(y, v, float(t)) for t in scan]
    tau2, here = float(scan[int(np.argmax(heights))]), max(heights)
    small = TOLERANCE * (reach + float(v.mean()))
    for _ in range(ROUNDS):
        new = max(0.0, tau2 + _fisher_step(y, v, tau2))
        there = _restricted(y, v, new)
        while there < here and abs(new - tau2) > small:
            new = (new + tau2) / 2.0
            there = _restricted(y, v, new)
        moved, tau2, here = abs(new - tau2), new, there
        if moved <= small:
            break
    return tau2


def _fisher_step(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """Return the step of Fisher scoring: with P = W - W11'W/1'W1, (y'PPy - tr P) / tr PP."""
    w = 1.0 / (v + tau2)
    total, squares = float(w.sum()), float((w**2).sum())
    mean = float(w @ y) / total
    trace_p = total - squares / total
    trace_pp = squares - 2.0 * float((w**3).sum()) / total + (squares / total) ** 2
    return (float(((w * (y - mean)) ** 2).sum()) - trace_p) / trace_pp


def _restricted(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """Return the restricted log-likelihood, up to a constant."""
    w = 1.0 / (v + tau2)
    mean = float(w @ y / w.sum())
    return -0.5 * (float(np.log(v + tau2).sum()) + math.log(float(w.sum())) + float(w @ (y - mean) ** 2))
