"""The closed loop may lengthen a session while a forecast holds; without one the plan's time holds, as ever."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtherapy.dose import track, twin
from irtherapy.edge import data
from irtherapy.edge.drivers.simulated import InProcess
from irtherapy.session import machine
from irtherapy.session.state import Phase, State
from irtherapy.values import Event, Person, Placement, Region, SessionOrder, Setting, Site

GOOD = {"fits": True, "heat": True, "safe_s": 300.0, "skin_p97_5_c": 38.0, "muscle_rise_c": 0.3}


def said(state: State, kind: str, told: dict[str, Any], seconds: float = 0.0) -> tuple[State, list[str]]:
    at_s = state.now_s + seconds
    state, commands = machine.step(state, Event(at_s, kind, told), at_s)
    return state, [c.kind for c in commands]


def sampled(state: State, seconds: int) -> State:
    """Let time pass over skin that warms slowly."""
    for _ in range(seconds):
        told = {"skin_c": 36.0 + 0.005 * state.now_s, "heat_on": state.lamp_on, "power_w": 150.0 * state.lamp_on}
        state, _ = said(state, "sample", told, 1.0)
        for kind, answer in (("awake", {}), ("comfort", {"fine": True})) if state.question else ():
            state, _ = said(state, kind, answer)
    return state


def begun(order: SessionOrder, longest_s: float | None = 1200.0, **changes: Any) -> State:
    state = machine.new(dataclasses.replace(order, **{"sensor": True, "checks": (), "heat_s": 120.0, **changes}))
    state = sampled(state, 2)
    if longest_s is not None:
        state, _ = said(state, "closed_loop", {"longest_s": longest_s})
    return said(state, "start", {})[0]


def kept_up(state: State, seconds: int, **changes: Any) -> State:
    for _ in range(seconds // 10):
        state, _ = said(state, "forecast", {**GOOD, **changes})
        state = sampled(state, 10)
    return state


def test_a_forecast_that_holds_lengthens_a_session_up_to_the_longest_time(order: SessionOrder) -> None:
    state = kept_up(begun(order, 300.0), 290)
    assert state.lamp_on and state.heat_s == pytest.approx(290.0, abs=1.0)
    state = kept_up(state, 20)
    assert state.phase is Phase.HEAT_ENDED and state.heat_s <= 300.0


def test_the_ceiling_is_compiled_in_and_the_plan_is_the_least(order: SessionOrder) -> None:
    assert begun(order, 7200.0).longest_s == 1200.0
    assert begun(order, 7200.0, setting=Setting.HOME_AT_RISK).longest_s == 900.0
    assert begun(order, 1.0).longest_s == 120.0


@pytest.mark.parametrize("longest_s", [None, 1200.0])
def test_without_a_forecast_the_minutes_of_the_plan_hold(order: SessionOrder, longest_s: float | None) -> None:
    state = sampled(begun(order, longest_s), 125)
    assert state.phase is Phase.HEAT_ENDED and state.heat_s <= 121.0


def test_a_rest_is_off_and_its_time_counts(order: SessionOrder) -> None:
    state = sampled(begun(order, 60.0, heat_s=60.0), 10)
    state, kinds = said(state, "forecast", {**GOOD, "heat": False})
    assert kinds[0] == "off" and state.resting and state.phase is Phase.HEATING
    state = sampled(state, 20)
    assert (state.rest_s, state.heat_s) == (20.0, 10.0)
    state, kinds = said(state, "forecast", GOOD)
    assert kinds[0] == "on" and not state.resting
    assert sampled(state, 31).phase is Phase.HEAT_ENDED


def test_a_forecast_at_the_target_is_never_heat_whatever_it_says(order: SessionOrder) -> None:
    state, _ = said(sampled(begun(order), 10), "forecast", {**GOOD, "skin_p97_5_c": 41.0})
    assert not state.lamp_on and state.resting


@pytest.mark.parametrize("how", ["said", "old"])
def test_a_lost_forecast_is_told_and_ends_a_session_that_has_had_its_minutes(order: SessionOrder, how: str) -> None:
    for lasted, phase in ((60, Phase.HEATING), (200, Phase.HEAT_ENDED)):
        state = kept_up(begun(order), lasted)
        state, kinds = said(state, "forecast", {**GOOD, "heat": False})
        if how == "said":
            state, kinds = said(state, "forecast", {"fits": False, "text": "They do not agree."})
            assert "forecast_lost" in kinds
        else:
            state = sampled(state, 31)
        assert state.forecast_lost and state.phase is phase and state.lamp_on is (phase is Phase.HEATING)
        state, kinds = said(state, "forecast", GOOD)
        assert "refused" in kinds and state.forecast is None, "it does not come back"


def test_it_is_opted_in_before_start_with_a_thermometer_and_our_own_switch(order: SessionOrder) -> None:
    state, kinds = said(begun(order, None), "closed_loop", {"longest_s": 900})
    assert "refused" in kinds and state.longest_s is None
    assert "refused" in said(begun(order, None), "forecast", GOOD)[1]
    for changes in ({"sensor": False}, {"sensor": True, "confirm_off": True}):
        state, kinds = said(machine.new(dataclasses.replace(order, **changes)), "closed_loop", {"longest_s": 900})
        assert "refused" in kinds and state.longest_s is None
    for bad in (None, "long", float("nan"), -1):
        assert (
            "refused"
            in said(machine.new(dataclasses.replace(order, sensor=True)), "closed_loop", {"longest_s": bad})[1]
        )


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("skin_over_cutoff", {"skin_c": 42.0, "heat_on": False}),
        ("skin_not_finite", {"skin_c": "nan", "heat_on": False}),
        ("watts_when_off", {"skin_c": 37.0, "heat_on": False, "power_w": 140.0}),
        ("relay_stuck", {"skin_c": 37.0, "heat_on": True}),
    ],
)
def test_guards_are_tried_while_the_lamp_rests(order: SessionOrder, name: str, sample: dict[str, Any]) -> None:
    state, _ = said(sampled(begun(order), 10), "forecast", {**GOOD, "heat": False})
    state = sampled(state, 5)
    at_s = state.now_s + 1.0
    state, commands = machine.step(state, Event(at_s, "sample", sample), at_s)
    assert [c.data["name"] for c in commands if c.kind == "guard"] == [name]
    state, kinds = said(state, "forecast", GOOD)
    assert not state.lamp_on and "on" not in kinds and not state.resting


FORECAST = st.fixed_dictionaries(
    {},
    optional={
        "fits": st.sampled_from([True, True, True, False, None]),
        "heat": st.booleans(),
        "safe_s": st.sampled_from([0.0, 300.0, float("nan"), -1.0]),
        "skin_p97_5_c": st.floats(30.0, 45.0),
        "muscle_rise_c": st.just(0.2),
    },
)
SAMPLE = st.fixed_dictionaries({"skin_c": st.sampled_from([37.0, 37.1, 37.2, 37.3, 42.5]), "heat_on": st.none()})
MOVES = st.lists(
    st.tuples(
        st.sampled_from([1.0, 1.0, 2.0, 4.0, 5.5]),
        st.one_of(
            SAMPLE.map(lambda d: ("sample", d)),
            FORECAST.map(lambda d: ("forecast", d)),
            st.just(("forecast", GOOD)),
            st.just(("forecast", {**GOOD, "heat": False})),
            st.sampled_from([("pause", {}), ("resume", {}), ("stop", {}), ("awake", {})]),
            st.just(("closed_loop", {"longest_s": 900})),
        ),
    ),
    max_size=80,
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_no_forecast_passes_a_guard_or_a_ceiling(order: SessionOrder, moves: list[Any]) -> None:
    state, ended = begun(order, 150.0), False
    for passed_s, (kind, told) in moves:
        state, kinds = said(state, kind, told, passed_s)
        assert not (ended and "on" in kinds)
        ended = ended or "guard" in kinds or state.why is not None
        assert not (state.lamp_on and state.resting)
        assert not state.resting or state.phase is Phase.HEATING
        most_s = 150.0 if not state.forecast_lost else max(120.0, state.heat_s + state.rest_s)
        assert state.heat_s + state.rest_s <= most_s + order.lease_s


def steered(fault_at_s: float | None) -> tuple[State, list[str], float, float]:
    """Return the last state of a steered session on a simulated person, the notes, the skin's peak, the heat time."""
    tables, lamp, place, site = (
        data.body_tables(),
        data.catalogue()["simulated_lamp"],
        Placement(0.4),
        Site(Region.NECK),
    )
    clock = [0.0]
    device = InProcess(twin.new(Person(), site, lamp, place, tables, seed=3), lambda: clock[0])
    one = track.begin(Person(), site, lamp, place, tables, persons=300)
    state = machine.new(
        SessionOrder(
            session_id="loop",
            setting=Setting.HOME,
            region=site.region,
            device_id=lamp.id,
            driver="simulated",
            heat_s=180.0,
            skin_cutoff_c=42,
            skin_target_c=41,
            cem43_max_min=2,
            lease_s=5,
            checks=(),
            stretch=(),
            sensor=True,
        )  # fmt: skip
    )
    state, _ = said(state, "closed_loop", {"longest_s": 600.0})
    noted, peak_c, share, period_s = [], 0.0, 0.0, 0.0
    for second in range(700):
        clock[0] = now_s = float(second)
        if fault_at_s is not None and now_s >= fault_at_s:
            device.faults.add("detached")
        read = device.read(now_s)
        peak_c = max(peak_c, device.lamp.body.skin_c)
        if second:
            one = track.see(one, now_s, bool(read.heat_on), read.skin_c)
        events: list[tuple[str, dict[str, Any]]] = [
            ("sample", {"skin_c": read.skin_c, "heat_on": read.heat_on, "power_w": read.power_w})
        ]
        events += [("start", {})] if second == 10 else []
        if second >= 11 and second % 5 == 0 and state.phase is Phase.HEATING and not state.forecast_lost:
            if now_s - period_s >= track.PERIOD_S or period_s == 0.0:
                steering, period_s = track.steer(one, 41.0, 2.0 - state.cem43_min, 0.0), now_s
                share = steering.share or 0.0
            lit = now_s - period_s < share * track.PERIOD_S - 1e-9
            told: dict[str, Any] = {"fits": False, "text": one.lost}
            if not one.lost and steering.forecast is not None:
                told = {"fits": True, "heat": lit, **dataclasses.asdict(steering.forecast)}
            events.append(("forecast", told))
        events += [("awake", {}), ("comfort", {"fine": True})] if state.question else []
        for kind, data_ in events:
            state, commands = machine.step(state, Event(now_s, kind, data_), now_s)
            noted += [str(c.data.get("name", c.kind)) for c in commands if c.kind in ("guard", "forecast_lost")]
            for c in commands:
                if c.kind == "on":
                    device.on(5.0)
                elif c.kind == "off":
                    device.off()
        if state.lamp_on:
            device.renew(5.0)
    return state, noted, peak_c, state.heat_s


def test_a_steered_session_on_a_simulated_person_lasts_longer_and_stays_below_the_target() -> None:
    state, noted, peak_c, heat_s = steered(None)
    assert noted == [] and state.why == "completed"
    assert heat_s > 1.2 * 180.0 and heat_s + state.rest_s == pytest.approx(600.0, abs=2.0)
    assert peak_c < 41.0 + 0.6


def test_a_thermometer_that_comes_off_ends_a_steered_session() -> None:
    state, noted, _, heat_s = steered(300.0)
    assert set(noted) & {"forecast_lost", "sensor_detached"} and not state.lamp_on
    assert heat_s + state.rest_s <= 300.0 + 30.0
