"""The particle filter against people whose truth is known: it covers it, keeps the skin below the target, gives up."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.dose import exposure, heat, track
from irtherapy.dose.plan import make_plan
from irtherapy.values import Device, InputError, Person, Placement, Region, Setting, Site

Array = NDArray[np.float64]
SITE, NEAR, TARGET_C = Site(Region.LOWER_BACK), Placement(0.45), 41.0
NOISE_K, OFFSET_K, EVERY_S, ON_FROM_S = 0.05, 0.3, 5.0, 20.0
REFINE = 2


@dataclass
class People:
    """Twins side by side on a grid twice as fine as the filter's, each with a thermometer of its own offset."""

    ex: exposure.Exposure
    rng: np.random.Generator

    def __post_init__(self) -> None:
        self.operator = heat.Bioheat(self.ex.tissue, self.ex.on)
        self.state = self.operator.rest()
        self.offset_k = self.rng.normal(0.0, OFFSET_K, len(self.ex.source_w_m2))
        self.muscle_start_c = self.muscle_c

    def advance(self, seconds: float, share: Array | float) -> None:
        source = self.ex.source_w_m2 * np.reshape(share, (-1, 1))
        for _ in range(round(seconds)):
            self.state = self.operator.step(self.state, source, 1.0)

    @property
    def skin_c(self) -> Array:
        return self.operator.skin_c(self.state.temp_c)

    @property
    def muscle_c(self) -> Array:
        return exposure.muscle_surface_c(self.ex.tissue, self.state.temp_c, REFINE)

    @property
    def shown_c(self) -> Array:
        return self.skin_c + self.offset_k + self.rng.normal(0.0, NOISE_K, len(self.offset_k))


def people(body: BodyTables, device: Device, place: Placement, seed: int, count: int, **factors: float) -> People:
    drawn = population.ensemble(Person(), SITE, body, np.random.default_rng([seed, 5]), count)
    dose = exposure.light_dose(drawn, body, device.emitter, REFINE, nodes=8, merged=40)
    tissue = exposure.tissue_of(drawn, body, REFINE)
    ex = exposure.expose(drawn, body, SITE, device, place, tissue, dose)
    tissue = dataclasses.replace(tissue, **{k: getattr(tissue, k) * f for k, f in factors.items()})
    return People(dataclasses.replace(ex, tissue=tissue), np.random.default_rng([seed, 6]))


@pytest.fixture(scope="module")
def lamp(devices: dict[str, Device]) -> Device:
    return devices["simulated_lamp"]


@pytest.fixture(scope="module")
def fresh(body: BodyTables, lamp: Device) -> track.Track:
    return track.begin(Person(), SITE, lamp, NEAR, body, persons=500)


def followed(fresh: track.Track, who: People, until_s: float, change: Any = lambda shown, now_s: shown) -> list[Any]:
    """Return each twin's track under steady heat from second 20 on; the filter stops where it gives up."""
    tracks = [fresh] * len(who.offset_k)
    for k in range(round(until_s / EVERY_S)):
        now_s = (k + 1) * EVERY_S
        lit = k * EVERY_S >= ON_FROM_S
        who.advance(EVERY_S, float(lit))
        shown = change(who.shown_c, now_s)
        tracks = [track.see(t, now_s, lit, float(c)) for t, c in zip(tracks, shown, strict=True)]
    return tracks


def within(values: Array, one: track.Track, truth: float) -> bool:
    low, high = (track.quantile(values, one.weight, q) for q in (0.025, 0.975))
    return low <= truth <= high


def skin_of(one: track.Track) -> Array:
    return one.operator.skin_c(one.state.temp_c)


def muscle_rise(one: track.Track) -> Array:
    return exposure.muscle_surface_c(one.ex.tissue, one.state.temp_c) - one.muscle_start_c


def test_the_band_holds_the_truth_of_a_hundred_twins_and_is_narrower_than_the_plan(
    fresh: track.Track, body: BodyTables, lamp: Device
) -> None:
    who = people(body, lamp, NEAR, 1, 100)
    tracks = followed(fresh, who, 360.0)
    skin = sum(within(skin_of(t), t, c) for t, c in zip(tracks, who.skin_c, strict=True))
    rise = who.muscle_c - who.muscle_start_c
    muscle = sum(within(muscle_rise(t), t, c) for t, c in zip(tracks, rise, strict=True))
    assert skin >= 90 and muscle >= 85  # 95 less two standard deviations of a count, and the grid's own error
    assert sum(bool(t.lost) for t in tracks) <= 2
    blind = fresh
    for k in range(72):
        blind = dataclasses.replace(track.see(blind, (k + 1) * EVERY_S, k >= 4, None), lost="")
    width = [track.quantile(skin_of(t), t.weight, 0.975) - track.quantile(skin_of(t), t.weight, 0.025) for t in tracks]
    assert np.mean(width) < 0.5 * (np.percentile(skin_of(blind), 97.5) - np.percentile(skin_of(blind), 2.5))
    errors = [track.quantile(skin_of(t), t.weight, 0.5) - c for t, c in zip(tracks, who.skin_c, strict=True)]
    assert np.sqrt(np.mean(np.square(errors))) < 1.2 * OFFSET_K, "no worse than the thermometer itself"


