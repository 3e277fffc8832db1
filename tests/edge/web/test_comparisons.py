"""Comparisons as they are kept: the plan cannot be changed unseen, days decide the block, nothing is lost."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from irtherapy.device import catalogue
from irtherapy.edge.records import (
    archive,
    compared_persons,
    compared_told,
    comparisons,
    course_history,
    research,
    visits,
)
from irtherapy.edge.records.models import ComparedSession, Comparison, Course, Patient, Visit
from irtherapy.evidence import self_trials
from irtherapy.outcome import comparison
from irtherapy.outcome.comparison import Concealment, Design, Outcome
from irtherapy.values import InputError, Region

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    drawn = itertools.count(1)  # the same orders in each run
    monkeypatch.setattr(comparisons.secrets, "token_hex", lambda size: f"{next(drawn):0{2 * size}x}")


def made(pairs: int = 6, sessions: int = 2, patient: Patient | None = None, **changes: object) -> Comparison:
    told: dict[str, object] = {"starts_on": timezone.localdate(), "concealment": Concealment.HIDDEN, **changes}
    design = Design(Region.NECK, Outcome.PAIN_AFTER, pairs=pairs, sessions=sessions, **told)  # type: ignore[arg-type]
    return comparisons.begin(design, catalogue.simulated_lamp(), "mqtt", "lamp", patient)


def did(
    of: Comparison, block: int, number: int, pain: float | None, heat_s: float = 600.0, ended: str = "completed"
) -> Visit:
    """Keep a session of a block as it is after it was rated."""
    day = of.design.first_day(block) + number * of.every_days * DAY
    noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    visit = Visit(patient=of.patient, sites=[{"region": "neck", "side": "both", "pain_0_10": 5.0}], pain_after=pain)
    visit.created = noon
    events = [{"at_s": 1.0, "kind": "heat_time", "data": {}}]
    visit.record = {
        "ended": ended,
        "heat_s": heat_s,
        "order": {"heat_s": 600.0, "region": "neck", "comparison": "hidden"},
        "events": events,
    }
    visit.session_id, visit.skin_check = f"s{block}-{number}-{of.pk}", "clean"
    visit.save()
    ComparedSession.objects.create(visit=visit, comparison=of, block=block)
    return visit


def back(of: Comparison, days: int) -> None:
    """Have it begun in the past, with the plan that it would have had."""
    of.starts_on -= days * DAY
    of.plan = comparison.plan_text(of.design, of.device_name, of.sealed)
    of.plan_sha256 = comparison.plan_hash(of.plan)
    of.save()


def whole(of: Comparison, difference: float, back_days: int = 100) -> None:
    """Do a whole comparison in the past, with a little that changes from day to day."""
    back(of, back_days)
    for block, with_heat in enumerate(of.order):
        for number in range(of.sessions):
            did(of, block, number, 5.0 + 0.2 * ((7 * block + 3 * number) % 3) - difference * with_heat)


def test_the_day_decides_the_block_and_a_full_block_takes_no_more() -> None:
    of = made()
    today = timezone.localdate()
    assert comparisons.due(of, today) == 0 and comparisons.due(of, today + 6 * DAY) == 1
    assert comparisons.due(of, today + 4 * DAY) is None and comparisons.due(of, today - DAY) is None
    did(of, 0, 0, 4)
    did(of, 0, 1, 4, ended="never_started")
    assert comparisons.due(of, today) == 0
    did(of, 0, 1, None, heat_s=30.0, ended="stopped")  # a session that was stopped is one
    assert comparisons.due(of, today) is None and comparisons.next_day(of, today) == today + 6 * DAY
    assert comparisons.next_day(of, today + 400 * DAY) is None


def test_one_comparison_at_a_time_and_one_of_each_person() -> None:
    of = made()
    with pytest.raises(InputError, match="runs already"):
        made()
    other = made(patient=Patient.objects.create(code="7"))
    assert comparisons.running(None, False) == of and comparisons.running(other.patient, False) == other
    for day in (-1, 61):
        comparisons.end(Comparison.objects.get(pk=of.pk))
        with pytest.raises(InputError, match="First day"):
            made(starts_on=timezone.localdate() + day * DAY)


def test_a_plan_that_was_changed_is_found_out() -> None:
    of = made()
    for name, value in (
        ("pairs", 5),
        ("plan", of.plan + " "),
        ("secret", "0" * 32),
        ("outcome", "next_morning"),
        ("worthwhile", 2.0),
    ):
        changed = Comparison.objects.get(pk=of.pk)
        setattr(changed, name, value)
        with pytest.raises(ValidationError):
            changed.clean()
    Comparison.objects.get(pk=of.pk).clean()


def test_the_result_comes_after_the_end_and_finds_what_is_there() -> None:
    of = made()
    whole(of, 2.0)
    with pytest.raises(InputError, match="after the end"):
        comparisons.result(of)
    comparisons.end(of)
    with pytest.raises(InputError, match="after the end"):
        comparisons.result(of)
    comparisons.go_on(of)
    assert of.ended_at is None
    comparisons.end(of)
    comparisons.reveal(of)
    found = comparisons.result(of)
    assert (
        found.answer == "lower" and found.estimate is not None and found.estimate.lower == pytest.approx(2.0, abs=0.4)
    )
    assert found.as_done == found.estimate and found.missing == 0 and not found.notes
    with pytest.raises(InputError, match="told already"):
        comparisons.go_on(of)
    heat = {one.block: one.visit.heat_s for one in ComparedSession.objects.select_related("visit")}
    assert {of.order[block]: heat[block] > 0 for block in heat} == {True: True, False: False}
    assert visits.clean_session_count("neck") == 12  # those with heat, now that it is told
    for number in (1, 2):
        outside = did(of, 0, 0, 4)
        ComparedSession.objects.filter(visit=outside).delete()
        (note,) = comparisons.result(of).notes
        assert note.startswith({1: "One session with heat", 2: "2 sessions with heat"}[number])
    rows = compared_told.ways(found)
    assert [name for name, *_ in rows][:2] == ["As drawn", "As done"] and "<svg" in compared_told.chart(found)


def test_missing_sessions_and_an_early_end_are_told() -> None:
    of = made()
    whole(of, 0.0)
    Visit.objects.filter(compared__block__gte=8).delete()
    back(of, -50)
    comparisons.end(of)
    comparisons.reveal(of)
    found = comparisons.result(of)
    assert found.missing == 8 and found.estimate is not None and found.estimate.pairs == 4
    assert [note.split()[:2] for note in found.notes][:3] == [["It", "was"], ["8", "of"], ["4", "of"]]


def resealed(text: str) -> list[str]:
    """An export that was changed by somebody who also put its digest right."""
    lines = text.splitlines(keepends=True)
    digest = hashlib.sha256()
    for line in lines[1:-1]:
        digest.update(line.rstrip("\n").removesuffix(",").encode())
    tail = json.loads('{"records": [' + lines[-1]) | {"sha256": digest.hexdigest()}
    return [*lines[:-1], f'], "count": {tail["count"]}, "sha256": "{tail["sha256"]}"}}\n']


def test_export_wipe_import_brings_it_back_to_the_byte() -> None:
    of = made(pairs=3, sessions=1)
    whole(of, 1.0)
    comparisons.end(of)
    before = "".join(archive.lines())
    visits.delete_all()
    assert not Comparison.objects.exists() and not ComparedSession.objects.exists()
    with pytest.raises(InputError, match="does not fit its seal"):
        archive.read(resealed(before.replace("Without: the same", "Without: another")))
    archive.read(before.splitlines(keepends=True))
    assert "".join(archive.lines()) == before
    assert Comparison.objects.get().order == of.order


def test_a_course_learns_nothing_from_a_hidden_session() -> None:
    """More minutes only after sessions that are known to have been warm; the week's warm skin counts both alike."""
    of = made(pairs=3, sessions=1)
    back(of, 2)
    did(of, 0, 0, 4)
    course = Course(started_on=of.starts_on)
    seen = course_history.records(course)
    assert [(r["skin_check"], r["heat_s"], r["warm_min"]) for r in seen] == [(None, 600.0, 10.0)]
    comparisons.end(of)
    comparisons.reveal(of)
    told = course_history.records(course)
    assert [(r["skin_check"], r["heat_s"]) for r in told] == [("clean", 600.0 if of.order[0] else 0.0)]


