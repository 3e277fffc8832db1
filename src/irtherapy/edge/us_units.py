"""What a person in US units reads and types: °F, inches and pounds. Inside and in all that is kept, SI.

``told`` is one rule over the finished text, in any language: a figure or a range with °C or cm becomes °F or inches.
A difference of temperatures needs a mark, since 1 °C more is 1.8 °F more and not 33.8 °F: a plus sign before it, or
``DIFFERENCE`` (it shows nothing) behind the figure. Depths in mm and irradiance in mW/cm² stay.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from irtherapy import units
from irtherapy.values import InputError, in_range

DIFFERENCE = "\u2060"  # WORD JOINER: behind a figure it says that this is a difference of temperatures

_FIGURE = r"\d{1,6}(?:[.,]\d{1,6})?"  # of bounded length, so that no text takes long
_GAP = r"(?:[ \u00a0\u202f]|&nbsp;|&#160;)*"
_TO = r"(?:[ \u00a0]?[–-][ \u00a0]?|[ \u00a0](?:to|and|or|bis|und|oder|a|y|o)[ \u00a0]|[ \u00a0]?[至到和或][ \u00a0]?)"
_END = r"(?![A-Za-z0-9²³/])"
_US = rf"{_FIGURE}{_GAP}(?:°F|in\b|inches\b|ft\b)"
_SI = rf"{_FIGURE}{_GAP}(?:°C|cm)"
_RULE = re.compile(
    rf"(?P<both>(?<![\d.,])(?:{_SI}\s*[(=,/]\s*{_US}|{_US}\s*[(=,/]\s*{_SI}{_END}))"
    rf"|(?P<sign>[+±]{_GAP})?(?:(?P<low>(?<![\d.,])[-−]?{_FIGURE})(?P<to>{_TO}))?"
    rf"(?P<figure>(?<![\d.,])(?:(?<![^\s>(])[-−])?{_FIGURE})(?P<mark>{DIFFERENCE}?)(?P<gap>{_GAP})(?P<unit>°C|cm){_END}"
    rf"|(?P<bare>°C){_END}"
)
_ATTRIBUTE = re.compile(r'\b(aria-label|alt|title|placeholder|data-told)="([^"]*)"')
_TAG = re.compile(r"(<[^>]*>)")
_OPENED = re.compile(r"<(\w+)")
_NO_WORDS = ("style", "script", "textarea")


@dataclass(frozen=True)
class Unit:
    """A unit of a field: what a US reader calls it, both conversions, and the digits a figure is shown with."""

    name: str
    out: Callable[[float], float]
    back: Callable[[float], float]
    digits: int


UNITS = {
    "°C": Unit("°F", units.fahrenheit, units.celsius, 1),
    "cm": Unit("in", lambda cm: units.inches(cm / 100.0), lambda inch: units.metres(inch) * 100.0, 1),
    "kg": Unit("lb", units.pounds, units.kilograms, 0),
}


def told(text: str) -> str:
    """Return a text with every temperature in °F and every length in cm in inches.

    What names both already stays. A bare °C becomes °F: the figures of its table or chart were converted before.
    """
    return _RULE.sub(_converted, text).replace(DIFFERENCE, "")


def _converted(found: re.Match[str]) -> str:
    if found["both"]:
        return found["both"]
    if found["bare"]:
        return "°F"
    low, high, sign = found["low"], found["figure"], found["sign"] or ""
    if found["unit"] == "cm":
        inside = low is not None
        first = _length(low, math.ceil, inside) + found["to"] if low is not None else ""
        return f"{sign}{first}{_length(high, math.floor, inside)}{found['gap']}in"
    is_rise = bool(found["mark"] or sign)
    first = _degrees(low, is_rise) + found["to"] if low is not None else ""
    return f"{sign}{first}{_degrees(high, is_rise)}{found['gap']}°F"


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


def _plain(value: float, digits: int, like: str) -> str:
    """Return a figure without zeros behind the mark, with the decimal mark of the figure it stands for."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if "," in like else text


def _degrees(text: str, is_rise: bool) -> str:
    value, has_digits = _number(text), "." in text or "," in text
    if is_rise:
        return _plain(units.fahrenheit_rise(value), 1, text)
    shown = f"{units.fahrenheit(value):.{int(has_digits)}f}"
    return shown.replace(".", ",") if "," in text else shown


def _length(text: str, inward: Callable[[float], int], inside: bool) -> str:
    """Return cm in inches, whole from 10 on; the ends of a range are rounded into it, as a field takes them."""
    value = units.inches(_number(text) / 100.0)
    if inside:
        return _plain(inward(round(value * 10.0, 6)) / 10.0, 1, text)
    return _plain(value, 0 if value >= 10.0 and "." not in text and "," not in text else 1, text)


def told_markup(markup: str) -> str:
    """Return HTML or SVG with its texts and spoken attributes in US units.

    Styles, scripts, what somebody typed, and what is marked ``translate="no"`` or ``data-units="si"`` stay.
    """
    if "°C" not in markup and "cm" not in markup and DIFFERENCE not in markup:
        return markup
    out: list[str] = []
    stays, deep = "", 0  # the element in which nothing is converted, and how many of its kind are open
    for piece in _TAG.split(markup):
        if not piece.startswith("<"):
            out.append(piece if stays else told(piece))
            continue
        opened = _OPENED.match(piece)
        if stays:
            deep += (opened is not None and opened[1] == stays) - piece.startswith(f"</{stays}>")
            stays = stays if deep else ""
        elif opened and (opened[1] in _NO_WORDS or 'translate="no"' in piece or 'data-units="si"' in piece):
            stays, deep = opened[1], 1
        out.append(piece if stays else _ATTRIBUTE.sub(lambda found: f'{found[1]}="{told(found[2])}"', piece))
    return "".join(out)


def entered(value: float, unit: str) -> str:
    """Return a figure in ``unit`` (°C, cm, kg) as a field in US units shows it; one without a twin as it is."""
    twin = UNITS.get(unit)
    return f"{value:g}" if twin is None else _plain(twin.out(value), twin.digits, "")


def name(unit: str) -> str:
    """Return how a US reader calls a unit; one without a twin as it is."""
    return UNITS[unit].name if unit in UNITS else unit


def bounds(low: float, high: float, unit: str) -> tuple[float, float]:
    """Return the range of a field in US units, rounded inward so that no figure in it leaves the range in SI."""
    twin = UNITS[unit]
    step = 10.0 if unit == "cm" else 1.0
    return math.ceil(round(twin.out(low) * step, 6)) / step, math.floor(round(twin.out(high) * step, 6)) / step


def read(field: str, typed: str, low: float, high: float, unit: str, kept: str = "") -> float:
    """Return what was typed in US units in ``unit``, or raise InputError with the range in US units.

    ``kept``: the figure in ``unit`` that the field showed; typed back unchanged it is that figure and not its rounding.
    """
    try:
        before = in_range(field, kept, low, high, unit)
    except InputError:
        before = None
    if before is not None and typed == entered(before, unit):
        return before
    return UNITS[unit].back(in_range(field, typed, *bounds(low, high, unit), UNITS[unit].name))
