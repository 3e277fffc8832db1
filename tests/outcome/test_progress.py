"""The next day, and the two reasons for a pause."""

from __future__ import annotations

import pytest

from irtherapy.outcome.progress import next_session
from irtherapy.values import InputError, Setting


def one(**changes: object) -> dict[str, object]:
    return {
        "on": "2026-11-23",
        "skin_check": "clean",
        "pain_before": 5,
        "pain_after": 4,
        "ended": "completed",
    } | changes


def test_a_day_of_rest_between() -> None:
    day, words = next_session([one()], "2026-11-23", Setting.HOME)
    assert day == "2026-11-25" and "Wednesday, 25 November" in words


def test_a_long_gap_means_today() -> None:
    assert next_session([one(on="2026-10-01")], "2026-11-23", Setting.HOME)[0] == "2026-11-23"
    assert next_session([], "2026-11-23", Setting.HOME)[0] == "2026-11-23"


@pytest.mark.parametrize("change", [{"skin_check": "marks"}, {"pain_after": 7}])
def test_marks_or_worse_pain_pause(change: dict[str, object]) -> None:
    day, words = next_session([one(**change)], "2026-11-23", Setting.HOME)
    assert day is None and words.startswith("Pause")


def test_a_day_that_is_none_is_told() -> None:
    with pytest.raises(InputError, match="Today must be a day"):
        next_session([one()], "23.11.2026", Setting.HOME)
