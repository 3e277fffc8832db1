"""Each JSON file of tests/scenarios/screening is a person and the verdict a therapist would expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from irtherapy import screening
from irtherapy.values import Clearance

FOLDER = Path(__file__).parents[1] / "scenarios" / "screening"
FILES = sorted(FOLDER.glob("*.json"))


def test_there_are_scenarios():
    assert len(FILES) >= 20


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_scenario(path, questionnaire, answered):
    scenario = json.loads(path.read_text(encoding="utf-8"))
    given, expect = scenario["given"], scenario["expect"]
    words = dict.fromkeys(given["yes"], "yes") | dict.fromkeys(given["not_sure"], "not_sure")
    clearance = given["clearance"] and Clearance(
        **{**given["clearance"], "covers": frozenset(given["clearance"]["covers"])}
    )
    who = (given["regions"], given["device_kinds"], given["age_years"])
    answers = answered(*who, given["when"], **words)
    verdict = screening.screen(questionnaire, *who, answers, given["today"], clearance, given["when"])
    assert {
        "decision": verdict.decision.value,
        "urgency": verdict.urgency.value,
        "setting": verdict.setting.value,
        "reasons": [r.id for r in verdict.reasons],
        "precautions": [r.id for r in verdict.precautions],
        "cleared": [r.id for r in verdict.cleared],
    } == {k: expect[k] for k in ("decision", "urgency", "setting", "reasons", "precautions", "cleared")}
    assert expect["next_step_says"] in verdict.next_step
