"""Heat under a small field against closed forms, an independent sparse solver, finer runs, and itself mirrored."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.sparse import diags, kron
from scipy.sparse.linalg import splu
from scipy.special import erfc

from irtherapy.body import population
from irtherapy.dose import exposure, heat
from irtherapy.dose.local import field
from irtherapy.dose.local.grid import Rectangle, Rings, rings
from irtherapy.values import InputError, Person, Placement, Region, Site

K, C, W = 0.5, 1050.0 * 3600.0, 5e-4  # the body of cases B1 to B5 (facts/physics_validation.md)
SPREAD_M2_S = K / C
BLOOD_PER_S = W * heat.BLOOD_J_M3_K / C
FLUX_W_M2 = 500.0
RADIUS_M = 0.02


def half_space(perfusion_per_s: float, cells: int = 90, depth_m: float = 0.15) -> heat.Tissue:
    """Return one body of uniform tissue whose cells grow with depth, at 0 degrees with blood of 0 degrees."""
    width = 1.04 ** np.arange(cells)
    dz = (depth_m * width / width.sum())[None]
    full = np.full_like(dz, 1.0)
    return heat.Tissue(
        dz, K * full, C * full, perfusion_per_s * full, 0.0 * full,
        np.full(cells, heat.CONSTANT), np.ones(1), np.full(1, 150.0), np.zeros(1),
    )  # fmt: skip


def insulated(flux_w_m2: np.ndarray | float = 0.0) -> heat.Surface:
    return heat.Surface(np.zeros(1), np.zeros(1), np.asarray(flux_w_m2, dtype=float))


def ierfc(x: float) -> float:
    return float(np.exp(-x * x) / np.sqrt(np.pi) - x * erfc(x))


def centre_rise(time_s: float, blood_per_s: float) -> float:
    """Return the rise in the middle of a disc that is heated by a flux, on a half space with blood.

    An instantaneous heat source of a disc (Carslaw & Jaeger 1959, 10.3) that fades with the blood, summed over time.
    """

    def passing(root: float) -> float:  # in the square root of time, which takes the pole away
        s = root * root
        return 2.0 * float(np.exp(-blood_per_s * s) * -np.expm1(-(RADIUS_M**2) / (4.0 * SPREAD_M2_S * s)))

    total = quad(passing, 1e-9, np.sqrt(time_s), limit=200)[0]
    return float(FLUX_W_M2 / K * np.sqrt(SPREAD_M2_S / np.pi) * total)


@lru_cache(maxsize=4)
def disc_course(perfusion_per_s: float, minutes: float = 60.0) -> field.Course:
    grid = rings(RADIUS_M, 0.25, 120)
    on = np.where(grid.faces_m[1:] <= RADIUS_M * (1 + 1e-9), FLUX_W_M2, 0.0)
    operator = field.LocalBioheat(half_space(perfusion_per_s), insulated(on), grid)
    start = operator.start(np.zeros(90), np.full(90, perfusion_per_s))
    nothing = np.zeros((120, 90))
    return field.run(operator, start, nothing, heat.time_steps(minutes * 60.0, 0.2, 20.0))


def test_the_sum_over_time_is_carslaw_and_jaegers_formula():
    for t in (30.0, 600.0, 3600.0):
        root = np.sqrt(SPREAD_M2_S * t)
        known = 2.0 * FLUX_W_M2 * root / K * (ierfc(0.0) - ierfc(RADIUS_M / (2.0 * root)))
        assert centre_rise(t, 0.0) == pytest.approx(known, rel=1e-7)
    slow = np.sqrt(BLOOD_PER_S / SPREAD_M2_S)
    steady = FLUX_W_M2 / (K * slow) * -np.expm1(-slow * RADIUS_M)
    assert centre_rise(1e6, BLOOD_PER_S) == pytest.approx(steady, rel=1e-6)


@pytest.mark.parametrize(("perfusion", "blood"), [(0.0, 0.0), (W, BLOOD_PER_S)])
def test_the_middle_of_a_heated_disc_is_the_closed_form(perfusion, blood):
    course = disc_course(perfusion)
    for t in (30.0, 300.0, 1800.0, 3600.0):
        i = int(np.argmin(np.abs(course.time_s - t)))
        want = centre_rise(float(course.time_s[i]), blood)
        assert course.skin_c[i, 0] == pytest.approx(want, abs=0.006)


@pytest.mark.parametrize("kind", ["rings", "voxels"])
def test_a_gaussian_patch_spreads_as_it_does_in_the_open(kind):
    """``exp(-r^2 / R^2)`` becomes ``R^2 / S exp(-r^2 / S)``, ``S = R^2 + 4 a t``, and fades with the blood."""
    wide, t = 0.015, 300.0
    if kind == "rings":
        grid = Rings.of(np.linspace(0.0, 0.12, 121))
        offset_sq = grid.radius_m**2
    else:
        faces = np.linspace(0.0, 0.12, 61)  # a quarter: both sides at 0 are planes of symmetry
        grid = Rectangle.of(faces, faces)
        middle = 0.5 * (faces[1:] + faces[:-1])
        offset_sq = middle[:, None] ** 2 + middle**2
    tissue = half_space(W, 12, 0.6)  # so deep that its far end, at 0 degrees, does not tell at the skin
    operator = field.LocalBioheat(tissue, insulated(), grid)
    patch = np.broadcast_to(10.0 * np.exp(-offset_sq / wide**2)[..., None], (*offset_sq.shape, 12))
    course = field.run(operator, operator.start(patch, tissue.perfusion_per_s[0]), 0.0 * patch, np.full(100, t / 100.0))
    grown = wide**2 + 4.0 * SPREAD_M2_S * t
    want = 10.0 * np.exp(-BLOOD_PER_S * t) * wide**2 / grown * np.exp(-offset_sq / grown)
    np.testing.assert_allclose(course.skin_c[-1], want, atol=0.012)


def matrices(tissue: heat.Tissue, grid: Rings, h: np.ndarray, brought: np.ndarray) -> tuple:
    """Return (capacity, conductance, load) of all cells at constant perfusion, from the balance of each."""
    dz, k = tissue.dz_m[0], tissue.conductivity_w_m_k[0]
    n, m = len(grid.area_m2), len(dz)
    half = 0.5 * dz / k
    down = np.zeros((m, m))
    for i in range(m - 1):
        link = 1.0 / (half[i] + half[i + 1])
        down[[i, i + 1], [i, i + 1]] += link
        down[[i, i + 1], [i + 1, i]] -= link
    down[-1, -1] += 1.0 / half[-1]
    down += np.diag(tissue.perfusion_per_s[0] * heat.BLOOD_J_M3_K * dz)
    across = np.zeros((n, n))
    for i in range(n - 1):
        link = 2.0 * np.pi * grid.faces_m[i + 1] / (grid.radius_m[i + 1] - grid.radius_m[i])
        across[[i, i + 1], [i, i + 1]] += link
        across[[i, i + 1], [i + 1, i]] -= link
    first = np.zeros(m)
    first[0] = 1.0
    area = diags(grid.area_m2)
    surface = np.kron(grid.area_m2 * h / (1.0 + h * half[0]), first)
    conductance = kron(area, down) + kron(across, diags(k * dz)) + diags(surface)
    core = tissue.core_c[0]
    blood = (tissue.perfusion_per_s[0] * heat.BLOOD_J_M3_K * core + tissue.metabolic_w_m3[0]) * dz
    blood[-1] += core / half[-1]
    load = np.kron(grid.area_m2, blood) + np.kron(grid.area_m2 * brought / (1.0 + h * half[0]), first)
    return np.kron(grid.area_m2, tissue.heat_capacity_j_m3_k[0] * dz), conductance.tocsc(), load


@pytest.fixture(scope="module")
def typical(body):
    return exposure.tissue_of(population.median(Person(), Site(Region.LOWER_BACK), body), body)


@pytest.mark.parametrize(("h_pad", "pad_c"), [(100.0, 45.0), (2.0, 20.0), (300.0, 42.0)])
def test_a_pad_on_part_of_the_skin_is_the_sparse_solution(typical, h_pad, pad_c):
    tissue, grid = heat.without_response(typical), rings(0.02, 0.08, 16)
    under = grid.faces_m[1:] <= 0.02 * (1 + 1e-9)
    h, ambient = np.where(under, h_pad, 8.5), np.where(under, pad_c, 22.0)
    flux = np.where(under, 0.0, -7.0)
    capacity, conductance, load = matrices(tissue, grid, h, h * ambient + flux)
    operator = field.LocalBioheat(tissue, heat.Surface(h, ambient, flux), grid)
    begun = np.full(31, 34.0)
    start = operator.start(begun, tissue.perfusion_per_s[0])
    nothing = np.zeros((16, 31))

    temp, dt = np.tile(begun, 16), 0.1
    ahead = splu((diags(capacity / dt) + 0.5 * conductance).tocsc())  # Crank and Nicolson
    for _ in range(300):
        temp = ahead.solve(capacity / dt * temp - 0.5 * (conductance @ temp) + load)
    early = field.run(operator, start, nothing, heat.time_steps(30.0, 0.1, 0.5))
    np.testing.assert_allclose(early.kept[-1].ravel(), temp, atol=5e-3)
    coarse = field.run(operator, start, nothing, field.time_steps(30.0))
    np.testing.assert_allclose(coarse.kept[-1].ravel(), temp, atol=0.03)

    settled = field.run(operator, start, nothing, heat.time_steps(2e5, 1.0, 2000.0)).last
    np.testing.assert_allclose(settled.temp_c.ravel(), splu(conductance).solve(load), atol=2e-3)


@pytest.fixture(scope="module")
def exposed(devices, body, typical):
    """Return a lamp's exposure of the typical person, three times its strength, and their rest."""
    site, lamp = Site(Region.LOWER_BACK), devices["r125_150w"]
    person = population.median(Person(), site, body)
    dose = exposure.light_dose(person, body, lamp.emitter)
    ex = exposure.expose(person, body, site, lamp, Placement(0.6), typical, dose)
    return ex, heat.Bioheat(ex.tissue, ex.off).rest(), 3.0 * ex.source_w_m2[0]


