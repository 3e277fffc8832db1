"""Heat against closed forms and an independent fine grid (B1-B9)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from irtherapy.dose import exposure, heat

CASES = ("B1", "B2", "B3", "B4", "B5")


def test_no_case_has_vanished(golden):
    assert tuple(c["id"] for c in golden.read("heat")) == CASES


@pytest.mark.parametrize("name", CASES)
def test_rises_agree_with_the_closed_form(golden, name):
    case = next(c for c in golden.read("heat") if c["id"] == name)
    for got, item in zip(golden.solve_heat(case), case["series"], strict=True):
        want = np.array(item["rise_k"])
        np.testing.assert_allclose(got, want, atol=0.005 * want[0])


def test_b6_steady_slab(golden):
    tissue = golden.uniform(0.04, 400, 5e-4, metabolic=700.0, core_c=37.0)
    operator = heat.Bioheat(tissue, golden.surface(9.0, 24.0, 0.0))
    temp = operator.steady(np.zeros_like(tissue.dz_m), tissue.perfusion_per_s)
    whole = np.concatenate([operator.skin_c(temp), temp[0], [37.0]])
    depth = np.concatenate([[0.0], tissue.depth_m[0], [0.04]])
    got = np.interp(np.array([0, 1, 5, 10, 20, 30, 40]) / 1000.0, depth, whole)
    np.testing.assert_allclose(got, [34.3319, 34.5123, 35.1313, 35.7165, 36.4536, 36.8320, 37.0], atol=3e-4)


def layered(cells_per_mm: int = 10) -> heat.Tissue:
    rows = ((2, 0.372, 1109 * 3390.5, 1.967e-3, 1827), (8, 0.2115, 911 * 2348.3, 4.966e-4, 461.5),
            (40, 0.495, 1090.4 * 3421.2, 6.677e-4, 988))  # fmt: skip
    parts = [np.tile(np.array(row[1:], dtype=float)[:, None], row[0] * cells_per_mm) for row in rows]
    k, c, w, q = np.concatenate(parts, axis=1)[:, None, :]
    dz = np.full_like(k, 1e-3 / cells_per_mm)
    return heat.Tissue(
        dz, k, c, w, q, np.zeros(k.shape[1], dtype=np.int64), np.ones(1), np.full(1, 150.0), np.full(1, 37.0)
    )


def b7(golden, tissue: heat.Tissue, step_s: float = 1.0) -> list[np.ndarray]:
    cold = heat.Bioheat(tissue, golden.surface(10.0, 24.0, 0.0))
    hot = heat.Bioheat(tissue, golden.surface(10.0, 24.0, 600.0))
    nothing = np.zeros_like(tissue.dz_m)
    state = heat.State(cold.steady(nothing, tissue.perfusion_per_s), tissue.perfusion_per_s)
    depth = np.concatenate([[0.0], tissue.depth_m[0]])
    wanted = np.array([0, 2, 6, 10, 15, 20, 30]) / 1000.0
    out = [np.interp(wanted, depth, np.concatenate([cold.skin_c(state.temp_c), state.temp_c[0]]))]
    now = 0.0
    for until in (300.0, 600.0, 1800.0):
        state, now = heat.run(hot, state, nothing, heat.time_steps(until - now, 0.1, step_s)).last, until
        out.append(np.interp(wanted, depth, np.concatenate([hot.skin_c(state.temp_c), state.temp_c[0]])))
    return out


def test_b7_layered_tissue_under_a_surface_flux(golden):
    want = [
        [34.207, 34.640, 35.618, 36.362, 36.657, 36.858, 37.069],
        [43.560, 41.858, 38.628, 37.111, 36.858, 36.900, 37.070],
        [45.827, 44.191, 40.613, 38.243, 37.505, 37.198, 37.107],
        [47.717, 46.172, 42.685, 40.076, 39.056, 38.368, 37.615],
    ]
    np.testing.assert_allclose(b7(golden, layered()), want, atol=0.05)


def test_b9_halving_grid_and_step_moves_skin_less_than_0_05_k(golden):
    coarse, fine = b7(golden, layered(5), 2.0), b7(golden, layered(10), 1.0)
    assert max(abs(a[0] - b[0]) for a, b in zip(coarse, fine, strict=True)) < 0.05


def test_b9_heat_in_is_heat_stored_lost_and_carried_away(golden):
    tissue = layered()
    hot = heat.Bioheat(tissue, golden.surface(10.0, 24.0, 600.0))
    cold = heat.Bioheat(tissue, golden.surface(10.0, 24.0, 0.0))
    start = cold.steady(np.zeros_like(tissue.dz_m), tissue.perfusion_per_s)
    state, dt = heat.State(start, tissue.perfusion_per_s), 0.5
    before, balance = state, 0.0
    for _ in range(600):
        mid = hot.step(state, np.zeros_like(tissue.dz_m), dt)
        temp = 0.5 * (state.temp_c + mid.temp_c)
        lost = 10.0 * (hot.skin_c(temp) - 24.0) - 600.0
        blood = np.sum(tissue.perfusion_per_s * heat.BLOOD_J_M3_K * tissue.dz_m * (37.0 - temp))
        made = np.sum(tissue.metabolic_w_m3 * tissue.dz_m)
        deep = hot.deep * (37.0 - temp[:, -1])
        balance += dt * float((made + blood + deep - lost)[0])
        state = mid
    stored = float(np.sum(hot.capacity * (state.temp_c - before.temp_c)))
    assert balance == pytest.approx(stored, rel=0.01)


def test_the_grid_of_the_plan_is_fine_enough(body):
    from irtherapy.body import population
    from irtherapy.values import Person, Region, Site

    people = population.ensemble(Person(), Site(Region.LOWER_BACK), body, np.random.default_rng(2), 8)
    skins = []
    for refine, step in ((1, 10.0), (4, 1.0)):
        tissue = exposure.tissue_of(people, body, refine)
        loss, room = np.full(8, 8.5), np.full(8, 22.0)
        state = heat.Bioheat(tissue, heat.Surface(loss, room, np.zeros(8))).rest()
        hot = heat.Bioheat(tissue, heat.Surface(loss, room, np.full(8, 300.0)))
        course = heat.run(hot, state, np.zeros_like(tissue.dz_m), heat.time_steps(1200.0, 0.5, step))
        skins.append(course.skin_c[:, -1])
    assert np.max(np.abs(skins[0] - skins[1])) < 0.05


def test_perfusion_answers_to_warmth_after_a_lag():
    tissue = replace(layered(), response=np.full(500, heat.SKIN), gain=np.array([5.0]))
    warm = np.full_like(tissue.dz_m, 45.0)
    target = heat.perfusion_target(tissue, warm) / tissue.perfusion_per_s
    assert np.all((target > 4.9) & (target <= 5.0))
    muscle = replace(tissue, response=np.full(500, heat.MUSCLE), perfusion_per_s=np.full_like(warm, 0.45 / 1050))
    for temp, kg_m3_s in ((37, 0.467), (39, 0.627), (41, 1.386), (43, 2.99)):
        assert heat.perfusion_target(muscle, np.full_like(warm, temp))[0, 0] * 1050 == pytest.approx(kg_m3_s, abs=0.01)


def test_steps_grow_and_add_up():
    steps = heat.time_steps(100.0, 0.5, 10.0)
    assert steps.sum() == pytest.approx(100.0) and steps[0] == 0.5 and steps.max() <= 10.0
