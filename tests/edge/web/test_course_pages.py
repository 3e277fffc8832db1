"""A course on the pages: started, paused, undone, ended; its calendar under an address that can be taken back."""

from __future__ import annotations

import datetime
import html
import re
from typing import Any

import icalendar
import pytest
import web_walk as walk
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.cli import keep
from irtherapy.edge.records import archive, charts, courses, outcomes, programmed, visits
from irtherapy.edge.records.models import Course, Effect, Illness, PainEntry, Patient, Visit
from irtherapy.values import InputError, Region, Setting, Site

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
PAGE = "/course/"


@pytest.fixture(autouse=True)
def _records_are_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "ready", lambda: None)


VERDICT = {"decision": "go", "setting": "home", "reasons": [], "precautions": [], "next_step": "", "urgency": "none"}


def today() -> datetime.date:
    return timezone.localdate()


def begin(days_ago: int = 0, **how: Any) -> Course:
    first = today() - days_ago * DAY
    return courses.start(pathway.programme_json(data.programmes()["home_20_10"]), first, **how)


def took_place(course: Course | None, days_ago: int = 0, **told: Any) -> Visit:
    record = {"ended": "completed", "ended_text": "Done.", "heat_s": 600.0,
              "order": {"region": "neck", "heat_s": 600.0, "sensor": False}}  # fmt: skip
    usual = {
        "sites": [{"region": "neck", "side": "both", "pain_0_10": 5.0}], "answers": {"F01": "no"}, "pain_after": 4.0,
        "skin_check": "clean", "step": "done", "record": record, "created": timezone.now() - days_ago * DAY,
        "verdict": VERDICT, "device_kind": "lamp",
    }  # fmt: skip
    return Visit.objects.create(course=course, **{**usual, **told})


def test_a_course_is_started_and_its_first_day_is_told(client: Client) -> None:
    assert "Plan the course" in client.get(PAGE).content.decode()
    form = {"programme": "home_20_10", "first_day": today().isoformat(), "time_of_day": "07:15", "per_week": "2"}
    assert client.post("/course/start/", form).status_code == 302
    course = courses.current()
    assert course is not None and len(course.weekdays) == course.programme["per_week"] == 2
    body = client.get(PAGE).content.decode()
    assert "Today is a day for a session." in body and "Begin today" in body
    assert "Today is a day for a session." in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"programme": "nothing"}, "There is no programme"),
        ({"first_day": "31.12."}, "Please give the first day."),
        ({"first_day": "2046-01-01"}, "First day must be from"),
        ({"time_of_day": "noon"}, "Please give a time of day"),
        ({"per_week": "7"}, "Sessions a week must be a number from 1 to 3"),
        ({"weeks": "99"}, "Weeks must be a number from 1 to 4"),
        ({"weekdays": ["0", "1", "2"]}, "Weekdays must have a day of rest"),
        ({"weekdays": ["0", "9"]}, "Weekdays must be 3 different days"),
    ],
)
def test_what_cannot_be_is_told_and_starts_nothing(client: Client, change: dict[str, Any], says: str) -> None:
    form = {"programme": "home_20_10", "first_day": today().isoformat(), "time_of_day": "07:15", **change}
    answer = client.post("/course/start/", form)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert Course.objects.count() == 0


def test_pause_holds_the_start_and_going_on_asks_everything_again(client: Client) -> None:
    course = begin(days_ago=2)
    took_place(course, days_ago=2)
    assert client.post("/course/pause/", {"reason": "Away"}).status_code == 302
    assert "It waits for you" in client.get(PAGE).content.decode()
    answer = client.post("/visit/new/", follow=True)
    assert answer.redirect_chain[-1][0] == PAGE and Visit.objects.count() == 1
    client.post("/course/resume/")
    client.post("/visit/new/")
    fresh = Visit.objects.first()
    assert fresh is not None and fresh.course_id == course.pk
    assert fresh.answers == {} and fresh.carried == []  # not one answer was carried over


def test_an_open_visit_cannot_go_round_a_pause(client: Client) -> None:
    """Begun before the marks were told, gone on with afterwards: first the pause, then every question."""
    course = begin(days_ago=3)
    took_place(course, days_ago=3, skin_check="marks")
    visit = took_place(None, record=None, step="plan", carried=["F01"], answered_on=today())
    for name in ("screening", "device", "plan"):
        assert client.get(reverse(name, args=[visit.id]))["Location"] == PAGE
    with pytest.raises(InputError, match="marks on the skin"):
        courses.check_may_begin(visit)
    client.post("/course/resume/", {"done": "yes"})
    with pytest.raises(InputError, match="all questions are asked again"):
        courses.check_may_begin(visit)
    assert client.get(reverse("plan", args=[visit.id]))["Location"] == reverse("screening", args=[visit.id])
    fresh = Visit.objects.get(pk=visit.pk)
    assert fresh.course_id == course.pk and fresh.answers == {} and fresh.verdict is None
    courses.check_may_begin(fresh)


