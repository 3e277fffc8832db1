"""Conversions for doors and displays only; inside the house everything is SI.

The inch is 25.4 mm and the pound 0.453 592 37 kg, exactly (international yard and pound agreement, 1959).
"""

from __future__ import annotations

INCH_M = 0.0254
POUND_KG = 0.45359237


def mw_cm2(irradiance_w_m2: float) -> float:
    """Return an irradiance in mW/cm2 (1 mW/cm2 = 10 W/m2)."""
    return irradiance_w_m2 / 10.0


def w_m2(irradiance_mw_cm2: float) -> float:
    """Return an irradiance given in mW/cm2 as W/m2."""
    return irradiance_mw_cm2 * 10.0


def fahrenheit(temp_c: float) -> float:
    """Return a temperature in degrees Fahrenheit."""
    return temp_c * 9.0 / 5.0 + 32.0


def fahrenheit_rise(rise_k: float) -> float:
    """Return a difference of two temperatures in degrees Fahrenheit."""
    return rise_k * 9.0 / 5.0


def celsius(temp_f: float) -> float:
    """Return a temperature given in degrees Fahrenheit in degrees Celsius."""
    return (temp_f - 32.0) * 5.0 / 9.0


def inches(length_m: float) -> float:
    """Return a length in inches."""
    return length_m / INCH_M


def metres(length_in: float) -> float:
    """Return a length given in inches in m."""
    return length_in * INCH_M


def pounds(mass_kg: float) -> float:
    """Return a mass in pounds."""
    return mass_kg / POUND_KG


def kilograms(mass_lb: float) -> float:
    """Return a mass given in pounds in kg."""
    return mass_lb * POUND_KG
