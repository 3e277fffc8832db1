"""The sessions of some persons as flat tables, and the dictionary that says what each column is.

A column is written once: its name, type, unit and meaning, and how it comes out of a chart. CSV, Parquet and the
dictionary are made from the same list, so that none of them can say something else. Text that a spreadsheet would run
as a formula is written into CSV with an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from irtherapy.export.chart import Chart

Json = Mapping[str, Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Column:
    """One column; ``kind`` is text, time, day, whole or number, ``of`` takes a part of a chart."""

    name: str
    kind: str
    unit: str
    meaning: str
    of: Callable[[Json], Any]


def _at(*keys: str, scale: float = 1.0) -> Callable[[Json], Any]:
    def of(part: Json) -> Any:
        value: Any = part
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return round(value * scale, 6) if scale != 1.0 and value is not None else value

    return of


def _text(name: str, meaning: str, *keys: str) -> Column:
    return Column(name, "text", "", meaning, _at(*(keys or (name,))))


def _time(name: str, meaning: str, *keys: str) -> Column:
    return Column(name, "time", "ISO 8601", meaning, _at(*(keys or (name,))))


def _number(name: str, unit: str, meaning: str, *keys: str, scale: float = 1.0) -> Column:
    return Column(name, "number", unit, meaning, _at(*(keys or (name,)), scale=scale))


def _whole(name: str, unit: str, meaning: str) -> Column:
    return Column(name, "whole", unit, meaning, _at(name))


def _many(name: str, meaning: str) -> Column:
    return Column(name, "whole", "", meaning, lambda course: len(course.get(name, ())))


def _side(session: Json) -> Any:
    region = session["record"].get("order", {}).get("region")
    return next((site.get("side") for site in session.get("sites", ()) if site.get("region") == region), None)


def _data(event: Json) -> str:
    return json.dumps(event.get("data") or {}, ensure_ascii=False, sort_keys=True)


PERSON = _text("person", "Who: the same on every line of a person, no name.")
REGION = "neck, upper_back or lower_back."
SESSION = _text("session", "The session's own id.")
MIN = 1.0 / 60.0
TABLES: Mapping[str, tuple[Column, ...]] = {
    "sessions": (
        PERSON,
        _text("session", "The session's own id.", "id"),
        _text("course", "The course it belongs to; empty outside of one."),
        _time("begun", "When START was pressed; empty when it never was.", "record", "started_at"),
        _text("region", REGION, "record", "order", "region"),
        Column("side", "text", "", "left, right or both.", _side),
        _text("setting", "home, home_at_risk or clinic.", "record", "order", "setting"),
        _text("device", "Id of the device.", "device", "id"),
        _text("driver", "What switched the heat: simulated, manual, mqtt ...", "record", "order", "driver"),
        _text("ended", "Why it ended: completed, stopped, or the guard that ended it.", "record", "ended"),
        _number("planned_min", "min", "Heat that was planned.", "record", "order", "heat_s", scale=MIN),
        _number("heat_min", "min", "How long the heat was on.", "record", "heat_s", scale=MIN),
        _number("massage_min", "min", "How long massage was cued.", "record", "massage_s", scale=MIN),
        _number("stretch_min", "min", "How long was stretched.", "record", "stretch_s", scale=MIN),
        _number("distance_cm", "cm", "From device to skin.", "placement", "distance_m", scale=100.0),
        _number("irradiance_w_m2", "W/m2", "At the skin, as planned.", "plan", "irradiance_w_m2"),
        _number("skin_peak_c", "degC", "Highest skin temperature; empty when unknown.", "record", "skin_peak_c"),
        _number("cem43_min", "min", "Thermal dose, equivalent minutes at 43 degC.", "record", "cem43_min"),
        _number("muscle_rise_k", "K", "Rise of the muscle, as planned.", "plan", "muscle_rise_c"),
        _number("pain_before", "0-10", "0 none, 10 worst imaginable; empty when not told."),
        _number("pain_after", "0-10", "The same scale; empty when not told."),
        _text("skin_check", "clean, red_fading or marks; empty when not told."),
        _text("note", "What the person wrote.", "record", "note"),
    ),
    "samples": (
        PERSON,
        SESSION,
        _number("at_s", "s", "From the beginning of the session."),
        Column("heat_on", "whole", "0 or 1", "Whether the heat was on.", lambda sample: int(bool(sample["heat_on"]))),
        _number("skin_c", "degC", "Skin temperature; empty when not measured."),
        _number("power_w", "W", "Electrical power of the device; empty when not measured."),
    ),
    "events": (
        PERSON,
        SESSION,
        _number("at_s", "s", "From the beginning of the session."),
        _text("kind", "What happened: start, heat_on, guard, stop ..."),
        Column("data", "text", "JSON", "What more is known of it.", _data),
    ),
    "pains": (
        PERSON,
        _time("at", "When it was told."),
        _text("region", REGION, "site", "region"),
        _text("side", "left, right or both.", "site", "side"),
        _text("when", "before, after, next_morning, or empty: at any other time."),
        _number("pain", "0-10", "0 none, 10 worst imaginable.", "value"),
    ),
    "answers": (
        PERSON,
        _time("at", "When it was told."),
        _text("measure", "peg, rmdq, psfs, odi, ndi ..."),
        _number("score", "as the measure", "By the measure's own rule; empty when it could not be made."),
    ),
    "motions": (
        PERSON,
        _time("at", "When it was measured."),
        _text("name", "Which movement."),
        _number("value", "as unit", "What was measured."),
        _text("unit", "UCUM unit of the value."),
        _number("of_first", "share", "Of the person's own first measurement."),
    ),
    "effects": (
        PERSON,
        _time("at", "When it was noticed."),
        _text("session", "The session it followed; empty when none."),
        _whole("grade", "1-3", "1 mild, 2 moderate, 3 severe."),
        _text("text", "What it was."),
    ),
    "courses": (
        PERSON,
        _text("course", "The course's own id.", "id"),
        _text("programme", "Id of the programme.", "programme", "id"),
        _text("version", "Version of the programme.", "programme", "version"),
        _number("per_week", "1/week", "Sessions planned in a week.", "programme", "per_week"),
        _number("weeks", "week", "Weeks planned.", "programme", "weeks"),
        Column("started_on", "day", "ISO 8601", "First day.", _at("started_on")),
        _text("status", "active, on-hold, completed or revoked."),
        _many("planned", "How many sessions were planned so far."),
        _many("missed", "How many of them were not done."),
    ),
}


def _parts(chart: Chart, name: str) -> Iterator[Json]:
    if name not in ("samples", "events"):
        yield from ({**part, "person": chart.person_id} for part in getattr(chart, name))
        return
    for session in chart.sessions:
        whose = {"person": chart.person_id, "session": session["id"]}
        found = session.get("samples", ()) if name == "samples" else session["record"].get("events", ())
        yield from ({**part, **whose} for part in found)


def rows(charts: Iterable[Chart], name: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table of ``TABLES``, person by person."""
    columns = TABLES[name]
    for chart in charts:
        for part in _parts(chart, name):
            yield tuple(column.of(part) for column in columns)


def csv_lines(charts: Iterable[Chart], name: str) -> Iterator[str]:
    """Yield a table as CSV, a line at a time; what is not known is empty, and no text is a formula."""
    yield line([column.name for column in TABLES[name]])
    for row in rows(charts, name):
        yield line(row)


def dictionary() -> str:
    """Return the data dictionary as CSV: table, column, type, unit, meaning."""
    told = [(name, c.name, c.kind, c.unit, c.meaning) for name, columns in TABLES.items() for c in columns]
    return "".join(line(row) for row in [("table", "column", "type", "unit", "meaning"), *told])


def line(row: Sequence[object]) -> str:
    """Return one line of CSV (RFC 4180), its end included."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell(v) for v in row])
    return out.getvalue()


def cell(value: object) -> object:
    """Return what goes into a cell: numbers as they are, None empty, text never a formula."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
