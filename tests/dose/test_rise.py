"""The irradiance from the rise of the skin in a short test exposure: within its interval, and never past a ceiling.

The skin that is read is the twin's: another body, a finer grid, more ordinates of light than the model turned round.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from irtherapy.dose import rise, twin
from irtherapy.edge import data
from irtherapy.values import InputError, Person, Placement, Region, Setting, Site

SITE, PLACE, PERSON = Site(Region.LOWER_BACK), Placement(0.6), Person(45.0)
LAMP = data.catalogue()["r125_150w"]
STEADY = ((0, 33.0), (60, 34.5), (120, 35.4), (180, 36.0))


def read_on(seed: int, noise_k: float = 0.1) -> tuple[float, list[tuple[float, float]]]:
    """Return the true irradiance and what a thermometer with steps of 0.1 K shows each half minute."""
    body = twin.new(PERSON, SITE, LAMP, PLACE, data.body_tables(), seed)
    rng = np.random.default_rng(seed)
    told = []
    for second in range(0, 181, 30):
        told.append((float(second), round(body.skin_c + noise_k * rng.standard_normal(), 1)))
        body.advance(30.0, heat_on=True)
    return float(body._ex.irradiance_w_m2[0]), told


def found(told: list[tuple[float, float]], **more: object) -> rise.Rise:
    return rise.irradiance(PERSON, SITE, LAMP, PLACE, told, data.body_tables(), **more)  # type: ignore[arg-type]


def test_the_irradiance_on_another_body_lies_in_the_interval() -> None:
    off = []
    for seed in range(1, 17):
        true, told = read_on(seed)
        made = found(told, persons=200)
        assert made.low_w_m2 < made.irradiance_w_m2 < made.high_w_m2
        off.append(math.log(true / made.irradiance_w_m2) / made.spread)
    assert sum(abs(z) <= 1.96 for z in off) >= 15
    assert abs(np.mean(off)) < 0.7 and np.std(off) > 0.3  # neither to one side nor far too wide
    assert made.spread < 0.2


def test_a_thermometers_own_offset_does_not_matter_and_twice_the_rise_is_about_twice_the_light() -> None:
    base = found(list(STEADY))
    shifted = found([(s, c - 2.0) for s, c in STEADY])
    assert shifted.irradiance_w_m2 == pytest.approx(base.irradiance_w_m2, rel=1e-9)
    twice = found([(s, 33.0 + 2.0 * (c - 33.0)) for s, c in STEADY])
    assert 1.9 < twice.irradiance_w_m2 / base.irradiance_w_m2 < 2.15
    shorter = found([(0, 33.0), (20, 33.6), (40, 34.1), (60, 34.5)])
    assert shorter.spread > base.spread
    assert found(list(STEADY), seed=7).irradiance_w_m2 == pytest.approx(base.irradiance_w_m2, rel=0.05)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ((), "at 0 seconds, before the heat"),
        (STEADY[1:], "at 0 seconds, before the heat"),
        (STEADY[:3], "at least 3 readings"),
        (((0, 33.0), (10, 33.3), (20, 33.6), (30, 33.9)), "after 60 to 180 seconds"),
        ((*STEADY, (180, 36.1)), "at a time of its own"),
        ((*STEADY, (200, 36.1)), "at most 3 minutes"),
        ((*STEADY[:3], (180, math.nan)), "Skin reading must be"),
        (((0, 20.0), *STEADY[1:]), "before the heat must be"),
        (((0, 33.0), (60, 33.1), (120, 33.2), (180, 33.3)), "too little to tell"),
        (((0, 33.0), (60, 38.0), (120, 41.0), (180, 42.5)), "From 41 °C on the device is switched off"),
    ],
)
def test_what_a_test_exposure_may_not_be_is_refused(told: tuple[tuple[float, float], ...], says: str) -> None:
    with pytest.raises(InputError, match=says):
        found(list(told))


def test_the_ceiling_of_somebody_at_risk_is_lower_and_the_last_reading_may_reach_it() -> None:
    hot = [(0, 33.0), (60, 37.0), (120, 39.5), (180, 40.5)]
    assert found(hot).irradiance_w_m2 > 0
    with pytest.raises(InputError, match="From 39 °C on"):
        found(hot, setting=Setting.HOME_AT_RISK)
    assert found(hot[:2] + [(90, 38.5), (110, 39.2)], setting=Setting.HOME_AT_RISK).irradiance_w_m2 > 0


def test_what_lies_on_the_skin_cannot_be_measured_so() -> None:
    pads = data.catalogue()["anodyne_mire"]
    with pytest.raises(InputError, match="only a light at a distance"):
        rise.irradiance(PERSON, SITE, pads, Placement(0.0), list(STEADY), data.body_tables())


def test_no_test_is_made_where_the_skin_could_pass_its_ceiling_within_it() -> None:
    tables = data.body_tables()
    rise.refuse_unsafe(PERSON, SITE, LAMP, PLACE, tables, Setting.HOME)
    strong = data.catalogue()["r40_250w"]
    with pytest.raises(InputError, match="At 25 cm .* Measure farther away"):
        rise.refuse_unsafe(PERSON, SITE, strong, Placement(0.25), tables, Setting.HOME)
