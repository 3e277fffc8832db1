"""Light under a small beam: as Monte Carlo has it, weaker the smaller, and none of it lost."""

from __future__ import annotations

import re
from pathlib import Path

import beam_monte_carlo as oracle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.body import population
from irtherapy.dose import exposure, light
from irtherapy.dose.local import beam, waves
from irtherapy.dose.local.beam import Beam
from irtherapy.dose.local.grid import rings
from irtherapy.values import InputError, Person, Region, Site

SOFT = (np.array([60.0, 15.0, 50.0]), np.array([9e3, 5e3, 3.5e3]), np.array([2e-3, 5e-3, 0.1]))
tissue = st.builds(
    lambda mu_a, mu_s, thick: tuple(np.array(x) for x in (mu_a, mu_s, [*thick, 0.1])),
    st.lists(st.floats(3.0, 300.0), min_size=3, max_size=3),
    st.lists(st.floats(2e3, 2e4), min_size=3, max_size=3),
    st.lists(st.floats(1e-4, 1e-2), min_size=2, max_size=2),
)


def in_slices(medium, radius_m, points=6):
    """Return the broad fluence rate and the factor on the axis, averaged over the oracle's slices."""
    faces = oracle.DEPTH_M
    inside = (np.arange(points) + 0.5) / points
    depth = (faces[:-1, None] + np.diff(faces)[:, None] * inside).ravel()
    layers = medium.mua_per_m, medium.mus_per_m, medium.thickness_m
    broad = light.solve(layers[0], layers[1], medium.g, layers[2], oracle.INDEX).fluence_rate_at(depth)
    factor = beam.lateral_factor(Beam(radius_m), depth, *layers, medium.g, oracle.INDEX)[:, 0]
    mean = broad.reshape(-1, points).mean(axis=1)
    return mean, (broad * factor).reshape(-1, points).mean(axis=1) / mean


@pytest.mark.parametrize("name", oracle.MEDIA)
def test_the_axis_is_as_monte_carlo_has_it(name):
    _, factor, error = oracle.table()[name]
    lit = np.isfinite(factor[:, 0])
    assert np.count_nonzero(lit) >= 7 and error[lit].max() < 0.01
    for j, radius in enumerate(oracle.RADIUS_M):
        if radius >= beam.RADIUS_M[0]:
            apart = np.abs(in_slices(oracle.MEDIA[name], radius)[1] - factor[:, j])[lit]
            assert np.all(apart < 0.004 + 3.0 * error[lit, j]), radius


def test_the_stored_table_is_what_its_monte_carlo_gives():
    broad, factor, error = oracle.disc(oracle.MEDIA["absorbing"], 8000, 1)
    kept, known, known_error = oracle.table()["absorbing"]
    shallow = slice(0, 6)
    assert broad[shallow] == pytest.approx(kept[shallow], rel=0.06)
    apart = np.abs(factor - known)[shallow]
    assert np.all(apart < 6.0 * np.hypot(error, known_error)[shallow] + 1e-3)
    assert error[shallow].max() < 0.05


@given(tissue, st.floats(0.0, 0.95), st.sampled_from([1.0, 1.33, 1.4]))
@settings(max_examples=25, deadline=None)
def test_a_wave_without_end_is_the_broad_field(layers, g, n):
    depth = np.array([0.0, 1e-4, 3e-3, 2e-2])
    ours = waves.solve(np.zeros(1), depth[None], *layers, g, n)[0][0, 0]
    theirs = light.solve(layers[0], layers[1], g, layers[2], n, nodes=waves.NODES).fluence_rate_at(depth)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@given(st.floats(5.0, 100.0), st.floats(0.6, 0.9), st.floats(50.0, 400.0))
