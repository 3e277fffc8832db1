"""Many persons at once are swept over, few are chained: the same heat either way."""

from dataclasses import replace

import numpy as np
import pytest

from irtherapy.body import population
from irtherapy.dose import exposure, heat
from irtherapy.values import Person, Region, Site

MANY = heat.SWEPT_FROM + 10


@pytest.fixture(scope="module")
def tissue(body) -> heat.Tissue:
    people = population.ensemble(Person(), Site(Region.NECK), body, np.random.default_rng(5), MANY)
    return exposure.tissue_of(people, body)


def some(tissue: heat.Tissue, which: slice) -> heat.Tissue:
    per_cell = ("dz_m", "conductivity_w_m_k", "heat_capacity_j_m3_k", "perfusion_per_s", "metabolic_w_m3")
    names = (*per_cell, "gain", "lag_s", "core_c")
    return replace(tissue, **{name: getattr(tissue, name)[which] for name in names})


def course(tissue: heat.Tissue) -> heat.Course:
    count = len(tissue.dz_m)
    cold, hot = (heat.Surface(np.full(count, 8.0), np.full(count, 22.0), np.full(count, q)) for q in (0.0, 400.0))
    source = np.full(tissue.dz_m.shape, 2.0)
    start = heat.Bioheat(tissue, cold).rest()
    return heat.run(heat.Bioheat(tissue, hot), start, source, heat.time_steps(300.0, 0.5, 20.0))


def test_swept_and_chained_give_the_same_course(tissue):
    together = course(tissue)
    alone = [course(some(tissue, slice(i, i + 70))) for i in range(0, MANY, 70)]
    assert together.skin_c[:, -1].min() > together.skin_c[:, 0].max()
    np.testing.assert_allclose(together.skin_c, np.concatenate([c.skin_c for c in alone]), atol=2e-6)
    np.testing.assert_allclose(together.temp_c, np.concatenate([c.temp_c for c in alone], axis=1), atol=2e-6)


def test_the_steady_state_asks_for_the_perfusion_it_has(tissue):
    warm = replace(tissue, core_c=tissue.core_c + 3.0)  # where perfusion answers strongly
    loss, room = np.full(MANY, 8.0), np.full(MANY, 22.0)
    operator = heat.Bioheat(warm, heat.Surface(loss, room, np.full(MANY, 150.0)))
    rest = operator.rest()
    np.testing.assert_allclose(heat.perfusion_target(warm, rest.temp_c), rest.perfusion_per_s, rtol=1e-5)
    after = operator.step(rest, np.zeros_like(warm.dz_m), 600.0)
    np.testing.assert_allclose(after.temp_c, rest.temp_c, atol=1e-5)


@pytest.mark.parametrize("count", [MANY, 3])
def test_a_tissue_without_a_solution_is_refused(tissue, count):
    part = some(tissue, slice(0, count))
    bare = heat.Bioheat(part, heat.Surface(np.full(count, 8.0), np.full(count, 22.0), np.zeros(count)))
    with pytest.raises(FloatingPointError, match="no solution"):
        bare.steady(np.zeros_like(part.dz_m), np.full_like(part.dz_m, -1.0))
