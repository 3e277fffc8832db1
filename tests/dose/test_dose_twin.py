"""The simulated person: warms under heat, cools without, and is not the plan's median."""

from __future__ import annotations

import pytest

from irtherapy.dose import twin
from irtherapy.dose.plan import make_plan
from irtherapy.edge import data
from irtherapy.values import InputError, Person, Placement, Region, Setting, Site

SITE = Site(Region.LOWER_BACK)


def fresh(seed: int = 1, device: str = "simulated_lamp", distance_m: float = 0.5) -> twin.Twin:
    return twin.new(Person(), SITE, data.catalogue()[device], Placement(distance_m), data.body_tables(), seed)


def test_it_rests_warms_and_cools():
    one = fresh()
    rest = one.skin_c
    one.advance(60.0, False)
    assert one.skin_c == pytest.approx(rest, abs=0.01)
    one.advance(600.0, True)
    warm = one.skin_c
    assert rest + 2 < warm < 44
    one.advance(600.0, False)
    assert rest - 0.1 < one.skin_c < warm - 1


def test_small_and_large_steps_agree():
    small, large = fresh(), fresh()
    for _ in range(240):
        small.advance(0.5, True)
    large.advance(120.0, True)
    assert small.skin_c == pytest.approx(large.skin_c, abs=0.02)
    assert small.muscle_c == pytest.approx(large.muscle_c, abs=0.01)


def test_nothing_happens_in_no_time_and_bad_steps_are_refused():
    one = fresh()
    before = one.skin_c
    one.advance(0.0, True)
    assert one.skin_c == pytest.approx(before, abs=0.05)
    for bad in (-1.0, float("nan"), 1e9):
        with pytest.raises(InputError):
            one.advance(bad, True)


def test_a_seed_is_a_person():
    same, again, other = fresh(4), fresh(4), fresh(5)
    for one in (same, again, other):
        one.advance(300.0, True)
    assert same.skin_c == again.skin_c != other.skin_c


def test_the_twin_is_not_the_plan_but_lies_within_its_band_most_of_the_time():
    plan = make_plan(
        Person(), SITE, data.catalogue()["simulated_lamp"], Placement(0.5), Setting.HOME, 1, data.body_tables()
    )
    end = plan.time_s.index(plan.minutes * 60)
    inside = 0
    for seed in range(20):
        one = fresh(seed)
        one.advance(plan.minutes * 60, True)
        assert one.skin_c != pytest.approx(plan.skin_c.p50[end], abs=1e-4)
        inside += plan.skin_c.p2_5[end] - 0.1 <= one.skin_c <= plan.skin_c.p97_5[end] + 0.1
    assert inside >= 17


def test_contact_devices_have_twins_too():
    for device in ("anodyne_mire", "thermacare_wrap", "massage_chair_generic"):
        one = fresh(2, device, 0.0)
        before = one.skin_c
        one.advance(300.0, True)
        assert one.skin_c > before + 1