@settings(max_examples=25, deadline=None)
def test_a_wave_falls_as_the_broad_field_aslant(mu_a, g, wave):
    """Deep in one layer, exp(i k x - s z) is the broad field's exp(-s0 z) turned: s^2 = s0^2 + k^2, in any medium."""
    mu_s = np.array([1000.0 / (1.0 - g)])
    depth = np.array([[0.012, 0.014]])
    fluence, straight = waves.solve(np.array([0.0, wave]), depth, np.array([mu_a]), mu_s, np.array([0.2]), g, 1.4)
    fall = -np.diff(np.log(fluence[0] - straight[0]), axis=1)[:, 0] / 0.002
    assert fall[1] == pytest.approx(np.hypot(fall[0], wave), rel=2e-3)


def test_a_beam_that_is_not_scattered_keeps_its_shape():
    layers = np.array([30.0]), np.array([0.0]), np.array([0.1])
    found = beam.lateral_factor(Beam(0.005), np.array([0.0, 0.01]), *layers, offset_m=np.array([0.0, 0.004, 0.006]))
    np.testing.assert_allclose(found, [[1.0, 1.0, 0.0]] * 2, atol=1e-6)


@given(tissue)
@settings(max_examples=15, deadline=None)
def test_the_wider_the_brighter_until_it_is_broad(layers):
    depth = np.array([0.0, 5e-4, 3e-3, 1e-2, 3e-2])
    radii = (0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.2, 0.5)
    factor = np.stack([beam.lateral_factor(Beam(r), depth, *layers)[:, 0] for r in radii])
    assert np.all(np.diff(factor, axis=0) > -1e-3)
    assert np.all(factor[-1] > 0.995) and np.all(factor[0] < 0.999)


@pytest.mark.parametrize("gaussian", [False, True])
def test_no_light_is_lost_sideways(gaussian):
    """The factor summed over the area is what falls on the skin, at every depth."""
    some = Beam(0.006, gaussian)
    x, w = np.polynomial.legendre.leggauss(60)
    spans = ((0.0, 0.006), (0.006, 0.02), (0.02, 0.1))
    r = np.concatenate([0.5 * (b - a) * (x + 1.0) + a for a, b in spans])
    area = 2.0 * np.pi * r * np.concatenate([0.5 * (b - a) * w for a, b in spans])
    depth = np.array([0.0, 1e-4, 1e-3, 5e-3, 2e-2, 4e-2])
    summed = beam.lateral_factor(some, depth, *SOFT, offset_m=r) @ area
    np.testing.assert_allclose(summed, area @ some.irradiance(r), rtol=2e-3)


def test_a_gaussian_is_a_sum_of_discs():
    depth, w = np.array([0.0, 1e-3, 5e-3, 2e-2]), 0.03
    x, share = np.polynomial.legendre.leggauss(24)
    r = 0.5 * (0.08 - 0.002) * (x + 1.0) + 0.002
    share = 0.5 * (0.08 - 0.002) * share * 4.0 * r / w**2 * np.exp(-2.0 * (r / w) ** 2)
    discs = np.stack([beam.lateral_factor(Beam(float(a)), depth, *SOFT)[:, 0] for a in r])
    found = beam.lateral_factor(Beam(w, gaussian=True), depth, *SOFT)[:, 0]
    least = share @ discs
    most = least + (1.0 - np.exp(-2.0 * (0.002 / w) ** 2)) * discs[0]  # were discs below 2 mm as bright as that of 2 mm
    assert np.all(found > least - 1e-3) and np.all(found < most + 1e-3)


@pytest.fixture(scope="module")
def people(body):
    site, person = Site(Region.LOWER_BACK), Person(age_years=45)
    some = population.ensemble(person, site, body, np.random.default_rng(7), 40)
    return population.together(population.median(person, site, body), some)


@pytest.mark.parametrize(("device", "radius_m"), [("medolight", 0.005), ("lumebox", 0.012), ("r125_150w", 0.03)])
def test_many_persons_at_once_are_as_each_by_transport(devices, body, people, device, radius_m):
    emitter = devices[device].emitter
    found = beam.axis_factor(Beam(radius_m), people, body, emitter)
    assert np.all((found >= 0.0) & (found <= 1.0)) and found.shape == exposure.tissue_of(people, body).dz_m.shape
    places = rings(radius_m, radius_m + 0.1, 120)
    for i in range(0, len(people), 8):
        alone = beam.source_factor(Beam(radius_m), people.part(slice(i, i + 1)), body, emitter, places)
        np.testing.assert_allclose(found[i], alone[0], atol=0.015)


