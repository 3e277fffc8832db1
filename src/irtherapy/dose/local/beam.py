"""Light under a small beam: how much weaker it is at a depth than under a broad one, and how wide it has become.

A beam is a sum of waves along the skin (a Hankel transform), and ``local.waves`` has the light of each by transport.
Light not yet scattered keeps the beam's shape, so only the scattered part is summed: under a disc of radius R it is
``int R J1(k R) J0(k r) F(k, z) dk`` at r from the axis. F is smooth and is interpolated from a few waves; ``R J1 J0``
is integrated against the interpolant, so that the answer is a fixed weight for each wave. Against Monte Carlo the
factor on the axis is right within 0.01 for radii from 2 mm on, at every depth (``tests/dose/test_local_beam.py``).

Many persons at once need a faster way. A wave of irradiance is spread much as a broad field is absorbed, and
``dose.light`` solves thousands of those in milliseconds: absorption is raised by ``sqrt(mu^2 + 2 k^2 / 3) - mu``, mu =
mu_a + mu_s (1 - g), which is diffusion for long waves and grows as k for short ones. Light not yet turned (a forward
peak of g^2 counts as unturned, Joseph, Wiscombe & Weinman 1976, doi 10.1175/1520-0469(1976)033<2452:TDEAFR>2.0.CO;2) is
put back as it was. What that misses is worked out for the typical person by transport, and added for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import j0, j1

from irtherapy.body import optics
from irtherapy.body.optics import BodyTables
from irtherapy.body.population import Persons
from irtherapy.dose import exposure, light
from irtherapy.dose.local import waves
from irtherapy.dose.local.grid import Rings
from irtherapy.values import Device, Emitter, InputError, in_range

Array = NDArray[np.float64]

RADIUS_M = (0.002, 0.5)  # validated from the smaller on
BEND_PER_M = 50.0  # waves are spaced evenly below it and by ratio above it
FADE = 0.6  # of the last wave, from where waves are let fade, so that the rim is soft rather than rippled
FINEST_PER_M = 4e4  # beyond, next to nothing of the scattered light is left


@dataclass(frozen=True)
class Fineness:
    """How many waves are solved for, and the last of them over the radius of the beam."""

    count: int
    last: float


ON_AXIS, AROUND = Fineness(16, 60.0), Fineness(24, 300.0)
BINS = 3  # into which the spectrum below NEAR_NM is merged; bands of water further out are kept apart
NEAR_NM = 1100.0
NODES = 6  # ordinates of the fast way, as in ``exposure.light_dose``


@dataclass(frozen=True)
class Beam:
    """A round beam along the normal: a disc, or a Gaussian that is down to 1/e^2 at ``radius_m``.

    Its irradiance is 1 on the axis. Raises InputError for a radius below 2 mm, where the factor is not validated, or
    above 50 cm.
    """

    radius_m: float
    gaussian: bool = False

    def __post_init__(self) -> None:
        in_range("Beam radius", self.radius_m, *RADIUS_M, "m")

    def spectrum(self, wave_per_m: Array) -> Array:
        """Return the weight of the waves ``J0(k r)`` in m, so that the irradiance is its integral over k."""
        if self.gaussian:
            return np.asarray(0.25 * self.radius_m**2 * wave_per_m * np.exp(-((wave_per_m * self.radius_m) ** 2) / 8.0))
        return np.asarray(self.radius_m * j1(wave_per_m * self.radius_m))

    def irradiance(self, offset_m: Array) -> Array:
        """Return the irradiance at distances from the axis."""
        if self.gaussian:
            return np.asarray(np.exp(-2.0 * (offset_m / self.radius_m) ** 2))
        return np.asarray(np.where(offset_m <= self.radius_m, 1.0, 0.0))

    def on_rings(self, places: Rings) -> Array:
        """Return the mean irradiance on each ring; one that the rim cuts has its share."""
        inner, outer = places.faces_m[:-1], places.faces_m[1:]
        if self.gaussian:
            a = 2.0 / self.radius_m**2
            return np.asarray((np.exp(-a * inner**2) - np.exp(-a * outer**2)) / (a * (outer**2 - inner**2)))
        return np.asarray(np.clip((self.radius_m**2 - inner**2) / (outer**2 - inner**2), 0.0, 1.0))


def head_radius_m(device: Device) -> float | None:
    """Return the radius of the disc as large as what the device lights, or None where nobody publishes its area.

    Only for a device on the skin: the face of one at a distance is not what it lights.
    """
    return float(np.sqrt(device.area_m2 / np.pi)) if device.contact and device.area_m2 else None


@dataclass(frozen=True)
class _Sum:
    """Waves (waves,) and what each weighs at each place (places, waves)."""

    wave_per_m: Array
    weight: Array

    def of(self, scattered: Array) -> Array:
        """Return the sum (batch, places, ...) of scattered light (batch, waves, ...)."""
        return np.asarray(np.einsum("pk,bk...->bp...", self.weight, scattered))


@lru_cache(maxsize=16)
def _fine_waves(beam: Beam, reach_m: float, fineness: Fineness) -> tuple[Array, Array, Array]:
    """Return (waves solved for, waves fine enough for ``reach_m`` from the axis, what the solved weigh in each)."""
    from scipy.interpolate import CubicSpline  # a sixth of a second that a plan without a head need not wait for

    last = min(fineness.last / beam.radius_m, FINEST_PER_M)
    even = np.linspace(0.0, np.log1p(last / BEND_PER_M), fineness.count)
    step = 1.0 / (8.0 * (beam.radius_m + reach_m))
    edges = np.linspace(0.0, last, max(4000, int(last / step)))
    fine = 0.5 * (edges[1:] + edges[:-1])
    share = CubicSpline(even, np.eye(fineness.count))(np.log1p(fine / BEND_PER_M))
    weight = beam.spectrum(fine) * np.exp(-((fine / (FADE * last)) ** 4)) * (edges[1] - edges[0])
    return BEND_PER_M * np.expm1(even), fine, weight[:, None] * share


def _at_points(beam: Beam, offset_m: Array) -> _Sum:
    farthest = float(offset_m.max())
    wave, fine, share = _fine_waves(beam, farthest, AROUND if farthest > 0.0 else ON_AXIS)
    return _Sum(wave, j0(offset_m[:, None] * fine) @ share)


def _over_rings(beam: Beam, places: Rings) -> _Sum:
    wave, fine, share = _fine_waves(beam, float(places.faces_m[-1]), AROUND)
    within = places.faces_m[:, None] * j1(places.faces_m[:, None] * fine) / fine  # of J0(k r) r dr
    return _Sum(wave, (2.0 * np.pi * np.diff(within, axis=0) / places.area_m2[:, None]) @ share)


def lateral_factor(
    beam: Beam,
    depth_m: Array,
    mua_per_m: Array,
    mus_per_m: Array,
    thickness_m: Array,
    g: float = optics.ANISOTROPY,
    n: float = optics.INDEX,
    offset_m: Array | float = 0.0,
) -> Array:
    """Return the fluence rate under the beam over that of a broad field as bright as its axis, (depths, offsets).

    ``offset_m`` are distances from the axis; layers are (layers,) arrays from the skin down. Raises InputError for a
    depth or an offset that is negative or not finite, and as ``waves.solve``.
    """
    depth, offset = np.atleast_1d(np.asarray(depth_m, dtype=float)), np.atleast_1d(np.asarray(offset_m, dtype=float))
    for name, given in (("Depth", depth), ("Offset", offset)):
        if not np.all(np.isfinite(given) & (given >= 0.0)):
            raise InputError(name, f"{name} must be a finite number of metres, 0 or more.")
    total = _at_points(beam, offset)
    fluence, straight = waves.solve(total.wave_per_m, depth[None], mua_per_m, mus_per_m, thickness_m, g, n)
    found = total.of(fluence - straight[:, None])[0] + beam.irradiance(offset)[:, None] * straight[0]
    return np.asarray(np.clip(found / fluence[0, 0], 0.0, 1.0).T)


@dataclass(frozen=True)
class _Bins:
    """The spectrum that enters: shares of it, absorption and scattering (bins, persons, layers), and what stops."""

    share: Array
    mua_per_m: Array
    mus_per_m: Array
    stopped: float

    @classmethod
    def of(cls, persons: Persons, body: BodyTables, emitter: Emitter) -> _Bins:
        nm, _ = exposure.spectrum_bins(emitter, body)
        far = int(np.count_nonzero((nm >= NEAR_NM) & (nm < exposure.SURFACE_BAND_NM)))
        nm, share = exposure.spectrum_bins(emitter, body, far + BINS)
        inside = nm < exposure.SURFACE_BAND_NM
        mirrored = float(light.fresnel(np.array(1.0), optics.INDEX))
        bulk = optics.coefficients(body, nm[inside], persons.melanin, persons.blood_factor, persons.scatter_factor)
        return cls(share[inside], *bulk, (1.0 - mirrored) * float(share[~inside].sum()))


@dataclass(frozen=True)
class _Cells:
    """Cells of the layers light is solved in: thickness and middle (persons, cells), and the layer of each (cells,)."""

    width_m: Array
    depth_m: Array
    layer: NDArray[np.intp]
    thickness_m: Array
    below: int

    @classmethod
    def of(cls, persons: Persons, refine: int) -> _Cells:
        faces = [exposure.fractions(name, refine) for name in optics.LIGHT_LAYERS]
        thick = exposure.thicknesses_m(persons)[:, : len(faces)]
        width = np.concatenate([thick[:, i, None] * np.diff(f) for i, f in enumerate(faces)], axis=1)
        layer = np.repeat(np.arange(len(faces)), [len(f) - 1 for f in faces])
        below = exposure.CELLS["deep"][0] * refine
        return cls(width, np.cumsum(width, axis=1) - 0.5 * width, layer, thick, below)

    def closed(self, released: Array, factor: Array, stopped: float, irradiance: Array) -> Array:
        """Return the factor in every cell of the grid (places, cells), from those of each bin, (bins, places, cells).

        Bins weigh as much as they release. What stops at the surface has the shape of the ``irradiance`` (places,);
        below the muscle the factor is that of its last cell.
        """
        total = released.sum(axis=0)
        mixed = np.einsum("b...,b...->...", released, factor) / np.maximum(total, 1e-300)
        first = total[..., 0]
        mixed[..., 0] = (mixed[..., 0] * first + stopped * irradiance) / (first + stopped)
        return np.concatenate([mixed, np.repeat(mixed[..., -1:], self.below, axis=-1)], axis=-1)


def axis_factor(beam: Beam, persons: Persons, body: BodyTables, emitter: Emitter, refine: int = 1) -> Array:
    """Return what the heat released in each cell under a broad field is multiplied by on the beam's axis.

    It is (persons, cells), from 0 to 1, on the grid of ``exposure.tissue_of``. The fast way of the module's text; the
    typical person is the one of median tissue.
    """
    typical = Persons(**{name: np.atleast_1d(np.median(value)) for name, value in vars(persons).items()})
    fast = _fast_axis(beam, persons, body, emitter, refine)
    missed = _axis_by_transport(beam, typical, body, emitter, refine) - _fast_axis(beam, typical, body, emitter, refine)
    return np.clip(fast + missed, 0.0, 1.0)


def _fast_axis(beam: Beam, persons: Persons, body: BodyTables, emitter: Emitter, refine: int) -> Array:
    bins, cells = _Bins.of(persons, body, emitter), _Cells.of(persons, refine)
    total = _at_points(beam, np.zeros(1))
    released, factor = [], []
    for share, mu_a, mu_s in zip(bins.share, bins.mua_per_m, bins.mus_per_m, strict=True):
        fluence, straight = _raised(total.wave_per_m, mu_a, mu_s, cells, refine)
        on_axis = np.einsum("k,kpc->pc", total.weight[0], fluence) + straight
        broad = np.maximum(fluence[0] + straight, 1e-300)
        released.append(share * mu_a[:, cells.layer] * cells.width_m * broad)
        factor.append(on_axis / broad)
    return cells.closed(np.array(released), np.array(factor), bins.stopped, np.ones(len(persons)))


def _raised(wave: Array, mu_a: Array, mu_s: Array, cells: _Cells, refine: int) -> tuple[Array, Array]:
    """Return the turned light (waves, persons, cells) by raised absorption, and the unturned (persons, cells)."""
    g, shape = optics.ANISOTROPY, (len(wave), *mu_a.shape)
    turned = mu_a + mu_s * (1.0 - g)
    added = np.sqrt(turned**2 + wave[:, None, None] ** 2 * (2.0 / 3.0)) - turned
    faces = [exposure.fractions(name, refine) for name in optics.LIGHT_LAYERS]
    many, thick = (np.broadcast_to(x, shape).reshape(-1, shape[-1]) for x in (mu_s, cells.thickness_m))
    taking = (mu_a + added).reshape(many.shape)
    flux, _ = light.crossing(taking[None], many[None], g, thick, optics.INDEX, np.ones(1), faces, NODES)
    taken = np.concatenate([f[:-1] - f[1:] for f in flux]).T.reshape(len(wave), len(mu_a), -1)
    fluence = taken / ((mu_a + added)[..., cells.layer] * cells.width_m)

    def crossed(lost_per_m: Array) -> Array:  # optical depth of the middle of each cell
        each = lost_per_m[..., cells.layer] * cells.width_m
        return np.asarray(np.cumsum(each, axis=-1) - 0.5 * each)

    entered = 1.0 - float(light.fresnel(np.array(1.0), optics.INDEX))
    straight = entered * np.exp(-crossed(mu_a + mu_s * (1.0 - g**2)))
    return fluence - straight * np.exp(-crossed(added)), straight


def _by_transport(
    total: _Sum, irradiance: Array, person: Persons, body: BodyTables, emitter: Emitter, refine: int
) -> Array:
    """Return the factor (places, cells) of one person under a beam whose places have ``irradiance`` (places,)."""
    bins, cells = _Bins.of(person, body, emitter), _Cells.of(person, refine)
    mu_a, mu_s = bins.mua_per_m[:, 0], bins.mus_per_m[:, 0]
    depth, thick = (np.broadcast_to(x, (len(mu_a), x.shape[1])) for x in (cells.depth_m, cells.thickness_m))
    fluence, straight = waves.solve(total.wave_per_m, depth, mu_a, mu_s, thick, optics.ANISOTROPY, optics.INDEX)
    found = total.of(fluence - straight[:, None]) + irradiance[:, None] * straight[:, None]
    released = bins.share[:, None] * mu_a[:, cells.layer] * cells.width_m * fluence[:, 0]
    every = np.broadcast_to(released[:, None], found.shape)
    factor = found / np.maximum(fluence[:, :1], 1e-300)
    return cells.closed(every, factor, bins.stopped, irradiance)


def _axis_by_transport(beam: Beam, person: Persons, body: BodyTables, emitter: Emitter, refine: int) -> Array:
    return _by_transport(_at_points(beam, np.zeros(1)), np.ones(1), person, body, emitter, refine)


def source_factor(
    beam: Beam, person: Persons, body: BodyTables, emitter: Emitter, places: Rings, refine: int = 1
) -> Array:
    """Return what the heat released in each cell under a broad field is multiplied by on each ring, (rings, cells).

    By transport, for one person. What is released over all rings is at every depth the broad field's share of what
    falls on them: light that would pass the last ring is spread over the others. Raises InputError for more than one
    person, and for rings that end within the beam.
    """
    if len(person) != 1:
        raise InputError("Person", f"A local field is worked out for 1 person; got {len(person)}.")
    if not places.faces_m[-1] > beam.radius_m:
        raise InputError("Rings", f"Rings must reach past the rim of the beam at {beam.radius_m * 100:g} cm.")
    irradiance = beam.on_rings(places)
    found = np.maximum(_by_transport(_over_rings(beam, places), irradiance, person, body, emitter, refine), 0.0)
    return np.asarray(found * ((places.area_m2 @ irradiance) / (places.area_m2 @ found)))
