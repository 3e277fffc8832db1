"""Where it hurts and how much, the age, and the kind of device."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import words
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.stages import stage
from irtherapy.edge.web.steps import trail
from irtherapy.values import DeviceKind, Person, Region, Side, Site, from_json

AGE_MISSING = "Please tell your age in years, from 8 to 110. Some questions and limits depend on it."
KIND_MISSING = "Please choose the kind of device that is closest to yours."
NO_PLACE = "Please choose at least one sore place: neck, upper back or lower back."


def read_sites(form: Form) -> tuple[Site, ...]:
    """Return the chosen places with their pain; what is missing or wrong is in ``form.errors``."""
    sites = []
    for region, name in words.IN_A_SENTENCE.items():
        side = form.choice(f"side_{region}", Side)
        if side is None:
            continue
        missing = f"Please tell how strong the pain is in your {name}, from 0 to 10."
        pain = form.number(f"pain_{region}", "Pain", 0, 10, missing=missing)
        if pain is not None:
            sites.append(Site(region, side, pain))
    if not sites and not form.errors:
        form.errors["places"] = NO_PLACE
    return tuple(sites)


@require_http_methods(["GET", "POST"])
@stage("where")
def where(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask where, how much, the age and the kind; keep them when all are told."""
    form = Form(request.POST)
    if request.method == "POST":
        sites = read_sites(form)
        age = form.number("age", "Age", 8, 110, "years", missing=AGE_MISSING)
        kind = DeviceKind.LAMP if visit.demo else form.choice("kind", DeviceKind, KIND_MISSING)
        if not form.errors and kind is not None:
            before = from_json(Person, visit.person)
            visit.tell_where(sites, Person(**{**_fields(before), "age_years": age}), kind.value)
            return redirect("screening", visit.id)
    context = {
        "visit": visit,
        "trail": trail("where"),
        "errors": form.errors,
        "places": [_place(form, visit, region, request.method == "POST") for region in Region],
        "age": form.text("age") if request.method == "POST" else _plain(visit.person.get("age_years")),
        "kinds": [
            {"id": kind.value, "name": name, "hint": hint, "icon": f"icons/{kind.value}.svg"}
            for kind, (name, hint) in words.KINDS.items()
        ],
        "kind": form.text("kind") if request.method == "POST" else visit.device_kind,
    }
    return render(request, "where.html", context, status=422 if form.errors else 200)


def _fields(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in person.__dataclass_fields__}


def _place(form: Form, visit: Visit, region: Region, posted: bool) -> dict[str, Any]:
    told: dict[str, Any] = next((site for site in visit.sites if site["region"] == region), {})
    side = form.text(f"side_{region}") if posted else told.get("side", "")
    pain = form.text(f"pain_{region}") if posted else _plain(told.get("pain_0_10"))
    return {
        "id": region.value,
        "name": words.REGIONS[region],
        "side": side,
        "pain": pain,
        "sides": [(s.value, words.SIDES[s]) for s in (Side.LEFT, Side.BOTH, Side.RIGHT)],
        "error": form.errors.get(f"pain_{region}", ""),
    }


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


urlpatterns = [path("visit/<uuid:visit_id>/where/", where, name="where")]
