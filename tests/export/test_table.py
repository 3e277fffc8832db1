"""CSV that a spreadsheet reads and never runs."""

from __future__ import annotations

import csv
import io

import pytest

from irtherapy.export.table import cell, events_csv, samples_csv

RECORD = {
    "samples": [
        {"at_s": 0.0, "heat_on": False, "skin_c": None, "power_w": None},
        {"at_s": 1.0, "heat_on": True, "skin_c": -0.5, "power_w": 150.0},
    ],
    "events": [{"at_s": 2.5, "kind": "=cmd|' /C calc'!A0", "data": {"note": 'a "b", c\n=1+1'}}],
}


def test_samples_keep_their_numbers_and_their_gaps() -> None:
    rows = list(csv.reader(io.StringIO(samples_csv(RECORD))))
    assert rows == [["at_s", "heat_on", "skin_c", "power_w"], ["0.0", "0", "", ""], ["1.0", "1", "-0.5", "150.0"]]


def test_events_are_read_back_and_are_no_formula() -> None:
    _, row = csv.reader(io.StringIO(events_csv(RECORD)))
    assert row[1].startswith("'=") and row[2] == '{"note": "a \\"b\\", c\\n=1+1"}'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", "\r=1", "  =1", "\uff1d1"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert str(cell(text)) == f"'{text}"


def test_plain_words_stay_as_they_are() -> None:
    assert cell("heat_on") == "heat_on" and cell(None) == "" and cell(-1.5) == -1.5
