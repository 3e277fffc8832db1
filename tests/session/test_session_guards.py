"""Each guard trips at its bound and not before it; one bound a row."""

from __future__ import annotations

import dataclasses
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy import limits
from irtherapy.session import guards, machine
from irtherapy.session.guards import Reading
from irtherapy.session.state import Phase, State
from irtherapy.values import Event, SessionOrder


def heating(order: SessionOrder, **changes: object) -> State:
    """A session that has been heating from second 0 to second 300."""
    state = machine.new(dataclasses.replace(order, sensor=True, **PLAN))
    changes = {
        "heat_s": 300.0,
        "skin_c": 38.0,
        "skin_at_s": 300.0,
        "skin_changed_at_s": 300.0,
        "skin_high_c": 38.0,
        **changes,
    }
    return dataclasses.replace(state, phase=Phase.HEATING, lamp_on=True, now_s=300.0, **changes)


def at(seconds: float = 301.0, skin_c: float | None = 38.1, heat_on: bool | None = True, **more: float) -> Reading:
    return Reading(seconds, heat_on, skin_c, **more)


def course(*values: float, last_s: float = 300.0) -> dict[str, object]:
    """Readings a second apart up to second 300."""
    return {"skins": tuple((last_s - len(values) + 1 + i, v) for i, v in enumerate(values)), "skin_c": values[-1]}


SAW = [38.0 + (0.5 if i % 2 else -0.5) for i in range(20)]  # second differences of 2 K: 1.21 K of noise
CALM = [38.0 + (0.12 if i % 2 else -0.12) for i in range(20)]  # 0.29 K
PLAN = {"planned_time_s": (0.0, 30.0, 120.0, 600.0), "planned_skin_c": (33.0, 34.0, 35.0, 38.0)}
BEGUN = {"switched_at_s": 181.0, "skin_at_switch_c": 33.0, "skin_rest_c": 33.0, "skin_high_c": 33.0}
COARSE = {"skin_grain_k": 0.1, "skin_moves": 3}
ASKED = {"question": "awake", "question_at_s": 290.0}
ROWS = [
    ("nothing", {}, at(), None),
    ("clock_gap", {}, at(305.1), "clock_gap"),
    ("just no clock_gap", {}, at(305.0), None),
    ("skin_over_cutoff", {}, at(skin_c=42.0), "skin_cutoff"),
    ("just below the cut-off", {}, at(skin_c=41.99), None),
    ("skin_implausible", {}, at(skin_c=14.9), "sensor_lost"),
    ("skin_not_finite", {}, at(skin_c=math.nan), "sensor_lost"),
    ("skin_not_finite", {}, at(skin_c=-math.inf), "sensor_lost"),
    ("skin_not_finite", {}, at(skin2_c=math.nan), "sensor_lost"),
    ("skin_over_cutoff", {}, at(skin2_c=42.0), "skin_cutoff"),
    ("skin_over_cutoff", {}, at(skin_c=math.inf), "skin_cutoff"),
    (
        "skin_rate_over_limit",
        course(35.0, 35.6, 36.2, 36.8, 37.4, 38.0) | {"skin_high_c": 38.0},
        at(skin_c=38.61),
        "skin_too_fast",
    ),
    ("just not too fast", course(35.0, 35.6, 36.2, 36.8, 37.4), at(skin_c=37.99), None),
    ("skin_rate_over_limit", course(40.3, 40.4, 40.5, 40.6, 40.7, 40.8), at(skin_c=41.5), "skin_too_fast"),
    ("the cut-off is further than OFF", course(40.3, 40.4, 40.5, 40.6, 40.7, 40.8), at(skin_c=40.9), None),
    ("sensor_future", {}, at(skin_age_s=-1.1), "sensor_lost"),
    ("sensor_future", {}, at(skin_age_s=math.nan), "sensor_lost"),
    ("just not ahead", {}, at(skin_age_s=-1.0), None),
    ("sensor_stale", {"skin_at_s": 297.0}, at(skin_age_s=3.1), "sensor_lost"),
    ("sensor_noisy", course(*SAW), at(skin_c=37.5), "sensor_lost"),
    ("calm enough", course(*CALM), at(skin_c=37.88), None),
    ("a single odd reading", course(*[38.0] * 17, 36.5, 38.0), at(skin_c=38.01), None),
    ("sensor_flat", BEGUN, at(skin_c=33.29), "sensor_lost"),
    ("it rises enough", BEGUN, at(skin_c=33.31), None),
    ("too early to tell", {**BEGUN, "switched_at_s": 181.5}, at(skin_c=33.0), None),
    ("warm when it came on", {**BEGUN, "skin_at_switch_c": 33.6}, at(skin_c=33.6), None),
    ("sensors_disagree", {"disagree_since_s": 296.0}, at(skin2_c=36.09), "sensor_lost"),
    ("they agree again", {"disagree_since_s": 296.0}, at(skin2_c=36.11), None),
    ("not yet for long", {"disagree_since_s": 296.1}, at(skin2_c=36.0), None),
    ("sensor_stale", {"skin_at_s": 297.9}, at(skin_c=None), "sensor_lost"),
    ("just not stale", {"skin_at_s": 298.0}, at(skin_c=None), None),
    ("sensor_frozen", {"skin_changed_at_s": 180.9}, at(skin_c=38.0), "sensor_lost"),
    ("just not frozen", {"skin_changed_at_s": 181.0}, at(skin_c=38.0), None),
    ("coarse, and the plan stands still", {"skin_changed_at_s": 180.9, **COARSE}, at(skin_c=38.0), None),
    ("sensor_frozen", {"skin_changed_at_s": 100.0, "heat_s": 200.0, **COARSE}, at(skin_c=38.0), "sensor_lost"),
    ("sensor_frozen", {"skin_changed_at_s": 180.9, **COARSE, "skin_moves": 2}, at(skin_c=38.0), "sensor_lost"),
    ("sensor_frozen", {"skin_changed_at_s": 180.9, **COARSE, "skin_grain_k": 0.16}, at(skin_c=38.0), "sensor_lost"),
    ("sensor_frozen", {"skin_changed_at_s": 180.9, **COARSE, "skin_grain_k": 0.03}, at(skin_c=38.0), "sensor_lost"),
    ("sensor_detached", {"skin_high_c": 40.0}, at(skin_c=38.0), "sensor_lost"),
    ("just not detached", {"skin_high_c": 40.0}, at(skin_c=38.01), None),
    ("cem43_spent", {"cem43_min": 2.0}, at(), "cem43_spent"),
    ("cem43_spent", {"cem43_min": 1.99, "skin_c": 43.0}, at(), "cem43_spent"),
    ("dose left", {"cem43_min": 1.97, "skin_c": 43.0}, at(), None),
    ("wake_unanswered", ASKED, at(350.0), "clock_gap"),  # the graver comes first
    ("wake_unanswered", {**ASKED, "question_at_s": 241.0}, at(), "no_answer"),
    ("still time to answer", {**ASKED, "question_at_s": 241.1}, at(), None),
    ("minutes_spent", {"heat_s": 599.0}, at(), "heat_over"),
    ("minutes left", {"heat_s": 598.9}, at(), None),
    ("device_off", {}, at(heat_on=False), "device_off"),
    ("it may take a moment", {"switched_at_s": 298.0}, at(heat_on=False), None),
    ("a device that cannot tell", {}, at(heat_on=None), None),
]


