"""The guards: small pure functions on the last readings, tried before every renewal of the heat.

Each returns the end reason when it trips, else None. They see the state as the last event left it (with the readings of
the last minute) and a new reading, so that the loop can ask them between two samples. None of them knows which device
is read or whether it is simulated, and neither the controller nor the person can outvote one. The first that trips is
named in the record with its own sentence. Every bound stands in ``limits.GUARDS`` with its source.

Those that end heat at once on one reading (cut-off, rate, no number) wait for nothing; those that judge a sensor by its
behaviour need some seconds of it.
"""

from __future__ import annotations

import bisect
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from irtherapy.limits import GUARDS
from irtherapy.session.state import Phase, State, dose_min

SENSOR_STALE_S = GUARDS["sensor_stale"].value
SENSOR_FELL_K = GUARDS["sensor_fell"].value
SENSOR_SETTLE_S = 60.0  # a cold pad may cool the skin at first
SWITCH_SETTLE_S = GUARDS["switch_settle"].value
MOVES = 3  # changes of the figure that show its step
NOISE_READINGS = 15  # fewer say little about noise, and the last of them say enough
FLAT_UNPLANNED_K, FLAT_UNPLANNED_S = 0.1, 180.0  # without a planned course
KEPT_S = GUARDS["skin_rise_off_over"].value  # readings kept in the state
GAUSS_MEDIAN = 0.6745  # median of |x| of a normal of standard deviation 1
FORECAST_STALE_S = GUARDS["forecast_stale"].value
HEAT_OVER = "heat_over"  # no end of the session: the minutes are spent, and stretching follows

SEEN: Mapping[str, str] = {
    "clock_gap": "The program was held up for longer than the device may run without it.",
    "clock_back": "The clock went back.",
    "skin_over_cutoff": "The skin reached the cut-off temperature.",
    "skin_rate_over_limit": "The skin was warming too fast.",
    "skin_not_finite": "The skin thermometer gave something that is no number.",
    "skin_implausible": "The skin thermometer showed a temperature that no skin has.",
    "sensor_future": "The skin thermometer's reading was dated ahead of the clock.",
    "sensor_stale": "The skin thermometer gave no new reading.",
    "sensor_frozen": "The skin thermometer showed the same figure for too long.",
    "sensor_noisy": "The skin thermometer's figures jumped about too much to be trusted.",
    "sensor_detached": "The skin thermometer fell under heat: it seems to have come off.",
    "sensor_flat": "The heat was on and the skin thermometer did not rise: it may not be on the skin.",
    "sensors_disagree": "The two skin thermometers disagreed.",
    "cem43_spent": "The heat dose for one session was used up.",
    "wake_unanswered": "There was no answer to the are-you-awake question.",
    "minutes_spent": "The minutes of heat were used up.",
    "device_off": "The device said that it was off.",
    "relay_stuck": "The device said that it was on after it was told to go off.",
    "watts_when_off": "The device drew power after it was told to go off.",
    "skin_rising_when_off": "The skin went on warming after the device was told to go off.",
    "comfort_too_hot": "You said that it felt too hot.",
}


@dataclass(frozen=True)
class Reading:
    """One reading of the device: ``heat_on`` None when it cannot tell, ``skin_c`` None when there is no good value.

    ``skin_age_s`` is how long before ``at_s`` the skin was measured (negative: dated ahead); ``skin2_c`` is a second
    thermometer where there is one. A temperature may be NaN or infinite: that has a guard of its own.
    """

    at_s: float
    heat_on: bool | None
    skin_c: float | None
    power_w: float | None = None
    skin_age_s: float = 0.0
    skin2_c: float | None = None


Guard = Callable[[State, Reading], str | None]


def reading(at_s: float, data: Mapping[str, Any]) -> Reading:
    """Return the reading of a ``sample`` event; a figure that is no number may be journalled as text (``"nan"``).

    Anything that is no figure at all counts as no number.
    """
    age_s = _figure(data.get("skin_age_s"))
    return Reading(
        at_s,
        data.get("heat_on"),
        _figure(data.get("skin_c")),
        _figure(data.get("power_w")),
        0.0 if age_s is None else age_s,
        _figure(data.get("skin2_c")),
    )


