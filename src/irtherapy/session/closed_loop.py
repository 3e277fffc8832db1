"""Research: what a live forecast may change in a session. It is opted in before START and never beyond the ceilings.

Without a fresh forecast that fits, the order's own minutes hold, as if there were no closed loop. With one, the session
may last up to ``longest_s``, the heat on and off in turn; the time of the rests counts as well. What was once lost does
not come back in the same session. Guards know nothing of this file: they are tried as ever, and while the lamp rests.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from irtherapy import limits
from irtherapy.session import acts, guards
from irtherapy.session.state import Phase, State
from irtherapy.values import Forecast, InputError, in_range

LOST = "There is no live forecast any more, so the shorter time of the plan holds."


def opt_in(state: State, data: Mapping[str, Any]) -> State:
    """Allow a session of up to ``longest_s`` seconds while a forecast holds; before START, with a thermometer.

    ``longest_s`` is the tightest of the fixed limits (first session, neck, timer); the compiled one is applied again.
    """
    if state.phase is not Phase.CHECKS or not state.order.sensor or state.order.confirm_off:
        raise InputError("Closed loop", "A closed loop needs a skin thermometer and a device we switch, before START.")
    longest_s = in_range("Longest time", data.get("longest_s"), 0, 7200, "s")
    ceiling_s = limits.ceilings(state.order.setting).heat_min * 60.0
    return dataclasses.replace(state, longest_s=max(state.order.heat_s, min(longest_s, ceiling_s)))


def told(state: State, data: Mapping[str, Any]) -> State:
    """Take in a forecast (``heat`` or not, ``safe_s``, ``skin_p97_5_c``, ``muscle_rise_c``), or that none ``fits``."""
    if state.longest_s is None or state.forecast_lost or state.phase is not Phase.HEATING:
        raise InputError("Forecast", "A forecast has no place here.")
    if data.get("fits") is not True:
        return lost(state, str(data.get("text") or LOST)[:200])
    forecast = Forecast(
        state.now_s,
        in_range("Skin of the forecast", data.get("skin_p97_5_c"), 10, 80, "°C"),
        in_range("Muscle of the forecast", data.get("muscle_rise_c"), -10, 30, "K"),
        in_range("Safe time of the forecast", data.get("safe_s"), 0, 7200, "s"),
    )
    state = dataclasses.replace(state, forecast=forecast)
    wanted = data.get("heat") is True and forecast.skin_p97_5_c < state.order.skin_target_c
    if wanted and state.resting:
        return lit(state)
    if not wanted and state.lamp_on:
        return dataclasses.replace(state, lamp_on=False, resting=True, massage=False, switched_at_s=state.now_s)
    return state


def lit(state: State) -> State:
    """Heat on again after a rest."""
    return dataclasses.replace(state, lamp_on=True, resting=False, switched_at_s=state.now_s)


def lost(state: State, text: str) -> State:
    """No forecast from now on, and the record says so: the order's minutes hold, and are over if they have passed."""
    state = acts.note(dataclasses.replace(state, forecast=None, forecast_lost=True), "forecast_lost", text=text)
    if guards.minutes_spent(state, guards.Reading(state.now_s, None, None)):
        return acts.heat_over(dataclasses.replace(state, resting=False))
    return lit(state) if state.resting else state


def aged(state: State) -> State:
    """Return the state once a forecast may have grown too old to hold."""
    forecast = state.forecast
    if forecast is None or state.now_s - forecast.now_s <= guards.FORECAST_STALE_S:
        return state
    return lost(state, LOST)
