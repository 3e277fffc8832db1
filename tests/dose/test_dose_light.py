"""Light against published and independently computed cases (A1-A14), and what must hold for any tissue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.dose import light
from irtherapy.values import InputError

CASES = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A10", "A11", "A13", "A14")


def case_of(golden, name):
    return next(c for c in golden.read("light") if c["id"] == name)


def test_no_case_has_vanished(golden):
    assert tuple(c["id"] for c in golden.read("light")) == CASES


@pytest.mark.parametrize("name", CASES)
def test_light_agrees_with_the_published_case(golden, name):
    case = case_of(golden, name)
    field = golden.solve_light(case)
    for key, want in case["values"].items():
        assert golden.light_value(field, key) == pytest.approx(want["value"], abs=want["tolerance"]), key
    if case["depth_mm"]:
        got = field.fluence_rate_at(np.array(case["depth_mm"]) / 1000.0)
        np.testing.assert_allclose(got, case["fluence_rate"], rtol=case["fluence_tolerance"])


def test_a9_light_falls_with_the_slope_of_transport_not_of_diffusion(golden):
    field = golden.solve_light(case_of(golden, "A8"))
    near, far = field.fluence_rate_at(np.array([0.0039, 0.0099]))
    assert np.log(near / far) / 0.6 == pytest.approx(5.60, rel=0.01)  # 1/cm over 0.6 cm


@pytest.mark.parametrize("name", CASES)
def test_a12_no_light_is_lost_or_made(golden, name):
    field = golden.solve_light(case_of(golden, name))
    assert field.reflected + field.transmitted + field.absorbed.sum() == pytest.approx(1.0, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.1, 5000), st.floats(1, 50000), st.floats(0.0, 0.92), st.floats(1e-5, 0.02),
    st.sampled_from([1.0, 1.33, 1.4, 1.5]), st.booleans(),
)  # fmt: skip
def test_light_is_conserved_and_never_negative(mu_a, mu_s, g, d, n, diffuse):
    field = light.solve(np.array([mu_a, mu_a]), np.array([mu_s, 0.5 * mu_s]), g, np.array([d, 0.05]), n, diffuse)
    assert float(field.reflected + field.transmitted + field.absorbed.sum()) == pytest.approx(1.0, abs=1e-6)
    assert np.all(field.absorbed > -1e-9)


def test_a_batch_is_the_same_as_one_by_one():
    rng = np.random.default_rng(3)
    mu_a, mu_s = rng.uniform(1, 500, (4, 3, 4)), rng.uniform(1e3, 2e4, (4, 3, 4))
    d = np.array([1e-4, 2e-3, 8e-3, 4e-2])
    together = light.solve(mu_a, mu_s, 0.8, d).reflected
    alone = [
        [float(light.solve(a, s, 0.8, d).reflected) for a, s in zip(x, y, strict=True)]
        for x, y in zip(mu_a, mu_s, strict=True)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-9)


def test_cutting_a_layer_in_two_changes_nothing():
    one = light.solve(np.array([100.0]), np.array([9900.0]), 0.9, np.array([0.002]), open_bottom=True)
    two = light.solve(np.full(2, 100.0), np.full(2, 9900.0), 0.9, np.array([0.0005, 0.0015]), open_bottom=True)
    assert float(one.transmitted) == pytest.approx(float(two.transmitted), abs=1e-9)


def test_six_ordinates_are_enough_for_the_ensemble(golden):
    case = case_of(golden, "A10")
    six, many = golden.solve_light(case, 6), golden.solve_light(case, 48)
    np.testing.assert_allclose(six.absorbed[:4], many.absorbed[:4], rtol=0.01)


def test_diffuse_and_normal_light_differ_but_both_close():
    args = (np.array([200.0]), np.array([2e4]), 0.8, np.array([0.05]))
    normal, diffuse = light.solve(*args), light.solve(*args, diffuse_incidence=True)
    assert diffuse.specular == pytest.approx(
        0.0695, abs=0.012
    )  # Fresnel of diffuse light on n = 1.4, 0.0695 by quadrature
    assert normal.specular == pytest.approx(0.0278, abs=1e-4)


@pytest.mark.parametrize("bad", [{"mu_a": -1.0}, {"d": 0.0}, {"nodes": 2}, {"g": 1.0}])
def test_nonsense_is_refused(bad):
    with pytest.raises(InputError):
        light.solve(
            np.array([bad.get("mu_a", 1.0)]),
            np.array([10.0]),
            bad.get("g", 0.5),
            np.array([bad.get("d", 1.0)]),
            nodes=bad.get("nodes", 8),
        )
