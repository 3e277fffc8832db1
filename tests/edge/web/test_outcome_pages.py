"""How it is going, on the pages: one tap, taken back, corrected; forms kept as they are filled; nobody else's."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from irtherapy.edge.records import outcomes
from irtherapy.edge.records.models import Answer, Effect, Motion, PainEntry, Patient, Visit

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def seen(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def yesterday(**more: Any) -> Visit:
    record = {"ended": "completed", "ended_text": "Done.", "order": {"region": "neck", "heat_s": 600.0}, "heat_s": 600}
    sites = [{"region": "neck", "side": "left", "pain_0_10": 6}]
    return Visit.objects.create(
        record=record, step="done", sites=sites, created=timezone.now() - DAY, pain_after=4, **more
    )


def many(days: int, patient: Patient | None = None) -> None:
    for n in range(days):
        value = 7 - 3 * n / max(days - 1, 1) + (0.4 if n % 3 == 0 else -0.2)
        outcomes.log_pain("neck", value, at=timezone.now() - (days - n) * DAY, patient=patient)


def test_one_tap_is_kept_said_and_taken_back(client: Client) -> None:
    assert "Nothing is told yet." in seen(client, reverse("outcome"))
    answer = client.post(reverse("outcome-pain"), {"region": "neck", "pain": "4"}, follow=True)
    assert "Kept: neck, 4 of 10." in answer.content.decode()
    assert "Delete everything that is kept here" in seen(client, reverse("start"))
    entry = PainEntry.objects.get()
    taken = client.post(reverse("outcome-undo", args=[entry.pk]), follow=True)
    assert "It is taken back." in taken.content.decode() and not outcomes.any_told(None)
    client.post(reverse("outcome-undo", args=[entry.pk]))
    assert outcomes.any_told(None)


def test_what_is_no_rating_is_said_and_not_kept(client: Client) -> None:
    for given, says in (
        ({"region": "neck"}, "Please choose a number"),
        ({"region": "neck", "pain": "12"}, "Pain must be a number from 0 to 10"),
        ({"region": "knee", "pain": "2"}, "Place must be one of"),
        ({"region": "neck", "pain": "2", "at": "2999-01-01T08:00"}, "must not lie in the future"),
    ):
        answer = client.post(reverse("outcome-pain"), given, follow=True)
        assert says in answer.content.decode()
    assert not PainEntry.objects.exists()


def test_the_first_page_asks_the_next_morning_once(client: Client) -> None:
    assert "this morning?" not in seen(client, reverse("start"))
    visit = yesterday()
    assert "Neck, left: how is it this morning?" in seen(client, reverse("start"))
    client.post(reverse("outcome-pain"), {"region": "neck", "pain": "9", "visit": "another"})
    outcomes.remove(PainEntry.objects.get(when="", value=9))  # kept, but not as that morning
    client.post(reverse("outcome-pain"), {"region": "neck", "pain": "5", "visit": str(visit.pk)})
    (entry,) = outcomes.kept(PainEntry, None)
    assert entry.when == "next_morning" and entry.visit == visit
    assert "this morning?" not in seen(client, reverse("start"))


def test_a_rating_is_corrected_on_its_page(client: Client) -> None:
    entry = outcomes.log_pain("neck", 4)
    address = reverse("outcome-change", args=[entry.pk])
    assert "Change an entry: neck" in seen(client, address)
    refused = client.post(address, {"pain": "40"})
    assert refused.status_code == 422 and "Pain must be a number from 0 to 10" in refused.content.decode()
    client.post(address, {"pain": "6,5"})
    (now,) = outcomes.kept(PainEntry, None)
    assert now.value == 6.5 and now.corrects == entry.pk
    assert client.get(address).status_code == 404


def test_the_sentence_has_its_range_and_the_chart_its_table(client: Client) -> None:
    many(5)
    assert "Too few days to tell: 5 days are told." in seen(client, reverse("outcome"))
    PainEntry.objects.all().delete()
    many(28)
    page = client.get(reverse("outcome")).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "it went down by" in text and "(likely by" in text and "comes and goes by itself" in text
    chart = json.loads(re.search(r'<script id="pain-neck" type="application/json">(.*?)</script>', page, re.S)[1])
    assert len(chart["x"]) == 28 and len(chart["lines"]) == 2 and chart["levels"][0]["label"] == "a change that matters"
    assert page.count("<tr>") >= 29 and 'role="img"' in page


def test_a_questionnaire_is_kept_as_it_is_filled_and_says_what_is_missing(client: Client) -> None:
    address = reverse("outcome-form", args=["peg"])
    kept = client.post(address, {"peg_1": "6"}, headers={"X-Save": "1"})
    assert kept.status_code == 204 and Answer.objects.get().items == {"peg_1": 6}
    assert "Your answers are still here" in seen(client, address)
    refused = client.post(address, {"peg_1": "6", "peg_3": "4"})
    page = refused.content.decode()
    assert refused.status_code == 422 and "PEG needs all of its answers: 2 of 3 are told" in page
    assert "What you told so far is kept." in page and Answer.objects.get().items == {"peg_1": 6, "peg_3": 4}
    assert page.count("This one is still open.") == 1 and 'href="#peg_2"' in page
    assert client.post(address, {"peg_1": "6", "peg_2": "5", "peg_3": "4"}).status_code == 302
    assert Answer.objects.get().score == 5.0 and Answer.objects.get().finished
    wrong = client.post(address, {"peg_1": "77"}, headers={"X-Save": "1"})
    assert wrong.status_code == 422 and wrong.content.decode().startswith("PEG question 1 must be")


@pytest.mark.parametrize(
    ("name", "given", "score"),
    [
        ("rmdq", {"rmdq_3": "yes", "rmdq_9": "yes"}, 2.0),
        ("rmdq", {}, 0.0),
        ("psfs", {f"psfs_{n}_text": f"Thing {n}" for n in (1, 2, 3)} | {f"psfs_{n}": "4" for n in (1, 2, 3)}, 4.0),
        ("pgic", {"pgic": "2"}, 2.0),
        ("odi", {"points": "16", "sections": "9"}, 16 / 45 * 100),
        ("promis_pi", {"score": "61,5"}, 61.5),
    ],
)
def test_every_form_is_scored(client: Client, name: str, given: dict[str, str], score: float) -> None:
    address = reverse("outcome-form", args=[name])
    assert client.get(address).status_code == 200
    assert client.post(address, given).status_code == 302
    assert Answer.objects.get().score == pytest.approx(score)
    assert client.get(reverse("outcome")).status_code == 200


def test_texts_that_may_not_be_shipped_are_on_no_page(client: Client) -> None:
    for name in ("odi", "ndi", "promis_pi", "promis_pf"):
        page = client.get(reverse("outcome-form", args=[name])).content.decode()
        assert "Not shipped" in page and page.count("<fieldset") == 0
    assert client.get(reverse("outcome-form", args=["sf36"])).status_code == 404


def test_a_movement_is_measured(client: Client) -> None:
    address = reverse("outcome-motion", args=["back_forward_tape"])
    for reading, says in (("", "Please enter what you read."), ("12", "must be a number from 15 to 35 cm")):
        refused = client.post(address, {"reading": reading})
        assert refused.status_code == 422 and says in refused.content.decode()
    for reading in ("20", "21,5"):
        assert client.post(address, {"reading": reading}).status_code == 302
    assert [m.value for m in Motion.objects.order_by("created")] == [5.0, 6.5]
    assert "+1.5 cm against the first time: more than chance would explain." in seen(client, reverse("outcome"))


def test_a_side_effect_is_kept_and_says_what_to_do(client: Client) -> None:
    refused = client.post(reverse("outcome-effect"), {"text": "x"})
    assert refused.status_code == 422 and "Please choose what it was." in refused.content.decode()
    visit = yesterday()
    answer = client.post(reverse("outcome-effect"), {"kind": "blister", "grade": "1"}, follow=True)
    assert "cool the skin with cool water" in answer.content.decode()
    effect = Effect.objects.get()
    assert effect.grade == 2 and effect.visit == visit
    other = client.post(reverse("outcome-effect"), {"kind": "other", "grade": "1"})
    assert "Text must say what it was" in other.content.decode()


def test_a_patient_has_pages_of_their_own_and_nobody_sees_anothers(client: Client) -> None:
    patient = Patient.objects.create(code="P 7&x")
    query = {"patient": patient.code}
    page = client.get(reverse("outcome"), query).content.decode()
    assert "P 7&amp;x" in page and "?patient=P+7%26x" in page
    client.post(reverse("outcome-pain") + "?patient=P+7%26x", {"region": "neck", "pain": "4"})
    client.post(reverse("outcome-form", args=["pgic"]) + "?patient=P+7%26x", {"pgic": "2"})
    assert outcomes.kept(PainEntry, patient).count() == 1 and not outcomes.any_told(None)
    entry = PainEntry.objects.get()
    assert client.post(reverse("outcome-undo", args=[entry.pk])).status_code == 404
    assert client.get(reverse("outcome-change", args=[entry.pk])).status_code == 404
    assert client.get(reverse("outcome"), {"patient": "nobody"}).status_code == 404
