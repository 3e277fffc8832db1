"""What the page of a course can hold, and what each reader of it gets unless somebody ticks otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from irtherapy.values import InputError

# In the order of the page: those of the front page, then those of the pages behind it.
FRONT = {
    "who": "Who",
    "what": "What was planned",
    "when": "When",
    "exposure": "Exposure",
    "response": "Response",
    "chart": "Pain by day",
    "effects": "Adverse events",
    "questions": "Open questions",
}
DETAIL = {
    "sessions": "Every session",
    "weeks": "Heat by week",
    "scores": "Questionnaires and movement",
    "trial": "With or without heat",
    "safety": "What the program stopped, and pauses",
    "diary": "Every rating of pain",
    "notes": "What the person wrote",
}
SECTIONS = {**FRONT, **DETAIL}
READERS = {
    "doctor": "Doctor",
    "therapist": "Physical therapist",
    "insurer": "Insurer",
    "yourself": "Yourself",
}
GIVEN = {
    "doctor": tuple(SECTIONS),
    "therapist": tuple(s for s in SECTIONS if s != "notes"),
    "insurer": ("what", "when", "exposure", "response", "chart", "effects", "sessions", "scores"),
    "yourself": ("when", "exposure", "response", "chart", "questions", "sessions", "weeks", "scores", "trial", "diary"),
}


def chosen(sections: Sequence[str] = (), reader: str = "doctor") -> tuple[str, ...]:
    """Return the sections asked for, in the order of the page; those of the reader when none is named.

    Raises InputError for a reader or a section that there is not.
    """
    if reader not in READERS:
        raise InputError("Reader", f"Reader must be one of {', '.join(READERS)}; got {reader!r}.")
    for one in sections:
        if one not in SECTIONS:
            raise InputError("Sections", f"Sections must be among {', '.join(SECTIONS)}; got {one!r}.")
    wanted = sections or GIVEN[reader]
    return tuple(s for s in SECTIONS if s in wanted)
