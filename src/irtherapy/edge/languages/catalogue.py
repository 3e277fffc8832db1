"""One language: whole sentences, sentences with places for values, figures and days.

A key with places, such as "{points} points less", becomes a pattern. What stands in a place is translated in turn: a
figure gets its decimal comma, a name that is known its translation, and anything else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")
END = re.compile(r"(?<=[.?!:])\s+(?=[A-Z0-9“\"⟦])")  # where one sentence ends and the next begins
BREAK = re.compile(rf"{END.pattern}|; ")
CHINESE_END = re.compile(r"[。？！：]$")
UNIT = re.compile(r"(?<=[\d\s\u00a0])(?:°C|°F|mm|cm|min|s|W|W/m²|mW/cm²|J/cm²|nm|in|kg|lb|K|h|kg/m²)$")
DECIMAL = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
DAY = re.compile(
    r"(?:(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday), )?(\d{1,2}) "
    r"(January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: (\d{4}))?"
)
DAYS = {
    (True, True): "{weekday}, {day} {month} {year}",
    (True, False): "{weekday}, {day} {month}",
    (False, True): "{day} {month} {year}",
    (False, False): "{day} {month}",
}
WORDS = (
    "and", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February", "March",
    "April", "May", "June", "July", "August", "September", "October", "November", "December",
    "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
LISTS = ("; ", ": ", ", ", " and ")
WIDE = {";": "；", ":": "：", ",": "、"}  # between the parts of a list in Chinese
DECIMAL_COMMA = {"de", "es"}
STYLE = re.compile(  # marks of style of the terminal, the space between columns, and that before the mark of a card
    r"(\[/?[a-z0-9_ ]*\]|\s{2,}|^· |\s(?=\(card: ))"
)
LIGHT = 5  # letters of its own that a pattern needs where a value in it is not known
KEPT = 20_000  # texts remembered


@dataclass(frozen=True)
class Pattern:
    """A key with places: ``weight`` is the number of its own letters, and the heavier pattern is tried first."""

    key: str
    text: str
    weight: int

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """What stands between its places, and has to stand in a text that it fits."""
        return tuple(PLACE.split(self.key)[::2])

    def found_in(self, text: str) -> re.Match[str] | None:
        """Return the whole text as this pattern, or None."""
        if any(piece not in text for piece in self.pieces) or not text.startswith(self.pieces[0]):
            return None  # most patterns end here, and are never compiled
        return self.regex.fullmatch(text)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern with a group for each place."""
        seen: set[str] = set()
        out = []
        for i, piece in enumerate(PLACE.split(self.key)):
            if i % 2 == 0:
                out.append(re.escape(piece))
            elif piece in seen:
                out.append(f"(?P={piece})")
            else:
                seen.add(piece)
                out.append(f"(?P<{piece}>.+?)")
        return re.compile("".join(out), re.DOTALL)


