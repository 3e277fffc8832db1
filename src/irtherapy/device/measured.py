"""What a meter, or a skin thermometer, says of a device nobody has measured: a curve by distance with its spread.

The law is ``E(d) = E0 / (1 + d/a)^2`` (facts: devices, model 2: it fits four laboratory panels, with a from 0.93 to
1.61 m). It is fitted in the logarithm of E by least squares with a bounded by the kind of device; the spread is that of
all falloffs the readings allow, each as likely as the other beforehand, which is also what one reading alone leaves.
An a much smaller than the distance is the inverse square of a lamp.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from irtherapy.device import geometry, spectrum
from irtherapy.values import DeviceKind, Emitter, InputError, in_range

Array = NDArray[np.float64]

# Bounds of a in m. Panels: 12 of them keep 0.47 to 0.91 of their light from 15 to 61 cm (facts: devices, model 2),
# which is a of 0.85 to 9.4 m; small ones are steeper. Lamps: near the inverse square from a point just behind the glass
# (a bulb of 12 cm in a beam of 30 degrees: 0.11 m). Widened by us on both sides.
FALLOFF_M = {DeviceKind.LAMP: (0.05, 2.0), DeviceKind.LED_PANEL: (0.3, 10.0)}
FALLOFF_ANY_M = (0.05, 10.0)
READING_SPREAD = 0.05  # of one reading: the hand that holds the meter, the distance told; our assumption
TRUST = 2.0  # standard deviations of a difference of two readings beyond which they contradict each other
READINGS_MAX = 20
SAME_M = 1e-6  # closer together two distances are the same
READ_AGAIN = "Hold the meter in the middle of the beam, facing the device, and read both again."
FALLOFFS = 161  # grid of ln a
POINTS = 25  # of the curve that is kept
DENSER_M = 0.05  # they are evenly spaced in the logarithm of the distance plus this
SUN_K = 5772.0  # nominal effective temperature of the sun, IAU 2015 resolution B3
SILICON_NM = (400.0, 1100.0)  # what a silicon cell sees
SILICON_LEAST = 0.05  # of the device's power, below which such a meter tells nothing


class Meter(StrEnum):
    """What the readings were taken with."""

    THERMAL = "thermal"  # a thermopile or radiometer: sees every wavelength alike
    SILICON = "silicon"  # a solar power meter or light meter: a silicon cell, set to sunlight


SCALE_SPREAD = {Meter.THERMAL: 0.05, Meter.SILICON: 0.10}  # error common to all readings of a meter; our assumption


@dataclass(frozen=True)
class Reading:
    """An irradiance in W/m2 at a distance in m (0 to 2), with its own relative standard deviation."""

    distance_m: float
    irradiance_w_m2: float
    spread: float = READING_SPREAD

    def __post_init__(self) -> None:
        """Raise InputError on a figure outside its range."""
        in_range("Distance of a reading", self.distance_m, 0.0, 2.0, "m")
        in_range("Reading", self.irradiance_w_m2, 1.0, 20_000.0, "W/m2 (0.1 to 2000 mW/cm2)")
        in_range("Spread of a reading", self.spread, 0.001, 1.0)


@dataclass(frozen=True)
class Seen:
    """What a meter makes of a spectrum: ``share`` of the power it sees; true over shown, and its relative spread."""

    share: float
    true_over_shown: float
    low: float
    high: float
    spread: float


def seen_by(meter: Meter, emitter: Emitter) -> Seen:
    """Return what a meter sees of an emitter.

    A silicon cell counts photons from 400 to 1100 nm, and its scale is set to read the whole sun right; or its maker
    has corrected its scale within what it sees. Which of the two is not printed on it: true over shown lies between.
    Raises InputError for a device of which it sees less than a twentieth.
    """
    if meter is Meter.THERMAL:
        return Seen(1.0, 1.0, 1.0, 1.0, 0.0)
    nm = np.arange(300.0, 12_000.0, 2.0)
    power = spectrum.power_density(emitter, nm)
    inside = (nm >= SILICON_NM[0]) & (nm <= SILICON_NM[1])
    share = float(power[inside].sum() / power.sum())
    if share < SILICON_LEAST:
        raise InputError(
            "Meter",
            f"A solar power meter sees {share * 100:.0f} % of what this device gives, so it cannot measure it: "
            "use one that sees heat (a thermopile), or the skin thermometer.",
        )
    sun = (nm**-5.0) / np.expm1(spectrum.HC_OVER_K_NM_K / (nm * SUN_K))
    photons = float((nm * power)[inside].sum() / power.sum())
    photons_of_sun = float((nm * sun)[inside].sum() / sun.sum())
    low, high = sorted((1.0 / share, photons_of_sun / photons))
    return Seen(share, math.sqrt(low * high), low, high, math.log(high / low) / 4.0)


@dataclass(frozen=True)
class Law:
    """The fitted law: E0 in W/m2 and a in m by least squares, ``residual`` (relative, root mean square), and doubts.

    ``ln_a``, ``weight``, ``ln_e0`` are the falloffs that the readings allow; ``inflated`` is what the spread is
    multiplied by when the readings lie further off the curve than they should (Birge's ratio). ``scale_spread`` is the
    error common to all. ``doubts`` are sentences for the person.
    """

    readings: tuple[Reading, ...]
    e0_w_m2: float
    falloff_m: float
    residual: float
    scale_spread: float
    inflated: float
    ln_a: tuple[float, ...]
    weight: tuple[float, ...]
    ln_e0: tuple[float, ...]
    ln_e0_spread: float
    doubts: tuple[str, ...] = ()

    def at(self, distance_m: float) -> tuple[float, float]:
        """Return (irradiance_w_m2, relative standard deviation) on the skin at a distance."""
        ln_e = np.array(self.ln_e0) - 2.0 * np.log1p(distance_m / np.exp(np.array(self.ln_a)))
        weight = np.array(self.weight)
        middle = float(weight @ ln_e)
        spread = math.sqrt(float(weight @ np.square(ln_e - middle)) + self.ln_e0_spread**2) * self.inflated
        return math.exp(middle), math.hypot(spread, self.scale_spread, geometry.SPREAD["measured"])

    def band(self, distance_m: float) -> tuple[float, float]:
        """Return the irradiance that 19 of 20 devices measured so lie between."""
        e, spread = self.at(distance_m)
        return e * math.exp(-1.96 * spread), e * math.exp(1.96 * spread)

    @property
    def range_m(self) -> tuple[float, float]:
        """The distances the curve is used for: not nearer than it was measured, and as far as a session goes."""
        near, far = self.readings[0].distance_m, self.readings[-1].distance_m
        return near, max(far, geometry.ONE_POINT_FARTHEST_M)

    def distances_m(self) -> tuple[float, ...]:
        """Return the distances at which the curve is kept, denser where it is steep."""
        near, far = self.range_m
        inner = np.geomspace(near + DENSER_M, far + DENSER_M, POINTS) - DENSER_M
        return (near, *(round(float(d), 4) for d in inner[1:-1]), far)


def fit(readings: Sequence[Reading], kind: DeviceKind, scale_spread: float = SCALE_SPREAD[Meter.THERMAL]) -> Law:
    """Return the law of 1 to 20 readings of a device of a kind.

    One reading fixes E there, and the falloff is any that its kind has. Raises InputError on none, on too many, and on
    neighbours that rise with distance or fall faster than light can.
    """
    if not 1 <= len(readings) <= READINGS_MAX:
        raise InputError("Readings", f"Give 1 to {READINGS_MAX} readings; got {len(readings)}.")
    told = tuple(sorted(readings, key=lambda r: (r.distance_m, r.irradiance_w_m2)))
    _refuse_contradictions(told)
    bounds = FALLOFF_M.get(kind, FALLOFF_ANY_M)
    d, ln_e = np.array([(r.distance_m, math.log(r.irradiance_w_m2)) for r in told]).T
    precision = np.array([r.spread for r in told]) ** -2.0

    def laid(ln_a: float) -> tuple[float, float, Array]:
        """Return ln E0, the weighted sum of squares, and the residuals for a falloff."""
        up = ln_e + 2.0 * np.log1p(d / math.exp(ln_a))
        ln_e0 = float(precision @ up / precision.sum())
        return ln_e0, float(precision @ np.square(up - ln_e0)), up - ln_e0

    grid = np.linspace(math.log(bounds[0]), math.log(bounds[1]), FALLOFFS)
    rows = [laid(float(x)) for x in grid]
    squares = np.array([row[1] for row in rows])
    best = _least(lambda x: laid(x)[1], grid, squares) if len(told) > 1 else float(grid.mean())
    ln_e0, least, off = laid(best)
    inflated = math.sqrt(max(1.0, least / max(len(told) - 2, 1)))
    weight = np.exp(-0.5 * (squares - squares.min()) / inflated**2)
    return Law(
        readings=told,
        e0_w_m2=math.exp(ln_e0),
        falloff_m=math.exp(best),
        residual=float(np.sqrt(np.mean(np.square(off)))),
        scale_spread=scale_spread,
        inflated=inflated,
        ln_a=tuple(map(float, grid)),
        weight=tuple(map(float, weight / weight.sum())),
        ln_e0=tuple(row[0] for row in rows),
        ln_e0_spread=float(precision.sum() ** -0.5),
        doubts=_doubts(told, float(np.abs(off).max())),
    )


def _least(squares_at: Callable[[float], float], grid: Array, squares: Array) -> float:
    """Return the bounded ln a of least squares, refined from the best of the grid."""
    i = int(np.argmin(squares))
    ends = float(grid[max(i - 1, 0)]), float(grid[min(i + 1, len(grid) - 1)])
    found = minimize_scalar(squares_at, bounds=ends, method="bounded", options={"xatol": 1e-10})
    return float(found.x) if found.fun < squares[i] else float(grid[i])


def _refuse_contradictions(told: Sequence[Reading]) -> None:
    """Raise InputError on neighbours that rise with distance, or fall faster than the inverse square."""
    for near, far in zip(told, told[1:], strict=False):
        if far.distance_m - near.distance_m < SAME_M:
            continue
        slack = TRUST * math.hypot(near.spread, far.spread)
        gain = math.log(far.irradiance_w_m2 / near.irradiance_w_m2)
        pair = f"Between {near.distance_m * 100:g} and {far.distance_m * 100:g} cm"
        if gain > slack:
            raise InputError(
                "Readings",
                f"{pair} the reading rises by {_percent(gain)}, but light gets weaker with distance. {READ_AGAIN} "
                "If it still rises, leave out the nearer one: beams of several lamps may meet only further out.",
            )
        if gain < -2.0 * math.log(far.distance_m / max(near.distance_m, 1e-3)) - slack:
            raise InputError("Readings", f"{pair} the reading falls faster than light can. {READ_AGAIN}")


def _doubts(told: Sequence[Reading], farthest_off: float) -> tuple[str, ...]:
    """Return in plain sentences where readings do not fit each other; their spread is widened for it."""
    for one, other in zip(told, told[1:], strict=False):
        ratio = math.log(other.irradiance_w_m2 / one.irradiance_w_m2)
        if other.distance_m - one.distance_m < SAME_M and ratio > TRUST * math.hypot(one.spread, other.spread):
            return (f"Two readings at {one.distance_m * 100:g} cm differ by {_percent(ratio)}. Read there again.",)
    if farthest_off > TRUST * 1.5 * max(r.spread for r in told):
        return (f"The readings do not lie on one curve: one is {_percent(farthest_off)} off. Read them again.",)
    return ()


def _percent(ln_ratio: float) -> str:
    return f"{100.0 * math.expm1(abs(ln_ratio)):.0f} %"
