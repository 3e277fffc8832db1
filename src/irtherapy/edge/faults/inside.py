"""Faults of the simulated lamp that are made inside of the program, on a clock that runs as fast as it can."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from irtherapy.edge.drivers.interface import Reading
from irtherapy.edge.drivers.simulated import InProcess
from irtherapy.edge.faults.bench import CHECKS, HEAT_S, LEASE_S
from irtherapy.edge.runner import Scripted, SteppedClock, run
from irtherapy.session import replay
from irtherapy.values import Event, Region, SessionOrder, Setting

FAULT_S = 65.0  # the first minute may cool the skin
SAID = {"swapped": 12.0, "hot": 42.0}
EARLY_S = {"off_early": 2.0}


class _Skin:
    """A body that warms half a degree a minute."""

    def __init__(self) -> None:
        self.skin_c = 33.0

    def advance(self, dt_s: float, heat_on: bool) -> None:
        """Warm or cool."""
        self.skin_c += dt_s / 60.0 * (0.5 if heat_on else -0.5)


class _Lamp(InProcess):
    """The lamp in this process, with a thermometer that may say anything."""

    said: float | None = None
    apart_k: float | None = None  # of a second thermometer

    def read(self, now_s: float) -> Reading:
        """Return what the lamp shows, and what the thermometer says."""
        good = super().read(now_s)
        if self.apart_k is not None and good.skin_c is not None:
            return Reading(good.heat_on, good.skin_c, good.power_w, good.age_s, good.skin_c + self.apart_k)
        return good if self.said is None else Reading(good.heat_on, self.said, good.power_w, good.age_s)


class _Until(Scripted):
    """Somebody who answers everything, until the fault; a welded relay is found by a pause."""

    def __init__(self, lamp: _Lamp, fault: str) -> None:
        super().__init__()
        self.lamp, self.fault, self.done = lamp, fault, False

    def poll(self, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Answer, or let the fault happen."""
        if not self.done and snapshot["heat_s"] >= EARLY_S.get(self.fault, FAULT_S):
            self.done = True
            if self.fault in SAID:
                self.lamp.said = SAID[self.fault]
            elif self.fault == "second":
                self.lamp.apart_k = 5.0
            else:
                self.lamp.faults.add("detached" if self.fault in EARLY_S else self.fault)
            return [{"kind": "pause"}] if self.fault == "stuck_relay" else []
        return super().poll(snapshot)


class _Memory:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, event: Event) -> None:
        """Keep one."""
        self.events.append(event)


def cell(fault: str) -> dict[str, Any]:
    """Return what a fault did, in session seconds from the fault on."""
    order = SessionOrder(
        session_id="s", setting=Setting.HOME, region=Region.LOWER_BACK, device_id="lamp", driver="simulated",
        heat_s=HEAT_S, skin_cutoff_c=42.0, skin_target_c=41.0, cem43_max_min=2.0, lease_s=LEASE_S, checks=CHECKS,
        stretch=(), sensor=True, planned_time_s=(0.0, 120.0, HEAT_S), planned_skin_c=(33.0, 38.0, 40.0),
    )  # fmt: skip
    clock, book = SteppedClock(1e6), _Memory()
    lamp = _Lamp(_Skin(), clock.now_s)
    began_s = time.monotonic()
    run(order, lamp, clock, _Until(lamp, fault), book)
    record = replay.record(order, book.events, None)
    start_s = next(e.at_s for e in book.events if e.kind == "start")
    fault_s = start_s + EARLY_S.get(fault, FAULT_S)
    off_s = next((e.at_s for e in book.events if e.kind == "heat_off"), None)
    told_s = next(
        (e.at_s for e in book.events if e.kind == "driver_error" or e.data.get("name") == "relay_stuck"), None
    )
    samples = [e.at_s for e in book.events if e.kind == "sample" and start_s <= e.at_s <= fault_s]
    return {
        "seconds_to_off": None if off_s is None or lamp.lamp.lit else round(max(0.0, off_s - fault_s), 2),
        "told_s": None if fault != "stuck_relay" or told_s is None else round(told_s - fault_s, 2),
        "end_reason": record.ended,
        "samples_lost": sum(b - a > 2.0 for a, b in zip(samples, samples[1:], strict=False)),
        "session_time": True,
        "took_s": round(time.monotonic() - began_s, 2),
    }
