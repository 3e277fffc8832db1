"""Which device, how it is used today, and what helps to tell how the heat spreads in you."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from irtherapy.device import catalogue
from irtherapy.edge import data, devices
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import measures, words
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.stages import stage
from irtherapy.edge.web.steps import trail
from irtherapy.values import Device, DeviceKind, InputError, Person, Placement

SIMULATED = "simulated_lamp"
UNLISTED = "unlisted"
LIGHT = (DeviceKind.LAMP, DeviceKind.LED_PANEL, DeviceKind.LED_PADS)
FIELD_OF = {"Power": "watts", "Irradiance": "claimed", "Timer": "timer_min", "Surface temperature": "surface_c"}
USUAL_CM = {DeviceKind.LAMP: "50", DeviceKind.LED_PANEL: "30"}


def models_of(visit: Visit) -> list[Device]:
    """Return the devices a visit may choose from: the simulated lamp alone in a demo, never in a real visit."""
    if visit.demo:
        return [catalogue.simulated_lamp()]
    kind = DeviceKind(visit.device_kind)
    mine = [one.device() for one in devices.load().values() if one.kind is kind]
    return mine + [device for device in catalogue.by_kind(data.catalogue())[kind] if device.id != SIMULATED]


def read_device(form: Form, visit: Visit) -> Device | None:
    """Return the chosen or described device; what is wrong is in ``form.errors``."""
    chosen = form.text("device")
    if chosen == UNLISTED and not visit.demo:
        return described(form, DeviceKind(visit.device_kind))
    for device in models_of(visit):
        if device.id == chosen:
            return device
    form.errors["device"] = "Please choose your device from the list, or tell about it under “Mine is not listed”."
    return None


def described(form: Form, kind: DeviceKind) -> Device | None:
    """Return the device that is not listed, from what its label says."""
    watts = form.number("watts", "Power", 20, 600, "W") if kind not in (DeviceKind.LED_PANEL,) else None
    claimed = form.number("claimed", "Light output", 1, 300, "mW/cm²") if kind in LIGHT else None
    at_cm = form.number("claimed_at_cm", "Distance of the printed output", 5, 100, "cm")
    surface = form.number("surface_c", "Surface temperature", 30, 75, "°C") if kind not in LIGHT else None
    wide = form.number("head_cm", "Width", 0.5, 60, "cm")
    timer = form.number("timer_min", "Timer", 1, 600, "minutes")
    if form.errors:
        return None
    try:
        return catalogue.described(
            kind,
            watts=watts,
            claimed_irradiance_w_m2=None if claimed is None else claimed * 10.0,
            claimed_at_m=None if at_cm is None else at_cm / 100.0,
            surface_temp_c=surface,
            head_width_m=None if wide is None else wide / 100.0,
            has_timer=bool(form.text("has_timer")),
            timer_min=timer,
            has_massage=bool(form.text("has_massage")),
            name=form.text("name")[:60] or words.MINE[kind],
        )
    except InputError as error:
        form.errors[FIELD_OF.get(error.field, "device")] = str(error)
        return None


def read_placement(form: Form, device: Device | None) -> Placement | None:
    """Return how the device is used today; a contact device has no distance."""
    contact = device is not None and device.contact
    missing = "Please tell the distance from the device to your skin."
    distance = 0.0 if contact else form.number("distance_cm", "Distance", 5, 200, "cm", missing=missing)
    room = form.number("room_c", "Room temperature", 5, 40, "°C", missing="Please tell the room temperature.")
    if distance is None or room is None:
        return None
    return Placement(distance / 100.0, room, clothed=contact and bool(form.text("clothed")))


def read_person(form: Form, person: Person) -> Person:
    """Return the person with the details told here; an empty field stays "not told"."""
    height = form.number("height_cm", "Height", 100, 230, "cm")
    weight = form.number("weight_kg", "Weight", 25, 300, "kg")
    tone = form.number("skin_tone", "Skin tone", 1, 6)
    return replace(
        person,
        height_m=None if height is None else height / 100.0,
        weight_kg=weight,
        skin_tone=None if tone is None else int(tone),
    )


@require_http_methods(["GET", "POST"])
@stage("device")
def device(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask for the device, its place and a few details; keep them when all fit."""
    form = Form(request.POST)
    if request.method == "POST":
        chosen = read_device(form, visit)
        placement = read_placement(form, chosen)
        person = read_person(form, visit.person_value)
        if not form.errors and chosen is not None and placement is not None:
            visit.place(person, chosen, placement)
            return redirect("plan", visit.id)
    kind = DeviceKind(visit.device_kind)
    values = dict(request.POST.items()) if request.method == "POST" else measures.shown(_told(visit, kind))
    models = models_of(visit)
    context = {
        "visit": visit,
        "trail": trail("device"),
        "errors": form.errors,
        "values": values,
        "kind": kind.value,
        "which": words.WHICH[kind],
        "icon": f"icons/{kind.value}.svg",
        "models": [{"device": d, "facts": facts(d)} for d in models],
        "light": kind in LIGHT,
        "at_distance": kind in (DeviceKind.LAMP, DeviceKind.LED_PANEL) or any(not d.contact for d in models),
        "always_distance": kind in (DeviceKind.LAMP, DeviceKind.LED_PANEL),
        "massaging": kind in (DeviceKind.CHAIR, DeviceKind.HAND_HELD),
        "skin_tones": words.SKIN_TONES,
    }
    return render(request, "device.html", context, status=422 if form.errors else 200)


