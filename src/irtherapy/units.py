"""Conversions for doors and displays only; inside the house everything is SI."""

from __future__ import annotations


def mw_cm2(irradiance_w_m2: float) -> float:
    """Return an irradiance in mW/cm2 (1 mW/cm2 = 10 W/m2)."""
    return irradiance_w_m2 / 10.0


def w_m2(irradiance_mw_cm2: float) -> float:
    """Return an irradiance given in mW/cm2 as W/m2."""
    return irradiance_mw_cm2 * 10.0


def j_cm2(radiant_exposure_j_m2: float) -> float:
    """Return a radiant exposure in J/cm2 (1 J/cm2 = 10 000 J/m2)."""
    return radiant_exposure_j_m2 / 1e4


def fahrenheit(temp_c: float) -> float:
    """Return a temperature in degrees Fahrenheit."""
    return temp_c * 9.0 / 5.0 + 32.0


def inches(length_m: float) -> float:
    """Return a length in inches."""
    return length_m / 0.0254
