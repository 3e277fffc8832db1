"""What four weeks end in: the doctor's page, the FHIR bundle and the calendar of each person, as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils import timezone

from irtherapy import __version__
from irtherapy.edge.pdf import pdf_bytes
from irtherapy.edge.records import charts, course_calendar, course_report, visits
from irtherapy.export import fhir

if TYPE_CHECKING:
    from irtherapy.edge.records.models import Course, Patient


def write(folder: Path, patient: Patient | None, course: Course) -> dict[str, Any]:
    """Write the files of one person into a folder; return their paths and the sessions, as --json tells them."""
    folder.mkdir(parents=True, exist_ok=True)
    page = course_report.course_html(patient, str(course.pk))
    html, pdf, bundle, calendar = (folder / f"course.{kind}" for kind in ("html", "pdf", "fhir.json", "ics"))
    html.write_text(page, encoding="utf-8")
    pdf.write_bytes(pdf_bytes(page))
    with bundle.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(fhir.bundle_text([charts.chart(patient)], __version__))
    calendar.write_bytes(course_calendar.ics(course))
    figures = course_report.figures(patient, str(course.pk))
    return {
        "course_id": str(course.pk),
        "outcome_page": "/outcome/" + (f"?{urlencode({'patient': patient.code})}" if patient is not None else ""),
        "sessions": sessions(patient),
        "completed": figures.completed,
        "planned": figures.due,
        "missed": len(figures.missed),
        "comparisons": [str(one["sentence"]) for one in figures.chart.trials],
        "html": str(html),
        "pdf": str(pdf),
        "fhir": str(bundle),
        "ics": str(calendar),
    }


def sessions(patient: Patient | None) -> list[dict[str, Any]]:
    """Return what was done, oldest first."""
    return [
        {
            "record_id": str(one.pk),
            "of": "comparison" if one.course_id is None else "course",
            "on": timezone.localtime(one.created).date().isoformat(),
            "ended": one.ended,
            "heat_min": round(one.heat_s / 60.0, 1),
            "pain_before": one.pain_before,
            "pain_after": one.pain_after,
        }
        for one in visits.finished(patient).filter(demo=False).order_by("created")
    ]
