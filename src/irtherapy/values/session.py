"""The order, the events and the record of one session."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from irtherapy.values.device import DeviceKind
from irtherapy.values.person import Region, Setting, Side


@dataclass(frozen=True)
class StretchItem:
    """One timed item of exercise; ``say`` is the instruction, ``duration_s`` includes changing position.

    ``block`` is stretch, core or posture. An exercise of several ``sets`` is an item for each set of each side.
    """

    exercise_id: str
    name: str
    side: Side
    hold_s: float
    reps: int
    move_s: float
    duration_s: float
    position: str
    say: str
    stop_rule: str
    easier: str = ""
    block: str = "stretch"
    set_number: int = 1
    sets: int = 1


@dataclass(frozen=True)
class SessionOrder:
    """Everything the session machine needs, frozen before START. Ceilings are applied again inside the machine.

    ``checks``: ids and sentences the person confirms before START. ``massage_from_s``: heat time at which massage is
    cued (None: never). ``wake_every_s``: how often the are-you-awake question comes; unanswered for ``wake_answer_s``
    means OFF. ``sensor``: a skin thermometer is expected. ``confirm_off``: a person switches (manual device).
    """

    session_id: str
    setting: Setting
    region: Region
    device_id: str
    driver: str  # "simulated" | "manual" | ...
    heat_s: float
    skin_cutoff_c: float
    skin_target_c: float
    cem43_max_min: float
    lease_s: float
    checks: tuple[tuple[str, str], ...]
    stretch: tuple[StretchItem, ...]
    massage_from_s: float | None = None
    wake_every_s: float = 270.0
    wake_answer_s: float = 60.0
    comfort_every_s: float = 180.0
    sensor: bool = False
    confirm_off: bool = False
    pain_before_0_10: float | None = None
    massage_to_s: float | None = None  # heat time at which massage ends; None: with the heat
    programme: str = ""  # "id version" of what was prescribed
    device_kind: DeviceKind | None = None
    clinician_set: bool = False  # a clinician set the minutes; LED pads in a clinic may then have more of them
    planned_skin_c: tuple[float, ...] = ()  # median by planned_time_s, for the chart beside the actual
    planned_time_s: tuple[float, ...] = ()
    comparison: str = ""  # part of a comparison: "hidden" (heat on or off, not told) or "without" (heat stays off)


@dataclass(frozen=True)
class Event:
    """Something that happened, at ``at_s`` seconds of session time. ``data`` holds plain JSON values.

    The journal is a list of these; every state is a fold over them.
    """

    at_s: float
    kind: str
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """One second or less of a session: temperatures None where unknown."""

    at_s: float
    heat_on: bool
    skin_c: float | None
    power_w: float | None = None


@dataclass(frozen=True)
class SessionRecord:
    """What was planned, what happened and why it ended; computed from the journal alone."""

    session_id: str
    order: SessionOrder
    started_at: str | None  # ISO 8601 with offset, or None when START was never pressed
    phase: str
    ended: str  # stable reason, e.g. "completed", "stopped", "no_answer", "too_hot", "skin_cutoff", "program_stopped"
    ended_text: str
    heat_s: float
    massage_s: float
    stretch_s: float
    skin_peak_c: float | None
    cem43_min: float
    samples: tuple[Sample, ...]
    events: tuple[Event, ...]
    pain_before_0_10: float | None = None
    pain_after_0_10: float | None = None
    skin_check: str | None = None  # "clean" | "red_fading" | "marks"
    note: str = ""
    hurt: tuple[str, ...] = ()  # exercises, by id: that hurt, that were left out, that were done the easier way
    skipped: tuple[str, ...] = ()
    eased: tuple[str, ...] = ()
