"""Every compiled ceiling, and the one function that names the winner.

The figures are the project's own conservative proposals (design.md, from facts/safety.md 2.5), marked as such wherever
they are shown. A profile, form, file, API or message can lower them and never raise them: everything that switches heat
goes through ``ceilings`` below every interface.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from irtherapy.values import DeviceKind, InputError, LimitStep, Prescription, Region, Setting, in_range

PROPOSAL = "irtherapy proposal, conservative; see docs/explanation/limits"


@dataclass(frozen=True)
class Ceilings:
    """Limits of one setting: minutes, skin temperatures in degrees C, CEM43 in minutes (Sapareto & Dewey 1984)."""

    heat_min: float
    first_session_min: float
    default_min: float
    neck_min: float
    skin_target_c: float
    skin_cutoff_c: float
    cem43_min: float


CEILINGS: dict[Setting, Ceilings] = {
    Setting.HOME: Ceilings(20, 10, 15, 10, 41.0, 42.0, 2.0),
    Setting.HOME_AT_RISK: Ceilings(15, 8, 10, 8, 39.0, 41.0, 0.5),
    # In a clinic the clinician sets first, default and neck minutes; only the hard ceiling is compiled in.
    Setting.CLINIC: Ceilings(30, 30, 30, 30, 42.0, 43.0, 9.0),
}

MIRE_CLINIC_MAX_MIN = 40.0  # LED pads in a clinic, only when a clinician sets it
LEASE_MAX_S = 5.0  # the device switches off by itself after this without renewal
EYE_IRRADIANCE_MAX_W_M2 = 100.0  # 780-3000 nm, longer than 1000 s (2006/25/EC Annex I table 1.1 row n)
ROOM_HOT_C = 30.0  # facts/contraindications.csv C64
WAKE_EVERY_MAX_S = 300.0
STRETCH_S = 600.0
LEAST_MIN = 2.0  # a session shorter than this is not worth its risk: the device is too hot as placed
WARM_SKIN_C = 39.0  # minutes at or above it are counted by site and week (facts: safety 2.4, erythema ab igne)
WARM_SKIN_SESSIONS = 3  # as many of the longest sessions as a week holds; no study gives a figure, so: our proposal
LONGER_AFTER_CLEAN = 3  # clean skin checks from which the person may choose more than the usual minutes; our proposal
AT_RISK_AGE_YEARS = 65.0  # facts/contraindications.csv C32

FIRST_TEXT = "a first session is short, to see how your skin takes it"
CLEAN_TEXT = "the usual length after a clean skin check"
WARM_SKIN_TEXT = "how long the skin there may be warm in one week"
CEILING_TEXT = "the most for any session"
PROGRAMME_TEXT = "as long as the heat of your programme"
CHOSEN_TEXT = "the minutes that you chose"
CLINICIAN_TEXT = "as your clinician set it"
CLINICIAN_FIRST_TEXT = "as your clinician set it for a first session"
OF_THE_HEAT = frozenset({"skin_target", "skin_cutoff", "cem43", "eye"})  # limits that depend on how warm it gets
COURSE_TEXT = "as far as your course has come"
NECK_TEXT = "near the neck and head, until a clinician raises it"


def ceilings(setting: Setting) -> Ceilings:
    """Return the compiled ceilings of a setting."""
    return CEILINGS[setting]


def heat_ceiling_min(setting: Setting, kind: DeviceKind, clinician_set: bool = False) -> float:
    """Return the most minutes of heat a session may have, whatever else is asked."""
    if setting is Setting.CLINIC and kind is DeviceKind.LED_PADS and clinician_set:
        return MIRE_CLINIC_MAX_MIN
    return CEILINGS[setting].heat_min


def programme_ceiling_min(setting: Setting, kinds: Iterable[DeviceKind]) -> float:
    """Return the most minutes of heat a programme for these kinds of device (none named: for any) may hold."""
    return min(heat_ceiling_min(setting, kind, clinician_set=True) for kind in frozenset(kinds) or DeviceKind)


def warm_skin_most_min(setting: Setting) -> float:
    """Return the most minutes in seven days that the skin of one site may be at 39 degrees C or more."""
    return WARM_SKIN_SESSIONS * CEILINGS[setting].heat_min


def course_limits(setting: Setting, course_min: float, warm_min: float) -> tuple[LimitStep, ...]:
    """Return the limits of a course for the limit chain: how far it has come, and what the week leaves of warm skin.

    ``warm_min``: minutes in the last seven days with the skin of the site at 39 degrees C or more.
    """
    left = max(0.0, warm_skin_most_min(setting) - warm_min)
    return (
        LimitStep("course", course_min, COURSE_TEXT, PROPOSAL),
        LimitStep("warm_skin_week", left, WARM_SKIN_TEXT, PROPOSAL),
    )


def programme_limits(programme_min: float, chosen_min: float | None = None) -> tuple[LimitStep, ...]:
    """Return the limits of a programme for the limit chain: its minutes of heat, and those that a person chose.

    Raises InputError on more minutes than the programme has, or fewer than a session has.
    """
    steps = [LimitStep("programme", programme_min, PROGRAMME_TEXT, PROPOSAL)]
    if chosen_min is not None:
        chosen = in_range("Minutes of heat", chosen_min, LEAST_MIN, max(LEAST_MIN, programme_min), "min")
        steps.append(LimitStep("chosen", chosen, CHOSEN_TEXT, "chosen here"))
    return tuple(steps)


def checked_prescription(prescription: Prescription, kinds: Iterable[DeviceKind]) -> Prescription:
    """Return what a clinician set in the clinic for these kinds of device (none named: for any) when it may be.

    Raises InputError naming the field and its range when it passes a ceiling.
    """
    most = programme_ceiling_min(Setting.CLINIC, kinds)
    in_range("Minutes of heat", prescription.heat_min, LEAST_MIN, most, "min")
    in_range("Minutes of a first session", prescription.first_min, LEAST_MIN, prescription.heat_min, "min")
    in_range("Level of exercise", prescription.level_max, 1, 3)
    if not 1 <= len(prescription.set_by.strip()) <= 60:
        raise InputError("Set by", "Please write who sets it, in 1 to 60 letters.")
    return prescription


def clinician_limits(prescription: Prescription, clean_sessions: int) -> tuple[LimitStep, ...]:
    """Return what a clinician set as limits for the limit chain."""
    source = f"set by {prescription.set_by}"
    steps = [LimitStep("clinician", prescription.heat_min, CLINICIAN_TEXT, source)]
    if clean_sessions < 1:
        steps.append(LimitStep("clinician_first", prescription.first_min, CLINICIAN_FIRST_TEXT, source))
    return tuple(steps)


def fixed_limits(
    setting: Setting,
    kind: DeviceKind,
    region: Region,
    clean_sessions: int,
    timer_min: float | None = None,
    clinician_set: bool = False,
    chosen_min: float | None = None,
) -> tuple[LimitStep, ...]:
    """Return the limits that do not depend on the physics, for the limit chain.

    ``clean_sessions`` counts earlier sessions whose skin check was clean; ``timer_min`` is the device's own timer.
    ``chosen_min``: minutes that the person chose. The usual length holds where nobody chose more, and until three skin
    checks were clean; the ceiling holds always.
    """
    c = CEILINGS[setting]
    steps = [
        LimitStep("session_ceiling", heat_ceiling_min(setting, kind, clinician_set), CEILING_TEXT, PROPOSAL),
    ]
    if setting is Setting.CLINIC:
        pass  # the clinician sets the rest (``clinician_limits``)
    elif clean_sessions < 1:
        steps.append(LimitStep("first_session", c.first_session_min, FIRST_TEXT, PROPOSAL))
    elif clean_sessions < LONGER_AFTER_CLEAN or chosen_min is None or chosen_min <= c.default_min:
        steps.append(LimitStep("default_after_clean", c.default_min, CLEAN_TEXT, PROPOSAL))
    if region is Region.NECK and setting is not Setting.CLINIC:
        steps.append(LimitStep("near_neck", c.neck_min, NECK_TEXT, PROPOSAL))
    if timer_min is not None:
        steps.append(LimitStep("device_timer", timer_min, "the device's own timer", "device catalogue"))
    return tuple(steps)


def tightest(steps: Iterable[LimitStep]) -> tuple[LimitStep, LimitStep, tuple[LimitStep, ...]]:
    """Return (winner, runner-up, the whole chain in ascending minutes); ties keep the order given.

    Raises InputError when fewer than two limits are given or one is NaN or negative.
    """
    chain = tuple(steps)
    for step in chain:
        if math.isnan(step.minutes) or step.minutes < 0:
            raise InputError(step.name, f"Limit {step.name} must be 0 minutes or more; got {step.minutes}.")
    if len(chain) < 2:
        raise InputError("limits", "At least two limits are needed to name a winner and a runner-up.")
    ordered = tuple(sorted(chain, key=lambda s: s.minutes))
    return ordered[0], ordered[1], ordered


@dataclass(frozen=True)
class Bound:
    """A figure at which a guard trips: ``value`` in ``unit``, and where it comes from."""

    value: float
    unit: str
    source: str


# Bounds of the session's guards. "Catalogue": the course of 40 virtual persons under every device of the catalogue at
# its nearest, middle and farthest distance, or bare and clothed (tests/session/test_guards_catalogue.py).
GUARDS: dict[str, Bound] = {
    "sensor_stale": Bound(3.0, "s", "open insulin loops reject old data; two to three sample periods, our proposal"),
    "sensor_future": Bound(1.0, "s", "open insulin loops reject data dated ahead of the clock; one sample period"),
    "sensor_frozen": Bound(120.0, "s", "a fine thermometer on skin shows its own noise; our proposal"),
    "sensor_frozen_coarse": Bound(600.0, "s", "a kiln's plan; with steps of 0.1 K skin at its plateau stands still"),
    "sensor_fine": Bound(0.03, "K", "a step below it is smaller than the noise of a bead on skin; our proposal"),
    "sensor_coarse": Bound(0.15, "K", "steps of common digital thermometers: 0.0625 and 0.1; wider ones get no grace"),
    "sensor_noisy": Bound(0.3, "K", "three standard deviations are then the 1 K between skin target and cut-off"),
    "sensor_fell": Bound(2.0, "K", "heated skin does not cool; a bead of 20 s time constant in air does so in 3 s"),
    "sensor_flat_share": Bound(0.15, "1", "catalogue: the slowest skin shows 0.37 of the planned rise"),
    "sensor_flat_planned": Bound(2.0, "K", "below this planned rise noise of 0.1 K may hide that of a slow skin"),
    "sensor_flat": Bound(120.0, "s", "heater firmware checks 60 s after switching on; skin is slower, our proposal"),
    "sensors_disagree": Bound(2.0, "K", "heater firmware faults on redundant sensors that differ; figure our proposal"),
    "sensors_disagree_for": Bound(5.0, "s", "one lease: a single odd pair of readings is no fault"),
    "skin_low": Bound(15.0, "°C", "no living skin indoors; an open sensor reads as cold"),
    "skin_high": Bound(60.0, "°C", "no living skin; a shorted sensor reads as hot"),
    "skin_rate": Bound(0.6, "K/s", "catalogue: at most 0.45 where a plan has minutes; median 0.65 where it has none"),
    "skin_rate_over": Bound(5.0, "s", "one lease: what a device may do before it is off by itself"),
    "skin_ahead": Bound(6.0, "s", "one lease and one second, the time until OFF is certain"),
    "watts_share": Bound(0.5, "1", "half of what it drew with the heat on; our proposal"),
    "watts_least": Bound(2.0, "W", "a plug's own figure wavers by less; our proposal"),
    "watts_unknown": Bound(10.0, "W", "when it was never seen with the heat on; our proposal"),
    "skin_rise_off": Bound(1.0, "K", "a kiln's rule for a welded relay at body scale; a blanket gives 0.4 K in 60 s"),
    "skin_rise_off_over": Bound(60.0, "s", "the span over which that rise is looked for"),
    "skin_rise_off_settle": Bound(20.0, "s", "warmth left in a device may still come; our proposal"),
    "switch_settle": Bound(3.0, "s", "time a device may take to follow a command; our proposal"),
    "forecast_stale": Bound(30.0, "s", "one period of the closed loop and a half; our proposal"),
    "comfort_too_hot": Bound(8.0, "of 10", "pain comes later than it should in many of those who use heat"),
}
