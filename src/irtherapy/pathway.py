"""The map: screen, plan, order, record, review, report. Nothing but calls in order, from one room to the next.

verdict = screen(...)                    is it right for me
plan    = make_plan(..., verdict, ...)   how long, how close; refuses on any verdict other than go
order   = make_order(..., plan, ...)     everything the session machine needs, frozen before START
record  = make_record(order, events)     what happened, computed from the journal alone
page    = doctor_page(...)               one page for the doctor, of a session
page    = course_page(chart, ...)        and of a whole course
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from irtherapy import limits
from irtherapy.dose import plan as dose_plan
from irtherapy.export import course_page as of_course
from irtherapy.export import page, svg
from irtherapy.outcome import course, progress, schedule, warm_skin
from irtherapy.programme import compose, figures, protocols
from irtherapy.screening import verdict as screening_verdict
from irtherapy.session import replay
from irtherapy.values import (
    Clearance,
    Course,
    Decision,
    Device,
    DeviceKind,
    Event,
    InputError,
    LimitStep,
    Person,
    Placement,
    Plan,
    Prescription,
    Programme,
    Progress,
    SessionOrder,
    SessionRecord,
    Setting,
    Site,
    StretchItem,
    Verdict,
)

if TYPE_CHECKING:
    from irtherapy.body.optics import BodyTables
    from irtherapy.export.chart import Chart
    from irtherapy.screening.questions import Questionnaire

REPORT_CSS = page.CSS  # the one style sheet inside a report
COURSE_CSS = of_course.CSS
MASSAGE_EARLIEST_S = 300.0  # heat alone for the first five minutes (facts: protocols 6, our own block)


def main_site(sites: Sequence[Site]) -> Site:
    """Return the site that is heated: the one that hurts most, the first of equals. Raises InputError on none."""
    if not sites:
        raise InputError("Site", "Choose at least one sore place: neck, upper back or lower back.")
    return max(sites, key=lambda site: -1.0 if site.pain_0_10 is None else site.pain_0_10)


def screen(
    questionnaire: Questionnaire,
    sites: Sequence[Site],
    kind: DeviceKind,
    age_years: float | None,
    answers: Mapping[str, str],
    today: str,
    clearance: Clearance | None = None,
) -> Verdict:
    """Return go, ask first or not now, with reasons, for all the sore places and one kind of device."""
    if age_years is None:
        raise InputError("Age", "Age must be told, in years: some questions depend on it.")
    regions = frozenset(site.region for site in sites)
    return screening_verdict.screen(questionnaire, regions, frozenset({kind}), age_years, answers, today, clearance)


def make_plan(
    person: Person,
    site: Site,
    device: Device,
    placement: Placement,
    verdict: Verdict,
    clean_sessions: int,
    tables: BodyTables,
    seed: int = 1,
    persons: int = 200,
    further: tuple[LimitStep, ...] = (),
    prescription: Prescription | None = None,
    chosen_min: float | None = None,
) -> Plan:
    """Return the minutes and what they will do; ``further`` limits are those of a course or a programme.

    ``prescription``: in the clinic, what the clinician set there. ``chosen_min``: minutes that the person chose.
    Raises InputError unless the verdict is go, and when what was set passes a ceiling.
    """
    if verdict.decision is not Decision.GO:
        raise InputError("Screening", f"No heat is planned: {verdict.next_step}")
    setting = verdict.setting
    if prescription is not None:
        setting = Setting.CLINIC
        limits.checked_prescription(prescription, {device.kind})
        further = (*further, *limits.clinician_limits(prescription, clean_sessions))
    return dose_plan.make_plan(
        person,
        site,
        device,
        placement,
        setting,
        clean_sessions,
        tables,
        seed=seed,
        persons=persons,
        further=further,
        clinician_set=prescription is not None,
        chosen_min=chosen_min,
    )


def usual_programme(programmes: Mapping[str, Programme], setting: Setting, device: Device) -> Programme:
    """Return the programme that holds where none was chosen. Raises InputError when none is for this device here."""
    return protocols.usual(programmes.values(), setting, device.kind, device.has_massage)


def programme_json(programme: Programme) -> dict[str, Any]:
    """Return a programme as JSON data, as a course and the FHIR export take it."""
    return protocols.public(programme)


def make_exercises(
    exercises: Any,
    programme: Programme,
    sites: Sequence[Site],
    flags: frozenset[str],
    seed: int,
    recent: Iterable[str] = (),
    hurt: Iterable[str] = (),
    week: int = 1,
    level_max: int = protocols.LEVEL_MAX,
) -> tuple[StretchItem, ...]:
    """Return the exercises of a programme for these sites that the person's answers allow, in this week of it.

    ``recent`` are passed over where there is a choice; ``hurt`` are done in their easier version.
    """
    regions, pain = frozenset(site.region for site in sites), main_site(sites).pain_0_10
    today = compose.Today(regions, flags, seed, frozenset(recent), frozenset(hurt), week, pain)
    return compose.session(exercises, protocols.at_most(programme.exercise, level_max), today)


def make_order(
    session_id: str,
    plan: Plan,
    device: Device,
    driver: str,
    checks: tuple[tuple[str, str], ...],
    stretch: tuple[StretchItem, ...],
    sensor: bool = False,
    programme: Programme | None = None,
    clinician_set: bool = False,
) -> SessionOrder:
    """Return the frozen order of a session: the plan's minutes under the compiled ceilings of its setting.

    Massage comes in the programme's block of it, and not before the muscle is warm.
    """
    if plan.minutes <= 0:
        raise InputError("Minutes", "This plan has no safe minutes of heat, so there is no session to start.")
    ceiling = limits.ceilings(plan.setting)
    massage = (MASSAGE_EARLIEST_S, None) if programme is None else protocols.massage_s(programme)
    massage_from_s = massage_to_s = None
    if device.has_massage and massage is not None:
        massage_from_s, massage_to_s = max(massage[0], plan.warm_at_s or 0.0), massage[1]
    return SessionOrder(
        session_id=session_id,
        setting=plan.setting,
        region=plan.site.region,
        device_id=device.id,
        driver=driver,
        heat_s=plan.minutes * 60.0,
        skin_cutoff_c=ceiling.skin_cutoff_c,
        skin_target_c=ceiling.skin_target_c,
        cem43_max_min=ceiling.cem43_min,
        lease_s=limits.LEASE_MAX_S,
        checks=checks,
        stretch=stretch,
        massage_from_s=massage_from_s,
        massage_to_s=massage_to_s,
        programme="" if programme is None else f"{programme.id} {programme.version}",
        device_kind=device.kind,
        clinician_set=clinician_set,
        sensor=sensor,
        confirm_off=driver == "manual",
        pain_before_0_10=plan.site.pain_0_10,
        planned_skin_c=plan.skin_c.p50,
        planned_time_s=plan.time_s,
    )


def make_compared_order(order: SessionOrder, with_heat: bool, hidden: bool) -> SessionOrder:
    """Return the order of a session of a comparison: the same routine, the heat on or off as was drawn.

    ``hidden``: nobody is told which. A thermometer is expected where there is heat alone; its guards stay in force.
    """
    if hidden:
        return replace(order, comparison="hidden", sensor=order.sensor and with_heat)
    if with_heat:
        return order
    return replace(order, comparison="without", driver="manual", confirm_off=False, sensor=False)


def make_rest_order(session_id: str, before: SessionOrder, left: tuple[StretchItem, ...]) -> SessionOrder:
    """Return the order for the stretches that a session which broke off had left: no heat, no device.

    Raises InputError when there is nothing left.
    """
    if not left:
        raise InputError("Stretches", "That session has no stretches left.")
    checks = (("room", "There is room to lie down, and nothing to trip over."), ("well", "I feel well enough for it."))
    return replace(
        before, session_id=session_id, driver="manual", comparison="", confirm_off=False, sensor=False, heat_s=0.0,
        massage_from_s=None, massage_to_s=None, checks=checks, stretch=left, planned_skin_c=(), planned_time_s=(),
    )  # fmt: skip


def make_record(order: SessionOrder, events: Sequence[Event], started_at: str | None) -> SessionRecord:
    """Return the record of a session from its journal; the same function serves live, crash and report."""
    return replay.record(order, events, started_at)


def doctor_page(
    person: Mapping[str, Any],
    sites: Sequence[Mapping[str, Any]],
    verdict: Mapping[str, Any],
    device: Mapping[str, Any],
    plan: Mapping[str, Any],
    record: Mapping[str, Any],
    progress_sentence: str,
    generated_on: str,
) -> str:
    """Return the one-page HTML for the doctor from the JSON forms (``values.to_json``) of the pathway's values."""
    return page.doctor_page(person, sites, verdict, device, plan, record, progress_sentence, generated_on)


