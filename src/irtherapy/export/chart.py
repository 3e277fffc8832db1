"""What of one person may leave the program: the one input of FHIR, of the tables and of the doctor's pages.

Everything is the JSON form of a value (``values.to_json``), so that this room needs none of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    """One person. Times are ISO 8601 with an offset, days ISO days, ids strings that never change.

    ``sessions``: id, created, sites, verdict, device, placement, plan, record, pain_before, pain_after, skin_check, and
    course (an id, or None), person (age_years, sex, height_m, weight_kg). They may come one by one: nothing asks for
    them twice.
    ``courses``: id, created, programme (id, version, title, source, per_week, weeks, heat_min, parts), started_on,
    ends_on, status ("active", "on-hold", "completed", "revoked"), planned (days), missed (of on, reason), note, pauses
    (of from, until or None, reason), breaks (of id, at, rule, text, advice: a rule that paused the course).
    ``pains``: id, at, site, value (0 to 10), when.
    ``answers``: id, measure, version, at, items (of id, text, value), score; text only where it may be passed on.
    ``motions``: id, at, name, value, unit (UCUM), of_first (share of the first measurement).
    ``effects``: id, at, text, grade (1 mild, 2 moderate, 3 severe), session (an id, or None).
    ``trials``: with or without heat: id, started_on, ended_on (or None), sentence, facts (pairs of name and text).
    """

    person_id: str
    sessions: Iterable[Json] = ()
    courses: Sequence[Json] = ()
    pains: Sequence[Json] = ()
    answers: Sequence[Json] = ()
    motions: Sequence[Json] = ()
    effects: Sequence[Json] = ()
    trials: Sequence[Json] = ()
