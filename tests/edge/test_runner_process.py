"""What stays on when something dies: real processes, a real pipe, a lamp with its own clock.

The times measured are printed (``pytest -s``); the bounds are loose, since a test machine may be busy.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from irtherapy.edge import data
from irtherapy.edge import journal as book
from irtherapy.edge.drivers import twin
from irtherapy.edge.drivers.interface import DriverError, real_seconds
from irtherapy.edge.drivers.simulated import ADDRESS, Remote
from irtherapy.edge.drivers.twin import HEATER_LOG
from irtherapy.edge.runner import RunnerHandle, recover, start
from irtherapy.session import replay
from irtherapy.values import Person, Placement, Region, SessionOrder, Setting, Side, Site, StretchItem

ITEM = StretchItem("chin_tuck", "Chin tuck", Side.BOTH, 5, 1, 5, 20, "sitting", "Sit tall.", "Stop if it hurts.")
CHECKS = (("skin", "The skin is bare."),)
ORDER = SessionOrder(
    "s", Setting.HOME, Region.LOWER_BACK, "lamp", "simulated", 300, 42, 41, 2, 5, CHECKS, (ITEM,), sensor=True
)
STOP_MAX_S = 2.0  # asked for: 1 s

pytestmark = pytest.mark.slow


def say(what: str, seconds: float) -> None:
    sys.stdout.write(f"measured: {what} {seconds:.2f} s\n")


def until(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def heater(folder: Path) -> list[dict[str, Any]]:
    path = folder / HEATER_LOG
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def is_lit(folder: Path) -> bool:
    lines = heater(folder)
    return bool(lines) and lines[-1]["heat"] == "on"


def off_after(folder: Path, since_s: float, seconds: float = 20.0) -> tuple[float, str]:
    last = until(lambda: heater(folder)[-1] if not is_lit(folder) else None, seconds)
    return last["real_s"] - since_s, last["why"]


def samples(folder: Path) -> list[Any]:
    return [e for e in book.read(folder / book.JOURNAL) if e.kind == "sample"]


def lamp_process(folder: Path, linger_s: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(Path(__file__).with_name("lamp_process.py")), str(folder), str(linger_s)]
    lamp = subprocess.Popen(command, start_new_session=True)
    until(lambda: (folder / ADDRESS).exists())
    return lamp


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A session folder with its lamp lit up and waiting in a process of its own."""
    folder = tmp_path / "s"
    book.write_order(folder, ORDER)
    lamp = lamp_process(folder, linger_s=60.0)
    yield folder
    lamp.kill()
    lamp.wait()


def heated(folder: Path, seconds: float = 0.0) -> RunnerHandle:
    handle = start(folder)
    handle.send("check", id="skin")
    handle.send("start")
    until(lambda: is_lit(folder))
    time.sleep(seconds)
    return handle


def test_stop_is_off_within_a_second(folder: Path) -> None:
    handle = heated(folder)
    at_s = real_seconds()
    handle.send("stop")
    took_s, why = off_after(folder, at_s)
    say("STOP to OFF", took_s)
    assert why == "told" and took_s < STOP_MAX_S
    handle.send("skin_check", value="clean")
    handle.send("pain_after", value=2)
    handle.send("finish")
    assert handle.process.wait(10) == 0
    record = replay.record(ORDER, book.read(folder / book.JOURNAL), None)
    assert (record.ended, record.skin_check, record.pain_after_0_10) == ("stopped", "clean", 2.0)


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SIGHUP", "end of the pipe"])
def test_every_way_to_end_the_program_is_off_at_once(folder: Path, how: str) -> None:
    handle = heated(folder)
    at_s = real_seconds()
    if how.startswith("SIG"):
        handle.process.send_signal(getattr(signal, how))
    else:
        os.write(handle.process.stdin.fileno(), b"\xff\xfe is no text\n[1]\nnull\n")  # and does not deafen it
        handle.process.stdin.close()
    took_s, why = off_after(folder, at_s)
    say(f"{how} to OFF", took_s)
    assert why == "told" and took_s < STOP_MAX_S
    assert handle.process.wait(10) == 0
    record = replay.record(ORDER, book.read(folder / book.JOURNAL), None)
    assert record.ended == "program_stopped"
    assert book.has_ended(folder / book.JOURNAL)