def test_marks_from_before_do_not_hold_a_course_that_is_started_later() -> None:
    took_place(None, days_ago=4, skin_check="marks")
    found = courses.progress(begin())
    assert found.held is None and found.rescreen and found.minutes == 10.0


def test_without_a_pause_the_lasting_answers_are_carried_over(client: Client) -> None:
    took_place(begin(days_ago=2), days_ago=2)
    client.post("/visit/new/")
    fresh = Visit.objects.first()
    assert fresh is not None and fresh.carried


def test_every_change_is_undone_whole(client: Client) -> None:
    course = begin()

    def state() -> dict[str, Any]:
        fresh = Course.objects.get(pk=course.pk)
        return {name: getattr(fresh, name) for name in courses.UNDONE}

    before = state()
    first, last = (today() + 5 * DAY).isoformat(), (today() + 9 * DAY).isoformat()
    acts: list[tuple[str, dict[str, Any]]] = [
        ("pause", {}), ("holiday", {"first": first, "last": last}), ("skip", {"reason": "x"}), ("taper", {}),
        ("end", {"sure": "yes"}),
    ]  # fmt: skip
    for number, (act, form) in enumerate(acts):
        assert client.post(f"/course/{act}/", form).status_code == 302
        assert state() != before, act
        client.post("/course/undo/")
        assert state() == before, act
        assert Course.objects.get(pk=course.pk).sequence == 2 * (number + 1)
    assert "There is nothing to undo." in client.post("/course/undo/").content.decode()


@pytest.mark.parametrize(
    ("act", "form", "says"),
    [
        ("holiday", {"first": "2020-01-01", "last": "2020-01-02"}, "First day away must be from today"),
        ("holiday", {"first": "", "last": ""}, "Please give the first day away."),
        ("end", {}, "Please tick the box"),
        ("resume", {}, "This course is not paused."),
        ("days", {"weekdays": ["0"], "time_of_day": "10:00"}, "Weekdays must be 3 different days"),
        ("days", {"weekdays": ["0", "2", "4"], "time_of_day": "soon"}, "Please give a time of day"),
    ],
)
def test_a_change_that_cannot_be_is_told_beside_its_form(
    client: Client, act: str, form: dict[str, Any], says: str
) -> None:
    course = begin()
    answer = client.post(f"/course/{act}/", form)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert Course.objects.get(pk=course.pk).sequence == 0


def test_marks_hold_the_course_and_it_is_too_early_to_go_on(client: Client) -> None:
    course = begin(days_ago=1)
    took_place(course, days_ago=1, skin_check="marks")
    body = client.get(PAGE).content.decode()
    assert "There were marks on the skin." in body and "Go on with the course" not in body
    assert "Please tick the box when this is done." in client.post("/course/resume/").content.decode()
    assert "It is too early to go on" in client.post("/course/resume/", {"done": "yes"}).content.decode()
    assert courses.progress(course).held is not None


def test_a_warning_sign_in_the_questions_holds_the_course(client: Client) -> None:
    course = begin()
    took_place(
        course, record=None, verdict=VERDICT | {"decision": "not_now", "urgency": "urgent", "next_step": "Go today."}
    )
    found = courses.progress(course)
    assert found.held is not None and "Go today." in found.sentence


def test_what_is_told_the_next_morning_holds_the_course_or_lets_it_go_on(client: Client) -> None:
    course = begin(days_ago=2)
    visit = took_place(course, days_ago=2, pain_after=8.0)
    assert getattr(courses.progress(course).held, "rule", None) == "worse_not_told"
    assert "Tell how it is now" in client.get(PAGE).content.decode()
    entry = PainEntry.objects.create(visit=visit, region="neck", value=5.0, when="next_morning")
    assert courses.progress(course).held is None
    entry.value = 7.0
    entry.save()
    assert getattr(courses.progress(course).held, "rule", None) == "worse"


@pytest.mark.parametrize("of_a_session", [True, False])
def test_a_side_effect_that_is_more_than_mild_holds_the_course(of_a_session: bool) -> None:
    course = begin(days_ago=1)
    visit = took_place(course, days_ago=1)
    effect = Effect.objects.create(visit=visit if of_a_session else None, kind="dizzy", grade=1)
    assert courses.progress(course).held is None
    effect.grade = 2
    effect.save()
    assert getattr(courses.progress(course).held, "rule", None) == "effect"


