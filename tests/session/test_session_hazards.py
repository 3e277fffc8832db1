"""Each of these once left heat on, or told a person something untrue."""

from __future__ import annotations

import dataclasses
import math

import pytest

from irtherapy.session import machine, replay
from irtherapy.session.state import END_TEXT, END_TEXT_MANUAL, PERSON_EVENTS, Phase, State
from irtherapy.values import Event, InputError, SessionOrder


def heated(order: SessionOrder, until_s: float = 10.0) -> State:
    state = machine.new(order)
    for kind, data in (*(("check", {"id": name}) for name, _ in order.checks), ("start", {}), ("on_confirmed", {})):
        state, _ = machine.step(state, Event(0.0, kind, data), 0.0)
    return samples(state, until_s)


def samples(state: State, until_s: float, heat_on: bool | None = True, skin_c: float | None = 36.0) -> State:
    while state.now_s < until_s:
        at_s = state.now_s + 1.0
        state, _ = machine.step(state, Event(at_s, "sample", {"skin_c": skin_c, "heat_on": heat_on}), at_s)
    return state


@pytest.mark.parametrize("kind", [*PERSON_EVENTS, "sample", "nonsense"])
@pytest.mark.parametrize("now_s", [9.9, -1.0, math.nan, math.inf, -math.inf])
def test_a_clock_that_goes_back_is_off_whatever_the_event(order: SessionOrder, kind: str, now_s: float) -> None:
    state, commands = machine.step(heated(order), Event(0.0, kind, {"skin_c": 36.0}), now_s)
    assert not state.lamp_on and commands[0].kind == "off" and state.why == "clock_gap"


@pytest.mark.parametrize("kind", ["awake", "comfort", "check", "pause", "stop", "nonsense"])
def test_no_wish_hides_that_the_program_was_held_up(order: SessionOrder, kind: str) -> None:
    state, commands = machine.step(heated(order), Event(70.0, kind, {"value": 3}), 70.0)
    assert not state.lamp_on and state.why == "clock_gap"
    assert [c.kind for c in commands][:2] == ["off", "heat_off"]
    assert state.heat_s == 10.0 + order.lease_s, "our device was on for at most its lease"


def test_the_comfort_question_does_not_delay_the_other(order: SessionOrder) -> None:
    order = dataclasses.replace(order, heat_s=1200.0, wake_every_s=300.0, comfort_every_s=295.0)
    state = samples(heated(order), 300.0)
    assert state.question == "awake"
    while state.lamp_on:
        state = samples(state, state.now_s + 1)
    assert state.why == "no_answer" and state.now_s == 360.0


def test_a_stuck_relay_is_told_whatever_came_before(order: SessionOrder) -> None:
    state, _ = machine.step(heated(order), Event(10.0, "stop"), 10.0)
    assert (state.why, state.phase) == ("stopped", Phase.RATING)
    state, commands = machine.step(state, Event(14.0, "sample", {"heat_on": True, "skin_c": 36.0}), 14.0)
    assert state.why == "relay_stuck" and commands[0].kind == "off"
    assert "plug" in str(replay.snapshot(state)["ended_text"])
    again, commands = machine.step(state, Event(15.0, "sample", {"heat_on": True, "skin_c": 36.0}), 15.0)
    assert commands == () and again.phase is Phase.RATING
    after, _ = machine.step(again, Event(15.0, "driver_error"), 15.0)
    assert after.why == "relay_stuck"


def test_nobody_claims_to_know_that_a_hand_switched_lamp_is_off(order: SessionOrder) -> None:
    order = dataclasses.replace(order, confirm_off=True, driver="manual")
    state, commands = machine.step(heated(order), Event(10.0, "program_stopped"), 10.0)
    kinds = [c.kind for c in commands]
    assert "heat_unknown" in kinds and "heat_off" not in kinds
    record = replay.record(order, [], None)
    assert record.ended == "never_started"
    assert "went off" not in str(replay.snapshot(state)["ended_text"])
    for reason in END_TEXT:
        if reason not in ("skin_cutoff", "cem43_spent", "sensor_lost"):  # need a thermometer: never manual
            assert "went off" not in END_TEXT_MANUAL.get(reason, END_TEXT[reason]), reason


def test_a_hand_switched_lamp_counts_while_the_machine_sleeps(order: SessionOrder) -> None:
    order = dataclasses.replace(order, confirm_off=True, driver="manual")
    state = heated(order)
    state, _ = machine.step(state, Event(3610.0, "sample", {"heat_on": None, "skin_c": None}), 3610.0)
    assert state.heat_s == 3610.0 and state.why == "clock_gap"
    assert state.lamp_on and state.question == "confirm_off", "believed on until the person says otherwise"
    state, _ = machine.step(state, Event(3611.0, "off_confirmed"), 3611.0)
    assert not state.lamp_on
    assert samples(state, 3613.0, None, None).phase is Phase.RATING


@pytest.mark.parametrize("duration_s", [math.nan, math.inf, 0.0, -1.0, 1e6])
def test_a_stretch_without_an_end_is_refused(order: SessionOrder, duration_s: float) -> None:
    item = dataclasses.replace(order.stretch[0], duration_s=duration_s)
    with pytest.raises(InputError, match="Time of"):
        machine.new(dataclasses.replace(order, stretch=(item,)))


@pytest.mark.parametrize("data", [{"id": []}, {"id": None}, {"id": {"a": 1}}, {}])
def test_a_check_that_is_no_name_is_refused_and_ends_nothing(order: SessionOrder, data: dict[str, object]) -> None:
    state, commands = machine.step(machine.new(order), Event(0.0, "check", data), 0.0)
    assert [c.kind for c in commands] == ["refused"] and state.phase is Phase.CHECKS


def test_whenever_there_was_heat_skin_and_pain_can_be_told(order: SessionOrder) -> None:
    for ending in ("stop", "too_hot", "driver_error"):
        kind, data = ("comfort", {"value": 9}) if ending == "too_hot" else (ending, {})
        state, _ = machine.step(heated(order), Event(10.0, kind, data), 10.0)
        assert state.phase is Phase.RATING and not state.lamp_on
        for kind, data in (("skin_check", {"value": "marks"}), ("pain_after", {"value": 4}), ("finish", {})):
            state, _ = machine.step(state, Event(11.0, kind, data), 11.0)
        assert (state.phase, state.skin_check, state.pain_after_0_10) == (Phase.ENDED, "marks", 4.0)


def test_off_comes_before_the_word_that_it_ended(order: SessionOrder) -> None:
    for kind in ("stop", "program_stopped", "driver_error"):
        _, commands = machine.step(heated(order), Event(10.0, kind), 10.0)
        kinds = [c.kind for c in commands]
        assert kinds[0] == "off" and kinds.index("heat_off") < kinds.index("phase")


def test_the_time_of_day_does_not_matter(order: SessionOrder) -> None:
    def session(shift: float) -> tuple[object, ...]:
        state = machine.new(order)
        state = dataclasses.replace(state, now_s=shift, phase_at_s=shift)
        for kind, data in (*(("check", {"id": name}) for name, _ in order.checks), ("start", {})):
            state, _ = machine.step(state, Event(shift, kind, data), shift)
        state = samples(state, shift + 400.0)
        return state.phase, state.heat_s, state.question, state.massage, state.why

    assert session(0.0) == session(4096.0)
