"""How much a series of daily figures changed from its first to its last day, with an honest interval.

The model: a straight line and errors whose correlation falls off with the days between them, corr = phi^|days| (an
autoregression of order one, in continuous time, so that missing days do no harm). Daily pain is alike from day to day;
an ordinary t interval takes the days as unrelated and is then too narrow (Tang and Landes 2020, doi
10.1371/journal.pone.0228077). With few days phi cannot be estimated well, and putting in an estimate is too narrow as
well. So it is not estimated but integrated out: flat priors for the line, 1/sigma for the spread, and for phi a Beta
prior whose shape is ours (``PHI_PRIOR``). Given phi the posterior of the change is Student's t about the generalised
least squares estimate (Zellner 1971, An Introduction to Bayesian Inference in Econometrics, ch. 4); the interval is
that of the mixture over phi. Coverage is tested by simulation over phi and the number of days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from irtherapy.values import InputError

PHI_PRIOR = (2.0, 3.0)  # Beta(a, b): mean 0.4; days are rarely unrelated, seldom nearly the same
PHI_NODES = 32
DAYS_MIN = 3
LEAST_SQUARES = 1e-12  # a series that lies on a line has no spread to speak of
HALVINGS = 40


@dataclass(frozen=True)
class Drift:
    """A change over ``span_days``: ``low`` to ``high`` holds 95 %; ``begin`` is where the line begins."""

    days: int
    span_days: float
    begin: float
    change: float
    low: float
    high: float
    phi: float


def drift(day: Sequence[float], value: Sequence[float], level: float = 0.95) -> Drift:
    """Return the change along a straight line from the first to the last day.

    ``day``: rising, one figure a day (average several beforehand). Raises InputError on fewer than three days, days out
    of order, or figures that are not finite.
    """
    x, y = np.asarray(day, dtype=float), np.asarray(value, dtype=float)
    if x.size < DAYS_MIN or x.size != y.size:
        raise InputError("Days", f"Days must be {DAYS_MIN} or more, each with one figure; got {x.size}.")
    gap = np.diff(x)
    if not (np.isfinite(x).all() and np.isfinite(y).all() and (gap > 0).all()):
        raise InputError("Days", "Days must be finite and rising, with one finite figure each.")
    span = float(x[-1] - x[0])
    where = (x - x[0]) / span  # 0 at the first day, 1 at the last: its coefficient is the change
    phi, prior = _nodes()
    design = np.column_stack((np.ones_like(where), where))
    weight, fit, scale = _posteriors(design, y, gap, phi)
    weight = np.exp(weight - weight.max()) * prior
    weight /= weight.sum()
    tail = 0.5 * (1.0 - level)
    middle, low, high = _quantiles(weight, fit[:, 1], scale, x.size - 2, np.array([0.5, tail, 1.0 - tail]))
    return Drift(int(x.size), span, float(weight @ fit[:, 0]), middle, low, high, float(weight @ phi))


def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes of phi on 0 to 1 and the prior weight of each (Gauss-Legendre)."""
    node, width = np.polynomial.legendre.leggauss(PHI_NODES)
    phi = 0.5 * (node + 1.0)
    a, b = PHI_PRIOR
    return phi, width * phi ** (a - 1.0) * (1.0 - phi) ** (b - 1.0)


def _posteriors(
    design: np.ndarray, y: np.ndarray, gap: np.ndarray, phi: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each phi the log of its likelihood, the line (k, 2), and the scale of its change.

    The errors are whitened day by day, e_i - r_i e_(i-1) over sqrt(1 - r_i^2) with r_i = phi^gap_i: work grows with
    the days and not with their cube.
    """
    n, p = design.shape
    r = phi[:, None] ** gap
    spread = np.sqrt(1.0 - r * r)
    first = np.ones((phi.size, 1))
    white = [
        np.concatenate((first * one[0], (one[1:] - r * one[:-1]) / spread), axis=1) for one in (*design.T, y)
    ]  # each (k, n)
    table = np.stack(white[:-1], axis=2)
    normal = np.linalg.inv(np.swapaxes(table, 1, 2) @ table)
    fit = np.einsum("kij,knj,kn->ki", normal, table, white[-1])
    rest = white[-1] - np.einsum("knj,kj->kn", table, fit)
    squares = np.maximum((rest * rest).sum(axis=1), LEAST_SQUARES)
    told = 0.5 * np.linalg.slogdet(normal)[1] - np.log(spread).sum(axis=1) - 0.5 * (n - p) * np.log(squares)
    return told, fit, np.sqrt(squares / (n - p) * normal[:, 1, 1])


def _quantiles(weight: np.ndarray, mean: np.ndarray, scale: np.ndarray, free: int, share: np.ndarray) -> list[float]:
    """Return quantiles of the mixture of Student's t, each between the least and greatest of its parts."""
    parts = mean + scale * stdtrit(free, share[:, None])  # (q, k)
    low, high = parts.min(axis=1), parts.max(axis=1)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        below = stdtr(free, (middle[:, None] - mean) / scale) @ weight < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return [float(v) for v in 0.5 * (low + high)]
