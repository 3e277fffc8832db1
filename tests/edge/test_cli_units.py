"""The terminal in US units: what is shown, and what stays as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from irtherapy.edge.cli import shared_first

PLAN = ("plan", "--device", "r125_150w", "--distance-cm", "55")


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    code = "from irtherapy.edge.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


def test_a_plan_is_shown_in_us_units_and_its_json_stays_si() -> None:
    shown = run(*PLAN, "--units", "us").stdout
    assert "°F" in shown and "°C" not in shown
    assert run(*PLAN, IRTHERAPY_UNITS="us").stdout == shown
    assert "°C" in run(*PLAN).stdout
    told, usual = (json.loads(run(*PLAN, "--json", **env).stdout) for env in ({"IRTHERAPY_UNITS": "us"}, {}))
    assert told == usual


def test_a_refusal_names_its_range_as_the_option_is_typed() -> None:
    refused = run("plan", "--device", "r125_150w", "--distance-cm", "5000", "--units=us")
    assert refused.returncode == 2 and " cm" in refused.stderr and " in;" not in refused.stderr
    assert "Units must be one of metric, us" in run(*PLAN, "--units", "stone").stderr


@pytest.mark.parametrize(
    ("words", "shared", "rest"),
    [
        ("plan --units us --json", "--units us", "plan --json"),
        ("plan --language=de --units=us x", "--language de --units us", "plan x"),
        ("optics -- --units us", "", "optics -- --units us"),
        ("--language de", "--language de", ""),
    ],
)
def test_language_and_units_may_stand_anywhere(words: str, shared: str, rest: str) -> None:
    assert shared_first(words.split()) == (shared.split(), rest.split())
