"""Simulated persons with a known truth: intervals hold it, the test errs as seldom as it says, beliefs are right."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from irtherapy.outcome import autocorrelation, pairs
from irtherapy.outcome.autocorrelation import Layout

PERSONS = 2000
AUTOCORRELATIONS = (0.0, 0.3, 0.6, 0.9)
SHAPES = ((3, 3), (4, 2), (6, 2), (8, 1), (12, 3))  # pairs, sessions a block


def layout(count: int, sessions: int, first: np.ndarray, washout: float = 1.0) -> Layout:
    """The layout of pairs with so many sessions a block; a pair begins with where ``first`` is 1."""
    steps = np.arange(2 * count * sessions) + np.repeat(np.arange(2 * count), sessions) * washout
    x = np.repeat([float(half) for one in first for half in (one, 1 - one)], sessions)
    return Layout(steps, x, np.repeat(np.arange(count), 2 * sessions))


def people(of: Layout, rho: float, truth: np.ndarray, rng: np.random.Generator, spread: float = 1.5) -> np.ndarray:
    """Ratings (n, m): a slow drift, the truth where it is with, and days that lean on the day before."""
    n, m = len(of.x), len(truth)
    days = np.linalg.cholesky(autocorrelation.correlation(of.steps, max(rho, 1e-12))) @ rng.standard_normal((n, m))
    drift = np.linspace(0, 1, n)[:, None] * rng.uniform(-2, 1, m)
    return 5.0 + drift + of.x[:, None] * truth + spread * days


def pair_differences(of: Layout, y: np.ndarray) -> np.ndarray:
    """The difference of each pair (K, m), by hand."""
    return np.array(
        [
            y[(of.pair == k) & (of.x == 1)].mean(axis=0) - y[(of.pair == k) & (of.x == 0)].mean(axis=0)
            for k in range(of.pair.max() + 1)
        ]
    )


def simulated(count: int, sessions: int, rho: float, truth: float, rng: np.random.Generator) -> np.ndarray:
    """The differences of the pairs of 2000 persons, each with an order of their own."""
    orders, many = np.unique(rng.integers(0, 2, (PERSONS, count)), axis=0, return_counts=True)
    return np.hstack(
        [
            pair_differences(of, people(of, rho, np.full(k, truth), rng))
            for order, k in zip(orders, many, strict=True)
            for of in (layout(count, sessions, order),)
        ]
    )


@pytest.mark.parametrize(("count", "sessions"), SHAPES)
@pytest.mark.parametrize("rho", AUTOCORRELATIONS)
def test_95_percent_intervals_hold_the_truth_in_93_to_97_percent_of_2000_persons(
    count: int, sessions: int, rho: float
) -> None:
    truth = -1.1
    _, low, high = pairs.intervals(simulated(count, sessions, rho, truth, np.random.default_rng(17)))
    assert 0.93 <= ((low < truth) & (truth < high)).mean() <= 0.97


@pytest.mark.parametrize("rho", AUTOCORRELATIONS)
@pytest.mark.parametrize("count", [4, 6, 8])
def test_the_redrawing_test_is_wrong_as_often_as_its_orders_say(count: int, rho: float) -> None:
    p = pairs.redrawn(simulated(count, 2, rho, 0.0, np.random.default_rng(18)))
    exact = np.floor(0.05 * 2**count / 2) * 2 / 2**count  # the share of the most extreme orders that stay within 5 %
    assert (p <= 0.05).mean() == pytest.approx(exact, abs=4 * np.sqrt(0.05 * 0.95 / PERSONS) if exact else 1e-12)
    assert p.min() >= pairs.least_p(count) - 1e-12


def test_the_redrawing_test_finds_what_is_there() -> None:
    p = pairs.redrawn(simulated(8, 3, 0.3, -2.0, np.random.default_rng(19)))
    assert (p <= 0.05).mean() > 0.85


@pytest.mark.parametrize(("count", "sessions"), [(4, 2), (6, 3)])
def test_beliefs_are_calibrated_when_the_truth_comes_from_the_prior(count: int, sessions: int) -> None:
    rng = np.random.default_rng(20)
    below = []
    for _ in range(10):
        of = layout(count, sessions, rng.integers(0, 2, count))
        truth = rng.normal(0, autocorrelation.PRIOR_SD_POINTS, PERSONS // 10)
        rho = rng.uniform(0, autocorrelation.RHO_MAX, len(truth))
        spread = np.exp(rng.uniform(*np.log(autocorrelation.SPREAD_POINTS), len(truth)))
        y = np.hstack([people(of, r, t[None], rng, s) for r, t, s in zip(rho, truth, spread, strict=True)])
        y -= 0  # the drift of ``people`` is no part of the model: it stays, small against the pair effects
        below.append(autocorrelation.posterior(of, y).below(truth))
    place = np.concatenate(below)  # uniform when calibrated
    for share in (0.5, 0.8, 0.95):
        assert (np.abs(place - 0.5) < share / 2).mean() == pytest.approx(share, abs=0.02 if share > 0.9 else 0.035)
    assert place.mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_the_model_with_autocorrelation_is_never_too_sure(rho: float) -> None:
    rng, truth, held = np.random.default_rng(21), 0.7, []
    for _ in range(20):
        of = layout(6, 3, rng.integers(0, 2, 6))
        low, high = autocorrelation.reml(of, people(of, rho, np.full(100, truth), rng)).interval()
        held.append((low < truth) & (truth < high))
    assert 0.93 <= np.mean(held) <= 0.985


def test_least_squares_at_a_given_autocorrelation_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(22)
    of = layout(5, 3, rng.integers(0, 2, 5))
    y = people(of, 0.5, np.array([-0.8]), rng)
    for rho in (0.1, 0.5, 0.8):
        ours = autocorrelation.fit(of, y, np.array([rho]))
        theirs = sm.GLS(y[:, 0], of.design, sigma=autocorrelation.correlation(of.steps, rho)).fit()
        assert ours.estimate[0, 0] == pytest.approx(theirs.params[0], abs=1e-9)
        assert np.sqrt(ours.squares[0, 0] / ours.free * ours.unit_var[0]) == pytest.approx(theirs.bse[0], abs=1e-9)


def test_the_autocorrelation_found_is_near_that_of_statsmodels_on_a_long_series() -> None:
    rng = np.random.default_rng(23)
    of = layout(12, 7, rng.integers(0, 2, 12), washout=0.0)
    y = people(of, 0.6, np.array([-1.0]), rng)
    ours = autocorrelation.reml(of, y)
    theirs = sm.GLSAR(y[:, 0], of.design, rho=1)
    fitted = theirs.iterative_fit(20)
    assert ours.estimate[0] == pytest.approx(fitted.params[0], abs=0.1)
    assert ours.rho[0] == pytest.approx(theirs.rho.item(), abs=0.15)  # theirs is biased down, ours is restricted


def test_without_autocorrelation_the_restricted_model_is_the_mixed_model_of_statsmodels() -> None:
    """One rating a block, pairs as random effects: the difference and its error are those of MixedLM."""
    rng = np.random.default_rng(24)
    of = layout(12, 1, rng.integers(0, 2, 12), washout=50.0)  # so far apart that r^50 is nothing
    y = 5.0 + np.repeat(rng.normal(0, 2, 12), 2) - 1.0 * of.x + rng.normal(0, 1, 24)
    mixed = sm.MixedLM(y, sm.add_constant(of.x), groups=of.pair).fit(reml=True)
    ours = autocorrelation.fit(of, y[:, None], np.array([0.01]))
    assert ours.estimate[0, 0] == pytest.approx(mixed.params[1], abs=1e-6)
    assert np.sqrt(ours.squares[0, 0] / ours.free * ours.unit_var[0]) == pytest.approx(mixed.bse[1], abs=1e-4)
    found = pairs.interval(list(pair_differences(of, y[:, None])[:, 0]))
    assert found.difference == pytest.approx(mixed.params[1], abs=1e-6)
    assert found.standard_error == pytest.approx(mixed.bse[1], abs=1e-4)


def test_the_posterior_is_that_of_brute_force() -> None:
    """All but autocorrelation and spread is one normal of all ratings, pairs nearly flat; those two on a grid."""
    rng = np.random.default_rng(25)
    of = layout(3, 2, np.array([1, 0, 1]))
    y = people(of, 0.4, np.array([-1.0]), rng)[:, 0]
    pair = of.design[:, 1:]
    rho, log_spread = np.linspace(0, 0.95, 121), np.linspace(*np.log(autocorrelation.SPREAD_POINTS), 121)
    log, mean, var = (np.empty((121, 121)) for _ in range(3))
    prior = autocorrelation.PRIOR_SD_POINTS**2
    for i, r in enumerate(rho):
        for j, s in enumerate(log_spread):
            other = np.exp(2 * s) * autocorrelation.correlation(of.steps, max(r, 1e-12)) + 1e6 * pair @ pair.T
            whole = other + prior * np.outer(of.x, of.x)
            solved = np.linalg.solve(whole, np.column_stack([y, of.x]))
            log[i, j] = -0.5 * (y @ solved[:, 0] + np.linalg.slogdet(whole)[1])
            mean[i, j] = prior * of.x @ solved[:, 0]
            var[i, j] = prior - prior**2 * of.x @ solved[:, 1]
    ends = np.r_[0.5, np.ones(119), 0.5]
    weight = np.exp(log - log.max()) * np.outer(ends, ends)
    weight /= weight.sum()
    ours = autocorrelation.posterior(of, y[:, None])
    assert ours.average()[0] == pytest.approx((weight * mean).sum(), abs=2e-3)
    for at in (-2.0, -1.0, 0.0, 0.5):
        below = (weight * stats.norm.cdf((at - mean) / np.sqrt(var))).sum()
        assert ours.below(at)[0] == pytest.approx(below, abs=2e-3)
