"""Filling in a questionnaire, kept as one goes, and measuring how far a movement goes."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.records import outcomes
from irtherapy.edge.records.models import Answer, Motion, Patient
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.telling import told
from irtherapy.edge.web.views.outcome import whose
from irtherapy.outcome import motion as motion_room
from irtherapy.outcome import scores
from irtherapy.values import InputError

SAVING = "X-Save"
OWN_FIGURES = ("forward_bend",)  # drawn for this page; the others are those of the exercises


@require_http_methods(["GET", "POST"])
@never_cache
def questionnaire(request: HttpRequest, name: str) -> HttpResponse:
    """Show one questionnaire on one screen; what is filled in is kept at each change, and scored at the end."""
    patient, query = whose(request)
    measure = data.measures().get(name)
    if measure is None:
        raise Http404
    answer = outcomes.draft(name, patient)
    given = _given(request, measure) if request.method == "POST" else dict(answer.items)
    errors: dict[str, str] = {}
    kept = False
    if request.method == "POST":
        later = "later" in request.POST or SAVING in request.headers
        try:
            if later:
                outcomes.fill(answer, given)
            else:
                outcomes.finish(answer, given)
        except InputError as error:
            errors[_first_missing(measure, given, error)] = str(error)
            kept = not later and _keep_so_far(answer, given)
        if SAVING in request.headers:
            return HttpResponse(errors.popitem()[1], status=422) if errors else HttpResponse(status=204)
        if not errors:
            return redirect(f"{reverse('outcome')}{query}#questionnaires")
    context = {
        "patient": patient,
        "query": query,
        "measure": measure,
        "rows": _rows(measure, given, missing=_missing(measure, given) if errors else ()),
        "scale": range(int(measure.low), int(measure.high) + 1),
        "values": given,
        "errors": errors,
        "kept_so_far": kept,
        "begun": request.method == "GET" and bool(answer.items) and not answer._state.adding,
        "sections": range(measure.least, measure.most + 1),
    }
    return render(request, "outcome/questionnaire.html", context, status=422 if errors else 200)


def _keep_so_far(answer: Answer, given: dict[str, Any]) -> bool:
    """Keep what is there of a form that is not whole; return whether it could be kept."""
    try:
        outcomes.fill(answer, given)
    except InputError:
        return False
    return True


def _given(request: HttpRequest, measure: scores.Measure) -> dict[str, Any]:
    if measure.kind == "ticks":
        return {item.id: True for item in measure.items if request.POST.get(item.id) == "yes"}
    told = {key: (request.POST.get(key) or "").strip() for key in scores.known_items(measure)}
    return {
        key: value.replace(",", ".") if not key.endswith("_text") else value for key, value in told.items() if value
    }


def _missing(measure: scores.Measure, given: dict[str, Any]) -> tuple[str, ...]:
    try:
        return scores.score(measure, given).missing
    except InputError:
        return ()


def _first_missing(measure: scores.Measure, given: dict[str, Any], error: InputError) -> str:
    """Return the field that an error stands beside: the first one missing, else the first of the form."""
    found = _missing(measure, given)
    return found[0] if found else scores.known_items(measure)[0]


def _rows(measure: scores.Measure, given: dict[str, Any], missing: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "number": number,
            "value": str(given.get(item.id, "")),
            "ticked": given.get(item.id) is True,
            "text": given.get(f"{item.id}_text", ""),
            "needed": number <= measure.least,
            "missing": item.id in missing,
        }
        for number, item in enumerate(measure.items, 1)
    ]


@require_http_methods(["GET", "POST"])
@never_cache
def motion(request: HttpRequest, name: str) -> HttpResponse:
    """Say how to measure a movement, read the phone's angle where it can, and keep the figure."""
    patient, query = whose(request)
    movement = data.motions().get(name)
    if movement is None:
        raise Http404
    form = Form(request.POST)
    if request.method == "POST":
        made = _read_motion(form, movement, patient)
        if made is not None:
            return redirect(f"{reverse('outcome')}{query}#motions")
    unit = motion_room.UNITS[movement.unit]
    context = {
        "query": query,
        "motion": movement,
        "steps": [step for step in re.split(r"(?<=[.。])\s*(?=\S)", told(movement.how)) if step],
        "figure": _figure(movement.figure),
        "unit": unit,
        "unit_in_words": _("degrees") if movement.unit == "deg" else unit,
        "low": f"{movement.low:g}",
        "high": f"{movement.high:g}",
        "value": form.text("reading"),
        "errors": form.errors,
        "earlier": outcomes.kept(Motion, patient).filter(name=name)[:5],
    }
    return render(request, "outcome/motion.html", context, status=422 if form.errors else 200)


def _read_motion(form: Form, movement: motion_room.Motion, patient: Patient | None) -> Motion | None:
    if not form.text("reading"):
        form.errors["reading"] = _("Please enter what you read.")
        return None
    reading = form.text("reading").replace(",", ".")
    return form.take("reading", lambda: outcomes.measure_motion(movement.id, reading, patient=patient))


def _figure(name: str) -> dict[str, SafeString] | str:
    """Return the drawings of the start and the end, or the name of a drawing of this page's own."""
    if name in OWN_FIGURES:
        return format_html("outcome/{}.svg", name)
    return {pose: mark_safe(pathway.figure(name, pose)) for pose in ("start", "end")}


urlpatterns = [
    path("outcome/form/<slug:name>/", questionnaire, name="outcome-form"),
    path("outcome/motion/<slug:name>/", motion, name="outcome-motion"),
]
