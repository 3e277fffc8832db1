"""The terminal: each step by itself, JSON that a program can read, and bad input in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ENTRY = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()"]


def run(*words: str, home: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "IRTHERAPY_HOME": str(home)}
    return subprocess.run([*ENTRY, *words], env=env, input=stdin, capture_output=True, text=True, timeout=90)


def data(*words: str, home: Path) -> Any:
    done = run(*words, "--json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_whole_path_in_one_command(tmp_path: Path) -> None:
    out = data("demo", "--speed", "600", "--device", "massage_chair_generic", home=tmp_path)
    assert out["verdict"]["decision"] == "go"
    plan, session = out["plan"], out["session"]
    assert plan["minutes"] <= 10 and plan["limit"] == plan["limit_chain"][0]
    assert plan["skin_peak_c"] <= 41.0 and plan["cem43_min"] <= 2.0
    assert session["ended"] == "completed" and session["heat_s"] == pytest.approx(plan["minutes"] * 60, abs=2)
    assert session["massage_s"] > 0 and session["stretch_s"] == pytest.approx(600, abs=25)
    assert Path(out["report_path"]).read_bytes().startswith(b"%PDF")
    listed = data("report", "--list", home=tmp_path)
    assert [r["id"] for r in listed] == [out["record_id"]]
    page = tmp_path / "page.html"
    data("report", out["record_id"], "--html", str(page), home=tmp_path)
    assert "Massage chair" in page.read_text(encoding="utf-8") or "massage chair" in page.read_text(encoding="utf-8")


def test_screen_plan_and_session_by_themselves(tmp_path: Path) -> None:
    asked = data("screen", "--site", "neck", "--age", "52", "--questions", home=tmp_path)
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({q["id"]: "no" for q in asked}))
    go = data("screen", "--site", "neck", "--age", "52", "--answers", str(answers), home=tmp_path)
    assert go["decision"] == "go"
    plan = data("plan", "--site", "neck", "--age", "52", home=tmp_path)
    assert plan["minutes"] <= 10 and any(step["name"] == "near_neck" for step in plan["limit_chain"])
    common = ("--site", "neck", "--age", "52", "--answers", str(answers), "--scripted", "--speed", "1000")
    record = data("session", *common, home=tmp_path)["record"]
    assert record["ended"] == "completed"


def test_no_heat_on_anything_but_go(tmp_path: Path) -> None:
    asked = data("screen", "--age", "52", "--questions", home=tmp_path)
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({q["id"]: "yes" for q in asked}))
    done = run("session", "--age", "52", "--answers", str(answers), "--scripted", home=tmp_path)
    assert done.returncode == 2 and "No heat is planned" in done.stderr
    assert not list((tmp_path / "sessions").glob("*")) if (tmp_path / "sessions").exists() else True


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("plan", "--pain", "11"), "Pain must be a number from 0 to 10"),
        (("plan", "--distance-cm", "-5"), "Distance must be a number from 0 to 200 cm"),
        (("plan", "--room-c", "nan"), "Room temperature must be a number from 5 to 40 °C"),
        (("plan", "--device", "toaster"), "Device 'toaster' is not in the catalogue"),
        (("plan", "--site", "knee"), "Site must be one of neck, upper_back, lower_back"),
        (("plan", "--skin-tone", "IX"), "Skin tone must be a number from 1 to 6"),
        (("screen", "--age", "45", "--answers", "missing.json"), "Answers: the file missing.json cannot be read"),
        (("screen", "--answers", "x.json"), "Age must be told"),
        (("demo", "--speed", "0"), "Speed must be a number from 1 to 1000"),
        (("report", "nonsense"), "There is no record 'nonsense'"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    done = run(*words, home=tmp_path)
    assert done.returncode == 2
    told = " ".join(done.stderr.split())
    assert sentence in told and "Traceback" not in told
    assert not (tmp_path / "sessions").exists() or not list((tmp_path / "sessions").iterdir())


@pytest.mark.parametrize("text", ["{", "[1, 2]", '{"a": NaN}', '{"nobody_asks_this": "yes"}'])
def test_a_broken_answers_file_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text)
    done = run("screen", "--age", "45", "--answers", str(path), "--json", home=tmp_path)
    assert done.returncode == 2 and json.loads(done.stdout)["error"]["message"]


def test_help_has_examples(tmp_path: Path) -> None:
    for command in ("serve", "demo", "screen", "plan", "session", "report"):
        assert "Examples:" in run(command, "--help", home=tmp_path).stdout
