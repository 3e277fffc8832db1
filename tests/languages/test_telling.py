"""How a sentence made in English is found again: whole, by its places, sentence by sentence, in a drawing."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.edge.languages import catalogue, mo, shelf
from irtherapy.edge.languages.catalogue import Catalogue

GERMAN = Catalogue(
    {
        "Stop the massage now.": "Hören Sie jetzt mit der Massage auf.",
        "At {distance} cm: {then} minutes instead of {minutes}.": "Bei {distance} cm: {then} Minuten statt {minutes}.",
        "Too hot here. {better}": "Hier ist es zu heiß. {better}",
        "neck": "Nacken",
        "lower back": "unterer Rücken",
        "and": "und",
        "{low} to {high}": "{low} bis {high}",
        "Not before {day}.": "Nicht vor {day}.",
        "{weekday}, {day} {month}": "{weekday}, {day}. {month}",
        "Friday": "Freitag",
        "November": "November",
        "{name} is kept.": "{name} ist gespeichert.",
        "sitting": "im Sitzen",
        "Hold for {seconds} seconds.": "{seconds} Sekunden halten.",
        "has a timer": "hat einen Timer",
        "timer of {minutes} min": "Timer von {minutes} min",
    },
    "de",
)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Stop the massage now.", "Hören Sie jetzt mit der Massage auf."),
        ("At 65 cm: 10 minutes instead of 7.5.", "Bei 65 cm: 10 Minuten statt 7,5."),
        ("Too hot here. At 65 cm: 10 minutes instead of 0.", "Hier ist es zu heiß. Bei 65 cm: 10 Minuten statt 0."),
        ("Stop the massage now. Hold for 20 seconds.", "Hören Sie jetzt mit der Massage auf. 20 Sekunden halten."),
        ("neck and lower back", "Nacken und unterer Rücken"),
        ("36.5 to 38.2", "36,5 bis 38,2"),
        ("38.2 °C", "38,2 °C"),
        ("–", "–"),
        ("Not before Friday, 27 November.", "Nicht vor Freitag, 27. November."),
        ("My 1.5 W lamp is kept.", "My 1.5 W lamp ist gespeichert."),
        ("Sitting.", "Im Sitzen."),
        ("has a timer; timer of 30 min", "hat einen Timer; Timer von 30 min"),
        ("Nobody translated this.", "Nobody translated this."),
        (
            "Nobody translated this. Stop the massage now.",
            "Nobody translated this. Hören Sie jetzt mit der Massage auf.",
        ),
        ("  neck ", "  Nacken "),
        ("2026-03-31", "2026-03-31"),
    ],
)
def test_a_sentence_is_found_again(english: str, german: str) -> None:
    assert GERMAN.told(english) == german


def test_the_heaviest_pattern_wins_and_values_stay_in_their_sentence() -> None:
    made = Catalogue({"{a} of {b}": "{b}: {a}", "Page {a} of {b}": "Seite {a} von {b}", "B.": "Zwei."}, "de")
    assert made.told("Page 1 of 3") == "Seite 1 von 3"
    assert made.told("1 of 3. B.") == "3: 1. Zwei."


def test_braces_in_a_value_are_no_places() -> None:
    assert GERMAN.told("{name} {0} is kept.") == "{name} {0} ist gespeichert."


def test_chinese_has_no_space_between_sentences_and_marks_of_its_own() -> None:
    made = Catalogue({"A.": "甲。", "B.": "乙。", "one": "一", "two": "二"}, "zh-hans")
    assert made.told("A. B.") == "甲。乙。"
    assert made.told("one; two") == "一；二"
    assert made.told("1.5") == "1.5"


@given(st.text(max_size=60))
def test_any_text_is_told_without_an_error_and_english_is_never_touched(text: str) -> None:
    GERMAN.told(text)
    assert shelf.told(text, "en") == text


def test_markup_keeps_its_tags_its_style_and_what_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "catalogue", lambda _: GERMAN)
    made = shelf.told_markup(
        '<style>p::after { content: "neck"; }</style><p title="neck">\n  neck <b translate="no">neck</b></p>'
        "<text>a &lt; b</text><desc>lower back</desc>",
        "de",
    )
    assert made == (
        '<style>p::after { content: "neck"; }</style><p title="Nacken">\n  Nacken <b translate="no">neck</b></p>'
        "<text>a &lt; b</text><desc>unterer Rücken</desc>"
    )


def test_a_pattern_needs_a_letter_of_its_own() -> None:
    assert catalogue.pattern_of("{a}: {b}", "{a}: {b}") is None


def test_a_damaged_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="no gettext catalogue"):
        mo.read(struct.pack("<I", 1) + bytes(24))


@pytest.mark.parametrize(
    ("wanted", "environment", "found"),
    [
        ("", {}, "en"),
        ("", {"LANG": "de_AT.UTF-8"}, "de"),
        ("", {"LANG": "C.UTF-8"}, "en"),
        ("", {"LANG": "de_DE", "IRTHERAPY_LANGUAGE": "en"}, "en"),
        ("zh", {"LANG": "de_DE"}, "zh-hans"),
        ("tlh", {}, "en"),
    ],
)
def test_which_language_the_terminal_speaks(
    wanted: str, environment: dict[str, str], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "offered", lambda: tuple(shelf.LANGUAGES.items()))
    assert shelf.chosen(wanted, environment) == found


def test_english_reads_no_catalogue() -> None:
    code = (
        "from irtherapy.edge import languages; from irtherapy.edge.languages import shelf; "
        "languages.told('neck', 'en'); print(shelf.catalogue.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
