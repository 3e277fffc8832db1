"""A comparison in the terminal: from its start to what came out, with a whole hidden session between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import data, run

from irtherapy.edge.cli import walk

START = ("compare", "start", "--device", "simulated", "--site", "lower_back", "--pairs", "3", "--sessions", "1")


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(walk.healthy(["lower_back"], "simulated_lamp", None, 1).answers), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_comparison_from_start_to_result(tmp_path: Path, answers: Path) -> None:
    home = tmp_path / "home"
    begun = data(*START, home=home)
    assert begun["told"] is False and begun["secret"] is None and begun["seal"] in begun["plan"]
    assert {row["arm"] for row in begun["blocks"]} == {"not told yet"} and begun["today"]["block"] == 1
    session = ("session", "--scripted", "--speed", "900", "--no-voice", "--age", "45", "--answers", str(answers))
    done = data(*session, home=home)
    assert set(done) == {"record_id", "ended", "ended_text", "comparison"} and done["ended"] == "completed"
    for words, says in ((("report",), "part of your comparison"), (("compare", "result"), "after the end")):
        refused = run(*words, home=home)
        assert refused.returncode == 2 and says in " ".join(refused.stderr.split()), words
    data("compare", "end", home=home)
    out = data("compare", "reveal", "--with", "1", home=home)
    assert out["result"]["answer"] == "too_few" and out["result"]["rated"] == 1 and out["guesses"][1] == 1
    told = data("compare", "show", home=home)
    assert told["told"] and len(told["secret"]) == 32 and {r["arm"] for r in told["blocks"]} == {"with", "without"}