def begun(exposed, grid) -> tuple[field.LocalBioheat, field.State]:
    ex, rest, _ = exposed
    operator = field.LocalBioheat(ex.tissue, ex.on, grid)
    return operator, operator.start(rest.temp_c[0], rest.perfusion_per_s[0])


def covered(faces_x: np.ndarray, faces_y: np.ndarray, radius_m: float) -> np.ndarray:
    """Return the share of each voxel that lies within a disc round the origin."""
    x, y = (np.concatenate([a + (b - a) * (np.arange(20) + 0.5) / 20 for a, b in zip(f[:-1], f[1:], strict=True)])
            for f in (faces_x, faces_y))  # fmt: skip
    inside = x[:, None] ** 2 + y**2 <= radius_m**2
    return inside.reshape(len(faces_x) - 1, 20, len(faces_y) - 1, 20).mean(axis=(1, 3))


def test_voxels_over_a_quarter_of_a_disc_are_its_rings(exposed):
    flat = rings(0.02, 0.08, 60)
    operator, start = begun(exposed, flat)
    lit = np.where(flat.faces_m[1:, None] <= 0.02 * (1 + 1e-9), exposed[2], 0.0)
    steps = field.time_steps(1800.0)
    round_the_axis = field.run(operator, start, lit, steps)
    faces = np.concatenate([np.linspace(0.0, 0.024, 25), 0.024 + 0.056 * np.linspace(0.0, 1.0, 16)[1:] ** 1.3])
    grid = Rectangle.of(faces, faces)
    operator, start = begun(exposed, grid)
    lit = covered(faces, faces, 0.02)[..., None] * exposed[2]
    voxels = field.run(operator, start, lit, steps, keep=lambda temp: temp[0, 0])
    for i in (int(np.searchsorted(voxels.time_s, 30.0)), -1):
        np.testing.assert_allclose(voxels.kept[i], round_the_axis.kept[i][0], atol=0.01)
        assert voxels.skin_c[i, 0, 0] == pytest.approx(round_the_axis.skin_c[i, 0], abs=0.01)


