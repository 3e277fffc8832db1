"""The one loader of ``data/``: CSV text to rows, refusing a row without a source and a mark.

Pure: the text is read by ``edge`` (``edge.data.read``) and handed in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from irtherapy.values import InputError, Mark

MARKS = {m.value for m in Mark}


def rows(name: str, text: str, required: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV table as dictionaries of stripped text.

    Every table has ``id``, ``source`` and ``mark``; ``required`` names further columns that may not be empty.
    Raises InputError naming the table, line and column of the first bad row, and on a repeated id.
    """
    reader = csv.DictReader(io.StringIO(text))
    needed = ("id", "source", "mark", *required)
    missing = [c for c in needed if c not in (reader.fieldnames or ())]
    if missing:
        raise InputError(name, f"Table {name} lacks the column {missing[0]}.")
    out: list[dict[str, str]] = []
    seen: set[str] = set()
    for line, raw in enumerate(reader, start=2):
        if None in raw or None in raw.values():
            raise InputError(name, f"Table {name}, line {line}, has the wrong number of cells.")
        row = {k: v.strip() for k, v in raw.items()}
        for column in needed:
            if not row[column]:
                raise InputError(name, f"Table {name}, line {line}: {column} is empty.")
        if row["mark"] not in MARKS:
            raise InputError(
                name, f"Table {name}, line {line}: mark must be one of {sorted(MARKS)}; got {row['mark']!r}."
            )
        if row["id"] in seen:
            raise InputError(name, f"Table {name}, line {line}: id {row['id']} appears twice.")
        seen.add(row["id"])
        out.append(row)
    return tuple(out)
