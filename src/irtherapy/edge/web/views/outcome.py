"""How it is going: the page that says whether it helps, and telling how much it hurts, now or the next morning."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from irtherapy.edge import data
from irtherapy.edge.records import charts, courses, going, outcomes, told
from irtherapy.edge.records.models import Effect, Illness, PainEntry, Patient, Told
from irtherapy.edge.records.models.visit import Visit
from irtherapy.edge.web import next_day, outcome_charts, telling, words
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.steps import query_of
from irtherapy.outcome import breaks, effects
from irtherapy.outcome.motion import UNITS
from irtherapy.values import InputError, Region

PLACE_MISSING = "Please choose the place."
PAIN_MISSING = "Please choose a number from 0 to 10."
SHOWN_DAYS = 100


def whose(request: HttpRequest) -> tuple[Patient | None, str]:
    """Return the patient of ``?patient=CODE`` (None: the person at home) and the end of the addresses that keep it."""
    code = request.GET.get("patient", "")
    if not code:
        return None, ""
    try:
        patient = charts.patient_of(code)
    except InputError as error:
        raise Http404(str(error)) from None
    return patient, query_of(patient)


def one_of_theirs(request: HttpRequest, told_id: uuid.UUID) -> tuple[Told, str]:
    """Return what this person told under an id, and the end of the addresses; anybody else's is not found."""
    patient, query = whose(request)
    try:
        return outcomes.find(told_id, patient), query
    except InputError as error:
        raise Http404(str(error)) from None


@require_GET
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Show how it is going: the sentence, the charts and their tables, and where to tell more."""
    patient, query = whose(request)
    found = going.going(patient)
    places = [_shown(place, found) for place in found.places]
    context = {
        "patient": patient,
        "query": query,
        "found": found,
        "places": places,
        "others": [(r.value, words.REGIONS[r]) for r in Region if r.value not in {p.region for p in found.places}],
        "regions": [(r.value, words.REGIONS[r]) for r in Region],
        "scale": range(11),
        "morning": morning(patient),
        "filled": [
            {"one": f, "chart": outcome_charts.answers(f), "shown": bool(f.measure.items or f.answers)}
            for f in found.filled
        ],
        "moved": [{"one": m, "chart": outcome_charts.motions(m), "unit": UNITS[m.motion.unit]} for m in found.moved],
        "effects": [{"one": e, "text": _effect_words(e), "grade": effects.GRADES[e.grade][0]} for e in found.effects],
        "latest": _typed(timezone.now()),
        "year": timezone.localdate().year,
        "kept": _kept(request, patient),
        "noted": _noted(request, patient),
    }
    return render(request, "outcome/overview.html", context)


def _shown(place: going.Place, found: going.Going) -> dict[str, Any]:
    return {
        "one": place,
        "name": words.place(place.region, place.side),
        "chart": outcome_charts.pain(place, found.sessions),
        "rows": outcome_charts.pain_rows(place)[:SHOWN_DAYS],
    }


def _effect_words(effect: Effect) -> str:
    """Return what a side effect was: the program's words in the reader's language, the person's own as they are."""
    name = telling.told(data.effect_kinds()[effect.kind].name)
    return name if not effect.text else effect.text if effect.kind == "other" else f"{name}: {effect.text}"


def morning(patient: Patient | None) -> dict[str, Any] | None:
    """Return yesterday's session and its place, when the next morning is not told yet."""
    visit = told.due_morning(patient)
    if visit is None:
        return None
    side = next((s.get("side", "both") for s in visit.sites if s.get("region") == visit.region), "both")
    return {"visit": visit, "region": visit.region, "name": words.place(visit.region, side)}


def _one(request: HttpRequest, name: str, patient: Patient | None) -> Told | None:
    try:
        return outcomes.find(request.GET[name], patient) if name in request.GET else None
    except InputError:
        return None


def _kept(request: HttpRequest, patient: Patient | None) -> dict[str, Any] | None:
    """Return what was kept or taken back a moment ago, for the notice with its undo."""
    entry = _one(request, "kept", patient)
    if entry is None:
        return None
    gone = entry.deleted_at is not None
    if isinstance(entry, PainEntry):
        return {"entry": entry, "gone": gone, "place": words.REGIONS[Region(entry.region)].lower()}
    return {"entry": entry, "gone": gone}


def _noted(request: HttpRequest, patient: Patient | None) -> dict[str, Any] | None:
    effect = _one(request, "noted", patient)
    if isinstance(effect, Illness):
        return {"entry": effect, "advice": breaks.ILLNESS_ADVICE, "paused": courses.current(patient) is not None}
    if not isinstance(effect, Effect):
        return None
    kind = data.effect_kinds()[effect.kind]
    return {"entry": effect, "advice": effects.advice(kind, effect.grade), "stop": effect.grade == effects.SEVERE}


