"""The middle of a small head: cooler than a broad field everywhere, the same when wide, and right for the crowd."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from irtherapy.body import population
from irtherapy.dose import ensemble, exposure, heat
from irtherapy.dose.ensemble import Heating
from irtherapy.dose.local import beam, centre, field
from irtherapy.dose.local.grid import rings
from irtherapy.values import InputError, Person, Placement, Region, Site

PHASES = ((10.0, 1.0), (5.0, 0.0))
DEVICES = {"r125_150w": 0.5, "medolight": 0.0, "handheld_generic": 0.0}  # a lamp, light on the skin, warmth on the skin


@pytest.fixture(scope="module", params=DEVICES)
def crowd(request, devices, body):
    """Return the exposure of sixteen persons, the first one typical, and their course under a broad field."""
    site, person, device = Site(Region.LOWER_BACK), Person(age_years=45), devices[request.param]
    people = population.together(
        population.median(person, site, body),
        population.ensemble(person, site, body, np.random.default_rng(4), 15),
    )
    dose = exposure.light_dose(people, body, device.emitter) if exposure.has_light(device) else None
    placement = Placement(DEVICES[request.param])
    ex = exposure.expose(people, body, site, device, placement, exposure.tissue_of(people, body), dose)
    return ex, broad(ex)


def broad(ex) -> Heating:
    hot = ensemble.heating(ex, PHASES[0][0])
    cool = ensemble.cooling(ex, hot.states[-1], PHASES[1][0])
    return Heating(
        np.concatenate([hot.time_s, hot.time_s[-1] + cool.time_s[1:]]),
        np.concatenate([hot.skin_c, cool.skin_c[:, 1:]], axis=1),
        np.concatenate([hot.hottest_c, cool.hottest_c[:, 1:]], axis=1),
        np.concatenate([hot.muscle_c, cool.muscle_c[:, 1:]], axis=1),
        np.concatenate([hot.temp_c, cool.temp_c[1:]]),
        (*hot.states, *cool.states[1:]),
    )


@pytest.mark.parametrize("radius_m", [0.01, 0.02, 0.04])
def test_the_broad_field_is_the_warmer_one_everywhere_and_always(crowd, radius_m):
    ex, whole = crowd
    small = centre.heating(ex, radius_m, PHASES)
    np.testing.assert_array_equal(small.time_s, whole.time_s)
    assert (whole.temp_c - small.temp_c).min() > -0.01 and (whole.skin_c - small.skin_c).min() > -0.01
    missed = (whole.muscle_c - small.muscle_c).max(axis=1) / (whole.muscle_c - whole.muscle_c[:, :1]).max(axis=1)
    if radius_m < 0.03:
        assert np.all(missed > 0.03)  # and muscle misses some of its rise


def test_a_wide_head_is_the_broad_field(crowd):
    ex, whole = crowd
    wide = centre.heating(ex, 0.4, PHASES)
    for name in ("skin_c", "muscle_c", "hottest_c", "temp_c"):
        np.testing.assert_allclose(getattr(wide, name), getattr(whole, name), atol=0.02)


@pytest.mark.parametrize("radius_m", [0.01, 0.02, 0.04])
def test_few_persons_stand_for_all(crowd, radius_m):
    ex, whole = crowd
    every, few = centre.heating(ex, radius_m, PHASES), centre.under_head(whole, ex, radius_m, PHASES)
    np.testing.assert_array_equal(few.temp_c[:, 0], every.temp_c[:, 0])
    np.testing.assert_array_equal(few.skin_c[0], every.skin_c[0])
    np.testing.assert_array_equal(few.states[-1].perfusion_per_s[0], every.states[-1].perfusion_per_s[0])
    rise = [(course.muscle_c - course.muscle_c[:, :1]).max(axis=1) for course in (every, few)]
    np.testing.assert_allclose(rise[1], rise[0], atol=0.1)
    for percent in (2.5, 50.0, 97.5):
        assert np.percentile(rise[1], percent) == pytest.approx(np.percentile(rise[0], percent), abs=0.03)
    np.testing.assert_allclose(few.skin_c, every.skin_c, atol=0.5)


def test_the_axis_is_that_of_finer_rings_and_steps(crowd):
    ex, _ = crowd
    typical = centre.part(ex, np.array([0]))
    fast = centre.heating(typical, 0.02, PHASES)
    grid = rings(0.02, 0.14, 120)
    within = grid.faces_m[1:] <= 0.02 * (1 + 1e-9)
    on = heat.Surface(
        *(np.where(within, getattr(ex.on, k)[0], getattr(ex.off, k)[0]) for k in ("h_w_m2_k", "ambient_c", "flux_w_m2"))
    )
    rest = heat.Bioheat(typical.tissue, typical.off).rest()
    warm, cool = (field.LocalBioheat(typical.tissue, surface, grid) for surface in (on, typical.off))
    source = warm.source(np.where(within[:, None], typical.source_w_m2[0], 0.0))
    state = cool.start(rest.temp_c[0], rest.perfusion_per_s[0])
    for mark in range(1, 31):
        operator, power = (warm, 1.0) if mark <= 20 else (cool, 0.0)
        for dt in heat.time_steps(30.0, 0.05 if mark in (1, 21) else 2.0, 2.0):
            state = operator.step(state, power * source, float(dt))
        np.testing.assert_allclose(fast.temp_c[mark, 0], state.temp_c[0], atol=0.01)
        assert fast.skin_c[0, mark] == pytest.approx(state.skin_c[0], abs=0.01)


def test_light_that_strays_warms_less_and_less_power_less(devices, body):
    site, device = Site(Region.LOWER_BACK), devices["medolight"]
    person = population.median(Person(), site, body)
    dose = exposure.light_dose(person, body, device.emitter)
    ex = exposure.expose(person, body, site, device, Placement(0.0), exposure.tissue_of(person, body), dose)
    factor = beam.source_factor(beam.Beam(0.005), person, body, device.emitter, centre.places(0.005))
    kept, strayed = (centre.heating(ex, 0.005, PHASES, f) for f in (None, factor))
    rise = [(course.muscle_c[0] - course.muscle_c[0, 0]).max() for course in (kept, strayed)]
    assert 0.3 * rise[0] < rise[1] < 0.9 * rise[0]
    none, half, full = (centre.heating(ex, 0.005, [(10.0, share)], factor).temp_c[-1, 0] for share in (0.0, 0.5, 1.0))
    rest = centre.heating(ex, 0.005, [(0.5, 0.0)]).temp_c[0, 0]
    np.testing.assert_allclose(none, rest, atol=1e-3)
    assert np.all(half > rest - 1e-3) and np.all(full >= half - 1e-3)


def test_what_does_not_fit_is_refused(crowd):
    ex, whole = crowd
    with pytest.raises(InputError, match="Radius of the head"):
        centre.heating(ex, 0.001, PHASES)
    with pytest.raises(InputError, match="Factor must have 24 rings of 31 cells"):
        centre.heating(ex, 0.02, PHASES, np.ones((3, 31)))
    with pytest.raises(InputError, match="Factor must"):
        centre.heating(ex, 0.02, PHASES, np.full((24, 31), np.nan))
    with pytest.raises(InputError, match="Phases must be as long"):
        centre.under_head(whole, ex, 0.02, PHASES[:1])


def test_the_table_of_the_docs_is_what_comes_out(devices, body):
    text = (
        (Path(__file__).parents[2] / "docs" / "explanation" / "local_heat.md")
        .read_text(encoding="utf-8")
        .split("| radius, cm | rise, K |")[1]
    )
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[2:9]]
    site, device = Site(Region.LOWER_BACK), devices["handheld_generic"]
    person = population.median(Person(age_years=45), site, body)
    ex = exposure.expose(person, body, site, device, Placement(0.0), exposure.tissue_of(person, body), None)
    rise = {}
    for radius, *_ in rows:
        wide = 0.4 if radius == "broad" else float(radius) / 100.0
        muscle = centre.heating(ex, wide, ((20.0, 1.0), (10.0, 0.0))).muscle_c[0]
        rise[radius] = float(np.max(muscle - muscle[0]))
    assert [(r, float(k), float(share)) for r, k, share in rows] == [
        (r, pytest.approx(k, abs=0.006), pytest.approx(k / rise["broad"], abs=0.006)) for r, k in rise.items()
    ]