def _figure(value: object) -> float | None:
    if value is None:
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan


def good_skin(seen: Reading) -> float | None:
    """Return the skin temperature when it is a finite number of now, else None."""
    if seen.skin_c is None or not math.isfinite(seen.skin_c):
        return None
    return seen.skin_c if -GUARDS["sensor_future"].value <= seen.skin_age_s <= SENSOR_STALE_S else None


def clock_gap(state: State, seen: Reading) -> str | None:
    """The last event is older than the lease: the device has switched off by itself, and so do we."""
    return "clock_gap" if seen.at_s - state.now_s > state.order.lease_s else None


def skin_over_cutoff(state: State, seen: Reading) -> str | None:
    """The skin is at the cut-off temperature or above, by either thermometer."""
    warm = [t for t in (seen.skin_c, seen.skin2_c) if t is not None and t >= state.order.skin_cutoff_c]
    return "skin_cutoff" if warm else None


def skin_not_finite(state: State, seen: Reading) -> str | None:
    """What a thermometer gave is no number."""
    return "sensor_lost" if any(t is not None and not math.isfinite(t) for t in (seen.skin_c, seen.skin2_c)) else None


def skin_implausible(state: State, seen: Reading) -> str | None:
    """A value no living skin has: an open, shorted or swapped sensor."""
    low, high = GUARDS["skin_low"].value, GUARDS["skin_high"].value
    return "sensor_lost" if seen.skin_c is not None and not low <= seen.skin_c <= high else None


def skin_rate_over_limit(state: State, seen: Reading) -> str | None:
    """The skin warms faster than any allowed device makes it, or would pass the cut-off before OFF is certain."""
    now_c = good_skin(seen)
    over_s = GUARDS["skin_rate_over"].value
    i = bisect.bisect_right(state.skins, (seen.at_s - over_s, math.inf)) - 1
    if now_c is None or i < 0 or state.skins[i][0] < state.switched_at_s - 1.0:
        return None
    then_s, then_c = state.skins[i]
    rate = (now_c - then_c) / (seen.at_s - then_s)
    ahead_c = now_c + rate * GUARDS["skin_ahead"].value
    return "skin_too_fast" if rate > GUARDS["skin_rate"].value or ahead_c >= state.order.skin_cutoff_c else None


def sensor_future(state: State, seen: Reading) -> str | None:
    """The reading is dated ahead of the clock: nobody knows how old it is."""
    return "sensor_lost" if seen.skin_c is not None and not seen.skin_age_s >= -GUARDS["sensor_future"].value else None


def sensor_stale(state: State, seen: Reading) -> str | None:
    """A thermometer is expected and has given no good value for three sample periods."""
    if not state.order.sensor or good_skin(seen) is not None:
        return None
    return "sensor_lost" if seen.at_s - max(state.skin_at_s, state.switched_at_s) > SENSOR_STALE_S else None


def sensor_frozen(state: State, seen: Reading) -> str | None:
    """The same figure to the last digit for two minutes of heat: a living thermometer shows at least its own noise.

    One with coarse steps may stand still while the planned skin hardly moves, and is then given longer.
    """
    if not state.order.sensor or seen.skin_c is None or seen.skin_c != state.skin_c:
        return None
    still_s = seen.at_s - max(state.skin_changed_at_s, state.switched_at_s)
    most_s = GUARDS["sensor_frozen_coarse" if _may_stand_still(state, still_s) else "sensor_frozen"].value
    return "sensor_lost" if still_s > most_s else None


def _may_stand_still(state: State, still_s: float) -> bool:
    grain_k = state.skin_grain_k
    if grain_k is None or state.skin_moves < MOVES or not _planned(state):
        return False
    if not GUARDS["sensor_fine"].value < grain_k <= GUARDS["sensor_coarse"].value:
        return False
    moved_k = abs(planned_c(state, state.heat_s) - planned_c(state, state.heat_s - still_s))
    return GUARDS["sensor_flat_share"].value * moved_k < grain_k


