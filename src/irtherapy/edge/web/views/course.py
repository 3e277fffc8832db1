"""The course: its weeks, the next day, what holds it, and everything one may change about it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from irtherapy import pathway
from irtherapy.edge import programmes
from irtherapy.edge.records import course_calendar, courses
from irtherapy.edge.records.models import Course, Patient
from irtherapy.edge.web import next_day, words
from irtherapy.edge.web.forms import Form
from irtherapy.edge.web.steps import query_of
from irtherapy.edge.web.views.outcome import whose
from irtherapy.export import weeks
from irtherapy.values import Break, InputError, Programme, Progress, Setting, Slot, SlotState, in_range, to_json

HOW = {
    SlotState.DONE: "done",
    SlotState.PART: "in part",
    SlotState.STOPPED: "stopped",
    SlotState.PLANNED: "planned",
    SlotState.SKIPPED: "skipped",
    SlotState.MISSED: "missed",
    SlotState.LEFT_OUT: "left out",
}
AWAY = "away or paused"
WAITS = "waits for you"
TIME_MISSING = "Please give a time of day, like 18:30."


@require_GET
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the running course, or the one that just ended, or how to start one; ``?patient=CODE``: of a patient."""
    return _show(request)


def _show(request: HttpRequest, form: Form | None = None, act: str = "", error: str = "") -> HttpResponse:
    patient, query = whose(request)
    course = courses.latest(patient)
    status = 422 if error or (form is not None and form.errors) else 200
    told: dict[str, Any] = {"act": act, "error": error, "form": form, "today": timezone.localdate()}
    told |= {"patient": patient, "query": query}
    if course is None or act == "start" or "new" in request.GET and not course.is_running:
        return render(request, "course/start.html", told | _start_page(form, patient), status=status)
    found = courses.progress(course)
    courses.finish_if_over(course, found)
    return render(request, "course/course.html", told | _page(request, course, found), status=status)


def _start_page(form: Form | None, patient: Patient | None) -> dict[str, Any]:
    usual = Setting.HOME if patient is None else Setting.CLINIC
    every = sorted(programmes.known().values(), key=lambda one: one.setting is not usual)
    given = form or Form({})
    return {
        "programmes": [{"of": one, "minutes": f"{one.minutes:g}"} for one in every],
        "chosen": given.text("programme") or every[0].id,
        "weekdays": _weekdays(form.days("weekdays") if form else ()),
        "first_day": given.text("first_day") or timezone.localdate().isoformat(),
        "time_of_day": given.text("time_of_day") or "18:00",
        "per_week": given.text("per_week"),
        "weeks": given.text("weeks"),
        "errors": form.errors if form else {},
    }


def _weekdays(chosen: Any) -> list[dict[str, Any]]:
    return [{"value": n, "name": WEEKDAYS[n], "short": WEEKDAYS_ABBR[n], "on": n in chosen} for n in range(7)]


def _page(request: HttpRequest, course: Course, found: Progress) -> dict[str, Any]:
    token = course.feed_token
    held = found.held
    return {
        "course": course,
        "found": found,
        "paused": held is not None,
        "break": held if isinstance(held, Break) else None,
        "not_before": datetime.date.fromisoformat(held.not_before) if isinstance(held, Break) else None,
        "may_go_on": held is not None and not (isinstance(held, Break) and found.today < held.not_before),
        "due_today": found.next_on == found.today,
        "done": sum(found.counts.get(how, 0) for how in ("done", "part", "stopped")),
        "all": len(found.slots),
        "minutes": f"{found.minutes:g}",
        "warm": [_warm(one) for one in found.warm],
        "weekdays": _weekdays(course.weekdays),
        "feed": request.build_absolute_uri(reverse("course-feed", args=[token])) if token else "",
        "may_taper": not course.taper and int(course.programme["per_week"]) > 1 and not course.ended_on,
        **_picture(course, found),
    }


def _warm(one: Any) -> dict[str, Any]:
    return {
        "place": words.REGIONS[one.region],
        "minutes": f"{one.warm_min:.0f}",
        "most": f"{one.most_min:.0f}",
        "width": f"{min(100.0, 100.0 * one.warm_min / one.most_min):.1f}%",
    }


def _picture(course: Course, found: Progress) -> dict[str, Any]:
    slots = courses.shown_slots(found)
    shown = weeks.days(to_json(slots), courses.days_away(course, found), found.today)
    labels = [date_format(datetime.date.fromisoformat(week[0][0]), "j M") for week in shown]
    names = [str(WEEKDAYS_ABBR[n]) for n in range(7)]
    kinds = {how for week in shown for _, how in week} - {""}
    legend = [(mark_safe(weeks.mark(how.value)), name) for how, name in HOW.items() if how.value in kinds]
    if "away" in kinds:
        legend.append((mark_safe(weeks.mark("away")), AWAY))
    return {
        "picture": mark_safe(weeks.picture(shown, found.today, names, labels, "The weeks of your course, day by day")),
        "legend": legend,
        "rows": [_row(slot) for slot in slots],
    }