def test_going_on_is_undone_too_and_a_pause_of_no_day_leaves_none() -> None:
    course = begin(days_ago=4)
    took_place(course, days_ago=4, skin_check="marks")
    courses.resume(course)
    assert courses.progress(course).held is None
    courses.undo(course)
    assert courses.progress(course).held is not None and course.resumed == []
    courses.resume(course)
    courses.resume(courses.pause(course))
    assert course.away == [] and courses.for_chart(course)["pauses"] == []


def test_a_try_out_counts_for_no_course_and_a_patient_for_no_other() -> None:
    course = begin()
    took_place(course, demo=True)
    took_place(None, patient=Patient.objects.create(code="P-7"))
    assert courses.progress(course).counts == {"planned": 12}
    assert courses.current(demo=True) is None


def test_a_session_before_the_course_takes_room_and_settles_no_day() -> None:
    took_place(None, days_ago=1)
    course = begin()
    found = courses.progress(course)
    assert found.counts.get("done") is None and found.next_on == (today() + DAY).isoformat()


def test_the_plan_is_not_longer_than_the_course_has_come() -> None:
    course = begin(days_ago=2)
    took_place(course, days_ago=2)
    steps = {step.name: step.minutes for step in courses.limits_of(course, Setting.HOME, Site(Region.NECK))}
    assert steps["course"] == 12.0
    assert steps["warm_skin_week"] == 50.0  # nothing was measured and no plan kept: all ten minutes count as warm
    courses.pause(course)
    with pytest.raises(InputError, match="It waits for you"):
        courses.limits_of(course, Setting.HOME, Site(Region.NECK))
    courses.end(course)
    assert courses.limits_of(course, Setting.HOME, Site(Region.NECK)) == ()


def test_the_plan_page_names_the_course_as_the_limit_that_set_the_minutes(client: Client) -> None:
    """The real pages from the first button to the plan, after one finished session with a clean skin check."""
    course = begin(days_ago=2)
    order = {"region": "lower_back", "heat_s": 600.0, "sensor": False}
    record = {"ended": "completed", "ended_text": "Done.", "heat_s": 600.0, "order": order}
    took_place(course, days_ago=2, record=record, person={"age_years": 45.0}, answers={})
    visit = walk.to_device(client, demo=False)
    r150 = {"device": "r125_150w", "distance_cm": "150", "room_c": "22"}
    client.post(reverse("device", args=[visit.id]), r150)
    body = client.get(reverse("plan", args=[visit.id])).content.decode()
    visit.refresh_from_db()
    assert visit.course_id == course.pk and visit.plan is not None
    assert visit.plan["minutes"] == 12.0 and visit.plan["limit"]["name"] == "course"
    assert "as far as your course has come" in body


def test_the_exercises_are_those_of_the_week_the_course_has_come_to() -> None:
    """Hardly anything was done in the weeks before: the exercises stay, on the page and in the terminal."""
    course = begin(days_ago=15)
    programme, site = data.programmes()["home_20_10"], Site(Region.NECK)
    took_place(course, days_ago=15)
    assert courses.progress(course).week == 3 and programmed.week_of(programme, None, demo=False) == 1
    took_place(course, days_ago=13)
    assert programmed.week_of(programme, None, demo=False) == 2
    assert keep.asked((site,), False, None).week(programme) == 2


def test_in_the_terminal_a_held_course_has_no_session_either() -> None:
    courses.pause(begin())
    with pytest.raises(InputError, match="It waits for you"):
        keep.asked((Site(Region.NECK),), False, None)
    assert keep.asked((Site(Region.NECK),), True, None).further == ()  # a try-out is nobody's course


def test_a_second_course_waits_for_the_end_of_the_first() -> None:
    first = begin()
    with pytest.raises(InputError, match="A course runs already"):
        begin()
    courses.end(first)
    second = begin()
    with pytest.raises(InputError, match="Another course runs now"):
        courses.undo(first)
    assert courses.current() == second


