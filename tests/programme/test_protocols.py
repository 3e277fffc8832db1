"""Programmes hold to their ceiling, phase after phase without a gap."""

from __future__ import annotations

import pytest

from irtherapy import limits
from irtherapy.edge.data import read
from irtherapy.programme.protocols import load
from irtherapy.values import InputError, Setting

TEXT = read("programmes.csv")


def test_home_is_twenty_of_heat_and_ten_of_stretching_with_massage_from_five() -> None:
    home = load(TEXT)["home_20_10"]
    assert (home.heat_min, home.massage_from_min, home.phases[-1].to_min) == (20, 5, 30)
    assert (home.phases[-1].to_min - home.phases[-1].from_min) * 60 == limits.STRETCH_S


def test_the_clinic_has_ten_and_twenty_and_no_massage() -> None:
    clinic = load(TEXT)["clinic_30"]
    assert (clinic.heat_min, clinic.massage_from_min, clinic.setting) == (10, None, Setting.CLINIC)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("heat,15,20", "heat,15,21", "home_20_10.hold makes 21 minutes of heat; the most is 20"),
        ("massage,5,15", "massage,6,15", "home_20_10.massage must begin at minute 5"),
        ("massage,5,15", "massage,5,nan", "home_20_10.massage, to must be a number"),
        ("massage,5,15", "sauna,5,15", "phase or setting"),
        ("home,massage", "clinic,massage", "same name and setting"),
    ],
)
def test_a_line_that_is_wrong_is_named(old: str, new: str, words: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(InputError, match=words):
        load(TEXT.replace(old, new))
