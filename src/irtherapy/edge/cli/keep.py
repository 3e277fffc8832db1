"""What the terminal keeps and finds again: the same records as the browser's."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irtherapy import pathway
from irtherapy.edge import home
from irtherapy.values import InputError, Prescription, Programme, SessionRecord, Setting, Site, to_json

if TYPE_CHECKING:
    from irtherapy.edge.cli.walk import Asked, Walk
    from irtherapy.edge.records.comparisons import Part
    from irtherapy.edge.records.models import Patient, Visit
    from irtherapy.export.course_page import Digest


def ready() -> None:
    """Load the records: settings, and the database brought up to date."""
    from irtherapy.edge.web.server import prepare

    prepare()


def clean_sessions(sites: Sequence[Site], demo: bool, patient: Patient | None = None) -> int:
    """Return how many earlier sessions at the main site ended with a clean skin check."""
    ready()
    from irtherapy.edge.records import visits

    return visits.clean_session_count(pathway.main_site(sites).region, demo=demo, patient=patient)


def patient_named(code: str) -> Patient:
    """Return a patient by their code. Raises InputError on none, and while the clinic is switched off."""
    ready()
    from irtherapy.edge.records import clinic

    return clinic.find(code)


def asked(
    sites: Sequence[Site],
    demo: bool,
    programme: Programme | None,
    chosen_min: float | None = None,
    prescription: Prescription | None = None,
    patient: Patient | None = None,
) -> Asked:
    """Return what was prescribed, with what earlier sessions and the running course say."""
    ready()
    from irtherapy.edge.cli.walk import Asked
    from irtherapy.edge.records import courses, programmed, visits

    earlier = programmed.before(patient, demo)
    done = visits.finished(patient).filter(demo=demo, ended="completed").values_list("programme__id", flat=True)
    course, site = courses.current(patient, demo), pathway.main_site(sites)
    setting = Setting.HOME if course is None else courses.setting_of(course)
    further = courses.limits_of(course, Setting.CLINIC if prescription else setting, site)
    return Asked(
        programme,
        prescription,
        chosen_min,
        further,
        earlier.recent,
        earlier.hurt,
        Counter(map(str, done)),
        courses.exercise_week(course),
    )


def too_early(demo: bool, patient: Patient | None = None) -> str:
    """Return why a session today would come too early in the running course, or nothing."""
    ready()
    from irtherapy.edge.records import courses

    return courses.too_early(patient, demo)


def part_of(walk: Walk, plug: str, patient: Patient | None = None) -> Part | None:
    """Return what a session of today is in the comparison that runs, or None when it is no part of it.

    Raises InputError when the comparison is switched in another way than this session would be.
    """
    ready()
    from irtherapy.edge.records import comparisons
    from irtherapy.edge.records.models import Visit

    told = {"sites": to_json(walk.sites), "device": to_json(walk.device)}
    part = comparisons.part_of(Visit(demo=walk.demo, patient=patient, **told))
    if part is None:
        return None
    asked = (part.comparison.driver, part.comparison.plug)
    if asked != (walk.order.driver, plug):
        how = f"by the plug {asked[1]} (--plug {asked[1]})" if asked[1] else "by hand (--driver manual)"
        raise InputError("Driver", f"Your comparison is switched {how}. Do so, or leave this session out: --outside.")
    return part


def save(walk: Walk, record: SessionRecord, part: Part | None = None, patient: Patient | None = None) -> Visit:
    """Keep a finished session and return its visit; ``part``: of a comparison."""
    ready()
    from irtherapy.edge.records import comparisons, courses, visits

    visit = visits.new_visit(demo=walk.demo, patient=patient)
    visit.course = courses.current(patient, demo=walk.demo)
    visit.programme = to_json(walk.programme)
    visit.prescribed = None if walk.prescription is None else to_json(walk.prescription)
    visit.sites = to_json(walk.sites)
    visit.person = to_json(walk.person)
    visit.device_kind = walk.device.kind.value
    visit.answers = walk.answers
    visit.verdict = to_json(walk.verdict)
    visit.device = to_json(walk.device)
    visit.placement = to_json(walk.placement)
    visit.plan = to_json(walk.plan)
    visit.step = visit.Step.DONE
    visits.attach_record(visit, record)
    if part is not None:
        comparisons.join(visit, part)
    told_next()
    return visit


def told_next() -> None:
    """Tell the broker of this home, if there is one, when the next session may be; never raises."""
    from irtherapy.edge.runner import announced

    with contextlib.suppress(Exception):  # a database or a broker that is away breaks nothing here
        if announced.load() is not None:
            ready()
            from irtherapy.edge.web import next_day

            next_day.tell(wait=True)


def records() -> list[dict[str, Any]]:
    """Return each record's id, time and end, newest first."""
    ready()
    from irtherapy.edge.records import visits

    return [
        {
            "id": str(v.id),
            "created": v.created.isoformat(timespec="minutes"),
            "ended": (v.record or {}).get("ended"),
            "ended_text": (v.record or {}).get("ended_text"),
            "demo": v.demo,
        }
        for v in visits.finished()
    ]


def find(record_id: str | None) -> Visit:
    """Return the visit of a record id, the newest without one. Raises InputError when there is none."""
    ready()
    from django.core.exceptions import ValidationError

    from irtherapy.edge.records import visits

    found = visits.finished()
    try:
        visit = found.first() if record_id is None else found.filter(id=record_id).first()
    except ValidationError:
        visit = None
    if visit is None:
        told = "Nothing is recorded yet; irtherapy demo makes a first record."
        raise InputError(
            "Record", told if record_id is None else f"There is no record {record_id!r}; see report --list."
        )
    return visit


def write_report(visit: Visit, pdf: Path | None = None, html: Path | None = None) -> list[Path]:
    """Write the doctor's page as asked (PDF into the data folder when nothing is asked); return what was written."""
    from irtherapy.edge.records.rated import doctor_html

    return _write_page(doctor_html(visit), f"{visit.id}.pdf", pdf, html)


def write_course_report(
    code: str,
    course_id: str | None,
    sections: Sequence[str],
    reader: str,
    pdf: Path | None = None,
    html: Path | None = None,
) -> tuple[list[Path], Digest]:
    """Write the page of a course of a patient (at home: no code), as ``write_report`` does, and return its figures."""
    ready()
    from irtherapy.edge.cli.spoken import told
    from irtherapy.edge.records import charts, course_report

    patient = charts.patient_of(code) if code else None
    page = course_report.course_html(patient, course_id, sections, reader, told)
    figures = course_report.figures(patient, course_id)
    return _write_page(page, course_report.file_name(patient), pdf, html), figures


def _write_page(page: str, name: str, pdf: Path | None, html: Path | None) -> list[Path]:
    from irtherapy.edge.cli.spoken import told_page
    from irtherapy.edge.pdf import pdf_bytes

    page = told_page(page)
    if pdf is None and html is None:
        folder = home.data_home() / "reports"
        folder.mkdir(mode=0o700, exist_ok=True)
        pdf = folder / name
    written = []
    try:
        if pdf is not None:
            pdf.write_bytes(pdf_bytes(page))
            written.append(pdf.resolve())
        if html is not None:
            html.write_text(page, encoding="utf-8")
            written.append(html.resolve())
    except OSError as error:
        raise InputError("Report", f"The report cannot be written to {error.filename}: {error.strerror}.") from None
    return written
