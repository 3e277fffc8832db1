"""The dose engine beside what the best packages need for the same: light, heat, and both for a thousand persons.

Each time stands beside its error, against our own refined solution; the peers' times are taken in the same run.
CDISORT is GPL and lives in an environment of its own: name its Python in IRTHERAPY_PEERS to have it timed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from irtherapy.body import optics
from irtherapy.dose import ensemble, exposure, heat, light, plan
from irtherapy.values import Person, Setting

PEERS = os.environ.get("IRTHERAPY_PEERS")
MINUTES = 30.0
PEER_PERSONS = 25
PEER_HEAT = 8


def best_s(work: Callable[[], Any], times: int = 5) -> float:
    """Return the shortest of several runs: the others were disturbed."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took)


@pytest.fixture(scope="module")
def threads() -> Any:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield pool.map


@pytest.fixture(scope="module")
def forty(monkeypatch_module: pytest.MonkeyPatch, spectrum_40: Any) -> None:
    monkeypatch_module.setattr(exposure, "spectrum_bins", lambda *_: spectrum_40)


@pytest.fixture(scope="module")
def monkeypatch_module() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def disort_s(people: Any, body: Any, nm: Any, folder: Path) -> float | None:
    """Return the seconds a person that CDISORT needs for the light of ``nm``; None when it is not there."""
    if PEERS is None:
        return None
    few = people.part(slice(0, PEER_PERSONS))
    absorption, scattering = optics.coefficients(body, nm, few.melanin, few.blood_factor, few.scatter_factor)
    thick = np.broadcast_to(exposure.thicknesses_m(few)[None, :, :4], absorption.shape)
    path = folder / "problem.npz"
    np.savez(
        path,
        absorption=absorption.reshape(-1, 4),
        scattering=scattering.reshape(-1, 4),
        thickness=np.ascontiguousarray(thick).reshape(-1, 4),
        g=optics.ANISOTROPY,
    )
    script = str(Path(__file__).with_name("peer_disort.py"))
    answer = subprocess.run([PEERS, script, str(path)], capture_output=True, text=True, check=True)
    return float(answer.stdout) / PEER_PERSONS


def lsoda_s(ex: exposure.Exposure, rest: heat.State) -> float:
    """Return the seconds a person that SciPy's LSODA with a banded Jacobian needs for the same half hour."""

    def one(i: int) -> None:
        tissue = heat.Tissue(
            *(getattr(ex.tissue, k)[i : i + 1] for k in ("dz_m", "conductivity_w_m_k", "heat_capacity_j_m3_k")),
            *(getattr(ex.tissue, k)[i : i + 1] for k in ("perfusion_per_s", "metabolic_w_m3")),
            ex.tissue.response,
            *(getattr(ex.tissue, k)[i : i + 1] for k in ("gain", "lag_s", "core_c")),
        )
        surface = heat.Surface(*(getattr(ex.on, k)[i : i + 1] for k in ("h_w_m2_k", "ambient_c", "flux_w_m2")))
        op = heat.Bioheat(tissue, surface)
        load = op.load[0] + ex.source_w_m2[i]
        conduct, between, capacity = op.conduct[0], op.between[0], op.capacity[0]
        dz, core = tissue.dz_m[0], tissue.core_c[0]

        def slope(_: float, temp: Any) -> Any:
            blood = heat.perfusion_target(tissue, temp[None])[0] * heat.BLOOD_J_M3_K * dz
            flow = load + blood * (core - temp) - conduct * temp
            flow[:-1] += between * temp[1:]
            flow[1:] += between * temp[:-1]
            return flow / capacity

        span = (0.0, MINUTES * 60.0)
        marks = np.linspace(*span, 61)
        solve_ivp(slope, span, rest.temp_c[i], "LSODA", marks, rtol=1e-4, atol=1e-3, lband=1, uband=1)

    start = time.perf_counter()
    for i in range(PEER_HEAT):
        one(i)
    return (time.perf_counter() - start) / PEER_HEAT


def _without_compiler_s(work: Callable[[], Any]) -> float:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(light, "compiled", None)
        return best_s(work)


def test_light_of_a_thousand_persons(
    benchmark: Any, tell: Any, threads: Any, people: Any, body: Any, lamp: Any, spectrum_40: Any, forty: None,
    tmp_path: Path,
) -> None:  # fmt: skip
    def work() -> exposure.LightDose:
        return exposure.light_dose(people, body, lamp.emitter, spread=threads)

    fast = benchmark(work)
    took = best_s(work)
    few = people.part(slice(0, 50))
    exact = exposure.light_dose(few, body, lamp.emitter, nodes=16)
    worst = np.abs(np.cumsum(fast.absorbed[:50] - exact.absorbed, axis=1)).max()
    back = np.abs(fast.reflected[:50] - exact.reflected).max()
    tell(
        f"light, 1000 persons x 40 wavelengths: {took * 1000:.0f} ms; against 16 ordinates the light absorbed down to "
        f"any depth differs by at most {worst:.2%} and the reflected by {back:.2%} of what falls on the skin"
    )
    tell(f"  in NumPy alone, as where no compiler was at installation: {_without_compiler_s(work) * 1000:.0f} ms")
    peer = disort_s(people, body, spectrum_40[0], tmp_path)
    if peer is None:
        tell("  CDISORT: not run here (IRTHERAPY_PEERS is not set)")
    else:
        tell(f"  CDISORT 8 streams, 2 threads, no index step: {peer * 1e6:.0f} ms; ratio {peer * 1000 / took:.1f}")


