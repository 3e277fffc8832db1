"""What happens by depth in the typical person: temperatures, light, and how deep warmth and light go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from irtherapy.body.optics import BodyTables
from irtherapy.body.population import Persons
from irtherapy.dose import exposure, heat
from irtherapy.values import Device, Placement

Array = NDArray[np.float64]

DEPTH_MM = (
    0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.5, 15.0, 17.5, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 60.0,
)  # fmt: skip
LIGHT_POINTS = 40  # depths in each layer at which light is worked out


def at_depths(depth_m: Array, skin: Array, inside: Array) -> Array:
    """Return (times, DEPTH_MM) values of one person from those of the skin (times,) and the cells (times, cells)."""
    depth = np.concatenate([[0.0], depth_m])
    wanted = np.array(DEPTH_MM) / 1000.0
    return np.stack([np.interp(wanted, depth, np.concatenate([[s], t])) for s, t in zip(skin, inside, strict=True)])


def deepest_mm(depth_mm: Array, value: Array, level: float) -> float:
    """Return the greatest depth at which ``value`` is at least ``level``, interpolated; 0 when nowhere."""
    over = np.flatnonzero(value >= level)
    if len(over) == 0:
        return 0.0
    i = int(over[-1])
    if i == len(value) - 1:
        return float(depth_mm[-1])
    share = (value[i] - level) / (value[i] - value[i + 1])
    return float(depth_mm[i] + share * (depth_mm[i + 1] - depth_mm[i]))


def light_by_depth(persons: Persons, body: BodyTables, device: Device) -> tuple[Array, Array]:
    """Return (depth_mm, fluence rate per unit irradiance) in the first of the persons, from the skin to the spine.

    Light beyond 2500 nm stops in the outermost tenth of a millimetre and is left out.
    """
    nm, share = exposure.spectrum_bins(device.emitter, body)
    inside = nm < exposure.SURFACE_BAND_NM
    field = exposure.solve_light(persons.part(slice(0, 1)), body, nm[inside])
    tops = np.concatenate([[0.0], np.cumsum(field.thickness_m[0, 0])])
    fraction = np.linspace(0.0, 1.0, LIGHT_POINTS + 1)
    fluence, where = [], []
    for layer in range(len(tops) - 1):
        kept = fraction if layer == 0 else fraction[1:]
        fluence.append(share[inside] @ field.fluence_rate(layer, kept)[:, 0])
        where.append((tops[layer] + kept * (tops[layer + 1] - tops[layer])) * 1000.0)
    return np.concatenate(where), np.concatenate(fluence)


def light_inside(
    persons: Persons, body: BodyTables, device: Device, placement: Placement
) -> tuple[Array, Array] | None:
    """Return ``light_by_depth``, or None where no light enters the tissue at all."""
    enters = exposure.has_light(device) and not placement.clothed
    return light_by_depth(persons, body, device) if enters else None


def fluence_rate_w_m2(light: tuple[Array, Array] | None, irradiance_w_m2: float) -> tuple[float, ...]:
    """Return the fluence rate at DEPTH_MM under an irradiance; 0 below the spine's lamina and without light."""
    if light is None:
        return (0.0,) * len(DEPTH_MM)
    where, share = light
    return tuple((np.interp(DEPTH_MM, where, share, right=0.0) * irradiance_w_m2).tolist())


def perfusion_ratio(tissue: heat.Tissue, rest: heat.State, now: heat.State) -> tuple[float, ...]:
    """Return the first person's perfusion over that at rest at DEPTH_MM; 1 where no blood flows."""
    w, w0 = now.perfusion_per_s[0], rest.perfusion_per_s[0]
    ratio = np.divide(w, w0, out=np.ones_like(w), where=w0 > 0.0)
    return tuple(at_depths(tissue.depth_m[0], ratio[:1], ratio[None])[0].tolist())


def reach(light: tuple[Array, Array] | None, rise_k: Array) -> dict[str, float]:
    """Return in mm how deep warmth (``rise_k`` at DEPTH_MM) and light go; light as fluence rate over irradiance."""
    depths = np.array(DEPTH_MM)
    out = {"rise_1k": deepest_mm(depths, rise_k, 1.0), "rise_0_5k": deepest_mm(depths, rise_k, 0.5)}
    if light is None:
        return out
    return {**out, "light_10pct": deepest_mm(*light, 0.1), "light_1pct": deepest_mm(*light, 0.01)}


def layer_depths_mm(persons: Persons) -> dict[str, float]:
    """Return where each layer of the first of the persons begins, in mm, the spine included."""
    tops = np.concatenate([[0.0], np.cumsum(exposure.thicknesses_m(persons)[0])]) * 1000.0
    layers = {name: float(top) for name, top in zip(exposure.layers.LAYERS, tops, strict=False)}
    return {**layers, "spine": float(tops[4])}