def test_it_reminds_on_two_days_and_then_is_quiet(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    begin()
    said = []
    for n in range(4):
        monkeypatch.setattr(visits, "today", lambda n=n: (today() + n * DAY).isoformat())
        said.append('class="notice reminder"' in client.get("/").content.decode())
    assert said[0] and sum(said) == 2


def test_the_feed_is_a_calendar_and_a_wrong_address_finds_nothing(client: Client) -> None:
    course = begin()
    old = reverse("course-feed", args=[course.feed_token])
    answer = client.get(old)
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) == 12 and answer["Content-Type"].startswith("text/calendar")
    assert client.get(old).content == answer.content  # nothing new, not a byte
    assert client.get("/course/sessions.ics").content == answer.content
    for wrong in ("x", "a" * 43, "a" * 300, str(course.pk), "%00", "None"):
        refused = client.get(f"/calendar/{wrong}.ics")
        assert refused.status_code == 404 and refused["Content-Type"] == "text/plain"
        assert refused.content == b"There is no calendar at this address.\n"
    client.post("/course/new-address/")
    assert client.get(old).status_code == 404
    fresh = Course.objects.get(pk=course.pk)
    assert client.get(reverse("course-feed", args=[fresh.feed_token])).status_code == 200
    client.post("/course/no-address/")
    assert client.get(reverse("course-feed", args=[fresh.feed_token])).status_code == 404
    assert client.get("/calendar/None.ics").status_code == 404


def test_the_feed_asks_no_pass_phrase_and_everything_else_does(client: Client, settings: Any) -> None:
    settings.PASS_PHRASE_HASH = "x" * 40
    course = begin()
    assert client.get(reverse("course-feed", args=[course.feed_token])).status_code == 200
    assert client.get(PAGE).status_code == 302 and client.get("/course/sessions.ics").status_code == 302


def test_a_pause_takes_the_days_out_of_the_calendar_and_undo_brings_them_back(client: Client) -> None:
    course = begin()
    address = reverse("course-feed", args=[course.feed_token])

    def told() -> dict[str, tuple[str, int]]:
        events = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
        return {str(e["UID"]): (str(e["STATUS"]), int(e["SEQUENCE"])) for e in events}

    first = told()
    client.post("/course/pause/")
    assert told() == dict.fromkeys(first, ("CANCELLED", 1))
    client.post("/course/undo/")
    assert told() == dict.fromkeys(first, ("CONFIRMED", 2))


def test_the_chart_tells_the_course_and_its_sessions(client: Client) -> None:
    course = begin(days_ago=9)
    visit = took_place(course, days_ago=9)
    chart = charts.chart(None)
    (told,) = chart.courses
    assert told["id"] == str(course.pk) and told["status"] == "active" and len(told["planned"]) == 12
    assert len(told["missed"]) >= 2 and told["programme"]["id"] == "home_20_10"
    assert [session["course"] for session in chart.sessions] == [str(course.pk)] and visit.course_id == course.pk


def test_a_course_comes_back_to_the_byte_and_is_deleted_with_everything() -> None:
    course = begin()
    took_place(course)
    courses.pause(course, "Ill")
    kept = "".join(archive.lines())
    visits.delete_all()
    assert Course.objects.count() == 0
    archive.read(kept.splitlines(keepends=True))
    assert "".join(archive.lines()) == kept
    assert courses.progress(Course.objects.get()).pause_reason == "Ill"


def test_a_record_that_was_removed_counts_no_longer() -> None:
    course = begin()
    visit = took_place(course)
    assert courses.progress(course).counts["done"] == 1
    visit.remove()
    assert courses.progress(course).counts.get("done") is None


def test_when_the_course_is_over_it_tells_what_may_follow(client: Client) -> None:
    course = begin(days_ago=14, weeks=1, per_week=1)
    took_place(course, days_ago=14)
    body = client.get(PAGE).content.decode()
    assert "What may follow" in body and "Too few days to tell" in body
    assert Course.objects.get(pk=course.pk).status == "completed"
    assert "Which programme" in client.get(PAGE + "?new").content.decode()


def test_an_illness_told_on_the_page_pauses_the_course_and_is_taken_back(client: Client) -> None:
    course = begin(days_ago=2)
    told = client.post("/outcome/ill/", {"text": "A cold, 38.5"}, follow=True).content.decode()
    assert "Rest, and go on when you feel well and have no fever." in told and "A cold, 38.5" in told
    held = courses.progress(course).held
    assert getattr(held, "rule", None) == "illness" and str(getattr(held, "not_before", "")) == str(today() + 2 * DAY)
    assert "You were ill." in client.get(PAGE).content.decode()
    client.post(reverse("outcome-undo", args=[Illness.objects.get().pk]))
    assert courses.progress(course).held is None
    assert (
        "must not lie in the future" in client.post("/outcome/ill/", {"at": "2999-01-01"}, follow=True).content.decode()
    )


