"""A record as CSV: the samples second by second, and the events, for a spreadsheet or a script.

Text that a spreadsheet would run as a formula is written with an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def samples_csv(record: Json) -> str:
    """Return one line a sample: ``at_s`` (s), ``heat_on`` (0 or 1), ``skin_c`` (degrees C) and ``power_w`` (W).

    What was not measured is an empty cell.
    """
    rows = ((s["at_s"], int(bool(s["heat_on"])), s.get("skin_c"), s.get("power_w")) for s in record["samples"])
    return _written(("at_s", "heat_on", "skin_c", "power_w"), rows)


def events_csv(record: Json) -> str:
    """Return one line an event: ``at_s`` (s), ``kind`` and its ``data`` as JSON."""
    rows = (
        (e["at_s"], e["kind"], json.dumps(e.get("data") or {}, ensure_ascii=False, sort_keys=True))
        for e in record["events"]
    )
    return _written(("at_s", "kind", "data"), rows)


def cell(value: object) -> object:
    """Return what goes into a cell: numbers as they are, None empty, text never a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _written(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(v) for v in row] for row in rows)
    return out.getvalue()
