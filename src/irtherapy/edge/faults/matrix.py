"""The fault matrix: every driver, every fault, and how long after it the device itself was off.

The bar is OFF within the lease and one second. A fault of a thermometer shows only after some time: that time is the
bound of its guard (``limits.GUARDS``), stands in the cell as ``shows_after_s``, and is added to the bar. A welded relay
cannot be opened by any program: there the bar is that the person is told. A device that a person switches is off when
they do it: there the bar is that they are asked, and where nobody is left to ask, that the next start tells it.
"""

from __future__ import annotations

import concurrent.futures
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from irtherapy.edge.faults import acts, inside
from irtherapy.edge.faults.bench import LEASE_S, Bench
from irtherapy.edge.faults.benches import BENCHES
from irtherapy.limits import GUARDS
from irtherapy.values import InputError

BY_HAND = "Nothing is connected: a person switches this device."
NO_SENSOR = "Nothing is connected: what it feels like is asked instead."
NO_BROKER = "There is no broker between the program and this device."
DIRECT = "The node is spoken to without a broker; its firmware is killed by the loss of power above."
NOT_KEPT = "A node's own API keeps no commands, and OFF at the start is compiled into it."
FIGURES = "A node's own API carries figures, not words."
SAYS_ONLY = "A thermometer switches nothing; its plug has a row of its own."
JOBS = 16
TOLD_WITHIN_S = 15.0
STUCK = ("relay_stuck", "watts_when_off", "skin_rising_when_off")


@dataclass(frozen=True)
class Fault:
    """One fault: what it does to a bench, when it shows at the latest, and how the session may end.

    ``fail`` returns the moment (``time.time()``) from which OFF is counted. ``quick``: OFF is asked for by somebody who
    is there, so the bar is one second. ``inside``: for the simulated lamp it is made inside of the program.
    """

    name: str
    says: str
    fail: Callable[[Bench], float]
    ends: tuple[str, ...]
    shows_after_s: float = 0.0
    quick: bool = False
    inside: str = ""
    front: bool = False
    clocked: bool = False
    stuck: bool = False
    long: bool = False  # one would have to wait for a minute or two: a hurried clock does not
    no: Mapping[str, str] = field(default_factory=dict)  # driver: why it cannot befall it


