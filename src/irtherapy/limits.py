"""Every compiled ceiling, and the one function that names the winner.

The figures are the project's own conservative proposals (design.md, from facts/safety.md 2.5), marked as such wherever
they are shown. A profile, form, file, API or message can lower them and never raise them: everything that switches heat
goes through ``ceilings`` below every interface.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from irtherapy.values import DeviceKind, InputError, LimitStep, Region, Setting

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
AT_RISK_AGE_YEARS = 65.0  # facts/contraindications.csv C32

FIRST_TEXT = "a first session is short, to see how your skin takes it"
CLEAN_TEXT = "the usual length after a clean skin check"
NECK_TEXT = "near the neck and head, until a clinician raises it"


def ceilings(setting: Setting) -> Ceilings:
    """Return the compiled ceilings of a setting."""
    return CEILINGS[setting]


def heat_ceiling_min(setting: Setting, kind: DeviceKind, clinician_set: bool = False) -> float:
    """Return the most minutes of heat a session may have, whatever else is asked."""
    if setting is Setting.CLINIC and kind is DeviceKind.LED_PADS and clinician_set:
        return MIRE_CLINIC_MAX_MIN
    return CEILINGS[setting].heat_min


def fixed_limits(
    setting: Setting, kind: DeviceKind, region: Region, clean_sessions: int, timer_min: float | None = None
) -> tuple[LimitStep, ...]:
    """Return the limits that do not depend on the physics, for the limit chain.

    ``clean_sessions`` counts earlier sessions whose skin check was clean; ``timer_min`` is the device's own timer.
    """
    c = CEILINGS[setting]
    steps = [
        LimitStep("session_ceiling", heat_ceiling_min(setting, kind), "the most for any session", PROPOSAL),
    ]
    if clean_sessions < 1:
        steps.append(
            LimitStep(
                "first_session",
                c.first_session_min,
                FIRST_TEXT,
                PROPOSAL,
            )
        )
    else:
        steps.append(LimitStep("default_after_clean", c.default_min, CLEAN_TEXT, PROPOSAL))
    if region is Region.NECK:
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
