"""Pairs of blocks, with and without, in a drawn order: the interval of the difference and the test by redrawing.

The difference of a pair is the mean of its block with minus the mean of its block without. Over the pairs, Student's t:
whatever the autocorrelation of the days inside a block does is in the spread of the differences already, and what goes
from pair to pair changes its sign by the drawn order. The test (Fisher 1935; Edgington and Onghena, Randomization
Tests, 4th ed., chapter 12) counts all 2^K orders that could have been drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import InputError

Array = NDArray[np.float64]

PAIRS_LEAST = 3  # below it there is no telling how much the differences vary
PAIRS_MOST = 12
TIE = 1e-9


@dataclass(frozen=True)
class Interval:
    """A difference in points with the ends of its 95 % interval and its standard error."""

    difference: float
    low: float
    high: float
    standard_error: float
    pairs: int


def differences(pair: Sequence[int], x: Sequence[bool], y: Sequence[float]) -> dict[int, float]:
    """Return the difference with minus without of each pair that has both, by the number of the pair."""
    out = {}
    for k in sorted(set(pair)):
        halves = [[v for p, w, v in zip(pair, x, y, strict=True) if p == k and w is which] for which in (True, False)]
        if all(halves):
            out[k] = sum(halves[0]) / len(halves[0]) - sum(halves[1]) / len(halves[1])
    return out


def intervals(d: Array, level: float = 0.95) -> tuple[Array, Array, Array]:
    """Return (mean, low, high) of the differences d (K, m) of m persons, by Student's t with K - 1."""
    from scipy.special import stdtrit

    many = d.shape[0]
    mean = d.mean(axis=0)
    half = stdtrit(many - 1, 0.5 + level / 2.0) * d.std(axis=0, ddof=1) / math.sqrt(many)
    return mean, mean - half, mean + half


def interval(d: Sequence[float]) -> Interval:
    """Return the mean difference and its 95 % interval. Raises InputError on fewer than 3 pairs."""
    if len(d) < PAIRS_LEAST:
        raise InputError("Pairs", f"Pairs must be at least {PAIRS_LEAST}; got {len(d)}.")
    column = np.array(d, dtype=float)[:, None]
    mean, low, high = (float(end[0]) for end in intervals(column))
    return Interval(mean, low, high, float(column.std(ddof=1)) / math.sqrt(len(d)), len(d))


def redrawn(d: Array) -> Array:
    """Return the two-sided p of each of m persons from the differences d (K, m), over all 2^K orders.

    Raises InputError beyond 12 pairs.
    """
    many = d.shape[0]
    if not 1 <= many <= PAIRS_MOST:
        raise InputError("Pairs", f"Pairs must be 1 to {PAIRS_MOST}; got {many}.")
    signs = 1.0 - 2.0 * ((np.arange(2**many)[:, None] >> np.arange(many)[None, :]) & 1)
    all_means = np.abs(signs @ d) / many
    return np.asarray((all_means >= np.abs(d.mean(axis=0)) - TIE).mean(axis=0))


def least_p(pairs: int) -> float:
    """Return the smallest p that a test by redrawing can reach: both signs of the one most extreme order."""
    return float(min(1.0, 2.0 ** (1 - pairs)))
