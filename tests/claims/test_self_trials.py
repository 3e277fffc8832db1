"""Self-trials put together: against brute-force integration, simulation and limits that are known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from irtherapy.evidence import self_trials as room
from irtherapy.evidence.self_trials import SelfTrial
from irtherapy.values import InputError

FIVE = tuple(
    SelfTrial(name, d, s)
    for name, d, s in [("a", -1.1, 0.6), ("b", -0.2, 0.7), ("c", 0.4, 0.9), ("d", -2.0, 0.8), ("e", -0.6, 0.5)]
)


def brute(trials: tuple[SelfTrial, ...], scale: float) -> tuple[float, float, float]:
    """Mean and SD of mu, and P(mu < -1), by Simpson over a fine grid of mu and tau."""

    mu, tau = np.linspace(-12, 12, 2401), np.linspace(0, 8 * scale, 801)
    density = np.exp(-0.5 * (tau / scale) ** 2)[None, :] * np.ones((len(mu), 1))
    for t in trials:
        density *= stats.norm.pdf(t.difference, mu[:, None], np.hypot(t.standard_error, tau)[None, :])
    of_mu = integrate.simpson(density, x=tau, axis=1)
    total = integrate.simpson(of_mu, x=mu)
    mean = integrate.simpson(of_mu * mu, x=mu) / total
    below = mu <= -1.0 + 1e-9
    worthwhile = integrate.simpson(of_mu[below], x=mu[below]) / total
    return mean, math.sqrt(integrate.simpson(of_mu * mu**2, x=mu) / total - mean**2), worthwhile


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_the_posterior_is_that_of_brute_force(scale: float) -> None:
    known = room.posterior(FIVE, 1.0, scale)
    mean, sd, worthwhile = brute(FIVE, scale)
    assert (known.mean, known.sd) == (pytest.approx(mean, abs=1e-6), pytest.approx(sd, abs=1e-6))
    assert known.chance_worthwhile == pytest.approx(worthwhile, abs=1e-6)


def test_without_spread_between_persons_it_is_the_fixed_effect() -> None:
    weights = np.array([1 / t.standard_error**2 for t in FIVE])
    fixed = float(weights @ [t.difference for t in FIVE] / weights.sum())
    known = room.posterior(FIVE, 1.0, tau_scale=0.01)
    assert known.mean == pytest.approx(fixed, abs=1e-3) and known.sd == pytest.approx(weights.sum() ** -0.5, rel=1e-3)
    assert known.low == pytest.approx(fixed - 1.959964 * weights.sum() ** -0.5, abs=2e-3)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """Truth drawn from the prior of tau and a wide mu: 95 % intervals hold it in 93 to 97 % of 2000 groups."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(2000):
        mu, tau = rng.uniform(-2, 2), abs(rng.normal(0, room.TAU_SCALE_POINTS))
        s = rng.uniform(0.4, 1.2, 8)
        d = rng.normal(mu, np.hypot(s, tau))
        known = room.posterior([SelfTrial(str(k), d[k], s[k]) for k in range(8)], 1.0)
        held += known.low < mu < known.high
    assert 0.93 <= held / 2000 <= 0.97


groups = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.2, 2.0)), min_size=2, max_size=12).map(
    lambda rows: tuple(SelfTrial(str(k), d, s) for k, (d, s) in enumerate(rows))
)


@settings(max_examples=40)
@given(groups)
def test_mirrored_answers_mirror_the_posterior_and_persons_are_drawn_to_the_mean(trials: tuple[SelfTrial, ...]) -> None:
    known = room.posterior(trials, 1.0)
    mirror = room.posterior(tuple(SelfTrial(t.person, -t.difference, t.standard_error) for t in trials), 1.0)
    assert known.mean == pytest.approx(-mirror.mean, abs=1e-8) and known.low == pytest.approx(-mirror.high, abs=1e-6)
    assert known.low < known.mean < known.high and known.next_low <= known.low and known.next_high >= known.high
    ends = [t.difference for t in trials]
    for one, (_, mean, _) in zip(trials, known.persons, strict=True):
        assert min(*ends) - 1e-9 <= mean <= max(*ends) + 1e-9
        assert abs(mean - known.mean) <= abs(one.difference - known.mean) + 1.0


def test_firm_is_said_only_when_it_is() -> None:
    assert room.judged(-1.5, -0.1, 1.0) == "less_pain"
    assert room.judged(0.1, 0.6, 1.0) == "more_pain"
    assert room.judged(-0.9, 0.8, 1.0) == "no_difference_that_matters"
    assert room.judged(-1.1, 0.8, 1.0) == room.judged(-0.5, 1.2, 1.0) == "open"
    sure = room.firmness([SelfTrial(str(k), -1.5, 0.3) for k in range(12)], 1.0)
    assert (sure.answer, sure.more, sure.chance) == ("less_pain", 0, 1.0)
    same = room.firmness([SelfTrial(str(k), 0.05 * (-1) ** k, 0.3) for k in range(20)], 1.0)
    assert same.answer == "no_difference_that_matters"


def test_how_many_more_is_the_fewest_with_the_chance_wanted() -> None:
    known = room.posterior(FIVE, 1.0)
    firm = room.firmness(FIVE, 1.0, known)
    assert firm.answer == "open" and firm.more is not None
    assert room.chance_firm(known, 1.0, firm.person_variance, firm.more) >= 0.8
    earlier = [room.chance_firm(known, 1.0, firm.person_variance, m) for m in range(1, firm.more)]
    assert max(earlier) < 0.8


@pytest.mark.parametrize(("mean", "sd", "worthwhile"), [(-0.7, 0.42, 1.0), (0.1, 0.6, 1.0), (0.5, 0.5, 0.6)])
@pytest.mark.parametrize("more", [3, 20, 200])
def test_the_chance_to_be_firm_is_that_of_simulation(mean: float, sd: float, worthwhile: float, more: int) -> None:
    known = room.Posterior(mean, sd, mean - 1.96 * sd, mean + 1.96 * sd, 0.0, 0.0, 0.5, 0.0, 0.0, ())
    rng = np.random.default_rng(11)
    truth = rng.normal(mean, sd, 40_000)
    seen = rng.normal(truth, math.sqrt(0.9 / more))
    after = 1.0 / (1.0 / sd**2 + more / 0.9)
    middle = after * (mean / sd**2 + seen * more / 0.9)
    half = 1.959964 * math.sqrt(after)
    firm = (np.abs(middle) > half) | (np.abs(middle) < worthwhile - half)
    assert room.chance_firm(known, worthwhile, 0.9, more) == pytest.approx(firm.mean(), abs=0.01)


@pytest.mark.parametrize(
    ("trials", "says"),
    [
        (FIVE[:1], "at least 2 persons; got 1"),
        ((FIVE[0], FIVE[0]), "Person 'a' appears twice"),
        ((FIVE[0], SelfTrial("z", math.nan, 0.5)), "Difference must be a number from -10 to 10"),
        ((FIVE[0], SelfTrial("z", 0.5, 0.0)), "Standard error must be a number from 0.01 to 10"),
    ],
)
def test_bad_self_trials_are_one_sentence(trials: tuple[SelfTrial, ...], says: str) -> None:
    with pytest.raises(InputError, match=says):
        room.posterior(trials, 1.0)
