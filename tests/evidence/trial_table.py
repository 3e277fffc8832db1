"""A table of trials for tests: the shipped columns, with rows made from one good row and what differs."""

from __future__ import annotations

import csv
import io

from irtherapy.edge import data
from irtherapy.evidence import trials

COLUMNS = tuple(trials.Trial.__dataclass_fields__)
GOOD = dict.fromkeys(COLUMNS, "") | {
    "id": "a", "study": "Somebody 2020", "year": "2020", "conditions": "neck_pain", "population": "neck pain",
    "modality": "infrared_lamp", "light": "800-1200 nm", "heat": "warm", "minutes": "20", "kind": "trial",
    "comparator": "sham", "comparator_text": "sham lamp", "blind": "double", "n_active": "30", "n_control": "30",
    "n_analysed": "60", "outcome": "pain", "outcome_kind": "pain", "unit": "pain, 0-10 points", "better": "lower",
    "measure": "mean_difference", "effect": "-1", "ci_low": "-2", "ci_high": "0", "rule": "ci",
    "finding": "favours_active", "finding_text": "Less pain.", "pedro": "8", "maker_funded": "no", "cohort": "a",
    "apart": "Alone.", "source": "J 1:1 (2020)", "seen": "abstract", "looked_on": "2026-11-23", "mark": "seen",
}  # fmt: skip


def text(*changes: dict[str, str]) -> str:
    """Return a table with one row for each set of changes to the good row; ids and cohorts follow unless given."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for number, change in enumerate(changes):
        name = f"a{number}"
        writer.writerow(GOOD | {"id": name, "cohort": name} | change)
    return out.getvalue()


def shipped() -> tuple[trials.Trial, ...]:
    """Return the trials that are shipped."""
    return trials.load(data.read(trials.DATA_FILE))
