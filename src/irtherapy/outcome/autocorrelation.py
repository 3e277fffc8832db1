"""Pain of one person over time with and without something, when a bad day is followed by a bad day.

The model of n ratings y of one person in K pairs of blocks:

    y = Z a + x d + e,    e ~ N(0, s^2 R(r)),    R(r)_ij = r^|t_i - t_j|

Z tells the pair (so slow change over the weeks falls out), x is 1 where the block was drawn "with", d is the difference
(with minus without), t counts in steps between two planned sessions, r is the autocorrelation of one step.

``reml``: d by generalised least squares at the r of the restricted likelihood, with the variance and the degrees of
freedom of Kenward and Roger (1997, doi 10.2307/2533558). ``posterior``: d ~ N(0, prior SD^2), r uniform, s uniform in
its logarithm, a flat; given r and s it is a normal in closed form, and those two go over a grid, so it is a mixture of
normals. All take many persons of one design at once, as columns of y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import InputError

Array = NDArray[np.float64]

PRIOR_SD_POINTS = 1.5
SPREAD_POINTS = (0.2, 5.0)  # of s, uniform in its logarithm
RHO_MAX = 0.95
RHO_LEAST = 0.01  # below it the derivative of the correlation has no use
RHO_NODES, SPREAD_NODES = 24, 32
REML_STEPS = 95


@dataclass(frozen=True)
class Layout:
    """When one person was asked and what was drawn: ``steps`` (n,), ``x`` (n,) 0 or 1, ``pair`` (n,) from 0."""

    steps: Array
    x: Array
    pair: NDArray[np.int64]

    @property
    def design(self) -> Array:
        """The matrix (n, 1 + K): x, then one column a pair that is there."""
        there = np.unique(self.pair)
        return np.column_stack([self.x, (self.pair[:, None] == there[None, :]).astype(float)])


@dataclass(frozen=True)
class Fitted:
    """The generalised least squares at each r of a grid of g, for m persons.

    ``estimate`` (g, m) of d, ``unit_var`` (g,) its variance for s = 1, ``squares`` (g, m) what is left over,
    ``log_det`` (g,): log |R| + log |X'R^-1 X|, ``free``: n less the columns of the design.
    """

    rho: Array
    estimate: Array
    unit_var: Array
    squares: Array
    log_det: Array
    free: int


@dataclass(frozen=True)
class Reml:
    """The difference d of each of m persons with its standard error, degrees of freedom and autocorrelation."""

    estimate: Array
    standard_error: Array
    degrees: Array
    rho: Array

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Return the ends of the interval by Student's t."""
        from scipy.special import stdtrit

        half = stdtrit(self.degrees, 0.5 + level / 2.0) * self.standard_error
        return self.estimate - half, self.estimate + half


@dataclass(frozen=True)
class Mixture:
    """A mixture of normals for d, for m persons: ``weight``, ``mean`` (k, m) and ``sd`` (k, m)."""

    weight: Array
    mean: Array
    sd: Array

    def below(self, x: float | Array) -> Array:
        """Return the chance that d lies below x, for each person."""
        from scipy.special import ndtr

        return (self.weight * ndtr((x - self.mean) / self.sd)).sum(axis=0)

    def average(self) -> Array:
        """Return the mean of d, for each person."""
        return (self.weight * self.mean).sum(axis=0)

    def quantile(self, share: float) -> Array:
        """Return the point below which d lies with a chance of ``share``, to 1e-9 points."""
        low = (self.mean - 12.0 * self.sd).min(axis=0)
        high = (self.mean + 12.0 * self.sd).max(axis=0)
        while float((high - low).max()) > 1e-9:
            middle = 0.5 * (low + high)
            under = self.below(middle) < share
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return 0.5 * (low + high)


def correlation(steps: Array, rho: float) -> Array:
    """Return R (n, n). At one time asked twice, the two are taken to be one step of 0.1 apart."""
    return np.asarray(rho ** _apart(steps))


def _apart(steps: Array) -> Array:
    apart = np.abs(steps[:, None] - steps[None, :])
    return np.where(np.eye(len(steps), dtype=bool), 0.0, np.maximum(apart, 0.1))


def fit(of: Layout, y: Array, rho: Array) -> Fitted:
    """Return the generalised least squares fits of y (n, m) at each autocorrelation of ``rho``.

    Raises InputError when too few ratings are left to tell a spread, or no pair has both.
    """
    design = of.design
    n, p = design.shape
    if n - p < 1 or np.linalg.matrix_rank(design) < p:
        raise InputError("Ratings", "Ratings must come from both halves of at least two pairs.")
    rows = []
    for r in rho:
        inverse = np.linalg.inv(correlation(of.steps, float(max(r, 1e-12))))
        inner = np.linalg.inv(design.T @ inverse @ design)
        beta = inner @ (design.T @ inverse @ y)
        left = y - design @ beta
        log_det = -np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(inner)[1]
        rows.append((beta[0], inner[0, 0], np.einsum("ij,ij->j", left, inverse @ left), log_det))
    estimate, unit_var, squares, log_det = (np.array(column) for column in zip(*rows, strict=True))
    return Fitted(np.asarray(rho, dtype=float), estimate, unit_var, np.maximum(squares, 1e-12), log_det, n - p)


