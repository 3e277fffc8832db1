"""What happened in and shortly before a course, as the course logic reads it, and what was told beside sessions."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge.records import comparisons, outcomes, told, visits
from irtherapy.edge.records.models import Course, Effect, Illness, Visit

LOOK_BACK = datetime.timedelta(days=14)  # sessions before the course that still count for rest, minutes and warm skin
LARGE = tuple(name for name in visits.LARGE if name != "carried")
ILL_TODAY = "fever"  # the question of every visit: fever, chills or night sweats, or feeling ill
WARM_DAYS = datetime.timedelta(days=8)


def records(course: Course) -> list[dict[str, Any]]:
    """Return what was told in and shortly before the course, oldest first, as ``outcome.course`` reads it."""
    since = timezone.make_aware(datetime.datetime.combine(course.started_on, datetime.time())) - LOOK_BACK
    until = timezone.now() if course.ended_on is None else _end_of(course.ended_on)
    seen = visits.visible(course.patient).filter(demo=course.demo, created__gte=since, created__lte=until)
    warm_from = timezone.now() - WARM_DAYS
    hidden = comparisons.hidden_keys(course.patient)
    every = list(seen.defer(*LARGE).order_by("created"))
    later = told.after_sessions(visit for visit in every if visit.ended)
    out = [*_loose_effects(course, since, until), *_illnesses(course, since, until)]
    for visit in every:
        if visit.ended:
            out.append(_session(course, visit, visit.created >= warm_from, visit.pk in hidden) | later[visit.pk])
        elif (visit.verdict or {}).get("decision") == "not_now":
            out.append({"on": day_of(visit), "id": str(visit.pk), "ended": None} | _refused(visit))
    return out


def _loose_effects(course: Course, since: datetime.datetime, until: datetime.datetime) -> list[dict[str, Any]]:
    """Return the side effects that were told of no session, each with its day."""
    found = outcomes.kept(Effect, course.patient, course.demo).filter(visit=None, at__gte=since, at__lte=until)
    return [{"on": str(one.day), "ended": None, "effects": [told.for_course(one)]} for one in found]


def _illnesses(course: Course, since: datetime.datetime, until: datetime.datetime) -> list[dict[str, Any]]:
    """Return the days on which an illness was told of."""
    found = outcomes.kept(Illness, course.patient, course.demo).filter(at__gte=since, at__lte=until)
    return [{"on": str(one.day), "ended": None, "illness": True} for one in found]


def _end_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))


def day_of(visit: Visit) -> str:
    """Return the local day of a visit."""
    return timezone.localtime(visit.created).date().isoformat()


def _session(course: Course, visit: Visit, with_warmth: bool, hidden: bool) -> dict[str, Any]:
    """Return a session as the course reads it.

    One of a comparison whose arms are hidden counts as if it had heat for the week's warm skin, and never as a reason
    for more minutes, so that neither tells which it was.
    """
    skin_check = visit.skin_check or None
    return {
        "on": day_of(visit),
        "id": str(visit.pk),
        "ended": visit.ended,
        "heat_s": visit.heat_s,
        "region": visit.region or None,
        "warm_min": _warm_skin_min(visit, hidden) if with_warmth and visit.heat_s > 0 else None,
        "pain_before": visit.pain_before,
        "pain_after": visit.pain_after,
        "skin_check": None if hidden and skin_check == "clean" else skin_check,
        "screened_in_full": not visit.carried,
        "of_course": visit.course_id in (None, course.pk) and day_of(visit) >= str(course.started_on),
    }


def _warm_skin_min(visit: Visit, hidden: bool = False) -> float:
    sensor = not hidden and bool((visit.record or {}).get("order", {}).get("sensor"))
    skin = [(s["at_s"], s["skin_c"]) for s in visits.samples(visit)] if sensor else []
    return pathway.warm_skin_min(visit.plan, visit.heat_s, skin)


def _refused(visit: Visit) -> dict[str, Any]:
    """Return what the answers of a visit without a session say: its warning sign, and whether the person is ill."""
    verdict = visit.verdict or {}
    warning = {"urgency": verdict.get("urgency", "none"), "text": verdict.get("next_step", "")}
    return {"illness": visit.answers.get(ILL_TODAY) == "yes", "red_flag": warning}
