"""Readings of a meter: the law they fit, the spread they leave, and what is refused because light cannot do it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from irtherapy.device import geometry, measured
from irtherapy.device.measured import Meter, Reading, fit, seen_by
from irtherapy.edge import data
from irtherapy.values import DeviceKind, Emitter, InputError, SpectrumKind

# facts/devices.md, model 2: a in cm and E0 in mW/cm2 of the project's own fit to four laboratory curves, and that the
# fit's root mean square error is 0.4 to 1.3 mW/cm2.
LABORATORY = {300: (93.0, 98.0), 450: (125.0, 102.0), 600: (108.0, 109.0), 900: (161.0, 100.0)}
RED_BULB = Emitter(SpectrumKind.BLACKBODY_FILTERED, temperature_k=2400.0, cut_on_nm=650.0)


@pytest.mark.parametrize("model", LABORATORY)
def test_laboratory_panels_give_the_law_that_was_fitted_to_them(model: int) -> None:
    a_cm, e0 = LABORATORY[model]
    profile = data.catalogue()[f"platinumled_biomax_{model}"].irradiance_profile
    law = fit([Reading(d, e) for d, e in profile], DeviceKind.LED_PANEL)
    assert law.falloff_m * 100.0 == pytest.approx(a_cm, rel=0.05)
    assert law.e0_w_m2 / 10.0 == pytest.approx(e0, rel=0.015)
    assert law.residual < 0.02 and law.doubts == () and law.inflated == 1.0
    for d, e in profile:
        assert law.at(d)[0] == pytest.approx(e, rel=0.03)


@given(
    a=st.floats(0.06, 1.9),
    e0=st.floats(50, 5000),
    d=st.lists(st.floats(0.1, 1.5), min_size=2, max_size=6, unique_by=lambda x: round(x, 2)),
)
@settings(max_examples=60, deadline=None)
def test_readings_on_a_law_give_it_back(a: float, e0: float, d: list[float]) -> None:
    assume(max(d) - min(d) > 0.1)
    exact = [e0 / (1.0 + x / a) ** 2 for x in d]
    assume(min(exact) > 1.0)
    law = fit([Reading(x, e) for x, e in zip(d, exact, strict=True)], DeviceKind.LAMP)
    assert law.residual < 1e-4
    assert law.e0_w_m2 / (1.0 + 0.7 / law.falloff_m) ** 2 == pytest.approx(e0 / (1.0 + 0.7 / a) ** 2, rel=1e-3)


def test_nineteen_of_twenty_noisy_measurements_hold_the_truth_between_and_beyond_the_readings() -> None:
    rng = np.random.default_rng(4)
    held = {0.3: 0, 0.5: 0, 1.2: 0}
    runs = 200
    for _ in range(runs):
        a, e0 = math.exp(rng.uniform(math.log(0.05), math.log(2.0))), 2000.0
        scale = math.exp(0.05 * rng.standard_normal()) * math.exp(geometry.SPREAD["measured"] * rng.standard_normal())
        told = []
        for d in (0.3, 0.45, 0.6):
            told.append(Reading(d, e0 / (1 + d / a) ** 2 / scale * math.exp(0.05 * rng.standard_normal())))
        law = fit(told, DeviceKind.LAMP)
        for d in held:
            low, high = law.band(d)
            held[d] += low <= e0 / (1 + d / a) ** 2 <= high
    assert all(0.91 * runs <= n <= 0.99 * runs for n in held.values()), held


def test_one_reading_is_sure_there_and_unsure_beyond_and_two_are_surer() -> None:
    one = fit([Reading(0.3, 400.0)], DeviceKind.LAMP)
    two = fit([Reading(0.3, 400.0), Reading(0.6, 130.0)], DeviceKind.LAMP)
    assert one.at(0.3)[0] == pytest.approx(400.0)
    assert one.at(0.3)[1] < 0.13 < 0.3 < one.at(0.6)[1] < one.at(1.2)[1]
    assert two.at(0.6)[1] < 0.13
    # every lamp between the inverse square from just behind the glass and a slow one is in the band
    low, high = one.band(0.6)
    assert low < 400.0 * (0.41 / 0.71) ** 2 < high and low < 400.0 * (1.4 / 1.7) ** 2 < high
    # a panel falls off more slowly than a lamp
    assert fit([Reading(0.3, 400.0)], DeviceKind.LED_PANEL).at(0.6)[0] > one.at(0.6)[0] * 1.2


@pytest.mark.parametrize(
    ("far", "says"), [(520.0, "30 and 60 cm the reading rises by 30 %"), (70.0, "falls faster than light can")]
)
def test_readings_that_light_cannot_give_are_refused(far: float, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        fit([Reading(0.3, 400.0), Reading(0.6, far)], DeviceKind.LAMP)
    assert refused.value.field == "Readings"


def test_readings_off_the_curve_are_told_and_widen_the_spread() -> None:
    good = fit([Reading(d, 400.0 / (1 + d) ** 2) for d in (0.2, 0.4, 0.6)], DeviceKind.LED_PANEL)
    bad = fit([Reading(d, e) for d, e in ((0.2, 278), (0.4, 150), (0.6, 156))], DeviceKind.LED_PANEL)
    assert good.doubts == () and "do not lie on one curve" in bad.doubts[0]
    assert bad.at(0.4)[1] > 1.3 * good.at(0.4)[1]
    twice = fit([Reading(0.3, 300), Reading(0.3, 400)], DeviceKind.LED_PANEL)
    assert "at 30 cm differ by 33 %" in twice.doubts[0]
    assert twice.at(0.3)[1] > fit([Reading(0.3, 350), Reading(0.3, 350)], DeviceKind.LED_PANEL).at(0.3)[1]


def test_a_solar_meter_sees_a_fifth_of_a_red_bulb_and_all_of_a_panel() -> None:
    bulb = seen_by(Meter.SILICON, RED_BULB)
    # Planck at 2400 K behind a long-pass filter of 650 nm, to 1100 nm, by a sum of its own
    nm = np.arange(600.0, 40_000.0, 1.0)
    planck = nm**-5.0 / np.expm1(1.438777e7 / (nm * 2400.0)) / (1.0 + np.exp((650.0 - nm) / 10.0))
    assert bulb.share == pytest.approx(planck[nm <= 1100].sum() / planck[nm <= 12_000].sum(), rel=0.01)
    assert 0.15 < bulb.share < 0.22 and bulb.low < bulb.true_over_shown < bulb.high == pytest.approx(1 / bulb.share)
    panel = seen_by(Meter.SILICON, Emitter(SpectrumKind.LED, lines=((850.0, 1.0),)))
    assert panel.share > 0.999 and panel.high == pytest.approx(1.0, abs=1e-3)
    assert panel.low < 0.6  # set to sunlight it shows nearly twice what is there
    assert seen_by(Meter.THERMAL, RED_BULB).true_over_shown == 1.0
    with pytest.raises(InputError, match="sees 0 % of what this device gives"):
        seen_by(Meter.SILICON, Emitter(SpectrumKind.FAR_INFRARED, surface_temp_c=400.0))


@pytest.mark.parametrize(
    ("distance", "value", "field"),
    [(-0.1, 100.0, "Distance of a reading"), (3.0, 100.0, "Distance of a reading"), (0.3, 0.0, "Reading"),
     (0.3, math.nan, "Reading"), (0.3, math.inf, "Reading")],
)  # fmt: skip
def test_a_reading_is_checked(distance: float, value: float, field: str) -> None:
    with pytest.raises(InputError) as refused:
        Reading(distance, value)
    assert refused.value.field == field


def test_no_reading_and_too_many_are_refused() -> None:
    for readings in ([], [Reading(0.3, 400.0)] * (measured.READINGS_MAX + 1)):
        with pytest.raises(InputError, match="1 to 20 readings"):
            fit(readings, DeviceKind.LAMP)
