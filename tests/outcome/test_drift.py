"""The interval of a change over days: right where another program must agree, and as often right as it says."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from irtherapy.outcome import drift as room
from irtherapy.outcome.trend import BY_ITSELF, over_days, trend
from irtherapy.values import InputError

TRUE = -2.0


def series(rng: np.random.Generator, days: int, phi: float) -> tuple[np.ndarray, np.ndarray]:
    """Return days and ratings of a person whose pain falls by 2 points: whole numbers, one day in five missing."""
    span = round(days / 0.8)
    error = np.empty(span)
    error[0] = rng.normal()
    for i in range(1, span):
        error[i] = phi * error[i - 1] + np.sqrt(1 - phi * phi) * rng.normal()
    told = np.sort(np.concatenate(([0, span - 1], 1 + rng.choice(span - 2, days - 2, replace=False))))
    pain = np.clip(np.round(6.0 + TRUE * np.arange(span) / (span - 1) + 1.2 * error), 0, 10)
    return told, pain[told]


def covered(rng: np.random.Generator, days: int, phis: np.ndarray) -> float:
    held = [room.drift(*series(rng, days, float(phi))) for phi in phis]
    return float(np.mean([d.low <= TRUE <= d.high for d in held]))


@pytest.mark.parametrize("days", [6, 14, 28, 56])
def test_95_percent_intervals_hold_the_truth_in_93_to_97_of_100_people(days: int) -> None:
    """2 000 people, whose days are alike as much as the prior takes people's days to be."""
    rng = np.random.default_rng(days)
    assert 0.93 <= covered(rng, days, rng.beta(*room.PHI_PRIOR, 2000)) <= 0.97


@pytest.mark.slow
def test_where_all_days_are_alike_to_one_degree_the_interval_errs_to_the_wide_side_first() -> None:
    """The table of docs/explanation/outcomes.md, for 28 days; the ordinary t interval beside it."""
    ours, plain = {}, {}
    for phi in (0.0, 0.3, 0.6):
        rng = np.random.default_rng(1)
        people = [series(rng, 28, phi) for _ in range(1000)]
        found = [room.drift(*p) for p in people]
        ours[phi] = float(np.mean([d.low <= TRUE <= d.high for d in found]))
        plain[phi] = float(np.mean([_plain(*p) for p in people]))
    assert ours[0.0] >= 0.97 and 0.95 <= ours[0.3] <= 0.99 and ours[0.6] >= 0.92
    assert plain[0.6] < 0.80


def _plain(day: np.ndarray, pain: np.ndarray) -> bool:
    """Whether ordinary least squares with Student's t holds the truth."""
    fit = stats.linregress(day, pain)
    span = day[-1] - day[0]
    half = stats.t.ppf(0.975, len(day) - 2) * fit.stderr * span
    return bool(abs(fit.slope * span - TRUE) <= half)


def test_without_likeness_it_is_the_ordinary_line(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    day, pain = series(rng, 20, 0.0)
    monkeypatch.setattr(room, "_nodes", lambda: (np.array([1e-9]), np.array([1.0])))
    found, fit = room.drift(day, pain), sm.OLS(pain, sm.add_constant((day - day[0]) / (day[-1] - day[0]))).fit()
    assert (found.low, found.high) == pytest.approx(fit.conf_int()[1], rel=1e-8)
    assert (found.begin, found.change) == pytest.approx(fit.params, rel=1e-8)


def test_with_one_likeness_it_is_generalised_least_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    day, pain = series(rng, 20, 0.5)
    monkeypatch.setattr(room, "_nodes", lambda: (np.array([0.45]), np.array([1.0])))
    design = sm.add_constant((day - day[0]) / (day[-1] - day[0]))
    fit = sm.GLS(pain, design, sigma=0.45 ** np.abs(day[:, None] - day[None, :])).fit()
    found = room.drift(day, pain)
    assert (found.low, found.high) == pytest.approx(fit.conf_int()[1], rel=1e-8)


def test_each_likeness_weighs_what_the_marginal_likelihood_says() -> None:
    """Against dense matrices: |R|^-1/2 |X' R^-1 X|^-1/2 S^-(n-p)/2 (Zellner 1971)."""
    day, pain = series(np.random.default_rng(6), 15, 0.4)
    design = np.column_stack((np.ones(15), (day - day[0]) / (day[-1] - day[0])))
    phi = np.array([0.1, 0.5, 0.9])
    ours = room._posteriors(design, pain, np.diff(day.astype(float)), phi)[0]
    dense = []
    for one in phi:
        inverse = np.linalg.inv(one ** np.abs(day[:, None] - day[None, :]))
        normal = design.T @ inverse @ design
        rest = pain - design @ np.linalg.solve(normal, design.T @ inverse @ pain)
        squares = rest @ inverse @ rest
        parts = np.linalg.slogdet(inverse)[1], -np.linalg.slogdet(normal)[1], -(15 - 2) * np.log(squares)
        dense.append(0.5 * sum(parts))
    assert np.diff(ours) == pytest.approx(np.diff(dense), rel=1e-8)


def test_a_straight_line_without_spread_is_itself() -> None:
    found = room.drift(range(10), [5 - 0.2 * d for d in range(10)])
    assert found.change == pytest.approx(-1.8) and found.high - found.low < 1e-3


@pytest.mark.parametrize("days", [[1, 2], [1, 1, 2], [3, 2, 1], [1, 2, float("nan")]])
def test_days_that_are_none_are_refused(days: list[float]) -> None:
    with pytest.raises(InputError, match="Days must be"):
        room.drift(days, [1.0] * len(days))


def test_under_six_days_there_are_too_few_and_a_day_counts_once() -> None:
    answer = over_days([(d, 5.0) for d in range(5) for _ in range(3)])
    assert answer.judged == "too_few" and answer.points == 5 and answer.change is None
    assert answer.sentences == ("Too few days to tell: 5 days are told. After 6 there is a first answer.",)
    assert over_days([]).points == 0


def falling(by: float, days: int = 28, spread: float = 0.3, begin: float = 6.0) -> list[tuple[float, float]]:
    rng = np.random.default_rng(2)
    return [(d, begin + by * d / (days - 1) + spread * rng.normal()) for d in range(days)]


@pytest.mark.parametrize(
    ("told", "judged"),
    [
        (falling(-3), "at_least"),
        (falling(-2, spread=0.6), "about"),
        (falling(-1), "less"),
        (falling(-0.1), "unclear"),
        (falling(2), "worse"),
        (falling(-1.5, begin=3.0), "at_least"),  # 30 % of a low pain is less than two points
    ],
)
def test_what_is_said_of_a_change(told: list[tuple[float, float]], judged: str) -> None:
    answer = over_days(told, matters="What matters.")
    assert answer.judged == judged and "likely " in answer.sentences[0]
    assert answer.sentences[1] == "What matters."


def test_where_higher_is_better_and_nothing_is_known_to_matter() -> None:
    answer = over_days(falling(3, begin=4.0), points=None, share=None, better="higher")
    assert answer.judged == "clear" and "it went up by" in answer.sentences[0]
    assert over_days(falling(-3), points=None, share=None, better="higher").judged == "worse"


def test_what_was_longer_ago_than_twelve_weeks_does_not_count() -> None:
    old = [(float(d), 9.0) for d in range(-400, -300)]
    assert over_days([*old, *falling(-3)]).sentences == over_days(falling(-3)).sentences


def test_the_change_around_a_session_still_says_that_pain_comes_and_goes() -> None:
    assert trend([{"pain_before": 5, "pain_after": 4}] * 6).sentence.endswith(BY_ITSELF)