def _planned(state: State) -> bool:
    return 0 < len(state.order.planned_time_s) == len(state.order.planned_skin_c)


def planned_c(state: State, heat_s: float) -> float:
    """Return the planned skin at a time of heat (the last kept one before it)."""
    i = bisect.bisect_right(state.order.planned_time_s, min(heat_s, state.order.heat_s)) - 1
    return state.order.planned_skin_c[max(i, 0)]


def noise_k(values: list[float]) -> float:
    """Return the standard deviation of a thermometer's noise in K, by the median second difference of its readings.

    A steady rise adds nothing and one odd reading next to nothing. Fewer than three readings give 0.
    """
    seconds = [abs(a - 2.0 * b + c) for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    return statistics.median(seconds) / (GAUSS_MEDIAN * math.sqrt(6.0)) if seconds else 0.0


def sensor_noisy(state: State, seen: Reading) -> str | None:
    """The figures of the last minute scatter so much that one alone says nothing of the limit."""
    now_c = good_skin(seen)
    values = [t for at_s, t in state.skins[1 - 2 * NOISE_READINGS :] if seen.at_s - at_s <= KEPT_S]
    if now_c is None or len(values) + 1 < NOISE_READINGS:
        return None
    return "sensor_lost" if noise_k([*values, now_c]) > GUARDS["sensor_noisy"].value else None


def sensor_detached(state: State, seen: Reading) -> str | None:
    """The figure falls although heat is on: the thermometer is no longer on the skin."""
    if not state.order.sensor or seen.skin_c is None or state.skin_high_c is None:
        return None
    return "sensor_lost" if seen.skin_c <= state.skin_high_c - SENSOR_FELL_K else None


def sensor_flat(state: State, seen: Reading) -> str | None:
    """Heat is on and the figure does not rise as the plan has it rise: the thermometer is not on the skin.

    Asked of every stretch of heat that began with the skin about as cool as at START.
    """
    now_c, from_c, rest_c = good_skin(seen), state.skin_at_switch_c, state.skin_rest_c
    if not state.order.sensor or now_c is None or from_c is None or rest_c is None or from_c > rest_c + 0.5:
        return None
    since_s = seen.at_s - state.switched_at_s
    least_k = flat_least_k(state, since_s)
    return "sensor_lost" if least_k is not None and now_c - from_c < least_k else None


def flat_least_k(state: State, since_s: float) -> float | None:
    """Return the least rise in K that skin shows after ``since_s`` of heat; None while that cannot be told."""
    if not _planned(state):
        return FLAT_UNPLANNED_K if since_s >= FLAT_UNPLANNED_S else None
    rise_k = planned_c(state, since_s) - state.order.planned_skin_c[0]
    if since_s < GUARDS["sensor_flat"].value or rise_k < GUARDS["sensor_flat_planned"].value:
        return None
    return GUARDS["sensor_flat_share"].value * rise_k


def sensors_disagree(state: State, seen: Reading) -> str | None:
    """Two thermometers on the same skin differ, and go on differing."""
    if not disagreeing(seen) or state.disagree_since_s is None:
        return None
    return "sensor_lost" if seen.at_s - state.disagree_since_s >= GUARDS["sensors_disagree_for"].value else None


def disagreeing(seen: Reading) -> bool:
    """Return whether the two thermometers differ by more than they may in this one reading."""
    if seen.skin_c is None or seen.skin2_c is None:
        return False
    return abs(seen.skin_c - seen.skin2_c) > GUARDS["sensors_disagree"].value


def cem43_spent(state: State, seen: Reading) -> str | None:
    """The thermal dose of the session is used up."""
    since = dose_min(state.skin_c, seen.at_s - state.now_s)
    return "cem43_spent" if state.cem43_min + since >= state.order.cem43_max_min else None


def wake_unanswered(state: State, seen: Reading) -> str | None:
    """The are-you-awake question has waited for its answer as long as it may."""
    waited = seen.at_s - state.question_at_s >= state.order.wake_answer_s
    return "no_answer" if state.question == "awake" and waited else None


def minutes_spent(state: State, seen: Reading) -> str | None:
    """The heat time of the order is used up; under a forecast that holds, the longest time, rests counted as well."""
    passed_s = state.heat_s + state.rest_s + (seen.at_s - state.now_s)
    return HEAT_OVER if passed_s >= allowed_s(state, seen.at_s) else None


def allowed_s(state: State, at_s: float) -> float:
    """Return the seconds of heat and rests that the session may have: the shorter time without a fresh forecast."""
    fresh = state.forecast is not None and at_s - state.forecast.now_s <= FORECAST_STALE_S
    return state.longest_s if fresh and state.longest_s is not None else state.order.heat_s


def device_off(state: State, seen: Reading) -> str | None:
    """The device says off although heat is wanted: its lease or its own timer ran out."""
    settled = seen.at_s - state.switched_at_s > SWITCH_SETTLE_S
    return "device_off" if seen.heat_on is False and settled else None


WHILE_HEATING: tuple[Guard, ...] = (
    clock_gap,
    skin_over_cutoff,
    skin_not_finite,
    skin_implausible,
    skin_rate_over_limit,
    sensor_future,
    sensor_stale,
    sensor_frozen,
    sensor_noisy,
    sensor_detached,
    sensor_flat,
    sensors_disagree,
    cem43_spent,
    wake_unanswered,
    minutes_spent,
    device_off,
)


def relay_stuck(state: State, seen: Reading) -> str | None:
    """The device says on although it was told off: the relay may be welded."""
    settled = seen.at_s - state.switched_at_s > SWITCH_SETTLE_S
    return "relay_stuck" if seen.heat_on and settled and not state.order.confirm_off else None


def watts_when_off(state: State, seen: Reading) -> str | None:
    """The device draws power although it was told off, whatever it says of itself."""
    if seen.power_w is None or not math.isfinite(seen.power_w) or state.order.confirm_off:
        return None
    if seen.at_s - state.switched_at_s <= SWITCH_SETTLE_S:
        return None
    least_w = GUARDS["watts_unknown"].value
    if state.power_on_w is not None:
        least_w = max(GUARDS["watts_least"].value, GUARDS["watts_share"].value * state.power_on_w)
    return "relay_stuck" if seen.power_w >= least_w else None


def skin_rising_when_off(state: State, seen: Reading) -> str | None:
    """The skin warms although the device was told off and says nothing else.

    Asked while the person still lies there: in a pause, and in the first three minutes after the heat.
    """
    now_c, off_s = good_skin(seen), seen.at_s - state.switched_at_s
    if now_c is None or not state.order.sensor or state.order.confirm_off or state.heat_s <= 0.0:
        return None
    if state.phase is not Phase.PAUSED and off_s > 3.0 * KEPT_S:
        return None
    from_s = max(state.switched_at_s + GUARDS["skin_rise_off_settle"].value, seen.at_s - KEPT_S)
    lowest = min((t for at_s, t in state.skins if at_s >= from_s), default=now_c)
    return "relay_stuck" if now_c - lowest >= GUARDS["skin_rise_off"].value else None


WHILE_OFF: tuple[Guard, ...] = (relay_stuck, watts_when_off, skin_rising_when_off)


NOT_AT_REST = (device_off, sensor_frozen, sensor_detached, sensor_flat)  # they ask for what heat does
WHILE_RESTING: tuple[Guard, ...] = (*(g for g in WHILE_HEATING if g not in NOT_AT_REST), *WHILE_OFF)


def comfort_too_hot(value: object) -> str | None:
    """The answer to how hot it feels is the end of heat."""
    felt = isinstance(value, (int, float)) and value >= GUARDS["comfort_too_hot"].value
    return "too_hot" if felt else None


def tripped(state: State, seen: Reading) -> tuple[str, str] | None:
    """Return (guard name, end reason) of the first guard that trips, or None."""
    resting = WHILE_RESTING if state.resting else WHILE_OFF
    for guard in WHILE_HEATING if state.lamp_on else resting:
        reason = guard(state, seen)
        if reason:
            return guard.__name__, reason
    return None
