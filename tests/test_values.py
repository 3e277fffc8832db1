"""Values survive the way to JSON and back, and bad input is told in one sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.values import (
    Clearance,
    InputError,
    SessionOrder,
    Site,
    from_json,
    in_range,
    to_json,
)


@given(st.data())
def test_to_json_and_back(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from([Site, Clearance, SessionOrder]))
    try:
        value = data.draw(st.from_type(cls))
    except InputError:
        return
    text = json.dumps(to_json(value))
    assert to_json(from_json(cls, json.loads(text))) == json.loads(text)


@pytest.mark.parametrize("bad", [11, -1, float("nan"), float("inf"), 10**400, "eleven", None, True, [5]])
def test_a_bad_number_is_told_with_field_and_range(bad: object) -> None:
    with pytest.raises(InputError, match="Pain must be a number from 0 to 10"):
        in_range("Pain", bad, 0, 10)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"region": "knee"}, "Site.region must be one of neck, upper_back, lower_back"),
        ({"regoin": "neck"}, "unknown field 'regoin'"),
        ({}, "lacks the field 'region'"),
        ({"region": "neck", "pain_0_10": "5"}, "Site.pain_0_10 must be a number"),
        (5, "Site must be a JSON object"),
    ],
)
def test_bad_data_names_the_field(data: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        from_json(Site, data)
