"""Reading a JSON problem field by field: each error names the field by its path and says what it may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from irtherapy.values import InputError, in_range

T = TypeVar("T")


class Fields:
    """One JSON object and its path, such as ``layers[1]``."""

    def __init__(self, value: Any, path: str, known: Sequence[str]) -> None:
        self.path = path
        if not isinstance(value, Mapping):
            raise InputError(path or "file", f"{path or 'The file'} must be a JSON object with {', '.join(known)}.")
        self.value = value
        for name in value:
            if name not in known:
                raise InputError(self.name(name), f"{self.name(name)} is not known; known are {', '.join(known)}.")

    def name(self, key: str) -> str:
        """Return the path of a field."""
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str, default: Any = ...) -> Any:
        """Return a field, or the default; without one a missing field is an InputError."""
        if key in self.value:
            return self.value[key]
        if default is ...:
            raise InputError(self.name(key), f"{self.name(key)} is missing.")
        return default

    def number(self, key: str, low: float, high: float, default: Any = ...) -> float:
        """Return a number from ``low`` to ``high``."""
        return number(self.name(key), self.get(key, default), low, high)

    def choice(self, key: str, options: Sequence[str], default: Any = ...) -> str:
        """Return one of some words."""
        value = self.get(key, default)
        if value not in options:
            words = f"{', '.join(options[:-1])} or {options[-1]}" if len(options) > 1 else options[0]
            raise InputError(self.name(key), f"{self.name(key)} must be {words}; got {value!r}.")
        return str(value)

    def numbers(self, key: str, low: float, high: float, most: int, default: Any = ...) -> tuple[float, ...]:
        """Return a list of numbers from ``low`` to ``high``."""
        values = self.items(key, most, default)
        return tuple(number(f"{self.name(key)}[{i}]", v, low, high) for i, v in enumerate(values))

    def depths(self, thick_m: float, default: Any = ...) -> tuple[float, ...]:
        """Return ``depths_m``, from 0 to the thickness of all layers, whose sum may be off by a rounding."""
        values = self.items("depths_m", 10_000, default)
        slack = thick_m * (1.0 + 1e-12)
        return tuple(min(number(f"depths_m[{i}]", v, 0.0, slack), thick_m) for i, v in enumerate(values))

    def only(self, *keys: str) -> None:
        """Refuse the fields that this kind does not have, rather than ignore what they say."""
        for key in self.value:
            if key not in keys:
                raise InputError(self.name(key), f"{self.name(key)} is not known here; known are {', '.join(keys)}.")

    def items(self, key: str, most: int, default: Any = ..., least: int = 0) -> list[Any]:
        """Return a list of ``least`` to ``most`` things."""
        values = self.get(key, default)
        if not isinstance(values, list | tuple) or not least <= len(values) <= most:
            raise InputError(self.name(key), f"{self.name(key)} must be a list of {least} to {most} items.")
        return list(values)

    def layers(self, read: Callable[[Any, str], T], most: int = 50) -> tuple[T, ...]:
        """Return the layers, at least one."""
        found = self.items("layers", most, least=1)
        return tuple(read(v, f"{self.name('layers')}[{i}]") for i, v in enumerate(found))


def number(name: str, value: Any, low: float, high: float) -> float:
    """Return a JSON number from ``low`` to ``high``; text that looks like one is refused."""
    if isinstance(value, str):
        raise InputError(name, f"{name} must be a number from {low:g} to {high:g}; got {value!r}.")
    return in_range(name, value, low, high)