def _row(slot: Slot) -> dict[str, Any]:
    """Return one line of the table; a session of a paused course has no day yet."""
    waits = slot.state is SlotState.PLANNED and slot.planned_on is None
    day = None if waits else datetime.date.fromisoformat(slot.done_on or slot.planned_on or slot.due_on)
    return {"slot": slot, "day": day, "how": WAITS if waits else HOW[slot.state]}


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start a course from a programme."""
    form = Form(request.POST)
    programme = form.take("programme", lambda: programmes.find(form.text("programme")))
    first = form.day("first_day", "Please give the first day.")
    at = _time(form)
    if programme is None or first is None or at is None:
        return _show(request, form, "start")
    days = form.days("weekdays")
    patient, _ = whose(request)
    course = form.take("form", lambda: _begin(programme, form, first, days, at, patient))
    if course is None:
        return _show(request, form, "start")
    next_day.tell()
    messages.success(request, "Your course is planned." if patient is None else "The course is planned.")
    return _to(patient)


def _to(patient: Patient | None) -> HttpResponse:
    return redirect(reverse("course") + query_of(patient))


def _begin(
    programme: Programme,
    form: Form,
    first: datetime.date,
    days: tuple[int, ...],
    at: datetime.time,
    patient: Patient | None,
) -> Course:
    often = _whole(form, "per_week", "Sessions a week", programme.per_week)
    many = _whole(form, "weeks", "Weeks", programme.weeks)
    kept = pathway.programme_json(programme)
    return courses.start(kept, first, days or None, at, patient, per_week=often, weeks=many)


def _whole(form: Form, name: str, label: str, most: int) -> int | None:
    return int(in_range(label, form.text(name), 1, most)) if form.text(name) else None


def _time(form: Form) -> datetime.time | None:
    try:
        return datetime.time.fromisoformat(form.text("time_of_day"))
    except ValueError:
        form.errors["time_of_day"] = TIME_MISSING
        return None


def _pause(course: Course, form: Form) -> str:
    courses.pause(course, form.text("reason"))
    return "Your course is paused. It waits for you."


def _resume(course: Course, form: Form) -> str:
    if isinstance(courses.progress(course).held, Break) and not form.text("done"):
        raise InputError("Go on", "Please tick the box when this is done.")
    courses.resume(course)
    return "Your course goes on. The next time all questions are asked again."


def _holiday(course: Course, form: Form) -> str:
    first, last = form.day("first", "Please give the first day away."), form.day("last", "Please give the last day.")
    if first is None or last is None:
        raise InputError("Holiday", next(iter(form.errors.values())))
    courses.holiday(course, first, last)
    return "Those days are free. Your course ends later by as many sessions."


def _skip(course: Course, form: Form) -> str:
    courses.skip(course, form.text("reason"))
    return "That session is let go."


def _taper(course: Course, form: Form) -> str:
    courses.taper(course)
    return "Fewer sessions a week follow your course."


def _end(course: Course, form: Form) -> str:
    if not form.text("sure"):
        raise InputError("End", "Please tick the box if you want to end the course.")
    courses.end(course, form.text("note"))
    return "Your course is ended. Its records stay."


def _days(course: Course, form: Form) -> str:
    at = _time(form)
    if at is None:
        raise InputError("Time", TIME_MISSING)
    courses.reschedule(course, form.days("weekdays"), at)
    return "Your days are changed."


def _undo(course: Course, form: Form) -> str:
    courses.undo(course)
    return "The last change is undone."


def _address(course: Course, form: Form) -> str:
    course_calendar.new_address(course)
    return "The calendar has a new address. The one before is closed."


def _no_address(course: Course, form: Form) -> str:
    course_calendar.no_address(course)
    return "The address of the calendar is closed."


ACTS: dict[str, Callable[[Course, Form], str]] = {
    "pause": _pause,
    "resume": _resume,
    "holiday": _holiday,
    "skip": _skip,
    "taper": _taper,
    "end": _end,
    "days": _days,
    "undo": _undo,
    "new-address": _address,
    "no-address": _no_address,
}


@require_POST
def change(request: HttpRequest, act: str) -> HttpResponse:
    """Do one thing to the course; what cannot be done is told beside its form, and nothing is changed."""
    patient, _ = whose(request)
    course = courses.latest(patient)
    if course is None or act not in ACTS:
        return _to(patient)
    form = Form(request.POST)
    try:
        messages.success(request, ACTS[act](course, form))
    except InputError as error:
        return _show(request, form, act, str(error))
    next_day.tell()
    return _to(patient)


@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """Send the calendar as a file."""
    patient, _ = whose(request)
    course = courses.latest(patient)
    if course is None:
        return _to(patient)
    headers = {"Content-Disposition": 'attachment; filename="sessions.ics"'}
    return HttpResponse(course_calendar.ics(course), content_type="text/calendar; charset=utf-8", headers=headers)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send the calendar to a calendar program; a wrong or closed address finds nothing, whoever asks."""
    course = course_calendar.by_token(token)
    if course is None:
        return HttpResponse("There is no calendar at this address.\n", status=404, content_type="text/plain")
    return HttpResponse(course_calendar.ics(course), content_type="text/calendar; charset=utf-8")


urlpatterns = [
    path("course/", page, name="course"),
    path("course/start/", start, name="course-start"),
    path("course/sessions.ics", download, name="course-file"),
    path("course/<slug:act>/", change, name="course-change"),
    path("calendar/<str:token>.ics", feed, name="course-feed"),
]
