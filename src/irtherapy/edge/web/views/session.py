"""The session pages: start, the live page, its stream and the wishes it sends."""

from __future__ import annotations

import json
import math
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from irtherapy import pathway
from irtherapy.edge import journal
from irtherapy.edge.records import courses, visits
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import live, measures
from irtherapy.edge.web.steps import trail
from irtherapy.edge.web.telling import told
from irtherapy.session import prompts, replay
from irtherapy.session.state import Phase
from irtherapy.values import InputError, SessionOrder, Side, StretchItem

COMPARED = {
    "hidden": "This session is part of your comparison; the heat may be on or off",
    "without": "This session is part of your comparison; the heat stays off",
}
# What the scripts of the page say; places in braces are filled there.
SCRIPT_WORDS = {
    "lost_manual": "The page lost the program. Switch your device off yourself when your time is over. Trying again.",
    "lost": "The page lost the program for a moment. Without it the heat goes off by itself. Trying again.",
    "not_taken": "That did not reach the session. If heat is on, switch it off at the device.",
    "no_answer": "The program does not answer. If heat is on, switch it off at the device.",
    "unknown": "Not known whether heat is on",
    "on": "Heat is on",
    "off": "Heat is off",
    "paused": "Paused. Go on when you like.",
    "massage": "The muscle is warm: gentle massage may begin.",
    "massage_compared": "Gentle massage may begin.",
    "rest_at": "Rest. Your skin is at {skin}\u00a0°C.",
    "rest": "Rest. Move away if it feels too hot.",
    "waiting": "Waiting for the heat.",
    "a_few": "a few",
    "stretch_of": "Stretch {number} of {total}",
    "exercise_of": "Exercise {number} of {total}",
    "cutoff": "off at {cutoff} °C",
    "planned": "planned",
    "skin": "skin",
}
SPEEDS = {"1": 1.0, "20": 20.0, "60": 60.0}


def title(item: StretchItem) -> str:
    """Return the name of a stretch with its side."""
    if item.side is Side.LEFT:
        return f"{item.name}, left side"
    return f"{item.name}, right side" if item.side is Side.RIGHT else item.name


def find(visit_id: uuid.UUID) -> Visit:
    """Return a visit that has not been removed."""
    visit: Visit = get_object_or_404(visits.visible(), id=visit_id)
    return visit


@require_POST
def start(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Start the runner of this visit's session."""
    visit = find(visit_id)
    plug = "" if visit.demo else request.POST.get("switch", "")
    driver = "simulated" if visit.demo else "manual"
    speed = SPEEDS.get(request.POST.get("speed", "1"), 1.0)
    try:
        live.begin(
            visit,
            driver,
            speed,
            plug,
            request.POST.get("closed_loop") == "yes",
            request.POST.get("outside") == "yes",
            request.POST.get("early") == "yes",
        )
    except InputError as error:
        messages.error(request, courses.TICK_EARLY if error.field == "Early" else str(error))
        return redirect("plan", visit.id)
    return redirect("session", visit.id)


BLOCKS = {"stretch": "Stretching", "core": "Core strength", "posture": "Posture"}


def _has_blocks(order: SessionOrder) -> bool:
    return any(item.block != "stretch" for item in order.stretch)


def _count_of(order: SessionOrder) -> str:
    return SCRIPT_WORDS["exercise_of" if _has_blocks(order) else "stretch_of"]


@require_GET
@never_cache
def page(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Show the session; when it has ended, go on to how it was."""
    visit = find(visit_id)
    state = live.settle(visit)
    if state is None:
        return redirect("plan", visit.id)
    if state.phase in (Phase.RATING, Phase.ENDED):
        return redirect("after", visit.id)
    order = state.order
    chart = {
        "time_s": order.planned_time_s,
        "skin_c": order.planned_skin_c,
        "cutoff_c": order.skin_cutoff_c,
        "heat_s": order.heat_s,
        "sensor": order.sensor,
    }
    shot = replay.snapshot(state)
    left_s = math.ceil(shot["heat_left_s"])
    context = {
        "visit": visit,
        "trail": trail("session"),
        "order": order,
        "shot": shot,
        "clock": f"{left_s // 60}:{left_s % 60:02d}",
        "items": [
            {"item": i, "title": title(i), "block": BLOCKS[i.block] if _has_blocks(order) else ""}
            | {pose: pathway.figure(i.exercise_id, pose) for pose in ("start", "moving")}
            for i in order.stretch
        ],
        "chart": chart,
        "heat_min": f"{order.heat_s / 60:g}",
        "scale": range(11),
        "compared_words": COMPARED.get(order.comparison, ""),
        "sample": live.plain(prompts.Prompt("hold", {"seconds": "20"}, prompts.HIGH), told),
        "words": measures.words({k: told(v) for k, v in {**SCRIPT_WORDS, "stretch_of": _count_of(order)}.items()}),
        "units": measures.US if measures.is_us() else measures.METRIC,
    }
    return render(request, "session/session.html", context)


@require_GET
@never_cache
def stream(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Stream the journal of this visit's session as server-sent events."""
    visit = find(visit_id)
    try:
        order = journal.read_order(live.folder_of(visit))
    except InputError as error:
        return JsonResponse({"error": told(str(error))}, status=404)
    seen = request.headers.get("Last-Event-ID", "")
    offset = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
    language = get_language() or "en"
    body = live.stream(order, live.folder_of(visit) / journal.JOURNAL, lambda: live.is_running(visit), offset, language)
    response = StreamingHttpResponse(body, content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


@require_POST
def do(request: HttpRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Take one wish: JSON from the page, or a plain form without JavaScript."""
    visit = find(visit_id)
    is_json = request.content_type == "application/json"
    try:
        wish = _wish(request) if is_json else {"kind": request.POST.get("kind"), "value": request.POST.get("value")}
        live.send(visit, str(wish.get("kind")), wish.get("value"))
    except InputError as error:
        if is_json:
            return JsonResponse({"error": told(str(error))}, status=400)
        messages.error(request, str(error))
    return JsonResponse({"ok": True}) if is_json else redirect("session", visit.id)


def _wish(request: HttpRequest) -> dict[str, Any]:
    try:
        wish = json.loads(request.body)
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise InputError("Wish", "A wish is a JSON object with kind and value.")
    return wish


urlpatterns = [
    path("visit/<uuid:visit_id>/session/start/", start, name="session-start"),
    path("visit/<uuid:visit_id>/session/", page, name="session"),
    path("visit/<uuid:visit_id>/session/stream/", stream, name="session-stream"),
    path("visit/<uuid:visit_id>/session/do/", do, name="session-do"),
]
