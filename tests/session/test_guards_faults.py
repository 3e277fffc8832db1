"""Each fault of a lamp, a relay or a thermometer on a simulated person is caught by the guard made for it, in time."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from irtherapy.dose import twin
from irtherapy.dose.plan import make_plan
from irtherapy.edge import data
from irtherapy.edge.drivers.simulated import InProcess
from irtherapy.session import machine
from irtherapy.session.state import State
from irtherapy.values import Event, Person, Placement, Region, SessionOrder, Setting, Site

AT_S = 150.0  # when a fault begins, in seconds of heat
SITE, PLACE, LAMP = Site(Region.LOWER_BACK), Placement(0.55), "simulated_lamp"
Sample = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A fault, the guard that has to name it, the bound on the seconds until OFF is told."""

    name: str
    guard: str
    within_s: float
    device: str | None = None  # a fault of the simulated device, by its name
    seen: Callable[[Sample, float, float], Sample] | None = None  # else what becomes of a sample, of chance and of time
    from_s: float = AT_S
    stop: bool = False  # the person presses STOP when the fault begins: what stays on is looked for


CHANCE = random.Random(3)


def plus(key: str, value: Callable[[Sample, float], Any]) -> Callable[[Sample, float, float], Sample]:
    return lambda sample, faulty_s, _: {**sample, key: value(sample, faulty_s)}


def silent(*keys: str) -> Callable[[Sample, float, float], Sample]:
    return lambda sample, faulty_s, _: {**sample, **dict.fromkeys(keys)}


SAYS_OFF = plus("heat_on", lambda s, t: s["heat_on"] and t <= 0)
ROWS = [
    Row("no number", "skin_not_finite", 1, "sensor_nan"),
    Row("no value", "sensor_stale", 5, "sensor_lost"),
    Row("an old value again and again", "sensor_stale", 5, "sensor_stale"),
    Row("the same value, said to be new", "sensor_frozen", 123, "sensor_frozen"),
    Row("it comes off", "sensor_detached", 5, "detached"),
    Row("it hangs in the air from the start", "sensor_flat", 125, "detached", from_s=-60.0),
    Row("it does not stay on", "device_off", 10, "lease_lost"),
    Row("a welded relay that says so", "relay_stuck", 5, "stuck_relay", stop=True),
    Row("a welded relay that says off", "watts_when_off", 5, "stuck_relay", SAYS_OFF, stop=True),
    Row(
        "a welded relay without a voice", "skin_rising_when_off", 120, "stuck_relay", silent("heat_on", "power_w"),
        from_s=20.0, stop=True,
    ),
    Row("dated ahead", "sensor_future", 1, None, plus("skin_age_s", lambda s, t: -30.0)),
    Row("it jumps about", "sensor_noisy", 30, None, plus("skin_c", lambda s, t: s["skin_c"] - abs(CHANCE.gauss(0, 1)))),
    Row("a lamp put very near", "skin_rate_over_limit", 6, None, plus("skin_c", lambda s, t: s["skin_c"] + 0.7 * t)),
    Row("the skin is too hot", "skin_over_cutoff", 1, None, plus("skin_c", lambda s, t: 42.5)),
    Row("a second thermometer differs", "sensors_disagree", 7, None, plus("skin2_c", lambda s, t: s["skin_c"] - 3.0)),
    Row("swapped for an open one", "skin_implausible", 1, None, plus("skin_c", lambda s, t: -127.0)),
]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> tuple[SessionOrder, Any]:
    """An order with its plan, and the exposure of one person who is not the plan's median."""
    tables, device = data.body_tables(), data.catalogue()[LAMP]
    plan = make_plan(Person(), SITE, device, PLACE, Setting.HOME, 1, tables, persons=40)
    order = SessionOrder(
        session_id="faults", setting=Setting.HOME, region=SITE.region, device_id=LAMP, driver="simulated",
        heat_s=plan.minutes * 60, skin_cutoff_c=42, skin_target_c=41, cem43_max_min=2, lease_s=5.0, checks=(),
        stretch=(), sensor=True, planned_time_s=plan.time_s, planned_skin_c=plan.skin_c.p50,
    )  # fmt: skip
    return order, twin.new(Person(), SITE, device, PLACE, tables, seed=2)._ex


def session(order: SessionOrder, body: twin.Twin, row: Row | None, last_s: float) -> tuple[State, list[str], float]:
    """Return the state, the guards named, and when the lamp was told OFF for the first time after a fault began."""
    clock = [0.0]
    device = InProcess(body, lambda: clock[0])
    state, named, off_s, begin_s = machine.new(order), [], -1.0, 60.0
    for second in range(round(last_s)):
        clock[0] = now_s = float(second)
        faulty = row is not None and now_s - begin_s >= row.from_s
        if row and faulty and row.device:
            device.faults.add(row.device)
        read = device.read(now_s)
        sample = {"skin_c": read.skin_c, "heat_on": read.heat_on, "power_w": read.power_w, "skin_age_s": read.age_s}
        if row and faulty and row.seen:
            sample = row.seen(sample, now_s - begin_s - row.from_s, now_s)
        events: list[tuple[str, Sample]] = [("sample", sample)]
        events += [("start", {})] if now_s == begin_s else []
        events += [("stop", {})] if row and row.stop and now_s - begin_s == row.from_s else []
        events += [("awake", {}), ("comfort", {"fine": True})] if state.question else []
        for kind, told in events:
            state, commands = machine.step(state, Event(now_s, kind, told), now_s)
            named += [str(c.data["name"]) for c in commands if c.kind == "guard"]
            for command in commands:
                if command.kind == "on":
                    device.on(state.order.lease_s)
                elif command.kind == "off":
                    device.off()
            if named and off_s < 0:
                off_s = now_s
        if state.lamp_on:
            device.renew(state.order.lease_s)
    return state, named, off_s


@pytest.mark.parametrize("row", ROWS, ids=[r.name for r in ROWS])
def test_a_fault_is_caught_by_its_own_guard(made: tuple[SessionOrder, Any], row: Row) -> None:
    order, ex = made
    begin_s = 60.0 + max(row.from_s, 0.0)
    state, named, off_s = session(order, twin.Twin(ex), row, begin_s + row.within_s + 5.0)
    assert named[:1] == [row.guard]
    assert begin_s <= off_s <= begin_s + row.within_s
    assert not state.lamp_on and state.why in (
        "sensor_lost",
        "device_off",
        "relay_stuck",
        "skin_cutoff",
        "skin_too_fast",
    )


def test_without_a_fault_the_same_session_ends_by_its_minutes(made: tuple[SessionOrder, Any]) -> None:
    order, ex = made
    state, named, _ = session(order, twin.Twin(ex), None, 60.0 + order.heat_s + 60.0)
    assert named == [] and state.heat_s == pytest.approx(order.heat_s, abs=2.0) and state.why == "completed"


def test_a_fault_that_no_sample_shows_is_none(made: tuple[SessionOrder, Any]) -> None:
    """The rows above trip because of the fault: without a thermometer in the order most have nothing to go by."""
    order, ex = made
    blind = dataclasses.replace(order, sensor=False)
    row = Row("no value", "none", 5, "sensor_lost")
    state, named, _ = session(blind, twin.Twin(ex), row, 300.0)
    assert named == [] and state.lamp_on
