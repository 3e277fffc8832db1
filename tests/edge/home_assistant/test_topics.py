"""The words that may come over MQTT, tried from every state that a session can reach: none switches heat on."""

from __future__ import annotations

import json

import announced_bench as bench
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.edge.runner import topics
from irtherapy.session import machine, replay
from irtherapy.session.state import INPUT_EVENTS, Phase
from irtherapy.values import Event

SKIN = st.one_of(st.none(), st.floats(20.0, 50.0), st.just(float("nan")))
MOVES = st.lists(
    st.tuples(st.sampled_from(INPUT_EVENTS), st.floats(0.0, 400.0), st.booleans(), SKIN), min_size=0, max_size=25
)
DATA = {"id": "bare", "value": "clean", "text": ""}


@settings(max_examples=150, deadline=None)
@given(moves=MOVES, begun=st.booleans(), driver=st.sampled_from(["mqtt", "manual"]), wake_every_s=st.floats(1.0, 20.0))
def test_no_word_switches_heat_on_in_any_state(
    moves: list[tuple[str, float, bool, float | None]], begun: bool, driver: str, wake_every_s: float
) -> None:
    state = machine.new(bench.order_of(driver, wake_every_s=wake_every_s, confirm_off=driver == "manual"))
    begin = (
        [("check", 1.0, False, None), ("start", 1.0, False, None), ("on_confirmed", 1.0, False, None)] if begun else []
    )
    for kind, seconds, heat_on, skin_c in [*begin, *moves]:
        at_s = state.now_s + seconds
        data = {"heat_on": heat_on, "skin_c": skin_c} if kind == "sample" else DATA
        state, _ = machine.step(state, Event(at_s, kind, data), at_s)
        shown = replay.snapshot(state)
        json.dumps(topics.told(shown), allow_nan=False)
        for word in topics.WISHES:
            wish = topics.wish_of(word, shown)
            if wish is None:
                assert word != "stop", "STOP always goes through"
                continue
            after, commands = machine.step(state, Event(at_s, wish["kind"], {"by": "mqtt"}), at_s)
            assert "on" not in [c.kind for c in commands]
            assert after.lamp_on <= state.lamp_on
            assert word == "confirm" or driver == "manual" or not after.lamp_on


@given(st.one_of(st.binary(max_size=40), st.text(max_size=20).map(lambda t: t.encode())), st.booleans())
def test_any_bytes_are_one_of_three_words_or_nothing(payload: bytes, kept: bool) -> None:
    word = topics.word_of(payload, kept)
    assert word is None or (not kept and payload.strip().lower() == word.encode())


def test_the_three_words_as_people_type_them() -> None:
    for typed in (b"stop", b"STOP", b" Stop\r\n", bytearray(b"stop")):
        assert topics.word_of(typed, False) == "stop" and topics.word_of(typed, True) is None
    assert set(topics.WISHES.values()) == {"stop", "pause", "awake"}


def test_discovery_has_three_buttons_and_nothing_else_that_can_be_sent() -> None:
    device = topics.device("irtherapy_x", "1.0")
    sends = {key: one for key, one in device["cmps"].items() if any("cmd" in field for field in one)}
    assert {key: (one["p"], one["pl_prs"], one["ret"]) for key, one in sends.items()} == {
        word: ("button", word, False) for word in ("stop", "pause", "confirm")
    }
    assert {one["p"] for one in device["cmps"].values()} == {"sensor", "binary_sensor", "button"}
    assert set(device["cmps"]["phase"]["ops"]) == {phase.value for phase in Phase}
