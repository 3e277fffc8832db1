"""What an exposure does: the same as the plan says for its minutes, and ordered as physics orders it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.dose import plan
from irtherapy.dose.simulate import Phase, simulate
from irtherapy.values import InputError, Person, Placement, Region, Setting, Site

BACK = Site(Region.LOWER_BACK)
PERSON = Person(age_years=45, skin_tone=3)
LAMP_AT = Placement(distance_m=0.6)


def lamp(devices):
    return devices["r125_150w"]


def test_the_minutes_of_the_plan_do_what_the_plan_says(devices, body):
    planned = plan.make_plan(PERSON, BACK, lamp(devices), LAMP_AT, Setting.HOME, 5, body)
    done = simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(planned.minutes)], body)
    assert done.time_s == planned.time_s
    assert done.skin_c.p97_5 == pytest.approx(planned.skin_c.p97_5, abs=0.02)
    assert done.skin_peak_c == pytest.approx(planned.skin_peak_c, abs=0.02)
    assert done.muscle_rise_c == pytest.approx(planned.muscle_rise_c, abs=0.01)
    assert done.cem43_min == pytest.approx(planned.cem43_min, rel=0.02)
    assert done.reach_mm == pytest.approx(planned.reach_mm, abs=0.05)
    np.testing.assert_allclose(np.transpose(done.temperature_c), planned.temperature_c, atol=0.02)


def test_two_phases_of_the_same_are_one(devices, body):
    once = simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(10)], body, persons=20)
    twice = simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(4), Phase(6)], body, persons=20)
    assert twice.minutes == 10.0 and twice.time_s == once.time_s
    assert twice.skin_c.p50 == pytest.approx(once.skin_c.p50, abs=0.03)


def test_a_second_session_after_hours_is_like_the_first(devices, body):
    day = simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(10), Phase(300, 0), Phase(10)], body, persons=20)
    first, second = day.time_s.index(600.0), day.time_s.index(310 * 60.0 + 600.0)
    assert day.skin_c.p50[second] == pytest.approx(day.skin_c.p50[first], abs=0.1)
    assert day.skin_c.p50[second - 40] < day.skin_c.p50[second] - 2.0


@settings(max_examples=8)
@given(low=st.floats(0.1, 0.9), more=st.floats(0.02, 0.5))
def test_more_power_is_never_cooler(devices, body, low, more):
    cool, warm = (
        simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(8, share)], body, persons=20)
        for share in (low, min(1.0, low + more))
    )
    assert warm.skin_peak_c > cool.skin_peak_c and warm.cem43_min >= cool.cem43_min
    assert warm.damage["henriques_moritz"] > cool.damage["henriques_moritz"]
    assert all(w >= c - 1e-9 for w, c in zip(warm.rise_k.values(), cool.rise_k.values(), strict=True))
    assert warm.skin_c.p2_5 <= warm.skin_c.p50 <= warm.skin_c.p97_5


def test_light_falls_off_in_the_depth_and_blood_flows_more_at_the_skin(devices, body):
    done = simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(15)], body, persons=20)
    light = done.fluence_rate_w_m2[2:]
    assert all(a > b for a, b in zip(light[:-1], light[1:], strict=True)) and light[0] > 0.0
    assert max(done.perfusion_ratio[:4]) > 1.5 > max(done.perfusion_ratio[-4:])
    assert 0.0 < done.reflected_fraction < 1.0
    assert done.absorbed_w_m2 == pytest.approx(done.irradiance_w_m2 * (1.0 - done.reflected_fraction), rel=1e-3)


def test_a_pad_has_no_light_and_no_half_power(devices, body):
    pad = devices["heating_pad_low"]
    done = simulate(PERSON, BACK, pad, Placement(0.0), [Phase(5), Phase(5, 0.0)], body, persons=20)
    assert set(done.fluence_rate_w_m2) == {0.0} and done.minutes == 5.0 and done.muscle_rise_c > 0.0
    with pytest.raises(InputError, match="must be 0 or 1"):
        simulate(PERSON, BACK, pad, Placement(0.0), [Phase(5, 0.5)], body, persons=20)


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ([], "1 to 50 phases"),
        ([Phase(7.3)], "multiple of half a minute"),
        ([Phase(0.0)], "from 0.5"),
        ([Phase(5, 1.2)], "from 0 to 1"),
        ([Phase(1440), Phase(1)], "Minutes in all"),
        ([Phase(float("nan"))], "must be a number"),
    ],
)
def test_a_wrong_schedule_is_refused(devices, body, schedule, says):
    with pytest.raises(InputError, match=says):
        simulate(PERSON, BACK, lamp(devices), LAMP_AT, schedule, body, persons=20)


def test_the_answer_as_an_xarray_is_the_answer(devices, body):
    done = simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(5)], body, persons=20)
    table = done.to_xarray()
    at_10_mm = done.temperature_c[done.depth_mm.index(10.0)]
    assert float(table.temperature_c.sel(depth_mm=10.0, time_s=300.0)) == at_10_mm[10]
    assert float(table.skin_c.sel(percentile=50, time_s=300.0)) == done.skin_c.p50[10]
    assert table.attrs["skin_peak_c"] == done.skin_peak_c


def test_without_xarray_the_way_to_it_is_told(devices, body, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    done = simulate(PERSON, BACK, lamp(devices), LAMP_AT, [Phase(1)], body, persons=20)
    with pytest.raises(InputError, match="irtherapy.research"):
        done.to_xarray()
