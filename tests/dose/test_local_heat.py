"""Heat under a small field against closed forms, an independent sparse solver, finer runs, and itself mirrored."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfc

from irtherapy.dose import heat
from irtherapy.dose.local import field
from irtherapy.dose.local.grid import rings

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
