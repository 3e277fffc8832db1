"""The change against what matters, and the honest sentence before there is one."""

from __future__ import annotations

import pytest
from scipy import stats

from irtherapy.outcome.trend import interval, trend
from irtherapy.values import InputError


def told(*changes: float, before: float = 6.0) -> list[dict[str, float]]:
    return [{"pain_before": before, "pain_after": before + c} for c in changes]


def test_under_six_there_are_too_few_days() -> None:
    answer = trend(told(-3, -3, -3, -3, -3))
    assert answer.mean_change is None and answer.sessions == 5
    assert answer.sentence.startswith("Too few days to tell: 5 sessions")
    assert trend([]).sentence.startswith("Too few days to tell: 0 sessions")


def test_a_session_without_both_ratings_does_not_count() -> None:
    past = [*told(-3, -3, -3, -3, -3), {"pain_before": 6, "pain_after": None}, {"pain_before": 6}]
    assert trend(past).sessions == 5


def test_the_interval_is_that_of_scipy() -> None:
    values = [-2.0, -1.0, -3.0, 0.0, -2.5, -1.5]
    mean, low, high = interval(values)
    reference = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert (low, high) == pytest.approx((reference.low, reference.high))
    assert mean == pytest.approx(-10 / 6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((-3, -3, -3.5, -2.5, -3, -3), "Yours is at least that much."),
        ((-4, -1, -4, -1, -3, -1), "not sure yet"),
        ((-1, -1, -0.5, -1, -1, -1), "Yours is less than that."),
        ((-1, 1, -1, 1, -1, 1), "no clear change"),
        ((1, 1, 2, 1, 1, 1.5), "Yours went up. Stop"),
        ((0, 0, 0, 0, 0, 0), "no clear change"),
    ],
)
def test_what_is_said(changes: tuple[float, ...], words: str) -> None:
    answer = trend(told(*changes))
    assert words in answer.sentence and "2 points" in answer.sentence and "30 %" in answer.sentence
    assert "by itself" in answer.sentence


def test_thirty_percent_counts_when_the_pain_was_low() -> None:
    assert trend(told(-1.2, -1, -1.1, -1.2, -1.3, -1.2, before=3)).meaningful_change == pytest.approx(0.9)


def test_a_rating_outside_the_scale_is_refused() -> None:
    with pytest.raises(InputError, match="Pain after must be a number from 0 to 10"):
        trend([{"pain_before": 5, "pain_after": 11}])