GONE = ("driver_error", "device_off")
LOST = ("sensor_lost",)
HANDS = {"manual": BY_HAND}
SENSORLESS = {"manual": NO_SENSOR}
FAULTS: tuple[Fault, ...] = (
    Fault("stop", "STOP pressed", acts.stop, ("stopped",), quick=True),
    Fault("runner_killed", "kill -9 of the runner", acts.kill_runner, ("program_stopped",)),
    Fault("runner_suspended", "the runner suspended for longer than the lease", acts.suspend_runner,
          ("clock_gap", *GONE)),
    Fault("front_killed", "kill -9 of the program in front of it (page or terminal)", acts.kill_front,
          ("program_stopped",), quick=True, front=True),
    Fault("broker_killed", "kill -9 of the broker", acts.kill_broker, GONE,
          no={**HANDS, "simulated": NO_BROKER, "esphome": DIRECT}),
    Fault("network_cut", "the network cut", acts.cut_network, GONE, no=HANDS),
    Fault("power_cycle", "the device without power for a second", acts.power_cycle, GONE, no=HANDS),
    Fault("kept_on", "power blinks while the broker keeps an ON", acts.blink_under_kept_on, GONE,
          no={**HANDS, "simulated": NO_BROKER, "esphome": NOT_KEPT, "thermometer": SAYS_ONLY}),
    Fault("foreign_on", "ON by another program after the end", acts.foreign_on, ("stopped",),
          no={**HANDS, "thermometer": SAYS_ONLY}),
    Fault("clock_set_back", "the clock set back by an hour, then STOP", acts.clock_set_back, ("stopped",), quick=True,
          clocked=True),
    Fault("clock_set_ahead", "the clock set ahead by an hour, then STOP", acts.clock_set_ahead, ("stopped",),
          quick=True, clocked=True),
    Fault("clock_leaps", "time passed unnoticed, as in a laptop that slept", acts.clock_leaps, ("clock_gap",),
          clocked=True),
    Fault("database_locked", "the database locked by another, then STOP", acts.database_locked, ("stopped",),
          quick=True),
    Fault("database_full", "no room for the database, then STOP", acts.database_full, ("stopped",), quick=True),
    Fault("disk_full", "no room for the journal", acts.disk_full, ("program_stopped",)),
    Fault("sensor_silent", "the thermometer silent", acts.skin(lambda _: None), LOST, GUARDS["sensor_stale"].value,
          inside="sensor_stale", no=SENSORLESS),
    Fault("sensor_frozen", "the thermometer frozen", acts.skin(lambda _: "33.10"), LOST, GUARDS["sensor_frozen"].value,
          inside="sensor_frozen", long=True, no=SENSORLESS),
    Fault("sensor_nan", "the thermometer says NaN", acts.skin(lambda _: "nan"), LOST, inside="sensor_nan",
          no=SENSORLESS),
    Fault("sensor_word", "the thermometer says a word", acts.skin(lambda _: "unavailable"), LOST,
          GUARDS["sensor_stale"].value, inside="sensor_lost", no={**SENSORLESS, "esphome": FIGURES}),
    Fault("sensor_detached", "the thermometer comes off", acts.comes_off_later, LOST, inside="detached", long=True,
          no=SENSORLESS),
    Fault("sensor_never_on", "the thermometer comes off in the first minute", acts.comes_off, LOST,
          GUARDS["sensor_flat"].value, inside="off_early", no=SENSORLESS),
    Fault("sensor_swapped", "the thermometer swapped for one in the cold", acts.skin(lambda _: "12.0"), LOST,
          inside="swapped", no=SENSORLESS),
    Fault("sensors_disagree", "two thermometers that disagree", acts.second_disagrees, LOST,
          GUARDS["sensors_disagree_for"].value, inside="second", no=SENSORLESS),
    Fault("skin_at_cutoff", "the skin at the cut-off", acts.skin(lambda _: "42.0"), ("skin_cutoff",), inside="hot",
          no=SENSORLESS),
    Fault("relay_stuck", "the relay welded, then told off", acts.stop, ("stopped", "relay_stuck", "driver_error"),
          stuck=True, inside="stuck_relay", no={**HANDS, "thermometer": SAYS_ONLY}),
)  # fmt: skip


def drivers() -> tuple[str, ...]:
    """Return the drivers of the matrix."""
    return tuple(BENCHES)


def chosen(words: Sequence[str], known: Sequence[str], field: str) -> list[str]:
    """Return the names asked for, all when none are. Raises InputError on one that is not known."""
    for word in words:
        if word not in known:
            raise InputError(field, f"{field} must be one of {', '.join(known)}; got {word!r}.")
    return [name for name in known if name in words or not words]


