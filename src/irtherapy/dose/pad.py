"""A warm thing on the skin that has heat of its own: a pack that cools, a pad that warms up, towels in between.

The pad and what lies between are cells on top of the tissue: a pad of one temperature, then each layer with its own
conductance and capacity, then the contact. The plan takes a warm surface as held at its temperature from the first
second, which is never cooler; this answers what the warming up and the cooling change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from irtherapy.dose import ensemble, exposure, heat
from irtherapy.dose.ensemble import Heating
from irtherapy.dose.exposure import Exposure
from irtherapy.values import in_range

Array = NDArray[np.float64]

THIN_M = 1e-4  # thickness given to a cell of which only conductance and capacity are known
EVEN_W_M_K = 1e3  # a pad of one temperature throughout
CELLS_A_LAYER = 4


@dataclass(frozen=True)
class Layer:
    """Cloth or towels between pad and skin, by area: conductance in W/m2/K, heat capacity in J/m2/K."""

    conductance_w_m2_k: float
    heat_capacity_j_m2_k: float

    def __post_init__(self) -> None:
        in_range("Conductance of the layer", self.conductance_w_m2_k, 0.1, 1e5, "W/m2/K")
        in_range("Heat capacity of the layer", self.heat_capacity_j_m2_k, 1, 1e6, "J/m2/K")


@dataclass(frozen=True)
class Pad:
    """A pad or pack, by area: heat capacity in J/m2/K, its temperature at the start, and what keeps it warm.

    ``power_w_m2`` is on while the pad is cooler than ``thermostat_c``. ``back_w_m2_k`` leads from its back to the room,
    ``contact_w_m2_k`` from it, or from the lowest of ``layers`` (given from the pad down), to the skin. Contact and
    thermostat are the same for everybody or (persons,). Raises InputError on a figure out of its range.
    """

    heat_capacity_j_m2_k: float
    start_c: float
    contact_w_m2_k: float | Array = exposure.CONTACT_W_M2_K
    power_w_m2: float = 0.0
    thermostat_c: float | Array = math.inf
    back_w_m2_k: float = 5.0
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        in_range("Heat capacity of the pad", self.heat_capacity_j_m2_k, 10, 1e7, "J/m2/K")
        in_range("Temperature of the pad", self.start_c, 0, 100, "°C")
        for contact in np.ravel(self.contact_w_m2_k):
            in_range("Contact", float(contact), 1, 1e6, "W/m2/K")
        in_range("Power of the pad", self.power_w_m2, 0, 5000, "W/m2")
        in_range("Back of the pad", self.back_w_m2_k, 0, 100, "W/m2/K")


def at_each(pad: Pad, ex: Exposure) -> Pad:
    """Return the pad with each person's own contact, through cloth or padding, and own thermostat, as ``ex`` has them.

    Those of ``pad`` do not count; what little heat cloth holds is left out.
    """
    return replace(pad, contact_w_m2_k=ex.on.h_w_m2_k, thermostat_c=ex.on.ambient_c)


def heating(ex: Exposure, rest: heat.State, pad: Pad, room_c: float, minutes: float, step_s: float = 5.0) -> Heating:
    """Return the courses of the tissue under the pad, marks each half minute, from the ``rest`` of the bare skin.

    States and ``hottest_c`` are those of skin and tissue, the pad left out.
    """
    return courses(ex, rest, pad, room_c, minutes, step_s)[0]


def courses(
    ex: Exposure, rest: heat.State, pad: Pad, room_c: float, minutes: float, step_s: float = 5.0
) -> tuple[Heating, Array]:
    """Return ``heating`` and the temperatures of what lies on the skin, pad first, (times, persons, cells above)."""
    tissue, bare_c = ex.tissue, heat.Bioheat(ex.tissue, ex.off).skin_c(rest.temp_c)
    covered, above = _covered(tissue, pad)
    persons = len(tissue.dz_m)
    back = heat.Surface(*(np.full(persons, x) for x in (pad.back_w_m2_k, room_c, 0.0)))
    operator = heat.Bioheat(covered, back)
    first = np.full((persons, above), rest.temp_c[:, :1])
    first[:, : above - 1 - CELLS_A_LAYER * len(pad.layers)] = pad.start_c
    blood = np.concatenate([np.zeros((persons, above)), rest.perfusion_per_s], axis=1)
    state = heat.State(np.concatenate([first, rest.temp_c], axis=1), blood)
    power = np.zeros_like(covered.dz_m)
    states, skins, tops = [rest], [bare_c], [first]
    for mark in range(round(minutes * 60.0 / ensemble.MARK_S)):
        for dt in heat.time_steps(ensemble.MARK_S, *((0.25, step_s, 1.5) if mark == 0 else (step_s, step_s))):
            power[:, 0] = np.where(state.temp_c[:, 0] < pad.thermostat_c, pad.power_w_m2, 0.0)
            state = operator.step(state, power, float(dt))
        states.append(heat.State(state.temp_c[:, above:], state.perfusion_per_s[:, above:]))
        skins.append(covered.face_c(above, state.temp_c))
        tops.append(state.temp_c[:, :above])
    temp, skin = np.stack([s.temp_c for s in states]), np.stack(skins, axis=-1)
    time = np.arange(len(states), dtype=np.float64) * ensemble.MARK_S
    return Heating.of(tissue, time, skin, temp, tuple(states)), np.stack(tops)


def _covered(tissue: heat.Tissue, pad: Pad) -> tuple[heat.Tissue, int]:
    """Return the tissue with the cells of the pad on top, and how many those are."""
    parts = [(EVEN_W_M_K, pad.heat_capacity_j_m2_k)]
    for layer in pad.layers:
        cell = (layer.conductance_w_m2_k * CELLS_A_LAYER * THIN_M, layer.heat_capacity_j_m2_k / CELLS_A_LAYER)
        parts += [cell] * CELLS_A_LAYER
    parts.append((1.0, 1.0))  # the contact, which each person has their own of
    persons, count = len(tissue.dz_m), len(parts)
    conductivity, capacity = (np.tile([p[i] for p in parts], (persons, 1)) for i in (0, 1))
    conductivity[:, -1] = pad.contact_w_m2_k * THIN_M
    none = np.zeros((persons, count))

    def with_top(top: Array, below: Array) -> Array:
        return np.concatenate([top, below], axis=1)

    covered = replace(
        tissue,
        dz_m=with_top(np.full((persons, count), THIN_M), tissue.dz_m),
        conductivity_w_m_k=with_top(conductivity, tissue.conductivity_w_m_k),
        heat_capacity_j_m3_k=with_top(capacity / THIN_M, tissue.heat_capacity_j_m3_k),
        perfusion_per_s=with_top(none, tissue.perfusion_per_s),
        metabolic_w_m3=with_top(none, tissue.metabolic_w_m3),
        response=np.concatenate([np.full(count, heat.CONSTANT), tissue.response]),
    )
    return covered, count
