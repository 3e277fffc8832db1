"""The session that the skin thermometer leads, begun on the page: opted in, and never without a thermometer."""

from __future__ import annotations

import pytest
import session_walk as walk
from django.test import Client
from django.urls import reverse

from irtherapy.edge import journal
from irtherapy.edge.runner import steering
from irtherapy.edge.web import live

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_opted_in_on_the_plan_and_its_forecast_is_shown(client: Client) -> None:
    visit = walk.to_plan(client)
    assert "Research: let the skin thermometer lead" in client.get(reverse("plan", args=[visit.id])).content.decode()
    client.post(reverse("session-start", args=[visit.id]), {"speed": "60", "closed_loop": "yes"})
    visit.refresh_from_db()
    assert (live.folder_of(visit) / steering.SPEC).exists()
    walk.heat_on(client, visit)
    walk.wait_for(lambda: any(e.kind == "forecast" for e in journal.read(walk.book(visit))))
    events = journal.read(walk.book(visit))
    assert [e.kind for e in events].index("closed_loop") < [e.kind for e in events].index("start")
    told = next(e.data for e in events if e.kind == "forecast")
    assert told["fits"] and told["skin_p97_5_c"] < 42.0 and told["safe_s"] >= 0.0
    walk.wait_for(lambda: (state := live.settle(visit)) is not None and state.forecast is not None)
    page = client.get(reverse("session", args=[visit.id])).content.decode()
    assert "Your thermometer leads" in page
    walk.do(client, visit, "stop")
    walk.wait_for(lambda: walk.phase(visit) == "rating")


def test_without_the_wish_nothing_of_it_is_there(client: Client) -> None:
    visit = walk.to_plan(client)
    client.post(reverse("session-start", args=[visit.id]), {"speed": "60"})
    visit.refresh_from_db()
    assert not (live.folder_of(visit) / steering.SPEC).exists()
    walk.heat_on(client, visit)
    assert not any(e.kind in ("closed_loop", "forecast") for e in journal.read(walk.book(visit)))
    walk.do(client, visit, "stop")
    walk.wait_for(lambda: walk.phase(visit) == "rating")


def test_a_device_that_a_person_switches_cannot_be_led(client: Client) -> None:
    visit = walk.to_plan(client, demo=False)
    page = client.get(reverse("plan", args=[visit.id])).content.decode()
    assert "let the skin thermometer lead" not in page
    answer = client.post(reverse("session-start", args=[visit.id]), {"closed_loop": "yes"}, follow=True)
    assert "A closed loop needs a skin thermometer" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.session_id == ""
