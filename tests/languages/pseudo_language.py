"""A language for tests: every sentence between ⟦ and ⟧, accents on its letters, so that plain letters stand out."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "áƀćďéƒǵĥíĵķľḿńóṕɋŕśťúṽŵẋýźÁƁĆĎÉƑǴĤÍĴĶĽḾŃÓṔɊŔŚŤÚṼŴẊÝŹ"
KEPT = re.compile(r"(<[^>]+>|\[/?[a-z_ ]*\]|&\w+;|\{\w+\}|%\(\w+\)s|%\(\w+\)[sdf]|%%)")
SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-told", "data-busy", "data-none", "data-some", "data-safe",
          "data-lost", "data-silent")  # fmt: skip
# Units, names of formats and of this program.
NAMES = {"irtherapy", "mm", "cm", "min", "nm", "kg", "mW", "W", "PDF", "CSV", "SVG", "CEM", "SD", "IQR", "PEG", "PSFS",
         "RMDQ", "ODI", "NDI", "PGIC", "PROMIS"}  # fmt: skip
# Studies by name and year, and numbers of policies and registers, which stand inside of sentences.
CITED = re.compile(
    r"\b[A-Z][a-z]+(?:,? (?:and|[A-Z][a-z]+))* (?:19|20)\d\d\b(?:, (?:day|night))?|"
    r"\b[A-Z]{2,4}[ -]?[A-Z]?\d[\w.]*|Omnibus Codes"
)
DATES = re.compile(
    r"\b(Mo|Di|Mi|Do|Fr|Sa|So)\b|\b\d{1,2} (Jan|Feb|März|Apr|Mai|Juni|Juli|Aug|Sep|Okt|Nov|Dez)\.?|"
    r"\d{1,2}\. (Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)( \d{4})?"
)
PLACE = re.compile(r"\{\w+\}")  # filled by a script
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def pseudo(text: str) -> str:
    """Return a sentence in the language of tests; places, tags and entities stay."""
    parts = KEPT.split(text)
    accents = str.maketrans(PLAIN, ACCENTED)
    return f"⟦{''.join(p if i % 2 else p.translate(accents) for i, p in enumerate(parts))}⟧"


def write(source: Catalog, folder: Path) -> None:
    """Write the compiled catalogue of the language of tests, as if it were German."""
    made = Catalog(locale="de", charset="utf-8")
    for message in source:
        if not message.id:
            continue
        many = isinstance(message.id, tuple)
        told = tuple(pseudo(one) for one in message.id) if many else pseudo(message.id)
        made.add(message.id, told, flags=message.flags)
    path = folder / "de" / "LC_MESSAGES"
    path.mkdir(parents=True)
    with (path / "django.mo").open("wb") as file:
        write_mo(file, made)


class Visible(HTMLParser):
    """Everything of a page that is read or heard, other than what is marked as not for translation."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool, str]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kept = given.get("translate") == "no" or tag == "style" or (bool(self.open) and self.open[-1][1])
        if tag == "script":
            kept = given.get("type") != "application/json" or given.get("id") not in ("words", "sample-prompt")
        if not kept:
            self.texts += [value for name in SPOKEN if (value := given.get(name))]
        if tag not in VOID:
            self.open.append((tag, kept, given.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1][1] or not data.strip():
            return
        if self.open[-1][0] == "script":
            told = json.loads(data)
            self.texts += [value for key, value in told.items() if key not in ("key", "tone", "urgent")]
        else:
            self.texts.append(" ".join(data.split()))


def english_left(html: str) -> list[str]:
    """Return the texts of a page in which a plain letter stands outside of units and names."""
    out = []
    for text in Visible(html).texts:
        words = re.findall(r"[A-Za-z]+", PLACE.sub("", CITED.sub("", DATES.sub("", text))))
        if any(len(word) > 1 and word not in NAMES for word in words):
            out.append(text)
    return list(dict.fromkeys(out))
