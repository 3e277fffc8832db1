"""Heat: closed forms, a layered body from an independent code, balances, and the thermal dose."""

from __future__ import annotations

import math

import numpy as np

from irtherapy.dose import heat, injury, medium_heat
from irtherapy.dose.medium_heat import Blood, Edge, Layer, Problem
from irtherapy.edge.validation import cases
from irtherapy.edge.validation.rows import Row, Study, number, worst
from irtherapy.export import svg

B6 = (34.3319, 34.5123, 35.1313, 35.7165, 36.4536, 36.8320, 37.0000)
B6_MM = (0.0, 1.0, 5.0, 10.0, 20.0, 30.0, 40.0)
B7_MM = (0.0, 2.0, 6.0, 10.0, 15.0, 20.0, 30.0)
B7 = {
    0.0: (34.207, 34.640, 35.618, 36.362, 36.657, 36.858, 37.069),
    300.0: (43.560, 41.858, 38.628, 37.111, 36.858, 36.900, 37.070),
    600.0: (45.827, 44.191, 40.613, 38.243, 37.505, 37.198, 37.107),
    1800.0: (47.717, 46.172, 42.685, 40.076, 39.056, 38.368, 37.615),
}
B7_LAYERS = (
    (0.002, 0.372, 1109.0, 3390.5, 1827.0, 1.967e-3),
    (0.008, 0.2115, 911.0, 2348.3, 461.5, 4.966e-4),
    (0.040, 0.495, 1090.4, 3421.2, 988.0, 6.677e-4),
)
B8 = ((42.0, 60.0, 15.0), (41.0, 60.0, 3.75), (40.0, 60.0, 0.9375), (44.0, 10.0, 20.0), (43.5, 30.0, 42.426))


def closed_forms() -> Study:
    """Compare B1 to B5 with their closed forms, in per cent of the surface rise."""
    found: list[Row] = []
    lines: list[svg.Series] = []
    for case in cases.read("heat"):
        for got, item in zip(cases.solve_heat(case), case["series"], strict=True):
            what = f"rise after {item['time_s']} s"
            found.append(worst(case["id"], what, item["rise_k"], got.tolist(), 0.005 * item["rise_k"][0], "K"))
        if case["id"] == "B4":
            fine = np.linspace(0.0, max(case["depth_mm"]), 61)
            ours = cases.solve_heat({**case, "depth_mm": fine})
            for got, item in zip(ours, case["series"], strict=True):
                lines.append(svg.Series("", case["depth_mm"], item["rise_k"], dots=True))
                lines.append(svg.Series(f"{item['time_s']} s", fine.tolist(), got.tolist(), ember=True))
    chart = svg.line_chart(
        lines, "depth in mm", "K", "B4: flux of 500 W/m\u00b2 with perfusion; rings: closed form",
        "Ours on the closed form.", width=420, height=290,
    )  # fmt: skip
    return Study(
        "Heat: closed forms",
        "Step of the surface temperature, flux, and absorbed light, each with and without perfusion.",
        tuple(found),
        (chart,),
    )


def layers() -> Study:
    """Compare the steady slab and the layered body, and balance what goes in and out."""
    slab = cases.uniform(0.04, 400, 5e-4, 700.0, 37.0)
    operator = heat.Bioheat(slab, cases.surface(9.0, 24.0, 0.0))
    steady = operator.steady(np.zeros_like(slab.dz_m), slab.perfusion_per_s)
    depth = np.concatenate([[0.0], slab.depth_m[0], [0.04]])
    whole = np.concatenate([operator.skin_c(steady), steady[0], [37.0]])
    found = [worst("B6", "steady slab", B6, np.interp(np.array(B6_MM) / 1000, depth, whole).tolist(), 1e-3, "\u00b0C")]
    body = tuple(Layer(*row[:5], medium_heat.constant(row[5])) for row in B7_LAYERS)
    edges = (Edge(10.0, 24.0), Edge(math.inf, 37.0))
    problem = Problem(body, Blood(1050.0, 3617.0, 37.0), *edges, 600.0, None, None)
    answer = medium_heat.solve(problem, list(B7), [mm / 1000 for mm in B7_MM])
    for (time, want), got in zip(B7.items(), answer.temperature_c, strict=True):
        found.append(worst("B7", f"skin, fat and muscle after {time:g} s", want, got.tolist(), 0.05, "\u00b0C"))
    found += [_balance(), *_halved()]
    return Study(
        "Heat: layers and balances",
        "A slab in closed form, a layered body against an independent finite-difference code, and the balance of heat.",
        tuple(found),
    )


