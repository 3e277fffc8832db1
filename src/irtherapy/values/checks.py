"""How bad input is told, and how values become JSON."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


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
    sentence = f"{field} must be a number from {low:g} to {high:g}; got {value!r}."
    if unit:
        sentence = f"{field} must be a number from {low:g} to {high:g} {unit}; got {value!r}."
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise InputError(field, sentence)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise InputError(field, sentence) from None
    if not math.isfinite(number) or not low <= number <= high:
        raise InputError(field, sentence)
    return number


def to_json(value: Any) -> Any:
    """Return ``value`` (dataclasses, enums, tuples, sets, mappings) as plain JSON data.

    A figure that is not finite (a limit that does not bind) becomes null, since JSON has no infinity.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return None
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


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def from_json(cls: type[T], data: Any, where: str = "") -> T:
    """Return the value that ``to_json`` wrote: a dataclass with enums, tuples, sets and nested values.

    Fields left out take their default; an unknown field, a missing one or a wrong shape raises InputError naming it.
    """
    name = where or cls.__name__
    if not isinstance(data, Mapping):
        raise InputError(name, f"{name} must be a JSON object.")
    fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(set(data) - set(fields))
    if unknown:
        raise InputError(name, f"{name} has an unknown field {unknown[0]!r}.")
    try:
        return cls(**{k: _read(_hints(typing.cast(type, cls))[k], v, f"{name}.{k}") for k, v in data.items()})
    except TypeError:
        empty = (dataclasses.MISSING, dataclasses.MISSING)
        missing = [k for k, f in fields.items() if k not in data and (f.default, f.default_factory) == empty]
        raise InputError(name, f"{name} lacks the field {(missing or ['?'])[0]!r}.") from None


def _read(hint: Any, value: Any, where: str) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return _read(next(a for a in args if a is not type(None)), value, where)
    if dataclasses.is_dataclass(hint):
        return from_json(typing.cast(type, hint), value, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(value)
        except ValueError:
            allowed = ", ".join(m.value for m in hint)
            raise InputError(where, f"{where} must be one of {allowed}; got {value!r}.") from None
    if origin in (tuple, frozenset):
        if not isinstance(value, (list, tuple)):
            raise InputError(where, f"{where} must be a list.")
        if origin is tuple and args[-1] is not Ellipsis:
            return tuple(_read(a, v, where) for a, v in zip(args, value, strict=True))
        return origin(_read(args[0], v, where) for v in value)
    if hint is float and value is None:
        return math.inf  # what to_json wrote for a limit that does not bind
    if hint is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InputError(where, f"{where} must be a number; got {value!r}.")
        return float(value)
    if hint in (str, bool, int) and not isinstance(value, hint):
        raise InputError(where, f"{where} must be of type {hint.__name__}; got {value!r}.")
    return value
