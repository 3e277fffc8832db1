"""The closed loop in the runner: more heat under the same skin, and the plan's time when the estimator is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from irtherapy.dose import track, twin
from irtherapy.edge import data, journal
from irtherapy.edge.drivers.simulated import InProcess
from irtherapy.edge.runner import Scripted, SteppedClock, run
from irtherapy.edge.runner.steering import FAILED, Steering
from irtherapy.session import replay
from irtherapy.session.state import State
from irtherapy.values import Person, Placement, Region, SessionOrder, Setting, Site

PLAN_S, LONGEST_S = 180.0, 600.0
SITE, NEAR = Site(Region.LOWER_BACK), Placement(0.4)
ORDER = SessionOrder(
    session_id="steered", setting=Setting.HOME, region=SITE.region, device_id="simulated_lamp", driver="simulated",
    heat_s=PLAN_S, skin_cutoff_c=42.0, skin_target_c=41.0, cem43_max_min=2.0, lease_s=5.0,
    checks=(("bare", "The skin is bare."),), stretch=(), sensor=True,
)  # fmt: skip


class Done:
    def __init__(self, folder: Path, steering: Any, *faults: str) -> None:
        body = twin.new(Person(age_years=45), SITE, data.catalogue()["simulated_lamp"], NEAR, data.body_tables(), 3)
        clock = SteppedClock(1000.0)
        device = InProcess(body, clock.now_s)
        self.peak_c = 0.0

        def look(snapshot: dict[str, Any]) -> None:
            self.peak_c = max(self.peak_c, device.lamp.body.skin_c)
            if snapshot["heat_s"] > 60.0:
                device.faults.update(faults)

        writer = journal.Journal(folder / journal.JOURNAL)
        self.state: State = run(ORDER, device, clock, Scripted(), writer, look, steering=steering)
        writer.close()
        self.events = journal.read(folder / journal.JOURNAL)


@pytest.fixture
def begun() -> track.Track:
    lamp = data.catalogue()["simulated_lamp"]
    return track.begin(Person(age_years=45), SITE, lamp, NEAR, data.body_tables(), persons=300)


def test_the_muscle_gets_more_heat_and_the_skin_stays_under_its_target(tmp_path: Path, begun: track.Track) -> None:
    done = Done(tmp_path, Steering(begun, LONGEST_S))
    assert done.state.why == "completed" and done.peak_c < 41.2
    assert done.state.heat_s > 1.3 * PLAN_S and done.state.heat_s + done.state.rest_s <= LONGEST_S + 5.0
    assert replay.fold(ORDER, done.events) == done.state  # the journal tells it all


def test_a_sensor_that_comes_off_leaves_no_more_than_the_plan(tmp_path: Path, begun: track.Track) -> None:
    done = Done(tmp_path, Steering(begun, LONGEST_S), "detached")
    assert done.state.heat_s <= PLAN_S + 5.0
    assert done.state.forecast_lost or done.state.why == "sensor_lost"


def test_an_estimator_that_fails_is_told_and_the_plan_holds(
    tmp_path: Path, begun: track.Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise FloatingPointError

    monkeypatch.setattr(track, "steer", broken)
    done = Done(tmp_path, Steering(begun, LONGEST_S))
    assert done.state.why == "completed" and done.state.heat_s == pytest.approx(PLAN_S, abs=2.0)
    assert [e.data["text"] for e in done.events if e.kind == "forecast_lost"] == [FAILED]


def test_without_steering_nothing_changes(tmp_path: Path) -> None:
    done = Done(tmp_path, None)
    assert done.state.heat_s == pytest.approx(PLAN_S, abs=2.0) and done.state.forecast is None
