"""`irtherapy outcome` as a person uses it: in processes, on a home of their own."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def run(home: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", "outcome", *words]
    environment = {**os.environ, "IRTHERAPY_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, input=typed, env=environment, timeout=120)


def told(home: Path, *words: str, typed: str = "") -> Any:
    ran = run(home, *words, "--json", typed=typed)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_pain_is_told_taken_back_and_shown_with_its_range(home: Path) -> None:
    assert "Nothing is told yet." in run(home, "show").stdout
    today = datetime.datetime.now(datetime.UTC).date()
    for n, pain in enumerate((7, 6, 6, 5, 4, 4, 3)):
        day = (today - datetime.timedelta(days=7 - n)).isoformat()
        told(home, "log", "--site", "neck:left", "--pain", str(pain), "--at", f"{day}T08:00")
    one = told(home, "log", "--site", "neck:left", "--pain", "10")
    assert told(home, "undo", one["id"]) == {"id": one["id"], "taken_back": True}
    (place,) = told(home, "show")["places"]
    change = place["over_days"]
    assert change["points"] == 7 and change["low"] < change["change"] < change["high"] < 0
    assert [r["value"] for r in place["ratings"]] == [7, 6, 6, 5, 4, 4, 3]
    text = run(home, "show").stdout
    assert "it went down by" in text and "comes and goes by itself" in " ".join(text.split())


def test_questionnaires_by_options_by_file_and_by_a_pipe(home: Path, tmp_path: Path) -> None:
    peg = ("--item", "peg_1=4", "--item", "peg_2=5", "--item", "peg_3=3")
    assert told(home, "questionnaire", "peg", *peg)["score"] == 4.0
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"points": 16, "sections": 9}))
    assert told(home, "questionnaire", "odi", "--answers", str(file))["score"] == pytest.approx(16 / 45 * 100)
    assert told(home, "questionnaire", "rmdq", "--answers", "-", typed='{"rmdq_3": true}')["score"] == 1.0
    assert told(home, "questionnaire", "rmdq", "--item", "none")["score"] == 0.0
    assert len(told(home, "questionnaire", "rmdq")["questions"]) == 24
    assert {m["id"] for m in told(home, "questionnaire", "list")} >= {"peg", "rmdq", "psfs", "odi", "ndi"}
    assert {q["measure"] for q in told(home, "show")["questionnaires"]} == {"peg", "odi", "rmdq"}


def test_motion_and_side_effects(home: Path) -> None:
    assert told(home, "motion", "back_forward_tape", "20.5")["value"] == 5.5
    effect = told(home, "effect", "blister", "--grade", "1")
    assert effect["grade"] == 2 and "cool water" in effect["advice"]
    assert {m["id"] for m in told(home, "motion", "list")} >= {"back_forward_tape", "neck_turn_left"}


BAD = (
    (("log", "--pain", "11"), "Pain must be a number from 0 to 10; got '11'."),
    (("log", "--pain", "3", "--at", "2999-01-01"), "Time must not lie in the future"),
    (("log", "--pain", "3", "--patient", "P-9"), "There is no patient 'P-9' here."),
    (("questionnaire", "peg", "--item", "peg_1=4"), "PEG needs all of its answers: 1 of 3 are told"),
    (("questionnaire", "peg", "--item", "peg_1"), "Item must be written as ITEM=ANSWER; got 'peg_1'."),
    (("questionnaire", "sf36"), "Measure must be one of peg, rmdq"),
    (("motion", "knee", "4"), "Movement must be one of back_forward_tape"),
)


def test_bad_input_is_one_sentence_and_nothing_is_kept(home: Path) -> None:
    before = told(home, "show")
    for words, says in BAD:
        ran = run(home, *words, "--json")
        assert ran.returncode == 2 and json.loads(ran.stdout)["error"]["message"].startswith(says), words
    assert told(home, "show") == before


def test_a_day_of_illness_is_told_shown_and_taken_back(home: Path) -> None:
    one = told(home, "ill", "--text", "Fever")
    assert one["advice"] == "Rest, and go on when you feel well and have no fever."
    assert [i["text"] for i in told(home, "show")["illnesses"]] == ["Fever"]
    assert "Days of illness" in run(home, "show").stdout
    told(home, "undo", one["id"])
    assert told(home, "show")["illnesses"] == []
    future = run(home, "ill", "--at", "2999-01-01")
    assert future.returncode == 2 and "must not lie in the future" in future.stderr
