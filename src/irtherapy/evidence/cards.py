"""Evidence cards: what stands behind each sentence about benefit or safety, with its source and until when it holds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from irtherapy import tables
from irtherapy.values import InputError

CARDS, STUDIES = "cards.csv", "card_studies.csv"
HOLDS_DAYS_MAX = 400  # a card is looked at again about once a year


class Certainty(StrEnum):
    """How sure one can be of a claim. The first four are the words of GRADE; three more for what is not from trials."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"
    COMPUTED = "computed"  # by this program, from what the card names
    LISTED = "listed"  # read off documents, such as the policies of insurers
    RULE = "rule"  # a careful choice of this project, not a finding


CERTAINTY_TELLS = {
    Certainty.HIGH: "High certainty: more research is unlikely to change it.",
    Certainty.MODERATE: "Moderate certainty: more research may change it.",
    Certainty.LOW: "Low certainty: more research is likely to change it.",
    Certainty.VERY_LOW: "Very low certainty: it may be quite different.",
    Certainty.COMPUTED: "Worked out by this program; the card says from what.",
    Certainty.LISTED: "Read off documents; the card says which, and how much of them.",
    Certainty.RULE: "A careful choice of this project, not a finding of a study.",
}
DIRECTIONS = {
    "for": "for",
    "null": "no difference",
    "against": "against",
    "unclear": "cannot tell",
}


@dataclass(frozen=True)
class Study:
    """One study on a card: ``direction`` is for, null, against or unclear; ``year`` is text: it may be
    unknown; ``found`` in plain words, as far as seen."""

    id: str
    card: str
    study: str
    year: str
    direction: str
    found: str
    source: str
    mark: str


@dataclass(frozen=True)
class Card:
    """What stands behind a claim.

    ``claim``: the sentence it allows. ``seen``: what was read, and how much of it. ``limits``: what speaks against
    leaning on it. Dates are ISO days: ``read_on`` when the sources were read, ``review_by`` the last day it holds.
    """

    id: str
    claim: str
    certainty: Certainty
    seen: str
    limits: str
    read_on: datetime.date
    review_by: datetime.date
    source: str
    mark: str
    studies: tuple[Study, ...] = ()


def load(cards: str, studies: str) -> dict[str, Card]:
    """Return the cards by id from the text of ``cards.csv`` and ``card_studies.csv``.

    Raises InputError naming table and line on a card without source, certainty or dates, on one that is not verified
    or holds longer than 400 days, and on a study without a card.
    """
    by_card: dict[str, list[Study]] = {}
    for row in tables.rows(STUDIES, studies, ("card", "study", "year", "direction", "found")):
        if row["direction"] not in DIRECTIONS:
            raise InputError(
                STUDIES, f"Table {STUDIES}, {row['id']}: direction must be one of {', '.join(DIRECTIONS)}."
            )
        by_card.setdefault(row["card"], []).append(
            Study(row["id"], row["card"], row["study"], row["year"], row["direction"], row["found"],
                  row["source"], row["mark"])
        )  # fmt: skip
    out = {}
    for row in tables.rows(CARDS, cards, ("claim", "certainty", "seen", "limits", "read_on", "review_by")):
        found = sorted(by_card.pop(row["id"], []), key=lambda s: (s.year, s.study))
        out[row["id"]] = _card(row, tuple(found))
    if by_card:
        raise InputError(STUDIES, f"Table {STUDIES}: there is no card {sorted(by_card)[0]!r}.")
    return out


def _card(row: Mapping[str, str], studies: tuple[Study, ...]) -> Card:
    where = f"Table {CARDS}, {row['id']}"
    if row["mark"] == "unverified":
        raise InputError(CARDS, f"{where}: a card must rest on something that was read; its mark is unverified.")
    if row["certainty"] not in set(Certainty):
        raise InputError(CARDS, f"{where}: certainty must be one of {', '.join(Certainty)}; got {row['certainty']!r}.")
    days = []
    for column in ("read_on", "review_by"):
        try:
            days.append(datetime.date.fromisoformat(row[column]))
        except ValueError:
            raise InputError(CARDS, f"{where}: {column} must be a day as YYYY-MM-DD; got {row[column]!r}.") from None
    if not 0 < (days[1] - days[0]).days <= HOLDS_DAYS_MAX:
        raise InputError(CARDS, f"{where}: review_by must be 1 to {HOLDS_DAYS_MAX} days after read_on.")
    return Card(
        row["id"], row["claim"], Certainty(row["certainty"]), row["seen"], row["limits"], days[0], days[1],
        row["source"], row["mark"], studies,
    )  # fmt: skip


def overdue(cards: Iterable[Card], on: datetime.date) -> tuple[Card, ...]:
    """Return the cards whose last day has passed on the day ``on``."""
    return tuple(card for card in cards if card.review_by < on)


def get(cards: Mapping[str, Card], id_: str) -> Card:
    """Return a card. Raises InputError when there is none of this id."""
    if id_ not in cards:
        raise InputError("Card", f"Card must be one of {', '.join(sorted(cards))}; got {id_[:60]!r}.")
    return cards[id_]
