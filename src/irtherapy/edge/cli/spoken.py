"""The language and the units of the terminal: chosen once a run, and read only by who shows or says something."""

from __future__ import annotations

import os

from irtherapy.values import InputError

ASKED = ("IRTHERAPY_LANGUAGE", "LC_ALL", "LANG")
ENGLISH = ("en_", "en-", "en.", "C.", "C_", "POSIX")


SYSTEMS = ("metric", "us")
# Who answers in °F and inches. Elsewhere figures are typed in by the units that are shown, and those are metric.
SHOWS_US = ("screen", "plan", "session", "demo", "course")


class Spoken:
    """The language and units of this run; English and metric until ``speak`` and ``measure`` have chosen others."""

    language = "en"
    us = False


def speak(wanted: str = "") -> None:
    """Choose the language: ``wanted``, else that of IRTHERAPY_LANGUAGE or of the system. Raises InputError."""
    Spoken.language = "en"
    asked = wanted or next((name for key in ASKED if (name := os.environ.get(key))), "")
    if asked in ("", "en", "C") or asked.startswith(ENGLISH):
        return  # the catalogues are not even imported
    from irtherapy.edge import languages

    Spoken.language = languages.chosen(wanted)
    if wanted and Spoken.language.split("-")[0] != wanted.replace("_", "-").split("-")[0].lower():
        names = ", ".join(code for code, _ in languages.offered())
        raise InputError("Language", f"Language must be one of {names}; got {wanted[:40]!r}.")


def measure(wanted: str, command: str) -> None:
    """Choose the units in which a command shows: ``wanted``, else that of IRTHERAPY_UNITS. Raises InputError."""
    asked = (wanted or os.environ.get("IRTHERAPY_UNITS") or "metric").lower()
    if asked not in SYSTEMS:
        raise InputError("Units", f"Units must be one of {', '.join(SYSTEMS)}; got {asked[:40]!r}.")
    Spoken.us = asked == "us" and command in SHOWS_US


def told(text: str) -> str:
    """Return an English text in the language and the units of the terminal."""
    if Spoken.language == "en":
        return _measured(text)
    from irtherapy.edge import languages

    return _measured(languages.told(text, Spoken.language))


def told_line(text: str) -> str:
    """Return an English text with marks of style, such as [bold], in the language and the units of the terminal."""
    return _measured(as_typed(text))


def as_typed(text: str) -> str:
    """Return the same with its figures as they are: of a refusal, whose range is in the units of the options."""
    if Spoken.language == "en":
        return text
    from irtherapy.edge import languages

    return languages.told_line(text, Spoken.language)


def _measured(text: str) -> str:
    if not Spoken.us:
        return text
    from irtherapy.edge import us_units

    return us_units.told(text)


def told_page(html: str) -> str:
    """Return a whole HTML document that was made in English in the language of the terminal, and marked so."""
    if Spoken.language == "en":
        return html
    from irtherapy.edge import languages

    return languages.told_page(html, Spoken.language)
