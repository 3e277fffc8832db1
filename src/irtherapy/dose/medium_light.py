"""Light in any stack of plane layers, each with its own index and mean cosine: the reference beside ``light``.

The same discrete ordinates as in ``light``, one stack at a time, refined until the answer stands still. Ordinates are
shared by all layers in the invariant ``s = n sin(angle)`` (Snell's law): a layer of index n has those with s < n. With
intensities over n, scaled by the root of what each ordinate weighs, an interface is a plain series resistance
``2 r / (1 - r)`` (r Fresnel's reflectance) between the two-ports of the layers, and total reflection is an open end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy.dose import light
from irtherapy.values import InputError

Array = NDArray[np.float64]

NODES = (24, 36, 54, 80, 120)  # ordinates a hemisphere, tried in turn
AGREE = 2e-6  # two answers in turn must agree so well, per unit incident irradiance
DEPTH_MIN = 1e-7  # a layer thinner than this, in mean free paths, is taken as so thick: it changes nothing asked
INDEX_DIGITS = 6  # indices are rounded to so many digits: no face between media that are the same
CLEAR = 1e-6  # a layer that scatters less than this on the way through is taken as clear


@dataclass(frozen=True)
class Layer:
    """One layer: thickness in m, absorption and scattering in 1/m, mean cosine of scattering, refractive index."""

    thickness_m: float
    mua_per_m: float
    mus_per_m: float
    g: float
    n: float


@dataclass(frozen=True)
class Answer:
    """Shares of the incident irradiance; ``fluence_rate`` per unit irradiance at each asked depth.

    ``settled`` is how far the last two refinements lie apart; ``nodes`` the ordinates of the finer one.
    """

    specular: float
    diffuse_reflectance: float
    transmittance: float
    absorbed: tuple[float, ...]
    fluence_rate: tuple[float, ...]
    nodes: int
    settled: float


@dataclass(frozen=True)
class _Medium:
    """The ordinates of one index: cosines, weights, and the root of the flux that a unit of each carries."""

    n: float
    mu: Array
    w: Array

    @property
    def root(self) -> Array:
        return np.asarray(self.n * np.sqrt(2.0 * np.pi * self.w * self.mu))

    def __len__(self) -> int:
        return len(self.mu)


def solve(layers: Sequence[Layer], n_above: float, n_below: float, diffuse: bool, depths_m: Sequence[float]) -> Answer:
    """Return the light under unit irradiance from above, collimated along the normal or diffuse.

    Depths are from the top face, at most the sum of the thicknesses; at a face between two indices, where the fluence
    rate jumps, the lower side is told, and at depth 0 the side within. Raises InputError when the refinement does not
    settle to 1e-3, which only layers far outside tissue do.
    """
    before, apart = None, math.inf
    for nodes in NODES:
        found = _Stack(layers, n_above, n_below, nodes).answer(diffuse, depths_m)
        if before is not None:
            apart = max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(_numbers(found), _numbers(before), strict=True))
            found = Answer(**{**vars(found), "settled": apart})
            if apart < AGREE:
                return found
        before = found
    if apart > 1e-3 or before is None:
        raise InputError("layers", "layers: no settled answer was found; scattering so sharply peaked is not covered.")
    return before


def _numbers(answer: Answer) -> tuple[float, ...]:
    return (answer.diffuse_reflectance, answer.transmittance, *answer.absorbed, *answer.fluence_rate)


class _Stack:
    """The layers on one set of ordinates."""

    def __init__(self, layers: Sequence[Layer], n_above: float, n_below: float, nodes: int) -> None:
        self.layers = layers
        index = [round(n, INDEX_DIGITS) for n in (n_above, *(x.n for x in layers), n_below)]
        matched = len(set(index)) == 1
        self.s = _ordinates(index, nodes)
        self.above, *self.media, self.below = (self._medium(n) for n in index)
        self.modes, self.optical = [], []
        for layer, medium in zip(layers, self.media, strict=True):
            moments = light.moments_kept(len(medium), matched)
            even, odd, forward = light.phase_matrices(layer.g, medium.mu, medium.w, moments)
            scattering = layer.mus_per_m * (1.0 - forward) if layer.mus_per_m * layer.thickness_m > CLEAR else 0.0
            extinction = max(layer.mua_per_m + scattering, 1e-9)
            albedo = min(scattering / extinction, light.ALBEDO_MAX)
            self.modes.append(light.layer_modes(np.array([albedo]), even, odd, medium.mu, medium.w))
            self.optical.append(max(extinction * layer.thickness_m, DEPTH_MIN))

    def _medium(self, n: float) -> _Medium:
        s, weight = self.s
        inside = s < n
        mu = np.sqrt(1.0 - (s[inside] / n) ** 2)
        return _Medium(n, mu, weight[inside] / (n**2 * mu))

    def answer(self, diffuse: bool, depths_m: Sequence[float]) -> Answer:
        """Solve from below to above, then from above to below."""
        kept: list[tuple[Array, Array, Array]] = []
        under = np.eye(len(self.below))
        medium = self.below
        for i in range(len(self.layers) - 1, -1, -1):
            foot = _through(under, medium, self.media[i])
            own, other = self._ports(i)
            gain = np.asarray(np.linalg.solve(foot + own, other), dtype=np.float64)
            kept.insert(0, (foot, gain, own - other @ gain))
            under, medium = kept[0][2], self.media[i]
        root = self.above.root
        entering = root / (root @ root)
        if not diffuse:
            entering = np.zeros(len(root))
            entering[-1] = 1.0 / root[-1]
        specular = float((root * entering) @ _fresnel(self.above, self.media[0]))
        return self._downward(kept, entering, specular, depths_m)

    def _ports(self, i: int) -> tuple[Array, Array]:
        own, other = light.two_port(self.modes[i], self.modes[i].decay * self.optical[i])
        return own[..., 0], other[..., 0]

    def _downward(
        self, kept: list[tuple[Array, Array, Array]], entering: Array, specular: float, depths_m: Sequence[float]
    ) -> Answer:
        first = self.media[0]
        common = min(len(self.above), len(first))
        front = np.zeros(len(first))
        mirror = _fresnel(self.above, first)[-common:]
        front[-common:] = (1.0 - mirror) / (1.0 + mirror)  # 1 / (1 + series resistance)
        drive = np.zeros(len(first))
        drive[-common:] = 2.0 * front[-common:] * entering[-common:]
        face = np.asarray(np.linalg.solve(kept[0][2] + np.diag(front), drive), dtype=np.float64)
        through = [float(first.root @ (kept[0][2] @ face))]
        depth, fluence = np.asarray(depths_m, dtype=float), np.zeros(len(depths_m))
        top, bottoms = 0.0, np.cumsum([x.thickness_m for x in self.layers])
        for i, (foot, gain, _) in enumerate(kept):
            low = np.asarray(gain @ face)
            inside = (depth >= top) & ((depth < bottoms[i]) | (i == len(kept) - 1))
            fluence[inside] = self._fluence(i, face, low, (depth[inside] - top) / self.layers[i].thickness_m)
            flux = foot @ low
            through.append(float(self.media[i].root @ flux))
            following = self.media[i + 1] if i + 1 < len(kept) else self.below
            if i + 1 < len(kept):
                face = _across(low, flux, kept[i + 1][2], self.media[i], following)
            top = float(bottoms[i])
        absorbed = tuple(a - b for a, b in zip(through[:-1], through[1:], strict=True))
        back = 1.0 - through[0] - specular
        return Answer(specular, back, through[-1], absorbed, tuple(fluence.tolist()), len(self.s[0]), math.inf)

    def _fluence(self, i: int, face: Array, low: Array, fraction: Array) -> Array:
        modes, shape = self.modes[i], self.modes[i].shape[..., 0]
        k = modes.decay[:, 0]
        depth = k * self.optical[i]
        above, below = k * (shape.T @ face), k * (shape.T @ low)
        lost, e = -np.expm1(-2.0 * depth), np.exp(-depth)
        down, up = (above - e * below) / lost, (below - e * above) / lost
        x = fraction[:, None]
        per_mode = modes.fluence[:, 0] * self.media[i].n / math.sqrt(2.0 * math.pi)
        return np.asarray((down * np.exp(-depth * x) + up * np.exp(-depth * (1.0 - x))) @ per_mode)


def _ordinates(indices: Sequence[float], nodes: int) -> tuple[Array, Array]:
    """Return s = n sin(angle), falling to 0, and the weights of s ds; split where an index ends.

    The rule of each piece is a Gauss rule in the cosine of the medium that ends there; the innermost is Radau's with
    the normal as a node.
    """
    edges = sorted(set(indices))
    parts = []
    start = 0.0
    for edge in edges:
        wide = math.sqrt(1.0 - (start / edge) ** 2)  # cosine range of this piece in the medium that ends here
        count = max(6, math.ceil(nodes * wide * (0.5 if len(edges) > 1 else 1.0)))
        if start == 0.0:
            x, w = light.radau_right(count)
        else:
            x, w = np.polynomial.legendre.leggauss(count)
            x, w = 0.5 * wide * (x + 1.0), 0.5 * wide * w
        parts.append((edge * np.sqrt(1.0 - x**2), edge**2 * x * w))
        start = edge
    s = np.concatenate([p[0] for p in reversed(parts)])
    return s, np.concatenate([p[1] for p in reversed(parts)])


def _fresnel(one: _Medium, two: _Medium) -> Array:
    """Return the unpolarised reflectance of the face between two media by the ordinates of ``one``."""
    return light.fresnel(one.mu, one.n / two.n)


def _through(under: Array, lower: _Medium, upper: _Medium) -> Array:
    """Return the admittance seen from ``upper`` of what has the admittance ``under`` in ``lower``."""
    common = min(len(lower), len(upper))
    own = under[-common:, -common:]
    if len(lower) > common:  # what is totally reflected below carries no flux up through the face
        extra = under[:-common, :-common]
        own = own - under[-common:, :-common] @ np.linalg.solve(extra, under[:-common, -common:])
    mirror = _fresnel(upper, lower)[-common:]
    series = np.diag(2.0 * mirror / (1.0 - mirror))
    out = np.zeros((len(upper), len(upper)))
    out[-common:, -common:] = np.linalg.solve(np.eye(common) + own @ series, own)
    return out


def _across(low: Array, flux: Array, under: Array, upper: _Medium, lower: _Medium) -> Array:
    """Return I+ + I- just below a face from what it is, with the net flux, just above it."""
    common = min(len(lower), len(upper))
    mirror = _fresnel(upper, lower)[-common:]
    face = low[-common:] - 2.0 * mirror / (1.0 - mirror) * flux[-common:]
    if len(lower) == common:
        return np.asarray(face)
    extra = -np.linalg.solve(under[:-common, :-common], under[:-common, -common:] @ face)
    return np.concatenate([extra, face])
