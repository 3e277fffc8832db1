"""A plain Monte Carlo of a thin beam on layered tissue, and what a disc makes of it by reciprocity.

Photons enter along the normal at one point; the fluence they leave within a radius of the axis is that on the axis
under a disc of this radius, so that every photon counts for every disc. Woodcock's steps and weights for absorption;
the fluence is counted at every collision, real or not. Written from the definitions alone, without the program.

``python tests/golden/beam_monte_carlo.py [photons]`` prints the table beside it (``beam_monte_carlo.csv``).
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

INDEX = 1.4
DEPTH_M = np.array([0.0, 0.25, 0.75, 1.5, 2.5, 4.0, 6.0, 9.0, 13.0, 18.0, 25.0, 40.0]) * 1e-3  # faces of the slices
RADIUS_M = np.array([1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 40.0]) * 1e-3
BATCHES = 10
DIM = 1e-3  # slices with less of the light of the first one are left out of the table
SEED = 20061
TABLE = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True)
class Medium:
    """Layers from the skin down, the last one endless."""

    mua_per_m: np.ndarray
    mus_per_m: np.ndarray
    thickness_m: np.ndarray
    g: float = 0.8


MEDIA = {
    "one_layer": Medium(np.array([30.0]), np.array([5000.0]), np.array([0.1])),
    "dermis_fat_muscle": Medium(np.array([60.0, 15.0, 50.0]), np.array([9e3, 5e3, 3.5e3]), np.array([2e-3, 5e-3, 0.1])),
    "dark_skin": Medium(
        np.array([1500.0, 30.0, 8.0, 40.0]), np.array([2e4, 1e4, 6e3, 4e3]), np.array([1e-4, 1.5e-3, 1e-2, 0.1])
    ),
    "absorbing": Medium(np.array([200.0]), np.array([5000.0]), np.array([0.1])),
    "forward": Medium(np.array([20.0]), np.array([12000.0]), np.array([0.1]), 0.9),
}


def _fresnel(cosine):
    sine_sq = INDEX**2 * (1.0 - cosine**2)
    out = np.sqrt(np.clip(1.0 - sine_sq, 0.0, None))
    rs = (INDEX * cosine - out) / (INDEX * cosine + out)
    rp = (INDEX * out - cosine) / (INDEX * out + cosine)
    return np.where(sine_sq >= 1.0, 1.0, 0.5 * (rs**2 + rp**2))


def thin_beam(medium, photons, rng):
    """Return the fluence of a thin beam of unit power within RADIUS_M and all over, (slices, radii + 1), in 1."""
    bottom = np.cumsum(medium.thickness_m)
    bottom[-1] = np.inf
    lost = medium.mua_per_m + medium.mus_per_m
    most = lost.max()
    slices, rings = len(DEPTH_M) - 1, len(RADIUS_M) + 1
    tally = np.zeros(slices * rings)
    place, way = np.zeros((photons, 3)), np.tile([0.0, 0.0, 1.0], (photons, 1))
    weight = np.full(photons, 1.0 - float(_fresnel(np.array(1.0))))
    while len(weight):
        place = place + way * (-np.log(rng.random(len(weight))) / most)[:, None]
        out = place[:, 2] < 0.0
        weight[out] *= _fresnel(-way[out, 2])
        place[out, 2] *= -1.0
        way[out, 2] *= -1.0
        slice_ = np.searchsorted(DEPTH_M, place[:, 2], side="right") - 1
        ring = np.searchsorted(RADIUS_M, np.hypot(place[:, 0], place[:, 1]), side="right")
        seen = slice_ < slices
        tally += np.bincount(slice_[seen] * rings + ring[seen], weight[seen] / most, len(tally))
        layer = np.searchsorted(bottom, place[:, 2], side="right")
        real = rng.random(len(weight)) * most < lost[layer]
        weight = np.where(real, weight * medium.mus_per_m[layer] / lost[layer], weight)
        way[real] = _turned(way[real], medium.g, rng)
        dim = weight < 1e-3
        kept = (weight > 0.0) & (~dim | (rng.random(len(weight)) < 0.1))
        weight = np.where(dim, weight * 10.0, weight)[kept]
        place, way = place[kept], way[kept]
    return np.cumsum(tally.reshape(slices, rings), axis=1) / photons / np.diff(DEPTH_M)[:, None]


def _turned(way, g, rng):
    """Return directions after a Henyey-Greenstein scattering."""
    u, phi = rng.random(len(way)), 2.0 * np.pi * rng.random(len(way))
    cosine = (1.0 + g * g - ((1.0 - g * g) / (1.0 - g + 2.0 * g * u)) ** 2) / (2.0 * g)
    sine = np.sqrt(np.clip(1.0 - cosine**2, 0.0, None))
    x, y, z = way.T
    across = np.sqrt(np.clip(1.0 - z * z, 0.0, None))
    upright = across < 1e-6
    safe = np.where(upright, 1.0, across)
    a, b = sine * np.cos(phi), sine * np.sin(phi)
    return np.stack(
        [
            np.where(upright, a, (a * x * z - b * y) / safe + x * cosine),
            np.where(upright, b, (a * y * z + b * x) / safe + y * cosine),
            np.where(upright, cosine * np.sign(z), -a * across + z * cosine),
        ],
        axis=1,
    )


def disc(medium, photons, seed):
    """Return (broad fluence rate (slices,), factor (slices, radii), its standard error) from BATCHES runs."""
    every = [thin_beam(medium, photons // BATCHES, np.random.default_rng([seed, i])) for i in range(BATCHES)]
    mean = np.mean(every, axis=0)
    broad = np.maximum(mean[:, -1:], 1e-12)  # so deep that nothing came: a factor of 0
    factor = mean[:, :-1] / broad
    # Each batch departs from the ratio of the means; what both share cancels.
    apart = [(run[:, :-1] - factor * run[:, -1:]) / broad for run in every]
    return mean[:, -1], factor, np.std(apart, axis=0, ddof=1) / np.sqrt(BATCHES)


def table():
    """Return the stored answers by medium: (broad fluence rate, factor, its standard error), as from ``disc``.

    They are not a number where so little light came that nothing was stored.
    """
    shape = len(DEPTH_M) - 1, len(RADIUS_M)
    out = {name: tuple(np.full(size, np.nan) for size in (shape[0], shape, shape)) for name in MEDIA}
    with TABLE.open(newline="") as lines:
        for row in csv.DictReader(lines):
            broad, factor, error = out[row["medium"]]
            i, j = int(row["slice"]), int(row["radius"])
            broad[i], factor[i, j], error[i, j] = float(row["broad"]), float(row["factor"]), float(row["error"])
    return out


def main(photons):
    """Write the table to standard output."""
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    write(["medium", "slice", "radius", "broad", "factor", "error"])
    for name, medium in MEDIA.items():
        broad, factor, error = disc(medium, photons, SEED)
        for (i, j), value in np.ndenumerate(factor):
            if broad[i] < DIM * broad[0]:
                continue
            write([name, i, j, f"{broad[i]:.5g}", f"{value:.5f}", f"{error[i, j]:.5f}"])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
