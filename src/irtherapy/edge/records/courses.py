"""Starting, finding and changing courses; their state is worked out from the visits each time it is asked for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge.records import course_history, visits
from irtherapy.edge.records.models import Course, Patient, Visit
from irtherapy.edge.records.models.course import PROGRAMME_KEYS
from irtherapy.values import (
    Away,
    Break,
    InputError,
    LimitStep,
    Progress,
    Region,
    Setting,
    Site,
    Slot,
    SlotState,
    in_range,
    to_json,
)

BEGUN_MOST, AHEAD_MOST = datetime.timedelta(days=31), datetime.timedelta(days=60)
UNDONE = ("status", "ended_on", "weekdays", "time_of_day", "slack_days", "taper", "away", "skipped", "resumed")
REASON_MOST = 200
TICK_EARLY = "Please tick the box if you want a session today all the same."


def of(patient: Patient | None, demo: bool = False) -> QuerySet[Course]:
    """Return the courses of one person, newest first."""
    return Course.objects.filter(patient=patient, demo=demo)


def current(patient: Patient | None = None, demo: bool = False) -> Course | None:
    """Return the course that runs or is paused, or None."""
    return of(patient, demo).filter(status__in=(Course.Status.ACTIVE, Course.Status.ON_HOLD)).first()


def latest(patient: Patient | None = None, demo: bool = False) -> Course | None:
    """Return the running course, else the newest, or None."""
    return current(patient, demo) or of(patient, demo).first()


def setting_of(course: Course) -> Setting:
    """Return whose ceilings hold: those of the last verdict, so that "at risk" is kept, else the programme's."""
    last = visits.visible(course.patient).filter(demo=course.demo, verdict__isnull=False).first()
    if last is not None and Setting(course.programme["setting"]) is not Setting.CLINIC:
        return Setting((last.verdict or {}).get("setting", course.programme["setting"]))
    return Setting(course.programme["setting"])


def progress(course: Course, today: str | None = None, region: Region | str | None = None) -> Progress:
    """Return where a course stands today, or on another ISO day."""
    site = None if region is None else str(Region(region).value)
    return pathway.course_state(
        course.value(setting_of(course)), course_history.records(course), today or visits.today(), site
    )


def shown_slots(found: Progress) -> tuple[Slot, ...]:
    """Return the sessions that a picture shows: what an ended course still had planned is left out."""
    return tuple(s for s in found.slots if not (found.over and s.state is SlotState.PLANNED))


def days_away(course: Course, found: Progress) -> list[tuple[str, str]]:
    """Return the days without sessions as (first, last): pauses, holidays and breaks until they were lifted."""
    away = [(a.first_on, a.last_on or found.today) for a in course.value().away]
    return away + [(b.on, b.lifted_on or found.today) for b in found.breaks]


def finish_if_over(course: Course, found: Progress) -> None:
    """Mark a running course as finished when its last session is settled."""
    if course.is_running and found.over:
        course.status = Course.Status.COMPLETED
        course.save(update_fields=["status"])


def remind(course: Course, found: Progress) -> str | None:
    """Return the one line that reminds of today's session, and keep that it was shown; None when it is quiet."""
    line = pathway.course_reminder(found, course.reminded)
    if line is not None and found.today not in course.reminded:
        course.reminded = [*course.reminded, found.today][-10:]
        course.save(update_fields=["reminded"])
    return line


# -- starting and changing ----------------------------------------------------------------------------------------


def start(
    programme: Mapping[str, Any],
    started_on: datetime.date,
    weekdays: Sequence[int] | None = None,
    time_of_day: datetime.time = datetime.time(18, 0),
    patient: Patient | None = None,
    demo: bool = False,
    per_week: int | None = None,
    weeks: int | None = None,
) -> Course:
    """Start a course of a programme (``pathway.programme_json``).

    ``per_week`` and ``weeks`` may be fewer than the programme's, never more. Raises InputError, and starts nothing,
    when one runs already or a value lies outside its range.
    """
    if current(patient, demo) is not None:
        raise InputError("Course", "A course runs already. End it before you start another.")
    kept = {key: programme[key] for key in PROGRAMME_KEYS}
    kept["per_week"] = int(in_range("Sessions a week", per_week or kept["per_week"], 1, kept["per_week"]))
    kept["weeks"] = int(in_range("Weeks", weeks or kept["weeks"], 1, kept["weeks"]))
    low, high = timezone.localdate() - BEGUN_MOST, timezone.localdate() + AHEAD_MOST
    if not demo and not low <= started_on <= high:
        raise InputError("First day", f"First day must be from {low} to {high}; got {started_on}.")
    course = Course(
        patient=patient,
        demo=demo,
        programme=to_json(kept),
        started_on=started_on,
        weekdays=sorted(pathway.even_weekdays(started_on, kept["per_week"]) if weekdays is None else set(weekdays)),
        time_of_day=time_of_day.replace(second=0, microsecond=0),
        zone=timezone.get_default_timezone_name(),
    )
    _check(course)
    course.save()
    return course


