"""The programmes of this person or clinic: the shipped ones, and their own beside them in ``programmes/*.csv``."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

from irtherapy.edge import data, home
from irtherapy.programme import protocols
from irtherapy.values import InputError, Programme

FOLDER = "programmes"
LARGEST_B = 100_000


def folder() -> Path:
    """Return the folder of the own programmes; it need not be there."""
    return home.data_home() / FOLDER


def own() -> tuple[dict[str, Programme], tuple[str, ...]]:
    """Return the own programmes by id, and a sentence for each file that cannot be used (its programmes are left out).

    A file may have been laid there by hand: it is checked here as any other.
    """
    found: dict[str, Programme] = {}
    wrong = []
    for path in sorted(folder().glob("*.csv")):
        try:
            fresh = check(path)
            protocols.beside(data.programmes(), [*found.values(), *fresh.values()])
        except InputError as error:
            wrong.append(str(error))
        else:
            found |= fresh
    return found, tuple(wrong)


def known() -> dict[str, Programme]:
    """Return every programme that can be chosen, by id: the shipped ones first."""
    return {**data.programmes(), **own()[0]}


def find(name: str) -> Programme:
    """Return a programme by its id. Raises InputError with the known ones on none of that name."""
    every = known()
    if name not in every:
        raise InputError("Programme", f"There is no programme {name[:60]!r}. Known: {', '.join(every)}.")
    return every[name]


def check(path: Path) -> dict[str, Programme]:
    """Return the programmes of a file. Raises InputError with the line that cannot be used, or passes a ceiling."""
    return protocols.load(_text(path), path.name)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_B:
            raise InputError("Programme", f"{path.name} is larger than {LARGEST_B // 1000} kB. A programme is smaller.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError("Programme", f"The file {path} cannot be read as text.") from None


def add(path: Path) -> tuple[Programme, ...]:
    """Keep the programmes of a file beside the shipped ones; an own one of the same id is changed. All or nothing.

    Raises InputError when a line cannot be used, or when a programme would take the place of a shipped one.
    """
    text = _text(path)
    fresh = protocols.load(text, path.name)
    protocols.beside(data.programmes(), fresh.values())
    folder().mkdir(mode=0o700, exist_ok=True)
    for key in fresh:
        _write(folder() / f"{key}.csv", _table(_rows(text, key)))
    return tuple(fresh.values())


def remove(name: str) -> Programme:
    """Remove an own programme by its id. Raises InputError on a shipped one, and on none of that name."""
    if name in data.programmes():
        raise InputError("Programme", f"The programme {name} is shipped and stays. Only your own can be removed.")
    mine = own()[0]
    if name not in mine:
        raise InputError(
            "Programme", f"There is no programme {name[:60]!r} of your own. Known: {', '.join(mine) or 'none'}."
        )
    for path in sorted(folder().glob("*.csv")):
        text = _text(path)
        rows = list(csv.DictReader(io.StringIO(text)))
        if any(row.get("programme", "").strip() == name for row in rows):
            rest = [row for row in rows if row["programme"].strip() != name]
            _write(path, _table(rest)) if rest else path.unlink()
    return mine[name]


def table_of(programme: Programme) -> str:
    """Return the lines of a programme as the table it was loaded from."""
    for text in (data.read("programmes.csv"), *(_text(path) for path in sorted(folder().glob("*.csv")))):
        lines = _rows(text, programme.id)
        if lines:
            return _table(lines)
    raise InputError("Programme", f"The table of {programme.id} is gone.")


def public(programme: Programme) -> dict[str, Any]:
    """Return a programme as JSON data, with whether it is one's own."""
    return {**protocols.public(programme), "own": programme.id not in data.programmes()}


def _rows(text: str, key: str) -> list[dict[str, str]]:
    return [row for row in csv.DictReader(io.StringIO(text)) if (row.get("programme") or "").strip() == key]


def _table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
