"""Coverage: what was not read is said to be not read, unknown stays unknown, and every row has its source and date."""

from __future__ import annotations

import itertools
import json

import pytest
from typer.testing import CliRunner

from irtherapy.edge import data
from irtherapy.edge.cli import build
from irtherapy.evidence import coverage as room
from irtherapy.evidence.coverage import Decision
from irtherapy.values import InputError, Mark

POLICIES = room.load(data.read(room.COVERAGE))


def infrared(payer: str, condition: str, setting: str) -> room.Answer:
    return room.answers(POLICIES, payer, condition, setting)[0]


@pytest.mark.parametrize(
    ("payer", "condition", "setting", "decision", "dated"),
    [
        ("aetna", "neck_pain", "home", Decision.NOT_READ, ""),
        ("aetna", "chronic_low_back_pain", "clinic", Decision.NOT_READ, ""),
        ("cigna", "neck_pain", "clinic", Decision.UNKNOWN, ""),
        ("medicare", "neuropathy", "clinic", Decision.NOT_COVERED, "2006-12-15"),
        ("medicare", "neck_pain", "home", Decision.NOT_COVERED, "2011-08-05"),
        ("medicare", "neck_pain", "clinic", Decision.CONDITIONAL, "2012-08"),
        ("bcbs_alabama", "arthritis", "home", Decision.INVESTIGATIONAL, "2024-08"),
        ("highmark", "neck_pain", "home", Decision.EXPERIMENTAL, "2011-01-17"),
        ("amerihealth_caritas", "neck_pain", "clinic", Decision.CONDITIONAL, "2018-05-01"),
        ("bcbs_association", "neck_pain", "home", Decision.NOT_READ, "2009"),
        ("unitedhealthcare", "neuropathy", "home", Decision.NOT_COVERED, "2021-08-17"),
        ("hcsc", "neck_pain", "home", Decision.UNKNOWN, ""),
    ],
)
def test_the_answer_for_infrared(payer: str, condition: str, setting: str, decision: Decision, dated: str) -> None:
    answer = infrared(payer, condition, setting)
    assert (answer.decision, answer.dated) == (decision, dated)
    assert room.TELLS[decision] in answer.sentence and answer.sentence.endswith("Ask your insurer.")


def test_a_plain_heating_pad_is_covered_where_the_lamp_is_not() -> None:
    for payer in ("medicare", "aetna"):
        by = {a.device: a.decision for a in room.answers(POLICIES, payer, "neck_pain", "home")}
        assert by["heating_pad"] is Decision.COVERED
        assert by["heat_lamp"] in (Decision.NOT_COVERED, Decision.UNPROVEN)
    by = {a.device: a.decision for a in room.answers(POLICIES, "medicare", "neuropathy", "home")}
    assert by["heating_pad"] is Decision.UNKNOWN, "the pad is not covered for neuropathy, so it must not be said to be"


def test_an_unread_policy_beside_one_that_was_read_is_told() -> None:
    answer = infrared("bcbs_florida", "neck_pain", "home")
    assert answer.decision is Decision.INVESTIGATIONAL and "was not read" in answer.sentence


def test_what_is_not_verified_is_never_a_decision() -> None:
    for policy in POLICIES:
        assert policy.source and (policy.read or policy.decision in (Decision.UNKNOWN, Decision.NOT_READ))
        if policy.mark is Mark.UNVERIFIED:
            assert policy.decision in (Decision.NOT_READ, Decision.UNKNOWN)
    text = data.read(room.COVERAGE).replace(",not_read,,the bulletin itself", ",experimental,,the bulletin itself")
    assert text != data.read(room.COVERAGE)
    with pytest.raises(InputError, match="C09: a row that is not verified can only be not_read or unknown"):
        room.load(text)


def test_every_question_has_an_answer_and_none_is_made_up() -> None:
    for payer, condition, setting in itertools.product(room.payers(POLICIES), room.CONDITIONS, room.SETTINGS):
        for answer in room.answers(POLICIES, payer, condition, setting):
            if not answer.policies:
                assert answer.decision is Decision.UNKNOWN
            elif answer.decision is not Decision.UNCLEAR:
                assert answer.decision in {p.decision for p in answer.policies}
            assert len(room.questions(answer, payer, condition, setting)) >= 2


def test_no_text_of_a_code_is_shipped() -> None:
    for policy in POLICIES:
        assert all(len(code) == 5 and code.isalnum() for code in (*policy.hcpcs, *policy.cpt))


def test_the_route_that_pays_for_outcome_stands_for_neck_and_back_and_not_for_neuropathy() -> None:
    for condition in ("neck_pain", "chronic_low_back_pain"):
        assert Decision.OUTCOME_PAYMENT in {p.decision for p in room.outcome_route(POLICIES, condition)}
    assert room.outcome_route(POLICIES, "neuropathy") == ()
    for payer in room.payers(POLICIES):
        assert infrared(payer, "neck_pain", "home").decision is not Decision.OUTCOME_PAYMENT


def test_old_is_more_than_three_years() -> None:
    by = {p.id: p for p in POLICIES}
    assert not room.is_old(by["C14"], 2027) and room.is_old(by["C14"], 2028) and room.is_old(by["C09"], 2026)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("not_covered", "no"), "decision must be one of"),
        (("2006-10-24", "autumn"), "effective must be YYYY"),
        ((",infrared,", ",toaster,"), "devices must be among"),
        ((",home,", ",garden,"), "settings must be home, clinic or any"),
    ],
)
def test_a_bad_row_is_refused(change: tuple[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        room.load(data.read(room.COVERAGE).replace(*change, 1))


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(("coverage",)), ["coverage", *words])
    if isinstance(done.exception, InputError):
        return 2, str(done.exception)
    return done.exit_code, done.stdout


def test_the_command_says_it_as_json() -> None:
    code, out = run("--payer", "aetna", "--condition", "neck_pain", "--setting", "home", "--json")
    told = json.loads(out)
    assert code == 0 and told["answers"][0]["decision"] == "not_read" and "C09" in told["old"]
    assert told["cards"] and told["outcome_route"][0]["id"] == "C08"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--payer", "x"), "Payer must be one of aetna"),
        (("--payer", "aetna", "--condition", "love"), "Condition must be one of"),
        (("--payer", "aetna", "--setting", "boat"), "Setting must be home or clinic"),
    ],
)
def test_a_wrong_word_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    assert run(*words)[0] == 2 and says in run(*words)[1]
