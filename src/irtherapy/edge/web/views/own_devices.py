"""Devices of one's own: told from the label, measured by a meter, shown claimed beside measured."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from irtherapy.device import own
from irtherapy.device.measured import Meter
from irtherapy.edge import devices
from irtherapy.edge.web import measures, words
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.telling import told
from irtherapy.units import w_m2
from irtherapy.values import DeviceKind, InputError

ROWS = 5  # readings that can be told on the page
FIELD_OF = {
    "Name": "name", "Spectrum": "glow", "LED wavelength": "led_nm", "Power": "watts", "Irradiance": "claimed",
    "Claimed output": "claimed", "Surface temperature": "surface_c", "Timer": "timer_min", "Width": "width_cm",
}  # fmt: skip


@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    """Show the person's own devices, and the kinds that one can add."""
    shown = [
        {
            "device": one,
            "kind": words.KINDS[one.kind][0],
            "sentences": devices.sentences(one),
            "rows": devices.rows(one),
            "chart": mark_safe(devices.chart(one, told, measures.line_chart)),
        }
        for one in devices.load().values()
    ]
    kinds = [(kind.value, name, text) for kind, (name, text) in words.KINDS.items()]
    return render(request, "own_devices.html", {"shown": shown, "kinds": kinds})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for what is printed on a device and what a meter showed; keep it when all fits."""
    if kind not in [known.value for known in DeviceKind]:
        raise Http404
    chosen, form = DeviceKind(kind), Form(request.POST)
    back = _visit(request.GET.get("visit", ""))
    if request.method == "POST":
        made = _read(form, chosen)
        if made is not None:
            devices.keep(made)
            messages.success(request, f"{made.name} is kept. You can choose it like any other device.")
            return redirect("device", back) if back else redirect("own-devices")
    context = {
        "kind": kind,
        "own_kind": words.ONE_OF_YOUR_OWN[chosen],
        "light": chosen in own.GLOWS,
        "at_distance": chosen in own.AT_DISTANCE,
        "glows": [(g.value, GLOW_WORDS[g]) for g in own.GLOWS.get(chosen, ()) if g is not own.Glow.LED],
        "led": chosen in own.LED_KINDS,
        "massaging": chosen in (DeviceKind.CHAIR, DeviceKind.HAND_HELD),
        "values": request.POST,
        "errors": form.errors,
        "rows": [
            {"n": n, "cm": form.text(f"cm_{n}"), "mw": form.text(f"mw_{n}"), "error": form.errors.get(f"cm_{n}", "")}
            for n in range(ROWS if chosen in own.AT_DISTANCE else 1)
        ],
        "back": back,
        "query": f"?{urlencode({'visit': str(back)})}" if back else "",
    }
    return render(request, "own_device.html", context, status=422 if form.errors else 200)


GLOW_WORDS = {
    own.Glow.RED: "Red glass: it shines red",
    own.Glow.CLEAR: "Clear glass: it shines white or yellow",
    own.Glow.DARK: "It warms but does not glow",
}


def _visit(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _read(form: Form, kind: DeviceKind) -> own.OwnDevice | None:
    """Return the device, or None with what is wrong in ``form.errors``."""
    light = kind in own.GLOWS
    given: dict[str, Any] = {
        "watts": form.number("watts", "Power", 20, 600, "W"),
        "timer_min": form.number("timer_min", "Timer", 1, 600, "minutes"),
        "has_massage": bool(form.text("has_massage")),
    }
    if light:
        claimed = form.number("claimed", "Light output", 1, 300, "mW/cm²")
        given["claimed_w_m2"] = None if claimed is None else w_m2(claimed)
        given["metered"] = _metered(form, kind)
    else:
        given["surface_c"] = form.number("surface_c", "Surface temperature", 30, 75, "°C")
        given["measured_surface_c"] = form.number("measured_surface_c", "Measured surface", 25, 75, "°C")
    if kind in own.AT_DISTANCE:
        given["claimed_at_m"] = _m(form.number("claimed_at_cm", "Distance of the printed output", 5, 100, "cm"))
    else:
        given["width_m"] = _m(form.number("width_cm", "Width", 0.5, 60, "cm"))
    if kind is DeviceKind.LAMP:
        given["glow"] = form.choice("glow", own.Glow, "Please say what its glass looks like.")
    if kind in own.LED_KINDS:
        given["led_nm"] = form.take("led_nm", lambda: _wavelengths(form.text("led_nm"))) or ()
    if form.errors:
        return None
    try:
        return own.OwnDevice(name=form.text("name"), kind=kind, **given)
    except InputError as error:
        form.errors[FIELD_OF.get(error.field, "readings" if light else "name")] = str(error)
        return None


def _m(cm: float | None) -> float | None:
    return None if cm is None else cm / 100.0


def _wavelengths(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.replace(",", " ").split())
    except ValueError:
        low, high = own.LED_NM
        raise InputError("LED wavelength", f"LED wavelengths must be numbers of {low:g} to {high:g} nm.") from None


def _metered(form: Form, kind: DeviceKind) -> own.Metered | None:
    pairs = []
    for n in range(ROWS if kind in own.AT_DISTANCE else 1):
        if not form.text(f"mw_{n}"):
            if form.text(f"cm_{n}"):
                form.errors[f"cm_{n}"] = "Please tell what the meter showed at this distance, or empty the line."
            continue
        missing = "Please tell the distance of this reading."
        cm = form.number(f"cm_{n}", "Distance", 0, 300, "cm", missing=missing) if kind in own.AT_DISTANCE else 0.0
        mw = form.number(f"mw_{n}", "Reading", 0.1, 500, "mW/cm²")
        if f"mw_{n}" in form.errors:
            form.errors[f"cm_{n}"] = form.errors.pop(f"mw_{n}")
        if cm is not None and mw is not None:
            pairs.append((cm / 100.0, w_m2(mw)))
    if not pairs:
        return None
    meter = form.choice("meter", Meter, "Please say which meter it was: they see different parts of the light.")
    return None if meter is None else own.Metered(meter, tuple(pairs))


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Remove one of the person's own devices."""
    try:
        devices.forget(request.POST.get("device", ""))
    except InputError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The device is forgotten. Records that used it stay as they are.")
    return redirect("own-devices")


urlpatterns = [
    path("devices/", shelf, name="own-devices"),
    path("devices/new/<str:kind>/", add, name="own-device-new"),
    path("devices/forget/", forget, name="own-device-forget"),
]
