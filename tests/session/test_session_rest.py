"""After the heat: stretching begins in time, and a machine asleep, a late answer or a dead battery leave it off."""

from __future__ import annotations

import dataclasses

import pytest

from irtherapy.session import machine, replay
from irtherapy.session.state import Phase, State
from irtherapy.values import Event, SessionOrder


def moved(state: State, now_s: float, kind: str = "sample", **data: object) -> State:
    if kind == "sample":
        data = {"heat_on": state.lamp_on, "skin_c": None, **data}
    return machine.step(state, Event(now_s, kind, data), now_s)[0]


def heating(order: SessionOrder) -> State:
    state = machine.new(order)
    for name, _ in order.checks:
        state = moved(state, 0.0, "check", id=name)
    return moved(state, 0.0, "start")


def to(state: State, phase: Phase) -> State:
    """Let the seconds go by, every question answered, until a phase is reached."""
    while state.phase is not phase:
        now_s = state.now_s + 1.0
        state = moved(state, now_s)
        if state.question in ("confirm_on", "confirm_off"):
            state = moved(state, now_s, "on_confirmed" if state.question == "confirm_on" else "off_confirmed")
        elif state.question:
            state = moved(moved(state, now_s, "awake"), now_s, "comfort", fine=True)
    return state


@pytest.mark.parametrize("manual", [False, True])
def test_stretching_begins_within_two_minutes_of_the_end_of_heat(order: SessionOrder, manual: bool) -> None:
    ended = to(heating(dataclasses.replace(order, confirm_off=manual)), Phase.HEAT_ENDED)
    stretching = to(ended, Phase.STRETCHING)
    assert stretching.now_s - ended.now_s <= 120.0 and not stretching.lamp_on


def test_an_answer_after_the_deadline_changes_nothing(order: SessionOrder) -> None:
    state = heating(order)
    while state.phase is Phase.HEATING:
        state = moved(state, state.now_s + 1.0)
    assert state.why == "no_answer" and not state.lamp_on
    for kind in ("awake", "comfort", "resume", "on_confirmed", "start"):
        after = moved(state, state.now_s + 1.0, kind, fine=True)
        assert (after.phase, after.lamp_on, after.why) == (state.phase, False, "no_answer")


@pytest.mark.parametrize("asleep_s", [30.0, 3600.0, 86_400.0])
def test_a_machine_that_slept_in_a_stretch_goes_on_with_the_heat_off(order: SessionOrder, asleep_s: float) -> None:
    state = to(heating(order), Phase.STRETCHING)
    after = moved(state, state.now_s + asleep_s)
    assert (after.phase, after.item, after.lamp_on) == (Phase.STRETCHING, 1, False)
    assert after.stretch_s - state.stretch_s <= order.lease_s, "sleep is no stretching"


def test_a_battery_that_dies_in_a_stretch_is_told_and_leaves_the_rest(order: SessionOrder) -> None:
    told: list[Event] = []
    state = machine.new(order)

    def do(now_s: float, kind: str, **data: object) -> None:
        nonlocal state
        told.append(Event(now_s, kind, data))
        state = machine.step(state, told[-1], now_s)[0]

    for name, _ in order.checks:
        do(0.0, "check", id=name)
    do(0.0, "start")
    while state.phase is not Phase.STRETCHING:
        do(state.now_s + 1.0, "sample", heat_on=state.lamp_on, skin_c=None)
        if state.question:
            do(state.now_s, "awake")
            do(state.now_s, "comfort", fine=True)
    do(state.now_s + 1.0, "stretch_hurt")
    do(state.now_s, "program_stopped")  # written by whoever finds the journal
    record = replay.record(order, told, "2026-11-25T20:00:00+00:00")
    assert (record.ended, record.ended_text) == ("program_stopped", "The program stopped, so the heat went off.")
    assert (record.heat_s, record.hurt) == (order.heat_s, ("chin_tuck",))
    assert [item.exercise_id for item in replay.left_over(order, told)] == ["knee_roll"]
