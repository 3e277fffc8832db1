"""Counting a population: whole numbers that do not hang on how the work is split."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.dose import cohort, ensemble, exposure
from irtherapy.dose.cohort import LIMITS, Question
from irtherapy.values import InputError, Person, Placement, Region, Setting, Site


def question(devices, **changes):
    place = changes.pop("distance_m", 0.45)
    asked = {"minutes": 10.0, "persons": 2300, "wavelengths": 8, **changes}
    return Question(Site(Region.LOWER_BACK), devices["r125_150w"], Placement(distance_m=place), **asked)


def whole(asked, body):
    parts = (cohort.count(asked, batch, body) for batch in range(asked.batches))
    return functools.reduce(cohort.together, parts, cohort.empty())


@pytest.fixture(scope="module")
def counted(devices, body):
    asked = question(devices)
    return [cohort.count(asked, batch, body) for batch in range(asked.batches)]


def test_every_person_is_in_one_group_of_each_kind(counted):
    total = functools.reduce(cohort.together, counted, cohort.empty())
    groups = {name: numbers[0] for name, numbers in total.groups.items()}
    assert groups["all"] == sum(total.peaks) == 2300
    for kind in ("age", "skin", "fat"):
        assert sum(n for name, n in groups.items() if name.startswith(kind)) == 2300
    assert groups["age 65+"] == 250 + 250 + 75
    for numbers in zip(*total.groups.values(), strict=True):
        assert sum(numbers) == 4 * numbers[0]  # "all" and three kinds of groups; also for those over each limit


@settings(max_examples=20)
@given(order=st.permutations(range(3)), cut=st.integers(0, 3))
def test_the_split_does_not_matter(counted, order, cut):
    def added(numbers):
        return functools.reduce(cohort.together, (counted[i] for i in numbers), cohort.empty())

    assert cohort.together(added(order[:cut]), added(order[cut:])) == added(range(3))


def test_a_batch_is_the_same_again_and_another_seed_is_not(counted, devices, body):
    assert cohort.count(question(devices), 1, body) == counted[1]
    assert cohort.count(question(devices, seed=2), 1, body) != counted[1]
    assert counted[0] != counted[1]


def test_nearer_longer_and_tighter_is_never_safer(counted, devices, body):
    base = counted[0].groups["all"]
    nearer = cohort.count(question(devices, distance_m=0.35), 0, body).groups["all"]
    longer = cohort.count(question(devices, minutes=20.0), 0, body).groups["all"]
    risk = cohort.count(question(devices, setting=Setting.HOME_AT_RISK), 0, body).groups["all"]
    assert base[1] > 0
    for other in (nearer, longer, risk):
        assert all(o >= b for o, b in zip(other, base, strict=True)) and other[1] > base[1]


def test_the_older_and_the_told(counted, devices, body):
    groups = counted[0].groups
    younger, older = groups["age under 65"], groups["age 65+"]
    assert older[1] / older[0] > younger[1] / younger[0]
    told = cohort.count(question(devices, person=Person(age_years=70.0, skin_tone=6)), 0, body).groups
    assert told["age 65+"][0] == told["all"][0] == 1000 and told["skin 6"][0] > 700 and told["skin 1"][0] == 0


def test_summary_is_the_share_with_its_interval(counted, devices):
    told = cohort.summary(question(devices), counted[0])
    persons, *over = counted[0].groups["all"]
    for limit, number in zip(LIMITS, over, strict=True):
        share = told["groups"]["all"][limit]
        assert share["share"] == number / persons and 0.0 <= share["low"] <= share["share"] <= share["high"] <= 1.0
    wilson = cohort._wilson(0, 100)  # Wilson 1927: 0 of 100 is 0 to 3.70 %
    assert wilson["low"] == 0.0 and wilson["high"] == pytest.approx(0.0370, abs=5e-5)
    peaks = list(told["skin_peak_c"].values())
    assert peaks == sorted(peaks) and 34.0 < peaks[0] < peaks[-1] < 60.0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"persons": 0}, "Persons"),
        ({"minutes": 7.3}, "Minutes"),
        ({"older_share": 1.5}, "Share of people"),
        ({"seed": -1}, "Seed"),
        ({"wavelengths": 3}, "Wavelengths"),
    ],
)
def test_a_wrong_question_is_refused(devices, changes, field):
    with pytest.raises(InputError, match=field):
        question(devices, **changes)


def test_pain_and_burn_are_counted_where_the_studies_have_them(devices, body):
    asked = question(devices, distance_m=0.33, minutes=10.0, persons=600)
    people, _ = cohort._people(asked, 0, body)
    dose = exposure.light_dose(people, body, asked.device.emitter, merged=asked.wavelengths)
    tissue = exposure.tissue_of(people, body)
    ex = exposure.expose(people, body, asked.site, asked.device, asked.placement, tissue, dose)
    hot = ensemble.heating(ex, 10.0)
    pain = np.sum(hot.skin_c.max(axis=1) > 43.2)  # Stoll & Greene 1959
    rate = np.exp(np.log(3.1) + 98.0 * np.log(10.0) - 75_000.0 / (hot.hottest_c + 273.15))  # Henriques & Moritz 1947
    burn = np.sum(np.trapezoid(rate, hot.time_s, axis=1) > 1.0)
    told = dict(zip(LIMITS, cohort.count(asked, 0, body).groups["all"][1:], strict=True))
    assert told["pain"] == pain and told["burn"] == burn and 600 > pain > burn > 0
    assert np.sum(hot.skin_c.max(axis=1) > 44.2) < pain and np.sum(np.trapezoid(rate, hot.time_s, axis=1) > 0.5) > burn
