"""The language of the terminal: chosen once a run, and read only by who shows or says something."""

from __future__ import annotations

import os

from irtherapy.values import InputError

ASKED = ("IRTHERAPY_LANGUAGE", "LC_ALL", "LANG")
ENGLISH = ("en_", "en-", "en.", "C.", "C_", "POSIX")


class Spoken:
    """The language of this run; English until ``speak`` has chosen another."""

    language = "en"


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


def told(text: str) -> str:
    """Return an English text in the language of the terminal."""
    if Spoken.language == "en":
        return text
    from irtherapy.edge import languages

    return languages.told(text, Spoken.language)


def told_line(text: str) -> str:
    """Return an English text with marks of style, such as [bold], in the language of the terminal."""
    if Spoken.language == "en":
        return text
    from irtherapy.edge import languages

    return languages.told_line(text, Spoken.language)


def told_page(html: str) -> str:
    """Return a whole HTML document that was made in English in the language of the terminal, and marked so."""
    if Spoken.language == "en":
        return html
    from irtherapy.edge import languages

    return languages.told_page(html, Spoken.language)
