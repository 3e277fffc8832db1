"""The validation report: every case is in it, the known differences are told, and nobody mistakes a new one for old."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from irtherapy.edge import validation
from irtherapy.edge.validation import report
from irtherapy.edge.validation.rows import Judged

KNOWN = {
    ("A15", "depth of 0.1 % at 808 nm"),
    ("A15", "depth of 0.1 % at 980 nm"),
    ("C1", "hot pack, prone, lumbar (fitted 16 W/m\u00b2/K): time of the peak"),
    ("C1", "with the heat of eight dry towels (fitted 19 W/m\u00b2/K): time of the peak"),
    ("C6", "wIRA 2000 W/m\u00b2, skin kept to 43 \u00b0C, 60 min (Piazena 2023): 10 mm"),
}
CASES = {"water"} | {f"A{i}" for i in range(1, 17)} | {f"B{i}" for i in range(1, 10)} | {f"C{i}" for i in range(1, 11)}


@pytest.fixture(scope="module")
def studies():
    return list(validation.run())


def test_every_case_is_there_and_only_the_known_ones_differ(studies):
    rows = [row for study in studies for row in study.rows]
    assert {row.case for row in rows} == CASES
    assert {(row.case, row.what) for row in rows if row.judged is Judged.DIFFERS} == KNOWN
    assert {row.case for row in rows if row.judged is Judged.NOT_JUDGED} == {"A16", "C4", "C5"}
    assert sum(report.tally(studies).values()) == len(rows) > 150


def test_the_page_shows_each_row_and_chart(studies):
    class Counter(HTMLParser):
        def __init__(self):
            super().__init__()
            self.seen = []

        def handle_starttag(self, tag, attrs):
            self.seen.append((tag, dict(attrs)))

    page = report.html(studies, "0", "2026-11-23")
    counter = Counter()
    counter.feed(page)
    rows = sum(len(study.rows) for study in studies)
    assert sum(tag == "tr" for tag, _ in counter.seen) == rows + len(studies)
    assert sum(tag == "svg" for tag, _ in counter.seen) == sum(len(study.charts) for study in studies) >= 6
    assert not [
        value for _, attrs in counter.seen for value in attrs.values() if value and "//" in value and "w3" not in value
    ]
    assert report.sentence(studies) in page


def test_the_command_writes_the_page_and_the_json(tmp_path):
    out = tmp_path / "report.html"
    call = [
        sys.executable,
        "-c",
        "from irtherapy.edge.cli import main; main()",
        "validate",
        "--json",
        "--out",
        str(out),
    ]
    told = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    assert told["tally"]["differs"] == len(KNOWN) and told["report_path"] == str(out)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    call[-1] = str(tmp_path / "nowhere" / "report.html")
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "cannot be written" in json.loads(done.stdout)["error"]["message"]
