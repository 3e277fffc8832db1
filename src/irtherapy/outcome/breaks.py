"""When a course must pause: pain that stays worse, marks on the skin, illness, a warning sign, a side effect.

A break holds the course until the person says that they go on, and never before its day. The questions of screening are
then asked in full. Records are plain: ``on``, and what was told of it: ``pain_before``, ``pain_after``,
``pain_next_morning`` (0-10), ``skin_check``, ``effects`` (of ``grade``: 1 mild, 2 moderate, 3 severe; ``rule``: "marks"
for a blister or a pattern on the skin; ``on``: the day it was noticed, else that of the record), ``illness`` (true),
``red_flag`` (of ``urgency`` and ``text``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from irtherapy.outcome.days import DAY, day_of, words
from irtherapy.values import Break

WORSE_POINTS = 2.0  # more pain by this much that lasts 24 hours (facts: protocols 7; Ostelo 2008)
WAIT_DAYS = {"worse": 7, "worse_not_told": 7, "marks": 2, "illness": 2, "red_flag": 1, "effect": 2, "severe_effect": 7}
URGENT = ("emergency", "urgent", "see_doctor")

MARKS = (
    "marks",
    "There were marks on the skin.",
    "No heat there until the marks are gone and someone with training has looked at them.",
)
ILLNESS_ADVICE = "Rest, and go on when you feel well and have no fever."
ON_WHEN_DONE = "You may go on when this is done."


def find(records: Iterable[Mapping[str, Any]], resumed_on: Sequence[str]) -> tuple[Break, ...]:
    """Return every break that the records ask for, oldest first, each with the day on which it was lifted.

    Pain that rose by 2 points in a session holds the course until the next morning's is told. A break is lifted by the
    first of ``resumed_on`` that is not before its own ``not_before``, and by nothing else.
    """
    found = [one for record in records for one in _of(record)]
    out = []
    for one in sorted(found, key=lambda b: b.on):
        lifted = min((day for day in resumed_on if day >= one.not_before), default=None)
        out.append(replace(one, lifted_on=lifted))
    return tuple(out)


def _of(record: Mapping[str, Any]) -> Iterator[Break]:
    on = day_of("Day of the record", str(record["on"]))
    if record.get("red_flag") and record["red_flag"].get("urgency") in URGENT:
        yield _break(on, "red_flag", "A warning sign was answered with yes.", str(record["red_flag"].get("text", "")))
    if record.get("skin_check") == "marks":
        yield _break(on, *MARKS)
    yield from _of_pain(record, on)
    for effect in record.get("effects") or ():
        yield from _of_effect(effect, day_of("Day of the effect", str(effect.get("on") or record["on"])))
    if record.get("illness"):
        yield _break(on, "illness", "You were ill.", ILLNESS_ADVICE)


def _of_effect(effect: Mapping[str, Any], on: date) -> Iterator[Break]:
    """Return what a side effect calls for: marks at any grade, and by its grade what is not said by them already."""
    grade, marks = int(effect.get("grade") or 1), effect.get("rule") == "marks"
    if marks:
        yield _break(on, *MARKS)
    if grade >= 3:
        yield _break(on, "severe_effect", "There was a severe side effect.", "See your doctor before any more heat.")
    elif grade == 2 and not marks:
        yield _break(
            on, "effect", "There was a side effect that got in your way.",
            "Wait until it is gone. If it comes back, ask your doctor or therapist.",
        )  # fmt: skip


def _of_pain(record: Mapping[str, Any], on: date) -> Iterator[Break]:
    before, after, morning = (record.get(key) for key in ("pain_before", "pain_after", "pain_next_morning"))
    if before is None:
        return
    if morning is not None:
        rise = float(morning) - float(before)
        if rise >= WORSE_POINTS:
            yield _break(
                on + DAY, "worse", f"The pain was up by {rise:g} points and stayed up over 24 hours.",
                "Ask your doctor or therapist before you go on.",
            )  # fmt: skip
    elif after is not None and float(after) - float(before) >= WORSE_POINTS:
        rise = float(after) - float(before)
        yield _break(
            on, "worse_not_told", f"The pain rose by {rise:g} points in the session.",
            "Tell how it is the next morning. If it is still up after 24 hours, ask your doctor or therapist.",
        )  # fmt: skip


def _break(on: date, rule: str, text: str, advice: str) -> Break:
    return Break(on.isoformat(), rule, text, advice, (on + WAIT_DAYS[rule] * DAY).isoformat())


def sentence(one: Break, today: date) -> str:
    """Return what a held course says."""
    first = day_of("Break", one.not_before)
    if first <= today:
        return f"Pause: {one.text} {one.advice} {ON_WHEN_DONE}"
    return f"Pause: {one.text} {one.advice} Not before {words(first)}."