def _check(course: Course) -> None:
    pathway.course_state(course.value(), [], str(course.started_on))
    try:
        course.clean()
    except ValidationError as error:
        raise InputError("Course", "; ".join(error.messages)) from None


def _change(course: Course, **changed: Any) -> Course:
    """Keep a change, what it replaces for ``undo``, and tell calendars that something is new."""
    before = {name: _plain(getattr(course, name)) for name in UNDONE}
    for name, value in changed.items():
        setattr(course, name, value)
    _check(course)
    course.before = before
    course.sequence += 1
    course.save()
    return course


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value


def _running(course: Course) -> None:
    if not course.is_running:
        raise InputError("Course", "This course is over. Start a new one.")


def pause(course: Course, reason: str = "") -> Course:
    """Pause a course from today on, until it is resumed. Raises InputError when it is paused or over."""
    _running(course)
    if course.status == Course.Status.ON_HOLD:
        raise InputError("Course", "This course is paused already.")
    away = Away(visits.today(), None, "pause", reason.strip()[:REASON_MOST])
    return _change(course, status=Course.Status.ON_HOLD, away=[*course.away, to_json(away)])


def resume(course: Course) -> Course:
    """Go on after a pause or a break. Raises InputError when nothing holds the course, or it is too early."""
    _running(course)
    today = visits.today()
    held = progress(course).held
    if held is None:
        raise InputError("Course", "This course is not paused.")
    if isinstance(held, Break) and today < held.not_before:
        raise InputError("Course", f"It is too early to go on: not before {held.not_before}.")
    yesterday = (datetime.date.fromisoformat(today) - datetime.timedelta(days=1)).isoformat()
    away = [{**one, "last_on": yesterday} if one["last_on"] is None else one for one in course.away]
    away = [one for one in away if one["last_on"] >= one["first_on"]]
    return _change(course, status=Course.Status.ACTIVE, away=away, resumed=[*course.resumed, today])


def holiday(course: Course, first: datetime.date, last: datetime.date) -> Course:
    """Take days out of the course. Raises InputError on days past, in the wrong order or more than a year."""
    _running(course)
    today = timezone.localdate()
    if not today <= first <= today + datetime.timedelta(days=366):
        raise InputError("First day away", "First day away must be from today to a year from now.")
    if not first <= last <= first + datetime.timedelta(days=366):
        raise InputError("Last day away", "Last day away must be on or after the first, within a year.")
    return _change(course, away=[*course.away, to_json(Away(str(first), str(last), "holiday", ""))])


def skip(course: Course, reason: str = "") -> Course:
    """Let the next session go. Raises InputError when none is planned."""
    _running(course)
    slot = next((s for s in progress(course).slots if s.planned_on is not None), None)
    if slot is None:
        raise InputError("Course", "There is no session to skip now.")
    return _change(course, skipped=[*course.skipped, [slot.due_on, reason.strip()[:REASON_MOST]]])


def taper(course: Course) -> Course:
    """Let fewer sessions a week follow the course. Raises InputError when they do already, or cannot."""
    if course.status == Course.Status.REVOKED:
        raise InputError("Course", "This course was ended. Start a new one.")
    if course.taper:
        raise InputError("Course", "Fewer sessions a week follow this course already.")
    if int(course.programme["per_week"]) < 2:
        raise InputError("Course", "One session a week is the fewest there is.")
    status = Course.Status.ACTIVE if course.status == Course.Status.COMPLETED else course.status
    return _change(course, taper=True, status=status)


def end(course: Course, note: str = "") -> Course:
    """End a course today. Raises InputError when it is over."""
    _running(course)
    if note:
        course.note = note.strip()[:2000]
    return _change(course, status=Course.Status.REVOKED, ended_on=timezone.localdate())


