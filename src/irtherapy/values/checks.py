"""How bad input is told, and how values become JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class InputError(ValueError):
    """Bad input, told in one sentence that names the field and the allowed range.

    ``field`` is the name a person sees or typed; ``str(error)`` is the whole sentence.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def in_range(field: str, value: object, low: float, high: float, unit: str = "") -> float:
    """Return ``value`` as a float, or raise InputError naming ``field`` and the range ``low`` to ``high``.

    Refuses booleans, text that is not a number, NaN and infinity.
    """
    unit_text = f" {unit}" if unit else ""
    sentence = f"{field} must be a number from {low:g} to {high:g}{unit_text}; got {value!r}."
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise InputError(field, sentence)
    try:
        number = float(value)
    except ValueError:
        raise InputError(field, sentence) from None
    if not math.isfinite(number) or not low <= number <= high:
        raise InputError(field, sentence)
    return number


def to_json(value: Any) -> Any:
    """Return ``value`` (dataclasses, enums, tuples, sets, mappings) as plain JSON data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(to_json(k)): to_json(v) for k, v in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(to_json(v) for v in value)
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    return value
