"""Research: the estimator of a closed loop. Which of a thousand virtual persons is on the couch, and what comes next.

The persons of the plan's population are heated as the real one is; each skin reading weighs them anew (a particle
filter). A reading is the person's skin, plus an offset of the thermometer that wanders slowly, plus noise. The offset
is worked out for each person in closed form (Rao-Blackwell; Doucet, de Freitas, Murphy & Russell 2000), so that a
constant error of the thermometer does not choose the wrong person. Few persons left with weight are drawn anew
(systematic resampling; Kitagawa 1996) and spread a little in what they absorb, perfuse and lose (Liu & West 2001).

``steer`` chooses the share of the next seconds with the heat on: the greatest for which the 97.5th percentile of the
weighted skin stays below the target over a horizon. Readings that the persons cannot explain (chi-square of the last
innovations, or an offset no thermometer has) end it for the rest of the session: the plan's shorter time holds again.

For lamps and panels at a distance: what lies on the skin stays there when its heat goes off, and the model of a session
takes it away. Everything is a pure function of its arguments and the seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.dose import exposure, heat, injury
from irtherapy.dose.exposure import Exposure
from irtherapy.values import Device, Forecast, InputError, Person, Placement, Site, in_range

Array = NDArray[np.float64]

STEP_MAX_S = 5.0
WEIGH_EVERY_S = 5.0
PERIOD_S = 20.0  # one on and one off of the lamp
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)  # of a period with the heat on
HORIZON_S = 60.0
AHEAD_STEP_S = 30.0
SAFE_MAX_S = 1800.0
HIGH = 0.975
DRAW_AGAIN = 0.25  # of the persons, as effective sample size
KEEP = 0.98  # Liu & West's a: the spread drawn anew is 1 - a^2 of the variance
FIT_READINGS = 12  # whose squares are judged
LEAN_READINGS = 24  # whose sum is judged: a model that is wrong errs to one side
FIT_CHANCE = 1e-4  # of a false alarm in one window of innovations; measured over sessions in docs/explanation/guards
OFFSET_MOST = 3.0  # standard deviations of a thermometer's offset
SILENT_MOST_S = 15.0
MISFIT = "The skin thermometer and the calculation do not agree, so the shorter time of the plan holds."
SILENT = "There was no skin reading to go by, so the shorter time of the plan holds."


@dataclass(frozen=True)
class Sensor:
    """A skin thermometer: noise of one reading, offset (standard deviations in K), how the offset wanders.

    The wandering stands for the error of the model as well. The figures are the project's own.
    """

    noise_k: float = 0.05
    offset_k: float = 0.3
    wander_k_per_sqrt_s: float = 0.01

    def __post_init__(self) -> None:
        """Raise InputError on a figure outside its range."""
        in_range("Thermometer noise", self.noise_k, 0.001, 2.0, "K")
        in_range("Thermometer offset", self.offset_k, 0.0, 3.0, "K")
        in_range("Wander of the offset", self.wander_k_per_sqrt_s, 0.0, 0.5, "K per square root of a second")


@dataclass(frozen=True)
class Track:
    """What is known at ``now_s``: the persons, their tissue, and how much each one counts.

    ``log_weight`` and ``offset_k`` are (persons,); ``offset_var`` (K2) is the same for all. ``misses`` holds the last
    standardised innovations, ``lost`` the sentence why the filter is no longer followed.
    """

    now_s: float
    ex: Exposure
    operator: heat.Bioheat
    state: heat.State
    muscle_start_c: Array
    log_weight: Array
    offset_k: Array
    offset_var: float
    sensor: Sensor
    seed: int
    draws: int = 0
    weighed_s: float = -math.inf
    misses: tuple[float, ...] = ()
    lost: str = ""

    @property
    def weight(self) -> Array:
        """Return the persons' weights, (persons,), which add up to 1."""
        w = np.exp(self.log_weight - self.log_weight.max())
        return np.asarray(w / w.sum())

    @property
    def effective(self) -> float:
        """Return the effective sample size."""
        return float(1.0 / np.square(self.weight).sum())

    @property
    def skin_c(self) -> Array:
        """Return the skin of each person; an offset towards warm is taken as warmth, never the other way."""
        return np.asarray(self.operator.skin_c(self.state.temp_c) + np.maximum(self.offset_k, 0.0))


