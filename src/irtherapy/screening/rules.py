"""Rows of the red-flag and contraindication tables, and whether the answers make one of them true.

A rule is a list of alternatives; an alternative is a list of terms that must all hold. A term is a question id or an
age condition (``age>=65``). In a table it reads ``small_strain+age>=70|small_strain+thin_bones``.

Answers count no = 0, not sure = 1, yes = 2; an alternative is worth its weakest term and a rule its best alternative
(Kleene's three-valued logic). So one more "yes" can never make a rule weaker.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from irtherapy.values import DeviceKind, InputError, Mark, Region

Answer = Literal["yes", "no", "not_sure"]
WORTH: Mapping[str, int] = {"no": 0, "not_sure": 1, "yes": 2}
WORD: Mapping[int, Answer] = {0: "no", 1: "not_sure", 2: "yes"}
RED_FLAG_LEVELS = ("emergency", "urgent", "see_doctor", "ask_first")
CONTRAINDICATION_LEVELS = ("not_now", "ask_first", "precaution")
WHEN = ("before", "during", "after")

_AGE = re.compile(r"age(>=|<=|>|<)(\d+)")
Rule = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Row:
    """One red flag (R..) or contraindication (C..): where it applies, when it is true, what it means, what to do.

    ``level`` is emergency, urgent, see_doctor, not_now, ask_first or precaution. ``group`` is "today" for a matter of
    the moment, otherwise "history". ``when`` says whether it is asked before, during or after a session.
    """

    id: str
    regions: frozenset[Region]
    kinds: frozenset[DeviceKind]
    when: str
    group: str
    level: str
    at_risk: bool
    rule: Rule
    text: str
    action: str
    doctor: str
    source: str
    mark: Mark

    @property
    def red_flag(self) -> bool:
        """True for a row of the red-flag table."""
        return self.id.startswith("R")


def parse(name: str, text: str, questions: frozenset[str]) -> Rule:
    """Return a rule from its table text; raises InputError naming table ``name`` on an unknown term."""
    rule = tuple(tuple(t.strip() for t in alternative.split("+")) for alternative in text.split("|"))
    for alternative in rule:
        for term in alternative:
            if term not in questions and not _AGE.fullmatch(term):
                raise InputError(name, f"Table {name}: {term!r} is neither a question nor an age condition.")
    return rule


def age_holds(term: str, age_years: float) -> bool | None:
    """Return whether an age condition holds, or None when ``term`` is a question."""
    found = _AGE.fullmatch(term)
    if found is None:
        return None
    limit = float(found[2])
    return {
        ">=": age_years >= limit,
        "<=": age_years <= limit,
        ">": age_years > limit,
        "<": age_years < limit,
    }[found[1]]


def live(rule: Rule, age_years: float) -> Rule:
    """Return the alternatives still open at this age, with the age conditions taken out."""
    out = []
    for alternative in rule:
        ages = [age_holds(term, age_years) for term in alternative]
        if False not in ages:
            out.append(tuple(term for term, held in zip(alternative, ages, strict=True) if held is None))
    return tuple(out)


def worth(rule: Rule, answers: Mapping[str, str], age_years: float) -> int:
    """Return 0 (no), 1 (not sure) or 2 (yes); a question without an answer counts as no.

    An alternative of age conditions alone is worth 2 when they hold.
    """
    return max(
        (min((WORTH[answers.get(q, "no")] for q in alternative), default=2) for alternative in live(rule, age_years)),
        default=0,
    )


def applies(row: Row, regions: frozenset[Region], kinds: frozenset[DeviceKind], when: str) -> bool:
    """Return whether a row matters for these places, device kinds and moment."""
    return row.when == when and bool(row.regions & regions) and bool(row.kinds & kinds)