def facts(model: Device) -> str:
    """Return one line on how well the output of a device is known."""
    known = {
        "measured": "output measured in a laboratory",
        "claimed": "output as its maker or a trial reports it",
        "modelled": "output worked out by our model",
    }[model.irradiance_basis]
    parts = [known if model.irradiance_profile or not model.contact else "warmth worked out by our model"]
    if model.timer_min:
        parts.append(f"timer of {model.timer_min:g} min")
    elif model.has_timer:
        parts.append("has a timer")
    return "; ".join(parts)


def _told(visit: Visit, kind: DeviceKind) -> dict[str, Any]:
    """Return the fields as they stand before anything is posted."""
    person, place, chosen = visit.person_value, visit.placement_value, visit.device_value
    values: dict[str, Any] = {
        "device": SIMULATED if visit.demo else "",
        "distance_cm": USUAL_CM.get(kind, ""),
        "room_c": "22",
        "height_cm": "" if person.height_m is None else f"{person.height_m * 100:g}",
        "weight_kg": "" if person.weight_kg is None else f"{person.weight_kg:g}",
        "skin_tone": "" if person.skin_tone is None else str(person.skin_tone),
    }
    if chosen is not None and chosen.kind is kind and place is not None:
        listed = chosen.id in [device.id for device in models_of(visit)]
        values |= {"device": chosen.id if listed else UNLISTED, "room_c": f"{place.room_c:g}"}
        values |= {"clothed": "yes" if place.clothed else ""}
        if not chosen.contact:
            values["distance_cm"] = f"{place.distance_m * 100:g}"
        if not listed:
            values |= _label(chosen)
    return values


def _label(chosen: Device) -> dict[str, Any]:
    claim, profile = chosen.claimed_irradiance_w_m2, chosen.irradiance_profile
    surface = chosen.emitter.surface_temp_c
    return {
        "name": chosen.name,
        "watts": "" if chosen.electrical_power_w is None else f"{chosen.electrical_power_w:g}",
        "claimed": "" if claim is None else f"{claim / 10.0:g}",
        "claimed_at_cm": f"{profile[0][0] * 100:g}" if profile and not chosen.contact else "",
        "surface_c": "" if surface is None else f"{surface:g}",
        "timer_min": "" if chosen.timer_min is None else f"{chosen.timer_min:g}",
        "has_timer": "yes" if chosen.has_timer else "",
        "has_massage": "yes" if chosen.has_massage else "",
    }


urlpatterns = [path("visit/<uuid:visit_id>/device/", device, name="device")]
