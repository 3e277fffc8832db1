"""Whatever is said, in whatever order: a guard that has fired has the last word of the session."""

from __future__ import annotations

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtherapy.session import guards, machine, replay
from irtherapy.session.state import PERSON_EVENTS, State
from irtherapy.values import Event, SessionOrder

SKIN = st.one_of(
    st.floats(36.0, 38.0),
    st.floats(38.0, 43.0),
    st.sampled_from([None, "nan", "inf", 14.0, 61.0, 41.99, 42.0, 37.0]),
)
SAMPLE = st.fixed_dictionaries(
    {"heat_on": st.sampled_from([True, True, None, False])},
    optional={
        "skin_c": SKIN,
        "power_w": st.sampled_from([None, 0.0, 5.0, 150.0]),
        "skin_age_s": st.sampled_from([0.0, 2.0, 4.0, -5.0]),
        "skin2_c": SKIN,
    },
)
WISH = st.tuples(st.sampled_from(PERSON_EVENTS), st.sampled_from([{}, {"value": 3}, {"value": 6.5}, {"value": 9}]))
TIME = st.sampled_from([1.0, 1.0, 1.0, 0.2, 4.0, 5.5, 60.0])
CALM = st.fixed_dictionaries({"heat_on": st.just(True), "skin_c": st.floats(36.9, 37.1), "power_w": st.just(150.0)})
MOVE = st.tuples(
    TIME,
    st.one_of(
        CALM.map(lambda d: ("sample", d)),
        CALM.map(lambda d: ("sample", d)),
        SAMPLE.map(lambda d: ("sample", d)),
        WISH,
        st.sampled_from([("start", {}), ("resume", {}), ("on_confirmed", {}), ("awake", {}), ("driver_error", {})]),
    ),
)
COME_ON = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def begun(order: SessionOrder, manual: bool) -> State:
    state = machine.new(dataclasses.replace(order, sensor=not manual, confirm_off=manual))
    checks = [("check", {"id": name}) for name, _ in order.checks]
    for kind, data in (("sample", {"skin_c": 36.0, "heat_on": False}), *checks, ("start", {}), ("on_confirmed", {})):
        state, _ = machine.step(state, Event(0.0, kind, data), 0.0)
    assert state.lamp_on
    return state


@COME_ON
@given(st.lists(MOVE, max_size=60), st.booleans())
def test_after_a_guard_heat_never_comes_on_again(
    order: SessionOrder, moves: list[tuple[float, tuple[str, dict[str, object]]]], manual: bool
) -> None:
    state, fired, now_s = begun(order, manual), False, 0.0
    for passed_s, (kind, data) in moves:
        now_s += passed_s
        was_on, was_why = state.lamp_on, state.why
        seen = guards.reading(now_s, data)
        found = guards.tripped(state, seen) if kind == "sample" else None
        state, commands = machine.step(state, Event(now_s, kind, data), now_s)
        kinds = [c.kind for c in commands]
        assert not (fired and "on" in kinds)
        fired = fired or "guard" in kinds
        if found and was_on:
            assert not state.lamp_on or manual, found
            if found[1] != guards.HEAT_OVER and was_why is None:
                assert [c.data["name"] for c in commands if c.kind == "guard"] == [found[0]]
            assert "off" in kinds or manual
        if fired:
            assert state.why is not None


@COME_ON
@given(st.lists(MOVE, max_size=40), st.sampled_from(["resume", "start", "awake", "comfort", "on_confirmed"]))
def test_nobody_outvotes_a_guard(
    order: SessionOrder, moves: list[tuple[float, tuple[str, dict[str, object]]]], wish: str
) -> None:
    """The reading that trips ends heat, whatever the person or the program says in the same second."""
    state, now_s = begun(order, False), 0.0
    for passed_s, (kind, data) in moves:
        now_s += passed_s
        state, _ = machine.step(state, Event(now_s, kind, data), now_s)
    hot = {"skin_c": 42.0, "heat_on": state.lamp_on}
    state, _ = machine.step(state, Event(now_s, "sample", hot), now_s)
    assert not state.lamp_on
    state, commands = machine.step(state, Event(now_s, wish, {"value": 0}), now_s)
    assert not state.lamp_on and "on" not in [c.kind for c in commands]


@COME_ON
@given(st.lists(MOVE, max_size=60))
def test_the_fold_of_the_journal_is_the_live_state(
    order: SessionOrder, moves: list[tuple[float, tuple[str, dict[str, object]]]]
) -> None:
    order = dataclasses.replace(order, sensor=True)
    events, state, now_s = [], machine.new(order), 0.0
    for passed_s, (kind, data) in moves:
        now_s += passed_s
        events.append(Event(now_s, kind, data))
        state, _ = machine.step(state, events[-1], now_s)
    assert replay.fold(order, events) == dataclasses.replace(state, notes=())