def reschedule(course: Course, weekdays: Sequence[int], time_of_day: datetime.time) -> Course:
    """Choose other weekdays or another time of day."""
    _running(course)
    return _change(course, weekdays=sorted(set(weekdays)), time_of_day=time_of_day.replace(second=0, microsecond=0))


def undo(course: Course) -> Course:
    """Bring back what the last change replaced. Raises InputError when there is nothing to undo."""
    before = course.before
    if not isinstance(before, dict):
        raise InputError("Course", "There is nothing to undo.")
    running = before["status"] in (Course.Status.ACTIVE, Course.Status.ON_HOLD)
    if running and of(course.patient, course.demo).exclude(pk=course.pk).filter(
        status__in=(Course.Status.ACTIVE, Course.Status.ON_HOLD)
    ):
        raise InputError("Course", "Another course runs now, so this cannot be undone.")
    for name in UNDONE:
        setattr(course, name, before[name])
    course.ended_on = None if before["ended_on"] is None else datetime.date.fromisoformat(before["ended_on"])
    course.time_of_day = datetime.time.fromisoformat(before["time_of_day"])
    course.before = None
    course.sequence += 1
    course.save()
    return course


def limits_of(course: Course | None, setting: Setting, site: Site) -> tuple[LimitStep, ...]:
    """Return the limits that a running course sets on the plan of a session at a site; none without one.

    Raises InputError while the course is held: then there is no plan.
    """
    if course is None or not course.is_running:
        return ()
    found = progress(course, region=site.region)
    if found.held is not None:
        raise InputError("Course", found.sentence)
    return pathway.course_limits(found, setting, site)


def exercise_week(course: Course | None) -> tuple[str, int] | None:
    """Return (programme id, the week whose exercises come next) of a running course, or None without one."""
    if course is None or not course.is_running:
        return None
    return str(course.programme["id"]), progress(course).exercise_week


def join(visit: Visit) -> Progress | None:
    """Let an open visit belong to the running course of its person; return where that stands, or None without one."""
    course = current(visit.patient, visit.demo)
    if course is None:
        return None
    if visit.course_id != course.pk:
        visit.course = course
        visit.save(update_fields=["course"])
    return progress(course)


def too_early(patient: Patient | None, demo: bool = False) -> str:
    """Return why a session today would come too early in the running course of a person, or nothing."""
    course = current(patient, demo)
    return "" if course is None else progress(course).early


def check_may_begin(visit: Visit, early: bool = False) -> None:
    """Raise InputError when the course is held, or its pause asks for all questions and they were not all asked.

    Also when the session would come too early in it, unless ``early`` says that the person wants it all the same.
    """
    found = join(visit)
    if found is not None and found.held is not None:
        raise InputError("Course", found.sentence)
    if found is not None and found.rescreen and visit.carried:
        raise InputError("Screening", "After the pause all questions are asked again, before any heat.")
    if found is not None and found.early and not early:
        raise InputError("Early", f"{found.early} {TICK_EARLY}")


# -- for the chart ------------------------------------------------------------------------------------------------


def charted(patient: Patient | None) -> Iterator[dict[str, Any]]:
    """Yield each real course of a person as a chart takes it (``export.chart.Chart.courses``)."""
    for course in of(patient).order_by("created", "pk"):
        yield for_chart(course)


def for_chart(course: Course, today: str | None = None) -> dict[str, Any]:
    """Return a course as a chart takes it."""
    found = progress(course, today)
    gone = ("missed", "skipped", "left_out")
    over = {True: Course.Status.REVOKED if course.ended_on else Course.Status.COMPLETED}
    held = Course.Status.ON_HOLD if found.held else Course.Status.ACTIVE
    return {
        "id": str(course.pk),
        "created": course.created.isoformat(),
        "programme": {key: course.programme[key] for key in PROGRAMME_KEYS},
        "started_on": str(course.started_on),
        "ends_on": found.ends_on,
        "status": str(over.get(found.over, held).value),
        "planned": [slot.due_on for slot in found.slots],
        "missed": [{"on": s.due_on, "reason": s.reason} for s in found.slots if s.state.value in gone],
        "note": course.note,
        "pauses": [{"from": a.first_on, "until": a.last_on, "reason": a.reason} for a in course.value().away],
        "breaks": [
            {"id": f"{course.pk}:{b.rule}:{b.on}", "at": b.on, "rule": b.rule, "text": b.text, "advice": b.advice}
            for b in found.breaks
        ],
    }
