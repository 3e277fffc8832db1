"""What a session is at one moment, and the closed lists of phases, events and end reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from irtherapy.values import SessionOrder


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
    "skin_check",
    "pain_after",
    "note",
    "finish",
)
PROGRAM_EVENTS = ("sample", "driver_error", "program_stopped")
INPUT_EVENTS = PERSON_EVENTS + PROGRAM_EVENTS

END_TEXT: Mapping[str, str] = {
    "completed": "The session was finished as planned.",
    "stopped": "You stopped the session.",
    "no_answer": "There was no answer to the are-you-awake question, so the heat went off.",
    "too_hot": "It felt too hot, so the heat went off.",
    "skin_cutoff": "The skin reached the cut-off temperature, so the heat went off.",
    "cem43_spent": "The heat dose for one session was used up, so the heat went off.",
    "sensor_lost": "The skin thermometer stopped giving good readings, so the heat went off.",
    "clock_gap": "The program was held up for longer than the device waits, so the heat went off.",
    "device_off": "The device switched itself off.",
    "relay_stuck": "The device did not switch off. Pull its plug now.",
    "driver_error": "The device could not be reached, so the heat went off.",
    "program_stopped": "The program stopped, so the heat went off.",
    "never_started": "The session was not started.",
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
    cem43_min: float = 0.0
    item: int = 0
    item_at_s: float = 0.0
    hurt: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    advice: str = ""
    why: str | None = None
    skin_check: str | None = None
    pain_after_0_10: float | None = None
    note: str = ""
    notes: tuple[Command, ...] = field(default=(), compare=False)  # of the step just taken


def end_text(reason: str) -> str:
    """Return the sentence for an end reason."""
    return END_TEXT[reason]
