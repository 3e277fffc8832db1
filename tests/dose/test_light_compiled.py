"""The compiled light and the readable one are the same light."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.dose import light
from irtherapy.values import InputError

FACES = (np.array([0.0, 0.3, 1.0]), np.array([0.0, 1.0]), np.linspace(0.0, 1.0, 5))


def medium(seed: int, wavelengths: int, persons: int) -> tuple[np.ndarray, ...]:
    """Return absorption, scattering and thickness from clear and thin to black and thick, and shares."""
    random = np.random.default_rng(seed)
    shape = (wavelengths, persons, len(FACES))
    absorption, scattering = 10.0 ** random.uniform(-2, 5, shape), 10.0 ** random.uniform(-1, 5, shape)
    absorption[random.random(shape) < 0.1] = 0.0
    return absorption, scattering, 10.0 ** random.uniform(-5, -1.5, shape[1:]), random.dirichlet(np.ones(wavelengths))


def test_the_compiled_light_is_there():
    assert light.compiled is not None, "It was not built: `pip install -e .` with a C compiler and Python's headers."


@given(
    st.integers(0, 2**31), st.integers(1, 3), st.integers(1, 19), st.integers(4, 8),
    st.sampled_from([0.0, 0.5, 0.8, 0.95]), st.sampled_from([1.0, 1.33, 1.4]),
)  # fmt: skip
@settings(max_examples=60)
def test_compiled_and_numpy_give_the_same(seed, wavelengths, persons, nodes, g, n):
    absorption, scattering, thickness, share = medium(seed, wavelengths, persons)
    ask = (absorption, scattering, g, thickness, n, share, FACES, nodes)
    fast, back = light.crossing(*ask)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(light, "compiled", None)
        patch.setattr(light, "SINGLE_FROM", np.inf)  # in double precision
        patch.setattr(light, "SERIES_FROM", 0)
        exact, came = light.crossing(*ask)
    np.testing.assert_allclose(back, came, atol=1e-9)
    for ours, theirs in zip(fast, exact, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_a_medium_that_cannot_be_is_refused(bad):
    absorption, scattering, thickness, share = medium(1, 2, 3)
    absorption[1, 2, 0] = bad
    with pytest.raises(InputError, match="0 or more"):
        light.crossing(absorption, scattering, 0.8, thickness, 1.4, share, FACES)


def test_sizes_that_do_not_fit_are_refused():
    assert light.compiled is not None
    empty = np.zeros(0)
    counts = np.array([6, 1, 1, 3, 2], dtype=np.int64)
    with pytest.raises(ValueError, match="do not fit"):
        light.compiled.absorbed(counts, *[empty] * 9, 0.1, 0.1, 1.0, np.zeros(2), np.zeros(1))
