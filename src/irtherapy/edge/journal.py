"""The append-only journal of a session: one event a line, on disk before anything else is told.

A line: ``{"at_s": 12.0, "kind": "sample", "data": {...}, "wall": "2026-11-23T10:00:00+00:00"}``. A torn last line (the
machine died while writing) is passed over. Written by the runner alone; read by records, pages and reports.
"""

from __future__ import annotations

import errno
import gzip
import json
import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from irtherapy.values import Event, InputError, SessionOrder, from_json, to_json

ORDER = "order.json"
JOURNAL = "journal.jsonl"
AWAY = ".gz"  # added to the name of a journal that is put away


class JournalBusy(RuntimeError):
    """Another runner is writing this journal."""


class Journal:
    """The writer. Holds an exclusive lock on the file for as long as it is open."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(self._fd)
        except OSError:
            os.close(self._fd)
            raise JournalBusy(f"{path.parent.name}: this session is already running.") from None
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            os.write(self._fd, b"\n")  # close a torn line, so that the next one stands alone

    def append(self, event: Event) -> None:
        """Write one event and wait until it is on disk. Raises OSError when the disk does not take it."""
        wall = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {"at_s": round(event.at_s, 3), "kind": event.kind, "data": to_json(event.data), "wall": wall}
        raw = json.dumps(line, allow_nan=False).encode() + b"\n"
        if os.write(self._fd, raw) != len(raw):  # a nearly full disk takes a part and says nothing
            raise OSError(errno.ENOSPC, "No space left for the journal")
        os.fsync(self._fd)

    def close(self) -> None:
        """Give the journal back."""
        os.close(self._fd)


def _lock(fd: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lines(path: Path, offset: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (offset after the line, line as a dictionary) for each whole line from ``offset`` on."""
    file = _opened(path)
    if file is None:
        return
    with file:
        file.seek(offset)
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            offset += len(raw)
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if _is_event(line):
                yield offset, line


def _opened(path: Path) -> BinaryIO | None:
    """Return the journal opened, put away or not; None when there is none."""
    for _ in range(2):  # it may be put away between the two looks
        try:
            return path.open("rb")
        except FileNotFoundError:
            try:
                return cast(BinaryIO, gzip.open(path.with_name(path.name + AWAY), "rb"))
            except FileNotFoundError:
                continue
    return None


def put_away(path: Path) -> None:
    """Pack the journal of a session whose record is kept elsewhere; ``read`` and ``lines`` find it all the same.

    One that is missing, still written or already packed stays as it is.
    """
    try:
        held = Journal(path) if path.exists() else None
    except JournalBusy:
        return
    if held is None:
        return
    held.close()
    part = path.with_name(path.name + ".part")
    with part.open("wb") as raw:
        # Without name and time in it, so that the same journal packs to the same bytes.
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
            packed.write(path.read_bytes())
        raw.flush()
        os.fsync(raw.fileno())
    part.replace(path.with_name(path.name + AWAY))
    path.unlink()


def _is_event(line: Any) -> bool:
    if not isinstance(line, dict) or not isinstance(line.get("kind"), str):
        return False
    at_s, data = line.get("at_s"), line.get("data") or {}
    timed = isinstance(at_s, (int, float)) and not isinstance(at_s, bool) and math.isfinite(at_s)
    return timed and isinstance(data, dict)


def has_ended(path: Path) -> bool:
    """Return whether a journal's last line is its end; reads the last few lines alone."""
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 4096))
        last = file.read().rsplit(b"\n", 2)
    try:
        return len(last) > 1 and not last[-1] and json.loads(last[-2])["kind"] == "ended"
    except (ValueError, KeyError, TypeError):
        return False


def read(path: Path) -> list[Event]:
    """Return the events of a journal; an empty list when there is none."""
    return [event(line) for _, line in lines(path)]


def event(line: dict[str, Any]) -> Event:
    """Return the event of one journal line."""
    return Event(float(line["at_s"]), str(line["kind"]), line.get("data") or {})


def started_at(path: Path) -> str | None:
    """Return the wall time of START as ISO text, or None when it was never pressed."""
    return next((line.get("wall") for _, line in lines(path) if line["kind"] == "start"), None)


def write_order(folder: Path, order: SessionOrder) -> None:
    """Write ``order.json`` whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / (ORDER + ".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(to_json(order), file, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / ORDER)


def read_order(folder: Path) -> SessionOrder:
    """Return the order of a session folder. Raises InputError when it is missing or damaged."""
    try:
        data = json.loads((folder / ORDER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError("Session", f"The order of session {folder.name} is missing or damaged.") from None
    return from_json(SessionOrder, data, "Order")