def test_steps_and_rings_are_fine_enough_at_every_moment(exposed):
    courses = []
    for count, steps in ((40, field.time_steps(1800.0)), (160, heat.time_steps(1800.0, 0.02, 3.0))):
        grid = rings(0.02, 0.12, count)
        operator, start = begun(exposed, grid)
        lit = np.where(grid.faces_m[1:, None] <= 0.02 * (1 + 1e-9), exposed[2], 0.0)
        courses.append(field.run(operator, start, lit, steps, keep=lambda temp: temp[0]))
    fast, fine = courses
    for i, now in enumerate(fast.time_s):
        want = [np.interp(now, fine.time_s, series) for series in (fine.skin_c[:, 0], *fine.kept.T)]
        np.testing.assert_allclose([fast.skin_c[i, 0], *fast.kept[i]], want, atol=0.01)


def test_heat_in_is_heat_stored_lost_and_carried_away(exposed):
    ex, _, source = exposed
    grid = rings(0.02, 0.06, 20)
    operator, state = begun(exposed, grid)
    lit = np.where(grid.faces_m[1:, None] <= 0.02 * (1 + 1e-9), source, 0.0)
    modes, begin, balance = operator.source(lit), state, 0.0
    for dt in heat.time_steps(600.0, 0.25, 2.0):
        after = operator.step(state, modes, float(dt))
        temp, blood = 0.5 * (state.temp_c + after.temp_c), 0.5 * (state.perfusion_per_s + after.perfusion_per_s)
        skin = 0.5 * (state.skin_c + after.skin_c)
        came = (
            lit
            + (blood * heat.BLOOD_J_M3_K * (ex.tissue.core_c[0] - temp) + ex.tissue.metabolic_w_m3[0])
            * (ex.tissue.dz_m[0])
        )
        came[:, 0] += ex.on.flux_w_m2[0] - ex.on.h_w_m2_k[0] * (skin - ex.on.ambient_c[0])
        came[:, -1] += operator.deep * (ex.tissue.core_c[0] - temp[:, -1])
        balance += dt * float(grid.area_m2 @ came.sum(axis=1))
        state = after
    stored = float(grid.area_m2 @ ((state.temp_c - begin.temp_c) * operator.capacity).sum(axis=1))
    put_in = 600.0 * float(grid.area_m2 @ lit.sum(axis=1))
    assert abs(balance - stored) < 2e-3 * put_in


