"""Devices, their light by wavelength and distance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from irtherapy.device import catalogue, geometry, spectrum
from irtherapy.edge import data
from irtherapy.values import DeviceKind, Emitter, InputError, Mark, SpectrumKind

DEVICES = catalogue.load(data.read("devices.csv"))


def test_every_kind_has_a_device():
    for kind, devices in catalogue.by_kind(DEVICES).items():
        assert devices, kind


@pytest.mark.parametrize("device", DEVICES.values(), ids=lambda d: d.id)
def test_a_device_can_be_dosed_and_says_where_it_comes_from(device):
    assert device.source and device.mark is not Mark.UNVERIFIED
    low, high = geometry.distance_range_m(device)
    e = [geometry.irradiance_w_m2(device, d) for d in np.linspace(low, high, 9)]
    assert all(a >= b - 1e-9 for a, b in zip(e, e[1:], strict=False))
    nm, share = spectrum.shares(device.emitter)
    if device.emitter.kind is SpectrumKind.CONDUCTIVE:
        assert share.sum() == 0 and device.emitter.surface_temp_c is not None
    else:
        assert share.sum() == pytest.approx(1.0) and np.all(np.diff(nm) > 0)
    if device.irradiance_basis == "modelled":
        assert {"irradiance_profile", "surface_temp_c"} & set(device.unverified_fields) or device.emitter.surface_temp_c


@pytest.mark.parametrize("name", [f"platinumled_biomax_{n}" for n in (300, 450, 600, 900)])
def test_panels_give_their_laboratory_values(name):
    for distance, e in DEVICES[name].irradiance_profile:
        assert geometry.irradiance_w_m2(DEVICES[name], distance) == pytest.approx(e)


def test_the_higher_of_claimed_and_measured_counts():
    device = DEVICES["rlt_home_ultra"]
    assert geometry.irradiance_w_m2(device, 0.1524) == pytest.approx(1740)


def test_a_single_known_distance_falls_off_as_panels_in_the_laboratory():
    panel = catalogue.described(DeviceKind.LED_PANEL, claimed_irradiance_w_m2=600, claimed_at_m=0.15)
    for metres in (0.15, 0.6, 1.5):  # E0/(1 + d/1.1)^2: median of four laboratory fits (facts: devices, model 1)
        want = 600 * ((1 + 0.15 / 1.1) / (1 + metres / 1.1)) ** 2
        assert geometry.irradiance_w_m2(panel, metres) == pytest.approx(want)


def test_the_eye_counts_infrared_and_no_red_light():
    red = Emitter(SpectrumKind.LED, lines=((740.0, 1.0),), fwhm_nm=20)
    both = Emitter(SpectrumKind.LED, lines=((660.0, 0.4), (850.0, 0.6)), fwhm_nm=20)
    assert spectrum.infrared_share(red) < 0.01 and spectrum.infrared_share(both) == pytest.approx(0.6, abs=0.01)
    far = Emitter(SpectrumKind.FAR_INFRARED, surface_temp_c=80)
    assert spectrum.infrared_share(far) < 0.02


def test_a_panel_that_brightens_further_out_counts_as_bright_near_in():
    assert geometry.irradiance_w_m2(DEVICES["helio_glow"], 0.1524) == pytest.approx(750.1)


def test_the_bulb_at_half_a_metre():
    assert geometry.irradiance_w_m2(catalogue.simulated_lamp(), 0.5) == pytest.approx(401, abs=1)


@pytest.mark.parametrize("distance", [0.0, 0.1, 1.9])
def test_a_distance_nobody_knows_is_refused(distance):
    with pytest.raises(InputError, match="Distance must be from 20 to 150 cm"):
        geometry.irradiance_w_m2(catalogue.simulated_lamp(), distance)


def test_the_distance_that_is_asked_for_is_one_that_is_taken():
    panel = DEVICES["bestqool_pro300"]  # measured from 15.24 cm on
    with pytest.raises(InputError, match="from 15.3 to 30.4 cm for .*; got 15 cm"):
        geometry.irradiance_w_m2(panel, 0.15)
    assert geometry.irradiance_w_m2(panel, 0.153) > geometry.irradiance_w_m2(panel, 0.304) > 0.0


def test_water_in_the_beam_takes_infrared_b_and_c():
    tables = data.body_tables().water
    emitter = Emitter(SpectrumKind.BLACKBODY_FILTERED, temperature_k=3000, cut_on_nm=590, water_filter_m=0.007)
    nm, share = spectrum.shares(emitter, (tables.wavelength_nm, tables.absorption_per_m))
    assert share[(nm >= 780) & (nm <= 1400)].sum() == pytest.approx(0.727, abs=0.03)  # published 72.7 % IR-A
    assert share[nm > 1400].sum() < 0.02


def test_led_lines_stay_where_they_are():
    nm, share = spectrum.shares(Emitter(SpectrumKind.LED, lines=((850.0, 1.0),), fwhm_nm=35))
    assert float(nm @ share) == pytest.approx(850, abs=1)


def test_a_far_infrared_plate_sends_nothing_below_2_um():
    nm, share = spectrum.shares(Emitter(SpectrumKind.FAR_INFRARED, surface_temp_c=50))
    assert share[nm < 2000].sum() < 1e-3


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        (DeviceKind.LAMP, {}, "Power"),
        (DeviceKind.LAMP, {"watts": 5}, "Power"),
        (DeviceKind.LAMP, {"watts": float("nan")}, "Power"),
        (DeviceKind.LAMP, {"watts": 150, "contact": True}, "Contact"),
        (DeviceKind.LED_PANEL, {}, "Irradiance"),
        (DeviceKind.LED_PADS, {"claimed_irradiance_w_m2": 1e5}, "Irradiance"),
        (DeviceKind.HEATING_PAD, {"surface_temp_c": 120}, "Surface temperature"),
        (DeviceKind.LAMP, {"watts": 150, "timer_min": 0}, "Timer"),
    ],
)
def test_a_label_that_cannot_be_is_refused_by_name(kind, given, field):
    with pytest.raises(InputError) as told:
        catalogue.described(kind, **given)
    assert told.value.field == field


@pytest.mark.parametrize("kind", list(DeviceKind))
def test_every_kind_can_be_described(kind):
    device = catalogue.described(kind, watts=150, claimed_irradiance_w_m2=300, timer_min=15)
    assert not device.listed and device.has_timer and device.mark is Mark.UNVERIFIED
    assert device.contact is (kind not in (DeviceKind.LAMP, DeviceKind.LED_PANEL))


def test_a_bad_row_names_itself():
    text = data.read("devices.csv").replace("15.24:84.30", "15.24:bright")
    with pytest.raises(InputError, match="platinumled_biomax_600 profile"):
        catalogue.load(text)


def test_a_small_head_on_the_skin_has_an_area_and_one_at_a_distance_has_none() -> None:
    head = catalogue.described(DeviceKind.LED_PADS, claimed_irradiance_w_m2=100.0, head_width_m=0.02)
    assert head.area_m2 == pytest.approx(math.pi * 0.01**2)
    lamp = catalogue.described(DeviceKind.LAMP, watts=150.0, head_width_m=0.02)
    assert lamp.area_m2 is None
    with pytest.raises(InputError, match="Width must be"):
        catalogue.described(DeviceKind.LED_PADS, claimed_irradiance_w_m2=100.0, head_width_m=0.001)
