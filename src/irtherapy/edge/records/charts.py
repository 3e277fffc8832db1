"""What is kept of each person, as the charts that the export room takes: one visit at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from irtherapy.edge.records import compared_told, comparisons, courses, outcomes, rated, shortened, told, visits
from irtherapy.edge.records.models import Course, Patient, Visit
from irtherapy.edge.records.research import THE_PERSON
from irtherapy.export.chart import Chart
from irtherapy.values import InputError

AT_ONCE = 100


def patient_of(code: str) -> Patient:
    """Return the patient of a code. Raises InputError when there is none."""
    found = Patient.objects.filter(code=code).first()
    if found is None:
        raise InputError("Patient", f"There is no patient {code!r} here.")
    return found


def charts(patient: Patient | None = None, everybody: bool = True) -> Iterator[Chart]:
    """Yield the charts of everybody who has any record, or of one patient, or (None) of the person at home."""
    if not everybody:
        yield chart(patient)
        return
    if visits.finished(None).filter(demo=False).exists() or outcomes.any_told(None):
        yield chart(None)
    for one in Patient.objects.order_by("pk").iterator(AT_ONCE):
        yield chart(one)


def chart(patient: Patient | None, those: tuple[dict[str, Any], ...] | None = None) -> Chart:
    """Return the chart of one person; try-outs are left out. ``those``: the courses, where they are known already."""
    return Chart(
        THE_PERSON if patient is None else str(patient.pk),
        sessions=_sessions(patient),
        courses=tuple(courses.charted(patient)) if those is None else those,
        pains=tuple(told.charted_pains(patient)),
        answers=tuple(told.charted_answers(patient)),
        motions=tuple(told.charted_motions(patient)),
        effects=tuple(told.charted_effects(patient)),
        trials=tuple(compared_told.charted(patient)),
    )


def of_page(patient: Patient | None, course_id: str | None = None) -> Chart:
    """Return what a page about a course needs: the course (the newest when none is named) and its sessions, in short.

    Without any course it has all sessions. Raises InputError when the person has no such course.
    """
    one = _course(patient, course_id)
    found = () if one is None else (courses.for_chart(one),)
    return replace(chart(patient, found), sessions=tuple(shortened.sessions(patient, one)))


def _course(patient: Patient | None, course_id: str | None) -> Course | None:
    of_theirs = courses.of(patient).order_by("-started_on", "-created")
    if course_id is None:
        return of_theirs.first()
    try:
        one = of_theirs.filter(pk=course_id).first()
    except ValidationError:
        one = None
    if one is None:
        raise InputError("Course", f"There is no course {course_id[:60]!r} of this person here.")
    return one


def _sessions(patient: Patient | None) -> Iterator[dict[str, Any]]:
    told = visits.finished(patient).filter(demo=False).exclude(pk__in=comparisons.hidden_visits())
    for visit in told.order_by("created", "pk").iterator(AT_ONCE):
        yield session(visit)


def session(visit: Visit) -> dict[str, Any]:
    """Return a visit with a record as a session of a chart; its samples are read when they are asked for."""
    return {
        "id": str(visit.pk),
        "created": visit.created.isoformat(),
        "sites": visit.sites,
        "person": visit.person,
        "verdict": visit.verdict,
        "device": visit.device,
        "placement": visit.placement,
        "plan": visit.plan,
        "record": visit.record,
        "pain_before": visit.pain_before,
        "pain_after": visit.pain_after,
        "skin_check": visit.skin_check,
        "course": None if visit.course_id is None else str(visit.course_id),
        "samples": _Samples(visit),
    }


class _Samples:
    """The samples of a visit, unpacked when somebody looks."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(rated.samples(self.visit))