@pytest.mark.parametrize("place", [NEAR, Placement(0.40)], ids=["45 cm", "40 cm"])
def test_steered_skin_stays_below_the_target_and_the_muscle_is_warmer_than_by_the_plan(
    body: BodyTables, lamp: Device, place: Placement
) -> None:
    count, minutes = 10, 15
    plan = make_plan(Person(), SITE, lamp, place, Setting.HOME, 1, body)
    assert 2.0 <= plan.minutes < minutes, "the plan must be the shorter one, or there is nothing to gain"
    opened = people(body, lamp, place, 2, count)
    opened.advance(plan.minutes * 60, 1.0)
    open_rise = opened.muscle_c - opened.muscle_start_c
    who = people(body, lamp, place, 2, count)
    tracks = [track.begin(Person(), SITE, lamp, place, body, persons=500)] * count
    share, peak = np.zeros(count), np.zeros(count)
    for k in range(round(minutes * 60 / EVERY_S)):
        if k % 4 == 0:
            steered = [track.steer(t, TARGET_C, 2.0, 0.0) for t in tracks]
            share = np.array([s.share if s.share is not None else 0.0 for s in steered])
        lit = (k % 4) * EVERY_S < share * track.PERIOD_S - 1e-9
        who.advance(EVERY_S, lit)
        peak = np.maximum(peak, who.skin_c)
        now_s = (k + 1) * EVERY_S
        tracks = [track.see(t, now_s, bool(on), float(c)) for t, on, c in zip(tracks, lit, who.shown_c, strict=True)]
    assert peak.max() <= TARGET_C + 2.0 * OFFSET_K
    assert np.mean(peak > TARGET_C) <= 0.1
    followed_on = np.array([not t.lost for t in tracks])
    assert followed_on.sum() >= count - 1
    assert np.all((who.muscle_c - who.muscle_start_c)[followed_on] >= open_rise[followed_on])


def test_a_lamp_moved_nearer_is_noticed_within_a_minute(fresh: track.Track, body: BodyTables, lamp: Device) -> None:
    for factor in (1.5, 0.5):
        who = people(body, lamp, NEAR, 3, 10)
        tracks = followed(fresh, who, 150.0)
        assert not any(t.lost for t in tracks)
        source = who.ex.source_w_m2
        who.ex = dataclasses.replace(who.ex, source_w_m2=source * factor)
        for k in range(12):
            who.advance(EVERY_S, 1.0)
            now_s = 150.0 + (k + 1) * EVERY_S
            tracks = [track.see(t, now_s, True, float(c)) for t, c in zip(tracks, who.shown_c, strict=True)]
        assert all(t.lost == track.MISFIT for t in tracks)


def test_a_thermometer_that_comes_off_is_noticed_at_once(fresh: track.Track, body: BodyTables, lamp: Device) -> None:
    who = people(body, lamp, NEAR, 4, 10)
    off = lambda shown, now_s: shown if now_s < 200 else 22 + (shown - 22) * np.exp((195 - now_s) / 20)  # noqa: E731
    tracks = followed(fresh, who, 210.0, off)
    assert all(t.lost == track.MISFIT for t in tracks)
    steering = track.steer(tracks[0], TARGET_C, 2.0)
    assert (steering.share, steering.forecast) == (None, None) and "shorter time" in steering.text
    again = track.see(tracks[0], 215.0, True, float(skin_of(tracks[0]).mean()))
    assert again.lost == track.MISFIT, "it does not come back"


@pytest.mark.parametrize("gain", [2.0, 8.0])
def test_a_stronger_answer_of_the_blood_is_followed_or_given_up_and_errs_to_the_warm_side(
    fresh: track.Track, body: BodyTables, lamp: Device, gain: float
) -> None:
    """Skin that cools itself more than any of the persons' is never taken for cooler than it is."""
    who = people(body, lamp, NEAR, 5, 20, gain=gain, lag_s=0.5)
    tracks = followed(fresh, who, 360.0)
    kept = [(t, c) for t, c in zip(tracks, who.skin_c, strict=True) if not t.lost]
    assert all(c <= track.quantile(t.skin_c, t.weight, 0.975) + 0.05 for t, c in kept)
    assert len(tracks) - len(kept) <= 2 if gain == 2.0 else len(tracks) - len(kept) >= 4


