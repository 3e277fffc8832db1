"""Pooling against metafor's printed figures, statsmodels, PyMARE and a likelihood written a second time."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from pymare import Dataset
from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator
from scipy import optimize, stats
from statsmodels.stats.meta_analysis import combine_effects

from irtherapy.evidence import pool
from irtherapy.evidence.pool import Method
from irtherapy.values import InputError

# BCG vaccine and tuberculosis, 13 trials: Colditz 1994, data set dat.bcg of R metafor (ill and well, vaccine; control).
BCG = (
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
)  # fmt: skip
BCG_Y = [math.log(a / (a + b)) - math.log(c / (c + d)) for a, b, c, d in BCG]
BCG_SE = [math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in BCG]
# Six effects in one unit, our own figures, so that the peers meet a second spread.
SMALL_Y = [0.10, 0.30, 0.35, 0.65, 0.45, 0.15]
SMALL_SE = [0.1732050808, 0.1732050808, 0.2236067977, 0.1, 0.2236067977, 0.1414213562]
trials = st.lists(st.tuples(st.floats(-5.0, 5.0), st.floats(0.05, 3.0)), min_size=3, max_size=12).map(
    lambda pairs: ([y for y, _ in pairs], [se for _, se in pairs])
)


def test_bcg_agrees_with_the_figures_metafor_prints() -> None:
    """metafor's own test-suite (rma.uni against metan, EE and DL) and its printed REML output, four decimals."""
    fixed = pool.combine(BCG_Y, BCG_SE, Method.FIXED)
    assert [round(v, 4) for v in (fixed.estimate, fixed.ci_low, fixed.ci_high, fixed.q)] == [
        -0.4303, -0.5097, -0.3509, 152.2330,
    ]  # fmt: skip
    dl = pool.combine(BCG_Y, BCG_SE, Method.DL)
    assert [round(v, 4) for v in (dl.estimate, dl.ci_low, dl.ci_high)] == [-0.7141, -1.0644, -0.3638]
    reml = pool.combine(BCG_Y, BCG_SE)
    assert [round(v, 4) for v in (reml.estimate, reml.se, reml.ci_low, reml.ci_high, reml.tau2)] == [
        -0.7145, 0.1798, -1.0669, -0.3622, 0.3132,
    ]  # fmt: skip
    assert round(reml.estimate / reml.se, 4) == -3.9744


@pytest.mark.parametrize(("y", "se"), [(BCG_Y, BCG_SE), (SMALL_Y, SMALL_SE)])
def test_fixed_dl_and_hartung_knapp_agree_with_statsmodels(y: list[float], se: list[float]) -> None:
    peer = combine_effects(np.array(y), np.array(se) ** 2, method_re="dl", use_t=False)
    table = peer.summary_frame()
    fixed, dl = pool.combine(y, se, Method.FIXED), pool.combine(y, se, Method.DL)
    hk = pool.combine(y, se, Method.DL, hartung_knapp=True)
    for ours, row in ((fixed, "fixed effect"), (dl, "random effect")):
        theirs = table.loc[row, ["eff", "sd_eff", "ci_low", "ci_upp"]].to_numpy(dtype=float)
        assert np.allclose([ours.estimate, ours.se, ours.ci_low, ours.ci_high], theirs, rtol=0, atol=1e-6)
        column = "w_fe" if ours is fixed else "w_re"
        assert np.allclose(ours.weights, table[column].iloc[: len(y)].to_numpy(dtype=float), rtol=0, atol=1e-6)
    assert dl.tau2 == pytest.approx(peer.tau2, abs=1e-6)
    assert dl.q == pytest.approx(peer.q, abs=1e-6)
    assert dl.i2 == pytest.approx(peer.i2, abs=1e-6)
    assert hk.se == pytest.approx(peer.sd_eff_w_re_hksj, abs=1e-6)
    peer_t = combine_effects(np.array(y), np.array(se) ** 2, method_re="dl", use_t=True).summary_frame()
    theirs = peer_t.loc["random effect wls", ["ci_low", "ci_upp"]].to_numpy(dtype=float)
    assert np.allclose([hk.ci_low, hk.ci_high], theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("y", "se"), [(BCG_Y, BCG_SE), (SMALL_Y, SMALL_SE)])
def test_dl_and_reml_agree_with_pymare(y: list[float], se: list[float]) -> None:
    data = Dataset(y=np.array(y), v=np.array(se) ** 2)
    for estimator, method in (
        (DerSimonianLaird(), Method.DL),
        (VarianceBasedLikelihoodEstimator(method="reml"), Method.REML),
    ):
        theirs = estimator.fit_dataset(data).summary()  # its standard error is that of Hartung and Knapp
        ours = pool.combine(y, se, method, hartung_knapp=True)
        assert ours.estimate == pytest.approx(float(theirs.get_fe_stats()["est"][0, 0]), abs=1e-6)
        assert ours.se == pytest.approx(float(theirs.get_fe_stats()["se"][0, 0]), abs=1e-6)
        assert ours.tau2 == pytest.approx(float(np.ravel(theirs.tau2)[0]), abs=1e-6)


