"""The plan: what is always true of it, and sane answers for devices people own."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy import limits
from irtherapy.dose.plan import make_plan
from irtherapy.edge import data
from irtherapy.values import Device, DeviceKind, InputError, Person, Placement, Plan, Region, Setting, Site, to_json

LOWER = Site(Region.LOWER_BACK)
ADULT = Person(age_years=40, sex="female", height_m=1.70, weight_kg=70, skin_tone=3)


def plan(
    device: str | Device = "simulated_lamp", distance_m: float = 0.5, setting: Setting = Setting.HOME, clean: int = 1,
    person: Person = ADULT, site: Site = LOWER, persons: int = 60, **more,
) -> Plan:  # fmt: skip
    chosen = data.catalogue()[device] if isinstance(device, str) else device
    placement = Placement(0.0 if chosen.contact else distance_m, **more)
    return make_plan(person, site, chosen, placement, setting, clean, data.body_tables(), seed=1, persons=persons)


def test_a_first_session_under_the_simulated_lamp_is_ten_pleasant_minutes():
    p = plan(clean=0, persons=200)
    assert p.minutes == 10 and p.limit.name == "first_session"
    assert p.irradiance_w_m2 == pytest.approx(400, rel=0.05)
    assert 33 < p.skin_c.p50[0] < 35 and 38 < max(p.skin_c.p50) < 41
    assert p.skin_peak_c <= 41.0 and p.cem43_min < 2.0
    assert 0.2 < p.muscle_rise_c < 2.0


def test_every_series_has_the_length_of_its_axis():
    p = plan()
    for curve in (p.skin_c, p.muscle_c):
        for line in (curve.p2_5, curve.p50, curve.p97_5):
            assert len(line) == len(p.time_s)
        assert all(a <= b <= c for a, b, c in zip(curve.p2_5, curve.p50, curve.p97_5, strict=True))
    assert len(p.temperature_c) == len(p.time_s)
    assert all(len(row) == len(p.depth_mm) for row in p.temperature_c)
    assert p.time_s[-1] == p.minutes * 60 + 600
    assert set(p.layer_depths_mm) >= {"epidermis", "dermis", "fat", "muscle", "spine"}
    assert set(p.reach_mm) == {"rise_1k", "rise_0_5k", "light_10pct", "light_1pct"}
    assert to_json(p)["device_id"] == "simulated_lamp"


def test_the_chain_names_every_limit_and_the_lowest_wins():
    p = plan()
    names = {step.name for step in p.limit_chain}
    assert names >= {"skin_target", "skin_cutoff", "cem43", "eye", "session_ceiling", "default_after_clean"}
    assert [s.minutes for s in p.limit_chain] == sorted(s.minutes for s in p.limit_chain)
    assert p.limit == p.limit_chain[0] and p.runner_up == p.limit_chain[1]
    assert any(math.isinf(s.minutes) for s in p.limit_chain)


def test_the_same_question_gives_the_same_answer():
    assert plan() == plan()


@pytest.mark.parametrize("device", sorted(data.catalogue()))
@pytest.mark.parametrize("setting", list(Setting))
def test_no_device_passes_a_ceiling(device, setting):
    chosen = data.catalogue()[device]
    from irtherapy.device.geometry import distance_range_m

    low, high = distance_range_m(chosen)
    p = plan(device, min(max(0.4, low), high), setting, persons=40)
    ceiling = limits.ceilings(setting)
    assert p.minutes <= limits.heat_ceiling_min(setting, chosen.kind)
    assert p.minutes * 2 == int(p.minutes * 2)
    if p.minutes > 0:
        assert p.skin_peak_c <= ceiling.skin_target_c + 0.05
        assert p.cem43_min <= ceiling.cem43_min + 0.05
    else:
        assert p.advice


@settings(max_examples=8, deadline=None)
@given(st.floats(0.25, 0.9), st.floats(0.02, 0.5), st.sampled_from(list(Setting)))
def test_more_distance_never_gives_fewer_minutes(distance, more, setting):
    assert (
        plan(distance_m=distance, setting=setting).minutes <= plan(distance_m=distance + more, setting=setting).minutes
    )


@settings(max_examples=6, deadline=None)
@given(
    st.integers(1, 5),
    st.sampled_from([("simulated_lamp", 0.45), ("platinumled_biomax_600", 0.2), ("led_belt_generic", 0.0)]),
)
def test_darker_skin_never_gives_more_minutes(tone, under):
    device, distance = under
    darker = Person(age_years=40, height_m=1.7, weight_kg=70, skin_tone=tone + 1)
    lighter = Person(age_years=40, height_m=1.7, weight_kg=70, skin_tone=tone)
    assert (
        plan(device, distance, person=darker, clean=2).minutes
        <= plan(device, distance, person=lighter, clean=2).minutes
    )


@pytest.mark.parametrize("distance", [0.4, 0.5, 0.7])
def test_at_risk_never_gives_more_minutes(distance):
    assert plan(distance_m=distance, setting=Setting.HOME_AT_RISK).minutes <= plan(distance_m=distance).minutes


def test_an_older_person_never_gets_more_minutes():
    old = Person(age_years=75, sex="female", height_m=1.70, weight_kg=70, skin_tone=3)
    assert plan(distance_m=0.45, person=old).minutes <= plan(distance_m=0.45).minutes


def test_a_lamp_whose_output_is_less_known_gets_fewer_minutes():
    known, guessed = plan("simulated_lamp"), plan("r125_150w")
    assert known.irradiance_w_m2 == guessed.irradiance_w_m2
    assert guessed.minutes <= known.minutes


def test_too_close_gives_no_minutes_and_a_distance_that_works():
    p = plan(distance_m=0.25)
    assert p.minutes == 0 and p.time_s[-1] == 600
    assert any("cm" in text and "minutes" in text for text in p.advice)


def test_near_the_neck_the_ceiling_is_lower():
    p = plan(distance_m=0.9, site=Site(Region.NECK), clean=3)
    assert p.minutes <= 10 and "near_neck" in {s.name for s in p.limit_chain}


def test_a_warm_surface_gives_no_light():
    p = plan("thermacare_wrap")
    assert p.irradiance_w_m2 == 0 and "light_10pct" not in p.reach_mm


def test_strong_light_comes_with_a_word_about_the_eyes():
    assert any("eyes" in text for text in plan().cautions)


def test_a_lamp_over_clothes_is_warned_about():
    assert any("lothes" in text for text in plan(distance_m=0.7, clothed=True).cautions)


@pytest.mark.parametrize(
    ("distance", "persons", "clean", "field"),
    [(0.05, 60, 0, "Distance"), (1.9, 60, 0, "Distance"), (0.5, 1, 0, "Persons"), (0.5, 60, -1, "Clean sessions")],
)
def test_what_cannot_be_planned_is_refused_by_name(distance, persons, clean, field):
    with pytest.raises(InputError) as told:
        plan(distance_m=distance, persons=persons, clean=clean)
    assert told.value.field == field


def test_a_contact_device_cannot_stand_away():
    device = data.catalogue()["anodyne_mire"]
    with pytest.raises(InputError, match="on the skin"):
        make_plan(ADULT, LOWER, device, Placement(0.3), Setting.HOME, 0, data.body_tables(), persons=20)


def test_a_hot_pad_is_offered_over_clothing():
    p = plan("heating_pad_low")
    assert p.minutes == 0 and "Over a layer of clothing" in p.advice[0]
    assert plan("heating_pad_low", clothed=True).minutes >= 5


@pytest.mark.parametrize("device", ["anodyne_mire", "led_belt_generic"])
def test_light_pads_over_clothing_never_gain_minutes(device):
    assert plan(device, clothed=True).minutes <= plan(device).minutes


def test_no_advice_leads_beyond_what_is_known():
    assert not any("cm" in text for text in plan("bestqool_pro300", 0.3).advice)


@pytest.mark.parametrize(
    ("setting", "clean", "chosen", "minutes"),
    [
        (Setting.HOME, 0, 20.0, 10),  # a first session is short, whatever is asked
        (Setting.HOME, 2, 20.0, 15),
        (Setting.HOME, 3, None, 15),  # the usual length holds where nobody chose
        (Setting.HOME, 3, 20.0, 20),
        (Setting.HOME, 3, 45.0, 20),  # the ceiling holds always
        (Setting.HOME_AT_RISK, 3, 20.0, 15),
        (Setting.HOME_AT_RISK, 3, None, 10),
    ],
)
def test_twenty_minutes_are_for_who_chooses_them_after_three_clean_skin_checks(setting, clean, chosen, minutes):
    chain = limits.fixed_limits(setting, DeviceKind.LAMP, Region.LOWER_BACK, clean, chosen_min=chosen)
    assert min(step.minutes for step in chain) == minutes
