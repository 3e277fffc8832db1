"""After the session: what is asked, what is refused, and what the record says."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
import session_walk as walk
from django.test import Client
from django.urls import reverse

from irtherapy.edge import data
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import live
from irtherapy.edge.web.views.after import MARKS_ADVICE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GOOD = {"skin_check": "red_fading", "pain_after": "3", "note": "warm <b>and</b> fine"}


@pytest.fixture
def visit(client: Client) -> Visit:
    """A visit whose session was stopped by the person and waits for its rating."""
    visit = walk.start(client, walk.to_plan(client), speed="60")
    walk.heat_on(client, visit, seconds=90)
    walk.do(client, visit, "stop")
    walk.wait_for(lambda: walk.phase(visit) == "rating")
    return visit


def rate(client: Client, visit: Visit, **changes: str) -> str:
    answer = client.post(reverse("after", args=[visit.id]), {**GOOD, **changes}, follow=True)
    return answer.content.decode()


BAD_ANSWERS = (
    ("skin_check", ""), ("skin_check", "green"), ("pain_after", ""), ("pain_after", "11"), ("pain_after", "-1"),
    ("pain_after", "nan"), ("pain_after", "inf"), ("pain_after", "much"),
)  # fmt: skip


def test_a_bad_answer_is_told_and_nothing_is_kept(client: Client, visit: Visit) -> None:
    for field, value in BAD_ANSWERS:
        answer = client.post(reverse("after", args=[visit.id]), {**GOOD, field: value})
        assert answer.status_code == 400 and list(answer.context["errors"]) == [field], value
    visit.refresh_from_db()
    assert visit.skin_check == "" and visit.pain_after is None and live.is_running(visit)


def test_what_is_told_is_in_the_record(client: Client, visit: Visit) -> None:
    text = rate(client, visit)
    assert "You stopped the session." in text and "Evenly pink" in text and "Stop pressed" in text
    assert "warm &lt;b&gt;and&lt;/b&gt; fine" in text and "Tell it now" not in text
    assert "Planned and measured" in text and "<svg" in text and "style=" not in text
    visit.refresh_from_db()
    assert (visit.skin_check, visit.pain_after, visit.record["ended"]) == ("red_fading", 3.0, "stopped")
    assert visit.record["heat_s"] >= 90
    again = client.post(reverse("after", args=[visit.id]), {**GOOD, "pain_after": "9"}, follow=True)
    visit.refresh_from_db()
    assert again.status_code == 200 and visit.pain_after == 3.0, "it is told once"


def test_a_runner_that_dies_before_the_rating_loses_nothing(client: Client, visit: Visit) -> None:
    handle = live._running[visit.session_id]
    handle.process.kill()
    handle.process.wait()
    text = rate(client, visit, skin_check="marks")
    assert MARKS_ADVICE in text
    visit.refresh_from_db()
    assert visit.skin_check == "marks" and visit.record["skin_check"] == "marks"


def test_the_words_for_marks_are_those_of_the_table() -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(data.read("red_flags.csv")))}
    assert MARKS_ADVICE in rows["R33"].values()


def test_the_page_for_the_doctor_and_its_pdf(client: Client, visit: Visit) -> None:
    early = client.get(reverse("doctor", args=[visit.id]), follow=True)
    assert early.status_code == 200 and early.redirect_chain, "no record yet: back to where the session stands"
    rate(client, visit)
    page = client.get(reverse("doctor", args=[visit.id]))
    assert page.status_code == 200 and "unsafe" not in page["Content-Security-Policy"]
    assert "http://" not in page.content.decode().replace("http://www.w3.org", "")
    body = client.get(reverse("doctor-pdf", args=[visit.id]))
    assert body["Content-Type"] == "application/pdf" and body.content.startswith(b"%PDF")


def test_a_record_is_removed_and_brought_back(client: Client, visit: Visit) -> None:
    address = reverse("remove", args=[visit.id])
    running = client.post(address, follow=True)
    assert "still runs" in running.content.decode()
    rate(client, visit)
    assert "Bring it back" in client.post(address).content.decode()
    assert client.get(reverse("record", args=[visit.id])).status_code == 404
    assert client.post(address, {"undo": "yes"}, follow=True).status_code == 200
    assert client.get(reverse("record", args=[visit.id])).status_code == 200
    strange = client.post(reverse("remove", args=[uuid.uuid4()]), {"undo": "yes"})
    assert strange.status_code == 404


def test_without_a_thermometer_nothing_is_called_measured(client: Client) -> None:
    visit = walk.start(client, walk.to_plan(client, demo=False))
    walk.heat_on(client, visit)
    walk.do(client, visit, "stop")
    walk.wait_for(lambda: walk.phase(visit) == "heat_ended")
    page = client.get(reverse("session", args=[visit.id]))
    assert "Switch your device off first." in page.content.decode()
    walk.do(client, visit, "off_confirmed")
    walk.wait_for(lambda: walk.phase(visit) == "rating")
    text = rate(client, visit)
    assert "nothing was measured" in text and "CEM43" not in text and "Planned and measured" not in text


def test_a_session_never_started_is_an_honest_record(client: Client) -> None:
    visit = walk.start(client, walk.to_plan(client))
    walk.wait_for(lambda: walk.book(visit).exists())
    walk.do(client, visit, "stop")
    walk.wait_for(lambda: not live.is_running(visit))
    page = client.get(reverse("session", args=[visit.id]), follow=True)
    text = page.content.decode()
    assert page.status_code == 200 and "The session was not started." in text and "Tell it now" not in text