def run(
    of_drivers: Sequence[str] = (),
    of_faults: Sequence[str] = (),
    jobs: int = JOBS,
    folder: Path | None = None,
    hurried: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield the cells of the matrix as they are done. Raises InputError on a driver or fault that is not known.

    ``hurried``: the faults that need a minute or two to show run under a clock that is hurried; the devices' do not.
    """
    wanted_drivers = chosen(of_drivers, drivers(), "Driver")
    names = chosen(of_faults, [fault.name for fault in FAULTS], "Fault")
    pairs = [(d, f) for f in FAULTS for d in wanted_drivers if f.name in names]
    pairs.sort(key=lambda pair: not pair[1].long)  # the long ones first
    with tempfile.TemporaryDirectory(prefix="irtherapy-faults-") as scratch:
        root = folder or Path(scratch)
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            found = [pool.submit(cell, d, f, root / f"{d}-{f.name}", hurried) for d, f in pairs]
            for one in concurrent.futures.as_completed(found):
                yield one.result()


def cell(driver: str, fault: Fault, folder: Path, hurried: bool = False) -> dict[str, Any]:
    """Return one cell: what befell whom, when it was off, and how the session ended."""
    told: dict[str, Any] = {
        "driver": driver, "fault": fault.name, "says": fault.says, "applies": True, "lease_s": LEASE_S,
        "shows_after_s": fault.shows_after_s, "seconds_to_off": None, "end_reason": None, "samples_lost": None,
        "bar_s": 1.0 if fault.quick else fault.shows_after_s + LEASE_S + 1.0,
    }  # fmt: skip
    if driver in fault.no:
        return {**told, "applies": False, "reason": fault.no[driver], "ok": True}
    try:
        if fault.inside and driver == "simulated":
            found = inside.cell(fault.inside)
        elif fault.stuck:
            found = _stuck(driver, fault, folder)
        else:
            found = _outside(driver, fault, folder, float(told["bar_s"]), hurried and fault.long)
    except Exception as error:  # a cell that could not be made is a cell that failed
        return {**told, "ok": False, "reason": f"{type(error).__name__}: {error}"}
    told |= found
    in_time = told["seconds_to_off"] is not None and told["seconds_to_off"] <= told["bar_s"]
    good = in_time or told.get("at_next_start", False)
    good = good or (fault.stuck and told["told_s"] is not None and told["told_s"] <= TOLD_WITHIN_S)
    ends = (*fault.ends, *LOST) if driver == "thermometer" and fault.ends == GONE else fault.ends
    return {**told, "ok": bool(good and told["end_reason"] in ends and not told["samples_lost"])}


def _outside(driver: str, fault: Fault, folder: Path, bar_s: float, hurried: bool) -> dict[str, Any]:
    folder.mkdir(parents=True)
    bench = BENCHES[driver](folder, front=fault.front, clocked=fault.clocked, hurried=hurried)
    try:
        before_s = time.time()
        since_s = fault.fail(bench)
        took_s = bench.seconds_to_off(since_s, bar_s + 3.0, hurried and fault.shows_after_s > 0.0)
        lines = len(bench.switched())
        time.sleep(1.0)
        lit_again = any(on for _, on in bench.switched()[lines:])
        acts.undo(bench)
        record = bench.ended()
        asked = {}
        if bench.by_hand:
            asked = {"asked": True, "at_next_start": any(event.kind == "heat_unknown" for event in bench.events())}
        return {
            "seconds_to_off": None if lit_again else took_s,
            "end_reason": record.ended,
            "samples_lost": bench.samples_lost(before_s),
            **asked,
        }
    finally:
        bench.close()


def _stuck(driver: str, fault: Fault, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True)
    bench = BENCHES[driver](folder, stuck=True)
    try:
        before_s = time.time()
        since_s = fault.fail(bench)
        told_s = None
        while told_s is None and time.time() - since_s < TOLD_WITHIN_S:
            time.sleep(0.1)
            if any(e.kind == "driver_error" or e.data.get("name") in STUCK for e in bench.events()):
                told_s = round(time.time() - since_s, 2)
        lost = bench.samples_lost(before_s)
        return {"told_s": told_s, "end_reason": bench.ended().ended, "samples_lost": lost}
    finally:
        bench.close()


def in_order(cells: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the cells by fault, then by driver, as they stand in the lists."""
    order = {fault.name: place for place, fault in enumerate(FAULTS)}
    rank = {driver: place for place, driver in enumerate(drivers())}
    return sorted(cells, key=lambda one: (order[str(one["fault"])], rank[str(one["driver"])]))


def table(cells: Sequence[Mapping[str, Any]]) -> str:
    """Return the cells as the Markdown table of docs/reference/plug-faults.md."""
    lines = ["| fault | driver | seconds to OFF | bar | how the session ended |", "|---|---|---|---|---|"]
    for one in in_order(cells):
        if not one["applies"]:
            took, bar, end = "cannot happen", "", str(one["reason"])
        elif one.get("told_s") is not None:
            took, bar = f"cannot be; told after {one['told_s']:.1f}", f"told within {TOLD_WITHIN_S:g}"
            end = str(one["end_reason"])
        elif one.get("at_next_start") and one["seconds_to_off"] is None:
            took, bar, end = "nobody is left to ask; the next start tells it", "told", str(one["end_reason"])
        else:
            seconds, asked = one["seconds_to_off"], "asked after " if one.get("asked") else ""
            took, bar = "missed" if seconds is None else f"{asked}{seconds:.2f}", f"{one['bar_s']:g}"
            end = str(one["end_reason"] or one.get("reason"))
        lines.append(f"| {one['says']} | {one['driver']} | {took} | {bar} | {end} |")
    return "\n".join(lines)


def as_json(cells: Sequence[Mapping[str, Any]]) -> str:
    """Return the cells as the JSON of ``irtherapy devices faults --json``."""
    return json.dumps({"lease_s": LEASE_S, "cells": in_order(cells)}, ensure_ascii=False, indent=2)