def _balance() -> Row:
    """Return what a heated slab stored against what went in less what left, over half an hour."""
    slab = cases.uniform(0.05, 250, 5e-4, 500.0, 37.0)
    operator = heat.Bioheat(slab, cases.surface(9.0, 24.0, 400.0))
    state = heat.State(np.full_like(slab.dz_m, 35.0), slab.perfusion_per_s)
    start, gained = state.temp_c, 0.0
    for dt in heat.time_steps(1800.0, 0.05, 1.0):
        before = state
        state = operator.step(before, np.zeros_like(slab.dz_m), float(dt))
        for temp in (before.temp_c, state.temp_c):
            perfused = (slab.perfusion_per_s * heat.BLOOD_J_M3_K * slab.dz_m * (37.0 - temp)).sum()
            lost = 9.0 * (operator.skin_c(temp)[0] - 24.0)
            deep = operator.deep[0] * (37.0 - temp[0, -1])
            gained += 0.5 * dt * float(perfused + deep + 400.0 - lost + (slab.metabolic_w_m3 * slab.dz_m).sum())
    stored = float((operator.capacity * (state.temp_c - start)).sum())
    return number(
        "B9", "heat stored, against in less out", gained / 1000, stored / 1000, 0.01, 3, "kJ/m\u00b2", share=True
    )


def _halved() -> tuple[Row, Row]:
    """Return what half the cell and half the step change at the skin of a layered body in half an hour."""

    def skin_c(cells_a_mm: int, step_s: float) -> float:
        tissue = _layered(cells_a_mm)
        cold, warm = (heat.Bioheat(tissue, cases.surface(10.0, 24.0, flux)) for flux in (0.0, 600.0))
        state = cold.rest()
        for dt in heat.time_steps(1800.0, min(0.5, step_s), step_s):
            state = warm.step(state, np.zeros_like(tissue.dz_m), float(dt))
        return float(warm.skin_c(state.temp_c)[0])

    usual = skin_c(4, 20.0)
    what = "skin of the layered body, plan's step of 20 s: "
    return (
        number("B9", what + "cells half as wide", usual, skin_c(8, 20.0), 0.05, 4, "\u00b0C"),
        number("B9", what + "steps half as long", usual, skin_c(4, 10.0), 0.05, 4, "\u00b0C"),
    )


def _layered(cells_a_mm: int) -> heat.Tissue:
    """Return the body of B7 in even cells."""
    counts = [round(row[0] * 1000 * cells_a_mm) for row in B7_LAYERS]
    dz, k, c, w, q = (
        np.repeat(values, counts)[None]
        for values in zip(
            *((row[0] / n, row[1], row[2] * row[3], row[5], row[4]) for row, n in zip(B7_LAYERS, counts, strict=True)),
            strict=True,
        )
    )
    still = np.zeros(dz.shape[1], dtype=np.int64)
    return heat.Tissue(dz, k, c, w, q, still, np.ones(1), np.full(1, 60.0), np.full(1, 37.0))


def thermal_dose() -> Study:
    """Compare CEM43 for constant and rising temperatures."""
    found = []
    for temp, minutes, want in B8:
        time = np.linspace(0.0, minutes * 60.0, 601)
        got = float(injury.cem43_min(time, np.full_like(time, temp))[-1])
        found.append(
            number("B8", f"CEM43 of {temp:g} \u00b0C for {minutes:g} min", want, got, 1e-3, 4, "min", share=True)
        )
    time = np.linspace(0.0, 1800.0, 3601)
    warming = float(injury.cem43_min(time, 37.0 + 6.0 * -np.expm1(-time / 300.0))[-1])
    found.append(number("B8", "CEM43 of 37 + 6 (1 - exp(-t/5 min)) for 30 min", 16.624, warming, 1e-3, 3, "min", True))
    return Study("Thermal dose", "CEM43 by Sapareto and Dewey, for constant and rising temperatures.", tuple(found))
