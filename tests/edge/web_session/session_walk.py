"""The way to a running session for the tests: real posts, a real runner, a real simulated lamp."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from irtherapy.edge import journal
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import live

WHERE = {"side_lower_back": "both", "pain_lower_back": "5", "age": "45", "kind": "lamp"}
DEMO_LAMP = {"device": "simulated_lamp", "distance_cm": "60", "room_c": "22"}
OWN_LAMP = {"device": "r125_150w", "distance_cm": "60", "room_c": "22"}


def to_plan(client: Client, demo: bool = True) -> Visit:
    """Walk from the first page to the plan."""
    client.post(reverse("visit-new"), {"demo": "yes"} if demo else {})
    visit = Visit.objects.order_by("-created")[0]
    client.post(reverse("where", args=[visit.id]), WHERE)
    response = client.get(reverse("screening", args=[visit.id]), follow=True)
    while response.context.get("page") is not None:
        response = client.post(response.redirect_chain[-1][0], {"rest": "no"}, follow=True)
    client.post(reverse("device", args=[visit.id]), DEMO_LAMP if demo else OWN_LAMP)
    client.get(reverse("plan", args=[visit.id]))
    visit.refresh_from_db()
    assert visit.plan is not None
    return visit


def start(client: Client, visit: Visit, speed: str = "20") -> Visit:
    """Press the button of the plan page."""
    client.post(reverse("session-start", args=[visit.id]), {"speed": speed})
    visit.refresh_from_db()
    assert live.is_running(visit)
    return visit


def do(client: Client, visit: Visit, kind: Any, value: Any = None) -> Any:
    """Send one wish as the page does."""
    body = {"kind": kind, "value": value}
    return client.post(reverse("session-do", args=[visit.id]), body, content_type="application/json")


def book(visit: Visit) -> Path:
    """Return the journal of a visit's session."""
    return live.folder_of(visit) / journal.JOURNAL


def wait_for(what: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def phase(visit: Visit) -> str:
    """Return the phase the journal says."""
    state = live.settle(visit)
    return "" if state is None else state.phase.value


def heat_on(client: Client, visit: Visit, seconds: float = 0.0) -> None:
    """Confirm the checks, press START, and wait until there was heat for so many session seconds."""
    wait_for(lambda: book(visit).exists())
    for name, _ in journal.read_order(live.folder_of(visit)).checks:
        do(client, visit, "check", name)
    do(client, visit, "start")
    if not visit.demo:
        wait_for(lambda: phase(visit) == "heating")
        do(client, visit, "on_confirmed")

    def warm() -> bool:
        state = live.settle(visit)
        return state is not None and state.lamp_on and state.heat_s >= seconds

    wait_for(warm)


def told(visit: Visit, seen: int = 0, most: int = 1000) -> list[tuple[int, str, Any]]:
    """Return what the stream says from the offset ``seen`` on: (id, event, data) each."""

    async def listen() -> list[tuple[int, str, Any]]:
        order = journal.read_order(live.folder_of(visit))
        frames = []
        async for raw in live.stream(order, book(visit), lambda: live.is_running(visit), seen):
            if raw.startswith(b":"):
                continue
            lines = dict(line.split(": ", 1) for line in raw.decode().strip().splitlines())
            frames.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
            if len(frames) >= most:
                break
        return frames

    with ThreadPoolExecutor(1) as other:  # a browser test before this one may have left its loop in this thread
        return other.submit(asyncio.run, listen()).result()