def test_a_page_program_that_is_killed_takes_the_heat_with_it(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from irtherapy.edge.runner import start;"
        "h = start(Path(sys.argv[1])); h.send('check', id='skin'); h.send('start'); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(folder)])
    until(lambda: is_lit(folder))
    at_s = real_seconds()
    parent.kill()
    parent.wait()
    took_s, why = off_after(folder, at_s)
    say("kill -9 of the parent to OFF", took_s)
    assert why == "told" and took_s < STOP_MAX_S
    until(lambda: book.has_ended(folder / book.JOURNAL))


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP"])
def test_a_runner_that_dies_or_hangs_leaves_the_lamp_to_its_lease(folder: Path, how: str) -> None:
    order = dataclasses.replace(ORDER, lease_s=5.0 if how == "SIGKILL" else 3.0)
    book.write_order(folder, order)
    handle = heated(folder, seconds=2.5)
    at_s = real_seconds()
    written = len(samples(folder))
    heated_s = at_s - heater(folder)[0]["real_s"]
    handle.process.send_signal(getattr(signal, how))
    took_s, why = off_after(folder, at_s, order.lease_s + 5)
    say(f"{how} of the runner to OFF by a lease of {order.lease_s:g} s", took_s)
    assert why == "lease ran out" and took_s <= order.lease_s + 1.0
    if how == "SIGSTOP":
        assert recover(folder.parent) == [], "a runner that only hangs still holds its journal"
        handle.process.send_signal(signal.SIGCONT)
        until(lambda: any(e.kind == "guard" for e in book.read(folder / book.JOURNAL)))
        assert not is_lit(folder)
        handle.close()
        record = replay.record(ORDER, book.read(folder / book.JOURNAL), None)
        assert record.ended in ("clock_gap", "device_off")
        return
    handle.process.wait()
    assert recover(folder.parent) == ["s"] and recover(folder.parent) == []
    record = replay.record(ORDER, book.read(folder / book.JOURNAL), None)
    assert record.ended == "program_stopped" and len(record.samples) >= written
    assert record.samples[-1].heat_on and heated_s - record.heat_s < 1.5, "every second up to the last is there"


def test_the_body_of_the_heat_model_is_heated_at_twenty_times_the_clock(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    book.write_order(folder, ORDER)
    device = data.catalogue()["simulated_lamp"]
    twin.write_spec(folder, Person(age_years=45), Site(Region.LOWER_BACK), device, Placement(0.6), 1)
    handle = start(folder, speed=20)
    handle.send("check", id="skin")
    handle.send("start")
    try:
        until(lambda: len([e for e in samples(folder) if e.data["heat_on"]]) >= 60, 30)
    finally:
        handle.close()
    record = replay.record(ORDER, book.read(folder / book.JOURNAL), None)
    warm = [s.skin_c for s in record.samples if s.heat_on]
    assert record.ended == "program_stopped" and not is_lit(folder)
    assert warm[-1] > warm[0] + 0.5 and record.heat_s >= 59


def test_a_folder_has_one_runner(folder: Path) -> None:
    first = heated(folder)
    second = start(folder)
    assert second.process.wait(10) == 2
    assert "already running" in (folder / "runner.log").read_text() and is_lit(folder)
    first.close()
    third = start(folder)
    assert third.process.wait(10) == 2, "a session runs once"
    assert not is_lit(folder)


def test_the_lamp_bounds_its_own_lease_and_minds_nobody_else(folder: Path) -> None:
    where = json.loads((folder / ADDRESS).read_text())
    with socket.create_connection(("127.0.0.1", where["port"]), timeout=2) as stranger:
        file = stranger.makefile("rwb")
        for line in ({"do": "on", "lease_s": 5}, {"do": "hello", "token": "guess"}, {"do": "on", "lease_s": 5}):
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            assert not json.loads(file.readline())["ok"]
        file.write(b"[1, 2]\n")
        file.flush()
        assert file.readline() == b"", "nonsense is hung up on"
    assert heater(folder) == []
    lamp = Remote(folder)
    for lease_s in (float("nan"), float("inf"), -1.0):
        with pytest.raises(DriverError):
            lamp.on(lease_s)
    lamp.on(1e9)
    at_s = real_seconds()
    assert lamp.read(1e9).heat_on
    took_s, why = off_after(folder, at_s)
    assert why == "lease ran out" and took_s <= ORDER.lease_s + 1.0
    assert lamp.read(2e9).heat_on is False
    lamp.close()


def test_a_lamp_that_nobody_needs_ends_by_itself(tmp_path: Path) -> None:
    process = lamp_process(tmp_path, linger_s=1.0)
    lamp = Remote(tmp_path)
    lamp.on(2.0)
    lamp.close()
    assert process.wait(10) == 0 and not (tmp_path / ADDRESS).exists()
    assert heater(tmp_path)[-1]["why"] == "lease ran out"
    with pytest.raises(DriverError):
        lamp.read(1.0)
