"""The journal: whole lines or an error, one writer, and an honest end for a session cut off anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from irtherapy.edge import journal as book
from irtherapy.edge.drivers.simulated import InProcess
from irtherapy.edge.runner import Scripted, SteppedClock, recover, run
from irtherapy.session import replay
from irtherapy.session.state import INPUT_EVENTS, Phase
from irtherapy.values import Event, Region, SessionOrder, Setting, Side, StretchItem

ITEM = StretchItem("chin_tuck", "Chin tuck", Side.BOTH, 5, 1, 5, 20, "sitting", "Sit tall.", "Stop if it hurts.")
CHECKS = (("skin", "Bare."),)
ORDER = SessionOrder("s", Setting.HOME, Region.NECK, "lamp", "simulated", 20, 42, 41, 2, 5, CHECKS, (ITEM,))


class Skin:
    skin_c = 33.0

    def advance(self, dt_s: float, heat_on: bool) -> None:
        self.skin_c += dt_s / 60 * (0.5 if heat_on else -0.5)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    book.write_order(folder, ORDER)
    writer, clock = book.Journal(folder / book.JOURNAL), SteppedClock(1e6)
    run(ORDER, InProcess(Skin(), clock.now_s), clock, Scripted(), writer)
    writer.close()
    return folder / book.JOURNAL


def test_what_is_on_disk_is_the_live_state(tmp_path: Path) -> None:
    """Odd times and readings go through JSON and back without the fold moving by a digit."""

    class Odd(SteppedClock):
        tick_s = 0.7000300041

    folder = tmp_path / "s"
    book.write_order(folder, ORDER)
    writer, clock = book.Journal(folder / book.JOURNAL), Odd(1e6)
    live = run(ORDER, InProcess(Skin(), clock.now_s), clock, Scripted(), writer)
    writer.close()
    assert replay.fold(book.read_order(folder), book.read(folder / book.JOURNAL)) == live


def test_a_session_cut_off_after_any_line_gets_an_honest_end(finished: Path, tmp_path: Path) -> None:
    lines = finished.read_bytes().splitlines(keepends=True)
    for cut in range(1, len(lines)):
        folder = tmp_path / f"cut-{cut:03}"
        book.write_order(folder, ORDER)
        torn = lines[cut][: cut % len(lines[cut])]
        (folder / book.JOURNAL).write_bytes(b"".join(lines[:cut]) + torn)
        events = book.read(folder / book.JOURNAL)
        before = replay.fold(ORDER, events)
        recover(tmp_path)
        record = replay.record(ORDER, book.read(folder / book.JOURNAL), None)
        assert record.phase == "ended" and len(record.samples) == sum(e.kind == "sample" for e in events)
        assert record.heat_s == round(before.heat_s, 3)
        if before.phase not in (Phase.RATING, Phase.ENDED):
            assert record.ended == ("never_started" if before.phase is Phase.CHECKS else "program_stopped")
        assert book.has_ended(folder / book.JOURNAL)
    assert recover(tmp_path) == []


def test_lines_that_are_no_events_are_passed_over(finished: Path) -> None:
    good = [e.kind for e in book.read(finished)]
    with finished.open("ab") as file:
        for odd in (b"{}", b"[]", b"nonsense", b'{"kind": 1, "at_s": 1}', b'{"kind": "sample", "at_s": "x"}'):
            file.write(odd + b"\n")
        file.write(b'{"kind": "sample", "at_s": NaN}\n{"kind": "sample", "at_s": 1, "data": []}\n\xff\n')
        file.write(b'{"kind": "sample", "at_s": 1, "data": [1]}\n')
    assert [e.kind for e in book.read(finished) if e.kind in INPUT_EVENTS] != []
    assert len(book.read(finished)) == len(good) + 1


def test_a_disk_that_takes_half_a_line_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = book.Journal(tmp_path / book.JOURNAL)
    writer.append(Event(0.0, "order"))
    whole = os.write
    monkeypatch.setattr(os, "write", lambda fd, raw: whole(fd, raw[:5]))
    with pytest.raises(OSError, match="No space"):
        writer.append(Event(1.0, "start"))
    monkeypatch.undo()
    writer.close()
    assert [e.kind for e in book.read(tmp_path / book.JOURNAL)] == ["order"]


def test_any_text_of_a_person_can_be_written(tmp_path: Path) -> None:
    writer = book.Journal(tmp_path / book.JOURNAL)
    texts = ["größer \u2028 \x00 \n", "\ud800", "\U0001f525"]
    for text in texts:
        writer.append(Event(0.0, "note", {"text": text}))
    writer.close()
    assert [e.data["text"] for e in book.read(tmp_path / book.JOURNAL)] == texts


def test_a_follower_sees_each_line_once(finished: Path) -> None:
    rows = list(book.lines(finished))
    middle = rows[10][0]
    assert [line for _, line in book.lines(finished, middle)] == [line for _, line in rows[11:]]