@settings(max_examples=12, deadline=None)
@given(small=st.integers(2, 18), more=st.integers(0, 18), strength=st.floats(0.1, 4.0), minutes=st.integers(1, 20))
def test_a_smaller_spot_is_never_hotter_anywhere(exposed, small, more, strength, minutes):
    grid = rings(0.02, 0.08, 20)
    operator, start = begun(exposed, grid)
    steps, index = field.time_steps(60.0 * minutes), np.arange(20)[:, None]
    less, larger = (
        field.run(operator, start, np.where(index < n, strength * exposed[2], 0.0), steps)
        for n in (small, min(20, small + more))
    )
    assert (larger.kept - less.kept).min() > -0.01 and (larger.skin_c - less.skin_c).min() > -0.01


def test_lit_all_over_it_is_the_broad_field(exposed):
    ex, rest, source = exposed
    grid = rings(0.02, 0.08, 8)
    operator, start = begun(exposed, grid)
    everywhere = np.broadcast_to(source, (8, 31))
    local = field.run(operator, start, everywhere, heat.time_steps(600.0, 0.25, 5.0))
    flat = heat.run(heat.Bioheat(ex.tissue, ex.on), rest, source[None], heat.time_steps(600.0, 0.25, 5.0))
    np.testing.assert_allclose(local.kept, np.broadcast_to(flat.temp_c, local.kept.shape), atol=5e-3)
    np.testing.assert_allclose(np.ptp(local.kept, axis=1), 0.0, atol=1e-9)


@settings(max_examples=8, deadline=None)
@given(patch=st.lists(st.floats(0.0, 2.0), min_size=6, max_size=6), minutes=st.integers(1, 15))
def test_a_mirrored_source_gives_the_mirrored_field_and_a_quarter_the_whole(exposed, patch, minutes):
    x = np.array([0.0, 0.008, 0.02, 0.05])
    both = np.concatenate([-x[:0:-1], x])
    steps = field.time_steps(60.0 * minutes)

    def end(faces_x, faces_y, power):
        operator, start = begun(exposed, Rectangle.of(faces_x, faces_y))
        return field.run(operator, start, power[..., None] * exposed[2], steps).last.temp_c

    lopsided = np.outer(patch, np.linspace(0.2, 1.0, 6))
    one = end(both, both, lopsided)
    np.testing.assert_allclose(end(both, both, lopsided[::-1])[::-1], one, atol=1e-8)
    np.testing.assert_allclose(end(both, both, lopsided.T).transpose(1, 0, 2), one, atol=1e-8)
    quarter = np.outer(patch[:3], patch[3:])
    whole = np.block([[quarter[::-1, ::-1], quarter[::-1]], [quarter[:, ::-1], quarter]])
    np.testing.assert_allclose(end(both, both, whole)[3:, 3:], end(x, x, quarter), atol=1e-8)


