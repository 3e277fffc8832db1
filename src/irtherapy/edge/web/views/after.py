"""After the session: how the skin and the pain are, the record, and the doctor's page."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from irtherapy import pathway
from irtherapy.edge.pdf import pdf_bytes
from irtherapy.edge.records import comparisons, rated
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import live, measures, next_day
from irtherapy.edge.web.steps import trail
from irtherapy.edge.web.telling import whole_page
from irtherapy.edge.web.views.session import find
from irtherapy.session.state import Phase, end_text
from irtherapy.values import InputError, in_range

SKIN = (
    ("clean", "As before", "No marks, no redness."),
    ("red_fading", "Evenly pink", "Pink and fading is usual for up to an hour."),
    ("marks", "Marks", "A blister, a white or dark patch, a net-like pattern, pain that stays, or redness for hours."),
)
MARKS_ADVICE = (
    "Stop all heat there and cool the skin with cool water. See a doctor; go today if there is a blister, or if you "
    "have diabetes or numb skin."
)


@require_http_methods(["GET", "POST"])
@never_cache
def after(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Ask how the skin and the pain are, once, then show the record."""
    visit = find(visit_id)
    state = live.settle(visit)
    if state is None:  # a record that was brought here from elsewhere has no session folder
        return redirect("plan" if visit.record is None else "record", visit.id)
    if state.phase not in (Phase.RATING, Phase.ENDED):
        return redirect("session", visit.id)
    if state.heat_s <= 0 or visit.step == Visit.Step.DONE:
        return redirect("record", visit.id)
    errors: dict[str, str] = {}
    given = {"skin_check": "", "pain_after": "", "note": ""}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in given}
        errors = keep(visit, given)
        if not errors:
            return redirect("record", visit.id)
    context = {
        "visit": visit,
        "trail": trail("after"),
        "state": state,
        "why": end_text(state.why or "completed", state.order.confirm_off, state.order.comparison),
    }
    context |= {"skin": SKIN, "errors": errors, "given": given, "scale": range(11), "before": visit.pain_before}
    return render(request, "after/after.html", context, status=400 if errors else 200)


def keep(visit: Visit, given: dict[str, str]) -> dict[str, str]:
    """Keep what was told after a session; return the sentences of what is wrong, and then keep nothing."""
    errors = {}
    if given["skin_check"] not in {value for value, _, _ in SKIN}:
        errors["skin_check"] = "Skin: choose one of the three."
    try:
        pain = in_range("Pain", given["pain_after"], 0, 10)
    except InputError as error:
        errors["pain_after"] = str(error) if given["pain_after"] else "Pain: choose a number from 0 to 10."
    if errors:
        return errors
    told = (("skin_check", given["skin_check"]), ("pain_after", pain), ("note", given["note"]), ("finish", None))
    try:
        if live.is_running(visit):  # the journal is the record as long as its program runs
            for kind, value in told:
                live.send(visit, kind, value)
    except InputError:
        pass  # it ended while we were telling it: the visit keeps what was told
    live.finish(visit)
    try:
        rated.rate(visit, given["skin_check"], pain, given["note"])
    except InputError as error:
        return {"form": str(error)}
    next_day.tell()
    return {}


@require_GET
@never_cache
def record(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Show what was planned, what happened and when the next session may be."""
    visit = find(visit_id)
    if visit.record is None:
        live.settle(visit)
        visit.refresh_from_db()
    if visit.record is None:
        return redirect("session", visit.id)
    if comparisons.hidden(visit):
        told = {"visit": visit, "trail": trail("after"), "record": visit.record, "next": rated.next_session(visit)}
        told |= {"may_tell": visit.step != Visit.Step.DONE and visit.record["heat_s"] > 0}
        told |= {"minutes": visit.record["heat_s"] / 60, "planned": visit.record["order"]["heat_s"] / 60}
        told |= {"skin": next((title for value, title, _ in SKIN if value == visit.skin_check), "")}
        told |= {"marks_advice": MARKS_ADVICE if visit.skin_check == "marks" else ""}
        return render(request, "trial/hidden_record.html", told)
    samples = rated.samples(visit)
    context: dict[str, Any] = {
        "visit": visit,
        "trail": trail("after"),
        "record": visit.record,
        "plan": visit.plan,
        "skin": next((title for value, title, _ in SKIN if value == visit.skin_check), ""),
        "sensor": visit.record["order"]["sensor"],
        "may_tell": visit.step != Visit.Step.DONE and (visit.record["heat_s"] or visit.record.get("routine_s", 0)) > 0,
        "without_heat": "routine_s" in visit.record,
        "chart": pathway.record_chart(visit.record, samples, measures.line_chart),
        "rows": pathway.record_rows(visit.record, samples),
        "events": rated.told_events(visit),
        "next": rated.next_session(visit),
        "marks_advice": MARKS_ADVICE if visit.skin_check == "marks" else "",
        "heat_min": visit.record["heat_s"] / 60,
        "planned_min": visit.record["order"]["heat_s"] / 60,
        "stretch_min": visit.record["stretch_s"] / 60,
        "massage_min": visit.record["massage_s"] / 60,
    }
    return render(request, "after/record.html", context)


@require_GET
def doctor(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Show the doctor's page; its one style sheet is inside it and named to the browser by its hash."""
    digest = base64.b64encode(hashlib.sha256(pathway.REPORT_CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; frame-ancestors 'none'"
    try:
        page = whole_page(rated.doctor_html(find(visit_id)))
    except InputError as error:
        messages.error(request, str(error))
        return redirect("record", visit_id)
    return HttpResponse(page, headers={"Content-Security-Policy": policy})


@require_GET
def doctor_pdf(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Send the doctor's page as PDF."""
    visit = find(visit_id)
    try:
        body = pdf_bytes(whole_page(rated.doctor_html(visit)))
    except InputError as error:
        messages.error(request, str(error))
        return redirect("record", visit.id)
    name = f"irtherapy-{visit.created:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@require_POST
def remove(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Take a record out of sight, or bring it back."""
    if request.POST.get("undo") == "yes":
        get_object_or_404(Visit, id=visit_id).restore()
        return redirect("record", visit_id)
    visit = find(visit_id)
    if live.is_running(visit):
        messages.error(request, "This session still runs. Stop it first, then remove its record.")
        return redirect("session", visit_id)
    visit.remove()
    return render(request, "after/removed.html", {"visit": visit})


urlpatterns = [
    path("visit/<uuid:visit_id>/after/", after, name="after"),
    path("visit/<uuid:visit_id>/record/", record, name="record"),
    path("visit/<uuid:visit_id>/doctor/", doctor, name="doctor"),
    path("visit/<uuid:visit_id>/doctor.pdf", doctor_pdf, name="doctor-pdf"),
    path("visit/<uuid:visit_id>/remove/", remove, name="remove"),
]
