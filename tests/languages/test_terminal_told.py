"""The terminal in the language of tests: what is read, asked and said has no English left; JSON stays English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from pseudo_language import CITED, NAMES
from typer.testing import CliRunner

from irtherapy.edge import cards, data
from irtherapy.edge.cli import build, session, show, spoken, voice
from irtherapy.edge.cli.session import Keyboard
from irtherapy.evidence.trials import Condition
from irtherapy.session import prompts
from irtherapy.values import InputError

pytestmark = pytest.mark.django_db(transaction=True)
WIDE = 20_000  # columns, so that no sentence is broken
# What a person types, ids and addresses: the same in every language.
TYPED = re.compile(
    r"irtherapy [a-z]+[^⟦⟧]*?(?=[.,⟧]|$)|\b[a-z0-9]+(?:_[a-z0-9]+)+\b|--[a-z-]+|\b[0-9a-f]{8}-[0-9a-f-]+|\S*/\S+|"
    r"\b[0-9a-f]{64}\b"
)


IDS = {
    "DerSimonian-Laird",
    *cards.all_cards(),
    *data.measures(),
    *(condition.value.replace("_", "-") for condition in Condition),
}


class Hidden(str):
    """Stands for what nobody translates."""

    def __new__(cls, _: str) -> Hidden:
        return super().__new__(cls, "◦")


def left_english(text: str) -> list[str]:
    """Return the lines in which a plain word stands that is no unit, id, name or command."""
    out = []
    for line in text.splitlines():
        bare = TYPED.sub("", CITED.sub("", re.sub(r"[A-Za-z-]+", lambda w: "" if w[0] in IDS else w[0], line)))
        if any(len(word) > 1 and word not in NAMES for word in re.findall(r"[A-Za-z]+", bare)):
            out.append(line.strip())
    return list(dict.fromkeys(out))


@pytest.fixture
def terminal(pseudo: None, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that runs a command in the language of tests and gives what it printed."""
    monkeypatch.setattr(show, "AsIs", Hidden)
    for console in (show.console, show.errors):
        monkeypatch.setattr(console, "_width", WIDE)

    def run(*words: str, typed: str = "", status: int = 0) -> str:
        result: Result = CliRunner().invoke(build(), ["--language", "de", *words], input=typed)
        assert result.exit_code == status, (result.output, result.exception)
        return result.output

    yield run
    spoken.Spoken.language = "en"


def check(text: str, what: str) -> None:
    left = left_english(text)
    assert "⟦" in text, f"{what} is not told"
    assert not left, f"English is left in {what}:\n" + "\n".join(f"  {line[:200]}" for line in left)


COMMANDS = (
    (("screen", "--site", "neck", "--age", "52", "--questions"),),
    (("plan",), ("plan", "--device", "list")),
    (("report", "--list"),),
    (("programmes", "list"), ("programmes", "show", "clinic_30")),
    (("devices", "list"),),
    (("devices", "add", "Ļámƥ", "--kind", "led_panel", "--claimed-mw-cm2", "100", "--reading", "20:48",
      "--meter", "thermal"),),
    (("evidence",), ("evidence", "--condition", "neck-pain"), ("evidence", "--condition", "acute-low-back-pain")),
    (("coverage", "--payer", "medicare", "--condition", "neck_pain"),),
    (("dose",), ("dose", "--best", "--clean-sessions", "1")),
    (("trial", "--condition", "neck_pain"), ("trial", "--condition", "neck_pain", "--here")),
    (("clinic", "on"), ("clinic", "list"), ("clinic", "add", "2041"), ("clinic", "list")),
    (("course", "start"), ("course", "show"), ("course", "pause", "--reason", "◦"), ("course", "resume"),
     ("course", "skip"), ("course", "undo"), ("course", "end")),
    (("compare", "start", "--device", "list"), ("compare", "start", "--device", "simulated"), ("compare", "show"),
     ("compare", "today", "--demo"), ("compare", "end")),
    (("outcome", "show"), ("outcome", "log", "--site", "neck", "--pain", "4"), ("outcome", "show"),
     ("outcome", "questionnaire", "list"), ("outcome", "questionnaire", "peg"), ("outcome", "motion", "list")),
)  # fmt: skip


