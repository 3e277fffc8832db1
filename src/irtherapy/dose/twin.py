"""The twin: one person's back under a device, stepped in time, for the simulated device and for tests.

It is not the model that made the plan: its body is drawn from the same population but is nobody's median, its grid is
twice as fine, its light has more ordinates and all forty wavelength bins. So a session meets model error as in life.
"""

from __future__ import annotations

import numpy as np

from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.dose import exposure, heat
from irtherapy.values import Device, Person, Placement, Site, in_range

REFINE = 2
STEP_MAX_S = 2.0


class Twin:
    """A simulated person; ``advance`` moves time on. ``skin_c`` and ``muscle_c`` are read between."""

    def __init__(self, ex: exposure.Exposure) -> None:
        self._ex = ex
        self._on = heat.Bioheat(ex.tissue, ex.on)
        self._off = heat.Bioheat(ex.tissue, ex.off)
        self._state = self._off.rest()
        self._last = self._off
        self._dark = np.zeros_like(ex.source_w_m2)

    def advance(self, dt_s: float, heat_on: bool) -> None:
        """Move ``dt_s`` seconds on (0 to 3600) with the heat on or off. Raises InputError outside that range."""
        left = in_range("Time step", dt_s, 0, 3600, "s")
        self._last, source = (self._on, self._ex.source_w_m2) if heat_on else (self._off, self._dark)
        while left > 1e-9:
            dt = min(left, STEP_MAX_S)
            self._state = self._last.step(self._state, source, dt)
            left -= dt

    @property
    def skin_c(self) -> float:
        """Return the temperature of the skin surface in degrees C."""
        return float(self._last.skin_c(self._state.temp_c)[0])

    @property
    def muscle_c(self) -> float:
        """Return the temperature of the muscle surface in degrees C."""
        return float(exposure.muscle_surface_c(self._ex.tissue, self._state.temp_c, REFINE)[0])


def new(person: Person, site: Site, device: Device, placement: Placement, tables: BodyTables, seed: int = 1) -> Twin:
    """Return a twin at rest in the room. ``seed`` picks which of the people like ``person`` it is."""
    body = population.ensemble(person, site, tables, np.random.default_rng([seed, 0x7717]), 1)
    lit = exposure.has_light(device)
    dose = exposure.light_dose(body, tables, device.emitter, REFINE, nodes=8, merged=40) if lit else None
    tissue = exposure.tissue_of(body, tables, REFINE)
    return Twin(exposure.expose(body, tables, site, device, placement, tissue, dose))