class Catalogue:
    """The translated sentences of one language."""

    def __init__(self, texts: Mapping[str, str], language: str) -> None:
        self.texts = texts
        self.comma = language.split("-")[0] in DECIMAL_COMMA
        self.spaced = not language.startswith("zh")
        self._patterns: tuple[Pattern, ...] | None = None
        self._kept: dict[tuple[str, bool], str | None] = {}

    def told(self, text: str) -> str:
        """Return an English text in this language; what is not known stays English."""
        core = text.strip()
        if not core or not self.texts:
            return text
        known = self.known(core)
        if known is None:
            known = self._joined(core)
        return text if known is None else text.replace(core, known, 1)

    def told_line(self, text: str) -> str:
        """Return an English text with marks of style in this language: whole if its key has them, else by its parts."""
        core = text.strip()
        if not STYLE.search(core):
            return self.told(text)
        whole = self.known(core, sure=True)
        if whole is None:
            styled = (pattern for pattern in self.patterns if STYLE.search(pattern.text))
            whole = self._matched(core, strict=False, sure=False, among=styled)
        if whole is not None:
            return text.replace(core, whole, 1)
        return "".join(one if STYLE.fullmatch(one) else self.told(one) for one in STYLE.split(text))

    def known(self, text: str, sure: bool = False) -> str | None:
        """Return the translation of a text, or None. ``sure``: no value in it may be left in English."""
        if (text, sure) not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[text, sure] = self._surely(text) if sure else self.known(text, sure=True) or self._perhaps(text)
        return self._kept[text, sure]

    def _surely(self, text: str) -> str | None:
        """Return a text of which every part is in the catalogue or is a figure or a day."""
        if text in self.texts:
            return self.texts[text]
        found = self._figure(text) or self._day(text) or self._variant(text) or self._matched(text, True, sure=True)
        found = found or self._sentences(text, sure=True) or self._matched(text, strict=False, sure=True)
        return found or self._list(text, sure=True)

    def _perhaps(self, text: str) -> str | None:
        """Return a text in which a value, such as a name, is not known and stays."""
        found = self._sentences(text, sure=False) or self._matched(text, strict=True, sure=False)
        found = found or self._list(text, sure=False) or (self._joined(text) if END.search(text) else None)
        if found is None and text.endswith(".") and (inner := self.known(text[:-1])) is not None:
            return inner + ("." if self.spaced else "。")
        return found or self._matched(text, strict=False, sure=False)

    def _variant(self, text: str) -> str | None:
        """Return a known name that stands as a sentence here, with a stop behind it or a capital before it."""
        if text.endswith(".") and (found := self.known(text[:-1], sure=True)) is not None:
            return found + ("." if self.spaced else "。")
        lower = text[:1].lower() + text[1:]
        if lower != text and (found := self.texts.get(lower)) is not None:
            return found[:1].upper() + found[1:]
        return None

    def _figure(self, text: str) -> str | None:
        """Return a figure with or without a unit, or marks without a letter, with the decimal mark of this language."""
        if any(c.isalpha() for c in UNIT.sub("", text)):
            return None
        return DECIMAL.sub(r"\1,\2", text) if self.comma else text

    def _day(self, text: str) -> str | None:
        found = DAY.fullmatch(text)
        if found is None:
            return None
        weekday, day, month, year = found.groups()
        form = self.texts.get(DAYS[bool(weekday), bool(year)])
        values = {"weekday": weekday, "day": day, "month": month, "year": year}
        return None if form is None else self._filled(form, {k: v for k, v in values.items() if v})

    def _matched(self, text: str, strict: bool, sure: bool, among: Iterable[Pattern] | None = None) -> str | None:
        """Return the text by the heaviest pattern; ``strict``: no value may run over the end of a sentence or item."""
        for pattern in self.patterns if among is None else among:
            found = pattern.found_in(text)
            if found is None or (strict and any(BREAK.search(value) for value in found.groups())):
                continue
            known = [self.known(value, sure=True) is not None for value in found.groups()]
            if all(known) or (not sure and (pattern.weight >= LIGHT or self._has_word(found.groups()))):
                return self._filled(pattern.text, found.groupdict())
        return None

    def _has_word(self, values: Iterable[str]) -> bool:
        """Return whether one of some values, other than a figure, is known."""
        return any(any(map(str.isalpha, v)) and self.known(v, sure=True) is not None for v in values)

    def _filled(self, form: str, values: Mapping[str, str]) -> str:
        return PLACE.sub(lambda place: self.told(values.get(place[1], place[0])), form)

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """Every key with places, the heaviest first."""
        if self._patterns is None:
            made = (pattern_of(key, text) for key, text in self.texts.items() if PLACE.search(key))
            self._patterns = tuple(sorted((p for p in made if p is not None), key=lambda p: -p.weight))
        return self._patterns

    def _sentences(self, text: str, sure: bool) -> str | None:
        """Return the sentences one by one, as many together as are known together; None where one is not known."""
        parts = END.split(text)
        if len(parts) == 1:
            return None
        out: list[str] = []
        at = 0
        while at < len(parts):
            for upto in range(len(parts), at, -1):
                together = " ".join(parts[at:upto])
                if (at, upto) != (0, len(parts)) and (found := self.known(together, sure)) is not None:
                    out.append(found)
                    at = upto
                    break
            else:
                return None
        return self._side_by_side(out)

    def _side_by_side(self, sentences: list[str]) -> str:
        out = ""
        for one in sentences:
            out += one if not out or (not self.spaced and CHINESE_END.search(out)) else f" {one}"
        return out

    def _list(self, text: str, sure: bool) -> str | None:
        """Return a list of which every part is known."""
        for between in LISTS:
            if between in text:
                parts = [self.known(part, sure) for part in text.split(between)]
                if all(part is not None for part in parts):
                    return self._between(between).join(str(part) for part in parts)
        return None

    def _between(self, between: str) -> str:
        word = between.strip()
        if not self.spaced:
            return WIDE.get(word, self.texts.get(word, word))
        return between.replace(word, self.texts.get(word, word))

    def _joined(self, text: str) -> str | None:
        """Return a text of which only some sentences or parts are known; None when none is."""
        for parts, joint in ((END.split(text), " "), (text.split("; "), "; "), (text.split(", "), ", ")):
            known = [self.known(part) if part != text else None for part in parts]
            if any(k is not None and k != p for k, p in zip(known, parts, strict=True)):
                return joint.join(p if k is None else k for k, p in zip(known, parts, strict=True))
        return None


def pattern_of(key: str, text: str) -> Pattern | None:
    """Return the pattern of a key with places, or None for one without a letter of its own."""
    literal = "".join(PLACE.split(key)[::2])
    weight = sum(not c.isspace() for c in literal)
    return Pattern(key, text, weight) if any(c.isalpha() for c in literal) else None


def places(key: str) -> Iterator[str]:
    """Yield the names of the places of a key."""
    return (found[1] for found in PLACE.finditer(key))
