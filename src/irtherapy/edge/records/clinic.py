"""A clinic's patients: by code, with their visits; a visit begins with what a clinician set for it."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, QuerySet

from irtherapy import limits
from irtherapy.edge import home
from irtherapy.edge.records import courses, visits
from irtherapy.edge.records.models import Patient, Visit
from irtherapy.values import InputError, Prescription, Programme, Setting, to_json

OFF = "The clinic's pages are switched off. Switch them on first."


def _on() -> None:
    if not home.clinic_on():
        raise InputError("Clinic", OFF)


def patients(find: str = "") -> QuerySet[Patient]:
    """Return the patients with ``find`` in their code, by code."""
    return Patient.objects.filter(code__icontains=find).order_by("code")


def with_sessions(some: Iterable[Patient]) -> list[dict[str, Any]]:
    """Return patients with how many ``sessions`` are kept of each and when the last was (``last_at``, or None)."""
    found = list(some)
    kept = Visit.objects.filter(patient__in=found, demo=False, deleted_at=None).exclude(ended="").order_by()
    counted = kept.values("patient_id").annotate(sessions=Count("*"), last_at=Max("created"))
    by_patient = {row["patient_id"]: row for row in counted}
    none = {"sessions": 0, "last_at": None}
    return [{"pk": one.pk, "code": one.code, **none, **by_patient.get(one.pk, {})} for one in found]


def find(code: str) -> Patient:
    """Return a patient by their code. Raises InputError on none, and while the clinic is switched off."""
    _on()
    found = Patient.objects.filter(code=code.strip()).first()
    if found is None:
        raise InputError("Patient", f"There is no patient {code[:60]!r}. See: irtherapy clinic list")
    return found


def add(code: str) -> Patient:
    """Return a new patient. Raises InputError on a code that is empty, too long, or taken."""
    _on()
    patient = Patient(code=code.strip())
    try:
        patient.full_clean()
    except ValidationError:
        taken = Patient.objects.filter(code=patient.code).exists()
        sentence = f"There is a patient {patient.code} already." if taken else "A code has 1 to 60 characters."
        raise InputError("Code", sentence) from None
    patient.save()
    return patient


def remove(patient: Patient) -> int:
    """Delete a patient with every visit and session folder of theirs for good; return how many visits there were.

    Raises InputError, and deletes nothing, while a session of theirs runs.
    """
    folders = [home.sessions_folder() / one for one in patient.visits.values_list("session_id", flat=True) if one]
    visits.at_rest(folders)
    count = patient.visits.count()
    patient.delete()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return count


def begin(
    patient: Patient, programme: Programme, prescription: Prescription, changing: Collection[str], demo: bool = False
) -> Visit:
    """Return a new visit of a patient with what a clinician set for it; ``changing`` as in ``visits.next_visit``.

    Raises InputError when the clinic is switched off, something set passes a ceiling, the programme is for the home, or
    the patient's course is held.
    """
    _on()
    limits.checked_prescription(prescription, programme.kinds)
    if programme.setting is not Setting.CLINIC:
        raise InputError("Programme", f"The programme {programme.id} is for the home. Choose one for a clinic.")
    course = courses.current(patient, demo)
    found = None if course is None else courses.progress(course)
    if found is not None and found.held is not None:
        raise InputError("Course", found.sentence)
    visit = visits.next_visit(demo, changing, patient, course, in_full=found is not None and found.rescreen)
    visit.programme, visit.prescribed, visit.chosen_min = to_json(programme), to_json(prescription), None
    visit.save()
    return visit
