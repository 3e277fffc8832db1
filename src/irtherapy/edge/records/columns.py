"""Samples of a session as packed columns: about two bytes a sample instead of a row each.

Thousandths in whole numbers: times (ms), skin (m°C) and power (mW) as steps from one sample to the next, heat as bits,
what is missing as bits of its own; then deflated. A packed chunk begins with ``MAGIC`` and how many there are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import InputError

MAGIC = b"IRS1"
HEAD = struct.Struct("<4sI")
SCALE = 1000
LIMIT = 2**31 - 1
Row = tuple[float, bool, "float | None", "float | None"]  # at_s, heat_on, skin_c, power_w


def pack(rows: Sequence[Row]) -> bytes:
    """Return the packed columns of samples in the order of time.

    Raises InputError for a figure that is not finite or beyond two million.
    """
    at, heat, skin, power = zip(*rows, strict=True) if rows else ((), (), (), ())
    parts = [_steps(np.array(at, dtype=np.float64), "Time")]
    parts.append(np.packbits(np.array(heat, dtype=bool)).tobytes())
    for name, column in (("Skin temperature", skin), ("Power", power)):
        known = np.array([value is not None for value in column], dtype=bool)
        values = np.array([0.0 if value is None else value for value in column], dtype=np.float64)
        parts += [np.packbits(known).tobytes(), _steps(values[known], name)]
    return HEAD.pack(MAGIC, len(rows)) + zlib.compress(b"".join(parts), 9)


def _steps(values: NDArray[np.float64], name: str) -> bytes:
    scaled = np.round(values * SCALE)
    if not np.all(np.abs(scaled) <= LIMIT):
        raise InputError(name, f"{name} of a sample must be a finite number of at most {LIMIT // SCALE}.")
    steps = np.diff(scaled.astype(np.int64), prepend=0).astype("<i8")
    # Bytes of the same weight side by side deflate best: the upper ones are nearly always the same.
    return steps.view(np.uint8).reshape(-1, 8).T.tobytes()


def unpack(packed: bytes) -> list[Row]:
    """Return the samples of packed columns. Raises InputError when they are damaged."""
    try:
        magic, count = HEAD.unpack_from(packed)
        body = zlib.decompress(packed[HEAD.size :])
        if magic != MAGIC:
            raise ValueError
        at, body = _undone(body, count)
        heat, body = _bits(body, count)
        columns = []
        for _ in range(2):
            known, body = _bits(body, count)
            values, body = _undone(body, int(known.sum()))
            column: list[float | None] = [None] * count
            for place, value in zip(np.flatnonzero(known), values, strict=True):
                column[place] = float(value)
            columns.append(column)
        if body:
            raise ValueError
    except (ValueError, struct.error, zlib.error):
        raise InputError("Samples", "The samples of this session are damaged.") from None
    return list(zip(at.tolist(), heat.tolist(), *columns, strict=True))


def _undone(body: bytes, count: int) -> tuple[NDArray[np.float64], bytes]:
    size = 8 * count
    if len(body) < size:
        raise ValueError
    steps = np.frombuffer(body[:size], dtype=np.uint8).reshape(8, count).T.copy().view("<i8").ravel()
    return np.cumsum(steps) / SCALE, body[size:]


def _bits(body: bytes, count: int) -> tuple[NDArray[np.bool_], bytes]:
    size = (count + 7) // 8
    if len(body) < size:
        raise ValueError
    return np.unpackbits(np.frombuffer(body[:size], dtype=np.uint8), count=count).astype(bool), body[size:]


def row(at_s: float, data: Mapping[str, Any]) -> Row:
    """Return a sample as the journal has it."""
    return at_s, bool(data.get("heat_on")), data.get("skin_c"), data.get("power_w")
