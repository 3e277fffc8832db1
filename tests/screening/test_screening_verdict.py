"""Properties of the verdict, its refusals, and what follows from the answers."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy import screening
from irtherapy.screening.questions import applicable
from irtherapy.values import Clearance, Decision, DeviceKind, InputError, Region, Setting, Urgency

TODAY = "2026-11-23"


def note(given_on, until, covers):
    return Clearance(who="Dr Lind", given_on=given_on, until=until, covers=covers)


MILDER = {Decision.GO: 0, Decision.ASK_FIRST: 1, Decision.NOT_NOW: 2}
SLOWER = {Urgency.NONE: 0, Urgency.SEE_DOCTOR: 1, Urgency.URGENT: 2, Urgency.EMERGENCY: 3}
PLACES = st.sets(st.sampled_from(list(Region)), min_size=1)
KINDS = st.sets(st.sampled_from(list(DeviceKind)), min_size=1)
AGES = st.one_of(st.sampled_from([7, 8, 17, 18, 19, 20, 55, 56, 61, 64.9, 65, 70]), st.floats(0, 110))


@st.composite
def people(draw, questionnaire):
    """One person: place, kinds, age, and an answer to each question, mostly no."""
    who = (frozenset(draw(PLACES)), frozenset(draw(KINDS)), draw(AGES))
    asked = [q.id for q in applicable(questionnaire, *who)]
    marked = draw(st.dictionaries(st.sampled_from(asked), st.sampled_from(["yes", "not_sure"]), max_size=6))
    return who, dict.fromkeys(asked, "no") | marked


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_one_more_yes_never_makes_it_milder(questionnaire, data):
    who, answers = data.draw(people(questionnaire))
    covers = data.draw(st.frozensets(st.sampled_from([row.id for row in questionnaire.rows]), max_size=30))
    clearance = data.draw(st.sampled_from([None, note("2026-11-01", "2027-05-01", covers)]))
    question = data.draw(st.sampled_from(sorted(answers)))
    more = answers | {question: "not_sure" if answers[question] == "no" else "yes"}
    before = screening.screen(questionnaire, *who, answers, TODAY, clearance)
    after = screening.screen(questionnaire, *who, more, TODAY, clearance)
    assert MILDER[after.decision] >= MILDER[before.decision]
    assert SLOWER[after.urgency] >= SLOWER[before.urgency]
    assert (after.setting, before.setting) != (Setting.HOME, Setting.HOME_AT_RISK)
    assert {r.id for r in after.reasons + after.cleared} >= {r.id for r in before.reasons + before.cleared}


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_clearance_of_everything_never_lifts_not_now(questionnaire, data):
    who, answers = data.draw(people(questionnaire))
    everything = note(TODAY, TODAY, frozenset(row.id for row in questionnaire.rows))
    bare = screening.screen(questionnaire, *who, answers, TODAY)
    cleared = screening.screen(questionnaire, *who, answers, TODAY, everything)
    assert (cleared.decision is Decision.NOT_NOW) == (bare.decision is Decision.NOT_NOW)
    assert [r for r in cleared.reasons if not r.clearable] == [r for r in bare.reasons if not r.clearable]
    assert all(r.decision is Decision.ASK_FIRST for r in cleared.cleared)
    if cleared.cleared:
        assert cleared.setting is Setting.HOME_AT_RISK


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_shifting_every_day_alike_changes_nothing(questionnaire, data):
    who, answers = data.draw(people(questionnaire))
    given_ago, lasts, shift = (data.draw(st.integers(*span)) for span in ((-3, 400), (-3, 400), (-9000, 9000)))

    def verdict(today):
        start = today - datetime.timedelta(days=given_ago)
        end = start + datetime.timedelta(days=lasts)
        word = note(start.isoformat(), end.isoformat(), frozenset({"C28", "C53", "C06", "C17"}))
        found = screening.screen(questionnaire, *who, answers, today.isoformat(), word)
        return found.decision, found.reasons, found.precautions, found.cleared, found.setting, found.urgency

    day = datetime.date(2026, 11, 23)
    assert verdict(day) == verdict(day + datetime.timedelta(days=shift))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_verdict_says_what_to_do(questionnaire, data):
    who, answers = data.draw(people(questionnaire))
    verdict = screening.screen(questionnaire, *who, answers, TODAY)
    ranks = [(-MILDER[r.decision], -SLOWER[r.urgency]) for r in verdict.reasons]
    assert ranks == sorted(ranks)
    assert verdict.next_step.endswith(".")
    assert all(r.action and r.text and r.source and r.source != "UNVERIFIED (from memory)" for r in verdict.reasons)
    asks = screening.questions_for_doctor(verdict)
    assert bool(asks) == (verdict.decision is Decision.ASK_FIRST)
    assert len(asks) == len(set(asks))


def test_the_first_and_last_day_of_a_clearance_count(questionnaire, answered):
    who = (Region.LOWER_BACK, DeviceKind.WRAP, 50)
    answers = answered(*who, diabetes="yes")

    def decide(given_on, until):
        word = note(given_on, until, frozenset({"C28"}))
        return screening.screen(questionnaire, *who, answers, TODAY, word).decision

    assert decide(TODAY, TODAY) is Decision.GO
    assert decide("2025-11-23", TODAY) is Decision.GO
    assert decide("2025-11-22", TODAY) is Decision.GO  # 366 days, a leap year's length
    assert decide("2025-11-21", TODAY) is Decision.ASK_FIRST
    assert decide("2026-11-24", "2026-12-01") is Decision.ASK_FIRST
    assert decide("2026-01-01", "2026-11-22") is Decision.ASK_FIRST
    assert decide(TODAY, "2026-11-01") is Decision.ASK_FIRST


def test_nothing_is_decided_on_partial_answers(questionnaire, answered):
    who = (Region.LOWER_BACK, DeviceKind.LAMP, 40)
    full = answered(*who)
    for missing in full:
        with pytest.raises(InputError) as error:
            screening.screen(questionnaire, *who, {q: a for q, a in full.items() if q != missing}, TODAY)
        assert error.value.field == missing


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"regions": []}, "Place"),
        ({"regions": "shoulder"}, "Place"),
        ({"device_kinds": ["toaster"]}, "Device kind"),
        ({"age_years": float("nan")}, "Age"),
        ({"age_years": None}, "Age"),
        ({"today": "23/11/2026"}, "Today"),
        ({"today": "2026-02-30"}, "Today"),
        ({"today": "20261123"}, "Today"),
        ({"when": "later"}, "when"),
        ({"answers": {"colour": "no"}}, "colour"),
        ({"answers": {"fever": "maybe"}}, "fever"),
        ({"clearance": note("soon", TODAY, frozenset({"C28"}))}, "Clearance given on"),
        ({"clearance": note(TODAY, TODAY, frozenset({"C99"}))}, "Clearance"),
    ],
)
def test_bad_input_is_named(questionnaire, answered, change, field):
    fine = {"regions": Region.LOWER_BACK, "device_kinds": DeviceKind.LAMP, "age_years": 40, "today": TODAY}
    answers = answered(Region.LOWER_BACK, DeviceKind.LAMP, 40) | change.pop("answers", {})
    with pytest.raises(InputError) as error:
        screening.screen(questionnaire, **{"answers": answers, **fine, **change})
    assert error.value.field == field


def test_answers_that_do_not_apply_are_left_aside(questionnaire, answered):
    who = (Region.LOWER_BACK, DeviceKind.WRAP, 40)
    answers = answered(*who) | {"epilepsy": "yes", "sudden_neck": "yes"}
    assert screening.screen(questionnaire, *who, answers, TODAY).decision is Decision.GO


def test_questions_for_the_doctor_are_the_persons_own(questionnaire, answered):
    who = (Region.LOWER_BACK, DeviceKind.LAMP, 50)
    verdict = screening.screen(questionnaire, *who, answered(*who, diabetes="yes", numb="not_sure"), TODAY)
    asks = screening.questions_for_doctor(verdict)
    assert any("I have diabetes" in a for a in asks)
    assert any(a.startswith('I am not sure about this: "Is the skin there numb') for a in asks)
    assert "Until what date" in asks[-1]


def test_conditions_belong_to_the_person(questionnaire):
    answers = {"diabetes": "yes", "circulation": "not_sure", "drowsy": "yes", "night_pain": "yes", "fever": "no"}
    assert screening.conditions(questionnaire, answers) == {"C28", "C12"}
    assert screening.conditions(questionnaire, answers, 70) == {"C28", "C12", "C32"}


@pytest.mark.parametrize(
    ("question", "flags"),
    [
        ("thin_bones", {"osteoporosis"}),
        ("narrow_canal", {"stenosis"}),
        ("slipped_bone", {"spondylolisthesis"}),
        ("bending_hurts", {"disc_flexion"}),
        ("arm_pain", {"neck_radiculopathy"}),
        ("joint_disease", {"neck_instability"}),
        ("pregnant", {"pregnancy"}),
        ("surgery", {"recent_surgery"}),
        ("loose_joints", {"hypermobility"}),
        ("blood_pressure", {"uncontrolled_bp"}),
        ("wrist_knee", {"wrist_knee"}),
        ("balance", {"unsteady"}),
        ("diabetes", set()),
    ],
)
def test_exercise_flags(questionnaire, question, flags):
    assert screening.exercise_flags(questionnaire, {question: "not_sure"}) == flags
    assert screening.exercise_flags(questionnaire, {question: "yes"}) == flags
    assert screening.exercise_flags(questionnaire, {question: "no"}) == frozenset()


@pytest.mark.parametrize("kind", DeviceKind)
@pytest.mark.parametrize("region", Region)
def test_prestart_checks(kind, region):
    checks = screening.prestart_checks(kind, region, has_timer=True)
    ids = [name for name, _ in checks]
    assert len(set(ids)) == len(ids) <= 12
    assert {"awake", "skin", "device", "timer", "off", "help"} <= set(ids)
    assert ("eyes" in ids) == (kind in (DeviceKind.LAMP, DeviceKind.LED_PANEL))
    assert ("back_of_neck" in ids) == (region is Region.NECK)
    assert all(text.endswith(".") and "!" not in text for _, text in checks)
    assert dict(screening.prestart_checks(kind, region))["timer"] != dict(checks)["timer"]
