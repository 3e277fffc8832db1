"""Light under a small beam: how much weaker it is at a depth than under a broad one, and how wide it has become.

A beam is a sum of waves along the skin, ``cos(k x)``; a wave of irradiance makes a wave of fluence, weaker at depth the
finer it is. Transport of a wave is that of a broad field with more absorption: diffusion adds ``k^2 / (3 mu)``, mu =
mu_a + mu_s (1 - g), which is exact for long waves. For short ones it must grow as k, since light that crosses a wave at
an angle is dephased once a wavelength, so ``sqrt(mu^2 + 2 k^2 / 3) - mu`` is added, which has both limits. The layered
discrete ordinates of ``dose.light`` give the surface and the layers. Light not yet turned (a forward peak of g^2 counts
as unturned, Joseph, Wiscombe & Weinman 1976) keeps the beam's shape. A beam wide against 1/mu is told exactly; a Monte
Carlo in the tests says how far it holds for narrow ones.

Waves on rings are the modes of ``local.grid``, so energy is kept and heat can use the same rings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from irtherapy.body import optics
from irtherapy.body.optics import BodyTables
from irtherapy.body.population import Persons
from irtherapy.dose import exposure, heat, light
from irtherapy.dose.local.grid import Rings, rings
from irtherapy.values import Emitter, InputError, in_range

Array = NDArray[np.float64]

WAVES = 40  # waves solved for, from which the others are interpolated
LONGEST_PER_M = 5.0
AROUND_M = 0.1  # how far past the rim of the beam light is followed
FINE_RINGS = 80
RADIUS_M = (0.002, 0.5)  # validated from the smaller on


def profile(beam_radius_m: float, places: Rings, gaussian: bool = False) -> Array:
    """Return the irradiance on each ring, 1 in the middle: a disc, or a Gaussian down to 1/e^2 at ``beam_radius_m``.

    A ring that the rim cuts has its share.
    """
    inner, outer = places.faces_m[:-1], places.faces_m[1:]
    if gaussian:
        a = 2.0 / beam_radius_m**2
        return np.asarray((np.exp(-a * inner**2) - np.exp(-a * outer**2)) / (a * (outer**2 - inner**2)))
    return np.asarray(np.clip((beam_radius_m**2 - inner**2) / (outer**2 - inner**2), 0.0, 1.0))


def wave_fluence(
    wave_per_m: Array, depth_m: Array, mua_per_m: Array, mus_per_m: Array, thickness_m: Array, g: float, n: float
) -> Array:
    """Return the fluence rate (waves, depths) of waves of unit irradiance at ``depth_m``; layers as (layers,) arrays.

    A depth below the last layer is told as that of its lower face.
    """
    mu_a, mu_s, thick = (np.asarray(x, dtype=np.float64) for x in (mua_per_m, mus_per_m, thickness_m))
    turned = mu_a + mu_s * (1.0 - g)
    added = np.sqrt(turned**2 + np.asarray(wave_per_m)[:, None] ** 2 * (2.0 / 3.0)) - turned
    tops = np.concatenate([[0.0], np.cumsum(thick)])
    depth = np.minimum(depth_m, tops[-1])
    layer = np.clip(np.searchsorted(tops, depth, side="right") - 1, 0, len(thick) - 1)
    many = [np.broadcast_to(x, added.shape) for x in (mu_s, thick)]
    found = light.solve(mu_a + added, many[0], g, many[1], n)
    out = np.empty((len(added), len(depth)))
    for i in np.unique(layer):
        here = layer == i
        out[:, here] = found.fluence_rate(int(i), (depth[here] - tops[i]) / thick[i])
    # The unturned beam does not spread: it is put back where the added absorption took it away.
    straight = np.interp(depth, tops, np.concatenate([[0.0], np.cumsum((mu_a + mu_s * (1.0 - g**2)) * thick)]))
    taken = np.concatenate([np.zeros((len(added), 1)), np.cumsum(added * thick, axis=1)], axis=1)
    lost = np.stack([np.interp(depth, tops, row) for row in taken])
    return np.asarray(out - (1.0 - found.specular) * np.exp(-straight) * np.expm1(-lost))


def on_rings(
    irradiance: Array,
    places: Rings,
    depth_m: Array,
    mua_per_m: Array,
    mus_per_m: Array,
    thickness_m: Array,
    g: float = optics.ANISOTROPY,
    n: float = optics.INDEX,
) -> Array:
    """Return the fluence rate over that of a broad field of unit irradiance, (rings, depths).

    ``irradiance`` (rings,) is that on the skin. Its sum over the area is the same at every depth.
    """
    _, ratio = _ratios(places, np.asarray(depth_m), mua_per_m, mus_per_m, thickness_m, g, n)
    return _shaped(places, irradiance, ratio)


def _ratios(
    places: Rings, depth_m: Array, mua_per_m: Array, mus_per_m: Array, thickness_m: Array, g: float, n: float
) -> tuple[Array, Array]:
    """Return (broad fluence rate (depths,), how much weaker each mode of the rings is, (modes, depths))."""
    wave = np.sqrt(places.whole.wave_sq_per_m2)
    knots = np.concatenate([[0.0], np.geomspace(LONGEST_PER_M, max(wave[-1], 2.0 * LONGEST_PER_M), WAVES)])
    fluence = wave_fluence(knots, depth_m, mua_per_m, mus_per_m, thickness_m, g, n)
    known, asked = np.log1p(knots / LONGEST_PER_M), np.log1p(wave / LONGEST_PER_M)
    return fluence[0], CubicSpline(known, fluence / fluence[0])(asked)


def _shaped(places: Rings, irradiance: Array, ratio: Array) -> Array:
    every = places.whole
    return every.to_places(every.to_modes(irradiance[:, None]) * ratio)


def lateral_factor(
    beam_radius_m: float,
    depth_m: Array,
    mua_per_m: Array,
    mus_per_m: Array,
    thickness_m: Array,
    g: float = optics.ANISOTROPY,
    n: float = optics.INDEX,
    gaussian: bool = False,
    offset_m: Array | float = 0.0,
) -> Array:
    """Return what the fluence rate under a broad field is multiplied by under a small beam, (depths, offsets).

    The broad field has the irradiance of the beam's middle. ``offset_m`` are distances from the beam's axis; layers are
    (layers,) arrays. Raises InputError for a radius below 2 mm, where no such correction holds, or above 50 cm, and for
    a depth that is negative or not finite.
    """
    in_range("Beam radius", beam_radius_m, *RADIUS_M, "m")
    depth, offset = np.atleast_1d(np.asarray(depth_m, dtype=float)), np.atleast_1d(np.asarray(offset_m, dtype=float))
    if not np.all(np.isfinite(depth)) or np.any(depth < 0.0):
        raise InputError("Depth", "Depth must be 0 m or more.")
    if not np.all((offset >= 0.0) & (offset <= beam_radius_m + AROUND_M)):
        raise InputError("Offset", f"Offset must be from 0 to {beam_radius_m + AROUND_M:g} m.")
    wide = 2.0 * beam_radius_m if gaussian else beam_radius_m
    places = rings(wide, wide + AROUND_M, FINE_RINGS)
    irradiance = profile(beam_radius_m, places, gaussian)
    found = on_rings(irradiance, places, depth, mua_per_m, mus_per_m, thickness_m, g, n)
    return np.stack([np.interp(offset, places.radius_m, column) for column in found.T])


def source_factor(
    person: Persons, body: BodyTables, emitter: Emitter, tissue: heat.Tissue, irradiance: Array, places: Rings
) -> Array:
    """Return what the heat released in each cell under a broad field is multiplied by, (rings, cells).

    ``irradiance`` (rings,) is over that of the broad field. ``person`` and ``tissue`` hold one person. Wavelengths
    weigh as much as is absorbed of them. Light that stops at the surface keeps its shape, and so does light below the
    muscle the one it has there. Raises InputError for more than one person.
    """
    if len(person) != 1 or len(tissue.dz_m) != 1:
        raise InputError("Person", f"A local field is worked out for 1 person; got {len(person)}.")
    nm, share = exposure.spectrum_bins(emitter, body)
    surface = nm >= exposure.SURFACE_BAND_NM
    thick = exposure.thicknesses_m(person)[0, :4]
    depth, dz = np.minimum(tissue.depth_m[0], thick.sum()), tissue.dz_m[0]
    layer = np.minimum(np.searchsorted(np.cumsum(thick), depth, side="right"), len(thick) - 1)
    mu_a, mu_s = optics.coefficients(
        body, nm[~surface], person.melanin, person.blood_factor, person.scatter_factor
    )  # (wavelengths, persons, layers)
    total = np.zeros_like(dz)
    mixed = np.zeros((len(places.whole.wave_sq_per_m2), len(dz)))
    for part, a, s in zip(share[~surface], mu_a[:, 0], mu_s[:, 0], strict=True):
        fluence, ratio = _ratios(places, depth, a, s, thick, optics.ANISOTROPY, optics.INDEX)
        absorbed = part * a[layer] * fluence * dz
        total += absorbed
        mixed += absorbed * ratio
    stopped = (1.0 - float(light.fresnel(np.array(1.0), optics.INDEX))) * share[surface].sum()
    total[0] += stopped
    mixed[:, 0] += stopped
    return np.maximum(_shaped(places, irradiance, mixed / np.maximum(total, 1e-300)), 0.0)