@dataclass(frozen=True)
class Steering:
    """What to do next: ``share`` of the coming PERIOD_S with the heat on, first on and then off; and what is expected.

    ``share`` and ``forecast`` are None when the filter is not followed; ``text`` then says why.
    """

    share: float | None
    forecast: Forecast | None
    effective: float
    text: str = ""


def begin(
    person: Person,
    site: Site,
    device: Device,
    placement: Placement,
    tables: BodyTables,
    seed: int = 1,
    persons: int = 1000,
    sensor: Sensor | None = None,
) -> Track:
    """Return the track at rest in the room, every person as likely as the other, at session second 0.

    Raises InputError for a device on the skin, through clothes, or without known output; ``persons`` 100 to 20 000.
    """
    in_range("Persons", persons, 100, 20_000)
    if device.contact or placement.clothed or not exposure.has_light(device):
        raise InputError("Device", f"{device.name} cannot be steered by the skin: only a light at a distance can.")
    people = population.ensemble(person, site, tables, np.random.default_rng([seed, 0x77AC]), persons)
    dose = exposure.light_dose(people, tables, device.emitter)
    ex = exposure.expose(people, tables, site, device, placement, exposure.tissue_of(people, tables), dose)
    return of(ex, sensor or Sensor(), seed)


def of(ex: Exposure, sensor: Sensor, seed: int = 1) -> Track:
    """Return the track of an exposure's persons at rest; its surface must be the same with the heat on and off."""
    operator = heat.Bioheat(ex.tissue, ex.off)
    state, nothing = operator.rest(), np.zeros(len(ex.absorbed_w_m2))
    muscle = exposure.muscle_surface_c(ex.tissue, state.temp_c)
    return Track(0.0, ex, operator, state, muscle, nothing, nothing.copy(), sensor.offset_k**2, sensor, seed)


def see(track: Track, now_s: float, heat_on: bool, skin_c: float | None) -> Track:
    """Return the track after the time up to ``now_s`` with the heat on or off, and a skin reading if there was one.

    A reading closer than WEIGH_EVERY_S to the last weighed one only moves time on: readings in a row share their
    error. Raises InputError when time goes back or leaps by more than a minute.
    """
    in_range("Time", now_s, track.now_s, track.now_s + 60.0, "s")
    track = _moved(track, now_s, heat_on)
    if track.lost:
        return track
    if skin_c is None or not math.isfinite(skin_c):
        silent = now_s - max(track.weighed_s, 0.0) > SILENT_MOST_S
        return replace(track, lost=SILENT) if silent else track
    return _weighed(track, skin_c) if now_s - track.weighed_s >= WEIGH_EVERY_S else track


def _moved(track: Track, now_s: float, heat_on: bool) -> Track:
    passed_s = now_s - track.now_s
    state = _stepped(track, track.state, passed_s, 1.0 if heat_on else 0.0)
    wander = track.sensor.wander_k_per_sqrt_s**2 * passed_s
    return replace(track, now_s=now_s, state=state, offset_var=track.offset_var + wander)


def _stepped(track: Track, state: heat.State, seconds: float, share: float, most_s: float = STEP_MAX_S) -> heat.State:
    source = track.operator.laid(track.ex.source_w_m2 * share)
    count = math.ceil(seconds / most_s - 1e-9)
    for _ in range(count):
        state = track.operator.step(state, source, seconds / count)
    return state


