"""The estimator of the closed loop: a step of a thousand persons within 5 ms, a decision within a tick of the loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from irtherapy.body.optics import BodyTables
from irtherapy.dose import track
from irtherapy.values import Device, Person, Placement, Site

STEP_MS = 5.0
DECISION_MS = 200.0  # a tick of the runner's loop


def median_ms(benchmark: Any, work: Callable[[], Any], times: int = 40) -> float:
    """Return the median of several runs in milliseconds, told to ``benchmark`` too where there is one."""
    if benchmark is not None:
        benchmark.pedantic(work, rounds=times, warmup_rounds=2)
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return 1000.0 * float(np.median(took))


@pytest.fixture(scope="module")
def warm(body: BodyTables, lamp: Device, site: Site) -> track.Track:
    """A thousand persons after a minute of heat, each reading weighed."""
    one = track.begin(Person(age_years=45), site, lamp, Placement(0.6), body, persons=1000)
    for k in range(12):
        ahead = track.see(one, 5.0 * (k + 1), True, None)
        one = track.see(one, ahead.now_s, True, track.quantile(ahead.skin_c, ahead.weight, 0.5))
    assert not one.lost
    return one


def test_a_step_of_a_thousand_persons(benchmark: Any, warm: track.Track, tell: Any) -> None:
    reading = track.quantile(warm.skin_c, warm.weight, 0.5)
    step = median_ms(benchmark, lambda: track.see(warm, warm.now_s + 5.0, True, reading))
    draw = median_ms(None, lambda: track._drawn(warm))
    tell(f"track: one step of 1000 persons with a reading {step:.2f} ms, drawing them anew {draw:.2f} ms")
    assert step < STEP_MS and draw < STEP_MS


def test_a_decision(benchmark: Any, warm: track.Track, tell: Any) -> None:
    assert track.steer(warm, 41.0, 2.0).forecast is not None
    took = median_ms(benchmark, lambda: track.steer(warm, 41.0, 2.0), 10)
    tell(f"track: share of the next period and the safe time, 1000 persons {took:.0f} ms")
    assert took < DECISION_MS