@pytest.mark.parametrize(("name", "changes", "reading", "reason"), ROWS, ids=[f"{r[0]} {r[3]}" for r in ROWS])
def test_each_guard_has_its_bound(
    order: SessionOrder, name: str, changes: dict[str, object], reading: Reading, reason: str | None
) -> None:
    found = guards.tripped(heating(order, **changes), reading)
    assert (found[1] if found else None) == reason
    if found and reason != "clock_gap":
        assert found[0] == name


def test_every_guard_has_a_row() -> None:
    assert {g.__name__ for g in guards.WHILE_HEATING} <= {row[0] for row in ROWS}


@pytest.mark.parametrize(("still_s", "tripped"), [(600.0, False), (600.1, True)])
def test_even_a_coarse_thermometer_moves_in_ten_minutes(order: SessionOrder, still_s: float, tripped: bool) -> None:
    state = heating(order, skin_changed_at_s=301.0 - still_s, switched_at_s=-900.0, **COARSE)
    flat = dataclasses.replace(state.order, planned_skin_c=(38.0, 38.0, 38.0, 38.0))
    found = guards.tripped(dataclasses.replace(state, order=flat), at(skin_c=38.0))
    assert found == (("sensor_frozen", "sensor_lost") if tripped else None)


OFF_ROWS = [
    (None, {}, at(heat_on=False)),
    ("relay_stuck", {}, at()),
    (None, {"switched_at_s": 298.0}, at()),
    ("watts_when_off", {"power_on_w": 100.0}, at(heat_on=False, power_w=50.0)),
    (None, {"power_on_w": 100.0}, at(heat_on=False, power_w=49.9)),
    ("watts_when_off", {"power_on_w": 2.0}, at(heat_on=None, power_w=2.0)),
    ("watts_when_off", {}, at(heat_on=None, power_w=10.0)),
    (None, {}, at(heat_on=None, power_w=9.9)),
    (None, {"switched_at_s": 298.0}, at(heat_on=False, power_w=100.0)),
    ("skin_rising_when_off", course(37.0, 37.4, 37.9), at(heat_on=False, skin_c=38.0)),
    (None, course(37.0, 37.4, 37.9), at(heat_on=False, skin_c=37.99)),
    (None, course(37.0, 37.4, 37.9) | {"switched_at_s": 282.0}, at(heat_on=False, skin_c=38.5)),
    (None, course(37.0, 37.4, 37.9) | {"heat_s": 0.0}, at(heat_on=False, skin_c=38.5)),
]


