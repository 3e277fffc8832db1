"""The clinic's pages: patients by code, their visits, and a visit begun with what a clinician sets for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from irtherapy import limits
from irtherapy.edge import home, programmes
from irtherapy.edge.records import clinic, courses, programmed, visits
from irtherapy.edge.records.models import Patient, Visit
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.stages import changing_questions
from irtherapy.edge.web.steps import address_of
from irtherapy.values import InputError, Prescription, Programme, Setting, from_json

LEVELS = (("1", "Base"), ("2", "A step on"), ("3", "Harder"))
PAGE_OF = 50
FIELD_OF = {
    "Minutes of heat": "heat_min",
    "Minutes of a first session": "first_min",
    "Level of exercise": "level_max",
    "Set by": "set_by",
    "Programme": "programme",
}


def switched_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view of the clinic: while it is off, the person is led to the page that switches it on."""

    @wraps(view)
    def opened(request: HttpRequest, **rest: Any) -> HttpResponse:
        return view(request, **rest) if home.clinic_on() else redirect("clinic")

    return opened


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the patients, take a new one; while the clinic is off, say what it is."""
    if not home.clinic_on():
        return render(request, "clinic/off.html", {"kept": Patient.objects.count()})
    error, code = "", request.POST.get("code", "")
    if request.method == "POST":
        try:
            return redirect("patient", clinic.add(code).pk)
        except InputError as refused:
            error = str(refused)
    wanted = request.GET.get("find", "").strip()
    found = Paginator(clinic.patients(wanted), PAGE_OF).get_page(request.GET.get("page"))
    context = {
        "patients": found,
        "rows": clinic.with_sessions(found),
        "error": error,
        "code": code,
        "find": wanted,
        "kept": Patient.objects.exists(),
    }
    return render(request, "clinic/patients.html", context, status=422 if error else 200)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Switch the clinic's pages on or off."""
    on = request.POST.get("clinic") == "on"
    home.switch_clinic(on)
    if not on:
        messages.success(request, "The clinic's pages are off. What is kept of its patients stays.")
    return redirect("clinic" if on else "start")


def _choices() -> dict[str, Programme]:
    return {key: one for key, one in programmes.known().items() if one.setting is Setting.CLINIC}


def _given(patient: Patient) -> dict[str, str]:
    """Return what the form begins with: what was set last for this patient, else the first programme's own."""
    last = patient.visits.filter(deleted_at__isnull=True, prescribed__isnull=False).first()
    programme = next(iter(_choices().values()))
    told = programmed.prescribed(programme)
    if last is not None and last.prescription is not None:
        told = last.prescription
        programme = programme if last.programme is None else from_json(Programme, last.programme)
    return {
        "programme": programme.id,
        "heat_min": f"{told.heat_min:g}",
        "first_min": f"{told.first_min:g}",
        "level_max": str(told.level_max),
        "set_by": told.set_by,
    }


@require_GET
@switched_on
def patient(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show one patient: their visits, and the form that begins one."""
    found = get_object_or_404(Patient, pk=patient_id)
    return render(request, "clinic/patient.html", _context(found, _given(found), {}))


def _context(found: Patient, given: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    ceiling = limits.ceilings(Setting.CLINIC)
    unfinished = visits.latest_unfinished(found)
    course = courses.current(found)
    return {
        "patient": found,
        "course": course,
        "where": None if course is None else courses.progress(course),
        "given": given,
        "errors": errors,
        "programmes": list(_choices().values()),
        "levels": LEVELS,
        "most_min": f"{ceiling.heat_min:g}",
        "most_pads_min": f"{limits.MIRE_CLINIC_MAX_MIN:g}",
        "finished": visits.in_short(visits.finished(found))[:50],
        "unfinished": unfinished,
        "unfinished_address": "" if unfinished is None else address_of(unfinished),
    }


@require_POST
@switched_on
def begin(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Begin a visit of a patient with what the clinician set."""
    found, form = get_object_or_404(Patient, pk=patient_id), Form(request.POST)
    visit = _begun(found, form)
    if visit is not None:
        return redirect("where", visit.id)
    given = {name: form.text(name) for name in FIELD_OF.values()}
    return render(request, "clinic/patient.html", _context(found, given, form.errors), status=422)


def _begun(found: Patient, form: Form) -> Visit | None:
    programme = _choices().get(form.text("programme"))
    if programme is None:
        form.errors["programme"] = "Please choose a programme."
    most = limits.MIRE_CLINIC_MAX_MIN
    asked = "Please set the minutes."
    heat_min = form.number("heat_min", "Minutes of heat", limits.LEAST_MIN, most, "min", missing=asked)
    first_min = form.number("first_min", "Minutes of a first session", limits.LEAST_MIN, most, "min", missing=asked)
    level = form.number("level_max", "Level of exercise", 1, 3, missing="Please choose a level.")
    if form.errors or programme is None or heat_min is None or first_min is None or level is None:
        return None
    try:
        prescription = Prescription(heat_min, first_min, form.text("set_by"), int(level))
        demo = bool(form.text("demo"))
        return clinic.begin(found, programme, prescription, changing_questions(), demo)
    except InputError as error:
        form.errors[FIELD_OF.get(error.field, "form")] = str(error)
        return None


@require_POST
@switched_on
def remove(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Delete a patient with all their visits after a plain yes; not while a session of theirs runs."""
    found = get_object_or_404(Patient, pk=patient_id)
    error = "Please tick the box if you want this patient and all their visits deleted."
    if request.POST.get("sure") == "yes":
        try:
            clinic.remove(found)
        except InputError as refused:
            error = str(refused)
        else:
            messages.success(request, f"{found.code} is deleted, with all visits.")
            return redirect("clinic")
    context = _context(found, _given(found), {"remove": error})
    return render(request, "clinic/patient.html", context, status=422)


urlpatterns = [
    path("clinic/", page, name="clinic"),
    path("clinic/switch/", switch, name="clinic-switch"),
    path("clinic/<uuid:patient_id>/", patient, name="patient"),
    path("clinic/<uuid:patient_id>/visit/", begin, name="patient-visit"),
    path("clinic/<uuid:patient_id>/remove/", remove, name="patient-remove"),
]
