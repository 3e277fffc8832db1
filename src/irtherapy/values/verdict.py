"""The outcome of screening and its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from irtherapy.values.person import Setting


class Decision(StrEnum):
    GO = "go"
    ASK_FIRST = "ask_first"
    NOT_NOW = "not_now"


class Urgency(StrEnum):
    """How fast to seek help when the decision is not_now."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SEE_DOCTOR = "see_doctor"
    NONE = "none"


@dataclass(frozen=True)
class Reason:
    """One answer that decided something: the row it comes from, what it means, what to do, where it stands."""

    id: str
    decision: Decision
    urgency: Urgency
    text: str
    action: str
    source: str
    answer: str = "yes"  # "yes" or "not_sure"
    clearable: bool = False


@dataclass(frozen=True)
class Clearance:
    """A recorded word from a clinician that heat is all right despite the named "ask first" reasons.

    Dates are ISO days (YYYY-MM-DD). "Not now" reasons can never be cleared.
    """

    who: str
    given_on: str
    covers: frozenset[str]
    until: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of screening. ``precautions`` do not block; ``setting`` says whose ceilings apply."""

    decision: Decision
    reasons: tuple[Reason, ...]
    precautions: tuple[Reason, ...]
    setting: Setting
    next_step: str
    urgency: Urgency = Urgency.NONE
    cleared: tuple[Reason, ...] = ()  # ask-first reasons that a valid clearance covers
