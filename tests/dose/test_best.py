"""The best distance and the best switching: nothing passes a ceiling, and nothing as simple does better."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.body import population
from irtherapy.device import geometry
from irtherapy.dose import best, ensemble, exposure, heat, plan
from irtherapy.edge import data
from irtherapy.values import InputError, Person, Placement, Region, Setting, Site

HOME = best.Ceiling(41.0, 2.0)
LOWER, ADULT = Site(Region.LOWER_BACK), Person(age_years=40)
LAMP = data.catalogue()["r125_150w"]


class Under:
    """Forty people under the lamp."""

    def __init__(self) -> None:
        self.body = data.body_tables()
        self.people = population.together(
            population.median(ADULT, LOWER, self.body),
            population.ensemble(ADULT, LOWER, self.body, np.random.default_rng(1), 40),
        )
        self.dose = exposure.light_dose(self.people, self.body, LAMP.emitter)
        self.tissue = exposure.tissue_of(self.people, self.body)
        self.rest = heat.Bioheat(self.tissue, self.at(0.5).off).rest()

    def at(self, distance_m: float) -> exposure.Exposure:
        return exposure.expose(self.people, self.body, LOWER, LAMP, Placement(distance_m), self.tissue, self.dose)


@pytest.fixture(scope="module")
def under() -> Under:
    return Under()


@pytest.fixture(scope="module")
def found(under: Under) -> best.Schedule:
    return best.schedule(under.at(0.4), 15.0, HOME, under.rest)


def test_the_nearest_distance_keeps_the_ceilings_and_a_hand_nearer_does_not(under: Under) -> None:
    near = best.nearest_distance_m(under.at, geometry.distance_range_m(LAMP), 15.0, HOME, under.rest)
    assert near is not None
    assert best.margin(ensemble.heating(under.at(near), 15.0, under.rest), HOME) >= 0.0
    assert best.margin(ensemble.heating(under.at(near - 0.01), 15.0, under.rest), HOME) < 0.0
    assert best.nearest_distance_m(under.at, (near + 0.1, 1.0), 15.0, HOME, under.rest) == near + 0.1
    assert best.nearest_distance_m(under.at, (0.3, near - 0.05), 15.0, HOME, under.rest) is None


def test_switching_keeps_every_ceiling_and_warms_the_muscle_more_than_an_even_share(found: best.Schedule) -> None:
    for course in (found.does, found.even):
        assert course.skin_peak_c <= HOME.skin_c and course.cem43_min <= HOME.cem43_min
    assert found.does.muscle_rise_k > 1.02 * found.even.muscle_rise_k
    assert len(found.on) == 15 * 12 and np.mean(found.on) == pytest.approx(np.mean(found.shares))
    assert np.mean(found.shares[:6]) > np.mean(found.shares[-6:])  # more at first, while the skin is cool


def test_the_course_told_is_that_of_the_switch_on_a_finer_clock(under: Under, found: best.Schedule) -> None:
    ex = under.at(0.4)
    operator, state, skin = heat.Bioheat(ex.tissue, ex.on), under.rest, []
    for on in found.on:
        for _ in range(10):
            state = operator.step(state, ex.source_w_m2 * on, 0.5)
            skin.append(operator.skin_c(state.temp_c))
    peak = np.percentile(np.array(skin)[:, 1:].max(axis=0), ensemble.HIGH)
    assert peak == pytest.approx(found.does.skin_peak_c, abs=0.05)


def test_half_a_minute_more_is_over_the_ceiling_or_hardly_warmer(under: Under, found: best.Schedule) -> None:
    ex = under.at(0.4)
    run = best._Run(ex, under.rest, len(found.shares))
    random, slots = np.random.default_rng(3), np.array(found.on, dtype=float)
    for _ in range(12):
        trial = slots.copy()
        trial[random.choice(np.flatnonzero(slots == 0.0), 6, replace=False)] = 1.0
        course = run.course(trial)
        if best.margin(course, HOME) >= 0.0:
            assert run.warmth(course) < 1.05 * found.does.muscle_rise_k


def test_a_weak_device_stays_on_and_minutes_have_a_range(under: Under) -> None:
    weak = best.schedule(under.at(1.0), 5.0, HOME, under.rest)
    assert all(weak.on) and weak.even_share == 1.0
    with pytest.raises(InputError, match="Minutes must be"):
        best.schedule(under.at(1.0), 61.0, HOME, under.rest)


def minutes(person: Person, distance_m: float, device=LAMP, persons: int = 40, site: Site = LOWER) -> float:
    body = data.body_tables()
    made = plan.make_plan(person, site, device, Placement(distance_m), Setting.HOME, 2, body, seed=5, persons=persons)
    return made.minutes


@given(st.floats(0.3, 0.9), st.floats(0.0, 0.3), st.sampled_from(list(Region)), st.integers(1, 6))
@settings(max_examples=15)
def test_more_distance_never_yields_fewer_minutes(near_m: float, more_m: float, region: Region, tone: int) -> None:
    person = Person(age_years=50, skin_tone=tone)
    far_m = min(near_m + more_m, 1.0)
    assert minutes(person, far_m, site=Site(region)) >= minutes(person, near_m, site=Site(region))


@given(st.floats(0.35, 0.6), st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=15)
def test_darker_skin_never_yields_more_minutes(distance_m: float, tone: int, darker: int) -> None:
    light, dark = (Person(age_years=50, skin_tone=t) for t in (tone, min(6, tone + darker)))
    assert minutes(dark, distance_m) <= minutes(light, distance_m)


@given(st.floats(0.35, 0.6), st.integers(1, 6), st.floats(5.0, 30.0))
@settings(max_examples=15)
def test_wider_uncertainty_never_yields_more_minutes(distance_m: float, tone: int, fat_mm: float) -> None:
    told = Person(age_years=50, skin_tone=tone, fat_m=fat_mm / 1000.0)
    sure = replace(LAMP, irradiance_profile=((0.3, 900.0), (1.0, 81.0)), irradiance_basis="measured")
    claimed = replace(sure, irradiance_basis="modelled")
    assert minutes(told, distance_m, claimed) <= minutes(told, distance_m, sure)


def test_what_is_best_is_asked_of_the_plan() -> None:
    body = data.body_tables()
    use = plan.best_use(ADULT, LOWER, LAMP, Placement(0.4), Setting.HOME, 1, body, persons=40)
    assert use.minutes == 15 and use.distance_m is not None and use.schedule is not None
    advice = plan.make_plan(ADULT, LOWER, LAMP, Placement(0.4), Setting.HOME, 1, body, persons=40).advice
    whole = math.ceil(use.distance_m * 20.0) * 5
    assert advice == (f"Too hot here. At {whole} cm: 15 minutes instead of 0.",)
    wrap = data.catalogue()["thermacare_wrap"]
    worn = plan.best_use(ADULT, LOWER, wrap, Placement(0.0), Setting.HOME, 1, body, persons=40)
    assert worn.schedule is None and worn.distance_m is None  # nothing to switch, nowhere to move it
