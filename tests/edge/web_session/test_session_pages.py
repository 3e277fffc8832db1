"""The session page, its wishes and its stream, with a real runner behind them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import session_walk as walk
from django.test import Client
from django.urls import reverse

from irtherapy.edge import journal
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import live

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def visit(client: Client) -> Visit:
    """A visit whose session waits for its checks."""
    return walk.start(client, walk.to_plan(client))


def test_the_checks_come_first_and_the_page_can_stop_without_a_script(client: Client, visit: Visit) -> None:
    walk.wait_for(lambda: walk.book(visit).exists())
    page = client.get(reverse("session", args=[visit.id]))
    text = page.content.decode()
    assert page.status_code == 200 and 'data-now="checks"' in text
    assert '<section data-phase="checks">' in text and 'data-phase="heating paused" hidden' in text
    assert "style=" not in text and "onclick" not in text
    walk.heat_on(client, visit)
    text = client.get(reverse("session", args=[visit.id])).content.decode()
    assert '<section data-phase="heating paused">' in text and "Heat is on" in text
    answer = client.post(reverse("session-do", args=[visit.id]), {"kind": "stop"})
    assert answer.status_code == 302
    walk.wait_for(lambda: walk.phase(visit) == "rating")
    after = client.get(reverse("session", args=[visit.id]), follow=True)
    assert "You stopped the session." in after.content.decode()


BAD_WISHES: tuple[dict[str, Any], ...] = (
    {"kind": "more_heat"}, {"kind": None}, {"kind": ["stop"]}, {"kind": "sample", "value": 20}, {},
    {"kind": "comfort", "value": 11}, {"kind": "comfort", "value": -1}, {"kind": "comfort", "value": "nan"},
    {"kind": "comfort", "value": None}, {"kind": "comfort", "value": [3]}, {"kind": "comfort", "value": {"a": 1}},
    {"kind": "pain_after", "value": "a lot"}, {"kind": "pain_after", "value": True},
    {"kind": "skin_check", "value": "green"}, {"kind": "skin_check", "value": ["clean"]},
)  # fmt: skip
BROKEN = (b"{", b"[1]", b'"stop"', b"\xff\xfe", b'{"kind": "comfort", "value": NaN}')


def test_a_bad_wish_gets_one_sentence_and_changes_nothing(client: Client, visit: Visit) -> None:
    walk.wait_for(lambda: walk.book(visit).exists() and journal.read(walk.book(visit)))  # its first line is written
    before = [e for e in journal.read(walk.book(visit)) if e.kind != "sample"]
    for raw in (*(json.dumps(wish).encode() for wish in BAD_WISHES), *BROKEN):
        answer = client.generic("POST", reverse("session-do", args=[visit.id]), raw, content_type="application/json")
        assert answer.status_code == 400, raw
        sentence = answer.json()["error"]
        assert sentence.endswith(".") and "Traceback" not in sentence and "\n" not in sentence
    assert [e for e in journal.read(walk.book(visit)) if e.kind != "sample"] == before
    assert live.is_running(visit)


def test_a_wish_without_the_token_is_refused(visit: Visit) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert walk.do(strict, visit, "stop").status_code == 403
    assert live.is_running(visit)


def test_two_presses_of_the_button_start_one_session(client: Client, visit: Visit) -> None:
    first = visit.session_id
    walk.start(client, visit)
    assert visit.session_id == first and len(list(live.folder_of(visit).parent.iterdir())) == 1


def test_a_visit_has_one_session(client: Client, visit: Visit) -> None:
    first = visit.session_id
    walk.wait_for(lambda: walk.book(visit).exists())
    walk.do(client, visit, "stop")
    walk.wait_for(lambda: not live.is_running(visit))
    answer = client.post(reverse("session-start", args=[visit.id]), {"speed": "20"}, follow=True)
    visit.refresh_from_db()
    assert visit.session_id == first and not live.is_running(visit)
    assert "has had its session" in answer.content.decode()


def test_the_stream_goes_on_where_a_page_lost_it(client: Client, visit: Visit) -> None:
    walk.heat_on(client, visit, seconds=20)
    whole = walk.told(visit, most=2)
    (first_id, name, history), (_, second, shot) = whole
    assert (name, second) == ("history", "snapshot") and len(history["samples"]) >= 19
    assert shot["phase"] == "heating" and shot["heat_on"] and shot["heat_left_s"] < 600
    walk.wait_for(lambda: walk.book(visit).stat().st_size > first_id)
    again = walk.told(visit, seen=first_id, most=2)
    fresh = again[0][2]["samples"]
    assert 0 < len(fresh) < len(history["samples"])
    assert fresh[0][0] > history["samples"][-1][0], "no sample comes twice"
    assert again[1][2]["heat_s"] > shot["heat_s"]
    walk.do(client, visit, "stop")


@pytest.mark.parametrize("seen", ["", "-5", "nonsense", "9" * 40, "²"])
def test_a_strange_last_event_id_is_no_error(client: Client, visit: Visit, seen: str) -> None:
    address = reverse("session-stream", args=[visit.id])
    answer = client.get(address, headers={"Last-Event-ID": seen.encode().decode("latin-1")})
    assert answer.status_code == 200 and answer["Content-Type"] == "text/event-stream"
    assert answer["X-Accel-Buffering"] == "no" and "no-cache" in answer["Cache-Control"]


def test_the_stream_ends_with_the_session(client: Client, visit: Visit) -> None:
    walk.heat_on(client, visit)
    for kind, value in (("stop", None), ("skin_check", "clean"), ("pain_after", 2), ("finish", None)):
        walk.do(client, visit, kind, value)
    walk.wait_for(lambda: not live.is_running(visit))
    frames = walk.told(visit)
    assert frames[-1][1] == "snapshot" and frames[-1][2]["phase"] == "ended"
    assert all(json.dumps(data, allow_nan=False) for _, _, data in frames)


@pytest.mark.parametrize("demo,words", [(True, "goes off by itself"), (False, "switch it off now")])
def test_a_program_that_died_is_told_for_what_it_is(client: Client, demo: bool, words: str) -> None:
    visit = walk.start(client, walk.to_plan(client, demo=demo), speed="20")
    walk.heat_on(client, visit, seconds=1)
    handle = live._running[visit.session_id]
    handle.process.kill()
    handle.process.wait()
    frames = walk.told(visit)
    assert frames[-1][1] == "gone" and words in frames[-1][2]["text"]
    refused = walk.do(client, visit, "stop")
    assert refused.status_code == 400 and words in refused.json()["error"]
    page = client.get(reverse("session", args=[visit.id]), follow=True)
    assert page.redirect_chain and page.status_code == 200
    wanted = "The program stopped, so the heat went off." if demo else "If your device is still on, switch it off now."
    assert wanted in page.content.decode()
    record = client.get(reverse("record", args=[visit.id])).content.decode()
    assert wanted in record and "Tell it now" in record


def test_stretches_that_broke_off_are_offered_and_finished(client: Client) -> None:
    visit = walk.start(client, walk.to_plan(client), "60")
    walk.heat_on(client, visit)
    answer = {"awake": ("awake", None), "comfort": ("comfort", "fine")}
    while walk.phase(visit) != "stretching":
        state = live.settle(visit)
        if state is not None and state.question in answer:
            walk.do(client, visit, *answer[state.question])
    walk.do(client, visit, "stretch_done")
    walk.wait_for(lambda: (state := live.settle(visit)) is not None and state.item >= 1)
    live._running[visit.session_id].process.kill()  # the battery is empty
    live._running[visit.session_id].process.wait()
    walk.wait_for(lambda: walk.phase(visit) == "ended")
    text = client.get(reverse("start")).content.decode()
    assert "Your last session broke off during the stretches" in text
    before = journal.read_order(live.folder_of(visit)).stretch
    response = client.post(reverse("finish-stretch"), follow=True)
    rest = Visit.objects.order_by("-created")[0]
    order = journal.read_order(live.folder_of(rest))
    assert rest != visit and order.heat_s == 0 and order.stretch == before[-len(order.stretch) :]
    assert 0 < len(order.stretch) < len(before) and "START</button>" in response.content.decode()
    assert "broke off" not in client.get(reverse("start")).content.decode()  # offered once
    for name, _ in order.checks:
        walk.do(client, rest, "check", name)
    walk.do(client, rest, "start")
    walk.wait_for(lambda: walk.phase(rest) == "stretching")
    for _ in order.stretch:
        walk.do(client, rest, "stretch_done")
    walk.wait_for(lambda: walk.phase(rest) == "rating")
    walk.do(client, rest, "finish")
    walk.wait_for(lambda: walk.phase(rest) == "ended")
    walk.wait_for(lambda: client.get(reverse("record", args=[rest.id])).status_code == 200)
    assert "heat_on" not in [e.kind for e in journal.read(walk.book(rest))]
