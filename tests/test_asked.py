"""What a stretch may hurt is asked before the stretch is offered."""

from __future__ import annotations

import pytest

from irtherapy.edge import data
from irtherapy.programme import compose
from irtherapy.screening.questions import applicable
from irtherapy.values import DeviceKind, Region


@pytest.mark.parametrize("region", Region)
def test_every_exclusion_of_an_offered_exercise_is_asked_at_that_site(region: Region) -> None:
    exercises, questionnaire = {e.id: e for e in data.exercises()}, data.questionnaire()
    asked = applicable(questionnaire, frozenset({region}), frozenset({DeviceKind.LAMP}), 45.0)
    known = {flag for question in asked for flag in question.flags}
    days = [compose.compose(data.exercises(), [region], frozenset(), seed) for seed in range(200)]
    offered = {item.exercise_id for day in days for item in day} - {compose.REST_ID}
    assert len(offered) >= 5
    unasked = {name: exercises[name].exclude - known for name in offered if exercises[name].exclude - known}
    assert unasked == {}
