"""Is it right for me: the questions page by page, the verdict with its reasons, and a clinician's word."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.records import visits
from irtherapy.edge.records.models import Clearance, Visit
from irtherapy.edge.web import words
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.stages import changing_questions, stage
from irtherapy.edge.web.steps import trail
from irtherapy.screening import Page, conditions, pages_for, questions_for_doctor
from irtherapy.values import Decision, DeviceKind, Verdict

WHO_MISSING = "Please write who said so: a name and what they are."
COVERS_MISSING = "Please mark what the clinician agreed to."
GIVEN_MISSING = "Please give the day it was said."
UNTIL_MISSING = "Please give the last day it holds."


def pages_of(visit: Visit) -> list[Page]:
    """Return the pages still to be asked in this visit: those of today, and what was never answered."""
    regions = {site.region for site in visit.site_values}
    kinds = {DeviceKind(visit.device_kind)}
    pages = pages_for(data.questionnaire(), regions, kinds, visit.person["age_years"])
    carried = set(visit.carried) - changing_questions()
    asked = [Page(p.id, p.title, p.intro, tuple(q for q in p.items if q.id not in carried)) for p in pages]
    return [page for page in asked if page.items]


def decide(visit: Visit) -> None:
    """Screen the answers of a visit and keep the verdict."""
    asked, age = data.questionnaire(), visit.person["age_years"]
    clearance = visits.valid_clearance(visit)
    kind, sites = DeviceKind(visit.device_kind), visit.site_values
    verdict = pathway.screen(asked, sites, kind, age, visit.answers, visits.today(), clearance)
    visit.decide(verdict, conditions(asked, visit.answers, age))


@require_GET
@stage("screening")
def screening(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Go to the first page with a question that has no answer yet, or to the verdict."""
    for page in pages_of(visit):
        if any(q.id not in visit.answers for q in page.items):
            return redirect("questions", visit.id, page.id)
    if visit.verdict is None:
        decide(visit)
    return redirect("verdict", visit.id)


@require_http_methods(["GET", "POST"])
@stage("screening")
def questions(request: HttpRequest, visit: Visit, page_id: str) -> HttpResponse:
    """Ask one page; "None of these" answers no to whatever was left open on it."""
    pages = pages_of(visit)
    index = next((i for i, page in enumerate(pages) if page.id == page_id), None)
    if index is None:
        raise Http404("There is no such page of questions.")
    page, form = pages[index], Form(request.POST)
    given = {q.id: visit.answers.get(q.id, "") for q in page.items}
    if request.method == "POST":
        allowed = {word for word, _ in words.ANSWERS}
        rest = "no" if form.text("rest") else ""
        given = {q.id: form.text(f"q_{q.id}") or rest for q in page.items}
        form.errors = {id_: "Please answer this one." for id_, word in given.items() if word not in allowed}
        if not form.errors:
            visit.answer(given)
            return _after(visit, pages, index)
    context = {
        "visit": visit,
        "trail": trail("screening"),
        "page": page,
        "items": [{"q": q, "answer": given[q.id], "error": form.errors.get(q.id, "")} for q in page.items],
        "answers": words.ANSWERS,
        "errors": form.errors,
        "number": index + 1,
        "total": len(pages),
        "back": pages[index - 1].id if index else None,
        "carried": index == 0 and bool(visit.carried),
    }
    return render(request, "screening.html", context, status=422 if form.errors else 200)


def _after(visit: Visit, pages: list[Page], index: int) -> HttpResponse:
    if index + 1 < len(pages):
        return redirect("questions", visit.id, pages[index + 1].id)
    return redirect("screening", visit.id)


@require_POST
@stage("screening")
def again(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask every question once more, with the earlier answers marked."""
    visit.answer_all_again()
    return redirect("questions", visit.id, pages_of(visit)[0].id)


@require_http_methods(["GET", "POST"])
@stage("verdict")
def verdict(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the verdict; a posted form records a clinician's word and decides again."""
    found = visit.verdict_value
    assert found is not None  # the stage is not opened without one
    form = Form(request.POST)
    asks = found.decision is Decision.ASK_FIRST
    if request.method == "POST" and asks and record_clearance(visit, found, form):
        decide(visit)
        return redirect("verdict", visit.id)
    return render(request, "verdict.html", _verdict_page(visit, found, form), status=422 if form.errors else 200)


def record_clearance(visit: Visit, found: Verdict, form: Form) -> bool:
    """Keep the clearance of the form when it is complete; otherwise leave its errors in the form."""
    clearable = [r.id for r in found.reasons if r.clearable]
    given = form.day("given_on", GIVEN_MISSING)
    until = form.day("until", UNTIL_MISSING)
    covers = [id_ for id_ in clearable if form.text(f"covers_{id_}")]
    if not form.text("who"):
        form.errors["who"] = WHO_MISSING
    if not covers:
        form.errors["covers"] = COVERS_MISSING
    if given is None or until is None or form.errors:
        return False
    clearance = Clearance(visit=visit, who=form.text("who")[:120], given_on=given, until=until, covers=covers)
    try:
        clearance.clean()
    except ValidationError as error:
        form.errors |= {name: sentences[0] for name, sentences in error.message_dict.items()}
        return False
    clearance.save()
    return True


def _verdict_page(visit: Visit, found: Verdict, form: Form) -> dict[str, Any]:
    return {
        "visit": visit,
        "trail": trail("screening"),
        "verdict": found,
        "when": words.URGENCY[found.urgency],
        "to_ask": questions_for_doctor(found),
        "clearable": [{"reason": r, "marked": form.text(f"covers_{r.id}")} for r in found.reasons if r.clearable],
        "all_clearable": all(r.clearable for r in found.reasons),
        "errors": form.errors,
        "form": {name: form.text(name) for name in ("who", "given_on", "until")},
        "today": timezone.localdate(),
        "places": words.places(visit.sites),
        "kind": words.KINDS[DeviceKind(visit.device_kind)][0],
    }


urlpatterns = [
    path("visit/<uuid:visit_id>/screening/", screening, name="screening"),
    path("visit/<uuid:visit_id>/screening/again/", again, name="screening-again"),
    path("visit/<uuid:visit_id>/screening/<slug:page_id>/", questions, name="questions"),
    path("visit/<uuid:visit_id>/verdict/", verdict, name="verdict"),
]
