"""Reads compiled gettext catalogues (.mo): the sentences alone, without a library and without their plurals."""

from __future__ import annotations

import struct

MAGIC = 0x950412DE


def read(data: bytes) -> dict[str, str]:
    """Return {English: translation} of a .mo file. Plural entries and entries with a context are left to Django.

    Raises ValueError on a file that is no catalogue.
    """
    order = "<" if data[:4] == struct.pack("<I", MAGIC) else ">"
    if data[:4] != struct.pack(f"{order}I", MAGIC):
        raise ValueError("This is no gettext catalogue.")
    _, count, keys_at, texts_at = struct.unpack_from(f"{order}4I", data, 4)
    out = {}
    for i in range(count):
        key, text = (_string(data, order, at + 8 * i) for at in (keys_at, texts_at))
        if key and text and "\0" not in key and "\4" not in key:
            out[key] = text
    return out


def _string(data: bytes, order: str, at: int) -> str:
    length, start = struct.unpack_from(f"{order}2I", data, at)
    return data[start : start + length].decode("utf-8")
