"""The page of a course for the doctor, made from what is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge.records import charts
from irtherapy.edge.records.models import Patient
from irtherapy.export.chart import Chart
from irtherapy.export.course_page import Digest, digest
from irtherapy.values import InputError


def known_course(chart: Chart, course_id: str | None) -> None:
    """Raise InputError when a course is named that this person does not have."""
    if course_id is not None and course_id not in {str(c["id"]) for c in chart.courses}:
        raise InputError("Course", f"There is no course {course_id!r} of this person here.")


def course_html(
    patient: Patient | None, course_id: str | None = None, sections: Sequence[str] = (), reader: str = "doctor"
) -> str:
    """Return the page of a course (the newest when none is named) of a patient, or (None) of the person at home."""
    chart = charts.chart(patient)
    known_course(chart, course_id)
    zone, called = timezone.get_current_timezone(), "" if patient is None else patient.code
    return pathway.course_page(chart, timezone.localdate(), zone, course_id, sections, reader, called)


def figures(patient: Patient | None, course_id: str | None = None) -> Digest:
    """Return the figures that stand on that page."""
    chart = charts.chart(patient)
    known_course(chart, course_id)
    return digest(chart, timezone.localdate(), timezone.get_current_timezone(), course_id)


def file_name(patient: Patient | None) -> str:
    """Return a name for the PDF that has the day and, for a patient, their code in letters any disk takes."""
    code = "" if patient is None else re.sub(r"[^A-Za-z0-9-]+", "-", patient.code).strip("-")
    return "-".join(part for part in ("irtherapy-course", code, timezone.localdate().isoformat()) if part) + ".pdf"