def course_page(
    chart: Chart,
    today: datetime.date,
    zone: datetime.tzinfo,
    course_id: str | None = None,
    judged: Sequence[Mapping[str, Any]] = (),
    sections: Sequence[str] = (),
    reader: str = "doctor",
    called: str = "",
    say: Callable[[str], str] = str,
) -> str:
    """Return the page of a course as HTML, one A4 page in front, for its reader; ``say`` translates what is cut."""
    return of_course.course_page(chart, today, zone, course_id, judged, sections, reader, called, say)


def next_session(past: Sequence[Mapping[str, Any]], today: str, setting: str) -> tuple[str | None, str]:
    """Return the next ISO day a session may be on (None: pause) and the sentence that says so."""
    return progress.next_session(past, today, Setting(setting))


def course_state(
    agreed: Course, records: Sequence[Mapping[str, Any]], today: str, region: str | None = None
) -> Progress:
    """Return where a course stands today, from what was agreed and what was told so far."""
    return course.state(agreed, records, today, region)


def course_reminder(found: Progress, shown_on: Sequence[str]) -> str | None:
    """Return the line that reminds of today's session, or None when there is none or it was said twice."""
    return course.reminder(found, shown_on)


def course_limits(found: Progress, setting: Setting, site: Site) -> tuple[LimitStep, ...]:
    """Return the limits of a course for the plan of a session at a site."""
    warm = sum(one.warm_min for one in found.warm if one.region is site.region)
    return limits.course_limits(setting, found.minutes, warm)


