"""Runs the cases of light and heat that have an exact answer; the tests and the report share it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from irtherapy.dose import heat, light
from irtherapy.edge import data


def read(name: str) -> list[dict[str, Any]]:
    """Return the cases of ``light`` or ``heat``."""
    found: list[dict[str, Any]] = json.loads(data.read(f"validation_{name}.json"))
    return found


def solve_light(case: dict[str, Any], nodes: int = 8) -> light.LightField:
    """Return the light of a case given per cm and cm."""
    mu_a, mu_s, d = np.array(case["layers_per_cm"]).T
    return light.solve(
        mu_a * 100, mu_s * 100, case["g"], d / 100, case["index"], nodes=nodes, open_bottom=case["open_bottom"]
    )


def light_value(field: light.LightField, name: str) -> float:
    """Return a named share: reflected, diffuse, specular, transmitted or absorbed_<layer>."""
    if name.startswith("absorbed_"):
        return float(field.absorbed[int(name.removeprefix("absorbed_"))])
    return float(getattr(field, name))


def uniform(
    length_m: float, cells: int, perfusion_per_s: float, metabolic: float = 0.0, core_c: float = 0.0
) -> heat.Tissue:
    """Return one person of the common material of the B cases."""
    dz = np.full((1, cells), length_m / cells)
    one = np.ones_like(dz)
    still = np.zeros(cells, dtype=np.int64)
    return heat.Tissue(
        dz, 0.5 * one, 1050.0 * 3600.0 * one, perfusion_per_s * one, metabolic * one,
        still, np.ones(1), np.full(1, 150.0), np.full(1, core_c),
    )  # fmt: skip


def surface(h: float, ambient: float, flux: float) -> heat.Surface:
    """Return a surface of one person."""
    return heat.Surface(np.array([h]), np.array([ambient]), np.array([flux]))


def solve_heat(case: dict[str, Any], cell_m: float = 1e-4, step_s: float = 1.0) -> list[np.ndarray]:
    """Return the computed rises at the depths of a case, one array a time, on a domain of 200 mm."""
    tissue = uniform(0.2, round(0.2 / cell_m), case["perfusion_per_s"])
    held = case["kind"] == "held"
    skin = surface(np.inf if held else 0.0, case.get("surface_k", 0.0), case.get("flux_w_m2", 0.0))
    operator = heat.Bioheat(tissue, skin)
    source = np.zeros_like(tissue.dz_m)
    if case["kind"] == "source":
        faces = np.exp(-case["source_per_m"] * np.concatenate([[0.0], np.cumsum(tissue.dz_m[0])]))
        source = case["irradiance_w_m2"] * (faces[:-1] - faces[1:])[None]
    state, now, out = heat.State(np.zeros_like(source), tissue.perfusion_per_s), 0.0, []
    depth = np.concatenate([[0.0], tissue.depth_m[0]])
    for item in case["series"]:
        course = heat.run(
            operator, state, source, heat.time_steps(item["time_s"] - now, 0.05, step_s), lambda t: t[:, :1]
        )
        state, now = course.last, item["time_s"]
        whole = np.concatenate([operator.skin_c(state.temp_c), state.temp_c[0]])
        out.append(np.interp(np.array(case["depth_mm"]) / 1000.0, depth, whole))
    return out
