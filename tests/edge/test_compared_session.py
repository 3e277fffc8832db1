"""The session without heat of a comparison: no ON ever reaches the heater, and nothing shown tells which it was."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.interface import DriverError, Reading
from irtherapy.edge.drivers.simulated import InProcess
from irtherapy.edge.drivers.unlit import Unlit
from irtherapy.edge.runner import Scripted, SteppedClock, run, topics
from irtherapy.pathway import make_compared_order
from irtherapy.session import machine, prompts
from irtherapy.session.state import END_TEXT, Phase, end_text
from irtherapy.values import Event, InputError, Region, SessionOrder, Setting, Side, StretchItem

ITEM = StretchItem("chin_tuck", "Chin tuck", Side.BOTH, 5, 1, 5, 20, "sitting", "Sit tall.", "Stop if it hurts.")
ORDER = SessionOrder(
    "compared", Setting.HOME, Region.LOWER_BACK, "simulated_lamp", "simulated", 420, 42, 41, 2, 5,
    (("skin", "Bare."),), (ITEM,), massage_from_s=200.0, sensor=True,
)  # fmt: skip


class Warming:
    """A body that warms under heat, with a little of its own noise from the lamp's thermometer."""

    def __init__(self) -> None:
        self.skin_c = 33.0

    def advance(self, dt_s: float, heat_on: bool) -> None:
        self.skin_c += dt_s / 60 * (0.6 if heat_on else -0.3)


class Kept:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, event: Event) -> None:
        self.events.append(event)


def walked(with_heat: bool) -> tuple[InProcess, list[dict[str, Any]], list[Event]]:
    """Run a hidden session on the simulated lamp; return the lamp, all that a page is shown, and the journal."""
    order = make_compared_order(ORDER, with_heat, hidden=True)
    clock, shown, kept = SteppedClock(1e6), [], Kept()
    lamp = InProcess(Warming(), clock.now_s)
    run(order, lamp if with_heat else Unlit(lamp), clock, Scripted(), kept, shown.append)
    return lamp, shown, kept.events


def test_without_heat_the_lamp_is_never_lit_and_the_page_is_the_same_to_the_last_word() -> None:
    lit, with_heat, told_with = walked(True)
    dark, without, told_without = walked(False)
    assert ("on", "told") in lit.log and [what for what, _ in dark.log if what == "on"] == []
    assert with_heat == without and len(with_heat) > 400
    assert [e.kind for e in told_with] == [e.kind for e in told_without]
    assert not any(e.data.get("heat_on") for e in told_without)
    assert {"heat_on", "heat_off"}.isdisjoint(e.kind for e in told_with)
    said = " ".join(p["text"] for shot in with_heat for p in shot["prompts"])
    assert "the heat may be on or off" in said and "Gentle massage may begin" in said
    for word in ("Heat is on", "heat is off", "of heat are left", "muscle is warm"):
        assert word not in said
    assert {topics.told(shot)["heat"] for shot in with_heat} == {None}
    assert {shot["skin_c"] for shot in with_heat} == {None}


def test_a_device_that_is_on_by_itself_ends_the_session() -> None:
    clock, kept = SteppedClock(1e6), Kept()

    class Welded(InProcess):
        def read(self, now_s: float) -> Reading:
            seen = super().read(now_s)
            return dataclasses.replace(seen, heat_on=now_s > 60)

    lamp = Welded(Warming(), clock.now_s)
    state = run(make_compared_order(ORDER, False, True), Unlit(lamp), clock, Scripted(), kept)
    assert state.why == "driver_error" and state.heat_s < 65 and not state.lamp_on
    assert "pull its plug" in end_text(state.why, comparison="hidden")
    assert any("never switched it on" in str(e.data.get("text")) for e in kept.events)


def test_unlit_passes_every_off_and_no_on() -> None:
    told: list[str] = []

    class Inner:
        heat_on: bool | None = False

        def __getattr__(self, name: str) -> Any:
            if name == "heater":
                raise AttributeError(name)
            return lambda *_: told.append(name)

        def read(self, now_s: float) -> Reading:
            return Reading(self.heat_on, 34.0, 0.0)

    inner = Inner()
    driver = Unlit(inner)  # type: ignore[arg-type]
    driver.on(5)
    driver.renew(5)
    assert told == ["arm"] and driver.read(1.0) == Reading(None, None, None)
    inner.heat_on = True
    with pytest.raises(DriverError, match="never switched it on"):
        driver.read(2.0)
    driver.off()
    assert told == ["arm", "off"] and driver.read(3.0).heat_on is True
    for lease_s in (0.0, float("nan")):
        with pytest.raises(DriverError):
            driver.on(lease_s)


def test_a_hidden_session_starts_only_when_it_is_told_whether_heat_may_come_on(tmp_path: Path) -> None:
    order = dataclasses.replace(make_compared_order(ORDER, True, True), driver="manual")
    for text in (None, "", "{}", '{"emitter": "maybe"}', "[1]"):
        if text is not None:
            (tmp_path / registry.EMITTER).write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="emitter.json"):
            registry.open_driver(order, tmp_path)
    registry.write_emitter(tmp_path, on=False)
    assert isinstance(registry.open_driver(order, tmp_path), Unlit)
    registry.write_emitter(tmp_path, on=True)
    assert not isinstance(registry.open_driver(order, tmp_path), Unlit)


def test_without_heat_openly_needs_no_file_and_no_device(tmp_path: Path) -> None:
    order = make_compared_order(dataclasses.replace(ORDER, driver="mqtt", confirm_off=False), False, hidden=False)
    assert isinstance(registry.open_driver(order, tmp_path), Unlit) and order.comparison == "without"
    assert make_compared_order(ORDER, True, hidden=False) == ORDER


@given(st.lists(st.sampled_from(["check", "start", "pause", "resume", "sample", "awake", "on_confirmed", "stop"])))
def test_the_machine_gives_no_on_at_all_without_heat(kinds: list[str]) -> None:
    order = make_compared_order(dataclasses.replace(ORDER, confirm_off=True, driver="manual"), False, hidden=False)
    state, at_s = machine.new(order), 0.0
    for kind in ("check", "start", *kinds):
        at_s += 1.0
        state, commands = machine.step(state, Event(at_s, kind, {"id": "skin"}), at_s)
        assert "on" not in {c.kind for c in commands} and "heat_on" not in {c.kind for c in commands}


def test_an_order_that_fits_no_comparison_is_refused() -> None:
    for wrong in ({"comparison": "secret"}, {"comparison": "hidden", "confirm_off": True}):
        with pytest.raises(InputError, match="comparison"):
            machine.new(dataclasses.replace(ORDER, **wrong))  # type: ignore[arg-type]


def test_what_is_said_of_the_end_is_true_with_and_without_heat() -> None:
    for reason in END_TEXT:
        if reason not in ("skin_cutoff", "skin_too_fast", "cem43_spent", "sensor_lost", "device_off"):  # had heat
            assert "heat went off" not in end_text(reason, comparison="hidden")
    assert prompts.now(dataclasses.replace(machine.new(dataclasses.replace(ORDER, comparison="hidden")),
                                           phase=Phase.PAUSED))[0].text.startswith("Paused. Press")  # fmt: skip
