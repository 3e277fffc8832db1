"""Effects from printed figures: each rule against another route to the same figure, and refusals."""

from __future__ import annotations

import math

import pytest
import trial_table
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.proportion import confint_proportions_2indep

from irtherapy.evidence import effect, trials
from irtherapy.evidence.trials import Trial
from irtherapy.values import InputError

SHIPPED = {t.id: t for t in trial_table.shipped()}
BARE = {"ci_low": "", "ci_high": "", "mark": "derived"}


def one(change: dict[str, str]) -> Trial:
    return trials.load(trial_table.text(change))[0]


def spread(trial: Trial) -> tuple[float, float, float]:
    found = effect.of(trial)
    assert found is not None and found.se and found.ci_low is not None and found.ci_high is not None
    return found.se, found.ci_low, found.ci_high


@given(st.floats(0.2, 5.0), st.floats(0.2, 4.0), st.integers(5, 200), st.integers(5, 200))
def test_a_p_value_gives_back_the_standard_error_it_came_from(difference: float, sd: float, n1: int, n2: int) -> None:
    se = sd * math.sqrt(1 / n1 + 1 / n2)
    t, p = stats.ttest_ind_from_stats(-difference, sd, n1, 0.0, sd, n2)
    if not 1e-12 < p < 0.999:
        return
    row = one({"effect": repr(-difference), "rule": "p", "p_value": repr(float(p)), "n_active": str(n1),
               "n_control": str(n2), "n_analysed": str(n1 + n2)} | BARE)  # fmt: skip
    got, low, high = spread(row)
    assert got == pytest.approx(se, rel=1e-6)
    reach = stats.t.ppf(0.975, n1 + n2 - 2) * se
    assert (low, high) == pytest.approx((-difference - reach, -difference + reach), rel=1e-6)
    assert effect.standardised(row).estimate == pytest.approx(
        effectsize_smd(-difference, sd, n1, 0.0, sd, n2)[0], rel=1e-6
    )


def test_hedges_g_and_its_variance_are_those_of_statsmodels() -> None:
    """Nadler 2003: 1.76 (SE 0.10) with 95 people, 1.05 (SE 0.11) with 96."""
    ours = effect.standardised(SHIPPED["T28"])
    g, var = effectsize_smd(1.76, 0.10 * math.sqrt(95), 95, 1.05, 0.11 * math.sqrt(96), 96)
    assert ours.estimate == pytest.approx(g, rel=1e-12)
    assert ours.se == pytest.approx(math.sqrt(var), rel=1e-12)


def test_printed_intervals_are_shown_as_printed_and_not_called_derived() -> None:
    """Guimaraes 2021: 0.01 (-0.94 to 0.96)."""
    found = effect.of(SHIPPED["T11"])
    assert found is not None
    assert (found.estimate, found.ci_low, found.ci_high, found.derived) == (0.01, -0.94, 0.96, "")
    assert found.se == pytest.approx(1.90 / (2 * stats.norm.ppf(0.975)))


@pytest.mark.parametrize(("row", "p"), [("T28", 0.001), ("T29", 0.008)])
def test_standard_errors_of_the_arms_agree_with_the_p_value_of_the_same_abstract(row: str, p: float) -> None:
    """Nadler 2003 prints p below 0.001 for relief and 0.008 for stiffness: so the +/- are standard errors, not SDs."""
    found = effect.of(SHIPPED[row])
    assert found is not None and found.se
    ours = 2 * stats.t.sf(abs(found.estimate / found.se), 189)
    assert ours < 0.001 if p == 0.001 else ours == pytest.approx(p, abs=0.002)


def test_shares_are_the_wald_interval_of_statsmodels() -> None:
    """Mayer 2005: 72 % of 24 and 19 % of 26, from the rounded shares."""
    _, low, high = spread(SHIPPED["T35a"])
    expected = confint_proportions_2indep(0.72 * 24, 24, 0.19 * 26, 26, method="wald", compare="diff")
    assert (low, high) == pytest.approx(expected, abs=1e-9)


def test_a_trial_without_spread_has_an_effect_and_no_interval() -> None:
    found = effect.of(SHIPPED["T01"])
    assert found is not None and found.estimate == -2.5 and found.se is None and found.ci_low is None


def test_only_p_and_a_direction_give_a_standardised_effect_of_that_direction() -> None:
    row = {"effect": "", "measure": "", "unit": "", "rule": "p", "p_value": "0.01"} | BARE
    assert effect.of(one(row)) is None
    assert effect.standardised(one(row)).estimate < 0.0 < effect.standardised(SHIPPED["T31"]).estimate
    worse = effect.standardised(one(row | {"finding": "favours_control"}))
    assert worse.estimate == -effect.standardised(one(row)).estimate
    with pytest.raises(InputError, match="which way the difference went"):
        effect.standardised(one(row | {"finding": "unclear"}))


def test_a_standardised_effect_without_numbers_per_arm_is_refused() -> None:
    with pytest.raises(InputError, match="numbers per arm"):
        effect.standardised(SHIPPED["T38"])
