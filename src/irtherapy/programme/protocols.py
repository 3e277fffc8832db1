"""Programmes as data: which block follows which, how often, for how many weeks, and never more heat than the ceiling.

A file holds one line a block, in order. A line that passes a ceiling, or that does not fit the lines before it, is
refused by its number. A plan may be shorter than its programme and never longer: the minutes of heat come from the
plan's lowest limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from irtherapy import limits, tables
from irtherapy.values import (
    WITH_HEAT,
    DeviceKind,
    InputError,
    Mark,
    Phase,
    PhaseKind,
    Programme,
    Setting,
    in_range,
    to_json,
)

COLUMNS = ("programme", "version", "title", "setting", "per_week", "weeks", "phase", "minutes", "say")
SHARED = ("version", "title", "setting", "devices", "per_week", "weeks")  # the same in every line of a programme
MASSAGE_EARLIEST_MIN = 5.0  # heat alone first (facts: protocols 6, our own block)
SESSION_MAX_MIN = 90.0
WEEKS_MAX = 26
LEVEL_MAX = 3
ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
LEAST_CERTAIN = (Mark.UNVERIFIED, Mark.DERIVED, Mark.SECONDARY, Mark.SEEN)
SETTINGS = {Setting.HOME: "home", Setting.CLINIC: "clinic"}
HOME_20_10, HEAT_MASSAGE, CLINIC_30, MIRE = "home_20_10", "heat_massage", "clinic_30", "mire_pads"
PART = {
    PhaseKind.HEAT: "Heat",
    PhaseKind.MASSAGE: "Heat with massage",
    PhaseKind.STRETCH: "Stretching",
    PhaseKind.CORE: "Core strength",
    PhaseKind.POSTURE: "Posture",
}


def load(csv_text: str, name: str = "programmes.csv") -> dict[str, Programme]:
    """Return every programme of a table by id.

    Raises InputError naming the file and the line that passes a ceiling, is no known word or does not fit the others.
    """
    rows: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for line, row in enumerate(tables.rows(name, csv_text, COLUMNS), start=2):
        rows.setdefault(row["programme"], []).append((f"{name}, line {line}", row))
    if not rows:
        raise InputError(name, f"{name} holds no programme.")
    return {key: _programme(key, lines) for key, lines in rows.items()}


def _programme(key: str, lines: list[tuple[str, dict[str, str]]]) -> Programme:
    where, first = lines[0]
    if not ID.fullmatch(key):
        raise InputError(where, f"{where}: programme must be 2 to 40 small letters, digits and _; got {key!r}.")
    if len(first["title"]) > 80 or len(first["version"]) > 20:
        raise InputError(where, f"{where}: title may have 80 letters and version 20.")
    setting = _word(where, "setting", first["setting"], SETTINGS)
    kinds = frozenset(
        _word(where, "devices", word.strip(), {k: k.value for k in DeviceKind})
        for word in first.get("devices", "").split(";")
        if word.strip()
    )
    weeks = _whole(where, "weeks", first["weeks"], 1, WEEKS_MAX)
    phases: list[Phase] = []
    for at, row in lines:
        for column in SHARED:
            if row.get(column, "") != first.get(column, ""):
                raise InputError(at, f"{at}: {column} must be the same in every line of {key}.")
        phases.append(_phase(at, row, weeks))
        _fitting(at, phases, setting, kinds)
    marks = {row["mark"] for _, row in lines}
    return Programme(
        id=key,
        version=first["version"],
        title=first["title"],
        setting=setting,
        per_week=_whole(where, "per_week", first["per_week"], 1, 7),
        weeks=weeks,
        phases=tuple(phases),
        mark=next(mark for mark in LEAST_CERTAIN if mark.value in marks),
        kinds=kinds,
    )


def _phase(where: str, row: Mapping[str, str], weeks: int) -> Phase:
    kind = _word(where, "phase", row["phase"], {k: k.value for k in PhaseKind})
    minutes = in_range(f"{where}, minutes", row["minutes"], 0.5, SESSION_MAX_MIN, "min")
    words = [word for word in row.get("levels", "").split(";") if word.strip()]
    levels = tuple(_whole(where, "levels", word, 1, LEVEL_MAX) for word in words)
    if levels and kind in WITH_HEAT:
        raise InputError(where, f"{where}: levels are for exercises, not for heat.")
    if len(levels) > weeks or list(levels) != sorted(levels):
        raise InputError(where, f"{where}: levels must rise, one a week, for {weeks} weeks at most.")
    return Phase(kind, minutes, row["say"], row["source"], levels)


def _fitting(where: str, phases: list[Phase], setting: Setting, kinds: frozenset[DeviceKind]) -> None:
    """Refuse the last of these blocks when it passes a ceiling, or stands where it cannot be run."""
    last, before = phases[-1], phases[:-1]
    if last.kind in WITH_HEAT and any(p.kind not in WITH_HEAT for p in before):
        raise InputError(where, f"{where}: heat comes before the exercises; a session heats once.")
    heat_min = sum(p.minutes for p in phases if p.kind in WITH_HEAT)
    most = limits.programme_ceiling_min(setting, kinds)
    if heat_min > most:
        raise InputError(
            where,
            f"{where} makes {heat_min:g} minutes of heat; the most is {most:g} in this setting, for these devices.",
        )
    if last.kind is PhaseKind.MASSAGE:
        if heat_min - last.minutes < MASSAGE_EARLIEST_MIN:
            raise InputError(where, f"{where}: massage begins after {MASSAGE_EARLIEST_MIN:g} minutes of heat alone.")
        if any(p.kind is PhaseKind.MASSAGE for p in before) and before[-1].kind is not PhaseKind.MASSAGE:
            raise InputError(where, f"{where}: massage is one block; it cannot begin a second time.")
    whole_min = sum(p.minutes for p in phases)
    if whole_min > SESSION_MAX_MIN:
        raise InputError(where, f"{where} makes {whole_min:g} minutes; a session has {SESSION_MAX_MIN:g} at most.")


def _whole(where: str, column: str, text: str, low: int, high: int) -> int:
    number = in_range(f"{where}, {column}", text, low, high)
    if number != int(number):
        raise InputError(where, f"{where}, {column} must be a whole number from {low} to {high}; got {text!r}.")
    return int(number)


def _word(where: str, column: str, text: str, known: Mapping[Any, str]) -> Any:
    for value, word in known.items():
        if text == word:
            return value
    raise InputError(where, f"{where}: {column} must be one of {', '.join(known.values())}; got {text!r}.")


def beside(shipped: Mapping[str, Programme], own: Iterable[Programme]) -> dict[str, Programme]:
    """Return the shipped programmes and a person's or clinic's own beside them.

    Raises InputError when one of these would take the place of a shipped one, or of another.
    """
    known = dict(shipped)
    for one in own:
        if one.id in known:
            taken = "is shipped" if one.id in shipped else "stands here already"
            raise InputError("Programme", f"The programme {one.id} {taken}. Give yours an id of its own.")
        known[one.id] = one
    return known


def why_not(programme: Programme, setting: Setting, kind: DeviceKind, has_massage: bool) -> str | None:
    """Return why a programme is not for this setting and device, or None when it is."""
    place = Setting.CLINIC if setting is Setting.CLINIC else Setting.HOME
    if programme.setting is not place:
        return "It is for a clinic." if programme.setting is Setting.CLINIC else "It is for the home."
    if programme.kinds and kind not in programme.kinds:
        return "It is for other devices."
    if programme.massage_min is not None and not has_massage:
        return "It needs a device that massages."
    return None


def usual(programmes: Iterable[Programme], setting: Setting, kind: DeviceKind, has_massage: bool) -> Programme:
    """Return the programme that holds where none was chosen: the one made most for this device, the first of equals.

    Raises InputError when none fits.
    """
    fitting = [one for one in programmes if why_not(one, setting, kind, has_massage) is None]
    if not fitting:
        raise InputError("Programme", "There is no programme for this device here.")
    return max(fitting, key=lambda one: (one.massage_min is not None, bool(one.kinds)))


def massage_s(programme: Programme) -> tuple[float, float | None] | None:
    """Return the seconds of heat from and to which massage is cued (None: to the end), or None when there is none."""
    block = programme.massage_min
    if block is None:
        return None
    return block[0] * 60.0, block[1] * 60.0 if block[1] < programme.heat_min else None


def at_most(phases: Iterable[Phase], level_max: int) -> tuple[Phase, ...]:
    """Return the blocks with their levels held down to ``level_max``."""
    return tuple(replace(p, levels=tuple(min(level, level_max) for level in p.levels)) for p in phases)


def public(programme: Programme) -> dict[str, Any]:
    """Return a programme as JSON data: its fields, and what follows from them (heat_min, minutes, parts, source)."""
    return {
        **to_json(programme),
        "minutes": programme.minutes,
        "heat_min": programme.heat_min,
        "parts": [f"{PART[phase.kind]}, {phase.minutes:g} min" for phase in programme.phases],
        "source": programme.source,
    }