def _weighed(track: Track, skin_c: float) -> Track:
    """Weigh every person by the reading, work the offset out anew, and see whether it could be expected at all."""
    shown = track.operator.skin_c(track.state.temp_c) + track.offset_k
    spread = track.offset_var + track.sensor.noise_k**2
    miss = skin_c - shown
    weight = track.weight
    middle = float(weight @ shown)
    expected = float(weight @ np.square(shown - middle)) + spread
    misses = (*track.misses, (skin_c - middle) / math.sqrt(expected))[-LEAN_READINGS:]
    gain = track.offset_var / spread
    track = replace(
        track,
        log_weight=np.log(np.maximum(weight, 1e-300)) - 0.5 * np.square(miss) / spread,
        offset_k=track.offset_k + gain * miss,
        offset_var=(1.0 - gain) * track.offset_var,
        weighed_s=track.now_s,
        misses=misses,
    )
    if not _fits(track):
        return replace(track, lost=MISFIT)
    return _drawn(track) if track.effective < DRAW_AGAIN * len(track.log_weight) else track


def _fits(track: Track) -> bool:
    """Return whether the last innovations are as large and as even-handed as they should be, and the offset likely."""
    last = track.misses[-FIT_READINGS:]
    large = sum(z * z for z in last) > chdtri(len(last), FIT_CHANCE)
    lean = sum(track.misses) ** 2 / len(track.misses) > chdtri(1, FIT_CHANCE)
    offset = float(track.weight @ track.offset_k)
    wandered = math.hypot(track.sensor.offset_k, track.sensor.wander_k_per_sqrt_s * math.sqrt(track.now_s))
    return not (large or lean or abs(offset) > OFFSET_MOST * max(wandered, track.sensor.noise_k))


def systematic(weight: Array, start: float) -> NDArray[np.intp]:
    """Return the persons drawn by weight, as many as there are: a comb of equal teeth, moved by ``start`` (0 to 1)."""
    teeth = (np.arange(len(weight)) + start) / len(weight)
    return np.minimum(np.searchsorted(np.cumsum(weight), teeth), len(weight) - 1)


def _drawn(track: Track) -> Track:
    """Draw the persons by weight, and spread what they absorb, perfuse and lose a little, mean and variance kept."""
    rng = np.random.default_rng([track.seed, 0xD4A3, track.draws])
    who, weight = systematic(track.weight, float(rng.random())), track.weight
    ex, tissue = track.ex, track.ex.tissue
    absorb, perfuse, lose = (
        _spread(np.log(x), weight, who, rng)
        for x in (ex.absorbed_w_m2, tissue.perfusion_per_s.sum(axis=1), ex.off.h_w_m2_k)
    )
    rows = {
        name: getattr(tissue, name)[who]
        for name in ("dz_m", "conductivity_w_m_k", "heat_capacity_j_m3_k", "metabolic_w_m3", "gain", "lag_s", "core_c")
    }
    perfusion = tissue.perfusion_per_s[who] * perfuse[:, None]
    tissue = replace(tissue, **rows, perfusion_per_s=perfusion)
    surface = heat.Surface(ex.off.h_w_m2_k[who] * lose, ex.off.ambient_c[who], ex.off.flux_w_m2[who])
    ex = Exposure(
        tissue, ex.source_w_m2[who] * absorb[:, None], surface, surface, ex.irradiance_w_m2[who] * absorb,
        ex.absorbed_w_m2[who] * absorb, ex.reflected[who],
    )  # fmt: skip
    operator = heat.Bioheat(tissue, surface)
    state = heat.State(
        operator.laid(track.state.temp_c[who]), operator.laid(track.state.perfusion_per_s[who] * perfuse[:, None])
    )
    return replace(
        track,
        ex=ex,
        operator=operator,
        state=state,
        muscle_start_c=track.muscle_start_c[who],
        log_weight=np.zeros(len(who)),
        offset_k=track.offset_k[who],
        draws=track.draws + 1,
    )


def _spread(x: Array, weight: Array, who: NDArray[np.intp], rng: np.random.Generator) -> Array:
    """Return the factors that move the drawn persons' exp(x) by Liu & West's kernel."""
    mean = float(weight @ x)
    sd = math.sqrt(max(float(weight @ np.square(x - mean)), 0.0))
    moved = KEEP * x[who] + (1.0 - KEEP) * mean + math.sqrt(1.0 - KEEP**2) * sd * rng.standard_normal(len(who))
    return np.asarray(np.exp(moved - x[who]))


