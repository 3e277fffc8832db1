"""Certainty by rule: what lowers it, what the sentence may say, and what nothing is said about."""

from __future__ import annotations

import pytest
import trial_table

from irtherapy.evidence import answer, grade, pool, trials, words
from irtherapy.evidence.grade import Certainty, Risk, Verdict
from irtherapy.evidence.trials import Condition, Kind, Modality
from irtherapy.values import InputError

NECK, LAMP = Condition.NECK_PAIN, Modality.INFRARED_LAMP
LARGE = {"n_analysed": "400", "n_active": "200", "n_control": "200"}
NULL = {"finding": "no_difference", "effect": "0.1", "ci_low": "-0.5", "ci_high": "0.7"}


def judged(*changes: dict[str, str]) -> grade.Grade:
    return grade.grade(NECK, LAMP, trials.load(trial_table.text(*changes)))


def test_large_blind_sham_trials_that_agree_are_certain() -> None:
    found = judged(LARGE, LARGE)
    assert (found.verdict, found.certainty, found.reasons) == (Verdict.FOR, Certainty.HIGH, ())
    assert found.sentence.startswith("An infrared lamp or infrared light brings relief in neck pain.")


@pytest.mark.parametrize(
    ("change", "domain", "steps"),
    [
        ({"pedro": ""}, "risk of bias", 1),
        ({"blind": "nobody"}, "risk of bias", 2),
        ({"comparator": "no_treatment"}, "risk of bias", 2),
        ({"n_analysed": "399"}, "few people", 1),
        ({"n_analysed": "99"}, "few people", 2),
        ({"effect": "", "ci_low": "", "ci_high": "", "rule": ""}, "indirectness", 1),
    ],
)
def test_each_doubt_costs_its_steps(change: dict[str, str], domain: str, steps: int) -> None:
    found = judged(LARGE | change)
    assert [(d, s) for d, s, _ in found.reasons] == [(domain, steps)]
    assert found.certainty == 4 - steps


def test_ties_to_a_maker_are_named_and_cost_a_step_where_every_one_of_three_has_them() -> None:
    tied = LARGE | {"maker_funded": "yes"}
    assert judged(tied, tied).reasons == () == judged(tied, tied, tied, LARGE).reasons
    assert [(d, s) for d, s, _ in judged(tied, tied, tied).reasons] == [("missing results", 1)]
    table = trials.load(trial_table.text(tied | {"study": "Paid 2010"}))
    remarks = answer.about(table, NECK).questions[0].remarks
    assert any("maker" in r and "Paid 2010" in r for r in remarks)


def test_trials_that_disagree_are_said_to_disagree_and_the_best_is_named() -> None:
    found = judged(LARGE | {"pedro": "5", "study": "Weak 2001"}, LARGE | NULL | {"study": "Strong 2020"})
    assert found.verdict is Verdict.DISAGREE and ("disagreement", 1) in [(d, s) for d, s, _ in found.reasons]
    assert "1 found it better than the comparison, 1 found no clear difference" in found.sentence
    assert "With the least risk of bias: no clear difference in Strong 2020." in found.sentence


def test_one_trial_with_two_results_counts_its_people_once() -> None:
    found = judged(LARGE | {"cohort": "same"}, LARGE | NULL | {"cohort": "same"})
    assert (found.studies, found.people, found.verdict) == (1, 400, Verdict.DISAGREE)


def test_without_a_comparison_nothing_is_claimed() -> None:
    bare = {"effect": "", "ci_low": "", "ci_high": "", "rule": "", "comparator": "none"}
    found = judged({"kind": "uncontrolled", "finding": "uncontrolled"} | bare)
    assert found.certainty is Certainty.NONE and found.sentence.startswith("Not known")
    registered = judged(LARGE, {"kind": "registered", "finding": "no_result"} | bare)
    assert [d for d, _, _ in registered.reasons] == ["missing results"]


def test_the_verdict_of_a_pool_is_that_of_its_interval() -> None:
    both = {"pool": "p", "apart": ""} | LARGE
    rows = trials.load(trial_table.text(both, both))
    for shift, verdict in ((-2.0, Verdict.FOR), (0.0, Verdict.NO_DIFFERENCE), (2.0, Verdict.AGAINST)):
        pooled = pool.combine([shift, shift], [0.2, 0.2], pool.Method.FIXED)
        assert grade.grade(NECK, LAMP, rows, pooled, "p").verdict is verdict


def test_what_is_shipped_says_no_more_than_it_may() -> None:
    table = trial_table.shipped()
    by = {(a.condition, q.modality): q for c in Condition for a in [answer.about(table, c)] for q in a.questions}
    wrap = by[Condition.ACUTE_LOW_BACK_PAIN, Modality.HEAT_WRAP]
    assert wrap.grade.certainty is Certainty.LOW and " may bring a little relief " in wrap.sentence
    assert any("Mayer 2005, wrap alone" in r and "no clear difference" in r for r in wrap.remarks)
    assert any("lamp" in r and "assumption" in r for r in wrap.remarks)
    for key, question in by.items():
        assert question.grade.certainty <= Certainty.LOW, key
    gale = by[Condition.CHRONIC_LOW_BACK_PAIN, Modality.INFRARED_WRAP]
    assert gale.sentence.startswith("It is very uncertain") and not gale.pools
    pads = by[Condition.NEUROPATHY, Modality.LED_PADS]
    assert "disagree" in pads.sentence and any("Pain worse" in r for r in pads.remarks)


def test_every_row_of_a_condition_is_in_its_answer_once() -> None:
    table = trial_table.shipped()
    for condition in Condition:
        shown = [r.trial.id for q in answer.about(table, condition).questions for r in q.rows]
        assert sorted(shown) == sorted(t.id for t in table if condition in t.conditions)


def test_risk_of_bias_of_the_trials_that_matter() -> None:
    found = {t.id: grade.risk(t) for t in trial_table.shipped()}
    assert found["T11"] is not None and found["T11"][0] is Risk.LOW  # Guimaraes 2021, PEDro 10
    assert found["T01"] is not None and found["T01"][0] is Risk.SOME  # Gale 2006, a sham that did not warm
    assert found["T45"] is not None and found["T45"][0] is Risk.HIGH  # Ammar 2012, no sham
    assert all((found[t.id] is None) == (t.kind is not Kind.TRIAL) for t in trial_table.shipped())


def test_a_condition_may_be_written_as_one_likes_and_a_wrong_one_is_refused() -> None:
    assert answer.condition_named(" Neck-Pain ") is NECK
    with pytest.raises(InputError, match="Condition must be one of chronic-low-back-pain, .*arthritis"):
        answer.condition_named("knees")
    with pytest.raises(InputError, match="No study of arthritis"):
        answer.about(trials.load(trial_table.text({})), Condition.ARTHRITIS)


def test_every_kind_has_its_words() -> None:
    assert set(words.MODALITY) == set(words.SHORT) == set(Modality)
    assert set(words.CONDITION) == set(Condition)
    assert set(words.FINDING) == set(trials.Finding) and set(words.LESS_MORE) == set(trials.OutcomeKind)
