"""A device its owner described: claimed beside measured, and what the plan makes of either."""

from __future__ import annotations

from typing import Any

import pytest

from irtherapy import pathway
from irtherapy.device import geometry
from irtherapy.device.measured import Meter
from irtherapy.device.own import BySkin, Glow, Metered, OwnDevice
from irtherapy.edge import data
from irtherapy.values import (
    Decision,
    DeviceKind,
    InputError,
    Person,
    Placement,
    Region,
    Setting,
    Site,
    SpectrumKind,
    Urgency,
    Verdict,
    from_json,
    to_json,
)

THERMAL = Metered(Meter.THERMAL, ((0.2, 500.0), (0.4, 380.0)))


def minutes(told: OwnDevice, distance_m: float) -> float:
    go = Verdict(Decision.GO, (), (), Setting.CLINIC, "", Urgency.NONE)
    site, place = Site(Region.LOWER_BACK), Placement(distance_m)
    made = pathway.make_plan(Person(45), site, told.device(), place, go, 5, data.body_tables(), persons=60)
    return made.minutes


def test_measured_narrows_what_the_plan_reckons_with_and_claimed_alone_does_not() -> None:
    claimed = OwnDevice("Panel", DeviceKind.LED_PANEL, claimed_w_m2=760.0, claimed_at_m=0.3)
    measured = OwnDevice(
        "Panel", DeviceKind.LED_PANEL, metered=Metered(Meter.THERMAL, ((0.3, 760.0), (0.45, 640.0), (0.6, 540.0)))
    )
    for at_m in (0.3, 0.45, 0.6):
        assert geometry.output_spread(measured.device(), at_m) < 0.13 < geometry.output_spread(claimed.device(), at_m)
    assert geometry.output_spread(claimed.device(), 0.3) == geometry.SPREAD["claimed"]
    assert geometry.irradiance_w_m2(measured.device(), 0.3) == pytest.approx(760.0, rel=0.01)
    assert minutes(measured, 0.3) > minutes(claimed, 0.3) > 0.0


def test_the_higher_of_claimed_and_measured_is_planned_with_and_both_are_kept() -> None:
    told = OwnDevice("Panel", DeviceKind.LED_PANEL, claimed_w_m2=1000.0, claimed_at_m=0.15, metered=THERMAL)
    law = told.law()
    assert law is not None and told.claimed_over_measured == pytest.approx(1000.0 / law.at(0.15)[0])
    assert told.claimed_over_measured > 1.5
    device = told.device()
    assert geometry.irradiance_w_m2(device, 0.4) == pytest.approx(law.at(0.4)[0] * told.claimed_over_measured, rel=1e-3)
    modest = OwnDevice("Panel", DeviceKind.LED_PANEL, claimed_w_m2=300.0, claimed_at_m=0.15, metered=THERMAL)
    assert geometry.irradiance_w_m2(modest.device(), 0.4) == pytest.approx(law.at(0.4)[0], rel=1e-3)


def test_what_a_solar_meter_shows_of_a_red_bulb_is_multiplied_and_spread() -> None:
    shown = ((0.3, 100.0), (0.6, 40.0))
    silicon = OwnDevice("Bulb", DeviceKind.LAMP, Glow.RED, metered=Metered(Meter.SILICON, shown))
    thermal = OwnDevice("Bulb", DeviceKind.LAMP, Glow.RED, metered=Metered(Meter.THERMAL, shown))
    seen = silicon.seen()
    assert seen is not None
    ratio = geometry.irradiance_w_m2(silicon.device(), 0.5) / geometry.irradiance_w_m2(thermal.device(), 0.5)
    assert ratio == pytest.approx(seen.true_over_shown, rel=1e-6)
    assert geometry.output_spread(silicon.device(), 0.3) > 1.5 * geometry.output_spread(thermal.device(), 0.3)


def test_a_skin_reading_is_one_wide_reading_and_a_device_worn_has_one_place() -> None:
    skin = OwnDevice("Bulb", DeviceKind.LAMP, Glow.CLEAR, by_skin=BySkin(0.5, 300.0, 0.3))
    assert geometry.irradiance_w_m2(skin.device(), 0.5) == pytest.approx(300.0, rel=1e-3)
    assert geometry.output_spread(skin.device(), 0.5) > 0.3
    pads = OwnDevice("Pads", DeviceKind.LED_PADS, metered=Metered(Meter.THERMAL, ((0.0, 300.0),)), led_nm=(890.0,))
    assert pads.device().contact and geometry.irradiance_w_m2(pads.device(), 0.0) == pytest.approx(300.0)
    assert pads.device().emitter.lines == ((890.0, 1.0),)
    warm = OwnDevice("Pad", DeviceKind.HEATING_PAD, surface_c=45.0, measured_surface_c=52.0)
    assert warm.device().emitter.surface_temp_c == 52.0 and warm.device().irradiance_basis == "measured"
    dark = OwnDevice("Ceramic", DeviceKind.LAMP, Glow.DARK, watts=150.0)
    assert dark.device().emitter.kind is SpectrumKind.FAR_INFRARED


def test_every_distance_of_the_curve_falls_and_json_brings_it_back() -> None:
    told = OwnDevice("Fünf Lampen", DeviceKind.LAMP, Glow.RED, watts=150.0, metered=THERMAL)
    profile = told.device().irradiance_profile
    assert all(a > b for (_, a), (_, b) in zip(profile, profile[1:], strict=False))
    assert geometry.distance_range_m(told.device()) == (0.2, 1.5)
    assert from_json(OwnDevice, to_json(told)) == told and told.id == "own_f_nf_lampen"


LAMP: dict[str, Any] = {"name": "Lamp", "kind": DeviceKind.LAMP, "watts": 150.0}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "   "}, "Name"),
        ({"name": "x" * 61}, "Name"),
        ({"glow": Glow.LED}, "Spectrum"),
        ({"watts": None}, "Power"),
        ({"watts": 5000.0}, "Power"),
        ({"claimed_w_m2": 1e6}, "Irradiance"),
        ({"led_nm": (850.0,)}, "LED wavelength"),
        ({"kind": DeviceKind.LED_PANEL, "claimed_w_m2": 500.0, "led_nm": (20.0,)}, "LED wavelength"),
        ({"surface_c": 50.0}, "Surface temperature"),
        ({"kind": DeviceKind.WRAP, "watts": None, "metered": THERMAL}, "Readings"),
        ({"kind": DeviceKind.WRAP, "watts": None, "measured_surface_c": 90.0}, "Measured surface temperature"),
        ({"kind": DeviceKind.LED_PADS, "metered": THERMAL}, "Readings"),
        ({"kind": DeviceKind.LED_PADS, "by_skin": BySkin(0.5, 300.0, 0.3), "claimed_w_m2": 300.0}, "Skin reading"),
        ({"glow": Glow.DARK, "metered": Metered(Meter.SILICON, ((0.3, 50.0),))}, "Meter"),
        ({"metered": Metered(Meter.THERMAL, ((0.3, 50.0), (0.6, 90.0)))}, "Readings"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        OwnDevice(**{**LAMP, **changes})
    assert refused.value.field == field
