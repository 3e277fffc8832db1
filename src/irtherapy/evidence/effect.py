"""From a trial's printed figures to an effect with a standard error, by a stated rule and never by a guess.

Rules, from the Cochrane Handbook for Systematic Reviews of Interventions, chapter 6 (version 6.5): 6.3.1 standard error
from a confidence interval; 6.5.2.2 a standard deviation from the standard error of one arm's mean; 6.5.2.3 a standard
error from an exact p value by way of t. A p value told only as "below 0.05" is not used. Standardised differences are
Hedges' g with the variance of RevMan (Deeks and Higgins, Statistical algorithms in Review Manager 5, 2010).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from irtherapy.evidence import pool
from irtherapy.evidence.trials import Finding, Measure, Rule, Trial
from irtherapy.values import InputError

Z95 = 1.959963984540054  # standard normal quantile of 0.975
RULES = {
    Rule.CI: "interval as printed",
    Rule.ARM_SE: "interval derived from the standard errors of the two arms",
    Rule.P: "interval derived from the exact p value",
    Rule.SHARES: "interval derived from the shares and numbers of the two arms",
}


@dataclass(frozen=True)
class Effect:
    """An effect, active minus control, with its spread, in ``unit``. ``derived`` says by which rule, "" when printed.

    ``se`` and the interval are None when the spread was not seen.
    """

    estimate: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    unit: str
    measure: Measure
    derived: str


def of(trial: Trial) -> Effect | None:
    """Return the trial's effect in its own unit, or None when no effect between arms was seen."""
    estimate = trial.effect
    if trial.rule is Rule.SHARES or (estimate is None and trial.share_active is not None):
        estimate = _some(trial.share_active) - _some(trial.share_control)
    if estimate is None or trial.measure is None:
        return None
    if trial.rule is None:
        return Effect(estimate, None, None, None, trial.unit, trial.measure, "")
    if trial.rule is Rule.CI:
        low, high = _some(trial.ci_low), _some(trial.ci_high)
        return Effect(estimate, (high - low) / (2.0 * Z95), low, high, trial.unit, trial.measure, "")
    se = _standard_error(trial, estimate)
    reach = _reach(trial) * se
    return Effect(
        estimate, se, estimate - reach, estimate + reach, trial.unit, trial.measure, RULES[trial.rule]
    )  # fmt: skip


def _standard_error(trial: Trial, estimate: float) -> float:
    if trial.rule is Rule.ARM_SE:
        return math.hypot(_some(trial.se_active), _some(trial.se_control))
    if trial.rule is Rule.SHARES:
        a, c = _some(trial.share_active), _some(trial.share_control)
        return math.sqrt(a * (1.0 - a) / _some(trial.n_active) + c * (1.0 - c) / _some(trial.n_control))
    return abs(estimate) / t_of(trial)


def _reach(trial: Trial) -> float:
    """Return how many standard errors the 95 % interval reaches: t for means, normal for shares."""
    if trial.rule is Rule.SHARES or trial.measure is Measure.RISK_DIFFERENCE:
        return Z95
    return pool.t_quantile(0.975, _some(trial.n_analysed) - 2)


def t_of(trial: Trial) -> float:
    """Return the size of t (of z for shares) that goes with the trial's exact two-sided p value.

    Raises InputError when p is not known or leaves nothing to divide by.
    """
    if trial.p_value is None or trial.n_analysed is None or not 0.0 < trial.p_value < 1.0:
        raise InputError(
            trial.id, f"Trial {trial.id}: an exact p value between 0 and 1 and the number analysed are needed."
        )
    if trial.measure is Measure.RISK_DIFFERENCE:
        return -pool.normal_quantile(trial.p_value / 2.0)
    return -pool.t_quantile(trial.p_value / 2.0, trial.n_analysed - 2)


def standardised(trial: Trial) -> Effect:
    """Return Hedges' g of a trial: from means and spreads of the arms, else from t.

    Raises InputError when the numbers per arm or the spread are not known.
    """
    if trial.n_active is None or trial.n_control is None or trial.rule in (None, Rule.SHARES):
        raise InputError(
            trial.id, f"Trial {trial.id}: numbers per arm and a spread are needed for a standardised effect."
        )
    n1, n2 = trial.n_active, trial.n_control
    plain = of(trial)
    if trial.rule is Rule.ARM_SE and plain is not None:
        sd1, sd2 = _some(trial.se_active) * math.sqrt(n1), _some(trial.se_control) * math.sqrt(n2)
        spread = math.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))
        d = plain.estimate / spread
    elif plain is not None and plain.se is not None:
        d = plain.estimate / plain.se * math.sqrt(1.0 / n1 + 1.0 / n2)
    else:
        d = _sign(trial) * t_of(trial) * math.sqrt(1.0 / n1 + 1.0 / n2)
    n = n1 + n2
    g = d * (1.0 - 3.0 / (4.0 * n - 9.0))
    se = math.sqrt(n / (n1 * n2) + g**2 / (2.0 * (n - 3.94)))
    derived = RULES[trial.rule] if trial.rule is not Rule.CI else "interval derived from the printed interval"
    return Effect(g, se, g - Z95 * se, g + Z95 * se, "standardised difference", Measure.STANDARDISED, derived)


def _sign(trial: Trial) -> float:
    """Return the sign of active minus control when only p was seen."""
    if trial.finding not in (Finding.FAVOURS_ACTIVE, Finding.FAVOURS_CONTROL) or not trial.better:
        raise InputError(trial.id, f"Trial {trial.id}: which way the difference went must be known.")
    good = 1.0 if trial.better == "higher" else -1.0
    return good if trial.finding is Finding.FAVOURS_ACTIVE else -good


def _some(value: float | None) -> float:
    assert value is not None  # the validator asked for it
    return value