def test_an_illness_of_a_patient_pauses_no_course_but_theirs(client: Client) -> None:
    patient = Patient.objects.create(code="P-9")
    mine, theirs = begin(days_ago=2), begin(days_ago=2, patient=patient)
    assert client.post("/outcome/ill/?patient=P-9").status_code == 302
    assert courses.progress(mine).held is None
    assert getattr(courses.progress(theirs).held, "rule", None) == "illness"


def test_fever_in_the_questions_of_today_counts_as_illness_and_stays_the_day_after(client: Client) -> None:
    assert "fever" in data.questionnaire().questions and data.questionnaire().questions["fever"].again
    course = begin(days_ago=2)
    refused = {**VERDICT, "decision": "not_now", "urgency": "none"}
    visit = took_place(course, 1, record=None, step="verdict", answers={"fever": "yes"}, verdict=refused,
                       answered_on=today() - DAY)  # fmt: skip
    assert getattr(courses.progress(course).held, "rule", None) == "illness"
    for name in ("where", "screening", "plan"):  # looking at it the next day drops nothing that holds the course
        assert client.get(reverse(name, args=[visit.id]))["Location"] == PAGE
    assert getattr(courses.progress(course).held, "rule", None) == "illness"


def test_a_blister_told_of_a_session_holds_as_marks_do_from_the_day_it_was_noticed() -> None:
    course = begin(days_ago=3)
    visit = took_place(course, days_ago=1)
    assert outcomes.note_effect("blister", 1).visit == visit
    (one,) = courses.progress(course).breaks
    assert (one.rule, one.on, one.not_before) == ("marks", str(today()), str(today() + 2 * DAY))
    assert "No heat there until the marks are gone" in courses.progress(course).sentence


def planned(client: Client) -> Visit:
    """Walk a real visit up to its plan."""
    visit = walk.to_device(client, demo=False)
    client.post(reverse("device", args=[visit.id]), {**walk.DEVICE, "device": "r125_150w"}, follow=True)
    visit.refresh_from_db()
    assert visit.plan is not None
    return visit


def test_a_session_too_early_in_the_course_asks_for_a_plain_yes(client: Client) -> None:
    course = begin(days_ago=7)
    took_place(course, days_ago=1, answers={})
    found = courses.progress(course)
    assert found.held is None and found.early.startswith("Today is a rest day in your course. The next session is on ")
    visit = planned(client)
    assert visit.course_id == course.pk
    told = client.get(reverse("plan", args=[visit.id])).content.decode()
    assert found.early in told and 'name="early"' in told
    answer = client.post(reverse("session-start", args=[visit.id]), {}, follow=True)
    assert "Please tick the box if you want a session today all the same." in answer.content.decode()
    with pytest.raises(InputError, match="Today is a rest day"):
        courses.check_may_begin(visit)
    courses.check_may_begin(visit, early=True)


def test_no_tick_is_asked_on_a_day_of_the_course(client: Client) -> None:
    begin()
    assert courses.too_early(None) == ""
    assert 'name="early"' not in client.get(reverse("plan", args=[planned(client).id])).content.decode()


def test_a_course_of_a_patient_is_planned_paused_and_ended_on_their_page(client: Client) -> None:
    patient = Patient.objects.create(code="P 7/1")
    whose = "?patient=P%207%2F1"
    assert "A course for P 7/1" in client.get(PAGE + whose).content.decode()
    form = {"programme": "clinic_30", "first_day": today().isoformat(), "time_of_day": "07:15"}
    planned = client.post("/course/start/" + whose, form, follow=True)
    assert "The course of P 7/1" in planned.content.decode() and courses.current() is None
    course = courses.current(patient)
    assert course is not None and course.programme["id"] == "clinic_30"
    page = client.get(PAGE + whose).content.decode()
    actions = re.findall(r'action="(/course/[^"]+)"', page)
    assert actions and all(one.endswith("?patient=P+7%2F1") for one in actions)
    report = re.search(r'href="(/course-report/[^"]+)"', page)
    assert report and client.get(html.unescape(report[1])).status_code == 200
    visit = took_place(None, record=None, step="plan", patient=patient)
    client.post("/course/pause/" + whose, {"reason": "Away"})
    assert courses.current(patient).status == Course.Status.ON_HOLD  # type: ignore[union-attr]
    assert client.get(reverse("plan", args=[visit.id]))["Location"] == PAGE + "?patient=P+7%2F1"
    client.post("/course/resume/" + whose)
    client.post("/course/end/" + whose, {"sure": "yes"})
    assert courses.current(patient) is None
    assert client.get("/course/sessions.ics" + whose).content.startswith(b"BEGIN:VCALENDAR")
    assert client.get(PAGE + "?patient=nobody").status_code == 404
