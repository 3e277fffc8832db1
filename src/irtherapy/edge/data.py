"""Reads the shipped tables of ``data/`` as text for the pure rooms."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> str:
    """Return the text of ``data/<name>``; raises FileNotFoundError when it is not shipped."""
    return files("irtherapy").joinpath("data", name).read_text(encoding="utf-8")
