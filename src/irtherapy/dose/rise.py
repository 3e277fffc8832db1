"""How much light must have fallen on skin that warmed so: the dose model turned round, for a short test exposure.

Every virtual person like the one on the chair is heated by the irradiance that makes its own skin rise as the readings
did (least squares; twice more with its own irradiance, since blood flow answers to warmth). How well its rise then
looks like the readings, through those minutes, says how much that person counts. What is left is the spread: skin
that reflects more, fat that insulates, air that cools, and the thermometer itself.

Rises are counted from the reading before the heat, so a thermometer's own offset does not matter; one that stands in
the light and warms by itself reads too much, which is on the careful side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from irtherapy import limits
from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.dose import exposure, heat, plan
from irtherapy.values import Device, InputError, Person, Placement, Setting, Site, in_range

Array = NDArray[np.float64]

LONGEST_S = 180.0
LEAST_S = 60.0  # of heat before the last reading
LEAST_READINGS = 3  # with the heat on
READINGS_MAX = 200
LEAST_RISE_K = 0.5
FIRST_W_M2 = 300.0  # to begin with; the answer does not depend on it
PASSES = 3
PERSONS = 300
STEP_MAX_S = 2.5
NOISE_K = (
    0.15  # of one reading against the model: a household thermometer's steps of 0.1 K, and its lag; our assumption
)
SKIN_C = (24.0, 38.0)  # before the heat


@dataclass(frozen=True)
class Rise:
    """The irradiance in W/m2 that fits the rise, with the interval that holds 19 of 20, and its relative spread.

    ``residual_k`` is the root mean square by which the typical person's rise misses the readings.
    """

    irradiance_w_m2: float
    low_w_m2: float
    high_w_m2: float
    spread: float
    residual_k: float


def checked(readings: Sequence[tuple[float, float]], setting: Setting) -> tuple[tuple[float, float], ...]:
    """Return (seconds, skin in degrees C) pairs by time. Raises InputError on what a test exposure may not be.

    The first is taken before the heat, at 0 s; the last within 180 s. One at or above the skin target of the setting
    ends the exposure, so nothing may follow it.
    """
    told = tuple(sorted((float(s), float(c)) for s, c in readings))
    for second, skin in told:
        in_range("Skin reading, seconds", second, 0, LONGEST_S, "s: a test exposure is at most 3 minutes")
        in_range("Skin reading", skin, 15, 50, "°C")
    times = [second for second, _ in told]
    if not times or times[0] != 0.0:
        raise InputError("Skin reading", "The first skin reading is taken at 0 seconds, before the heat.")
    in_range("Skin reading before the heat", told[0][1], *SKIN_C, "°C")
    if len(told) != len(set(times)) or not LEAST_READINGS < len(told) <= READINGS_MAX or times[-1] < LEAST_S:
        raise InputError(
            "Skin reading",
            f"Give the skin before the heat and at least {LEAST_READINGS} readings with it, each at a time of its own, "
            f"the last after {LEAST_S:g} to {LONGEST_S:g} seconds.",
        )
    most_c = limits.ceilings(setting).skin_target_c
    for second, skin in told[:-1]:
        if skin >= most_c:
            raise InputError(
                "Skin reading",
                f"At {second:g} s the skin was at {skin:g} °C. From {most_c:g} °C on the device is switched off and "
                "the test is over: leave out what came later, and measure farther away next time.",
            )
    if max(skin for _, skin in told) - told[0][1] < LEAST_RISE_K:
        raise InputError(
            "Skin reading", f"The skin rose by less than {LEAST_RISE_K:g} °C: too little to tell. Measure nearer."
        )
    return told


def refuse_unsafe(
    person: Person, site: Site, device: Device, placement: Placement, tables: BodyTables, setting: Setting
) -> None:
    """Raise InputError unless the plan of the device, as far as it is known, allows the whole test exposure there."""
    allowed = plan.make_plan(person, site, device, placement, setting, 1, tables, persons=PERSONS).minutes
    if allowed * 60.0 < LONGEST_S:
        raise InputError(
            "Skin reading",
            f"At {placement.distance_m * 100:g} cm this device might heat some people's skin too much within "
            f"{LONGEST_S / 60:g} minutes, so no test is made there. Measure farther away.",
        )


def irradiance(
    person: Person,
    site: Site,
    device: Device,
    placement: Placement,
    readings: Sequence[tuple[float, float]],
    tables: BodyTables,
    setting: Setting = Setting.HOME,
    persons: int = PERSONS,
    seed: int = 1,
) -> Rise:
    """Return the irradiance on bare skin that makes it rise as the readings say.

    Only the spectrum of ``device`` is used, not what is known of its output. Raises InputError on readings that a test
    exposure may not have (``checked``), and for a device on the skin, through clothes or without light.
    """
    told = checked(readings, setting)
    in_range("Persons", persons, 20, 5000)
    if device.contact or placement.clothed or not exposure.has_light(device):
        raise InputError("Device", f"{device.name} cannot be measured by the skin: only a light at a distance can.")
    people = population.ensemble(person, site, tables, np.random.default_rng([seed, 0x4153]), persons)
    unit = replace(
        device, irradiance_profile=((placement.distance_m, 1.0),), irradiance_spread=((0.0, 0.0),),
        claimed_irradiance_w_m2=None,
    )  # fmt: skip
    dose = exposure.light_dose(people, tables, device.emitter)
    ex = exposure.expose(people, tables, site, unit, placement, exposure.tissue_of(people, tables), dose)
    seconds = np.array([second for second, _ in told[1:]])
    risen = np.array([skin for _, skin in told[1:]]) - told[0][1]
    e = np.full(persons, FIRST_W_M2)
    for _ in range(PASSES):
        made = _rises(ex, e, seconds)
        e = e * np.maximum(made @ risen, 1e-9) / np.square(made).sum(axis=1)
    return _weighed(e, _rises(ex, e, seconds), risen)


def _rises(ex: exposure.Exposure, irradiance_w_m2: Array, seconds: Array) -> Array:
    """Return the rise of each person's skin, (persons, readings), under its own irradiance."""
    operator = heat.Bioheat(ex.tissue, ex.off)
    source = operator.laid(ex.source_w_m2 * irradiance_w_m2[:, None])
    state = operator.rest()
    start = operator.skin_c(state.temp_c)
    rises, now_s = [], 0.0
    for second in seconds:
        count = max(1, math.ceil((second - now_s) / STEP_MAX_S - 1e-9))
        for _ in range(count):
            state = operator.step(state, source, (second - now_s) / count)
        now_s = float(second)
        rises.append(operator.skin_c(state.temp_c) - start)
    return np.stack(rises, axis=-1)


def _weighed(e: Array, made: Array, risen: Array) -> Rise:
    """Return the weighted mean and spread of ln E. The reading before the heat errs as well, for all rises alike."""
    off = made - risen
    # The inverse of the covariance s2 (I + 11') is (I - 11'/(n + 1)) / s2.
    squares = (np.square(off).sum(axis=1) - np.square(off.sum(axis=1)) / (made.shape[1] + 1)) / NOISE_K**2
    weight = np.exp(-0.5 * (squares - squares.min()))
    weight = weight / weight.sum()
    information = np.square(made).sum(axis=1) - np.square(made.sum(axis=1)) / (made.shape[1] + 1)
    own = NOISE_K**2 / np.maximum(information, 1e-9)  # variance of one person's ln E by the readings' noise
    middle = float(weight @ np.log(e))
    spread = math.sqrt(float(weight @ (np.square(np.log(e) - middle) + own)))
    residual = math.sqrt(float(np.mean(np.square(weight @ off))))
    return Rise(math.exp(middle), math.exp(middle - 1.96 * spread), math.exp(middle + 1.96 * spread), spread, residual)