def test_removed_and_brought_back() -> None:
    of = made(concealment=Concealment.BY_HAND)
    comparisons.remove(of)
    again = made()
    with pytest.raises(InputError, match="Another"):
        comparisons.restore(of.pk)
    comparisons.end(again)
    assert comparisons.restore(of.pk).deleted_at is None
    did(again, 0, 0, 3)
    with pytest.raises(InputError, match="which was which"):
        comparisons.remove(again)


def test_the_pain_of_the_next_morning_is_told_from_that_morning_on() -> None:
    of = made()
    Comparison.objects.filter(pk=of.pk).update(outcome=Outcome.NEXT_MORNING.value)
    of.refresh_from_db()
    visit = did(of, 0, 0, 4)
    with pytest.raises(InputError, match="next day on"):
        compared_told.tell_morning(of, visit.pk, 3)
    visit.created -= DAY
    visit.save()
    assert [one.visit for one in compared_told.mornings(of)] == [visit]
    for wrong in (11, "much", float("nan")):
        with pytest.raises(InputError, match="Pain"):
            compared_told.tell_morning(of, visit.pk, wrong)
    for nowhere in ("x", of.pk):
        with pytest.raises(InputError, match="no part"):
            compared_told.tell_morning(of, nowhere, 3)
    compared_told.tell_morning(of, visit.pk, 3)
    compared_told.tell_morning(of, visit.pk, 2)  # corrected
    assert compared_told.mornings(of) == [] and comparisons.mornings(of) == {visit.pk: 2.0}


