"""The evidence cards and the sentences bound to them, read once from the shipped tables."""

from __future__ import annotations

from functools import cache

from irtherapy.edge import data
from irtherapy.evidence import cards as room
from irtherapy.evidence import claims


@cache
def all_cards() -> dict[str, room.Card]:
    """Return every card by id."""
    return room.load(data.read(room.CARDS), data.read(room.STUDIES))


@cache
def bound() -> tuple[claims.Bound, ...]:
    """Return the sentences of code and tables that rest on a card, and the words that are no claim."""
    return claims.load(data.read(claims.CLAIMS), all_cards())


def card_of(sentence: str) -> str | None:
    """Return the id of the card that a finished sentence rests on, or None."""
    return claims.card_of(sentence, bound())
