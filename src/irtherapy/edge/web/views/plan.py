"""The plan: the minutes, why these, what they will do, and how deep it reaches."""

from __future__ import annotations

import datetime
import math
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from irtherapy import limits
from irtherapy.edge import plugs as own_plugs
from irtherapy.edge.records import compared_told, courses, programmed
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import measures, reach, words
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.stages import stage
from irtherapy.edge.web.steps import trail
from irtherapy.edge.web.telling import told
from irtherapy.edge.web.views.programmes import shown
from irtherapy.export import svg
from irtherapy.values import Device, InputError, PhaseKind, Plan

WIDTH, HEIGHT = 360, 280
SPEEDS = (("20", "20 times faster than real"), ("60", "60 times faster"), ("1", "At the pace of real time"))


@require_GET
@stage("plan")
def plan(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the plan; it is made on the first look and kept."""
    made = visit.plan_value
    if made is None:
        try:
            made = programmed.make_plan(visit)
        except InputError as error:
            messages.error(request, str(error))
            return redirect("device", visit.id)
        programmed.keep_plan(visit, made)
    return render(request, "plan.html", _page(visit, made))


@require_POST
@stage("plan")
def choose(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take another programme for this visit, or other minutes, and plan anew."""
    form = Form(request.POST)
    chosen = form.number("chosen_min", "Minutes of heat", limits.LEAST_MIN, limits.MIRE_CLINIC_MAX_MIN, "min")
    if not form.errors:
        try:
            programmed.choose(visit, form.text("programme"), chosen)
        except InputError as error:
            form.errors["programme" if error.field == "Programme" else "chosen_min"] = str(error)
    if not form.errors:
        return redirect("plan", visit.id)
    made = visit.plan_value
    if made is None:
        return redirect("plan", visit.id)
    typed = {"choose_errors": form.errors, "chosen_min": form.text("chosen_min")}
    return render(request, "plan.html", _page(visit, made) | typed, status=422)


def _programme(visit: Visit) -> dict[str, Any]:
    """Return the programme of the visit as the page shows it, and those that could be chosen instead."""
    programme, setting = programmed.programme_of(visit), programmed.setting_of(visit)
    minutes = sum(phase.minutes for phase in programme.exercise)
    alone = all(phase.kind is PhaseKind.STRETCH for phase in programme.exercise)
    then = f"Then {minutes:g} minutes of stretching." if alone else f"Then {minutes:g} minutes of exercises."
    return {
        "programme": shown(programme, own=False),
        "programmes": list(programmed.fitting(visit).values()),
        "prescription": visit.prescription,
        "chosen_min": "" if visit.chosen_min is None else f"{visit.chosen_min:g}",
        "then": then if programme.exercise else "",
        "usual_min": limits.ceilings(setting).default_min,
        "most_min": min(programme.heat_min, limits.heat_ceiling_min(setting, programmed.device_of(visit).kind)),
    }


def _page(visit: Visit, made: Plan) -> dict[str, Any]:
    device = visit.device_value
    assert device is not None
    return {
        "visit": visit,
        "trail": trail("plan"),
        "plan": made,
        "minutes": f"{made.minutes:g}",
        "place": words.place(made.site.region, made.site.side),
        "others": [words.place(s.region, s.side) for s in visit.site_values if s != made.site],
        "device": device,
        "distance": "" if device.contact else f"{made.placement.distance_m * 100:g} cm",
        "chain": [_link(made, step) for step in made.limit_chain],
        "time_chart": mark_safe(time_chart(made)),
        "time_rows": time_rows(made),
        "depth_chart": mark_safe(depth_chart(made)),
        "depth_rows": depth_rows(made),
        "reach": mark_safe(reach.drawing(made)),
        "reach_sentence": reach.sentence(made),
        "reach_rows": reach.rows(made),
        "warm_min": None if made.warm_at_s is None else f"{made.warm_at_s / 60:.0f}",
        "skin_peak": f"{made.skin_peak_c:.1f}",
        "muscle_rise": f"{made.muscle_rise_c:.1f}",
        "irradiance": f"{made.irradiance_w_m2 / 10:.0f}",
        "reflected": f"{made.reflected_fraction * 100:.0f}",
        "cem43": f"{made.cem43_min:.2f}",
        "ceiling": limits.ceilings(made.setting),
        "speeds": SPEEDS,
        "early": courses.too_early(visit.patient, visit.demo),
        "compared": compared_told.on_plan(visit),
        **_programme(visit),
        **_switches(visit, device),
    }


def _switches(visit: Visit, device: Device) -> dict[str, Any]:
    """Return the person's plugs for this device, each with why it may not switch now, and the first that may."""
    if visit.demo:
        return {"thermometer": True}
    now = datetime.datetime.now(datetime.UTC)
    found = [(one.name, one.why_not(now)) for one in own_plugs.load().values() if one.device_id == device.id]
    warm = any(one.has_thermometer for one in own_plugs.load().values() if one.device_id == device.id)
    return {
        "plugs": found,
        "thermometer": warm,
        "usable": next((name for name, why_not in found if why_not is None), ""),
    }


def _link(made: Plan, step: Any) -> dict[str, str]:
    role = "winner" if step == made.limit else "runner" if step == made.runner_up else ""
    minutes = f"{math.floor(step.minutes * 10) / 10:g}\u00a0min" if math.isfinite(step.minutes) else "not reached"
    if step.name == "eye" and math.isinf(step.minutes):
        minutes = "no limit"
    return {"text": step.text, "minutes": minutes, "role": role, "source": step.source}


def time_chart(made: Plan) -> str:
    """Return temperature against time for the skin, with its spread, and for the muscle."""
    minutes = [t / 60 for t in made.time_s]
    ceiling = limits.ceilings(made.setting)
    peak, rise = max(made.skin_c.p50), measures.rise(f"{made.muscle_rise_c:.1f}")
    return measures.line_chart(
        [
            svg.Series("skin", minutes, made.skin_c.p50, ember=True),
            svg.Series("muscle", minutes, made.muscle_c.p50),
        ],
        "minutes",
        "°C",
        "Temperature of skin and muscle over time",
        f"The skin rises to about {peak:.1f} °C, the muscle by about {rise} °C. "
        f"Heat ends after {made.minutes:g} minutes.",
        band=svg.Band(minutes, made.skin_c.p2_5, made.skin_c.p97_5, "19 of 20 people like you lie in here"),
        limits=[(ceiling.skin_cutoff_c, f"switched off at {ceiling.skin_cutoff_c:g} °C")],
        marks=[(made.minutes, "heat ends")],
        y_range=(30.0, 45.0) if min(made.skin_c.p2_5) >= 30.0 and max(made.skin_c.p97_5) <= 45.0 else None,
        width=WIDTH,
        height=HEIGHT,
        say=told,
    )


def _nearest(times: tuple[float, ...], second: float) -> int:
    return min(range(len(times)), key=lambda i: abs(times[i] - second))


def time_rows(made: Plan) -> list[dict[str, str]]:
    """Return the chart as a table, every two minutes and at the end of heat."""
    last = int(made.time_s[-1] // 60)
    marks = sorted({*range(0, last + 1, 2), made.minutes})
    out = []
    for minute in marks:
        i = _nearest(made.time_s, minute * 60)
        skin = made.skin_c
        out.append(
            {
                "minute": f"{minute:g}",
                "skin": f"{skin.p50[i]:.1f}",
                "range": f"{skin.p2_5[i]:.1f} to {skin.p97_5[i]:.1f}",
                "muscle": f"{made.muscle_c.p50[i]:.1f}",
                "muscle_range": f"{made.muscle_c.p2_5[i]:.1f} to {made.muscle_c.p97_5[i]:.1f}",
            }
        )
    return out


def depth_chart(made: Plan) -> str:
    """Return temperature against depth before the heat and when it ends, with the layers named."""
    end = made.temperature_c[_nearest(made.time_s, made.minutes * 60)]
    layers = made.layer_depths_mm
    marks = [(layers[name], label) for name, label in reach.MARKED.items() if name in layers]
    return measures.line_chart(
        [
            svg.Series("heat ends", made.depth_mm, end, ember=True),
            svg.Series("before", made.depth_mm, made.temperature_c[0], soft=True),
        ],
        "mm under the skin",
        "°C",
        "Temperature by depth, before the heat and when it ends",
        f"At the end of heat the surface is at {end[0]:.1f} °C and at 20 mm it is {_at(made, end, 20.0):.1f} °C.",
        marks=marks,
        x_range=(0.0, max(made.depth_mm[-1], layers["spine"] + 4.0)),
        width=WIDTH,
        height=HEIGHT,
        say=told,
    )


def _at(made: Plan, row: tuple[float, ...], depth_mm: float) -> float:
    return row[min(range(len(made.depth_mm)), key=lambda i: abs(made.depth_mm[i] - depth_mm))]


def depth_rows(made: Plan) -> list[dict[str, str]]:
    """Return the depth chart as a table."""
    start, end = made.temperature_c[0], made.temperature_c[_nearest(made.time_s, made.minutes * 60)]
    wanted = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0)
    return [
        {
            "depth": f"{mm:g}",
            "before": f"{_at(made, start, mm):.1f}",
            "after": f"{_at(made, end, mm):.1f}",
        }
        for mm in wanted
        if mm <= made.depth_mm[-1]
    ]


urlpatterns = [
    path("visit/<uuid:visit_id>/plan/", plan, name="plan"),
    path("visit/<uuid:visit_id>/plan/choose/", choose, name="plan-choose"),
]