def test_heat_of_a_thousand_persons(
    benchmark: Any, tell: Any, people: Any, body: Any, lamp: Any, site: Any, placement: Any
) -> None:
    dose = exposure.light_dose(people, body, lamp.emitter)
    ex = exposure.expose(people, body, site, lamp, placement, exposure.tissue_of(people, body), dose)
    rest = heat.Bioheat(ex.tissue, ex.off).rest()

    def work() -> ensemble.Heating:
        return ensemble.heating(ex, MINUTES, rest)

    fast = benchmark(work)
    took = best_s(work)
    operator, state = heat.Bioheat(ex.tissue, ex.on), rest
    step = best_s(lambda: operator.step(state, ex.source_w_m2, 10.0), 20)
    worst = _refined_error_k(people.part(slice(0, 50)), body, lamp, site, placement, fast.skin_c[:50])
    tell(
        f"heat, 1000 persons x 30 minutes: {took * 1000:.0f} ms, one step {step * 1000:.1f} ms; skin against cells "
        f"four times finer and steps ten times shorter: at most {worst:.3f} K at any half minute"
    )
    peer = lsoda_s(ex, rest)
    tell(f"  SciPy LSODA, banded: {peer * 1e6:.0f} ms (from {PEER_HEAT} persons); ratio {peer * 1000 / took:.1f}")


def _refined_error_k(people: Any, body: Any, lamp: Any, site: Any, placement: Any, skin_c: Any) -> float:
    dose = exposure.light_dose(people, body, lamp.emitter, refine=4)
    tissue = exposure.tissue_of(people, body, refine=4)
    ex = exposure.expose(people, body, site, lamp, placement, tissue, dose)
    operator, state = heat.Bioheat(ex.tissue, ex.on), heat.Bioheat(ex.tissue, ex.off).rest()
    worst = 0.0
    for mark in range(1, round(MINUTES * 2) + 1):
        for dt in heat.time_steps(ensemble.MARK_S, 0.05 if mark == 1 else 1.0, 1.0, 1.2):
            state = operator.step(state, ex.source_w_m2, float(dt))
        worst = max(worst, float(np.abs(operator.skin_c(state.temp_c) - skin_c[:, mark]).max()))
    return worst


def test_whole_plan_of_a_thousand_persons(
    benchmark: Any, tell: Any, threads: Any, people: Any, body: Any, lamp: Any, site: Any, placement: Any,
    spectrum_40: Any, forty: None, tmp_path: Path,
) -> None:  # fmt: skip
    def work(part: Any = people) -> ensemble.Heating:
        dose = exposure.light_dose(part, body, lamp.emitter, spread=threads)
        ex = exposure.expose(part, body, site, lamp, placement, exposure.tissue_of(part, body), dose)
        return ensemble.heating(ex, MINUTES)

    benchmark(work)
    took = best_s(work)
    one = best_s(lambda: work(people.part(slice(0, 1))), 20)
    slow = _without_compiler_s(work)
    tell(
        f"light and heat, 1000 persons x 40 wavelengths x 30 minutes: {took * 1000:.0f} ms; "
        f"one person: {one * 1000:.1f} ms; in NumPy alone {slow * 1000:.0f} ms; "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most so far in this process"
    )
    dose = exposure.light_dose(people, body, lamp.emitter)
    ex = exposure.expose(people, body, site, lamp, placement, exposure.tissue_of(people, body), dose)
    ray_s, warm = disort_s(people, body, spectrum_40[0], tmp_path), lsoda_s(ex, heat.Bioheat(ex.tissue, ex.off).rest())
    if ray_s is None:
        tell("  CDISORT with LSODA: not run here (IRTHERAPY_PEERS is not set)")
    else:
        both = ray_s + warm
        tell(f"  CDISORT with LSODA: {both * 1e6:.0f} ms (from a few persons); ratio {both * 1000 / took:.1f}")


def test_plan_for_two_hundred(benchmark: Any, body: Any, lamp: Any, site: Any, placement: Any) -> None:
    benchmark(lambda: plan.make_plan(Person(age_years=45), site, lamp, placement, Setting.HOME, 0, body))
