"""Which programme a visit follows, what was set for it, and its exercises; a clinic's ceilings in a clinic alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from irtherapy import limits, pathway
from irtherapy.edge import data, home, programmes
from irtherapy.edge.records import courses, visits
from irtherapy.edge.records.models import Patient, Visit
from irtherapy.programme import protocols
from irtherapy.screening import exercise_flags
from irtherapy.values import (
    Device,
    InputError,
    LimitStep,
    Plan,
    Prescription,
    Programme,
    Setting,
    StretchItem,
    from_json,
    to_json,
)

LATELY = 2  # sessions whose exercises are passed over where there is a choice
LOOK_BACK = 20  # sessions in which what hurt is looked for
CLINIC_OFF = "The clinic's pages are switched off, so no visit of a patient can go on. Switch them on first."


def setting_of(visit: Visit) -> Setting:
    """Return whose ceilings hold: the clinic's when a clinician set this visit up for a patient, else the verdict's.

    Raises InputError when the clinic has been switched off since, and before the verdict.
    """
    if visit.prescription is not None:
        if not home.clinic_on() or visit.patient_id is None:
            raise InputError("Clinic", CLINIC_OFF)
        return Setting.CLINIC
    verdict = visit.verdict_value
    if verdict is None:
        raise InputError("Plan", "The questions come before the plan.")
    return verdict.setting


def device_of(visit: Visit) -> Device:
    """Return the chosen device. Raises InputError before the choice."""
    device = visit.device_value
    if device is None:
        raise InputError("Plan", "The device comes before the plan.")
    return device


def fitting(visit: Visit) -> dict[str, Programme]:
    """Return the programmes that can be chosen for this visit, by id."""
    device, setting = device_of(visit), setting_of(visit)
    of = (setting, device.kind, device.has_massage)
    return {key: one for key, one in programmes.known().items() if protocols.why_not(one, *of) is None}


def programme_of(visit: Visit) -> Programme:
    """Return the programme of a visit: the one chosen for it, its course's, or the usual one for its device here.

    Raises InputError before the device and the verdict.
    """
    device, setting = device_of(visit), setting_of(visit)
    if visit.programme is not None:
        chosen = from_json(Programme, visit.programme)
        if protocols.why_not(chosen, setting, device.kind, device.has_massage) is None:
            return chosen
    every = fitting(visit)
    of_course = "" if visit.course is None else str(visit.course.programme.get("id", ""))
    return every.get(of_course) or pathway.usual_programme(data.programmes(), setting, device)


def choose(visit: Visit, programme_id: str, chosen_min: float | None) -> None:
    """Keep another programme for a visit, and the minutes that were chosen (None: the usual); the plan is made again.

    Raises InputError when it is not for this setting and device, or the minutes are more than it has.
    """
    every = fitting(visit)
    if programme_id not in every:
        raise InputError("Programme", f"There is no programme {programme_id[:60]!r} for this device here.")
    limits.programme_limits(every[programme_id].heat_min, chosen_min)
    visit.programme, visit.chosen_min, visit.plan = to_json(every[programme_id]), chosen_min, None
    visit.save()


def make_plan(visit: Visit) -> Plan:
    """Return the plan of a visit, made afresh from what was told. Raises InputError with one clear sentence."""
    site, verdict = pathway.main_site(visit.site_values), visit.verdict_value
    device, placement = visit.device_value, visit.placement_value
    if verdict is None or device is None or placement is None:
        raise InputError("Plan", "The questions and the device come before the plan.")
    setting, programme = setting_of(visit), programme_of(visit)
    clean = visits.clean_session_count(site.region, demo=visit.demo, patient=visit.patient)
    further: tuple[LimitStep, ...] = (
        *limits.programme_limits(programme.heat_min, _chosen(visit, programme)),
        *courses.limits_of(visit.course, setting, site),
    )
    return pathway.make_plan(
        visit.person_value,
        site,
        device,
        placement,
        verdict,
        clean,
        data.body_tables(),
        further=further,
        prescription=visit.prescription,
        chosen_min=_chosen(visit, programme),
    )


def _chosen(visit: Visit, programme: Programme) -> float | None:
    """Return the minutes that were chosen, where this programme has as many."""
    chosen = visit.chosen_min
    return chosen if chosen is not None and chosen <= programme.heat_min else None


def keep_plan(visit: Visit, plan: Plan) -> None:
    """Keep the plan that is shown, and the programme it was made by."""
    visit.programme = to_json(programme_of(visit))
    visit.keep_plan(plan)


@dataclass(frozen=True)
class Before:
    """What earlier sessions say about the exercises of today."""

    recent: frozenset[str] = frozenset()
    hurt: frozenset[str] = frozenset()


def before(patient: Patient | None, demo: bool) -> Before:
    """Return the exercises of the last sessions of a person, and those that hurt when they were last done."""
    done = visits.finished(patient).filter(demo=demo)
    return told([record or {} for record in done.values_list("record", flat=True)[:LOOK_BACK]])


def told(records: Iterable[dict[str, Any]]) -> Before:
    """Return the same from the records themselves, newest first."""
    recent: set[str] = set()
    hurt: set[str] = set()
    seen: set[str] = set()
    for number, record in enumerate(records):
        names = {item["exercise_id"] for item in (record.get("order") or {}).get("stretch", ())}
        names -= set(record.get("skipped", ()))
        hurt |= set(record.get("hurt", ())) - seen
        seen |= names
        if number < LATELY:
            recent |= names
    return Before(frozenset(recent), frozenset(hurt))


def week_of(programme: Programme, patient: Patient | None, demo: bool) -> int:
    """Return the week of a programme, from 1: that of the running course, else by the sessions that were finished."""
    of_course = courses.exercise_week(courses.current(patient, demo))
    if of_course is not None and of_course[0] == programme.id:
        return of_course[1]
    done = visits.finished(patient).filter(demo=demo, ended="completed", programme__id=programme.id)
    return int(done.count()) // programme.per_week + 1


def exercises_of(visit: Visit, programme: Programme, seed: int | None = None) -> tuple[StretchItem, ...]:
    """Return the exercises of a visit's session: what the answers allow, of the week, varied, easier where it hurt.

    ``seed``: None is that of the day.
    """
    flags = exercise_flags(data.questionnaire(), visit.answers)
    earlier = before(visit.patient, visit.demo)
    level_max = protocols.LEVEL_MAX if visit.prescription is None else visit.prescription.level_max
    return pathway.make_exercises(
        data.exercises(),
        programme,
        visit.site_values,
        flags,
        seed=visit.created.toordinal() if seed is None else seed,
        recent=earlier.recent,
        hurt=earlier.hurt,
        week=week_of(programme, visit.patient, visit.demo),
        level_max=level_max,
    )


def prescribed(programme: Programme) -> Prescription:
    """Return what a clinician's form begins with: the programme's minutes as far as they need no word, ten at first."""
    most = limits.ceilings(Setting.CLINIC).heat_min
    return Prescription(min(programme.heat_min, most), min(programme.heat_min, 10.0), "")
