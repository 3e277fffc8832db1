"""The compiled voxels and the readable ones are the same heat."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.body import population
from irtherapy.dose import exposure, heat
from irtherapy.dose.local import field, voxels
from irtherapy.dose.local.grid import Rectangle, rings
from irtherapy.edge import data
from irtherapy.values import Person, Placement, Region, Site

LOWER, LAMP = Site(Region.LOWER_BACK), data.catalogue()["r125_150w"]


@pytest.fixture(scope="module")
def lamp():
    """Return one person under a lamp, and how they rest."""
    body = data.body_tables()
    person = population.median(Person(age_years=45), LOWER, body)
    dose = exposure.light_dose(person, body, LAMP.emitter)
    ex = exposure.expose(person, body, LOWER, LAMP, Placement(0.6), exposure.tissue_of(person, body), dose)
    return ex, heat.Bioheat(ex.tissue, ex.off).rest()


def test_the_compiled_voxels_are_there():
    assert voxels.compiled is not None, (
        "They were not built: `pip install -e .` with a C compiler and Python's headers."
    )


@given(st.integers(0, 2**31), st.integers(3, 13), st.integers(3, 13), st.floats(0.3, 6.0), st.booleans())
@settings(max_examples=30, deadline=None)
def test_compiled_and_numpy_give_the_same(lamp, seed, wide, long, stronger, mirrored):
    ex, rest = lamp
    random = np.random.default_rng(seed)
    faces = [np.cumsum(random.uniform(0.001, 0.01, n)) for n in (wide, long)]
    grid = Rectangle.of(*(side - side[::-1] if mirrored else side for side in faces))
    source = random.uniform(0.0, stronger, (wide - 1, long - 1, 1)) * ex.source_w_m2[0]
    steps = random.uniform(0.3, 120.0, 9)
    courses = []
    for run in (voxels.run, field.run):
        operator = field.LocalBioheat(ex.tissue, ex.on, grid)
        first = run(operator, operator.start(rest.temp_c[0], rest.perfusion_per_s[0]), source, steps[:4])
        courses.append((first, run(operator, first.last, 0.0 * source, steps[4:])))  # goes on from a state
    for fast, slow in zip(*courses, strict=True):
        np.testing.assert_allclose(fast.kept, slow.kept, rtol=1e-9)
        np.testing.assert_allclose(fast.skin_c, slow.skin_c, rtol=1e-9)
        np.testing.assert_allclose(fast.last.perfusion_per_s, slow.last.perfusion_per_s, rtol=1e-9)


def test_in_single_precision_they_stay_within_three_thousandths(lamp):
    ex, rest = lamp
    faces = rings(0.03, 0.11, 12).faces_m
    grid = Rectangle.of(np.concatenate([-faces[:0:-1], faces]), faces)
    lit = (np.abs(grid.x_faces_m[1:] + grid.x_faces_m[:-1]) < 0.06)[:, None] & (grid.y_faces_m[1:] <= 0.0301)
    source, kept = lit[..., None] * (3.0 * ex.source_w_m2[0]), []
    for dtype in (np.float32, np.float64):
        operator = field.LocalBioheat(ex.tissue, ex.on, grid, dtype)
        start = operator.start(rest.temp_c[0], rest.perfusion_per_s[0])
        kept.append(voxels.run(operator, start, source, field.time_steps(1800.0)).kept)
    assert np.ptp(kept[1]) > 8.0
    np.testing.assert_allclose(kept[0], kept[1], atol=0.003)


def test_nonsense_is_refused_and_heat_without_an_end_is_told(lamp):
    ex, rest = lamp
    grid = Rectangle.of(np.linspace(0.0, 0.1, 6), np.linspace(0.0, 0.1, 4))
    operator = field.LocalBioheat(ex.tissue, ex.on, grid)
    start = operator.start(rest.temp_c[0], rest.perfusion_per_s[0])
    with pytest.raises(FloatingPointError):
        voxels.run(operator, start, np.full((5, 3, operator.capacity.size), 1e308), np.array([10.0, 10.0]))
    with pytest.raises(ValueError, match="sizes of the arrays"):
        voxels.compiled.respond(
            8, 0, 9, 1, 0, 37, 5, (0, 0, 0, 0), bytes(16), bytes(8), bytes(8), *map(bytearray, [8] * 3), bytearray(16)
        )
