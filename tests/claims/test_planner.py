"""The planner against statsmodels to 1e-6, against simulation, and against the sizes of the evidence notes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestIndPower, TTestPower

from irtherapy.evidence import designs, planner, proposal
from irtherapy.evidence.planner import Kind, Sham, Spread, Trial
from irtherapy.values import InputError

SD = planner.sd_from_interval(*designs.SD_INTERVAL, *designs.SD_GROUPS)
PARALLEL = Trial(Kind.PARALLEL, 1.0, Spread(SD))
CROSSOVER = replace(PARALLEL, kind=Kind.CROSSOVER)
SELF = replace(PARALLEL, kind=Kind.SELF_TRIALS)


def by_statsmodels(test: TTestIndPower | TTestPower, effect: float, n: float, alpha: float) -> float:
    """The two-sided power; where the far tail is too small and gives NaN, the near tail alone, its equal there."""
    both = test.power(effect, n, alpha, alternative="two-sided")
    return float(test.power(effect, n, alpha / 2, alternative="larger") if math.isnan(both) else both)


@pytest.mark.parametrize("persons", [3, 19, 61, 137, 400])
@pytest.mark.parametrize("difference", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_power_is_that_of_statsmodels(persons: int, difference: float, alpha: float) -> None:
    spread = CROSSOVER.spread
    person_sd = math.sqrt(spread.effect_sd**2 + 2 * spread.within_sd**2 / SELF.blocks)
    for trial, n, test, effect in [
        (PARALLEL, persons, TTestIndPower(), difference / SD),
        # A crossover is a two-sample test of the period differences: 2 delta apart, SD sqrt(2) within.
        (CROSSOVER, 2 * persons, TTestIndPower(), 2 * difference / (math.sqrt(2) * spread.within_sd)),
        (SELF, persons, TTestPower(), difference / person_sd),
    ]:
        theirs = by_statsmodels(test, effect, persons, alpha)
        assert planner.power(replace(trial, alpha=alpha), n, difference) == pytest.approx(theirs, abs=1e-6)


def test_the_sizes_of_the_evidence_notes() -> None:
    """facts: evidence 5.7, by the normal distribution: 137, 183; 61, 82; 35, 46. The t test asks for one more."""
    assert pytest.approx(2.95, abs=0.005) == SD
    for difference, power, normal in [
        (1, 0.8, 137),
        (1, 0.9, 183),
        (1.5, 0.8, 61),
        (1.5, 0.9, 82),
        (2, 0.8, 35),
        (2, 0.9, 46),
    ]:
        z = stats.norm.ppf(0.975) + stats.norm.ppf(power)
        assert math.ceil(2 * (z * SD / difference) ** 2) == normal
        assert planner.size(replace(PARALLEL, difference=difference, power=power)).per_arm == normal + 1


def test_the_size_is_the_smallest_that_is_enough() -> None:
    for trial in (PARALLEL, SELF, replace(PARALLEL, difference=4.0)):
        size = planner.size(trial)
        assert planner.power(trial, size.per_arm) >= 0.8 > planner.power(trial, size.per_arm - 1)
        theirs = TTestIndPower().solve_power(trial.difference / SD, None, 0.05, 0.8)
        if trial.kind is Kind.PARALLEL:
            assert size.per_arm == math.ceil(theirs)
    crossover = planner.size(CROSSOVER)
    assert crossover.per_arm % 2 == crossover.recruit_per_arm % 2 == 0
    assert planner.power(CROSSOVER, crossover.per_arm - 2) < 0.8 <= crossover.power


def test_those_who_leave_are_recruited_too() -> None:
    size = planner.size(PARALLEL)
    assert size.recruit_per_arm == math.ceil(size.per_arm / 0.85) and size.total == 3 * size.recruit_per_arm
    assert planner.size(replace(PARALLEL, loss=0.0, arms=2)).total == 2 * size.per_arm


def simulated(trial: Trial, persons: int, runs: int, seed: int) -> float:
    """The share of simulated trials that are significant, from single measurements up."""
    rng = np.random.default_rng(seed)
    spread, delta = trial.spread, trial.difference
    if trial.kind is Kind.PARALLEL:
        a = rng.normal(0.0, spread.between_sd, (runs, persons))
        b = rng.normal(delta, spread.between_sd, (runs, persons))
        p = stats.ttest_ind(a, b, axis=1).pvalue
    elif trial.kind is Kind.CROSSOVER:
        own = rng.normal(0.0, math.sqrt(spread.correlation) * spread.between_sd, (runs, persons, 1))
        pain = own + rng.normal(0.0, spread.within_sd, (runs, persons, 2))
        pain[:, :, 1] += 0.7  # a period effect, which the design takes out
        half = persons // 2
        pain[:, :half, 0] += delta
        pain[:, :half, 1] += spread.carry_over
        pain[:, half:, 1] += delta
        difference = pain[:, :, 0] - pain[:, :, 1]
        p = stats.ttest_ind(difference[:, :half], difference[:, half:], axis=1).pvalue
    else:
        effect = rng.normal(delta, spread.effect_sd, (runs, persons, 1))
        own = rng.normal(0.0, math.sqrt(spread.correlation) * spread.between_sd, (runs, persons, 1))
        off = own + rng.normal(0.0, spread.within_sd, (runs, persons, trial.blocks))
        on = own + effect + rng.normal(0.0, spread.within_sd, (runs, persons, trial.blocks))
        p = stats.ttest_1samp((on - off).mean(axis=2), 0.0, axis=1).pvalue
    return float((p < trial.alpha).mean())


@pytest.mark.parametrize(
    ("trial", "persons"),
    [
        (replace(PARALLEL, difference=1.5), 60),
        (CROSSOVER, 50),
        (replace(CROSSOVER, spread=replace(CROSSOVER.spread, carry_over=0.8)), 60),
        (replace(SELF, blocks=3), 18),
        (replace(SELF, spread=replace(SELF.spread, effect_sd=1.5)), 30),
    ],
)
def test_simulated_trials_find_it_as_often(trial: Trial, persons: int) -> None:
    runs = 20_000
    found, told = simulated(trial, persons, runs, 7), planner.power(trial, persons)
    assert abs(found - told) < 4.0 * math.sqrt(told * (1.0 - told) / runs)


trials = st.builds(
    Trial,
    kind=st.sampled_from(Kind),
    difference=st.floats(0.3, 5.0),
    spread=st.builds(Spread, st.floats(0.5, 5.0), st.floats(0.0, 0.95), st.floats(0.0, 2.0)),
    power=st.sampled_from([0.7, 0.8, 0.9]),
    blocks=st.integers(1, 10),
)


@given(trials, st.floats(1.05, 2.0))
def test_a_larger_difference_never_needs_more_people(trial: Trial, times: float) -> None:
    larger = replace(trial, difference=min(10.0, trial.difference * times))
    assert planner.size(larger).per_arm <= planner.size(trial).per_arm


@given(trials)
def test_a_smaller_spread_more_blocks_and_less_wanted_never_need_more(trial: Trial) -> None:
    size = planner.size(trial).per_arm
    calmer = replace(trial.spread, between_sd=0.8 * trial.spread.between_sd, effect_sd=0.8 * trial.spread.effect_sd)
    assert planner.size(replace(trial, spread=calmer)).per_arm <= size
    assert planner.size(replace(trial, blocks=trial.blocks + 1)).per_arm <= size
    assert planner.size(replace(trial, power=0.6)).per_arm <= size


@given(trials, st.integers(4, 300))
def test_what_is_detectable_is_found_with_the_power_wanted(trial: Trial, persons: int) -> None:
    difference = planner.detectable(trial, persons)
    assert planner.power(trial, persons, difference) == pytest.approx(trial.power, abs=1e-6)


def test_carry_over_makes_a_crossover_larger_and_at_last_impossible() -> None:
    some = replace(CROSSOVER, spread=replace(CROSSOVER.spread, carry_over=0.5))
    assert planner.size(some).per_arm > planner.size(CROSSOVER).per_arm
    with pytest.raises(InputError, match="Carry-over must be below twice the difference, 2 points; got 2"):
        planner.size(replace(CROSSOVER, spread=replace(CROSSOVER.spread, carry_over=2.0)))


def test_assurance_is_power_when_the_effect_is_known_and_an_average_when_it_is_not() -> None:
    assert planner.assurance(PARALLEL, 138, 1.0, 0.0) == pytest.approx(planner.power(PARALLEL, 138), abs=1e-12)
    rng = np.random.default_rng(3)
    by_chance = np.mean([planner.power(PARALLEL, 138, float(e)) for e in rng.normal(0.8, 0.5, 4_000)])
    assert planner.assurance(PARALLEL, 138, 0.8, 0.5) == pytest.approx(by_chance, abs=0.02)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"difference": 0.0}, "Difference must be a number from 0.05 to 10 points"),
        ({"difference": math.nan}, "Difference must be a number"),
        ({"power": 1.0}, "Power must be a number from 0.5 to 0.999"),
        ({"alpha": 0.5}, "Alpha must be a number from 0.0001 to 0.2"),
        ({"loss": 1.0}, "Loss must be a number from 0 to 0.8"),
        ({"arms": 4}, "Arms must be 2 or 3"),
        ({"sham": Sham.COLD}, "Arms must be 2 unless the sham is warm"),
        ({"spread": Spread(SD, 1.0)}, "Correlation must be a number from 0 to 0.99"),
        ({"spread": Spread(-1.0)}, "Standard deviation must be a number"),
    ],
)
def test_a_figure_that_cannot_be_is_one_sentence(change: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        planner.size(replace(PARALLEL, **change))  # type: ignore[arg-type]


def test_an_interval_that_is_none_tells_no_spread() -> None:
    with pytest.raises(InputError, match="low end below its high end"):
        planner.sd_from_interval(1.0, -1.0, 10, 10)


def test_the_default_is_the_design_of_the_notes() -> None:
    trial = proposal.default(designs.condition("neck_pain"))
    assert (trial.kind, trial.sham, trial.arms, trial.alpha, trial.loss) == (Kind.PARALLEL, Sham.WARM, 3, 0.05, 0.15)
    made = proposal.propose(designs.condition("neck_pain"), trial)
    assert any("borrowed" in note for note in made.notes) and made.assurance is None
    own = proposal.propose(designs.condition("chronic_low_back_pain"), trial)
    assert not any("borrowed" in note for note in own.notes)


def test_the_curves_pass_the_wanted_power_at_the_size() -> None:
    made = proposal.propose(designs.condition("neck_pain"), PARALLEL)
    curve = next(c for c in made.curves if c.difference == 1.0)
    assert all(a <= b for a, b in zip(curve.power, curve.power[1:], strict=False))
    assert np.interp(made.size.per_arm, curve.persons, curve.power) == pytest.approx(0.8, abs=0.01)


def test_what_is_known_of_heat_says_nothing_of_light() -> None:
    known = proposal.Known(-2.3, 0.4, "two trials", of_heat=True)
    back = designs.condition("acute_low_back_pain")
    assert proposal.propose(back, replace(PARALLEL, arms=2), known).assurance is None
    three = proposal.propose(back, PARALLEL, known)
    assert three.assurance is not None and "second question, heat at all" in proposal.assurance_tells(three)
