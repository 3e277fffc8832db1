"""Pages of what has been told for weeks, in the language of tests: course, comparison, outcome, evidence, insurers."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import test_comparisons as compared
import web_walk as walk
from course_life import live as live_course
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from test_every_page import check, plain_addresses

from irtherapy.edge import cards, data
from irtherapy.edge.records import comparisons, outcomes
from irtherapy.edge.records.models import Patient
from irtherapy.edge.web.views.evidence import SLUGS
from irtherapy.evidence import coverage

pytestmark = pytest.mark.django_db
# Addresses with a part of their own that the tests of this folder walk; those that redirect, stream or send a file.
WALKED = {
    "where", "screening", "screening-again", "questions", "verdict", "device", "own-device-new", "plan", "session",
    "after", "record", "doctor", "remove", "course-change", "outcome-change", "outcome-form", "outcome-motion", "card",
    "trial-one", "evidence-condition", "patient", "patient-visit", "patient-remove", "plan-choose",
}  # fmt: skip
NO_PAGE = {
    "session-start", "session-stream", "session-do", "doctor-pdf", "course-feed", "outcome-undo", "trial-plan",
    "trial-end", "trial-go-on", "trial-reveal", "trial-morning", "trial-remove", "evidence-drawing",
}  # fmt: skip


def test_every_address_of_the_program_is_walked() -> None:
    """A new page with a part of its own is walked here, or named as no page."""
    from django.urls import URLPattern, get_resolver

    def names(patterns: list[object]) -> set[str]:
        out: set[str] = set()
        for pattern in patterns:
            if not isinstance(pattern, URLPattern):
                out |= names(pattern.url_patterns)  # type: ignore[attr-defined]
            elif "<" in str(pattern.pattern):
                out.add(str(pattern.name))
        return out

    assert names(get_resolver().url_patterns) == WALKED | NO_PAGE
    assert "/preferences/" in plain_addresses()


@pytest.mark.parametrize("marks", [False, True])
def test_a_course_as_it_goes(reader: Client, home: Path, marks: bool) -> None:
    live_course(marks)
    check(reader.get(reverse("course")), "course")
    for act in ("pause", "resume", "skip", "holiday", "days", "taper", "end", "undo"):
        check(reader.post(reverse("course-change", args=[act]), {}, follow=True), f"course after {act}")
    check(reader.get("/"), "first page with a course")


def test_a_course_that_is_planned(reader: Client, home: Path) -> None:
    check(reader.get(reverse("course")), "course, none yet")
    check(
        reader.post(reverse("course-start"), {"programme": "home_20_10", "first_day": "", "per_week": "99"}),
        "course sent back",
    )
    good = {"programme": "home_20_10", "first_day": timezone.localdate().isoformat(), "time_of_day": "18:00"}
    check(reader.post(reverse("course-start"), good, follow=True), "course begun")
    check(reader.post(reverse("course-change", args=["end"]), {"sure": "yes"}, follow=True), "course ended")
    check(reader.post(reverse("visit-new"), {}, follow=True), "where, after a course")


def test_a_comparison_from_its_start_to_what_came_out(reader: Client, home: Path) -> None:
    check(reader.post(reverse("trial-new"), {"device": "x", "pairs": "99"}), "comparison sent back")
    of = compared.made()
    check(reader.get(reverse("trial-one", args=[of.pk])), "comparison begun")
    compared.whole(of, 2.0)
    check(reader.get(reverse("trial-one", args=[of.pk])), "comparison under way")
    check(reader.get(reverse("trial")), "comparisons")
    check(reader.post(reverse("trial-end", args=[of.pk]), follow=True), "comparison ended")
    of.refresh_from_db()
    check(reader.post(reverse("trial-reveal", args=[of.pk]), {"guess_0": "with"}, follow=True), "what came out")
    check(reader.post(reverse("trial-remove", args=[of.pk]), follow=True), "comparison removed")


@pytest.mark.parametrize("difference", [0.0, 0.4, -2.0])
def test_what_a_comparison_may_tell(reader: Client, home: Path, difference: float) -> None:
    of = compared.made()
    compared.whole(of, difference)
    comparisons.end(of)
    comparisons.reveal(of)
    check(reader.get(reverse("trial-one", args=[of.pk])), f"a difference of {difference}")


def test_how_it_is_going(reader: Client, home: Path) -> None:
    for many in range(9):
        at = timezone.now() - datetime.timedelta(days=20 - 2 * many)
        outcomes.log_pain("neck", 7 - 0.4 * many, at=at.isoformat())
    check(reader.get(reverse("outcome")), "how it is going")
    check(reader.post(reverse("outcome-pain"), {"region": "neck", "pain": "4"}, follow=True), "a rating kept")
    check(reader.post(reverse("outcome-pain"), {"region": "neck", "pain": "40"}, follow=True), "a rating sent back")
    entry = outcomes.kept(outcomes.PainEntry, None).latest("at")
    check(reader.get(reverse("outcome-change", args=[entry.pk])), "a rating changed")
    check(reader.post(reverse("outcome-change", args=[entry.pk]), {"pain": "40"}), "a change sent back")
    check(reader.post(reverse("outcome-undo", args=[entry.pk]), follow=True), "a rating taken back")
    check(reader.post(reverse("outcome-effect"), {}), "a side effect sent back")
    for grade in "123":
        told = {"kind": "blister", "grade": grade}
        check(reader.post(reverse("outcome-effect"), told, follow=True), f"a side effect of grade {grade}")


def test_every_form_and_every_movement(reader: Client, home: Path) -> None:
    for name in data.measures():
        address = reverse("outcome-form", args=[name])
        check(reader.get(address), f"form {name}")
        check(reader.post(address, {}), f"form {name} sent back")
    for name in data.motions():
        address = reverse("outcome-motion", args=[name])
        check(reader.get(address), f"movement {name}")
        check(reader.post(address, {"reading": "x"}), f"movement {name} sent back")


def test_the_patients_of_a_clinic(reader: Client, home: Path) -> None:
    check(reader.get(reverse("clinic")), "clinic, off")
    check(reader.post(reverse("clinic-switch"), {"clinic": "on"}, follow=True), "clinic, on")
    check(reader.post(reverse("clinic"), {"code": ""}), "a patient sent back")
    check(reader.post(reverse("clinic"), {"code": "2041"}, follow=True), "a patient")
    patient = Patient.objects.get()
    address = reverse("patient-visit", args=[patient.pk])
    check(reader.post(address, {"heat_min": "99", "level_max": "9"}), "a prescription sent back")
    told = {"programme": "clinic_30", "heat_min": "20", "first_min": "10", "level_max": "2", "set_by": "0"}
    check(reader.post(address, {**told, "demo": "yes"}, follow=True), "a visit in a clinic")
    check(reader.get(reverse("patient", args=[patient.pk])), "a patient with a visit")
    check(reader.post(reverse("patient-remove", args=[patient.pk]), {}), "a patient not removed")
    check(reader.post(reverse("patient-remove", args=[patient.pk]), {"sure": "yes"}, follow=True), "a patient removed")


def test_another_programme_for_the_plan(reader: Client, home: Path) -> None:
    visit = walk.to_plan(reader)
    address = reverse("plan-choose", args=[visit.id])
    check(reader.post(address, {"programme": "heat_massage", "chosen_min": "99"}), "a programme sent back")
    check(reader.post(address, {"programme": "home_20_10", "chosen_min": "6"}, follow=True), "fewer minutes")


@pytest.mark.parametrize("slug", list(SLUGS))
def test_the_evidence_on_a_condition(reader: Client, slug: str) -> None:
    check(reader.get(reverse("evidence-condition", args=[slug])), f"evidence on {slug}")


def test_every_card(reader: Client) -> None:
    for name in cards.all_cards():
        check(reader.get(reverse("card", args=[name])), f"card {name}")


def test_every_payer(reader: Client) -> None:
    payers = coverage.payers(coverage.load(data.read(coverage.COVERAGE)))
    for payer in payers:
        for setting in coverage.SETTINGS:
            for condition in coverage.CONDITIONS:
                asked = f"/coverage/?payer={payer}&condition={condition}&setting={setting}"
                check(reader.get(asked), asked)


@pytest.mark.parametrize("design", ["parallel", "crossover", "self_trials"])
def test_the_trial_that_would_settle_it(reader: Client, design: str) -> None:
    from irtherapy.evidence import designs

    for condition in designs.CONDITIONS:
        for sham in ("warm", "cold", "none"):
            asked = f"/settle/?condition={condition}&design={design}&sham={sham}"
            check(reader.get(asked), asked)
    check(reader.get("/settle/?difference=99"), "a figure out of range")
    pasted = "person,difference,standard_error\n" + "".join(f"{n},-{n}.5,0.8\n" for n in range(1, 6))
    check(reader.post("/settle/", {"self_trials": pasted}), "self-trials put together")
    check(reader.post("/settle/", {"self_trials": "1,2"}), "self-trials sent back")
