"""The catalogues that are shipped: complete, compiled as written, and with the places of the English sentence."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import messages
import pytest
from babel.messages.pofile import read_po

PLACE = re.compile(r"\{[A-Za-z_]\w*\}|%\(\w+\)s|</?\w+[^>]*>")
FILES = sorted(messages.LOCALE.glob("*/LC_MESSAGES/django.po"))
# A language stands here from the day on which its translation was finished; from then on nothing may be missing.
FINISHED: tuple[str, ...] = ("de", "es", "zh_Hans")


def catalogue(path: Path) -> Any:
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])


def forms(message: Any) -> list[tuple[str, str]]:
    """Return (English, translation) of each form of an entry."""
    if not isinstance(message.id, tuple):
        return [(message.id, message.string)]
    given = message.string if isinstance(message.string, tuple) else (message.string,)
    english = message.id if len(given) > 1 else message.id[1:]  # a language with one form says it for all numbers
    return [(english[min(i, len(english) - 1)], text) for i, text in enumerate(given)]


def test_every_language_is_there() -> None:
    assert {path.parts[-3] for path in FILES} == set(messages.LANGUAGES)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parts[-3])
def test_a_catalogue_has_just_the_sentences_that_are_shown(path: Path) -> None:
    messages.prepare()
    shown, kept = ({m.id for m in found} for found in (messages.template_of_all(), catalogue(path)))
    new, gone = sorted(map(str, shown - kept)), sorted(map(str, kept - shown))
    assert (new, gone) == ([], []), f"run `make messages`. New: {new[:20]}. No longer shown: {gone[:20]}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parts[-3])
def test_the_compiled_file_is_that_of_the_written_one(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(path.read_bytes()), "run `make messages`"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parts[-3])
def test_nothing_is_unsure_and_every_place_is_filled(path: Path) -> None:
    wrong = []
    for message in catalogue(path):
        if not message.id:
            continue
        if message.fuzzy:
            wrong.append(f"fuzzy: {message.id}")
        for english, told in forms(message):
            may_leave_out = isinstance(message.id, tuple)  # "one stretch" needs no number
            there, here = Counter(PLACE.findall(english)), Counter(PLACE.findall(told or english))
            if there != here and not (may_leave_out and here <= there):
                wrong.append(f"places differ: {english} / {told}")
            if told and told != told.strip():
                wrong.append(f"spaces at the ends: {told!r}")
    assert wrong == []


def test_no_sentence_is_missing() -> None:
    for language in FINISHED:
        path = messages.LOCALE / language / "LC_MESSAGES" / "django.po"
        missing = [m.id for m in catalogue(path) if m.id and not all(told for _, told in forms(m))]
        assert not missing, f"{language} lacks {len(missing)}:\n" + "\n".join(f"  {m}" for m in missing[:50])
