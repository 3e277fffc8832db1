"""What is kept between visits, what is asked afresh, and deleting all of it."""

from __future__ import annotations

import datetime

import pytest
import web_walk as walk
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from irtherapy.edge import journal
from irtherapy.edge.home import sessions_folder
from irtherapy.edge.records import visits
from irtherapy.edge.records.models import Clearance, Visit
from irtherapy.edge.web.stages import changing_questions

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def finished_visit(client: Client) -> Visit:
    """Return a visit that came to its plan and has a record."""
    visit = walk.to_plan(client)
    visit.record = {"ended": "completed", "ended_text": "Done.", "order": {"region": "lower_back"}, "heat_s": 600.0}
    visit.step, visit.session_id, visit.skin_check = Visit.Step.DONE, "a-session", "clean"
    visit.save()
    return visit


def clearance(visit: Visit, **changes: object) -> Clearance:
    """Return a clearance of today that lasts a month."""
    today = timezone.localdate()
    told = {"visit": visit, "who": "Dr Lind", "given_on": today, "until": today + 30 * DAY, "covers": ["C28"]}
    return Clearance(**{**told, **changes})


def test_the_next_visit_keeps_what_lasts_and_asks_the_rest_again(client: Client) -> None:
    before = finished_visit(client)
    visit = walk.begin(client)
    assert visit.sites[0]["region"] == "lower_back" and visit.sites[0]["pain_0_10"] is None
    assert set(visit.answers) == set(before.answers) - changing_questions()
    walk.tell_where(client, visit)
    page = client.get(reverse("screening", args=[visit.id]), follow=True)
    asked = {item["q"].id for item in page.context["items"]}
    assert asked <= changing_questions()
    client.post(reverse("screening-again", args=[visit.id]))
    visit.refresh_from_db()
    assert visit.carried == []


def test_pain_of_the_last_time_is_not_taken_for_that_of_today(client: Client) -> None:
    finished_visit(client)
    visit = walk.begin(client)
    address = reverse("screening", args=[visit.id])
    assert client.get(address).url == reverse("where", args=[visit.id])


def test_a_session_closes_the_pages_before_it(client: Client) -> None:
    visit = finished_visit(client)
    for name in ("where", "screening", "verdict", "device", "plan"):
        assert client.get(reverse(name, args=[visit.id])).url == reverse("after", args=[visit.id])
    walk.tell_where(client, visit, pain_lower_back="1")
    visit.refresh_from_db()
    assert visit.sites[0]["pain_0_10"] == 5


def test_clean_sessions_of_a_demo_do_not_count_for_real_heat(client: Client) -> None:
    finished_visit(client)
    assert visits.clean_session_count("lower_back", demo=True) == 1
    assert visits.clean_session_count("lower_back") == 0


def test_a_clearance_tried_in_a_demo_does_not_open_real_heat() -> None:
    tried, real = visits.new_visit(demo=True), visits.new_visit()
    clearance(tried).save()
    assert visits.valid_clearance(tried) is not None
    assert visits.valid_clearance(real) is None


def test_several_clearances_count_as_one_until_the_first_runs_out() -> None:
    visit, today = visits.new_visit(), timezone.localdate()
    clearance(visit).save()
    clearance(visit, who="Dr Roe", until=today + 5 * DAY, covers=["C29"]).save()
    clearance(visit, given_on=today - 90 * DAY, until=today - DAY, covers=["C30"]).save()
    found = visits.valid_clearance(visit)
    assert found is not None and found.covers == {"C28", "C29"}
    assert found.until == (today + 5 * DAY).isoformat()


@pytest.mark.parametrize("field,value", [
    ("who", "  "), ("given_on", timezone.localdate() + DAY), ("until", timezone.localdate() - DAY),
    ("until", timezone.localdate() + 400 * DAY), ("covers", []),
])  # fmt: skip
def test_a_bad_clearance_is_refused_with_its_field(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        clearance(visits.new_visit(), **{field: value}).clean()
    assert list(caught.value.message_dict) == [field]


@pytest.mark.parametrize("field,value", [
    ("sites", [{"region": "knee"}]), ("person", {"age_years": 300.0}), ("device_kind", "toaster"),
    ("pain_after", 11.0), ("skin_check", "fine"), ("placement", {"distance_m": -1.0}),
])  # fmt: skip
def test_a_visit_refuses_what_its_values_refuse(field: str, value: object) -> None:
    visit = Visit(**{field: value})
    with pytest.raises(ValidationError):
        visit.clean()


def test_delete_asks_for_a_plain_yes_and_then_nothing_is_left(client: Client) -> None:
    visit = finished_visit(client)
    clearance(visit).save()
    folder = sessions_folder() / "a-session"
    folder.mkdir(exist_ok=True)
    assert client.post(reverse("forget")).status_code == 422
    assert Visit.objects.count() == 1
    assert client.post(reverse("forget"), {"sure": "yes"}).status_code == 302
    assert (Visit.objects.count(), Clearance.objects.count(), folder.exists()) == (0, 0, False)


def test_nothing_is_deleted_while_a_session_runs(client: Client) -> None:
    finished_visit(client)
    folder = sessions_folder() / "running"
    folder.mkdir(exist_ok=True)
    held = journal.Journal(folder / journal.JOURNAL)
    try:
        response = client.post(reverse("forget"), {"sure": "yes"})
        assert response.status_code == 422 and "session is running" in response.content.decode()
        assert Visit.objects.count() == 1 and folder.exists()
    finally:
        held.close()


def test_a_form_of_another_page_and_another_host_are_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(reverse("visit-new"))
    assert refused.status_code == 403 and "send it again" in refused.content.decode()
    assert strict.get("/", headers={"host": "evil.example"}).status_code == 400
    assert Visit.objects.count() == 0
    assert "This page is not here" in strict.get("/nowhere/").content.decode()
