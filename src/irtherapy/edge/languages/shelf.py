"""The catalogues that are shipped, which language a person gets, and the two ways to translate."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path

from irtherapy.edge.languages.catalogue import Catalogue
from irtherapy.edge.languages.mo import read

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "zh-hans": "简体中文"}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
FOLDER = Path(__file__).parents[2] / "locale"
CHOICE = "IRTHERAPY_LANGUAGE"

_ATTRIBUTE = re.compile(r'\b(aria-label|alt|title|placeholder)="([^"]*)"')
_TAG = re.compile(r"(<[^>]*>)")
_OPENED = re.compile(r"<(\w+)")
NO_WORDS = ("style", "script")


def file_of(language: str) -> Path:
    """Return where the catalogue of a language is kept: zh-hans is the folder zh_Hans."""
    head, _, tail = language.partition("-")
    name = f"{head}_{tail.upper() if len(tail) == 2 else tail.capitalize()}" if tail else head
    return FOLDER / name / "LC_MESSAGES" / "django.mo"


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language; an empty one where none is shipped."""
    path = file_of(language)
    return Catalogue(read(path.read_bytes()) if path.exists() else {}, language)


@cache
def offered() -> tuple[tuple[str, str], ...]:
    """Return (code, own name) of English and of every language that has a translated sentence."""
    return tuple((code, name) for code, name in LANGUAGES.items() if code == "en" or catalogue(code).texts)


def told(text: str, language: str) -> str:
    """Return an English text in a language; unchanged where nobody has translated it."""
    return text if language.startswith("en") else catalogue(language).told(text)


def told_line(text: str, language: str) -> str:
    """Return an English text with marks of style of the terminal, such as [bold], in a language."""
    return text if language.startswith("en") else catalogue(language).told_line(text)


def told_page(html: str, language: str) -> str:
    """Return a whole HTML document that was made in English in a language, and marked so."""
    if language.startswith("en"):
        return html
    way = ' dir="rtl"' if is_right_to_left(language) else ""
    return told_markup(html, language).replace('<html lang="en"', f'<html lang="{language}"{way}', 1)


def told_markup(markup: str, language: str) -> str:
    """Return HTML or SVG made in English with every text and every spoken attribute in a language.

    Each text between two tags is looked up alone. Styles, scripts and what is marked ``translate="no"`` stay.
    """
    if language.startswith("en"):
        return markup
    out, stays = [], ""  # stays: the element in which nothing is translated
    for piece in _TAG.split(markup):
        if not piece.startswith("<"):
            out.append(piece if stays else _told_text(piece, language))
            continue
        if stays:
            stays = "" if piece.startswith(f"</{stays}") else stays
        elif (opened := _OPENED.match(piece)) and (opened[1] in NO_WORDS or 'translate="no"' in piece):
            stays = opened[1]
        out.append(piece if stays else _ATTRIBUTE.sub(lambda found: _told_attribute(found, language), piece))
    return "".join(out)


def _told_text(piece: str, language: str) -> str:
    core = piece.strip()
    return piece.replace(core, escape(told(unescape(core), language), quote=False), 1) if core else piece


def _told_attribute(found: re.Match[str], language: str) -> str:
    return f'{found[1]}="{escape(told(unescape(found[2]), language))}"'


def is_right_to_left(language: str) -> bool:
    """Return whether a language is written from right to left."""
    return language.split("-")[0] in RIGHT_TO_LEFT


def chosen(wanted: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the terminal: the one asked for, else IRTHERAPY_LANGUAGE, else that of the system."""
    for name in (wanted, environment.get(CHOICE, ""), *(environment.get(k, "") for k in ("LC_ALL", "LANG"))):
        if name:
            return _nearest(name)
    return "en"


def _nearest(name: str) -> str:
    """Return the offered language nearest to a name such as de_AT.UTF-8; English when there is none."""
    short = name.split(".")[0].replace("_", "-").lower()
    if short.split("-")[0] not in {code.split("-")[0] for code in LANGUAGES if code != "en"}:
        return "en"  # no catalogue is read for it
    known = [code for code, _ in offered()]
    if short in known:
        return short
    return next((code for code in known if code.split("-")[0] == short.split("-")[0]), "en")
