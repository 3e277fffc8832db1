"""The voice of the terminal: a real speech program, its order, and what breaks it off."""

from __future__ import annotations

import time
import wave
from pathlib import Path

import pytest

from irtherapy.edge.cli.spoken import Spoken
from irtherapy.edge.cli.voice import Voice, command, speaker
from irtherapy.edge.languages import shelf
from irtherapy.edge.languages.catalogue import Catalogue
from irtherapy.session import prompts


def told(key: str, **values: object) -> dict[str, object]:
    return prompts.plain(prompts.Prompt(key, values, urgent=key.startswith("ask")))


def heard(sound: Path, language: str, prompt: dict[str, object]) -> bytes:
    """Let the real espeak-ng say a prompt into a file, and return its sound."""
    voice = Voice([*command("espeak-ng", language)[:-1], "-w", str(sound), "--"])
    voice.say([prompt])
    voice.close()
    with wave.open(str(sound)) as file:
        assert 0.8 < file.getnframes() / file.getframerate() < 6.0
        return file.readframes(file.getnframes())


@pytest.mark.parametrize("language", shelf.LANGUAGES)
def test_espeak_makes_sound_of_a_prompt(tmp_path: Path, language: str) -> None:
    assert speaker() is not None, "The tests need espeak-ng: apt-get install espeak-ng"
    assert heard(tmp_path / "said.wav", language, told("hold", seconds="20"))


def test_espeak_says_german_sentences_in_a_german_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    german = Catalogue({"Hold for {seconds} seconds.": "{seconds} Sekunden halten."}, "de")
    monkeypatch.setattr(shelf, "catalogue", lambda _: german)
    in_english = heard(tmp_path / "english.wav", "en", {**told("into"), "text": "20 Sekunden halten."})
    monkeypatch.setattr(Spoken, "language", "de")
    in_german = heard(tmp_path / "german.wav", "de", told("hold", seconds="20"))
    assert in_german == heard(tmp_path / "same.wav", "de", {**told("into"), "text": "20 Sekunden halten."})
    assert in_german != in_english


@pytest.fixture
def slow(tmp_path: Path) -> tuple[Path, list[str]]:
    """A speaker that takes 0.4 s, and the file of what it said to the end."""
    said = tmp_path / "said.txt"
    script = tmp_path / "speak"
    script.write_text(f'#!/bin/sh\nsleep 0.4\necho "$1" >>{said}\n')
    script.chmod(0o755)
    said.touch()
    return said, [str(script)]


def test_prompts_are_said_in_their_order(slow: tuple[Path, list[str]]) -> None:
    said, command = slow
    voice = Voice(command)
    voice.say([told("ready"), told("into")])
    voice.say([told("hold", seconds="5")])
    voice.close()
    assert said.read_text().splitlines() == ["Get ready.", "Go into it.", "Hold for 5 seconds."]


def test_something_urgent_breaks_off_and_late_numbers_are_left_out(slow: tuple[Path, list[str]]) -> None:
    said, command = slow
    voice = Voice(command)
    voice.say([told("into"), told("halfway"), told("count", number=3)])
    time.sleep(0.1)
    voice.say([told("ask_awake")])
    voice.close()
    assert said.read_text().splitlines() == ["Are you awake? Tap, or press any key."]


def test_where_there_is_no_voice_the_bell_rings_for_what_has_a_tone(capsys: pytest.CaptureFixture[str]) -> None:
    voice = Voice(None)
    voice.say([prompts.plain(prompts.Prompt("hold", {"seconds": "5"}, tone=prompts.HIGH)), told("halfway")])
    voice.close()
    assert capsys.readouterr().err == "\a"
