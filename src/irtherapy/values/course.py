"""The course: its days, how each went, what stands in the way of the next, and whether it helps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from irtherapy.values.person import Region, Setting


class SlotState(StrEnum):
    """How a planned session went. ``left_out``: no room for it after a late one; ``missed`` is never doubled."""

    PLANNED = "planned"
    DONE = "done"
    PART = "part"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    MISSED = "missed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Away:
    """Days without sessions, ISO days, both included; ``last_on`` None: until the person goes on.

    ``kind``: "pause" (the person's own), "holiday" or "break" (a break rule). The course waits: it ends later.
    """

    first_on: str
    last_on: str | None
    kind: str
    reason: str = ""


@dataclass(frozen=True)
class Course:
    """What was agreed: ``per_week`` sessions for ``weeks`` weeks on the ``weekdays`` (0 Monday to 6 Sunday).

    ``heat_min``: most minutes of heat of its programme. ``slack_days``: how late a session may be and still count.
    ``skipped``: (day, reason) of sessions that the person let go. ``resumed_on``: days on which they went on after a
    pause or break. ``taper``: fewer sessions a week follow the course. ``ended_on``: the day it was ended by hand.
    """

    setting: Setting
    per_week: int
    weeks: int
    heat_min: float
    started_on: str
    weekdays: tuple[int, ...]
    slack_days: int = 2
    away: tuple[Away, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    resumed_on: tuple[str, ...] = ()
    taper: bool = False
    ended_on: str | None = None


@dataclass(frozen=True)
class Slot:
    """One session of the plan: due on a day, good until ``last_on``.

    ``planned_on``: the day it is planned for now, None when it is settled or while the course waits. ``done_on`` and
    ``session``: when it took place, and the id of its record.
    """

    number: int
    week: int
    due_on: str
    last_on: str
    planned_on: str | None
    state: SlotState
    done_on: str | None = None
    session: str | None = None
    reason: str = ""
    taper: bool = False


@dataclass(frozen=True)
class Break:
    """Why a course must pause: ``rule`` is stable, ``text`` says what was seen, ``advice`` what to do.

    ``not_before``: the first day on which the person may go on. ``lifted_on``: the day they did, or None.
    """

    on: str
    rule: str
    text: str
    advice: str
    not_before: str
    lifted_on: str | None = None


@dataclass(frozen=True)
class WarmSkin:
    """Minutes in the last seven days with the skin of a site at 39 degrees C or more, and the most there may be.

    ``free_on``: the first day with room for a session.
    """

    region: Region
    warm_min: float
    most_min: float
    free_on: str


@dataclass(frozen=True)
class EndAdvice:
    """What may follow a course: "continue", "taper", "stop", "see_someone" or "too_few", with its reason."""

    kind: str
    sentence: str


@dataclass(frozen=True)
class Progress:
    """Where the course stands today: how each session went, when the next may be, and why it may be paused.

    ``week`` counts from 1. ``minutes``: most heat of the next session that the course allows, with ``minutes_why``.
    ``exercise_week``: the week of the programme whose exercises come next.
    ``rescreen``: the questions are asked in full before the next session. ``held``: what keeps it from going on.
    ``early``: why a session today would come too early, or nothing; it may be had all the same by a plain yes.
    """

    today: str
    slots: tuple[Slot, ...]
    counts: dict[str, int]
    week: int
    weeks: int
    next_on: str | None
    next_until: str | None
    sentence: str
    held: Break | Away | None
    pause_reason: str | None
    advice: str
    breaks: tuple[Break, ...]
    minutes: float
    minutes_why: str
    exercise_week: int
    clean_skin_checks: int
    warm: tuple[WarmSkin, ...]
    rescreen: bool
    over: bool
    ends_on: str
    extra: int = 0
    end: EndAdvice | None = None
    early: str = ""


@dataclass(frozen=True)
class Summary:
    """Change in pain against what matters, or the honest sentence that there are too few days to tell."""

    sessions: int
    mean_change: float | None
    meaningful_change: float
    sentence: str