@pytest.mark.parametrize("several", COMMANDS, ids=lambda several: several[0][0])
def test_a_command_is_told(terminal: Any, several: tuple[tuple[str, ...], ...]) -> None:
    for words in several:
        check(terminal(*words), " ".join(words))


class Fingers(Keyboard):
    """Presses the keys of somebody who meets everything: a pause, an easier way, a skipped stretch, a hurting one."""

    def __init__(self, order: Any) -> None:
        super().__init__(order)
        self.left = {"heating": [" "], "paused": [" "], "stretching": list("e\nhs")}
        self.seen: set[str] = set()

    def poll(self, snapshot: Any) -> Any:
        """Return the wishes of the one key that is pressed now."""
        phase, question = snapshot["phase"], snapshot["question"]
        key = "\n"
        if question == "comfort":
            key = "3"
        elif phase == "rating":
            key = "c" if snapshot["skin_check"] is None else "3"
        elif not question and phase in self.left:
            if phase == "heating" and snapshot["heat_s"] < 60.0:
                return []
            if not self.left[phase] and phase != "stretching":
                return []
            key = self.left[phase].pop(0) if self.left[phase] else "\n"
        return self.wishes(key, snapshot)


@pytest.fixture
def screens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every screen that a session draws, as text."""
    drawn: list[str] = []

    class Drawing:
        def __init__(self, **how: Any) -> None:
            pass

        def __enter__(self) -> Drawing:
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def update(self, panel: Any, refresh: bool) -> None:
            drawn.append(str(panel.renderable))

    monkeypatch.setattr(session, "Live", Drawing)
    monkeypatch.setattr(session, "Keyboard", Fingers)
    return drawn


MARKS = re.compile(r"\[/?[a-z_ ]*\]")


def test_a_whole_session_is_told(
    terminal: Any, screens: list[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The questions before it, every screen, every prompt that is said, and the record."""
    said = tmp_path / "said.txt"
    script = tmp_path / "speak"
    script.write_text(f'#!/bin/sh\necho "$1" >>{said}\n')
    script.chmod(0o755)
    monkeypatch.setattr(voice, "speaker", lambda language: [str(script)] if language == "de" else None)
    asked = terminal("session", "--age", "45", "--speed", "1000", typed="n\n" * 200)
    check(asked, "questions and record")
    check("\n".join(MARKS.sub("", screen) for screen in screens), "the screens")
    check(said.read_text(), "what is said")
    assert len(set(said.read_text().splitlines())) > 8


@pytest.mark.parametrize("key", prompts.TEXT)
def test_every_prompt_is_told(terminal: Any, key: str) -> None:
    spoken.speak("de")
    values = {
        "position": "Sitting", "name": "Chin tucks", "say": "Sit tall.", "easier": "Sit tall.",
        "why": "All done: heat and stretching.", "minutes": "7.5",
    }  # fmt: skip
    told = spoken.told(prompts.Prompt(key, {**dict.fromkeys(("number", "of", "reps", "seconds"), 3), **values}).text)
    assert key in ("item", "ended", "count") or "⟦" in told


def test_json_stays_english(terminal: Any) -> None:
    asked = json.loads(terminal("screen", "--age", "40", "--questions", "--json"))
    answers = json.dumps({**{one["id"]: "no" for one in asked}, "fever": "yes"})
    told = json.loads(terminal("screen", "--age", "40", "--answers", "-", "--json", typed=answers))
    assert "⟦" not in json.dumps(told, ensure_ascii=False) and told["decision"] == "not_now"


@pytest.mark.parametrize("words", [("plan", "--age", "300"), ("report", "nothing"), ("coverage", "--payer", "x")])
def test_what_is_wrong_is_told(terminal: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(build(), ["--language", "de", *words], catch_exceptions=False)
    assert show.refuse(caught.value, as_json=False) == 2
