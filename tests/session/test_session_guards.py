"""Each guard trips at its bound and not before it; one bound a row."""

from __future__ import annotations

import dataclasses
import math

import pytest

from irtherapy.session import guards, machine
from irtherapy.session.guards import Reading
from irtherapy.session.state import Phase, State
from irtherapy.values import SessionOrder


def heating(order: SessionOrder, **changes: object) -> State:
    """A session that has been heating from second 0 to second 300."""
    state = machine.new(dataclasses.replace(order, sensor=True))
    changes = {
        "heat_s": 300.0,
        "skin_c": 38.0,
        "skin_at_s": 300.0,
        "skin_changed_at_s": 300.0,
        "skin_high_c": 38.0,
        **changes,
    }
    return dataclasses.replace(state, phase=Phase.HEATING, lamp_on=True, now_s=300.0, **changes)


def at(seconds: float = 301.0, skin_c: float | None = 38.1, heat_on: bool | None = True) -> Reading:
    return Reading(seconds, heat_on, skin_c)


ASKED = {"question": "awake", "question_at_s": 290.0}
ROWS = [
    ("nothing", {}, at(), None),
    ("clock_gap", {}, at(305.1), "clock_gap"),
    ("just no clock_gap", {}, at(305.0), None),
    ("skin_over_cutoff", {}, at(skin_c=42.0), "skin_cutoff"),
    ("just below the cut-off", {}, at(skin_c=41.99), None),
    ("skin_implausible", {}, at(skin_c=14.9), "sensor_lost"),
    ("skin_implausible", {}, at(skin_c=math.nan), "sensor_lost"),
    ("skin_implausible", {}, at(skin_c=-math.inf), "sensor_lost"),
    ("sensor_stale", {"skin_at_s": 297.9}, at(skin_c=None), "sensor_lost"),
    ("just not stale", {"skin_at_s": 298.0}, at(skin_c=None), None),
    ("sensor_frozen", {"skin_changed_at_s": 180.9}, at(skin_c=38.0), "sensor_lost"),
    ("just not frozen", {"skin_changed_at_s": 181.0}, at(skin_c=38.0), None),
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


@pytest.mark.parametrize("manual", [False, True])
def test_a_device_that_stays_on_is_seen_where_it_can_tell(order: SessionOrder, manual: bool) -> None:
    state = dataclasses.replace(heating(dataclasses.replace(order, confirm_off=manual)), lamp_on=False)
    state = dataclasses.replace(state, switched_at_s=297.0)
    assert guards.tripped(state, at(300.0)) is None
    assert guards.tripped(state, at(300.1)) == (None if manual else ("relay_stuck", "relay_stuck"))


def test_without_a_thermometer_no_sensor_is_missed(order: SessionOrder) -> None:
    state = heating(order)
    state = dataclasses.replace(state, order=dataclasses.replace(state.order, sensor=False), skin_at_s=0.0)
    assert guards.tripped(state, at(skin_c=None)) is None