def test_finer_cells_tell_the_same(devices, body, people):
    some, emitter = people.part(slice(0, 4)), devices["lumebox"].emitter
    coarse, fine = (beam.axis_factor(Beam(0.01), some, body, emitter, refine) for refine in (1, 2))
    at = [exposure.tissue_of(some, body, refine).depth_m for refine in (1, 2)]
    for i in range(len(some)):
        inside = at[0][i] < 0.04
        np.testing.assert_allclose(np.interp(at[0][i], at[1][i], fine[i])[inside], coarse[i][inside], atol=0.015)


def test_the_page_says_what_comes_out(devices, body):
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "local.md").read_text(encoding="utf-8")
    lines = [row.strip("| \n").split("|") for row in page.split("## What comes out")[1].splitlines() if "|" in row]
    depth_mm = [float(re.findall(r"\d+", cell)[0]) for cell in lines[0][1:]]
    typical = population.median(Person(age_years=45), Site(Region.LOWER_BACK), body)
    where = exposure.tissue_of(typical, body).depth_m[0] * 1e3
    assert len(lines) == 6
    for radius_mm, *told in lines[2:]:
        factor = beam.axis_factor(Beam(float(radius_mm) / 1e3), typical, body, devices["lumebox"].emitter)[0]
        np.testing.assert_allclose([float(x) for x in told], np.interp(depth_mm, where, factor), atol=0.0051)


def test_the_rings_share_what_falls_on_them(devices, body, people):
    places, some = rings(0.012, 0.08), Beam(0.012)
    emitter = devices["r125_150w"].emitter  # some of its light stops at the surface
    factor = beam.source_factor(some, people.part(slice(0, 1)), body, emitter, places)
    np.testing.assert_allclose(places.area_m2 @ factor, np.pi * 0.012**2, rtol=1e-9)
    assert np.all(factor >= 0.0) and np.all(np.diff(factor[:, 10]) < 1e-3)  # falls outward
    assert np.all(np.diff(factor[0, 2:]) < 1e-3)  # and with depth on the axis


def test_only_a_head_on_the_skin_whose_area_is_known_has_a_radius(devices):
    assert beam.head_radius_m(devices["medolight"]) == pytest.approx(np.sqrt(50e-4 / np.pi))
    assert beam.head_radius_m(devices["r125_150w"]) is None
    assert beam.head_radius_m(devices["lumebox"]) is None


@pytest.mark.parametrize("radius_m", [0.0, -0.01, 0.0019, 0.51, np.nan, np.inf])
def test_a_radius_that_is_not_validated_is_refused(radius_m):
    with pytest.raises(InputError, match="Beam radius"):
        Beam(radius_m)


def test_what_makes_no_sense_is_refused(devices, body, people):
    some, emitter = Beam(0.01), devices["lumebox"].emitter
    with pytest.raises(InputError, match="Depth"):
        beam.lateral_factor(some, np.array([-1e-3]), *SOFT)
    with pytest.raises(InputError, match="Offset"):
        beam.lateral_factor(some, np.array([1e-3]), *SOFT, offset_m=np.nan)
    with pytest.raises(InputError, match="Absorption"):
        beam.lateral_factor(some, np.array([1e-3]), SOFT[0] * np.nan, *SOFT[1:])
    with pytest.raises(InputError, match="1 person; got 41"):
        beam.source_factor(some, people, body, emitter, rings(0.01, 0.1))
    with pytest.raises(InputError, match="past the rim"):
        beam.source_factor(some, people.part(slice(0, 1)), body, emitter, rings(0.005, 0.009))
