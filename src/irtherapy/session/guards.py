"""The guards: small pure functions on the last reading, tried before every renewal of the heat.

Each returns the end reason when it trips, else None. None of them knows which device is read or whether it is
simulated, and neither the controller nor the person can outvote one. The first that trips is named in the record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from irtherapy.session.state import State

SENSOR_STALE_S = 3.0  # three sample periods (facts/safety 5.1: 2 to 3)
SENSOR_FROZEN_S = 120.0  # not one digit of change while heating
SWITCH_SETTLE_S = 3.0  # time a device may take to follow a command
SKIN_PLAUSIBLE_C = (15.0, 60.0)


@dataclass(frozen=True)
class Reading:
    """One reading of the device: ``heat_on`` None when it cannot tell, ``skin_c`` None when there is no good value."""

    at_s: float
    heat_on: bool | None
    skin_c: float | None


Guard = Callable[[State, Reading], str | None]


def clock_gap(state: State, reading: Reading) -> str | None:
    """The last sample is older than the lease: the device has switched off by itself, and so do we."""
    return "clock_gap" if reading.at_s - state.now_s > state.order.lease_s else None


def skin_over_cutoff(state: State, reading: Reading) -> str | None:
    """The skin is at the cut-off temperature or above."""
    return "skin_cutoff" if reading.skin_c is not None and reading.skin_c >= state.order.skin_cutoff_c else None


def skin_implausible(state: State, reading: Reading) -> str | None:
    """A value no living skin has: an open or swapped sensor."""
    low, high = SKIN_PLAUSIBLE_C
    return "sensor_lost" if reading.skin_c is not None and not low <= reading.skin_c <= high else None


def sensor_stale(state: State, reading: Reading) -> str | None:
    """A thermometer is expected and has given no good value for three sample periods."""
    if not state.order.sensor or reading.skin_c is not None:
        return None
    return "sensor_lost" if reading.at_s - max(state.skin_at_s, state.switched_at_s) > SENSOR_STALE_S else None


def sensor_frozen(state: State, reading: Reading) -> str | None:
    """The same figure to the last digit for two minutes of heat."""
    if not state.order.sensor or reading.skin_c is None or reading.skin_c != state.skin_c:
        return None
    since = max(state.skin_changed_at_s, state.switched_at_s)
    return "sensor_lost" if reading.at_s - since > SENSOR_FROZEN_S else None


def cem43_spent(state: State, reading: Reading) -> str | None:
    """The thermal dose of the session is used up."""
    return "cem43_spent" if state.cem43_min >= state.order.cem43_max_min else None


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
    cem43_spent,
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
