"""What a person told stays as told: kept, corrected, taken back, out and in again, and right in the eyes of others."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from fhir_judges import problems

from irtherapy.device import catalogue
from irtherapy.edge.records import archive, charts, comparisons, outcomes, told, visits
from irtherapy.edge.records.models import Answer, ComparedSession, Effect, Motion, PainEntry, Patient, Visit
from irtherapy.export import fhir, tables
from irtherapy.outcome.comparison import Concealment, Design, Outcome
from irtherapy.values import InputError, Region, SideEffect

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
PEG = {"peg_1": 6, "peg_2": 5, "peg_3": 4}


def session(days_ago: float, before: float = 6.0, after: float | None = 4.0, **more: object) -> Visit:
    record = {
        "ended": "completed", "ended_text": "Done.", "order": {"region": "neck", "heat_s": 600.0}, "heat_s": 600.0,
        "started_at": (timezone.now() - days_ago * DAY).isoformat(), "events": [], "massage_s": 0, "stretch_s": 0,
    }  # fmt: skip
    return Visit.objects.create(
        record=record, step="done", pain_after=after, created=timezone.now() - days_ago * DAY, skin_check="clean",
        sites=[{"region": "neck", "side": "left", "pain_0_10": before}], **more,
    )  # fmt: skip


def everything(patient: Patient | None = None) -> Visit:
    visit = session(1, patient=patient)
    outcomes.log_pain("neck", 5, side="left", when="next_morning", visit=visit, patient=patient)
    outcomes.log_pain("lower_back", 2.5, patient=patient, at=timezone.now() - 2 * DAY)
    outcomes.finish(outcomes.draft("peg", patient), PEG)
    own = {f"psfs_{n}_text": name for n, name in enumerate(("Walk", "=1+1", "Lie ü"), 1)}
    outcomes.finish(outcomes.draft("psfs", patient), {**own, "psfs_1": 4, "psfs_3": 6})
    outcomes.finish(outcomes.draft("rmdq", patient), {"rmdq_3": True})
    outcomes.finish(outcomes.draft("pgic", patient), {"pgic": 2})
    outcomes.finish(outcomes.draft("odi", patient), {"points": 16, "sections": 9})
    outcomes.finish(outcomes.draft("promis_pi", patient), {"score": 61.5})
    outcomes.measure_motion("back_forward_tape", 20, patient=patient, at=timezone.now() - DAY)
    outcomes.measure_motion("back_forward_tape", 21, patient=patient)
    outcomes.measure_motion("neck_turn_left", 48, patient=patient)
    outcomes.note_effect("headache", 3, "For an hour", patient=patient)
    outcomes.note_illness("Fever ü", patient=patient, at=timezone.now() - DAY)
    return visit


def test_a_rating_is_corrected_and_the_correction_undone() -> None:
    first = outcomes.log_pain("neck", "4")
    second = outcomes.correct_pain(first, 7)
    assert [e.value for e in outcomes.kept(PainEntry, None)] == [7.0] and second.at == first.at
    outcomes.restore(first)
    assert [e.value for e in outcomes.kept(PainEntry, None)] == [4.0]
    outcomes.remove(first)
    assert not outcomes.any_told(None) and outcomes.find(first.pk).deleted_at
    assert PainEntry.objects.count() == 2  # nothing is overwritten


def test_several_of_a_day_are_kept_but_one_next_morning_of_a_session() -> None:
    visit = session(1)
    for value in (3, 4):
        outcomes.log_pain("neck", value)
        outcomes.log_pain("neck", value, when="next_morning", visit=visit)
    assert sorted((e.when, e.value) for e in outcomes.kept(PainEntry, None)) == [
        ("", 3.0), ("", 4.0), ("next_morning", 4.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"value": 11}, "Pain must be a number from 0 to 10; got 11."),
        ({"value": "much"}, "Pain must be a number from 0 to 10"),
        ({"region": "knee"}, "Place must be one of neck, upper_back, lower_back; got 'knee'."),
        ({"side": "top"}, "Side must be one of left"),
        ({"when": "noon"}, "When must be one of before, after, next_morning; got 'noon'."),
        ({"at": timezone.now() + DAY}, "Time must not lie in the future"),
        ({"at": "2999-01-01"}, "Time must not lie in the future"),
        ({"at": "1999-01-01"}, "Time must be within the last ten years"),
        ({"at": "yesterday"}, "Time must be written as 2026-03-31"),
    ],
)
def test_what_is_no_rating_is_one_sentence_and_nothing_is_kept(words: dict[str, object], says: str) -> None:
    given = {"region": "neck", "value": 3, **words}
    with pytest.raises(InputError) as refused:
        outcomes.log_pain(**given)
    assert str(refused.value).startswith(says) and not PainEntry.objects.exists()


def test_a_questionnaire_is_kept_as_it_is_filled_in_and_finished_only_with_a_score() -> None:
    begun = outcomes.fill(outcomes.draft("peg"), {"peg_1": 3})
    with pytest.raises(InputError, match="PEG question 2 must be a number"):
        outcomes.fill(begun, {"peg_1": 3, "peg_2": 12})
    again = outcomes.draft("peg")
    assert again.pk == begun.pk and again.items == {"peg_1": 3} and again.score is None
    with pytest.raises(InputError, match="PEG needs all of its answers: 1 of 3 are told"):
        outcomes.finish(again)
    outcomes.finish(outcomes.draft("peg"), PEG)
    assert Answer.objects.get().score == 5.0
    assert outcomes.draft("peg").items == {}
    with pytest.raises(InputError, match="Measure must be one of peg"):
        outcomes.draft("sf36")


def test_own_activities_come_back_without_their_numbers() -> None:
    everything()
    assert outcomes.draft("psfs").items == {"psfs_1_text": "Walk", "psfs_2_text": "=1+1", "psfs_3_text": "Lie ü"}


def test_by_day_and_place_for_the_rules_of_a_course() -> None:
    visit = everything()
    day = timezone.localtime(visit.created).date()
    by = {(d.day, d.region): d for d in told.days(None)}
    one = by[(day.isoformat(), Region.NECK)]
    assert (one.before, one.after, one.next_morning, one.sessions) == (6.0, 4.0, 5.0, 1)
    assert one.effects == (SideEffect("headache", "Headache", 3, "For an hour"),)
    other = next(d for d in by.values() if d.region is Region.LOWER_BACK)
    assert other.other == 2.5 and other.before is None and other.sessions == 0
    noticed = timezone.localdate().isoformat()
    effect = {"text": "Headache: For an hour", "grade": 3, "rule": "", "on": noticed}
    assert told.after_sessions([visit]) == {visit.pk: {"pain_next_morning": 5.0, "effects": [effect]}}


def test_the_morning_after_is_asked_once_and_of_yesterday_alone() -> None:
    assert told.due_morning(None) is None
    session(2)
    assert told.due_morning(None) is None
    visit = session(1)
    session(1, demo=True)
    assert told.due_morning(None) == visit
    outcomes.log_pain("neck", 3, when="next_morning", visit=visit)
    assert told.due_morning(None) is None


def test_the_trend_takes_a_day_once_and_not_the_hour_after_a_session() -> None:
    session(1, before=6, after=1)
    outcomes.log_pain("neck", 4, at=timezone.now() - DAY)
    series = told.daily(told.ratings(None), "neck")
    assert sorted(v for _, v in series) == [4.0, 6.0] and len({d for d, _ in series}) == 1
    assert told.around(told.ratings(None)) == [{"pain_before": 6.0, "pain_after": 1.0}]


def test_out_away_and_back_to_the_byte_and_nothing_of_another_person(tmp_path: Path) -> None:
    patient = Patient.objects.create(code="P-7")
    everything(patient)
    outcomes.remove(outcomes.log_pain("neck", 9))
    kept = "".join(archive.lines())
    assert visits.delete_all() == 1 and archive.count() == 0
    archive.read(kept.splitlines(keepends=True))
    assert "".join(archive.lines()) == kept
    assert not outcomes.any_told(None) and outcomes.any_told(patient)
    (chart,) = charts.charts()
    assert len(chart.pains) == 2 and len(chart.answers) == 6


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"value": 2.5', '"value": 25', "Pain must be a number from 0 to 10"),
        ('"score": 5.0', '"score": 4.0', "Score must be 5.0"),
        ('"peg_1": 6', '"peg_1": 60', "PEG question 1 must be a number"),
        ('"grade": 3', '"grade": 4', "Grade must be a number from 1 to 3"),
        ('"name": "neck_turn_left"', '"name": "knee"', "Movement must be one of"),
        ('"text": "Fever ü"', f'"text": "{"x" * 501}"', "at most 500 characters"),
        ('"measure": "peg"', '"measure": "sf36"', "Measure must be one of"),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused_whole(old: str, new: str, says: str) -> None:
    import hashlib

    everything()
    kept = "".join(archive.lines())
    visits.delete_all()
    assert old in kept
    head, *body, _ = kept.replace(old, new).splitlines()
    digest = hashlib.sha256("".join(line.removesuffix(",") for line in body).encode()).hexdigest()
    with pytest.raises(InputError, match=says):
        archive.read([head, *body, f'], "count": {len(body)}, "sha256": "{digest}"}}'])
    assert archive.count() == 0


def test_others_find_the_outcomes_in_fhir_right_and_a_session_is_not_doubled(tmp_path: Path) -> None:
    everything()
    bundle = fhir.bundle(charts.charts(), "0.1.0")
    assert problems(tmp_path, whole=bundle)["whole"] == []
    found = [e["resource"] for e in bundle["entry"]]
    pains = [
        r["valueQuantity"]["value"]
        for r in found
        if r["resourceType"] == "Observation" and r["code"]["coding"][0]["code"] == "72514-3"
    ]
    assert sorted(pains) == [2.5, 4, 5, 6]
    responses = {r["questionnaire"].split("/")[-1]: r for r in found if r["resourceType"] == "QuestionnaireResponse"}
    assert set(responses) == {"peg|1", "rmdq|24", "psfs|1", "pgic|1"}  # not of the texts that may not be passed on
    assert len(responses["rmdq|24"]["item"]) == 24 and responses["psfs|1"]["item"][0]["text"] == "Walk"
    (event,) = [r for r in found if r["resourceType"] == "AdverseEvent"]
    assert event["event"]["text"] == "Headache: For an hour" and "suspectEntity" in event


def test_the_tables_hold_them_and_no_text_is_a_formula() -> None:
    everything()
    outcomes.note_effect("other", 1, "=cmd()")
    (chart,) = charts.charts()
    for name, many in (("pains", 2), ("answers", 6), ("motions", 3), ("effects", 2)):
        rows = list(csv.DictReader("".join(tables.csv_lines([chart], name)).splitlines()))
        assert len(rows) == many
        assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert [m["of_first"] for m in chart.motions] == [1.0, 1.2, 1.0]


def test_try_outs_never_count() -> None:
    outcomes.log_pain("neck", 3, demo=True)
    outcomes.note_effect("tired", 1, demo=True)
    assert list(charts.charts()) == [] and not outcomes.any_told(None) and outcomes.any_told(None, demo=True)
    assert Effect.objects.count() == 1 and Motion.objects.count() == 0


def test_a_session_without_heat_of_a_comparison_looks_like_the_others() -> None:
    today = timezone.localdate()
    design = Design(Region.NECK, Outcome.PAIN_AFTER, today, Concealment.HIDDEN)
    of = comparisons.begin(design, catalogue.simulated_lamp(), "mqtt", "lamp")
    visit = session(1)
    visit.record["heat_s"] = 0.0
    visit.save()
    assert told.sessions(None) == [] and outcomes.note_effect("tired", 1).visit is None
    ComparedSession.objects.create(visit=visit, comparison=of, block=0)
    assert told.sessions(None) == [visit] and told.due_morning(None) == visit
    assert outcomes.note_effect("tired", 1).visit == visit
