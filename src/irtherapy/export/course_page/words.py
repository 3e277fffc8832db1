"""Names, dates and figures as the page of a course writes them, and the small parts of its HTML."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from unicodedata import east_asian_width

from irtherapy.export.course_page.digest import Pair

Json = Mapping[str, Any]
WIDE_LETTERS = frozenset("MWQ@%ÆŒmwOGCDNHU")
REGIONS = {"neck": "neck", "upper_back": "upper back", "lower_back": "lower back"}
SIDES = {"left": ", left", "right": ", right", "both": ""}
SETTINGS = {"home": "home", "home_at_risk": "home, person at risk", "clinic": "clinic"}
SKIN = {"clean": "as before", "red_fading": "pink, fading", "marks": "MARKS"}
GRADES = {1: "mild", 2: "moderate", 3: "severe"}
STATUS = {"active": "running", "on-hold": "paused", "completed": "over", "revoked": "given up"}
JUDGED = {
    "too_few": "Pain: too few days to tell.",
    "unclear": "Pain: no clear change.",
    "worse": "Pain: a clear change for the worse.",
    "less": "Pain: a clear change for the better, but less than matters to most people.",
    "about": "Pain: about as much better as matters to most people, but that is not sure yet.",
    "at_least": "Pain: better by at least as much as matters to most people.",
    "clear": "Pain: a clear change for the better.",
}
WHEN = {"before": "before heat", "after": "after heat", "next_morning": "next morning"}
MEASURES = {
    "pain": "Pain, 0 to 10",
    "peg": "PEG, 0 to 10",
    "rmdq": "Roland-Morris, 0 to 24",
    "psfs": "PSFS, 0 to 10, higher is better",
    "odi": "ODI, %",
    "ndi": "NDI, %",
    "pgic": "Own view of change, 1 to 7",
    "promis_pi": "PROMIS pain interference, T-score",
    "promis_pf": "PROMIS physical function, T-score",
}


def letters(text: str) -> float:
    """Return how wide text is, in letters of the middling width: M, W and the like are wider, CJK is widest."""
    return sum(1.75 if east_asian_width(c) in "WF" else 1.5 if c in WIDE_LETTERS else 1.0 for c in text)


def short(text: str, most: int) -> str:
    """Return text on one line, cut at a word with an ellipsis where it is wider than ``most`` letters."""
    line = " ".join(text.split())
    if letters(line) <= most:
        return line
    wide, end = 1.0, 0
    while end < len(line) and wide + letters(line[end]) <= most:
        wide += letters(line[end])
        end += 1
    cut = line[:end]
    return (cut.rsplit(" ", 1)[0] if " " in cut[end // 2 :] else cut).rstrip(",;:. ") + "…"


@dataclass(frozen=True)
class Cut:
    """Cuts a text as ``short`` does once ``say`` has told it: a sentence that is cut is not found any more."""

    say: Callable[[str], str] = str

    def __call__(self, text: str, most: int) -> str:
        """Return the text, told and no wider than ``most`` letters."""
        return short(self.say(" ".join(text.split())), most)


def day(value: datetime.date, year: bool = False) -> str:
    """Return a day as it is read: 3 Mar, or 3 March 2026."""
    return f"{value.day} {value:%B %Y}" if year else f"{value.day} {value:%b}"


def signed(value: float) -> str:
    """Return a figure with its sign, one decimal, and a real minus."""
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def spread(values: Sequence[float], form: str) -> str:
    """Return the least and the greatest of some figures, or the one they all are; unknown without any."""
    if not values:
        return "unknown"
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"


def dose(cem43_min: float) -> str:
    """Return CEM43 minutes as they are read; what rounds to nothing is said to be less than the last digit."""
    return "<0.01" if 0.0 < cem43_min < 0.005 else f"{cem43_min:.2f}"


def site(told: Json) -> str:
    """Return a site in words."""
    return f"{REGIONS.get(str(told.get('region')), 'back')}{SIDES.get(str(told.get('side')), '')}"


def measure(key: str) -> str:
    """Return the name of a measure with its scale."""
    return MEASURES.get(key, key.upper() if len(key) <= 5 else key)


def pair(one: Pair, unit: str = "", say: Callable[[str], str] = str) -> str:
    """Return the first and the last figure of a pair, told."""
    behind = f" {unit}" if unit else ""
    if one.times == 1:
        on = f"{one.last:g}{behind} on {day(one.last_on)}"
        return f"{say(on)} ({say('once')})"
    span, times = f"{day(one.first_on)} to {day(one.last_on)}", f"{one.times} times"
    first_last = f"{one.first:g} to {one.last:g}{behind}"
    return f"{say(first_last)} ({say(span)}, {say(times)})"


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Return names and figures beside each other, each name the header of its row."""
    cells = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in rows)
    return f'<table class="facts">{cells}</table>'


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with a header for each column, the first cell of a row its name."""
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(r[0])}</th>{"".join(f"<td>{escape(c)}</td>" for c in r[1:])}</tr>' for r in rows
    )
    whole = f'<table class="rows"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="wide" tabindex="0">{whole}</div>'


def bullets(items: Sequence[str]) -> str:
    """Return a list."""
    return "<ul>" + "".join(f"<li>{escape(i)}</li>" for i in items) + "</ul>"


def section(name: str, title: str, inner: str, kind: str = "") -> str:
    """Return a section under its heading."""
    return f'<section class="s-{name}{" " + kind if kind else ""}"><h2>{escape(title)}</h2>{inner}</section>'
