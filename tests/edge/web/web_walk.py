"""The way through the pages, for the tests: each step posts what a person would."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from irtherapy.edge.records.models import Visit

WHERE = {"side_lower_back": "both", "pain_lower_back": "5", "age": "45", "kind": "lamp"}
DEVICE = {"device": "simulated_lamp", "distance_cm": "50", "room_c": "22"}


def begin(client: Client, demo: bool = True) -> Visit:
    """Press the button of the first page."""
    client.post(reverse("visit-new"), {"demo": "yes"} if demo else {})
    return Visit.objects.order_by("-created")[0]


def tell_where(client: Client, visit: Visit, **changes: str) -> Any:
    """Post the first page."""
    return client.post(reverse("where", args=[visit.id]), {**WHERE, **changes})


def answer(client: Client, visit: Visit, **yes: str) -> Any:
    """Answer every question page: no to all, other than the question ids given."""
    response = client.get(reverse("screening", args=[visit.id]), follow=True)
    for _ in range(40):
        address = response.redirect_chain[-1][0] if response.redirect_chain else ""
        if "page" not in response.context or response.context["page"] is None:
            return response
        given = {f"q_{key}": word for key, word in yes.items()}
        response = client.post(address, {"rest": "no", **given}, follow=True)
    raise AssertionError("the questions do not end")


def to_device(client: Client, demo: bool = True, **where: str) -> Visit:
    """Walk to the device page."""
    visit = begin(client, demo)
    tell_where(client, visit, **where)
    answer(client, visit)
    visit.refresh_from_db()
    return visit


def to_plan(client: Client) -> Visit:
    """Walk to the plan page of a try-out."""
    visit = to_device(client)
    client.post(reverse("device", args=[visit.id]), DEVICE)
    visit.refresh_from_db()
    return visit
