"""Heat under a small field: a wide one is the broad field, a small one is cooler, and no heat is lost."""

from __future__ import annotations

import numpy as np
import pytest

from irtherapy.body import population
from irtherapy.dose import ensemble, exposure, heat
from irtherapy.dose.local import field
from irtherapy.dose.local.grid import rings
from irtherapy.values import Person, Placement, Region, Site


@pytest.fixture(scope="module")
def exposed(devices, body):
    site = Site(Region.LOWER_BACK)
    person = population.median(Person(age_years=45), site, body)
    lamp = devices["r125_150w"]
    dose = exposure.light_dose(person, body, lamp.emitter)
    ex = exposure.expose(person, body, site, lamp, Placement(0.6), exposure.tissue_of(person, body), dose)
    return ex, heat.Bioheat(ex.tissue, ex.off).rest(), ensemble.heating(ex, 10.0)


def under(exposed, radius_m):
    """Return the skin (times, rings) over ten minutes under a beam of a radius, and the times."""
    ex, rest, _ = exposed
    grid = rings(radius_m, 0.12)
    inside = grid.faces_m[1:] <= radius_m * 1.0001
    source = np.where(inside[:, None], ex.source_w_m2[0], 0.0)
    operator = field.LocalBioheat(ex.tissue, ex.on, grid)
    start = operator.start(rest.temp_c[0], rest.perfusion_per_s[0])
    return field.run(operator, start, source, field.time_steps(600.0))


def test_a_wide_beam_is_the_broad_field_in_its_middle(exposed):
    course = under(exposed, 0.1)
    broad = exposed[2]
    middle = np.interp(broad.time_s, course.time_s, course.skin_c[:, 0])
    assert middle[-1] == pytest.approx(broad.skin_c[0, -1], abs=0.01)
    assert course.skin_c[-1, -1] < middle[-1] - 1.0  # and beyond the beam it is cool


def test_the_smaller_the_beam_the_cooler_its_middle(exposed):
    ends = [under(exposed, radius).skin_c[-1, 0] for radius in (0.005, 0.01, 0.02, 0.04)]
    assert all(a < b for a, b in zip(ends[:-1], ends[1:], strict=True))
    assert ends[-1] <= exposed[2].skin_c[0, -1] + 0.01 and ends[0] < ends[-1] - 0.5
