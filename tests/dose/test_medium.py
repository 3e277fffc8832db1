"""The bare solvers against published tables, closed forms, a Monte Carlo, and the batched solvers of the plan."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layered_monte_carlo import photons

from irtherapy.dose import light, medium_heat, medium_light
from irtherapy.dose.medium_heat import Blood, Edge, Problem, Source
from irtherapy.dose.medium_light import Layer
from irtherapy.values import InputError

SLABS = [  # facts: physics_validation A1-A6; (layer, n_below, total reflectance, transmittance, tolerance)
    (Layer(2e-4, 1000, 9000, 0.75, 1.0), 1.0, 0.09739, 0.66096, 5e-5),
    (Layer(1.0, 1000, 9000, 0.0, 1.5), 1.5, 0.2600, 0.0, 1e-4),
    (Layer(1e-3, 100, 9900, 0.9, 1.4), 1.0, 0.2591, 0.4630, 1e-4),
    (Layer(5e-4, 500, 9500, 0.8, 1.4), 1.0, 0.1647, 0.3510, 1e-4),
    (Layer(5e-3, 20, 10000, 0.9, 1.4), 1.0, 0.5102, 0.1940, 1e-4),
    (Layer(2e-3, 50, 5000, 0.9, 1.33), 1.0, 0.2564, 0.4858, 1e-4),
]
GLASS = Layer(1e-3, 0.0, 0.0, 0.0, 1.5)
BLOOD = Blood(1050.0, 3617.0, 0.0)


@pytest.mark.parametrize(("layer", "n_below", "reflected", "transmitted", "within"), SLABS)
def test_published_slabs_to_four_digits(layer, n_below, reflected, transmitted, within):
    got = medium_light.solve([layer], 1.0, n_below, False, [])
    assert got.specular + got.diffuse_reflectance == pytest.approx(reflected, abs=within)
    assert got.transmittance == pytest.approx(transmitted, abs=within)


def test_light_that_is_only_absorbed_falls_off_exponentially():
    got = medium_light.solve([Layer(0.01, 200.0, 0.0, 0.0, 1.0)], 1.0, 1.0, False, [0.0, 0.003, 0.01])
    assert got.transmittance == pytest.approx(math.exp(-2.0), abs=1e-9)
    assert got.fluence_rate == pytest.approx([1.0, math.exp(-0.6), math.exp(-2.0)], abs=1e-9)


@pytest.mark.parametrize(
    ("layers", "n_above", "n_below"),
    [
        ([GLASS, Layer(1e-3, 100, 9900, 0.9, 1.4), GLASS], 1.0, 1.0),
        ([Layer(3e-4, 300, 5000, 0.7, 1.55), Layer(1e-3, 100, 4000, 0.5, 1.35)], 1.0, 1.5),
        ([Layer(3e-4, 300, 5000, 0.7, 1.35), Layer(6e-4, 50, 4000, 0.0, 1.6)], 1.33, 1.0),
    ],
)
def test_layers_of_different_index_against_a_monte_carlo(layers, n_above, n_below):
    got = medium_light.solve(layers, n_above, n_below, False, [])
    specular, back, through, (back_error, through_error) = photons(
        layers, n_above, n_below, 60_000, np.random.default_rng(5)
    )
    assert got.specular == pytest.approx(specular, abs=1e-12)
    assert abs(got.diffuse_reflectance - back) < 4.0 * back_error
    assert abs(got.transmittance - through) < 4.0 * through_error
    assert max(back_error, through_error) < 0.003


@settings(max_examples=25)
@given(
    mua=st.lists(st.floats(1.0, 2000.0), min_size=3, max_size=3),
    mus=st.lists(st.floats(100.0, 30_000.0), min_size=3, max_size=3),
    thick=st.lists(st.floats(5e-5, 5e-3), min_size=3, max_size=3),
    diffuse=st.booleans(),
)
def test_the_batched_solver_of_the_plan_gives_the_same(mua, mus, thick, diffuse):
    layers = [Layer(d, a, s, 0.8, 1.4) for d, a, s in zip(thick, mua, mus, strict=True)]
    depths = [0.0, thick[0], 0.5 * sum(thick), sum(thick)]
    exact = medium_light.solve(layers, 1.0, 1.4, diffuse, depths)
    fast = light.solve(np.array(mua), np.array(mus), 0.8, np.array(thick), diffuse_incidence=diffuse, nodes=12)
    assert exact.specular == pytest.approx(fast.specular, abs=2e-3)
    assert exact.diffuse_reflectance + exact.specular == pytest.approx(float(fast.reflected), abs=2e-3)
    assert exact.absorbed == pytest.approx(fast.absorbed, abs=2e-3)
    assert exact.fluence_rate == pytest.approx(fast.fluence_rate_at(np.array(depths)), rel=0.03, abs=1e-3)
    assert min(exact.absorbed) > 0.0 and exact.diffuse_reflectance > 0.0 and exact.transmittance >= -1e-9


@settings(max_examples=25)
@given(
    mua=st.lists(st.floats(0.0, 2000.0), min_size=2, max_size=2),
    mus=st.lists(st.floats(0.0, 30_000.0), min_size=2, max_size=2),
    g=st.lists(st.floats(-0.7, 0.95), min_size=2, max_size=2),
    n=st.lists(st.floats(1.0, 1.8), min_size=4, max_size=4),
    diffuse=st.booleans(),
)
def test_no_light_is_lost_or_made(mua, mus, g, n, diffuse):
    """What each layer absorbs, told by fluxes, is the absorption coefficient times the fluence rate, integrated."""
    layers = [Layer(d, *x) for d, *x in zip((3e-4, 2e-3), mua, mus, g, n[1:3], strict=True)]
    node, weight = np.polynomial.legendre.leggauss(30)
    piece = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 8)])
    width = np.diff(piece)[:, None]
    fraction, part = (piece[:-1, None] + width * (node + 1) / 2).ravel(), (width * weight / 2).ravel()
    depths = np.concatenate([3e-4 * fraction, 3e-4 + 2e-3 * fraction])
    got = medium_light.solve(layers, n[0], n[3], diffuse, depths)
    held = [
        a * d * (part @ f) for a, d, f in zip(mua, (3e-4, 2e-3), np.split(np.array(got.fluence_rate), 2), strict=True)
    ]
    assert got.specular + got.diffuse_reflectance + got.transmittance + sum(held) == pytest.approx(1.0, abs=3e-6)
    assert got.absorbed == pytest.approx(held, abs=3e-6)
    assert min(got.diffuse_reflectance, got.transmittance) > -1e-9


def test_five_layers_of_tissue_deep_down():
    table = [(1e-4, 218.2, 17585), (1.9e-3, 13.0, 10615), (8e-3, 3.674, 6490), (0.04, 18.54, 3071.5), (0.2, 6.02, 6315)]
    depths = [0.00525, 0.00825, 0.01125, 0.01425, 0.02025, 0.02925]  # facts: physics_validation A10
    got = medium_light.solve([Layer(d, a, s, 0.8, 1.4) for d, a, s in table], 1.0, 1.4, False, depths)
    assert got.fluence_rate == pytest.approx([2.305, 1.267, 0.585, 0.335, 0.1089, 0.0205], rel=6e-3)
    assert got.absorbed == pytest.approx([0.1175, 0.1174, 0.0618, 0.0734, 0.00002], abs=2e-4)


def test_deep_light_is_as_settled_as_what_comes_back(monkeypatch):
    body, depths = [Layer(0.1, 60.0, 6000.0, 0.9, 1.4)], [0.004, 0.02, 0.04]
    got = medium_light.solve(body, 1.0, 1.4, False, depths)
    monkeypatch.setattr(medium_light, "NODES", (200, 300))
    fine = medium_light.solve(body, 1.0, 1.4, False, depths)
    assert fine.fluence_rate[2] < 1e-4
    assert got.fluence_rate == pytest.approx(fine.fluence_rate, rel=1e-3)


def test_a_film_that_all_but_never_scatters_is_clear():
    film, clear = Layer(3e-4, 0.0, 1e-5, 0.0, 1.5), Layer(3e-4, 0.0, 0.0, 0.0, 1.5)
    got, clean = (medium_light.solve([x], 1.0, 1.0, False, [1e-4]) for x in (film, clear))
    assert got.fluence_rate == pytest.approx(clean.fluence_rate, abs=1e-6)
    # The sheet of glass with its echoes: 2 r / (1 + r) comes back.
    assert got.specular + got.diffuse_reflectance == pytest.approx(2 * 0.04 / 1.04, abs=1e-6)


def layer(perfusion=0.0, thickness=0.2):
    law = medium_heat.constant(perfusion) if isinstance(perfusion, float) else perfusion
    return medium_heat.Layer(thickness, 0.5, 1050.0, 3600.0, 0.0, law)


CLOSED = [  # facts: physics_validation B1-B5, from the closed forms there
    (0.0, Edge(math.inf, 10.0), None, 1800.0, [10, 8.1877, 6.4677, 3.5940, 1.6920]),
    (0.0, Edge(flux_w_m2=500.0), None, 300.0, [7.1081, 3.1992, 1.1692, 0.0765, 0.0018]),
    (5e-4, Edge(math.inf, 10.0), None, 1200.0, [10, 6.9714, 4.7016, 1.8818, 0.6110]),
    (5e-4, Edge(flux_w_m2=500.0), None, 1800.0, [13.3272, 9.0711, 6.0450, 2.4891, 0.9098]),
    (0.0, Edge(), Source(1000.0, 200.0), 1200.0, [20.5259, 17.8879, 13.2651, 5.6961, 1.9357]),
]


@pytest.mark.parametrize(("perfusion", "surface", "source", "time_s", "rises"), CLOSED)
def test_closed_forms_of_heat_to_a_millikelvin(perfusion, surface, source, time_s, rises):
    problem = Problem((layer(perfusion),), BLOOD, surface, Edge(math.inf, 0.0), 0.0, source, 0.0)
    got = medium_heat.solve(problem, [time_s], [0.0, 0.005, 0.01, 0.02, 0.03])
    assert got.temperature_c[0] == pytest.approx(rises, abs=1e-3)


def test_the_steady_slab_of_the_facts():
    body = medium_heat.Layer(0.04, 0.5, 1050.0, 3600.0, 700.0, medium_heat.constant(5e-4))
    edges = (Edge(9.0, 24.0), Edge(math.inf, 37.0))
    problem = Problem((body,), Blood(1050.0, 3617.0, 37.0), *edges, 0.0, None, None)
    got = medium_heat.solve(problem, [0.0, 600.0], [0.0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.04])
    expected = [34.3319, 34.5123, 35.1313, 35.7165, 36.4536, 36.8320, 37.0]
    assert got.temperature_c[0] == pytest.approx(expected, abs=2e-4)
    assert got.temperature_c[1] == pytest.approx(expected, abs=2e-4)  # and it stays


def test_layers_of_the_facts_and_their_uniform_start():
    table = [(0.002, 0.372, 1109, 3390.5, 1827, 1.967e-3), (0.008, 0.2115, 911, 2348.3, 461.5, 4.966e-4),
             (0.04, 0.495, 1090.4, 3421.2, 988, 6.677e-4)]  # fmt: skip
    body = tuple(medium_heat.Layer(*row, medium_heat.constant(w)) for *row, w in table)
    edges = (Edge(10.0, 24.0), Edge(math.inf, 37.0))
    depths = [0.0, 0.002, 0.006, 0.01, 0.015, 0.02, 0.03]
    problem = Problem(body, Blood(1050.0, 3617.0, 37.0), *edges, 600.0, None, None)
    got = medium_heat.solve(problem, [0.0, 600.0], depths)  # facts: physics_validation B7
    assert got.temperature_c[0] == pytest.approx([34.207, 34.640, 35.618, 36.362, 36.657, 36.858, 37.069], abs=2e-3)
    assert got.temperature_c[1] == pytest.approx([45.827, 44.191, 40.613, 38.243, 37.505, 37.198, 37.107], abs=5e-3)
    held = Problem((layer(),), BLOOD, Edge(math.inf, 10.0), Edge(), 0.0, None, 5.0)
    assert medium_heat.solve(held, [0.0], [0.0, 0.1]).temperature_c[0] == pytest.approx([5.0, 5.0], abs=1e-12)


def test_flux_and_convection_meet_at_the_surface():
    skin, deep = Edge(1e4, 20.0), Edge(math.inf, 37.0)
    problem = Problem((layer(thickness=0.01),), BLOOD, skin, deep, 5e4, None, 37.0)
    got = medium_heat.solve(problem, [1e4], [0.0])
    link = 0.5 / 0.01
    assert got.temperature_c[0, 0] == pytest.approx((1e4 * 20.0 + 5e4 + link * 37.0) / (1e4 + link), abs=1e-4)


def test_perfusion_laws_at_the_temperatures_of_the_facts():
    blood = Blood(1050.0, 3617.0, 37.0)
    muscle = medium_heat.bell(0.45, 3.55, blood)(np.array([37.0, 39.0, 41.0, 43.0, 50.0])) * 1050.0
    assert muscle == pytest.approx([0.467, 0.627, 1.386, 2.99, 4.0], abs=5e-3)
    law = medium_heat.linear(0.001, 36.0, 0.5, 3.0)(np.array([30.0, 36.0, 38.0, 60.0]))
    assert law == pytest.approx([0.001, 0.001, 0.002, 0.003])


def test_nothing_that_holds_the_temperature_has_no_steady_state():
    problem = Problem((layer(),), BLOOD, Edge(), Edge(), 0.0, None, None)
    with pytest.raises(InputError, match="no steady state"):
        medium_heat.solve(problem, [1.0], [0.0])
