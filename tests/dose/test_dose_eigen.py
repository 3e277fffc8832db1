"""Modes from polynomials in the albedo, and layers solved in single precision, against every layer solved by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.dose import eigen, light

ALBEDO = np.concatenate([[0.0, eigen.ALBEDO_MAX], 1.0 - np.logspace(-6, -0.01, 60)])


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 0.95), st.sampled_from([1.0, 1.33, 1.4, 1.5]), st.sampled_from([4, 6, 8, 12]))
def test_modes_of_the_polynomials_are_those_of_the_eigenproblem(g, n, nodes):
    mu, w = eigen.quadrature(nodes, n)
    even, odd, _ = eigen.phase_matrices(g, mu, w, eigen.moments_kept(nodes, n == 1.0))
    exact, found = eigen.layer_modes(ALBEDO, even, odd, mu, w), eigen.modes_at(ALBEDO, g, n, nodes)
    np.testing.assert_allclose(found.decay, exact.decay, rtol=3e-6)
    # An eigenvector has no sign: what is compared is the projection that the two-port is made of.
    project = [np.einsum("imb,jmb->ijmb", m.shape, m.shape) for m in (found, exact)]
    np.testing.assert_allclose(*project, atol=3e-5)
    np.testing.assert_allclose(np.abs(found.flux), np.abs(exact.flux), atol=1e-4)
    np.testing.assert_allclose(np.abs(found.fluence), np.abs(exact.fluence), rtol=5e-5, atol=1e-4)


def by_themselves(mu_a, mu_s, d, fraction):
    each = [light.solve(a, s, 0.8, t) for a, s, t in zip(mu_a, mu_s, d, strict=True)]
    assert all(f.depth.dtype == np.float64 for f in each)
    return np.array([[f.net_flux(i, fraction) for i in range(mu_a.shape[1])] for f in each])


@pytest.mark.parametrize(("thinnest_m", "kind"), [(3e-5, np.float32), (1e-9, np.float64)])
def test_many_layers_at_once_are_those_solved_by_themselves(thinnest_m, kind):
    rng = np.random.default_rng(4)
    mu_a = 10.0 ** rng.uniform(0.5, 4.5, (60, 4))
    mu_s = 10.0 ** rng.uniform(3.7, 4.8, (60, 4))
    d = 10.0 ** rng.uniform(np.log10(thinnest_m), -1.5, (60, 4))
    fraction = np.array([0.0, 0.3, 1.0])
    together = light.solve(mu_a, mu_s, 0.8, d)
    assert together.depth.dtype == kind
    got = np.stack([together.net_flux(i, fraction) for i in range(4)], axis=1)
    np.testing.assert_allclose(got, by_themselves(mu_a, mu_s, d, fraction), atol=2e-5)
