"""The protocol page names every word that travels, so that nobody has to read the code to write a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from irtherapy.session import machine, replay
from irtherapy.session.state import END_TEXT, PERSON_EVENTS, PROGRAM_EVENTS, Phase
from irtherapy.values import SessionOrder

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "session-protocol.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[a-z_0-9]+", PAGE))


@pytest.mark.parametrize("words", [PERSON_EVENTS, PROGRAM_EVENTS, tuple(END_TEXT), tuple(p.value for p in Phase)])
def test_the_page_names_events_phases_and_reasons(words: tuple[str, ...]) -> None:
    assert set(words) <= WORDS


def test_the_page_names_what_a_snapshot_holds(order: SessionOrder) -> None:
    assert set(replay.snapshot(machine.new(order))) <= WORDS


def test_the_table_of_the_page_is_the_table_of_the_machine() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)
    told = {(Phase(phase), kind) for phase, cell in rows for kind in re.findall(r"`(\w+)`", cell)}
    assert told == set(machine.TABLE)
