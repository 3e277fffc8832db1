"""CSV that a spreadsheet reads and never runs, and a dictionary of every column."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.export.chart import Chart
from irtherapy.export.tables import TABLES, cell, csv_lines, dictionary, line

SESSION = {
    "id": "s1",
    "sites": [{"region": "neck", "side": "left"}],
    "device": {"id": "lamp"},
    "placement": {"distance_m": 0.6},
    "record": {
        "order": {"region": "neck", "heat_s": 600.0},
        "heat_s": 90.0,
        "note": "@SUM(A1)",
        "events": [{"at_s": 2.5, "kind": "=cmd|' /C calc'!A0", "data": {"note": 'a "b", c\n=1+1'}}],
    },
    "samples": [
        {"at_s": 0.0, "heat_on": False, "skin_c": None, "power_w": None},
        {"at_s": 1.0, "heat_on": True, "skin_c": -0.5, "power_w": 150.0},
    ],
}


def table(name: str, *sessions: object, **parts: object) -> list[dict[str, str]]:
    charts = [Chart("p1", sessions, **parts)]  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO("".join(csv_lines(charts, name)), newline="")))


def test_samples_keep_their_numbers_and_their_gaps() -> None:
    first, second = table("samples", SESSION)
    assert first == {"person": "p1", "session": "s1", "at_s": "0.0", "heat_on": "0", "skin_c": "", "power_w": ""}
    assert (second["heat_on"], second["skin_c"], second["power_w"]) == ("1", "-0.5", "150.0")


def test_events_are_read_back_and_are_no_formula() -> None:
    (row,) = table("events", SESSION)
    assert row["kind"].startswith("'=") and row["data"] == '{"note": "a \\"b\\", c\\n=1+1"}'


def test_a_session_is_one_line_in_the_units_of_its_columns() -> None:
    (row,) = table("sessions", SESSION)
    told = {name: row[name] for name in ("side", "planned_min", "heat_min", "distance_cm", "pain_after", "note")}
    assert told == {
        "side": "left", "planned_min": "10.0", "heat_min": "1.5", "distance_cm": "60.0", "pain_after": "",
        "note": "'@SUM(A1)",
    }  # fmt: skip


def test_every_column_is_in_the_dictionary() -> None:
    told = {(row["table"], row["column"]): row for row in csv.DictReader(io.StringIO(dictionary()))}
    for name in TABLES:
        for column in csv.reader(io.StringIO("".join(csv_lines([], name)))).__next__():
            assert told.pop((name, column))["meaning"]
    assert told == {}


def test_what_was_told_outside_of_sessions_has_its_tables() -> None:
    course = {"id": "c", "programme": {"id": "home", "per_week": 3}, "planned": ["a", "b"], "missed": [{"on": "b"}]}
    (row,) = table("courses", courses=[course])
    assert (row["per_week"], row["planned"], row["missed"], row["weeks"]) == ("3", "2", "1", "")
    (row,) = table("pains", pains=[{"at": "2026-01-01", "site": {"region": "neck"}, "value": 4}])
    assert (row["person"], row["region"], row["pain"]) == ("p1", "neck", "4")


@given(st.text(max_size=60).filter(lambda text: "\x00" not in text))
def test_any_text_comes_back_and_none_is_a_formula(text: str) -> None:
    (back,) = csv.reader(io.StringIO(line(["x", text]), newline=""))
    assert back[1].removeprefix("'") == text.removeprefix("'")
    assert not back[1].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", "\r=1", "  =1", "\uff1d1"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert str(cell(text)) == f"'{text}"


def test_plain_words_stay_as_they_are() -> None:
    assert cell("heat_on") == "heat_on" and cell(None) == "" and cell(-1.5) == -1.5