def even_weekdays(first_day: date, per_week: int) -> tuple[int, ...]:
    """Return weekdays (0 Monday) spread over the week from a first day on, with their rest between."""
    return schedule.even_weekdays(first_day, per_week)


def warm_skin_min(plan: Mapping[str, Any] | None, heat_s: float, skin: Iterable[tuple[float, float | None]]) -> float:
    """Return the minutes of a session with the skin at 39 degrees C or more: measured, else planned, else all of it."""
    measured = warm_skin.measured_min(skin)
    if measured is not None:
        return measured
    if not plan:
        return heat_s / 60.0
    return warm_skin.planned_min(plan["time_s"], plan["skin_c"]["p97_5"], plan["minutes"] * 60.0, heat_s)


def record_chart(
    record: Mapping[str, Any], samples: Sequence[Mapping[str, Any]], draw: Callable[..., str] = svg.line_chart
) -> str:
    """Return the planned-against-measured skin chart of a record as SVG, with letters for a small screen.

    ``draw`` draws it in place of ``export.svg.line_chart``, for a reader of other units.
    """
    return page.record_chart(record, samples, width=420, draw=draw)


def record_rows(record: Mapping[str, Any], samples: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return the chart's figures by the minute: (minute, planned, measured) as text."""
    return page.record_rows(record, samples)


def figure(exercise_id: str, pose: str) -> str:
    """Return the drawing of an exercise as SVG: its ``start`` or ``end`` pose, or ``moving``; empty for resting."""
    if exercise_id == compose.REST_ID:
        return ""
    return figures.moving(exercise_id) if pose == "moving" else figures.svg(exercise_id, pose)
