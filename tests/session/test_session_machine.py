"""What a person under a lamp relies on: heat only in HEATING, off on everything else, and a record that says why."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy import limits
from irtherapy.session import machine, replay
from irtherapy.session.state import INPUT_EVENTS, PERSON_EVENTS, Phase, State
from irtherapy.values import Event, InputError, Region, SessionOrder, Setting, Side, StretchItem

ORDER = SessionOrder("t", Setting.HOME, Region.NECK, "d", "simulated", 60, 42, 41, 2, 5, (("skin", "Bare."),), ())
ITEM = StretchItem("chin_tuck", "Chin tuck", Side.BOTH, 5, 1, 5, 20, "sitting", "Sit tall.", "Stop if it hurts.")


class Walk:
    """A session driven event by event, a sample each second in between."""

    def __init__(self, order: SessionOrder) -> None:
        self.state = machine.new(order)
        self.events: list[Event] = []
        self.kinds: list[str] = []

    def do(self, kind: str, **data: object) -> Walk:
        event = Event(self.state.now_s, kind, data)
        self.events.append(event)
        self.state, commands = machine.step(self.state, event, event.at_s)
        self.kinds += [c.kind for c in commands]
        return self

    def wait(
        self, seconds: float, skin_c: float | None = 36.0, heat_on: bool | None = None, answer: bool = True
    ) -> Walk:
        for _ in range(round(seconds)):
            at_s = self.state.now_s + 1.0
            lamp = self.state.lamp_on if heat_on is None else heat_on
            event = Event(at_s, "sample", {"skin_c": skin_c, "heat_on": lamp})
            self.events.append(event)
            self.state, commands = machine.step(self.state, event, at_s)
            self.kinds += [c.kind for c in commands]
            if answer and self.state.question == "awake":
                self.do("awake")
            if answer and self.state.question == "comfort":
                self.do("comfort", value=3)
        return self

    def started(self) -> Walk:
        for name, _ in self.state.order.checks:
            self.do("check", id=name)
        return self.do("start")


def test_a_whole_session(order: SessionOrder) -> None:
    walk = Walk(order).started().wait(601)
    assert walk.state.phase is Phase.HEAT_ENDED and not walk.state.lamp_on
    walk.wait(45)
    assert walk.state.phase is Phase.RATING
    walk.do("skin_check", value="clean").do("pain_after", value=3).do("finish")
    record = replay.record(order, walk.events, "2026-11-23T10:00:00+00:00")
    assert (record.ended, record.phase) == ("completed", "ended")
    assert 599 <= record.heat_s <= 601 and 19 <= record.stretch_s <= 21
    assert (record.pain_before_0_10, record.pain_after_0_10, record.skin_check) == (5.0, 3.0, "clean")
    assert {"ask_awake", "ask_comfort", "heat_on", "heat_off", "ended"} <= set(walk.kinds)


def test_start_waits_for_every_check(order: SessionOrder) -> None:
    walk = Walk(order).do("check", id="skin").do("start")
    assert walk.state.phase is Phase.CHECKS and "refused" in walk.kinds and "on" not in walk.kinds


def test_no_answer_to_are_you_awake_is_off(order: SessionOrder) -> None:
    walk = Walk(order).started().wait(180 + 60 + 60 + 1, answer=False)  # comfort unanswered, then awake unanswered
    assert walk.state.why == "no_answer" and not walk.state.lamp_on
    assert walk.state.phase is Phase.RATING


@pytest.mark.parametrize(
    ("value", "why", "phase"), [(8, "too_hot", Phase.RATING), (6, None, Phase.PAUSED), (5, None, Phase.HEATING)]
)
def test_the_comfort_answer_rules(order: SessionOrder, value: int, why: str | None, phase: Phase) -> None:
    walk = Walk(order).started().wait(30).do("comfort", value=value)
    assert (walk.state.why, walk.state.phase) == (why, phase)
    assert walk.state.lamp_on == (phase is Phase.HEATING)


def test_skin_at_the_cut_off_is_off_at_once(order: SessionOrder) -> None:
    walk = Walk(order).started().wait(10).wait(1, skin_c=42.0)
    assert walk.state.why == "skin_cutoff" and not walk.state.lamp_on


def test_the_dose_of_a_session_is_bounded(order: SessionOrder) -> None:
    walk = Walk(dataclasses.replace(order, heat_s=1200.0)).started()
    while walk.state.lamp_on:
        walk.wait(1, skin_c=41.9)
    assert walk.state.why == "cem43_spent" and walk.state.cem43_min == pytest.approx(2.0, abs=0.01)
    assert walk.state.heat_s / 60 == pytest.approx(2.0 / 0.25**1.1, abs=0.1)


def test_a_clock_gap_longer_than_the_lease_is_off(order: SessionOrder) -> None:
    walk = Walk(order).started().wait(10)
    late = walk.state.now_s + order.lease_s + 0.5
    state, _ = machine.step(walk.state, Event(late, "sample", {"skin_c": 36.0, "heat_on": True}), late)
    assert state.why == "clock_gap" and not state.lamp_on


def test_a_device_that_stays_on_is_named(order: SessionOrder) -> None:
    walk = Walk(order).started().wait(10).do("pause").wait(5, heat_on=True)
    assert walk.state.why == "relay_stuck"


@pytest.mark.parametrize(("skins", "seconds"), [([None], 5), ([36.5], 123), ([14.0], 2), ([70.0], 2)])
def test_a_lost_sensor_is_off(order: SessionOrder, skins: list[float | None], seconds: int) -> None:
    walk = Walk(dataclasses.replace(order, sensor=True)).started()
    for k in range(5):
        walk.wait(1, skin_c=36.0 + k / 10)
    walk.wait(seconds, skin_c=skins[0])
    assert walk.state.why in ("sensor_lost", "skin_cutoff") and not walk.state.lamp_on


def test_pause_is_off_and_only_heat_time_counts(order: SessionOrder) -> None:
    walk = Walk(order).started().wait(100).do("pause")
    assert not walk.state.lamp_on
    walk.wait(60).do("resume").wait(10)
    assert walk.state.lamp_on and 109 <= walk.state.heat_s <= 111


def test_a_manual_device_is_asked_off_until_confirmed(order: SessionOrder) -> None:
    walk = Walk(dataclasses.replace(order, confirm_off=True, driver="manual", heat_s=60)).started().wait(20, None)
    assert walk.state.heat_s == 0 and walk.state.question == "confirm_on"
    walk.do("on_confirmed").wait(61, None).wait(60, None)
    assert walk.state.phase is Phase.HEAT_ENDED and walk.kinds.count("ask_off") >= 4
    walk.do("stretch_start")
    assert walk.state.phase is Phase.HEAT_ENDED
    walk.do("off_confirmed").do("stretch_start")
    assert walk.state.phase is Phase.STRETCHING and walk.state.heat_s >= 120


def test_massage_is_cued_when_warm_and_counted(order: SessionOrder) -> None:
    walk = Walk(dataclasses.replace(order, massage_from_s=300.0)).started().wait(299)
    assert not walk.state.massage
    walk.wait(302)
    assert walk.kinds.count("massage_start") == walk.kinds.count("massage_end") == 1
    assert 298 <= walk.state.massage_s <= 301


@pytest.mark.parametrize("setting", list(Setting))
def test_no_order_passes_a_ceiling(order: SessionOrder, setting: Setting) -> None:
    greedy = dataclasses.replace(
        order, setting=setting, heat_s=7000, skin_cutoff_c=60, cem43_max_min=99, lease_s=60, wake_every_s=3000
    )
    safe, ceiling = machine.new(greedy).order, limits.ceilings(setting)
    assert safe.heat_s == ceiling.heat_min * 60 and safe.skin_cutoff_c == ceiling.skin_cutoff_c
    assert safe.cem43_max_min == ceiling.cem43_min and safe.lease_s == 5.0 and safe.wake_every_s == 300.0


@pytest.mark.parametrize("field", ["heat_s", "skin_cutoff_c", "lease_s", "cem43_max_min"])
def test_a_figure_that_is_none_is_refused(order: SessionOrder, field: str) -> None:
    with pytest.raises(InputError):
        machine.new(dataclasses.replace(order, **{field: float("nan")}))


def in_each_phase() -> list[State]:
    base = machine.new(dataclasses.replace(ORDER, stretch=(ITEM,)))
    return [dataclasses.replace(base, phase=p, lamp_on=p is Phase.HEATING) for p in Phase]


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(in_each_phase(), (*INPUT_EVENTS, "nonsense"))))
def test_every_event_in_every_phase_is_safe(state: State, kind: str) -> None:
    after, commands = machine.step(state, Event(1.0, kind, {"value": "?", "id": "skin", "skin_c": "hot"}), 1.0)
    assert not after.lamp_on or after.phase is Phase.HEATING
    if (state.phase, kind) not in machine.TABLE and kind in PERSON_EVENTS:
        assert [c.kind for c in commands] == ["refused"]
        for field in ("phase", "lamp_on", "question", "checks_left", "why", "item", "skin_check", "massage"):
            assert getattr(after, field) == getattr(state, field)


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from((*PERSON_EVENTS, "sample", "sample", "sample", "driver_error", "unknown")),
        st.sampled_from([0, 1, 1, 1, 4, 30]),
        st.sampled_from([None, 30.0, 36.0, 41.0, 43.0, "hot"]),
        st.sampled_from([None, 0, 5, 7, 9, 11, "clean", "skin", float("nan")]),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(HAPPENINGS)
def test_whatever_happens_heat_is_bounded_and_replay_agrees(steps: list[tuple[str, int, object, object]]) -> None:
    walk, at_s, ended = Walk(ORDER), 0.0, False
    walk.do("check", id="skin").do("start")
    for kind, gap, skin, value in steps:
        at_s += gap
        data = {"skin_c": skin, "heat_on": walk.state.lamp_on} if kind == "sample" else {"value": value, "id": value}
        event = Event(at_s, kind, data)
        walk.events.append(event)
        walk.state, commands = machine.step(walk.state, event, at_s)
        assert not (ended and walk.state.lamp_on), "heat after the end"
        ended = ended or walk.state.why is not None
        assert not walk.state.lamp_on or walk.state.phase is Phase.HEATING
        assert walk.state.heat_s <= ORDER.heat_s + ORDER.lease_s
    assert replay.fold(ORDER, walk.events) == walk.state


@settings(max_examples=100, deadline=None)
@given(HAPPENINGS)
def test_a_hand_switched_lamp_is_never_forgotten(steps: list[tuple[str, int, object, object]]) -> None:
    order = dataclasses.replace(ORDER, confirm_off=True, driver="manual", stretch=(ITEM,))
    walk, at_s = Walk(order).do("check", id="skin").do("start").do("on_confirmed"), 0.0
    for kind, gap, _, value in steps:
        at_s += gap
        data = {"skin_c": None, "heat_on": None} if kind == "sample" else {"value": value, "id": value}
        was_lit = walk.state.lamp_on
        event = Event(at_s, kind, data)
        walk.events.append(event)
        walk.state, commands = machine.step(walk.state, event, at_s)
        if was_lit and not walk.state.lamp_on:
            assert kind == "off_confirmed", "only the person knows"
        if walk.state.lamp_on:
            assert walk.state.phase in (Phase.HEATING, Phase.PAUSED, Phase.HEAT_ENDED)
            assert walk.state.phase is Phase.HEATING or walk.state.question == "confirm_off"
        if walk.state.why and not was_lit:
            assert not walk.state.lamp_on, "heat after the end"
    assert replay.fold(order, walk.events) == walk.state


def test_a_crash_at_any_moment_leaves_an_honest_record(order: SessionOrder) -> None:
    walk = Walk(order).started().wait(601).wait(45).do("skin_check", value="clean")
    for cut in range(0, len(walk.events), 7):
        record = replay.record(order, walk.events[:cut], None)
        assert record.ended in {"never_started", "program_stopped", "completed"}
        assert len(record.samples) == sum(e.kind == "sample" for e in walk.events[:cut])
