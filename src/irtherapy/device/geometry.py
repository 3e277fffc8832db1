"""Irradiance on the skin at a distance.

A device with a profile is interpolated between its measured distances, never beyond them. A bulb known only by its
power fills a beam of 30 degrees half angle, ``E = eta P / (pi (d tan 30)^2)``; eta, the radiant share in the beam, is
not verified and its spread is carried by the ensemble. For safety the curve never rises with distance (a panel whose
beams overlap further out counts as the larger value nearer in), and the higher of claimed and measured is used; what
the heat does for the muscle is told at what was measured (``as_measured``).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from irtherapy.values import Device, DeviceKind, InputError

BEAM_SHARE = 0.7  # radiant share in the beam; a guess between 0.6 and 0.8 (facts: devices, model 4)
HALF_ANGLE_RAD = math.radians(30.0)
BULB_RANGE_M = (0.2, 1.5)
FALLOFF_M = 1.1  # a of E0/(1 + d/a)^2: median of four laboratory fits of 0.93 to 1.61 m
ONE_POINT_FARTHEST_M = 1.5  # a single known distance holds from there outward with the slow falloff above
# Relative standard deviation of the irradiance, by how it is known. Modelled: the share in the beam (0.6-0.8 guessed),
# a beam brighter in its middle than at its edge, the bulb's tolerance.
SPREAD = {"measured": 0.10, "claimed": 0.20, "modelled": 0.25}
SIMULATED_ID = "simulated_lamp"
SPREAD_SIMULATED = 0.10  # a computed lamp gives what it is computed to give; what is left is where the person sits


def distance_range_m(device: Device) -> tuple[float, float]:
    """Return the (nearest, farthest) distance for which the irradiance is known; (0, 0) for a contact device."""
    if device.contact:
        return 0.0, 0.0
    profile = device.irradiance_profile
    if not profile:
        return BULB_RANGE_M
    first, last = profile[0][0], profile[-1][0]
    return (first, last) if len(profile) > 1 else (first, max(first, ONE_POINT_FARTHEST_M))


def bulb_irradiance_w_m2(power_w: float, distance_m: float) -> float:
    """Return the mean irradiance of a bulb of ``power_w`` over its beam at ``distance_m``."""
    return BEAM_SHARE * power_w / (math.pi * (distance_m * math.tan(HALF_ANGLE_RAD)) ** 2)


def irradiance_w_m2(device: Device, distance_m: float) -> float:
    """Return the irradiance in W/m2 on the skin, 0 for a device without light.

    Raises InputError when the distance is outside ``distance_range_m`` or nothing is known of the output.
    """
    if device.contact:
        return _claimed_factor(device) * device.irradiance_profile[0][1] if device.irradiance_profile else 0.0
    low, high = distance_range_m(device)
    if not low - 1e-9 <= distance_m <= high + 1e-9:
        near_cm, far_cm = math.ceil(low * 1000.0 - 1e-6) / 10.0, math.floor(high * 1000.0 + 1e-6) / 10.0
        got_cm, name = distance_m * 100.0, device.name
        told = f"Distance must be from {near_cm:g} to {far_cm:g} cm for {name}; got {got_cm:.4g} cm."
        raise InputError("Distance", told)
    if not device.irradiance_profile:
        if device.kind is not DeviceKind.LAMP or device.electrical_power_w is None:
            raise InputError("Device", f"The output of {device.name} is not known; give its power or irradiance.")
        return bulb_irradiance_w_m2(device.electrical_power_w, distance_m)
    return _claimed_factor(device) * _from_profile(device.irradiance_profile, distance_m)


def _from_profile(profile: tuple[tuple[float, float], ...], distance_m: float) -> float:
    d, e = np.array(profile).T
    if len(d) == 1:
        return float(e[0] * ((1.0 + d[0] / FALLOFF_M) / (1.0 + distance_m / FALLOFF_M)) ** 2)
    never_rising = np.maximum.accumulate(e[::-1])[::-1]
    return float(np.interp(distance_m, d, never_rising))


def _claimed_factor(device: Device) -> float:
    """Return what the profile is raised by when the maker claims more than was measured at its nearest distance."""
    if device.claimed_irradiance_w_m2 is None or not device.irradiance_profile:
        return 1.0
    return max(1.0, device.claimed_irradiance_w_m2 / device.irradiance_profile[0][1])


def as_measured(device: Device) -> Device:
    """Return the device without a claim above what was measured: for what it does; the claim is for its limits."""
    return replace(device, claimed_irradiance_w_m2=None) if _claimed_factor(device) > 1.0 else device


def output_spread(device: Device, distance_m: float = 0.0) -> float:
    """Return the relative standard deviation of the irradiance at a distance, by how it is known."""
    if device.id == SIMULATED_ID:
        return SPREAD_SIMULATED
    if device.irradiance_spread:
        return float(np.interp(distance_m, *np.array(device.irradiance_spread).T))
    return SPREAD.get(device.irradiance_basis, SPREAD["modelled"])