@require_POST
def pain(request: HttpRequest) -> HttpResponse:
    """Keep one rating and go back to where it was told."""
    patient, query = whose(request)
    form = Form(request.POST)
    if not form.text("pain"):
        messages.error(request, PAIN_MISSING)
        return redirect(reverse("outcome") + query)
    visit = _visit_of(form, patient)
    try:
        entry = outcomes.log_pain(
            form.text("region"),
            form.text("pain").replace(",", "."),
            side=form.text("side") or "both",
            when="next_morning" if visit is not None else "",
            at=form.text("at"),
            patient=patient,
            visit=visit,
        )
    except InputError as error:
        messages.error(request, str(error))
        return redirect(reverse("outcome") + query)
    return redirect(_after(query, kept=entry.pk))


def _visit_of(form: Form, patient: Patient | None) -> Visit | None:
    """Return the visit of a next morning: the one that is due, and no other."""
    due = told.due_morning(patient) if form.text("visit") else None
    return due if due is not None and str(due.pk) == form.text("visit") else None


def _after(query: str, **told_of: uuid.UUID) -> str:
    more = urlencode({name: str(key) for name, key in told_of.items()})
    return f"{reverse('outcome')}{query}{'&' if query else '?'}{more}#kept"


@require_POST
def undo(request: HttpRequest, told_id: uuid.UUID) -> HttpResponse:
    """Take back what was told, or bring it back."""
    entry, query = one_of_theirs(request, told_id)
    if entry.deleted_at is None:
        outcomes.remove(entry)
    else:
        outcomes.restore(entry)
    next_day.tell()
    return redirect(_after(query, kept=entry.pk))


@require_http_methods(["GET", "POST"])
@never_cache
def change(request: HttpRequest, told_id: uuid.UUID) -> HttpResponse:
    """Correct one rating: another number, another time."""
    entry, query = one_of_theirs(request, told_id)
    if not isinstance(entry, PainEntry) or entry.deleted_at is not None:
        raise Http404
    form = Form(request.POST)
    if request.method == "POST":
        value = form.number("pain", "Pain", 0, 10, missing=PAIN_MISSING)
        if value is not None:
            at = form.text("at")
            made = form.take("at", lambda: outcomes.correct_pain(entry, value, at if at != _typed(entry.at) else None))
            if made is not None:
                return redirect(_after(query, kept=made.pk))
    context = {
        "entry": entry,
        "query": query,
        "name": words.place(entry.region, entry.side),
        "errors": form.errors,
        "pain": form.text("pain") if request.method == "POST" else f"{entry.value:g}",
        "at": form.text("at") if request.method == "POST" else _typed(entry.at),
        "latest": _typed(timezone.now()),
    }
    return render(request, "outcome/change.html", context, status=422 if form.errors else 200)


def _typed(at: datetime.datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


@require_http_methods(["GET", "POST"])
@never_cache
def effect(request: HttpRequest) -> HttpResponse:
    """Ask what the side effect was and how bad; keep it, and say what to do now."""
    patient, query = whose(request)
    form = Form(request.POST)
    if request.method == "POST":
        made = _read_effect(form, patient)
        if made is not None:
            next_day.tell()
            return redirect(_after(query, noted=made.pk))
    context = {
        "query": query,
        "kinds": data.effect_kinds().values(),
        "grades": [(number, *said) for number, said in effects.GRADES.items()],
        "values": request.POST,
        "errors": form.errors,
        "latest": _typed(timezone.now()),
    }
    return render(request, "outcome/effect.html", context, status=422 if form.errors else 200)


@require_POST
def ill(request: HttpRequest) -> HttpResponse:
    """Keep that the person was ill, and say what to do now."""
    patient, query = whose(request)
    form = Form(request.POST)
    try:
        made = outcomes.note_illness(form.text("text"), at=form.text("at"), patient=patient)
    except InputError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('outcome')}{query}#illness")
    next_day.tell()
    return redirect(_after(query, noted=made.pk))


def _read_effect(form: Form, patient: Patient | None) -> Effect | None:
    if form.text("kind") not in data.effect_kinds():
        form.errors["kind"] = _("Please choose what it was.")
    if form.text("grade") not in [str(g) for g in effects.GRADES]:
        form.errors["grade"] = _("Please choose how bad it was.")
    if form.errors:
        return None
    given = form.text("kind"), form.text("grade"), form.text("text")
    try:
        return outcomes.note_effect(*given, at=form.text("at"), patient=patient)
    except InputError as error:
        form.errors["at" if error.field == "Time" else "text"] = str(error)
        return None


urlpatterns = [
    path("outcome/", overview, name="outcome"),
    path("outcome/pain/", pain, name="outcome-pain"),
    path("outcome/undo/<uuid:told_id>/", undo, name="outcome-undo"),
    path("outcome/entry/<uuid:told_id>/", change, name="outcome-change"),
    path("outcome/effect/", effect, name="outcome-effect"),
    path("outcome/ill/", ill, name="outcome-ill"),
]