def _restricted(tau2: float, y: np.ndarray, v: np.ndarray) -> float:
    """Minus twice the restricted likelihood from the normal density of the k - 1 contrasts y_i - y_1."""
    contrast = np.hstack([-np.ones((y.size - 1, 1)), np.eye(y.size - 1)])
    cov = contrast @ np.diag(v + tau2) @ contrast.T
    return -2.0 * float(stats.multivariate_normal(cov=cov).logpdf(contrast @ y))


@given(trials)
def test_reml_stands_at_the_top_of_the_likelihood_of_contrasts(case: tuple[list[float], list[float]]) -> None:
    y, v = np.array(case[0]), np.array(case[1]) ** 2
    ours = pool.combine(*case)
    here = _restricted(ours.tau2, y, v)
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 50.0, 25)])
    near = min(grid, key=lambda t: _restricted(t, y, v))
    best = optimize.minimize_scalar(
        _restricted, bounds=(near / 2.0, near * 2.0 + 1e-6), args=(y, v), method="bounded", options={"xatol": 1e-10}
    )
    assert here <= min(best.fun, _restricted(0.0, y, v)) + 1e-7


@given(trials, st.floats(-3.0, 3.0), st.floats(0.1, 10.0))
def test_a_shift_shifts_and_a_unit_scales(case: tuple[list[float], list[float]], shift: float, unit: float) -> None:
    y, se = case
    plain = pool.combine(y, se, Method.DL, hartung_knapp=True)
    moved = pool.combine([unit * (v + shift) for v in y], [unit * s for s in se], Method.DL, hartung_knapp=True)
    assert moved.estimate == pytest.approx(unit * (plain.estimate + shift), abs=1e-7)
    assert moved.ci_high - moved.ci_low == pytest.approx(unit * (plain.ci_high - plain.ci_low), abs=1e-6)
    assert moved.i2 == pytest.approx(plain.i2, abs=1e-6)
    assert sum(plain.weights) == pytest.approx(1.0)
    assert min(y) - 1e-9 <= plain.estimate <= max(y) + 1e-9


def test_prediction_interval_reaches_as_far_as_higgins_2009_says() -> None:
    reml = pool.combine(BCG_Y, BCG_SE)
    reach = stats.t.ppf(0.975, 11) * math.sqrt(reml.tau2 + reml.se**2)
    assert reml.prediction_low == pytest.approx(reml.estimate - reach, abs=1e-9)
    assert reml.prediction_high == pytest.approx(reml.estimate + reach, abs=1e-9)
    assert pool.combine(BCG_Y, BCG_SE, Method.FIXED).prediction_low is None
    assert pool.combine(BCG_Y[:2], BCG_SE[:2]).prediction_low is None


def test_egger_is_the_regression_of_statsmodels() -> None:
    ours = pool.small_study(BCG_Y, BCG_SE)
    y, se = np.array(BCG_Y), np.array(BCG_SE)
    theirs = sm.OLS(y / se, sm.add_constant(1.0 / se)).fit()
    assert ours.intercept == pytest.approx(theirs.params[0], abs=1e-6)
    assert ours.t == pytest.approx(theirs.tvalues[0], abs=1e-6)
    assert ours.p_value == pytest.approx(theirs.pvalues[0], abs=1e-6)
    with pytest.raises(InputError, match="at least 10"):
        pool.small_study(BCG_Y[:9], BCG_SE[:9])
    with pytest.raises(InputError, match="different size"):
        pool.small_study(BCG_Y, [0.2] * 13)


def test_leaving_one_out_leaves_that_one_out() -> None:
    every = pool.leave_one_out(BCG_Y, BCG_SE, Method.DL)
    assert len(every) == 13
    assert every[3] == pool.combine(BCG_Y[:3] + BCG_Y[4:], BCG_SE[:3] + BCG_SE[4:], Method.DL)
    with pytest.raises(InputError, match="at least 3"):
        pool.leave_one_out(BCG_Y[:2], BCG_SE[:2])


def test_quantiles_are_those_of_scipy_stats() -> None:
    for df in (1, 2, 7.5, 60):
        assert pool.t_quantile(0.975, df) == pytest.approx(stats.t.ppf(0.975, df), abs=1e-9)
        assert pool.t_two_sided(-2.2, df) == pytest.approx(2 * stats.t.sf(2.2, df), abs=1e-12)
    assert pool.normal_quantile(0.975) == pytest.approx(stats.norm.ppf(0.975), abs=1e-12)
    assert pool.chi2_above(3.3, 4) == pytest.approx(stats.chi2.sf(3.3, 4), abs=1e-12)


@pytest.mark.parametrize(
    ("y", "se", "words"),
    [
        ([1.0], [1.0], "at least 2"),
        ([1.0, 2.0], [1.0], "as many standard errors"),
        ([1.0, math.nan], [1.0, 1.0], "Effect must be"),
        ([1.0, 2.0], [1.0, 0.0], "Standard error must be"),
    ],
)
def test_what_cannot_be_pooled_is_refused_in_a_sentence(y: list[float], se: list[float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        pool.combine(y, se)


def test_hartung_knapp_of_a_fixed_effect_is_refused() -> None:
    with pytest.raises(InputError, match="random-effects"):
        pool.combine([1.0, 2.0], [1.0, 1.0], Method.FIXED, hartung_knapp=True)
