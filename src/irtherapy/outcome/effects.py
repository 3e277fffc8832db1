"""Side effects: what it was, how bad, and what to do now.

Three grades with the names of the FHIR value set adverse-event-severity (mild, moderate, severe); what each means is
put in our own plain words by what it kept one from. They are not the grades of CTCAE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from irtherapy.tables import rows
from irtherapy.values import InputError, in_range

DATA_FILE = "effects.csv"
MILD, MODERATE, SEVERE = 1, 2, 3
GRADES: Mapping[int, tuple[str, str]] = {
    MILD: ("Mild", "I noticed it, and did all that I usually do."),
    MODERATE: ("Moderate", "It kept me from something, or lasted into the next day."),
    SEVERE: ("Severe", "I could not do what I usually do, or I needed help."),
}
ADVICE = {
    MILD: "It is kept for you and your doctor. Tell it at your next visit if it comes back.",
    MODERATE: "No session there until it is gone. If it comes back, ask your doctor or therapist before you go on.",
    SEVERE: "Stop all sessions and speak to a doctor today. In an emergency call your emergency number.",
}
TEXT_MAX = 500


@dataclass(frozen=True)
class Kind:
    """A kind of side effect; ``least`` is the lowest grade it can have, ``advice`` what holds at any grade.

    ``rule``: the rule of ``breaks`` that it calls for beside that of its grade, or none.
    """

    id: str
    name: str
    least: int
    rule: str
    advice: str
    source: str


def load(text: str) -> dict[str, Kind]:
    """Return the kinds by id. Raises InputError on a bad table."""
    return {
        row["id"]: Kind(row["id"], row["name"], int(row["least"] or MILD), row["rule"], row["advice"], row["source"])
        for row in rows(DATA_FILE, text, ("name",))
    }


def told(kinds: Mapping[str, Kind], kind: str, grade: object, text: str = "") -> tuple[Kind, int, str]:
    """Return the kind, the grade (raised to the kind's least) and the text of a side effect, checked.

    Raises InputError naming the kind, the grade or the text and what is allowed.
    """
    found = kinds.get(kind)
    if found is None:
        raise InputError("Side effect", f"Side effect must be one of {', '.join(kinds)}; got {kind[:40]!r}.")
    number = in_range("Grade", grade, MILD, SEVERE)
    if number != int(number):
        raise InputError("Grade", f"Grade must be 1, 2 or 3; got {grade!r}.")
    said = words(text)
    if kind == "other" and not said:
        raise InputError("Text", "Text must say what it was, in 1 to 500 characters.")
    return found, max(int(number), found.least), said


def words(text: str) -> str:
    """Return a person's own words without the space around them. Raises InputError when they are too many."""
    said = text.strip()
    if len(said) > TEXT_MAX:
        raise InputError("Text", f"Text must have at most {TEXT_MAX} characters; got {len(said)}.")
    return said


def advice(kind: Kind, grade: int) -> str:
    """Return what to do now: what holds for the kind, and what holds for the grade when that asks for more."""
    if not kind.advice:
        return ADVICE[grade]
    return f"{kind.advice} {ADVICE[SEVERE]}" if grade >= SEVERE else kind.advice
