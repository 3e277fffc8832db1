"""Thermal dose, burn integral and eye limit: what heat or light may do, as numbers.

CEM43: Sapareto & Dewey 1984 (doi 10.1016/0360-3016(84)90379-1). Burn integral: Henriques & Moritz 1947, E/R = 75 000 K
(the much-copied 6.28e5 J/mol with R = 8.314 makes damage five times slower, the unsafe direction) and Weaver & Stoll.
Eye: 2006/25/EC Annex I table 1.1 rows m and n.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import InputError

Array = NDArray[np.float64]

KELVIN = 273.15
# name: ((upper temperature in C, ln A, E/R in K), ...) by rising temperature
ARRHENIUS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "henriques_moritz": ((math.inf, math.log(3.1) + 98 * math.log(10), 75_000.0),),
    "weaver_stoll": (
        (50.0, math.log(2.185) + 124 * math.log(10), 93_534.9),
        (math.inf, math.log(1.823) + 51 * math.log(10), 39_109.8),
    ),
}


def cem43_rate(temp_c: Array) -> Array:
    """Return CEM43 minutes gained a minute at ``temp_c``: R^(43 - T), R 0.5 from 43 degrees C, else 0.25."""
    t = np.asarray(temp_c, dtype=float)
    return np.where(t >= 43.0, 0.5, 0.25) ** (43.0 - t)


def cem43_min(time_s: Array, temp_c: Array) -> Array:
    """Return the CEM43 in minutes gathered up to each time; ``temp_c`` is (..., times), trapezoid between samples."""
    rate = cem43_rate(temp_c)
    step = np.diff(np.asarray(time_s, dtype=float)) / 60.0
    gained = np.cumsum(0.5 * (rate[..., 1:] + rate[..., :-1]) * step, axis=-1)
    return np.concatenate([np.zeros((*rate.shape[:-1], 1)), gained], axis=-1)


def burn_rate_per_s(temp_c: Array, model: str = "henriques_moritz") -> Array:
    """Return the Arrhenius damage rate in 1/s, exp(ln A - (E/R)/T). Raises InputError on an unknown ``model``."""
    if model not in ARRHENIUS:
        raise InputError("Model", f"Model must be one of {sorted(ARRHENIUS)}; got {model!r}.")
    t = np.asarray(temp_c, dtype=float)
    rate = np.zeros_like(t)
    below = -math.inf
    for upper, ln_a, e_over_r in ARRHENIUS[model]:
        here = (t > below) & (t <= upper)
        rate = np.where(here, np.exp(ln_a - e_over_r / (t + KELVIN)), rate)
        below = upper
    return rate


def eye_limit_w_m2(time_s: float) -> float:
    """Return the most irradiance (780-3000 nm) an eye may receive for ``time_s``: 18000 t^-0.75, 100 after 1000 s."""
    if not time_s > 0:
        raise InputError("Time", f"Time must be above 0 s; got {time_s!r}.")
    return 18_000.0 * time_s**-0.75 if time_s <= 1000.0 else 100.0


def eye_time_s(irradiance_w_m2: float) -> float:
    """Return how long an eye may receive this irradiance (780-3000 nm); infinite up to 100 W/m2."""
    return math.inf if irradiance_w_m2 <= 100.0 else (18_000.0 / irradiance_w_m2) ** (4.0 / 3.0)
