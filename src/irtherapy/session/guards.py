"""The guards: small pure functions on the last reading, tried before every renewal of the heat.

Each returns the end reason when it trips, else None. They see the state as the last event left it and a new reading, so
that the loop can ask them between two samples. None of them knows which device is read or whether it is simulated, and
neither the controller nor the person can outvote one. The first that trips is named in the record.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from irtherapy.session.state import State, dose_min

SENSOR_STALE_S = 3.0  # three sample periods (facts/safety 5.1: 2 to 3)
SENSOR_FROZEN_S = 120.0  # not one digit of change while heating
SENSOR_FELL_C = 2.0  # heated skin does not cool this much: the sensor came off (facts/safety 5.2)
SENSOR_SETTLE_S = 60.0  # a cold pad may cool the skin at first
SWITCH_SETTLE_S = 3.0  # time a device may take to follow a command
SKIN_PLAUSIBLE_C = (15.0, 60.0)
HEAT_OVER = "heat_over"  # no end of the session: the minutes are spent, and stretching follows


@dataclass(frozen=True)
class Reading:
    """One reading of the device: ``heat_on`` None when it cannot tell, ``skin_c`` None when there is no good value."""

    at_s: float
    heat_on: bool | None
    skin_c: float | None


Guard = Callable[[State, Reading], str | None]


def clock_gap(state: State, reading: Reading) -> str | None:
    """The last event is older than the lease: the device has switched off by itself, and so do we."""
    return "clock_gap" if reading.at_s - state.now_s > state.order.lease_s else None


def skin_over_cutoff(state: State, reading: Reading) -> str | None:
    """The skin is at the cut-off temperature or above."""
    return "skin_cutoff" if reading.skin_c is not None and reading.skin_c >= state.order.skin_cutoff_c else None


def skin_implausible(state: State, reading: Reading) -> str | None:
    """A value no living skin has, or no number at all: an open or swapped sensor."""
    if reading.skin_c is None:
        return None
    low, high = SKIN_PLAUSIBLE_C
    return None if math.isfinite(reading.skin_c) and low <= reading.skin_c <= high else "sensor_lost"


def sensor_stale(state: State, reading: Reading) -> str | None:
    """A thermometer is expected and has given no good value for three sample periods."""
    if not state.order.sensor or reading.skin_c is not None:
        return None
    return "sensor_lost" if reading.at_s - max(state.skin_at_s, state.switched_at_s) > SENSOR_STALE_S else None


def sensor_frozen(state: State, reading: Reading) -> str | None:
    """The same figure to the last digit for two minutes of heat: a living thermometer shows at least its own noise."""
    if not state.order.sensor or reading.skin_c is None or reading.skin_c != state.skin_c:
        return None
    since = max(state.skin_changed_at_s, state.switched_at_s)
    return "sensor_lost" if reading.at_s - since > SENSOR_FROZEN_S else None


def sensor_detached(state: State, reading: Reading) -> str | None:
    """The figure falls although heat is on: the thermometer is no longer on the skin."""
    if not state.order.sensor or reading.skin_c is None or state.skin_high_c is None:
        return None
    return "sensor_lost" if reading.skin_c <= state.skin_high_c - SENSOR_FELL_C else None


def cem43_spent(state: State, reading: Reading) -> str | None:
    """The thermal dose of the session is used up."""
    since = dose_min(state.skin_c, reading.at_s - state.now_s)
    return "cem43_spent" if state.cem43_min + since >= state.order.cem43_max_min else None


def wake_unanswered(state: State, reading: Reading) -> str | None:
    """The are-you-awake question has waited for its answer as long as it may."""
    waited = reading.at_s - state.question_at_s >= state.order.wake_answer_s
    return "no_answer" if state.question == "awake" and waited else None


def minutes_spent(state: State, reading: Reading) -> str | None:
    """The heat time of the order is used up."""
    return HEAT_OVER if state.heat_s + (reading.at_s - state.now_s) >= state.order.heat_s else None


def device_off(state: State, reading: Reading) -> str | None:
    """The device says off although heat is wanted: its lease or its own timer ran out."""
    settled = reading.at_s - state.switched_at_s > SWITCH_SETTLE_S
    return "device_off" if reading.heat_on is False and settled else None


WHILE_HEATING: tuple[Guard, ...] = (
    clock_gap,
    skin_over_cutoff,
    skin_implausible,
    sensor_stale,
    sensor_frozen,
    sensor_detached,
    cem43_spent,
    wake_unanswered,
    minutes_spent,
    device_off,
)


def relay_stuck(state: State, reading: Reading) -> str | None:
    """The device says on although it was told off: the relay may be welded."""
    settled = reading.at_s - state.switched_at_s > SWITCH_SETTLE_S
    return "relay_stuck" if reading.heat_on and settled and not state.order.confirm_off else None


def tripped(state: State, reading: Reading) -> tuple[str, str] | None:
    """Return (guard name, end reason) of the first guard that trips, or None."""
    guards = WHILE_HEATING if state.lamp_on else (relay_stuck,)
    for guard in guards:
        reason = guard(state, reading)
        if reason:
            return guard.__name__, reason
    return None
