"""With or without: a person compares their own blocks with and without infrared."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from irtherapy.edge.records import compared_told, comparisons
from irtherapy.edge.records.models import Comparison
from irtherapy.edge.web import comparable, words
from irtherapy.edge.web.forms import Form
from irtherapy.outcome.comparison import Design, Outcome
from irtherapy.values import InputError, Region

FIELD_OF = {
    "Pairs of blocks": "pairs",
    "Sessions in a block": "sessions",
    "Days from session to session": "every_days",
    "Days between blocks": "washout_days",
    "Smallest difference": "worthwhile",
    "First day": "starts_on",
}
USUAL = {"pairs": "6", "sessions": "2", "every_days": "2", "washout_days": "2", "worthwhile": "1"}
NUMBERS = (
    ("Pairs of blocks", "pairs", 3, 12, ""),
    ("Sessions in a block", "sessions", 1, 7, ""),
    ("Days from session to session", "every_days", 2, 7, ""),
    ("Days between blocks", "washout_days", 0, 14, ""),
    ("Smallest difference", "worthwhile", 0.5, 5, "points"),
)


@require_GET
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Explain, show the comparisons there are, and ask for a new one when none runs."""
    return _overview(request, dict(USUAL), {})


def _overview(request: HttpRequest, values: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    shown = list(comparisons.kept())
    devices = comparable.devices()
    values.setdefault("device", devices[0].key if devices else "")
    values.setdefault("region", _usual_region())
    values.setdefault("outcome", Outcome.PAIN_AFTER.value)
    values.setdefault("starts_on", timezone.localdate().isoformat())
    context = {
        "running": [one for one in shown if one.ended_at is None],
        "ended": [one for one in shown if one.ended_at is not None],
        "devices": devices,
        "values": values,
        "errors": errors,
        "regions": [(r.value, words.REGIONS[r]) for r in Region],
    }
    return render(request, "trial/overview.html", context, status=422 if errors else 200)


def _usual_region() -> str:
    return comparable.last_region() or Region.NECK.value


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Set a comparison up: its order is drawn and sealed with its plan before the first session."""
    form = Form(request.POST)
    known = {one.key: one for one in comparable.devices()}
    device = known.get(form.text("device"))
    if device is None:
        form.errors["device"] = "Please choose what switches the heat."
    region = form.choice("region", Region, "Please choose the place.")
    outcome = form.choice("outcome", Outcome, "Please choose what is compared.")
    day = form.day("starts_on", "Please choose the first day.")
    numbers = {
        name: form.number(name, label, low, high, unit, missing="Please give a number.")
        for label, name, low, high, unit in NUMBERS
    }
    if not form.errors and device and region and outcome and day:
        try:
            design = Design(region, outcome, day, device.concealment, **numbers)  # type: ignore[arg-type]
            made = comparisons.begin(design, device.device, device.driver, device.plug, demo=device.demo)
        except InputError as error:
            form.errors[FIELD_OF.get(error.field, "form")] = str(error)
        else:
            messages.success(request, "The order is drawn and sealed. The plan is kept and cannot be changed unseen.")
            return redirect("trial-one", made.pk)
    return _overview(request, {name: str(value) for name, value in request.POST.items()}, form.errors)


@require_GET
@never_cache
def one(request: HttpRequest, which: uuid.UUID) -> HttpResponse:
    """Show one comparison: what is due, its blocks, and after the end what it tells."""
    try:
        of = comparisons.find(which)
    except InputError as error:
        messages.error(request, str(error))
        return redirect("trial")
    today = timezone.localdate()
    context: dict[str, Any] = {
        "of": of,
        "place": words.REGIONS[Region(of.region)].lower(),
        "arms": comparisons.told_of_arms(of),
        "due": comparisons.due(of, today),
        "next_day": comparisons.next_day(of, today),
        "blocks": compared_told.blocks(of, today),
        "mornings": compared_told.mornings(of),
        "scale": range(11),
        "guess": [(k, compared_told.dates(of, k)) for k in range(2 * of.pairs) if comparisons.done_in(of, k)],
    }
    template = "trial/running.html"
    if of.ended_at is not None and not of.may_tell:
        template = "trial/ended.html"
    elif of.ended_at is not None:
        template = "trial/result.html"
        context |= _result(of)
    return render(request, template, context)


def _result(of: Comparison) -> dict[str, Any]:
    found = comparisons.result(of)
    drawn = compared_told.chart(found)
    return {
        "result": found,
        "chart": mark_safe(drawn) if drawn else "",
        "ways": compared_told.ways(found),
        "chances": compared_told.chances(of, found),
    }


def _act(request: HttpRequest, which: uuid.UUID, what: Any, said: str) -> HttpResponse:
    try:
        what(comparisons.find(which))
    except InputError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("trial-one", which)


@require_POST
def end(request: HttpRequest, which: uuid.UUID) -> HttpResponse:
    """End a comparison, early or not."""
    return _act(request, which, comparisons.end, "The comparison is ended.")


@require_POST
def go_on(request: HttpRequest, which: uuid.UUID) -> HttpResponse:
    """Take the end back."""
    return _act(request, which, comparisons.go_on, "It goes on as before.")


@require_POST
def reveal(request: HttpRequest, which: uuid.UUID) -> HttpResponse:
    """Tell which block was which, with what the person had thought."""
    told = {}
    for name, value in request.POST.items():
        if name.startswith("guess_") and name[6:].isdigit() and len(name) < 10 and value in ("with", "without"):
            told[int(name[6:])] = value == "with"
    return _act(request, which, lambda of: comparisons.reveal(of, told), "Here is what came out.")


@require_POST
def morning(request: HttpRequest, which: uuid.UUID) -> HttpResponse:
    """Keep the pain on the morning after a session."""

    def keep(of: Comparison) -> None:
        compared_told.tell_morning(of, request.POST.get("visit", ""), request.POST.get("pain", ""))

    return _act(request, which, keep, "Kept.")


@require_POST
def remove(request: HttpRequest, which: uuid.UUID) -> HttpResponse:
    """Put a comparison out of sight, or bring it back."""
    try:
        if request.POST.get("undo") == "yes":
            comparisons.restore(which)
            return redirect("trial-one", which)
        comparisons.remove(comparisons.find(which))
    except InputError as error:
        messages.error(request, str(error))
        return redirect("trial")
    return render(request, "trial/removed.html", {"which": which})


@require_GET
def plan_text(request: HttpRequest, which: uuid.UUID) -> HttpResponse:
    """Send the plan as it was fixed, to be hashed by anybody."""
    try:
        of = comparisons.find(which)
    except InputError as error:
        return HttpResponse(f"{error}\n", status=404, content_type="text/plain; charset=utf-8")
    headers = {"Content-Disposition": 'attachment; filename="irtherapy-comparison.txt"'}
    return HttpResponse(of.plan, content_type="text/plain; charset=utf-8", headers=headers)


urlpatterns = [
    path("trial/", overview, name="trial"),
    path("trial/new/", begin, name="trial-new"),
    path("trial/<uuid:which>/", one, name="trial-one"),
    path("trial/<uuid:which>/plan.txt", plan_text, name="trial-plan"),
    path("trial/<uuid:which>/end/", end, name="trial-end"),
    path("trial/<uuid:which>/go-on/", go_on, name="trial-go-on"),
    path("trial/<uuid:which>/reveal/", reveal, name="trial-reveal"),
    path("trial/<uuid:which>/morning/", morning, name="trial-morning"),
    path("trial/<uuid:which>/remove/", remove, name="trial-remove"),
]