def quantile(values: Array, weight: Array, share: float) -> float:
    """Return the weighted quantile of (persons,): the least value with at least ``share`` of the weight up to it."""
    order = np.argsort(values)
    at = np.searchsorted(np.cumsum(weight[order]), share - 1e-12)
    return float(values[order[min(int(at), len(values) - 1)]])


def steer(track: Track, target_c: float, cem43_left_min: float, most_s: float = SAFE_MAX_S) -> Steering:
    """Return the share of the next period with the heat on, and the forecast.

    ``target_c`` is the skin target (30 to 45 degrees C), ``cem43_left_min`` what is left of the session's dose,
    ``most_s`` the longest that is looked ahead (0 to 1800 s). Raises InputError outside these ranges.
    """
    in_range("Skin target", target_c, 30, 45, "°C")
    in_range("CEM43 left", cem43_left_min, 0, 100, "min")
    in_range("Time ahead", most_s, 0, SAFE_MAX_S, "s")
    if track.lost:
        return Steering(None, None, track.effective, track.lost)
    weight = track.weight
    now_c = quantile(track.skin_c, weight, HIGH)
    rise = exposure.muscle_surface_c(track.ex.tissue, track.state.temp_c) - track.muscle_start_c
    safe_s = _safe_s(track, weight, target_c, cem43_left_min, most_s)
    forecast = Forecast(track.now_s, now_c, quantile(rise, weight, 0.5), safe_s)
    warm = (s for s in SHARES if s == 0.0 or peak_c(track, s) < target_c)
    return Steering(next(warm) if cem43_left_min > 0.0 else 0.0, forecast, track.effective)


def peak_c(track: Track, share: float) -> float:
    """Return the highest 97.5th percentile of the skin over the horizon, each period on for ``share`` of it first."""
    weight, state, warmer = track.weight, track.state, np.maximum(track.offset_k, 0.0)
    peak = -math.inf
    for _ in range(round(HORIZON_S / PERIOD_S)):
        for seconds, on in ((share * PERIOD_S, 1.0), ((1.0 - share) * PERIOD_S, 0.0)):
            if seconds > 0.0:
                state = _stepped(track, state, seconds, on)
                peak = max(peak, quantile(track.operator.skin_c(state.temp_c) + warmer, weight, HIGH))
    return peak


def _safe_s(track: Track, weight: Array, target_c: float, cem43_left_min: float, most_s: float) -> float:
    """Return the seconds of uninterrupted heat until skin or dose (97.5th percentiles) would pass their limits."""
    warmer = np.maximum(track.offset_k, 0.0)
    state, passed_s, dose_min = track.state, 0.0, np.zeros(len(weight))
    skin = track.operator.skin_c(state.temp_c) + warmer
    high, dose_high = quantile(skin, weight, HIGH), 0.0
    if high >= target_c or cem43_left_min <= 0.0:
        return 0.0
    while passed_s < most_s - 1e-9:
        dt = min(AHEAD_STEP_S, most_s - passed_s)
        state = _stepped(track, state, dt, 1.0, AHEAD_STEP_S if passed_s else STEP_MAX_S)
        before, skin = skin, track.operator.skin_c(state.temp_c) + warmer
        dose_min = dose_min + injury.cem43_rate(0.5 * (before + skin)) * dt / 60.0
        then, dose_then = quantile(skin, weight, HIGH), quantile(dose_min, weight, HIGH)
        parts = [1.0]
        if then >= target_c:
            parts.append((target_c - high) / (then - high))
        if dose_then >= cem43_left_min:
            parts.append((cem43_left_min - dose_high) / (dose_then - dose_high))
        passed_s += min(parts) * dt
        if len(parts) > 1:
            return passed_s
        high, dose_high = then, dose_then
    return passed_s
