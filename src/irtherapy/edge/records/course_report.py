"""The page of a course for the doctor, made from what is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.records import charts
from irtherapy.edge.records.models import Patient
from irtherapy.export.course_page import Digest, digest
from irtherapy.outcome import trend

PAIN_MATTERS = "A change of 2 points, or of 30 %, matters to most people."


def course_html(
    patient: Patient | None,
    course_id: str | None = None,
    sections: Sequence[str] = (),
    reader: str = "doctor",
    say: Callable[[str], str] = str,
) -> str:
    """Return the page of a course (the newest when none is named) of a patient, or (None) of the person at home.

    ``say`` translates what is cut to its room, before it is cut.
    """
    chart = charts.of_page(patient, course_id)
    zone, today = timezone.get_current_timezone(), timezone.localdate()
    found = judged(digest(chart, today, zone, course_id))
    called = "" if patient is None else patient.code
    return pathway.course_page(chart, today, zone, course_id, found, sections, reader, called, say)


def judged(d: Digest) -> list[dict[str, Any]]:
    """Return the pain of the heated site and each questionnaire against what matters, as the page takes it."""
    out = []
    if d.pains:
        told = [(float(day.toordinal()), value) for day, value in d.daily_pain(d.region)]
        out.append(_change("pain", trend.over_days(told, matters=PAIN_MATTERS), len(told)))
    measures = data.measures()
    for name in dict.fromkeys(pair.name for pair in d.scores):
        measure = measures.get(name)
        if measure is not None:
            values = [(float(day.toordinal()), value) for day, value in d.scored(name)]
            change = trend.over_days(values, measure.points, measure.share, measure.matters, measure.better)
            out.append(_change(name, change, len(values)))
    return out


def _change(key: str, found: trend.Change, times: int) -> dict[str, Any]:
    return {
        "key": key,
        "first": found.first,
        "last": found.last,
        "change": found.change,
        "low": found.low,
        "high": found.high,
        "matters": found.needed,
        "judged": found.judged,
        "times": times,
        "sentence": " ".join(found.sentences),
    }


def figures(patient: Patient | None, course_id: str | None = None) -> Digest:
    """Return the figures that stand on that page."""
    chart = charts.of_page(patient, course_id)
    return digest(chart, timezone.localdate(), timezone.get_current_timezone(), course_id)


def file_name(patient: Patient | None) -> str:
    """Return a name for the PDF that has the day and, for a patient, their code in letters any disk takes."""
    code = "" if patient is None else re.sub(r"[^A-Za-z0-9-]+", "-", patient.code).strip("-")
    return "-".join(part for part in ("irtherapy-course", code, timezone.localdate().isoformat()) if part) + ".pdf"
