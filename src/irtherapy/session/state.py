"""What a session is at one moment, and the closed lists of phases, events and end reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from irtherapy.values import Forecast, SessionOrder


class Phase(StrEnum):
    """Where a session stands. Heat is wanted in HEATING alone."""

    CHECKS = "checks"
    HEATING = "heating"
    PAUSED = "paused"
    HEAT_ENDED = "heat_ended"
    STRETCHING = "stretching"
    RATING = "rating"
    ENDED = "ended"


# Events that change the state. Everything else in a journal is a note written for the reader.
PERSON_EVENTS = (
    "check",
    "start",
    "pause",
    "resume",
    "stop",
    "awake",
    "comfort",
    "on_confirmed",
    "off_confirmed",
    "stretch_start",
    "stretch_done",
    "stretch_skip",
    "stretch_hurt",
    "stretch_easier",
    "skin_check",
    "pain_after",
    "note",
    "finish",
)
PROGRAM_EVENTS = ("sample", "driver_error", "program_stopped", "closed_loop", "forecast")
UNKNOWN = "unknown"  # what a word becomes that no session knows
INPUT_EVENTS = (*PERSON_EVENTS, *PROGRAM_EVENTS, UNKNOWN)

END_TEXT: Mapping[str, str] = {
    "completed": "The session was finished as planned.",
    "stopped": "You stopped the session.",
    "no_answer": "There was no answer to the are-you-awake question, so the heat went off.",
    "too_hot": "It felt too hot, so the heat went off.",
    "skin_cutoff": "The skin reached the cut-off temperature, so the heat went off.",
    "skin_too_fast": "The skin was warming too fast, so the heat went off.",
    "cem43_spent": "The heat dose for one session was used up, so the heat went off.",
    "sensor_lost": "The skin thermometer stopped giving good readings, so the heat went off.",
    "clock_gap": "The program was held up, or the clock jumped, so the heat went off.",
    "device_off": "The device switched itself off.",
    "relay_stuck": "The device did not switch off. Pull its plug now.",
    "driver_error": "The device could not be reached. It switches itself off within seconds; if not, pull its plug.",
    "program_stopped": "The program stopped, so the heat went off.",
    "never_started": "The session was not started.",
}
# A device that a person switches: the session can only ask, and says no more than it knows.
END_TEXT_MANUAL: Mapping[str, str] = {
    "no_answer": "There was no answer to the are-you-awake question, so you were asked to switch the device off.",
    "too_hot": "It felt too hot, so you were asked to switch the device off.",
    "skin_too_fast": "The skin was warming too fast, so you were asked to switch the device off.",
    "clock_gap": "The program was held up, so you were asked to switch the device off.",
    "driver_error": "Something went wrong in the program, so you were asked to switch the device off.",
    "program_stopped": "The program stopped. If your device is still on, switch it off now.",
}
# A session of a comparison: nobody is told whether the heat was on, and nothing untrue is said of it.
END_TEXT_COMPARED: Mapping[str, str] = {
    "no_answer": "There was no answer to the are-you-awake question, so the heat time was ended.",
    "too_hot": "It felt too hot, so the heat time was ended.",
    "clock_gap": "The program was held up, or the clock jumped, so the heat time was ended.",
    "program_stopped": "The program stopped, and the heat time with it.",
}


@dataclass(frozen=True)
class Command:
    """What the runner does next: ``on`` or ``off`` for the heater, else a note for the journal."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """A session at one moment. ``lamp_on`` is what is wanted of the device, or believed of a manual one.

    ``why`` is the end reason once it is fixed; skin check and pain may still be given until ``finish``.
    Times are session seconds, temperatures degrees C, ``cem43_min`` minutes.
    """

    order: SessionOrder
    phase: Phase = Phase.CHECKS
    now_s: float = 0.0
    checks_left: frozenset[str] = frozenset()
    lamp_on: bool = False
    heat_s: float = 0.0
    massage: bool = False
    massage_s: float = 0.0
    stretch_s: float = 0.0
    question: str | None = None
    question_at_s: float = 0.0
    awake_due_s: float = 0.0  # in heat seconds
    comfort_due_s: float = 0.0
    off_asked_at_s: float = 0.0
    phase_at_s: float = 0.0
    switched_at_s: float = 0.0
    skin_c: float | None = None
    skin_at_s: float = 0.0
    skin_changed_at_s: float = 0.0
    skin_peak_c: float | None = None
    skin_high_c: float | None = None  # highest of this stretch of heat, its first minute left out
    skins: tuple[tuple[float, float], ...] = ()  # (time, skin) of the good readings of the last minute
    skin_rest_c: float | None = None  # when heat first came on
    skin_at_switch_c: float | None = None  # when heat last came on or went off
    skin_grain_k: float | None = None  # smallest change between two readings: the step of the thermometer
    skin_moves: int = 0  # changes seen
    disagree_since_s: float | None = None
    power_on_w: float | None = None  # most that was drawn with the heat on
    cem43_min: float = 0.0
    longest_s: float | None = None  # opted in to a closed loop: the longest time while a forecast holds
    forecast: Forecast | None = None
    forecast_lost: bool = False
    resting: bool = False  # heat off for a moment because the forecast has it so
    rest_s: float = 0.0
    item: int = 0
    item_at_s: float = 0.0
    hurt: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    eased: tuple[int, ...] = ()  # indices of the items done in their easier version
    advice: str = ""
    why: str | None = None
    skin_check: str | None = None
    pain_after_0_10: float | None = None
    note: str = ""
    notes: tuple[Command, ...] = field(default=(), compare=False)  # of the step just taken


def end_text(reason: str, manual: bool = False, comparison: str = "") -> str:
    """Return the sentence for an end reason; ``manual``: a person switches the device.

    In a session of a ``comparison`` no sentence tells whether the heat had been on.
    """
    if comparison:
        return END_TEXT_COMPARED.get(reason, END_TEXT[reason])
    return END_TEXT_MANUAL.get(reason, END_TEXT[reason]) if manual else END_TEXT[reason]


def dose_min(skin_c: float | None, seconds: float) -> float:
    """Return the CEM43 in minutes (Sapareto & Dewey 1984) of ``seconds`` at ``skin_c``; none up to 39 degrees C."""
    if skin_c is None or skin_c <= 39.0:
        return 0.0
    return float(seconds / 60.0 * (0.5 if skin_c >= 43.0 else 0.25) ** (43.0 - skin_c))
