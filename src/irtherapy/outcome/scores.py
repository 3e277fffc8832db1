"""Questionnaires and their scores, each by the rule of its paper, with what happens when an answer is missing.

The tables are ``data/measures.csv`` and ``data/measure_items.csv``. A measure of the kind ``total`` keeps a result and
no text, because its text may not be shipped (docs/explanation/outcomes.md). Missing answers, in short:

========  =========================================================================================
PEG       all three are needed, else there is no score (no rule was found; this one is ours)
RMDQ      a sentence that is not ticked does not apply: 0 (Roland and Morris 1983)
PSFS      a missing activity is left out of the mean, and of both means when two days are compared
PGIC      without its one answer there is none
ODI       percent of the sections that were answered
NDI       one missing section of ten counts as the mean of the others
========  =========================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from irtherapy.tables import rows
from irtherapy.values import InputError, Region, in_range

DATA_FILES = ("measures.csv", "measure_items.csv")
KINDS = ("mean", "ticks", "own", "choice", "total")
TEXT_MAX = 120


@dataclass(frozen=True)
class Item:
    """One question: its words as published, and what the ends of its scale say."""

    id: str
    text: str
    low_label: str
    high_label: str


@dataclass(frozen=True)
class Measure:
    """A questionnaire. ``low`` to ``high`` is the range of its score, ``better`` which way is less trouble.

    ``points`` and ``share``: a change that matters to most people, in points and as a share of the first score, or
    None where none is known; ``possible``: from here on it may matter. ``regions``: where it is made for; empty: all.
    ``every_days``: how often it is worth while (our schedule), None: at the end alone.
    """

    id: str
    name: str
    title: str
    kind: str
    version: str
    regions: frozenset[Region]
    low: float
    high: float
    better: str
    least: int
    most: int
    section_max: int
    points: float | None
    possible: float | None
    share: float | None
    matters: str
    recall: str
    every_days: int | None
    instruction: str
    terms: str
    source: str
    items: tuple[Item, ...] = ()

    def needed(self, first: float | None = None) -> float | None:
        """Return the smaller of the points and the share of a first score; None when no figure is known."""
        if self.points is None or self.share is None or first is None:
            return self.points
        return min(self.points, self.share * first) if first > 0 else self.points


@dataclass(frozen=True)
class Score:
    """A score (None when it cannot be made), the answers it rests on, the ids that are missing, and what to say."""

    value: float | None
    answered: int
    missing: tuple[str, ...] = ()
    sentence: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def load(texts: Mapping[str, str]) -> dict[str, Measure]:
    """Return the measures by id from the texts of ``DATA_FILES``. Raises InputError on a bad table."""
    name, items_name = DATA_FILES
    items: dict[str, list[Item]] = {}
    for row in rows(items_name, texts[items_name], ("measure", "text")):
        items.setdefault(row["measure"], []).append(Item(row["id"], row["text"], row["low_label"], row["high_label"]))
    out = {}
    for row in rows(name, texts[name], ("name", "title", "kind", "low", "high", "better", "matters", "terms")):
        if row["kind"] not in KINDS or row["better"] not in ("lower", "higher"):
            raise InputError(name, f"Table {name}, {row['id']}: kind or better is unknown.")
        out[row["id"]] = _measure(row, tuple(items.pop(row["id"], ())))
    if items:
        raise InputError(items_name, f"Table {items_name}: there is no measure {sorted(items)[0]!r}.")
    return out


def _measure(row: Mapping[str, str], items: tuple[Item, ...]) -> Measure:
    def number(column: str) -> float | None:
        return float(row[column]) if row[column] else None

    return Measure(
        id=row["id"],
        name=row["name"],
        title=row["title"],
        kind=row["kind"],
        version=row["version"],
        regions=frozenset(Region(r) for r in row["regions"].split(";") if r),
        low=float(row["low"]),
        high=float(row["high"]),
        better=row["better"],
        least=int(row["least"] or 0),
        most=int(row["most"] or 0),
        section_max=int(row["section_max"] or 0),
        points=number("points"),
        possible=number("possible"),
        share=number("share"),
        matters=row["matters"],
        recall=row["recall"],
        every_days=int(row["every_days"]) if row["every_days"] else None,
        instruction=row["instruction"],
        terms=row["terms"],
        source=row["source"],
        items=items,
    )


def score(measure: Measure, answers: Mapping[str, Any]) -> Score:
    """Return the score of ``answers``, by item id; an answer that is None or not there is missing.

    PSFS takes ``psfs_1_text`` beside ``psfs_1``; a measure of the kind ``total`` takes ``points`` and ``sections``, or
    ``score`` where there are no sections. Raises InputError naming the item and its range, or an unknown item.
    """
    told = {key: value for key, value in answers.items() if value is not None and value != ""}
    _refuse_unknown(measure, told)
    return {"mean": _mean, "ticks": _ticks, "own": _own, "choice": _choice, "total": _total}[measure.kind](
        measure, told
    )


def known_items(measure: Measure) -> tuple[str, ...]:
    """Return the names that an answer to ``measure`` may have."""
    if measure.kind == "total":
        return ("points", "sections") if measure.section_max else ("score",)
    if measure.kind == "choice":
        return (measure.id,)
    ids = tuple(item.id for item in measure.items)
    return (*ids, *(f"{i}_text" for i in ids)) if measure.kind == "own" else ids


def _refuse_unknown(measure: Measure, told: Mapping[str, Any]) -> None:
    known = known_items(measure)
    for key in told:
        if key not in known:
            shown = ", ".join(known[:3]) + (" ..." if len(known) > 3 else "")
            raise InputError(str(key), f"{measure.name} has no item {str(key)[:40]!r}; it has {shown}")


def _whole(measure: Measure, name: str, value: Any, low: float, high: float) -> int:
    what = f"{measure.name} {name}"
    number = in_range(what, value, low, high)
    if number != int(number):
        raise InputError(what, f"{what} must be a whole number from {low:g} to {high:g}; got {value!r}.")
    return int(number)


def _mean(measure: Measure, told: Mapping[str, Any]) -> Score:
    values = {
        item.id: _whole(measure, f"question {n}", told[item.id], measure.low, measure.high)
        for n, item in enumerate(measure.items, 1)
        if item.id in told
    }
    missing = tuple(item.id for item in measure.items if item.id not in values)
    if len(values) < measure.least:
        return Score(None, len(values), missing, _needs(measure, len(values)), values)
    return Score(sum(values.values()) / len(values), len(values), missing, "", values)


def _needs(measure: Measure, answered: int) -> str:
    return f"{measure.name} needs all of its answers: {answered} of {measure.least} are told, so there is no score yet."


def _ticks(measure: Measure, told: Mapping[str, Any]) -> Score:
    values: dict[str, bool] = {}
    for n, item in enumerate(measure.items, 1):
        value = told.get(item.id, False)
        if value not in (True, False, 0, 1):
            what = f"{measure.name} sentence {n}"
            raise InputError(what, f"{what} must be true (it applies) or false; got {value!r}.")
        values[item.id] = bool(value)
    return Score(float(sum(values.values())), len(values), (), "", values)


def _own(measure: Measure, told: Mapping[str, Any]) -> Score:
    values: dict[str, Any] = {}
    named, missing = [], []
    for n, item in enumerate(measure.items, 1):
        name = str(told.get(f"{item.id}_text", "")).strip()
        if item.id in told and not name:
            raise InputError(f"Activity {n}", f"Activity {n} has a number but no name; write what it is.")
        if not name:
            continue
        if len(name) > TEXT_MAX:
            raise InputError(f"Activity {n}", f"Activity {n} must have a name of 1 to {TEXT_MAX} characters.")
        named.append(item.id)
        values[f"{item.id}_text"] = name
        if item.id in told:
            values[item.id] = _whole(measure, f"activity {n}", told[item.id], measure.low, measure.high)
        else:
            missing.append(item.id)
    numbers = [values[i] for i in named if i in values]
    if len(named) < measure.least:
        sentence = f"{measure.name} needs {measure.least} to {measure.most} activities; {len(named)} are named so far."
        return Score(None, len(numbers), tuple(missing), sentence, values)
    if not numbers:
        return Score(None, 0, tuple(missing), "No activity has a number yet, so there is no score.", values)
    return Score(sum(numbers) / len(numbers), len(numbers), tuple(missing), "", values)


def _choice(measure: Measure, told: Mapping[str, Any]) -> Score:
    if measure.id not in told:
        return Score(None, 0, (measure.id,), _needs(measure, 0))
    value = _whole(measure, "answer", told[measure.id], measure.low, measure.high)
    return Score(float(value), 1, (), "", {measure.id: value})


def _total(measure: Measure, told: Mapping[str, Any]) -> Score:
    if not measure.section_max:
        if "score" not in told:
            return Score(None, 0, ("score",), f"{measure.name}: no score was entered.")
        value = in_range(f"{measure.name} score", told["score"], measure.low, measure.high)
        return Score(value, 1, (), "", {"score": value})
    sections = _whole(measure, "answered sections", told.get("sections", measure.most), measure.least, measure.most)
    if "points" not in told:
        return Score(None, 0, ("points",), f"{measure.name}: no points were entered.")
    points = _whole(measure, "points", told["points"], 0, measure.section_max * sections)
    value = points / (measure.section_max * sections) * measure.high
    return Score(value, sections, (), "", {"points": points, "sections": sections})


def paired(measure: Measure, first: Mapping[str, Any], last: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the two scores that may be compared, or None when either cannot be made.

    PSFS: means over the activities that have a number on both days. Raises InputError as ``score`` does.
    """
    if measure.kind != "own":
        one, two = score(measure, first).value, score(measure, last).value
        return None if one is None or two is None else (one, two)
    before, after = score(measure, first).values, score(measure, last).values
    both = [
        item.id
        for item in measure.items
        if item.id in before
        and item.id in after
        and before[f"{item.id}_text"].casefold() == after[f"{item.id}_text"].casefold()
    ]
    if not both:
        return None
    return sum(before[i] for i in both) / len(both), sum(after[i] for i in both) / len(both)


def for_regions(measures: Mapping[str, Measure], regions: Sequence[Region | str]) -> tuple[Measure, ...]:
    """Return the measures made for any of these regions, all of them when none is named."""
    wanted = {Region(r) for r in regions}
    return tuple(m for m in measures.values() if not m.regions or not wanted or m.regions & wanted)
