"""Explore: turn distance, minutes, fat, skin and room, and see what the heat would do. Nothing here starts heat."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from irtherapy import limits, pathway
from irtherapy.device import geometry
from irtherapy.dose import exposure, simulate
from irtherapy.edge import data
from irtherapy.edge.web import measures, reach, words
from irtherapy.edge.web.telling import told as say
from irtherapy.edge.web.views import plan as plan_page
from irtherapy.export import svg
from irtherapy.values import (
    Decision,
    Device,
    InputError,
    Person,
    Placement,
    Plan,
    Region,
    Setting,
    Site,
    Urgency,
    Verdict,
    in_range,
)

PERSONS = 60  # enough for a curve that follows the finger; the plan of a session takes 200
CLEAN_SESSIONS = 10  # the limits of somebody who has done this for a while
FREE = Verdict(Decision.GO, (), (), Setting.HOME, "", Urgency.NONE)
FIRST = {"device": "r125_150w", "site": "lower_back", "distance_cm": "60", "minutes": "15", "fat_mm": "10",
         "skin_tone": "3", "room_c": "22"}  # fmt: skip
SLIDERS = (
    ("distance_cm", "Distance", "cm", 5.0, 200.0, 1.0),
    ("minutes", "Minutes of heat", "min", 1.0, 30.0, 0.5),
    ("fat_mm", "Fat over the muscle", "mm", 2.0, 40.0, 1.0),
    ("skin_tone", "Skin type, 1 palest to 6 darkest", "", 1.0, 6.0, 1.0),
    ("room_c", "Room", "\u00b0C", 15.0, 32.0, 0.5),
)


@require_GET
def explore(request: HttpRequest) -> HttpResponse:
    """Show the page, or its answer alone when the script asks for it."""
    told = {name: str(request.GET.get(name, first)) for name, first in FIRST.items()}
    part = request.headers.get("X-Part") == "answer"
    context: dict[str, Any] = {}
    status = 200
    try:
        context = _answer(told)
    except InputError as error:
        context["problem"] = str(error)
        status = 400
    if not part:
        context |= _controls(told)
    return render(request, "explore/answer.html" if part else "explore/explore.html", context, status=status)


def _controls(told: dict[str, str]) -> dict[str, Any]:
    known = data.catalogue()
    device = known.get(told["device"])
    range_cm = _range_cm(device or known[FIRST["device"]])
    told = {**told, "distance_cm": _within(told["distance_cm"], *range_cm)}
    sliders = [
        {"name": name, "label": label, "unit": unit, "step": f"{step:g}", "value": told[name],
         **measures.slider(told[name], unit),
         "low": range_cm[0] if name == "distance_cm" else f"{low:g}",
         "high": range_cm[1] if name == "distance_cm" else f"{high:g}",
         "hidden": name == "distance_cm" and device is not None and device.contact}
        for name, label, unit, low, high, step in SLIDERS
    ]  # fmt: skip
    devices = sorted(known.values(), key=lambda d: (d.kind.value, d.name))
    ranges = {d.id: _range_cm(d) for d in devices}
    return {
        "sliders": sliders,
        "unknown": device is None,
        "devices": [
            {"id": d.id, "name": d.name, "contact": d.contact, "near": ranges[d.id][0], "far": ranges[d.id][1]}
            for d in devices
        ],
        "sites": [(region.value, words.place(region, Site(region).side)) for region in Region],
        "told": told,
    }


def _range_cm(device: Device) -> tuple[int, int]:
    """Return the whole centimetres between which its irradiance is known; those of a bulb for what lies on the skin."""
    near_m, far_m = geometry.BULB_RANGE_M if device.contact else geometry.distance_range_m(device)
    return math.ceil(near_m * 100.0 - 1e-6), math.floor(far_m * 100.0 + 1e-6)


def _beyond(most_c: float) -> str:
    return f"Above {most_c:g} \u00b0C nobody was measured, so read these figures as far too hot, no more."


def _within(told_cm: str, near_cm: int, far_cm: int) -> str:
    """Return the distance where the slider can stand; what is no number stays as it was told."""
    try:
        return f"{min(max(float(told_cm), near_cm), far_cm):g}"
    except ValueError:
        return told_cm


def _answer(told: dict[str, str]) -> dict[str, Any]:
    number = {
        name: in_range(label.split(",")[0], told[name], low, high, unit) for name, label, unit, low, high, _ in SLIDERS
    }
    device = data.catalogue().get(told["device"])
    if device is None:
        raise InputError("Device", f"Device {told['device'][:40]!r} is not in the catalogue.")
    if told["site"] not in set(Region):
        raise InputError("Site", f"Site must be one of {', '.join(Region)}; got {told['site'][:40]!r}.")
    distance_m = 0.0 if device.contact else number["distance_cm"] / 100.0
    if not device.contact:
        near_cm, far_cm = _range_cm(device)
        distance_m = min(max(distance_m, near_cm / 100.0), far_cm / 100.0)
    minutes = round(number["minutes"] * 2.0) / 2.0
    allowed, shown, light = _computed(
        told["site"], device, distance_m, minutes, number["fat_mm"], round(number["skin_tone"]), number["room_c"]
    )
    return {
        "allowed": f"{allowed.minutes:g}",
        "because": allowed.limit.text,
        "over": minutes > allowed.minutes,
        "minutes": f"{minutes:g}",
        "device": device,
        "distance": "" if device.contact else f"{distance_m * 100:g}",
        "skin_peak": f"{shown.skin_peak_c:.1f}",
        "beyond": _beyond(simulate.MEASURED_TO_C) if shown.skin_peak_c > simulate.MEASURED_TO_C else "",
        "over_target": shown.skin_peak_c > limits.ceilings(Setting.HOME).skin_target_c,
        "muscle_rise": f"{shown.muscle_rise_c:.1f}",
        "irradiance": f"{shown.irradiance_w_m2 / 10:.0f}",
        "time_chart": mark_safe(plan_page.time_chart(shown)),
        "time_rows": plan_page.time_rows(shown),
        "depth_chart": mark_safe(plan_page.depth_chart(shown)),
        "depth_rows": plan_page.depth_rows(shown),
        "reach": mark_safe(reach.drawing(shown)),
        "reach_sentence": reach.sentence(shown),
        "reach_rows": reach.rows(shown),
        "light_rows": [
            (f"{mm:g}", f"{rate / 10.0:.1f}")
            for mm, rate in zip(shown.depth_mm, light, strict=True)
            if mm in (0.0, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0)
        ],
        "light_chart": mark_safe(_light_chart(shown, light)) if exposure.has_light(device) else "",
    }


@lru_cache(maxsize=256)
def _computed(
    site: str, device: Device, distance_m: float, minutes: float, fat_mm: float, tone: int, room_c: float
) -> tuple[Plan, Plan, tuple[float, ...]]:
    """Return what a plan would allow, the same with what ``minutes`` of heat would do, and the light by depth."""
    person, where = Person(fat_m=fat_mm / 1000.0, skin_tone=tone), Site(Region(site))
    place = Placement(distance_m, room_c)
    tables = data.body_tables()
    allowed = pathway.make_plan(person, where, device, place, FREE, CLEAN_SESSIONS, tables, persons=PERSONS)
    done = simulate.simulate(person, where, device, place, [simulate.Phase(minutes)], tables, persons=PERSONS)
    shown = replace(
        allowed, minutes=minutes, time_s=done.time_s, skin_c=done.skin_c, muscle_c=done.muscle_c,
        temperature_c=tuple(zip(*done.temperature_c, strict=True)), skin_peak_c=done.skin_peak_c,
        muscle_rise_c=done.muscle_rise_c, cem43_min=done.cem43_min, reach_mm=done.reach_mm,
    )  # fmt: skip
    return allowed, shown, done.fluence_rate_w_m2


def _light_chart(shown: Plan, fluence_rate_w_m2: tuple[float, ...]) -> str:
    depth, value = shown.depth_mm, [rate / 10.0 for rate in fluence_rate_w_m2]
    return svg.line_chart(
        [svg.Series("light", depth, value, ember=True)],
        "mm under the skin",
        "mW/cm\u00b2",
        "Light by depth",
        f"Of {shown.irradiance_w_m2 / 10:.0f} mW/cm\u00b2 on the skin, {value[9]:.0f} are left at {depth[9]:g} mm.",
        marks=[(shown.layer_depths_mm[name], label) for name, label in reach.MARKED.items()],
        width=plan_page.WIDTH,
        height=plan_page.HEIGHT,
        say=say,
    )


urlpatterns = [path("explore/", explore, name="explore")]