def reml(of: Layout, y: Array) -> Reml:
    """Return the difference of each column of y (n, m) with its Kenward-Roger standard error and degrees of freedom."""
    grid = np.linspace(RHO_LEAST, RHO_MAX, REML_STEPS)
    fitted = fit(of, y, grid)
    likely = -0.5 * fitted.log_det[:, None] - 0.5 * fitted.free * np.log(fitted.squares)
    best = likely.argmax(axis=0)
    column = np.arange(y.shape[1])
    spread = np.sqrt(fitted.squares[best, column] / fitted.free * fitted.unit_var[best])
    corrected = {int(k): _kenward_roger(of, float(grid[k])) for k in np.unique(best)}
    more, degrees = np.array([corrected[int(k)] for k in best]).T
    return Reml(fitted.estimate[best, column], spread * np.sqrt(more), degrees, grid[best])


def _kenward_roger(of: Layout, rho: float) -> tuple[float, float]:
    """Return (by what the variance of d grows, degrees of freedom); neither depends on s.

    Kenward and Roger 1997: adjusted covariance of section 2 with the second derivatives of V, for theta = (s^2, r);
    for one contrast their degrees of freedom are Satterthwaite's, 2 v^2 / (g' W g).
    """
    x = of.design
    apart = _apart(of.steps)
    inverse = np.linalg.inv(rho**apart)
    first = np.where(apart > 0, apart * rho ** (apart - 1.0), 0.0)
    second = np.where(apart > 0, apart * (apart - 1.0) * rho ** (apart - 2.0), 0.0)
    slopes = (rho**apart, first)
    phi = np.linalg.inv(x.T @ inverse @ x)
    whitened = [inverse @ slope for slope in slopes]
    p = [-x.T @ w @ inverse @ x for w in whitened]
    q = [[x.T @ a @ b @ inverse @ x for b in whitened] for a in whitened]
    information = np.array(
        [
            [
                0.5 * (np.sum(a * b.T) - np.trace(2.0 * phi @ q[i][j] - phi @ p[i] @ phi @ p[j]))
                for j, b in enumerate(whitened)
            ]
            for i, a in enumerate(whitened)
        ]
    )
    w = np.linalg.inv(information)
    mixed, twice = (x.T @ inverse @ slope @ inverse @ x for slope in (first, second))
    curved = [[np.zeros_like(mixed), mixed], [mixed, twice]]
    inside = sum(w[i, j] * (q[i][j] - p[i] @ phi @ p[j] - 0.25 * curved[i][j]) for i in range(2) for j in range(2))
    adjusted = phi + 2.0 * phi @ inside @ phi
    gradient = np.array([-(phi @ one @ phi)[0, 0] for one in p])
    degrees = 2.0 * phi[0, 0] ** 2 / float(gradient @ w @ gradient)
    return float(max(adjusted[0, 0] / phi[0, 0], 1.0)), float(max(degrees, 1.0))


def posterior(of: Layout, y: Array, prior_sd: float = PRIOR_SD_POINTS) -> Mixture:
    """Return what is known of d for each column of y (n, m), as a mixture of normals over the grid of r and s."""
    rho, rho_weight = _nodes(RHO_NODES, 0.0, RHO_MAX)
    log_spread, spread_weight = _nodes(SPREAD_NODES, *np.log(SPREAD_POINTS))
    fitted = fit(of, y, rho)
    s2 = np.exp(2.0 * log_spread)[None, :, None]
    v = fitted.unit_var[:, None, None] * s2
    estimate = fitted.estimate[:, None, :]
    log = -0.5 * fitted.log_det[:, None, None] - 0.5 * fitted.free * np.log(s2)
    log = log - 0.5 * fitted.squares[:, None, :] / s2
    log = log - 0.5 * np.log(v + prior_sd**2) - 0.5 * estimate**2 / (v + prior_sd**2)  # d integrated out
    log = log + np.log(rho_weight[:, None] * spread_weight[None, :])[:, :, None]
    flat = log.reshape(-1, y.shape[1])
    weight = np.exp(flat - flat.max(axis=0))
    variance = np.broadcast_to(1.0 / (1.0 / prior_sd**2 + 1.0 / v), log.shape)
    mean = variance / v * estimate
    return Mixture(weight / weight.sum(axis=0), mean.reshape(flat.shape), np.sqrt(variance).reshape(flat.shape))


def _nodes(many: int, low: float, high: float) -> tuple[Array, Array]:
    """Return nodes and weights of Gauss and Legendre between two ends."""
    node, weight = np.polynomial.legendre.leggauss(many)
    return 0.5 * (high - low) * (node + 1.0) + low, 0.5 * (high - low) * weight
