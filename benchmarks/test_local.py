"""Local fields: how long they take and how far they are from refined ones, told in one line.

Under contention times double; each is the shortest of several runs. Errors are against more rings or voxels and far
shorter steps over the same cells in depth, at every step from the first second on, at every depth on the axis.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from irtherapy.body import population
from irtherapy.dose import ensemble, exposure, heat
from irtherapy.dose.local import centre, field, voxels
from irtherapy.dose.local.grid import Grid, Rectangle, rings
from irtherapy.values import Person, Placement

RADIUS_M, REACH_M = 0.03, 0.12
HALF_M = (0.03, 0.02)  # of the rectangle that is lit
SECONDS = 1800.0
STRONGER = 3.0  # than the lamp at 60 cm: skin peaks above 42 C and all perfusion answers
DEEP = {"epidermis": (3, 1.0), "dermis": (12, 1.1), "fat": (18, 1.12), "muscle": (23, 1.1), "deep": (4, 1.2)}  # 60


def best_s(work: Callable[[], Any], times: int = 7) -> float:
    """Return the shortest of several runs: the others were disturbed."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took)


@pytest.fixture
def exposed(body: Any, site: Any, lamp: Any) -> Callable[[], tuple[exposure.Exposure, heat.State]]:
    def made() -> tuple[exposure.Exposure, heat.State]:
        person = population.median(Person(age_years=45), site, body)
        dose = exposure.light_dose(person, body, lamp.emitter)
        ex = exposure.expose(person, body, site, lamp, Placement(0.6), exposure.tissue_of(person, body), dose)
        return ex, heat.Bioheat(ex.tissue, ex.off).rest()

    return made


@pytest.fixture
def sixty_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposure, "CELLS", DEEP)


def spot(
    ex: exposure.Exposure, rest: heat.State, grid: Grid, lit: Any, steps: Any, dtype: Any = np.float64
) -> Callable[[], field.Course]:
    """Return the half hour under ``lit`` places (True or False) as work to be timed; the axis is the first place."""

    def work() -> field.Course:
        operator = field.LocalBioheat(ex.tissue, ex.on, grid, dtype)
        start = operator.start(rest.temp_c[0], rest.perfusion_per_s[0])
        source = lit[..., None] * (STRONGER * ex.source_w_m2[0])
        return voxels.run(operator, start, source, steps, keep=lambda temp: temp.reshape(-1, temp.shape[-1])[0])

    return work


def round_spot(ex: exposure.Exposure, rest: heat.State, count: int, steps: Any) -> Callable[[], field.Course]:
    grid = rings(RADIUS_M, REACH_M, count)
    return spot(ex, rest, grid, grid.faces_m[1:] <= RADIUS_M * (1.0 + 1e-9), steps)


def quarter(
    ex: exposure.Exposure, rest: heat.State, count: int, steps: Any, dtype: Any, whole: bool = False
) -> Callable[[], field.Course]:
    """Return the work for a rectangle: a quarter of it on ``count`` x ``count`` places, or all of it on twice that."""
    sides, inside = [], []
    for half in HALF_M:
        faces = rings(half, half + 0.08, count).faces_m
        faces = np.concatenate([-faces[:0:-1], faces]) if whole else faces
        sides.append(faces)
        inside.append(np.abs(0.5 * (faces[1:] + faces[:-1])) < half)
    return spot(ex, rest, Rectangle.of(*sides), inside[0][:, None] & inside[1], steps, dtype)


def off_by_k(course: field.Course, fine: field.Course) -> float:
    """Return the greatest difference on the axis over all depths and times from 1 s on."""
    late = course.time_s >= 1.0
    want = np.stack([np.interp(course.time_s[late], fine.time_s, series) for series in fine.kept.T], axis=1)
    return float(np.abs(course.kept[late] - want).max())


def test_rings(benchmark: Any, tell: Any, exposed: Any, sixty_cells: None) -> None:
    ex, rest = exposed()
    work = round_spot(ex, rest, 40, field.time_steps(SECONDS))
    error = off_by_k(benchmark(work), round_spot(ex, rest, 200, heat.time_steps(SECONDS, 0.02, 3.0))())
    tell(f"local, 40 rings x 60 cells x 30 minutes: {best_s(work, 20) * 1000:.1f} ms; at most {error:.3f} K off")
    assert error < 0.01


def test_voxels(benchmark: Any, tell: Any, exposed: Any, sixty_cells: None) -> None:
    ex, rest = exposed()
    steps = field.time_steps(SECONDS)
    work = quarter(ex, rest, 40, steps, np.float32)
    fine = quarter(ex, rest, 64, heat.time_steps(SECONDS, 0.05, 10.0), np.float64)()
    error = off_by_k(benchmark(work), fine)
    tell(
        f"local, 80 x 80 x 60 voxels of a centred rectangle (a quarter of them, by symmetry) x 30 minutes: "
        f"{best_s(work) * 1000:.0f} ms; at most {error:.3f} K off"
    )
    double = quarter(ex, rest, 40, steps, np.float64)
    tell(f"  in double precision: {best_s(double) * 1000:.0f} ms; at most {off_by_k(double(), fine):.3f} K off")
    few = quarter(ex, rest, 24, steps, np.float32)
    tell(f"  48 x 48 x 60, a quarter: {best_s(few) * 1000:.0f} ms; at most {off_by_k(few(), fine):.3f} K off")
    for count in (16, 40):
        same = off_by_k(quarter(ex, rest, count, steps, np.float32)(), fine)
        whole = quarter(ex, rest, count, steps, np.float32, whole=True)
        tell(
            f"  {2 * count} x {2 * count} x 60 where nothing is symmetric: {best_s(whole, 3) * 1000:.0f} ms; "
            f"at most {same:.3f} K off"
        )
    assert error < 0.01


def test_the_middle_of_a_head(benchmark: Any, tell: Any, people: Any, body: Any, site: Any, lamp: Any) -> None:
    many = people.part(slice(0, 200))
    dose = exposure.light_dose(many, body, lamp.emitter)
    ex = exposure.expose(many, body, site, lamp, Placement(0.6), exposure.tissue_of(many, body), dose)
    hot = ensemble.heating(ex, 30.0)
    phases = [(30.0, 1.0)]
    one = centre.part(ex, np.arange(1))

    def all_by_few() -> ensemble.Heating:
        return centre.under_head(hot, ex, 0.02, phases)

    few = benchmark(all_by_few)
    single = best_s(lambda: centre.heating(one, 0.02, phases))
    tell(f"middle of a head, one person x 30 minutes at every half minute: {single * 1000:.1f} ms")
    every = centre.heating(ex, 0.02, phases)
    rise = [(course.muscle_c - course.muscle_c[:, :1]).max(axis=1) for course in (every, few)]
    worst = np.abs(rise[1] - rise[0]).max()
    shares = max(abs(np.percentile(rise[1], p) - np.percentile(rise[0], p)) for p in (2.5, 50.0, 97.5))
    tell(
        f"  200 persons by {centre.SOLVED} of them: {best_s(all_by_few, 3) * 1000:.0f} ms; the rise of muscle is at "
        f"most {worst:.3f} K off for a person, {shares:.3f} K in its percentiles (2.5, 50, 97.5)"
    )
    assert shares < 0.05
