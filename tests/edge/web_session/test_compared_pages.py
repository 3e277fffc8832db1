"""A comparison on the pages: a real runner and a real simulated lamp, with heat and without, and nobody can tell."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from session_walk import do, heat_on, phase, start, to_plan, told, wait_for

from irtherapy.edge import journal
from irtherapy.edge.drivers import registry
from irtherapy.edge.records import charts, comparisons, rated, visits
from irtherapy.edge.records.models import ComparedSession, Comparison, Visit
from irtherapy.edge.web import live
from irtherapy.outcome import comparison as room
from irtherapy.values import InputError

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"region": "lower_back", "outcome": "pain_after", "pairs": "3", "sessions": "1", "every_days": "2",
        "washout_days": "0", "worthwhile": "1"}  # fmt: skip
SECRETS = {
    first: next(s for s in (f"{n:032x}" for n in range(99)) if room.order(s, 3)[0] is first) for first in (True, False)
}


def begin(client: Client, monkeypatch: pytest.MonkeyPatch, first: bool, device: str = "simulated") -> Comparison:
    monkeypatch.setattr(comparisons.secrets, "token_hex", lambda _: SECRETS[first])
    made = client.post(reverse("trial-new"), {**FORM, "device": device, "starts_on": visits.today()}, follow=True)
    assert made.status_code == 200 and "sealed" in made.content.decode()
    return Comparison.objects.get(ended_at__isnull=True)


def walked(client: Client) -> tuple[Visit, str, list[tuple[int, str, Any]]]:
    """Do a hidden session to its record; return the visit, the session page and all that the stream said."""
    visit = to_plan(client)
    plan = client.get(reverse("plan", args=[visit.id])).content.decode()
    assert "part of your comparison, block 1" in plan and "you are not told" in plan
    visit = start(client, visit, "60")
    heat_on(client, visit, 30.0)
    page = client.get(reverse("session", args=[visit.id])).content.decode()
    do(client, visit, "stop")
    wait_for(lambda: phase(visit) == "rating")
    stream = told(visit, most=1)
    client.post(reverse("after", args=[visit.id]), {"skin_check": "clean", "pain_after": "3", "note": ""})
    visit.refresh_from_db()
    return visit, page, stream


@pytest.mark.parametrize("with_heat", [True, False])
def test_a_hidden_session_tells_nobody_and_the_lamp_does_as_was_drawn(
    client: Client, monkeypatch: pytest.MonkeyPatch, with_heat: bool
) -> None:
    of = begin(client, monkeypatch, with_heat)
    visit, page, stream = walked(client)
    folder = live.folder_of(visit)
    lamp = (folder / "heater.jsonl").read_text(encoding="utf-8") if (folder / "heater.jsonl").exists() else ""
    assert ('"on"' in lamp) is with_heat and registry.emitter_on(folder) is with_heat

    page = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)  # the words of the script for every session
    words = "This session is part of your comparison; the heat may be on or off"
    assert words in page and "Heat is on" not in page and 'id="chart"' not in page
    history = next(data for _, kind, data in stream if kind == "history")
    assert {skin for _, skin, _ in history["samples"]} <= {None}
    record = client.get(reverse("record", args=[visit.id])).content.decode()
    assert "part of your comparison" in record and "°C" not in record and "Page as PDF" not in record
    shown = client.get(reverse("trial-one", args=[of.pk])).content.decode()
    assert "not told yet" in shown and of.secret not in shown and of.sealed in shown and "1 of 1" in shown
    for told_to in (reverse("doctor", args=[visit.id]), reverse("doctor-pdf", args=[visit.id])):
        assert client.get(told_to).status_code == 302
    with pytest.raises(InputError, match="part of your comparison"):
        rated.doctor_html(visit)
    Visit.objects.update(demo=False)  # as if it were a real one: exports leave it out until it is told
    assert not list(charts.chart(None).sessions) and visits.clean_session_count("lower_back") == 0

    with pytest.raises(InputError, match="after the end"):
        comparisons.reveal(of)
    client.post(reverse("trial-end", args=[of.pk]))
    guess = client.get(reverse("trial-one", args=[of.pk])).content.decode()
    assert 'name="guess_0"' in guess and 'name="guess_1"' not in guess and "not told yet" in guess
    client.post(reverse("trial-reveal", args=[of.pk]), {"guess_0": "with", "guess_1": "x", "guess_99": "with"})
    of.refresh_from_db()
    assert (of.guesses_told, of.guesses_right) == (1, int(with_heat))
    visit.refresh_from_db()
    assert (visit.heat_s > 0) is with_heat and ("routine_s" in (visit.record or {})) is not with_heat
    kinds = {event["kind"] for event in (visit.record or {})["events"]}
    assert ("heat_on" in kinds) is with_heat
    end = client.get(reverse("trial-one", args=[of.pk])).content.decode()
    assert "Too few blocks to tell: 0 of 3 pairs" in end and of.secret in end


def test_openly_without_heat_nothing_is_asked_to_be_switched_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_plan(client, demo=False)  # the device is known from now on
    of = begin(client, monkeypatch, False, "hand:r125_150w")
    assert of.concealment == "by_hand"
    visit = to_plan(client, demo=False)
    assert "leave your device off" in client.get(reverse("plan", args=[visit.id])).content.decode()
    client.post(reverse("session-start", args=[visit.id]), {})
    visit.refresh_from_db()
    order = journal.read_order(live.folder_of(visit))
    assert order.comparison == "without" and not order.confirm_off
    for name, _ in order.checks:
        do(client, visit, "check", name)
    do(client, visit, "start")
    wait_for(lambda: phase(visit) == "heating")
    page = client.get(reverse("session", args=[visit.id])).content.decode()
    assert "the heat stays off" in page and "data-manual" not in page
    wait_for(lambda: (live.settle(visit) or 0) and live.settle(visit).heat_s > 0.5)  # type: ignore[union-attr]
    do(client, visit, "stop")
    wait_for(lambda: phase(visit) == "rating")
    client.post(reverse("after", args=[visit.id]), {"skin_check": "clean", "pain_after": "4", "note": ""})
    visit.refresh_from_db()
    assert visit.heat_s == 0 and (visit.record or {})["routine_s"] > 0 and visit.pain_after == 4
    assert visits.clean_session_count("lower_back") == 0
    assert "one without heat" in client.get(reverse("record", args=[visit.id])).content.decode()
    assert ComparedSession.objects.get().block == 0
    lines = live.folder_of(visit) / journal.JOURNAL
    assert not any(e.kind == "heat_on" for e in journal.read(lines))


def test_a_session_may_be_left_out_and_one_of_another_place_is_no_part(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = begin(client, monkeypatch, True)
    visit = to_plan(client)
    client.post(reverse("session-start", args=[visit.id]), {"speed": "60", "outside": "yes"})
    visit.refresh_from_db()
    assert journal.read_order(live.folder_of(visit)).comparison == "" and not ComparedSession.objects.exists()
    do(client, visit, "stop")
    Comparison.objects.filter(pk=of.pk).update(region="neck")
    other = to_plan(client)
    text = client.get(reverse("plan", args=[other.id])).content.decode()
    assert re.search(r"not part of your comparison", text) and comparisons.part_of(other) is None
    assert json.dumps(comparisons.due(of, of.starts_on)) == "0"
