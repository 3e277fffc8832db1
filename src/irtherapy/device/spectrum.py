"""What leaves a device by wavelength: shares of power in 40 bins from 400 nm to 12 um.

LED lines are Gaussian; a filament or plate follows Planck's law behind a long-pass filter and, where there is one,
water (``exp(-mu_a d)``). A conductive device has no light.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import Emitter, InputError, SpectrumKind

Array = NDArray[np.float64]

EDGES_NM: Array = np.concatenate(
    [
        np.linspace(400, 1000, 21),
        np.linspace(1050, 1400, 8),
        [1450, 1550, 1700, 1900, 2100, 2300, 2500],
        [3200, 4500, 6500, 9000, 12000],
    ]
)
FINE = 16
HC_OVER_K_NM_K = 1.438777e7
FILTER_EDGE_NM = 10.0
VISIBLE_TO_NM = 780.0


def centres_nm() -> Array:
    """Return the centre wavelength of each bin."""
    return 0.5 * (EDGES_NM[1:] + EDGES_NM[:-1])


def _fine_grid() -> tuple[Array, Array]:
    steps = (np.arange(FINE) + 0.5) / FINE
    width = np.diff(EDGES_NM)
    return EDGES_NM[:-1, None] + width[:, None] * steps, np.broadcast_to(width[:, None] / FINE, (len(width), FINE))


def power_density(emitter: Emitter, wavelength_nm: Array, water_per_m: Array | None = None) -> Array:
    """Return the relative power per nm at ``wavelength_nm``; ``water_per_m`` is needed behind a water filter."""
    if emitter.kind is SpectrumKind.LED:
        sigma = emitter.fwhm_nm / (2.0 * np.sqrt(2.0 * np.log(2.0)))
        lines = [s / sigma * np.exp(-0.5 * ((wavelength_nm - nm) / sigma) ** 2) for nm, s in emitter.lines]
        return np.sum(lines, axis=0) if lines else np.zeros_like(wavelength_nm)
    kelvin = emitter.temperature_k
    if kelvin is None:
        if emitter.surface_temp_c is None:
            raise InputError("Emitter", "A lamp or plate needs its temperature in K.")
        kelvin = emitter.surface_temp_c + 273.15
    planck = (wavelength_nm / 1000.0) ** -5.0 / np.expm1(np.minimum(HC_OVER_K_NM_K / (wavelength_nm * kelvin), 600.0))
    if emitter.cut_on_nm is not None:
        planck = planck / (1.0 + np.exp(np.clip((emitter.cut_on_nm - wavelength_nm) / FILTER_EDGE_NM, -500, 500)))
    if emitter.water_filter_m is not None:
        if water_per_m is None:
            raise InputError("Emitter", "A water filter needs the absorption of water.")
        planck = planck * np.exp(-np.minimum(water_per_m * emitter.water_filter_m, 700.0))
    return planck


def shares(emitter: Emitter, water_per_m_at: tuple[Array, Array] | None = None) -> tuple[Array, Array]:
    """Return (wavelength_nm, share of power) of the 40 bins; shares add to 1, or are all 0 for a conductive device.

    The wavelength of a bin is its power-weighted mean. ``water_per_m_at``: (wavelength_nm, absorption_per_m).
    """
    fine, step = _fine_grid()
    if emitter.kind is SpectrumKind.CONDUCTIVE:
        return centres_nm(), np.zeros(len(EDGES_NM) - 1)
    water = None if water_per_m_at is None else np.interp(fine, *water_per_m_at)
    power = power_density(emitter, fine, water) * step
    total = power.sum(axis=1)
    if not total.sum() > 0:
        raise InputError("Emitter", "The device sends out nothing between 400 nm and 12 um.")
    weighted = np.where(total > 0, (fine * power).sum(axis=1) / np.where(total > 0, total, 1.0), centres_nm())
    return weighted, total / total.sum()


def infrared_share(emitter: Emitter, low_nm: float = 780.0, high_nm: float = 3000.0) -> float:
    """Return the share of power between two wavelengths (the eye limit counts 780-3000 nm)."""
    wavelength, share = shares(emitter)
    return float(share[(wavelength >= low_nm) & (wavelength <= high_nm)].sum())


def visible_share(emitter: Emitter) -> float:
    """Return the share of power that can be seen, from 400 to 780 nm; the rest of a red glow is below a millionth."""
    fine, step = _fine_grid()
    if emitter.kind is SpectrumKind.CONDUCTIVE:
        return 0.0
    if emitter.water_filter_m is not None:
        return 1.0  # behind water there is a filament, and it glows
    power = power_density(emitter, fine) * step
    return float(power[fine <= VISIBLE_TO_NM].sum() / power.sum())
