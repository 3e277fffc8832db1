"""What a person reads is plain English: eighth grade or lower, page by page, the evidence pages left out.

The grade is that of Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pyphen
import pytest
import visible_text

import irtherapy

PACKAGE = Path(irtherapy.__file__).parent
MOST = 8.0
FEWEST_WORDS = 60  # below, one long name decides: such files are judged together
# For people who come for the figures and the sources.
FOR_READERS_OF_STUDIES = ("edge/web/templates/cards/", "edge/web/templates/evidence/", "edge/web/templates/coverage/",
                          "edge/web/templates/settle/", "edge/web/templates/explore/")  # fmt: skip
SHOWN = ("edge/web/", "session/", "screening/", "data/exercises.csv", "data/screening_questions.csv",
         "data/screening_pages.csv", "data/programmes.csv")  # fmt: skip
SYLLABLES = pyphen.Pyphen(lang="en_US", left=1, right=1)


def syllables(word: str) -> int:
    """Return the syllables of a word: places to divide it, and one."""
    return SYLLABLES.inserted(word.lower()).count("-") + 1


def grade(sentences: list[str]) -> float:
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z']+", sentence)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def sentences_of(text: str) -> list[str]:
    """Return the whole sentences: labels, addresses and code are no reading."""
    plain = re.sub(r"\{[^}]*\}", "it", " ".join(text.split()))
    found = re.split(r"(?<=[.?:])\s+", plain)
    return [s for s in found if s[:1].isupper() and s[-1:] in ".?:" and len(s.split()) >= 3]


def read_by_place() -> dict[str, list[str]]:
    out: dict[str, list[str]] = defaultdict(list)
    for where, _, text in visible_text.texts(PACKAGE):
        if where.startswith(SHOWN) and not where.startswith(FOR_READERS_OF_STUDIES):
            out[where] += sentences_of(text)
    for where in [w for w, found in out.items() if sum(len(s.split()) for s in found) < FEWEST_WORDS]:
        out[where.split("/")[0] + ", the short ones together"] += out.pop(where)
    return {where: found for where, found in out.items() if found}


PLACES = read_by_place()


def test_the_measure_agrees_with_a_known_text() -> None:
    # Lincoln at Gettysburg, first two sentences: grade 12 to 15 by every published calculator.
    text = (
        "Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in "
        "Liberty, and dedicated to the proposition that all men are created equal. Now we are engaged in a great civil "
        "war, testing whether that nation, or any nation so conceived and so dedicated, can long endure."
    )
    assert 11.0 < grade(sentences_of(text)) < 15.0
    assert grade(["The cat sat on the mat."]) < 1.0


@pytest.mark.parametrize("where", sorted(PLACES))
def test_words_are_plain(where: str) -> None:
    found = grade(PLACES[where])
    hardest = sorted(PLACES[where], key=lambda s: grade([s]), reverse=True)[:3]
    assert found <= MOST, f"grade {found:.1f}; the hardest: {hardest}"