BAD = {
    "pairs": ("2", "13", "", "many", "nan", "3.5"),
    "sessions": ("0", "8"),
    "every_days": ("1", "8"),
    "washout_days": ("-1", "15"),
    "worthwhile": ("0.1", "inf"),
    "device": ("", "hand:nothing"),
    "region": ("knee",),
    "outcome": ("mood",),
    "starts_on": ("", "2020-01-01", "soon"),
}


def test_bad_input_is_told_beside_its_field_and_nothing_is_kept(client: Client) -> None:
    good = {"device": "simulated", "region": "neck", "outcome": "pain_after", "starts_on": visits.today(), "pairs": "6",
            "sessions": "2", "every_days": "2", "washout_days": "2", "worthwhile": "1"}  # fmt: skip
    for field, values in BAD.items():
        for value in values:
            answer = client.post(reverse("trial-new"), {**good, field: value})
            assert answer.status_code == 422 and list(answer.context["errors"]) == [field], (field, value)
    assert not Comparison.objects.exists()
    assert client.post(reverse("trial-new"), good).status_code == 302


def test_unknown_comparisons_lead_to_the_overview(client: Client) -> None:
    which = "00000000-0000-0000-0000-000000000000"
    assert client.get(reverse("trial-one", args=[which])).url == reverse("trial")  # type: ignore[attr-defined]
    assert client.get(reverse("trial-plan", args=[which])).status_code == 404
    for name in ("trial-end", "trial-go-on", "trial-reveal", "trial-morning", "trial-remove"):
        assert client.post(reverse(name, args=[which])).status_code == 302


def test_the_doctor_s_page_tells_a_comparison_when_it_has_ended_and_not_before(client: Client) -> None:
    of = made()
    whole(of, 2.0)
    page = client.get(reverse("course-report-page")).content.decode()
    assert "No comparison with and without heat was made." in page
    comparisons.end(of)
    comparisons.reveal(of)
    page = client.get(reverse("course-report-page")).content.decode()
    assert page.count(comparisons.result(of).sentence) == 2  # in front, and behind with its figures
    assert "Pairs of blocks" in page and "As drawn" in page


def test_the_answer_of_this_database_comes_from_its_finished_comparisons(client: Client) -> None:
    """Six patients of a clinic with a true difference of 1 point, one try-out and one unfinished that do not count."""
    for number in range(6):
        of = made(patient=Patient.objects.create(code=f"p{number}"))
        whole(of, 1.0 + 0.1 * (number % 3))
        comparisons.end(of)
        assert compared_persons.here("neck_pain").comparisons == number  # not before it is told
        comparisons.reveal(of)
    whole(made(), 9.0)
    here = compared_persons.here("neck_pain")
    assert (len(here.persons), here.comparisons, here.hidden, here.too_few) == (6, 6, 6, 0)
    assert all(-1.9 < one.difference < -0.4 for one in here.persons)
    codes = {one.person for one in here.persons}
    assert all(re.fullmatch("[0-9a-f]{12}", code) for code in codes) and len(codes) == 6
    known = self_trials.posterior(here.persons, 1.0)
    page = client.get(reverse("settle"), {"condition": "neck_pain"}).content.decode()
    assert f"6 people: {known.mean:+.1f} points on average" in page and "6 of them with hidden blocks" in page
    assert self_trials.firmness(here.persons, 1.0, known).answer == "less_pain" and "The answer is firm" in page
    assert compared_persons.here("chronic_low_back_pain").persons == compared_persons.here("neuropathy").persons == ()
    elsewhere = client.get(reverse("settle"), {"condition": "neuropathy"}).content.decode()
    assert "None is finished here yet" in elsewhere


def test_a_person_with_two_comparisons_counts_once_and_one_person_is_not_enough(client: Client) -> None:
    whose = Patient.objects.create(code="7")
    for difference in (0.5, 1.5):
        of = made(patient=whose)
        whole(of, difference)
        comparisons.end(of)
        comparisons.reveal(of)
    (one,) = compared_persons.here("neck_pain").persons
    results = [comparisons.result(of) for of in Comparison.objects.all()]
    weights = [1 / r.standard_error**2 for r in results]  # type: ignore[operator]
    by_hand = sum(-r.estimate.lower * w for r, w in zip(results, weights, strict=True)) / sum(weights)  # type: ignore[union-attr]
    assert one.difference == pytest.approx(by_hand) and one.standard_error == pytest.approx(sum(weights) ** -0.5)
    assert "It takes two to put together" in client.get(reverse("settle"), {"condition": "neck_pain"}).content.decode()


def test_the_data_set_without_names_tells_block_and_arm_once_they_are_told() -> None:
    of = made(pairs=3, sessions=1)
    whole(of, 1.0)
    comparisons.end(of)
    assert research.days() == []
    comparisons.reveal(of)
    days = research.days()
    assert [day.block for day in days] == [1, 2, 3, 4, 5, 6]
    assert [day.condition == "with" for day in days] == list(of.order)
    assert all((day.heat_min > 0) == (day.condition == "with") for day in days)
