"""What is said aloud is enough to do a session by, and is the same however often one looks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtherapy.session import machine, prompts
from irtherapy.session.state import Phase, State
from irtherapy.values import Event, SessionOrder, Side, StretchItem

HOLD = StretchItem("knee", "Knee to chest", Side.LEFT, 20, 2, 4, 64, "lying on your back", "Pull it in.", "", "Half.")
OTHER = dataclasses.replace(HOLD, side=Side.RIGHT, duration_s=53)
NOD = StretchItem("nod", "Nod", Side.BOTH, 0, 5, 4, 32, "sitting", "Nod slowly.", "")
REST = StretchItem("rest", "Rest", Side.BOTH, 0, 1, 30, 30, "lying on your back", "Breathe.", "")

CURL = StretchItem("curl", "Curl", Side.LEFT, 5, 4, 3, 44, "lying on your back", "Lift.", "", "Less.", "core", 1, 2)
BRACE = StretchItem("brace", "Brace", Side.BOTH, 5, 4, 3, 44, "lying on your back", "Brace.", "", "", "core", 1, 2)
CLINIC = (
    CURL,
    dataclasses.replace(CURL, side=Side.RIGHT, duration_s=37),
    dataclasses.replace(CURL, set_number=2, reps=2, duration_s=21),
    dataclasses.replace(CURL, set_number=2, reps=2, duration_s=21, side=Side.RIGHT),
    BRACE,
    dataclasses.replace(BRACE, set_number=2, reps=2, duration_s=31),
    StretchItem("tall", "Tall", Side.BOTH, 10, 3, 3, 51, "sitting", "Sit.", "", "", "posture"),
    HOLD,
)


@pytest.fixture
def led(order: SessionOrder) -> SessionOrder:
    return dataclasses.replace(order, stretch=(HOLD, OTHER, NOD, REST), massage_from_s=300.0)


def moved(state: State, now_s: float, kind: str = "sample", **data: object) -> State:
    if kind == "sample":
        data = {"heat_on": state.lamp_on, "skin_c": None, **data}
    return machine.step(state, Event(now_s, kind, data), now_s)[0]


def by_ear(order: SessionOrder, every_s: float = 1.0) -> Iterator[tuple[float, prompts.Prompt, State]]:
    """Do a whole session knowing nothing but what was said; yield each prompt when it is heard."""
    state, heard = machine.new(order), list(prompts.now(machine.new(order)))
    while state.phase is not Phase.ENDED:
        before, now_s = state, state.now_s + every_s
        for prompt in heard:
            yield state.now_s, prompt, state
            if prompt.key == "checks":
                for name, _ in order.checks:
                    state = moved(state, now_s, "check", id=name)
                state = moved(state, now_s, "start")
            elif prompt.key == "ask_awake":
                state = moved(state, now_s, "awake")
            elif prompt.key == "ask_comfort":
                state = moved(state, now_s, "comfort", fine=True)
            elif prompt.key == "switch_on":
                state = moved(state, now_s, "on_confirmed")
            elif prompt.key == "switch_off":
                state = moved(state, now_s, "off_confirmed")
            elif prompt.key == "rate":
                state = moved(moved(state, now_s, "skin_check", value="clean"), now_s, "finish")
        state = moved(state, now_s)
        heard = list(prompts.due(before, state))


@pytest.mark.parametrize("manual", [False, True])
def test_a_whole_session_can_be_done_by_ear(led: SessionOrder, manual: bool) -> None:
    heard = list(by_ear(dataclasses.replace(led, confirm_off=manual)))
    assert heard[-1][2].why == "completed"
    keys = [prompt.key for _, prompt, _ in heard]
    for key in ("heat_on", "massage_start", "ask_comfort", "ask_awake", "heat_left_one", "heat_ended", "item_left"):
        assert key in keys
    assert keys.index("heat_on") < keys.index("massage_start") < keys.index("heat_ended") < keys.index("item_left")
    assert keys[-2:] == ["stretch_over", "rate"]
    assert keys.count("other_side") == 1


def test_a_hold_is_led_from_get_ready_to_its_end(led: SessionOrder) -> None:
    heard = [(s, p) for s, p, state in by_ear(led) if state.phase is Phase.STRETCHING and state.item == 0]
    start_s = heard[0][0]
    told = [(round(s - start_s), p.text) for s, p in heard[2:]]  # after position, name and how
    assert told[:8] == [
        (13, "Get ready."), (16, "Go into it."), (18, "Hold for 20 seconds."), (28, "Half way."),
        (35, "3"), (36, "2"), (37, "1"), (38, "Come back slowly."),
    ]  # fmt: skip
    assert told[8] == (40, "Again, 2 of 2.")


@given(st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_is_said_however_often_one_looks(led: SessionOrder, data: st.DataObject) -> None:
    states = [dataclasses.replace(machine.new(led), phase=Phase.STRETCHING, now_s=0.5 * i) for i in range(129)]
    seen = sorted(data.draw(st.sets(st.integers(1, 127), max_size=20)))
    looks = [states[i] for i in (0, *seen, 128)]
    said = [p for a, b in zip(looks[:-1], looks[1:], strict=True) for p in prompts.due(a, b)]
    assert said == list(prompts.due(states[0], states[-1]))
    assert len(said) == 15


def test_an_open_question_is_put_again(led: SessionOrder) -> None:
    state = machine.new(led)
    for name, _ in led.checks:
        state = moved(state, 0.0, "check", id=name)
    state, said = moved(state, 0.0, "start"), []
    while state.now_s < 400.0:
        before = state
        state = moved(state, state.now_s + 1.0)
        said += [(state.now_s, p.key) for p in prompts.due(before, state) if p.key.startswith("ask_")]
        if state.phase is not Phase.HEATING:
            break
    assert state.why == "no_answer"
    comfort = [s for s, key in said if key == "ask_comfort"]
    awake = [s for s, key in said if key == "ask_awake"]
    assert len(comfort) == len(awake) == 6
    assert comfort[1] - comfort[0] == awake[1] - awake[0] == prompts.ASK_AGAIN_S


def test_easier_is_told_once_and_kept_for_who_comes_back(led: SessionOrder) -> None:
    state = machine.new(led)
    for name, _ in led.checks:
        state = moved(state, 0.0, "check", id=name)
    state = moved(state, 0.0, "start")
    while state.phase is not Phase.STRETCHING:
        state = moved(
            moved(moved(state, state.now_s + 1.0), state.now_s + 1.0, "awake"), state.now_s + 1.0, "comfort", fine=True
        )
    eased = moved(state, state.now_s + 2.0, "stretch_easier")
    assert [p.text for p in prompts.due(state, eased)] == ["The easier way: Half."]
    assert "easier" in [p.key for p in prompts.now(eased)]
    assert not [p for p in prompts.due(eased, moved(eased, eased.now_s + 1.0)) if p.key == "easier"]
    nod = dataclasses.replace(eased, item=2)
    assert moved(nod, nod.now_s, "stretch_easier").eased == eased.eased  # this one has no easier version


def test_a_device_that_takes_a_second_to_come_on_is_on_and_not_on_again(led: SessionOrder) -> None:
    """A plug promises its OFF first, so that some heat has been counted before anybody looks."""
    before = machine.new(led)
    lit = dataclasses.replace(before, phase=Phase.HEATING, lamp_on=True, heat_s=1.2, now_s=1.2)
    assert [p.key for p in prompts.due(before, lit)] == ["heat_on"]
    paused = dataclasses.replace(lit, phase=Phase.PAUSED, lamp_on=False)
    assert "heat_again" in [p.key for p in prompts.due(paused, lit)]


def test_every_sentence_is_said_by_somebody_and_says_all_its_places(led: SessionOrder) -> None:
    said = {p.key for _, p, _ in by_ear(led)} | {
        p.key for _, p, _ in by_ear(dataclasses.replace(led, confirm_off=True))
    }
    for items in (CLINIC, CLINIC[:-1]):
        said |= {p.key for _, p, _ in by_ear(dataclasses.replace(led, stretch=items))}
    for comparison in ("hidden", "without"):
        said |= {p.key for _, p, _ in by_ear(dataclasses.replace(led, comparison=comparison))}
    elsewhere = {"easier", "ended", "paused", "paused_far", "heat_again", "massage_end", "item_right"}
    elsewhere |= {f"{key}_compared" for key in ("paused", "paused_far", "heat_again", "heat_left", "heat_left_one")}
    assert said | elsewhere == set(prompts.TEXT)


def test_blocks_sets_and_sides_are_told_apart(led: SessionOrder) -> None:
    heard = [p.text for _, p, state in by_ear(dataclasses.replace(led, stretch=CLINIC)) if state.item < len(CLINIC)]
    told = [text for text in heard if text.startswith(("Now", "Set", "The same", "Next", "Curl", "Brace", "Tall"))]
    assert told == [
        "Now core strength.", "Next, lying on your back.", "Curl, left side. Lift.", "The same on the other side.",
        "Set 2 of 2, left side: 2 times.", "The same on the other side.", "Brace. Brace.", "Set 2 of 2: 2 times.",
        "Now posture.", "Next, sitting.", "Tall. Sit.", "Now stretching.", "Next, lying on your back.",
    ]  # fmt: skip
    assert "That was the last exercise." not in heard and "That was the last stretch." in heard


def test_what_hurt_is_left_with_its_further_sets_and_easier_stays_easier(led: SessionOrder) -> None:
    state = dataclasses.replace(machine.new(dataclasses.replace(led, stretch=CLINIC)), phase=Phase.STRETCHING)
    assert moved(state, 1.0, "stretch_easier").eased == (0, 1, 2, 3)
    state = moved(state, 1.0, "stretch_hurt")
    assert (state.item, state.order.stretch[1].side) == (1, Side.RIGHT)
    assert moved(state, 2.0, "stretch_done").item == 4
