"""A small head in the plan and in the simulation: less warmth below, the same safe minutes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.device import catalogue
from irtherapy.dose import plan, simulate
from irtherapy.dose.local import head
from irtherapy.edge import data
from irtherapy.values import Device, DeviceKind, Person, Placement, Plan, Region, Setting, Site

LOWER, ADULT, ON_SKIN = Site(Region.LOWER_BACK), Person(age_years=45), Placement(0.0)


def pads(wide_m: float | None) -> Device:
    return catalogue.described(DeviceKind.LED_PADS, claimed_irradiance_w_m2=500.0, head_width_m=wide_m)


def planned(device: Device) -> Plan:
    return plan.make_plan(ADULT, LOWER, device, ON_SKIN, Setting.HOME, 2, data.body_tables(), persons=40)


def done(device: Device) -> simulate.Simulation:
    return simulate.simulate(ADULT, LOWER, device, ON_SKIN, [simulate.Phase(10.0)], data.body_tables(), persons=40)


def test_a_small_head_warms_less_deeply_and_its_minutes_stay_those_of_a_wide_field() -> None:
    wide, small = planned(pads(None)), planned(pads(0.02))
    assert small.minutes == wide.minutes and small.skin_peak_c == wide.skin_peak_c
    assert small.muscle_rise_c < 0.6 * wide.muscle_rise_c
    assert small.reach_mm["rise_1k"] < wide.reach_mm["rise_1k"]


def test_a_head_too_large_to_matter_is_a_wide_field() -> None:
    assert head.radius_m(pads(2.0 * head.SMALL_M + 0.01)) is None and head.radius_m(pads(None)) is None
    edge, wide = done(pads(2.0 * head.SMALL_M)), done(pads(None))
    assert edge.rise_k["30_mm"] == pytest.approx(wide.rise_k["30_mm"], abs=0.02)
    assert edge.skin_peak_c == pytest.approx(wide.skin_peak_c, abs=0.02)


@given(st.floats(0.006, 0.1), st.floats(1.2, 3.0))
@settings(max_examples=6)
def test_a_smaller_head_never_warms_more(wide_m: float, wider: float) -> None:
    small, large = done(pads(wide_m)), done(pads(min(0.6, wide_m * wider)))
    for depth in small.rise_k:
        assert small.rise_k[depth] <= large.rise_k[depth] + 0.01
    assert small.muscle_rise_c <= large.muscle_rise_c + 0.005


def test_a_warm_head_without_light_is_told_on_its_axis_too() -> None:
    warm = {w: catalogue.described(DeviceKind.HAND_HELD, surface_temp_c=43.0, head_width_m=w) for w in (None, 0.03)}
    assert done(warm[0.03]).rise_k["20_mm"] < 0.8 * done(warm[None]).rise_k["20_mm"]