@pytest.mark.parametrize(("name", "changes", "reading"), OFF_ROWS)
@pytest.mark.parametrize("manual", [False, True])
def test_a_device_that_stays_on_is_seen(
    order: SessionOrder, name: str | None, changes: dict[str, object], reading: Reading, manual: bool
) -> None:
    changes = {"switched_at_s": 200.0, **changes}
    state = heating(dataclasses.replace(order, confirm_off=manual), **changes)
    found = guards.tripped(dataclasses.replace(state, lamp_on=False), reading)
    assert found == (None if manual or name is None else (name, "relay_stuck"))


def test_every_guard_has_a_sentence_a_reason_and_a_bound_with_a_source() -> None:
    assert {g.__name__ for g in (*guards.WHILE_HEATING, *guards.WHILE_OFF)} <= set(guards.SEEN)
    assert all(text.endswith(".") and "!" not in text for text in guards.SEEN.values())
    assert all(len(bound.source) > 10 and math.isfinite(bound.value) for bound in limits.GUARDS.values())


@pytest.mark.parametrize("value", ["nan", "inf", "warm", [38.0], math.nan])
def test_what_is_no_number_is_told_by_name_and_never_kept(order: SessionOrder, value: object) -> None:
    state, commands = machine.step(heating(order), Event(301.0, "sample", {"skin_c": value, "heat_on": True}), 301.0)
    name = "skin_over_cutoff" if value == "inf" else "skin_not_finite"
    assert [c.data["name"] for c in commands if c.kind == "guard"] == [name]
    assert not state.lamp_on and state.skin_c == 38.0 and state.skin_peak_c is None


def test_too_hot_is_a_guard_too(order: SessionOrder) -> None:
    for value, named in ((8, True), (7.9, False)):
        state, commands = machine.step(heating(order), Event(301.0, "comfort", {"value": value}), 301.0)
        assert ("comfort_too_hot" in [c.data.get("name") for c in commands]) is named
        assert not state.lamp_on and (state.why == "too_hot") is named


def test_heat_does_not_come_on_over_a_reading_that_a_guard_refuses(order: SessionOrder) -> None:
    state = dataclasses.replace(heating(order, skin_c=42.1), phase=Phase.PAUSED, lamp_on=False, skin_peak_c=42.1)
    state, commands = machine.step(state, Event(301.0, "resume"), 301.0)
    assert "on" not in [c.kind for c in commands] and state.why == "skin_cutoff"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(30.0, 40.0), min_size=3, max_size=30), st.floats(-0.3, 0.3), st.floats(-20.0, 20.0))
def test_noise_is_blind_to_a_steady_rise_and_to_the_zero(values: list[float], rise: float, zero: float) -> None:
    moved = [v + rise * i + zero for i, v in enumerate(values)]
    assert guards.noise_k(moved) == pytest.approx(guards.noise_k(values), abs=1e-9)


def test_noise_is_the_standard_deviation_of_gaussian_noise() -> None:
    chance = random.Random(7)
    assert guards.noise_k([chance.gauss(38.0, 0.2) for _ in range(20_000)]) == pytest.approx(0.2, rel=0.03)


def test_without_a_thermometer_no_sensor_is_missed(order: SessionOrder) -> None:
    state = heating(order)
    state = dataclasses.replace(state, order=dataclasses.replace(state.order, sensor=False), skin_at_s=0.0)
    assert guards.tripped(state, at(skin_c=None)) is None
