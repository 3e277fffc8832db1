"""Which sentences make a claim about benefit or safety, and the card each of them is bound to.

A sentence in a template is bound by the tag ``{% claim "card-id" %}``; a sentence that is made in code, in a script
or in a table is bound by a row of ``claims.csv``, which holds its words exactly. A row with a reason instead of a card
says why the words are no claim. The scanner of ``tests/claims`` reads all of the program and fails on a sentence with
a claim word that is not bound, and on a row whose words are nowhere any more.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from irtherapy import tables
from irtherapy.values import InputError

CLAIMS = "claims.csv"
EVERYTHING = "*"  # in place of the words: the whole file
BENEFIT = re.compile(
    r"\b(?:help(?:s|ed|ful|ing)?|reliev\w+|relief|reduc(?:e|es|ed|ing|tion)|lessen\w*|alleviat\w+|un?safe\w*|safe(?:ly|r|st|ty)?"
    r"|harmless|effective(?:ly|ness)?|side effects?|adverse|proven?|proves|evidence|circulation|blood flow|benefi\w+"
    r"|eas(?:e|es|ed|ing)|sooth\w+|loosen\w*|improv\w+|heal(?:s|ed|ing)?|cur(?:e|es|ed|ing)|treats?|treated|treatments?"
    r"|therapeutic\w*|recover\w*|relax\w*|prevent\w*|protect\w*|recommend\w*|stimulat(?:e|es|ed|ing|ion)|boosts?|penetrat\w+|risk\w*"
    r"|good for|less pain|pain[- ]free|no pain|better|(?:heat|light|infrared|massage|stretching|it) works)\b",
    re.IGNORECASE,
)
HARM = re.compile(
    r"\b(?:burn(?:s|t|ed|ing)?|scald\w*|harm(?:s|ed|ful|ing)?|danger\w*|worse\w*|injur\w+)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Bound:
    """Words in the file ``where`` (relative to the package) that rest on ``card``, or are no claim for ``reason``."""

    id: str
    where: str
    text: str
    card: str
    reason: str


def load(text: str, cards: Container[str]) -> tuple[Bound, ...]:
    """Return the rows of ``claims.csv``.

    Raises InputError on a row with an unknown card, with both a card and a reason or neither, or without claim words.
    """
    out = []
    for row in tables.rows(CLAIMS, text, ("where", "text")):
        place = f"Table {CLAIMS}, {row['id']}"
        if bool(row["card"]) == bool(row["reason"]):
            raise InputError(CLAIMS, f"{place}: give either a card or a reason why the words are no claim.")
        if row["card"] and row["card"] not in cards:
            raise InputError(CLAIMS, f"{place}: there is no card {row['card']!r}.")
        if row["reason"] and row["text"] != EVERYTHING and not words(row["text"]):
            raise InputError(CLAIMS, f"{place}: the words hold no claim word, so the row is not needed.")
        out.append(Bound(row["id"], row["where"], row["text"], row["card"], row["reason"]))
    return tuple(out)


def words(text: str, harm: bool = True) -> tuple[str, ...]:
    """Return the claim words of a text, lower case, in order; without the words of harm when ``harm`` is False."""
    found = [(m.start(), m[0].lower()) for m in BENEFIT.finditer(text)]
    if harm:
        found += [(m.start(), m[0].lower()) for m in HARM.finditer(text)]
    return tuple(word for _, word in sorted(found))


def unbound(text: str, where: str, bound: Sequence[Bound], harm: bool = True) -> tuple[str, ...]:
    """Return the claim words of a text in the file ``where`` that no row binds."""
    left = " ".join(text.split())
    if any(row.where == where and row.text == EVERYTHING for row in bound):
        return ()
    for row in sorted(bound, key=lambda b: -len(b.text)):
        if row.where == where:
            left = left.replace(row.text, " | ")
    return words(left, harm)


def card_of(sentence: str, bound: Sequence[Bound]) -> str | None:
    """Return the card that a finished sentence rests on: that of the longest bound words in it, or None."""
    best = max(
        (b for b in bound if b.card and b.text != EVERYTHING and b.text in sentence),
        key=lambda b: len(b.text),
        default=None,
    )
    return best.card if best else None