def test_silence_ends_it_and_a_short_gap_does_not(fresh: track.Track) -> None:
    one = track.see(fresh, 5.0, False, float(skin_of(fresh).mean()))
    one = track.see(one, 15.0, False, None)
    assert not one.lost
    assert track.see(one, 20.5, False, float("nan")).lost == track.SILENT


def test_the_same_readings_give_the_same_track_and_a_seed_is_a_draw(body: BodyTables, lamp: Device) -> None:
    def last(seed: int) -> track.Track:
        return followed(track.begin(Person(), SITE, lamp, NEAR, body, seed, 200), people(body, lamp, NEAR, 7, 1), 120)[
            0
        ]

    one, same, other = last(1), last(1), last(2)
    assert one.draws > 0 and np.array_equal(one.log_weight, same.log_weight)
    assert np.array_equal(one.state.temp_c, same.state.temp_c)
    assert not np.array_equal(one.state.temp_c, other.state.temp_c)


def test_more_heat_is_never_cooler_and_less_room_never_longer(fresh: track.Track) -> None:
    peaks = [track.peak_c(fresh, share) for share in track.SHARES]
    assert peaks == sorted(peaks, reverse=True)
    safe = [track.steer(fresh, c, 2.0).forecast.safe_s for c in (36.0, 38.0, 40.0, 41.0)]  # type: ignore[union-attr]
    assert safe == sorted(safe) and safe[0] < safe[-1]
    assert track.steer(fresh, TARGET_C, 0.0).share == 0.0
    assert track.steer(fresh, 30.0, 2.0).share == 0.0, "already over the target"
    left = [track.steer(fresh, 45.0, m).forecast.safe_s for m in (0.001, 0.1, 2.0)]  # type: ignore[union-attr]
    assert left == sorted(left) and left[0] < left[-1]


def test_safe_seconds_are_those_of_the_ensemble(fresh: track.Track) -> None:
    """Half a minute before, the 97.5th percentile is below the target; half a minute after, above."""
    safe_s = track.steer(fresh, TARGET_C, 100.0).forecast.safe_s  # type: ignore[union-attr]
    for extra_s, over in ((-15.0, False), (15.0, True)):
        one, left = fresh, safe_s + extra_s
        while left > 0:
            dt = min(5.0, left)
            one = dataclasses.replace(track.see(one, one.now_s + dt, True, None), lost="")
            left -= dt
        assert (track.quantile(one.skin_c, one.weight, 0.975) > TARGET_C) is over


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60), st.floats(0.0, 0.999))
def test_systematic_draws_take_each_as_often_as_its_weight_says(raw: list[float], start: float) -> None:
    weight = np.array(raw) + 1e-6
    weight /= weight.sum()
    drawn = np.bincount(track.systematic(weight, start), minlength=len(weight))
    assert drawn.sum() == len(weight)
    assert np.all(np.abs(drawn - weight * len(weight)) <= 1.0 + 1e-9)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=60), st.floats(0.0, 1.0))
def test_the_weighted_quantile_of_equal_weights_is_the_plain_one(values: list[float], share: float) -> None:
    x = np.array(values)
    found = track.quantile(x, np.full(len(x), 1.0 / len(x)), share)
    assert found in values
    assert np.mean(x <= found) >= share - 1e-9 and np.mean(x < found) <= share + 1e-9


@pytest.mark.parametrize(
    ("device", "place"), [("anodyne_mire", Placement(0.0)), ("simulated_lamp", Placement(0.45, clothed=True))]
)
def test_what_lies_on_the_skin_is_not_steered(
    body: BodyTables, devices: dict[str, Device], device: str, place: Placement
) -> None:
    with pytest.raises(InputError, match="light at a distance"):
        track.begin(Person(), SITE, devices[device], place, body)


def test_figures_out_of_range_are_refused(fresh: track.Track) -> None:
    for bad in (-1.0, 61.0, float("nan")):
        with pytest.raises(InputError, match="Time"):
            track.see(fresh, bad, True, 35.0)
    with pytest.raises(InputError, match="target"):
        track.steer(fresh, 60.0, 2.0)
    with pytest.raises(InputError, match="noise"):
        track.Sensor(noise_k=0.0)
