"""The pages before the session: the way through, and what each refuses."""

from __future__ import annotations

import datetime

import pytest
import web_walk as walk
from django.test import Client
from django.urls import reverse

from irtherapy.edge.records.models import Clearance, Visit

pytestmark = pytest.mark.django_db


def test_the_first_page_says_what_this_is_and_to_see_a_doctor(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "See your doctor first" in page
    assert "Try it with a simulated lamp" in page


def test_every_page_loads_from_this_server_alone(client: Client) -> None:
    response = client.get("/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    page = response.content.decode()
    assert "style=" not in page and "https://" not in page and "onclick" not in page


def test_a_healthy_person_comes_to_the_plan(client: Client) -> None:
    visit = walk.to_plan(client)
    assert visit.may_heat
    page = client.get(reverse("plan", args=[visit.id]))
    assert page.status_code == 200
    visit.refresh_from_db()
    plan = visit.plan_value
    assert plan is not None and 0 < plan.minutes <= 10
    text = page.content.decode()
    for step in plan.limit_chain:
        assert step.text[1:].split("'")[0] in text
    assert reverse("session-start", args=[visit.id]) in text
    assert "style=" not in text


@pytest.mark.parametrize("field,value", [
    ("pain_lower_back", "11"), ("pain_lower_back", "-1"), ("pain_lower_back", "nan"), ("pain_lower_back", ""),
    ("pain_lower_back", "five"), ("age", ""), ("age", "7"), ("age", "inf"), ("kind", "toaster"),
])  # fmt: skip
def test_a_bad_first_page_is_told_in_one_sentence_and_changes_nothing(client: Client, field: str, value: str) -> None:
    visit = walk.begin(client, demo=False)
    response = walk.tell_where(client, visit, **{field: value})
    assert response.status_code == 422
    assert list(response.context["errors"]) == [field]
    visit.refresh_from_db()
    assert (visit.sites, visit.person, visit.device_kind, visit.step) == ([], {}, "", "where")


def test_no_place_is_told(client: Client) -> None:
    visit = walk.begin(client, demo=False)
    response = walk.tell_where(client, visit, side_lower_back="")
    assert response.status_code == 422
    assert "places" in response.context["errors"]


@pytest.mark.parametrize("field,value", [
    ("distance_cm", "-5"), ("distance_cm", "nan"), ("distance_cm", ""), ("room_c", "60"), ("height_cm", "5"),
    ("weight_kg", "inf"), ("skin_tone", "9"), ("device", "death_ray"), ("device", ""),
])  # fmt: skip
def test_a_bad_device_page_is_told_in_one_sentence_and_changes_nothing(client: Client, field: str, value: str) -> None:
    visit = walk.to_device(client)
    response = client.post(reverse("device", args=[visit.id]), {**walk.DEVICE, field: value})
    assert response.status_code == 422
    assert list(response.context["errors"]) == [field]
    visit.refresh_from_db()
    assert visit.device is None and visit.placement is None


@pytest.mark.parametrize("watts", ["nan", "-40", "inf", "many"])
def test_bad_watts_of_a_device_that_is_not_listed(client: Client, watts: str) -> None:
    visit = walk.to_device(client, demo=False)
    posted = {"device": "unlisted", "watts": watts, "distance_cm": "50", "room_c": "22"}
    response = client.post(reverse("device", args=[visit.id]), posted)
    assert response.status_code == 422
    assert "watts" in response.context["errors"]
    visit.refresh_from_db()
    assert visit.device is None


def test_a_device_that_is_not_listed_gets_a_plan(client: Client) -> None:
    visit = walk.to_device(client, demo=False)
    posted = {"device": "unlisted", "watts": "150", "distance_cm": "60", "room_c": "22"}
    response = client.post(reverse("device", args=[visit.id]), posted, follow=True)
    assert response.status_code == 200
    visit.refresh_from_db()
    assert visit.plan is not None and not visit.device["listed"]


def test_no_page_after_the_verdict_opens_without_go(client: Client) -> None:
    visit = walk.begin(client)
    for name in ("device", "plan", "verdict"):
        assert client.get(reverse(name, args=[visit.id])).url == reverse("where", args=[visit.id])
    walk.tell_where(client, visit)
    for name in ("device", "plan"):
        assert client.get(reverse(name, args=[visit.id])).url == reverse("screening", args=[visit.id])


def test_answers_of_yesterday_are_asked_again(client: Client) -> None:
    visit = walk.to_plan(client)
    Visit.objects.update(answered_on=visit.answered_on - datetime.timedelta(days=1))
    client.get(reverse("plan", args=[visit.id]))
    visit.refresh_from_db()
    assert visit.verdict is None and visit.plan is None


def test_an_open_question_is_told_and_nothing_is_kept(client: Client) -> None:
    visit = walk.begin(client)
    walk.tell_where(client, visit)
    page = client.get(reverse("screening", args=[visit.id]), follow=True)
    response = client.post(page.redirect_chain[-1][0], {})
    assert response.status_code == 422
    visit.refresh_from_db()
    assert visit.answers == {}


def first_ask_first(client: Client) -> tuple[Visit, str]:
    """Return a visit whose verdict is ask first because of one cleared-able reason, with the reason's id."""
    from irtherapy.edge import data

    for row in data.questionnaire().rows:
        if row.level != "ask_first" or row.red_flag or row.when != "before":
            continue
        visit = walk.begin(client)
        walk.tell_where(client, visit)
        walk.answer(client, visit, **dict.fromkeys(row.rule[0], "yes"))
        visit.refresh_from_db()
        reasons = (visit.verdict or {}).get("reasons", [])
        if (visit.verdict or {}).get("decision") == "ask_first" and [r["id"] for r in reasons] == [row.id]:
            return visit, row.id
    raise AssertionError("no row asks first on its own")


def test_ask_first_is_printable_and_a_recorded_clearance_opens_the_way(client: Client) -> None:
    visit, reason = first_ask_first(client)
    address = reverse("verdict", args=[visit.id])
    assert "What to ask" in client.get(address).content.decode()
    assert client.get(reverse("device", args=[visit.id])).url == address
    today = datetime.date.today()  # noqa: DTZ011
    good = {"who": "Dr Lind", "given_on": str(today), "until": str(today + datetime.timedelta(days=30))}
    for bad in ({}, {"who": "Dr Lind"}, good, {**good, f"covers_{reason}": "yes", "until": "2001-01-01"}):
        response = client.post(address, bad)
        assert response.status_code == 422 and response.context["errors"]
    assert Clearance.objects.count() == 0
    client.post(address, {**good, f"covers_{reason}": "yes"})
    visit.refresh_from_db()
    assert visit.may_heat
    assert visit.verdict["setting"] == "home_at_risk"


def test_not_now_cannot_be_cleared(client: Client) -> None:
    from irtherapy.edge import data

    row = next(r for r in data.questionnaire().rows if r.level == "emergency" and len(r.rule[0]) == 1)
    visit = walk.begin(client)
    walk.tell_where(client, visit)
    walk.answer(client, visit, **dict.fromkeys(row.rule[0], "yes"))
    visit.refresh_from_db()
    assert visit.verdict["decision"] == "not_now"
    address = reverse("verdict", args=[visit.id])
    page = client.get(address).content.decode()
    assert "Not now" in page and "Record their word" not in page
    client.post(address, {"who": "Dr Lind", f"covers_{row.id}": "yes"})
    assert Clearance.objects.count() == 0
    assert client.get(reverse("device", args=[visit.id])).url == address


def test_an_unknown_visit_is_not_found(client: Client) -> None:
    assert client.get("/visit/00000000-0000-0000-0000-000000000000/where/").status_code == 404


def test_the_pass_phrase_gate(client: Client, settings: object) -> None:
    from django.contrib.auth.hashers import make_password

    settings.PASS_PHRASE_HASH = make_password("a long enough one")  # type: ignore[attr-defined]
    assert client.get("/").url == reverse("pass-phrase")
    assert client.post(reverse("pass-phrase"), {"pass_phrase": "wrong"}).status_code == 403
    assert client.get("/").status_code == 302
    assert client.post(reverse("pass-phrase"), {"pass_phrase": "a long enough one"}).url == "/"
    assert client.get("/").status_code == 200
