"""What a form said: each field read once, checked, and told in one sentence beside the field when it cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from irtherapy.edge import us_units
from irtherapy.values import InputError, in_range

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


class Form:
    """Reads the fields of a posted form; ``errors`` holds a sentence for each field that cannot be used."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.data = data
        self.errors: dict[str, str] = {}
        self.is_us = data.get("units") == "us"  # the form says in which units it was shown, not the cookie of later

    def text(self, name: str) -> str:
        """Return a field as typed, without the spaces around it."""
        return (self.data.get(name) or "").strip()

    def number(self, name: str, label: str, low: float, high: float, unit: str = "", missing: str = "") -> float | None:
        """Return a number in its range and ``unit``; an empty field is None, or the error ``missing`` when given.

        A form that was shown in US units says so (``units``): what was typed is converted here, and nowhere later.
        """
        typed = self.text(name)
        if not typed:
            if missing:
                self.errors[name] = missing
            return None
        figure = typed.replace(",", ".")
        if self.is_us and unit in us_units.UNITS:
            kept = self.text(f"kept_{name}")
            return self.take(name, lambda: us_units.read(label, figure, low, high, unit, kept))
        return self.take(name, lambda: in_range(label, figure, low, high, unit))

    def choice(self, name: str, kinds: type[Choice], missing: str = "") -> Choice | None:
        """Return the chosen member of an enumeration; anything else is the error ``missing``."""
        try:
            return kinds(self.text(name))
        except ValueError:
            if missing:
                self.errors[name] = missing
            return None

    def day(self, name: str, missing: str) -> date | None:
        """Return a day written as 2026-03-31; anything else is the error ``missing``."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self.errors[name] = missing
            return None

    def days(self, name: str) -> tuple[int, ...]:
        """Return the weekdays that were ticked, 0 Monday to 6 Sunday; anything else is left out."""
        told: list[str] = getattr(self.data, "getlist", lambda _: [])(name)
        return tuple(sorted({int(text) for text in told if text in "0123456" and len(text) == 1}))

    def take(self, name: str, make: Callable[[], Value]) -> Value | None:
        """Return what ``make`` returns; its InputError becomes the error of the field ``name``."""
        try:
            return make()
        except InputError as error:
            self.errors[name] = str(error)
            return None
