"""The programmes on their page and in the terminal; files of one's own told with the line that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from irtherapy.edge import programmes
from irtherapy.edge.cli import build
from irtherapy.values import InputError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))


def run(*words: str) -> str:
    done = CliRunner().invoke(build(("programmes",)), ["programmes", *words])
    if isinstance(done.exception, InputError):
        return f"refused: {done.exception}"
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_clinic_takes_a_shipped_programme_changes_it_and_finds_it_on_the_page(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text(run("show", "clinic_30", "--csv").replace("clinic_30", "ours").replace("in the clinic", "in Bonn"))
    assert "Every line keeps the ceilings." in run("check", str(file)) and "ours" not in run("list")
    assert "Kept." in run("add", str(file))
    assert "(your own)" in run("list") and json.loads(run("show", "ours", "--json"))["own"] is True
    told = client.get(reverse("programmes")).content.decode()
    assert "Heat and exercise in Bonn" in told and "your own" in told and told.count("<svg") == 5
    (programmes.folder() / "ours.csv").write_text(file.read_text().replace("heat,10,", "heat,40,"))
    told = client.get(reverse("programmes")).content.decode()
    assert "ours.csv, line 2 makes 40 minutes of heat; the most is 30" in told and "in Bonn" not in told
    assert "line 2 makes 40" in run("list") and len(json.loads(run("list", "--json"))["not_usable"]) == 1


def test_bad_words_in_the_terminal_are_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    assert "cannot be read as text" in run("check", str(file))
    file.write_text("id,source\n")
    assert "Table x.csv lacks the column mark" in run("add", str(file))
    assert "Known: home_20_10" in run("show", "love") and "Known: none" in run("remove", "love")