def test_half_the_digits_are_enough_for_voxels(exposed):
    ex, rest, source = exposed
    x = np.concatenate([[0.0, 0.006, 0.012, 0.017, 0.02, 0.023, 0.03], [0.045, 0.07]])
    lit = np.zeros((8, 8, 31))
    lit[:4, :4] = source
    ends = []
    for dtype in (np.float64, np.float32):
        operator = field.LocalBioheat(ex.tissue, ex.on, Rectangle.of(x, x), dtype)
        start = operator.start(rest.temp_c[0], rest.perfusion_per_s[0])
        ends.append(field.run(operator, start, lit, field.time_steps(1800.0)))
    assert ends[1].kept.dtype == ends[1].last.modes.dtype == ends[1].last.perfusion_per_s.dtype == np.float32
    np.testing.assert_allclose(ends[1].kept, ends[0].kept, atol=3e-3)
    np.testing.assert_allclose(ends[1].skin_c, ends[0].skin_c, atol=3e-3)


@pytest.mark.parametrize("radius_m", [0.015, 0.05])
def test_c10_the_thicker_disc_of_neoprene_follows_from_the_thinner(typical, radius_m):
    """Skin under 3.2 mm was as warm as flesh 8 mm deep after 15 min, under 4.8 mm as 13 mm deep after 20 (room 28 C).

    Neither the width of the disc nor what its foam lets through is told, so the latter is fitted to the thinner disc.
    """
    loss, room, dry = 8.5, 28.0, -exposure.INSENSIBLE_W_M2
    rest_under = heat.Bioheat(typical, heat.Surface(np.array([loss]), np.array([room]), np.array([dry])))
    rest = rest_under.rest()
    depth_mm = 1000.0 * np.concatenate([[0.0], typical.depth_m[0]])
    before = np.concatenate([rest_under.skin_c(rest.temp_c), rest.temp_c[0]])
    grid = rings(radius_m, radius_m + 0.06, 24)
    under = grid.faces_m[1:] <= radius_m * (1 + 1e-9)

    def as_deep_as_mm(foam_w_m_k: float, thick_mm: float, minutes: float) -> float:
        through = 1.0 / (1.0 / loss + thick_mm / 1000.0 / foam_w_m_k)
        surface = heat.Surface(np.where(under, through, loss), np.full(24, room), np.where(under, 0.0, dry))
        operator = field.LocalBioheat(typical, surface, grid)
        start = operator.start(rest.temp_c[0], rest.perfusion_per_s[0])
        end = field.run(operator, start, np.zeros((24, 31)), field.time_steps(60.0 * minutes)).last
        return float(np.interp(end.skin_c[0], before, depth_mm))

    foam = brentq(lambda k: as_deep_as_mm(k, 3.2, 15.0) - 8.0, 0.002, 0.2, xtol=1e-5)
    assert as_deep_as_mm(foam, 4.8, 20.0) == pytest.approx(13.0, abs=4.0)
    assert as_deep_as_mm(foam, 4.8, 20.0) > 8.5


def test_what_does_not_fit_is_refused(exposed):
    ex = exposed[0]
    grid = rings(0.02, 0.08, 8)
    for faces in ([0.0, 0.1], [0.1, 0.2, 0.3], [0.0, 0.2, 0.1], [0.0, np.nan, 0.1]):
        with pytest.raises(InputError, match="three or more radii"):
            Rings.of(np.array(faces))
    with pytest.raises(InputError, match="rising faces along y"):
        Rectangle.of(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.0, 1.0]))
    with pytest.raises(InputError, match="Beam radius must be above 0 and below 8 cm"):
        rings(0.08, 0.08)
    operator, _ = begun(exposed, grid)
    for wrong in (np.zeros((8, 30)), np.full((8, 31), np.inf)):
        with pytest.raises(InputError, match="Source must have finite values"):
            operator.source(wrong)
    with pytest.raises(InputError, match="finite values and h of 0 or more"):
        field.LocalBioheat(ex.tissue, heat.Surface(np.array([-1.0]), np.array([22.0]), np.zeros(1)), grid)
    with pytest.raises(InputError, match="h of 0 or more"):
        field.LocalBioheat(ex.tissue, heat.Surface(np.array([np.inf]), np.array([22.0]), np.zeros(1)), grid)
