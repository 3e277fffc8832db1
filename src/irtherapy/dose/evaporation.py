"""Water that leaves bare skin and takes heat with it: wettedness of the skin (Gagge 1937; ASHRAE Fundamentals ch. 9).

``E = w LR h_c (p_skin - p_air)`` with the Lewis relation LR 16.5 K/kPa. Skin that does not sweat has w 0.06. How much a
place sweats under local heat differs a great deal from person to person and is not verified (facts: physics 2.4), and
sweat only cools: so the plan reckons without it, and these functions answer what it would change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import in_range

Array = NDArray[np.float64]

LEWIS_K_KPA = 16.5
DRY = 0.06  # wettedness of skin that does not sweat


@dataclass(frozen=True)
class Sweat:
    """Sweating of the heated place: none below ``from_c`` of skin, then rising evenly to ``most`` at ``full_c``.

    ``humidity`` is the relative humidity of the room. Raises InputError on a figure out of its range.
    """

    from_c: float = 36.0
    full_c: float = 38.0
    most: float = 0.3
    humidity: float = 0.5

    def __post_init__(self) -> None:
        in_range("Sweating begins", self.from_c, 30, 42, "°C")
        in_range("Sweating is full", self.full_c, self.from_c + 0.1, 45, "°C")
        in_range("Wettedness", self.most, DRY, 1)
        in_range("Humidity", self.humidity, 0, 1)

    def extra_w_m2(self, skin_c: Array, room_c: Array, convection_w_m2_k: Array) -> Array:
        """Return the heat that sweat takes beyond what dry skin loses anyway, in W/m2, never below 0."""
        share = np.clip((skin_c - self.from_c) / (self.full_c - self.from_c), 0.0, 1.0)
        wet = (self.most - DRY) * share
        pressure = saturation_kpa(skin_c) - self.humidity * saturation_kpa(room_c)
        return np.asarray(wet * LEWIS_K_KPA * convection_w_m2_k * np.maximum(pressure, 0.0))


def saturation_kpa(temp_c: Array | float) -> Array:
    """Return the vapour pressure of saturated air in kPa, 0 to 60 degrees C (Buck 1981, within 0.1 %)."""
    t = np.asarray(temp_c, dtype=float)
    return np.asarray(0.61121 * np.exp((18.678 - t / 234.5) * t / (257.14 + t)))
