"""Light of waves along the skin: a broad field whose irradiance is ``cos(k x)``, solved in depth.

Under such a wave every radiance is ``exp(i k x)`` times something of depth and direction, and the transport equation
becomes ``mu dI/dz + (mu_t + i k sqrt(1 - mu^2) cos phi) I = mu_s p * I``: light that crosses the wave at an angle is
dephased. With ``I = sum_m (-i)^m I_m cos(m phi)`` all is real, each order m of the azimuth is scattered by itself
(associated Legendre functions in place of Legendre polynomials) and neighbours are coupled by ``k sqrt(1 - mu^2)``.
Orders up to ``ORDERS`` are kept. A ray along the normal is not dephased, so the collimated beam, which is an ordinate
of the quadrature in ``dose.eigen``, keeps its shape by itself.

As in ``dose.light`` a layer is a two-port in I+ + I- and I+ - I-, here with ``ordinates x orders`` lines and not
symmetric, and layers are joined from below. Its surface and its quadrature are those of ``dose.light``; at k = 0 so is
its answer. The wave number enters exactly: no diffusion, and nothing is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, lpmv

from irtherapy.dose import eigen
from irtherapy.values import InputError

Array = NDArray[np.float64]

NODES = 6  # ordinates a hemisphere
ORDERS = 2  # highest order of the azimuth
LEAST_DECAY_PER_M = 1e-3


@dataclass(frozen=True)
class Ordinates:
    """The lines of a two-port: cosines, surface and scattering, order by order, each (lines,) or (lines, lines).

    ``even`` and ``odd`` scatter I+ + I- and I+ - I-, ``cross`` is what a wave of unit number couples, ``drive`` the
    collimated light of unit irradiance at the top and ``fluence`` the weights of the fluence rate. ``specular`` is the
    share mirrored and ``forward`` that of scattering counted as straight on (delta-M).
    """

    cosine: Array
    even: Array
    odd: Array
    cross: Array
    mirror: Array
    drive: Array
    fluence: Array
    specular: float
    forward: float


def _legendre(degree: int, order: int, mu: Array) -> Array:
    """Return the associated Legendre function scaled by sqrt((l - m)! / (l + m)!)."""
    scale = np.exp(0.5 * (gammaln(degree - order + 1.0) - gammaln(degree + order + 1.0)))
    return np.asarray(lpmv(order, degree, mu) * scale)


@lru_cache(maxsize=4)
def ordinates(g: float, n: float, nodes: int = NODES, orders: int = ORDERS) -> Ordinates:
    """Return the lines for Henyey-Greenstein scattering of mean cosine ``g`` and index ``n``."""
    mu, w = eigen.quadrature(nodes, n)
    kept = eigen.moments_kept(nodes, n == 1.0)
    even0, odd0, forward = eigen.phase_matrices(g, mu, w, kept)
    chi = (g ** np.arange(kept) - forward) / (1.0 - forward)
    many = nodes * (orders + 1)
    even, odd, cross = (np.zeros((many, many)) for _ in range(3))
    even[:nodes, :nodes], odd[:nodes, :nodes] = even0, odd0
    sine = np.sqrt(np.clip(1.0 - mu**2, 0.0, None))
    for m in range(1, orders + 1):
        here = slice(m * nodes, (m + 1) * nodes)
        for degree in range(m, kept):
            p = _legendre(degree, m, mu) * np.sqrt(w)
            (even if (degree + m) % 2 == 0 else odd)[here, here] += (2.0 * degree + 1.0) * chi[degree] * np.outer(p, p)
        above = np.arange(nodes) + (m - 1) * nodes
        cross[above, above + nodes] = sine / (np.sqrt(2.0) if m == 1 else 2.0)
        cross[above + nodes, above] = -cross[above, above + nodes]
    r = eigen.fresnel(mu, n)
    first = np.concatenate([np.ones(nodes), np.zeros(many - nodes)])
    used = np.concatenate([np.arange(nodes)] + [np.arange(nodes - 1) + m * nodes for m in range(1, orders + 1)])
    cosine, weight, mirror = (np.tile(x, orders + 1) for x in (mu, w, (1.0 - r) / (1.0 + r)))
    drive = np.zeros(many)  # of the last ordinate, the normal
    drive[nodes - 1] = (1.0 - r[-1]) / (np.pi * np.sqrt(w[-1] * mu[-1]) * (1.0 + r[-1]))
    square, root = np.ix_(used, used), np.sqrt(cosine[used])
    both = root[:, None] * root
    return Ordinates(
        cosine[used], even[square] / both, odd[square] / both, cross[square] / both, mirror[used], drive[used],
        (first * 2.0 * np.pi * np.sqrt(weight / cosine))[used], float(r[-1]), float(forward),
    )  # fmt: skip


@dataclass(frozen=True)
class _Layer:
    """Modes of a layer for every wave: decay in 1/m, I+ + I- and its inverse, what passes, and the admittances."""

    decay: Array
    shape: Array
    inverse: Array
    passed: Array
    own: Array
    other: Array


def _layer(lines: Ordinates, wave: Array, mu_a: Array, mu_s: Array, thick: Array) -> _Layer:
    """Return the modes of layers (batch,) for waves (waves,), each array (batch, waves, ...)."""
    scattered = mu_s * (1.0 - lines.forward)
    lost = np.maximum(mu_a, (1.0 - eigen.ALBEDO_MAX) * scattered) + scattered
    lost = np.maximum(lost, 1e-6)
    crossed = np.diag(1.0 / lines.cosine) * lost[:, None, None, None] + wave[:, None, None] * lines.cross
    summed = crossed - (scattered[:, None, None] * lines.even)[:, None]
    differed = crossed - (scattered[:, None, None] * lines.odd)[:, None]
    squared, modes = np.linalg.eig(summed @ differed)
    decay = np.sqrt(np.where(np.abs(squared) > LEAST_DECAY_PER_M**2, squared, LEAST_DECAY_PER_M**2))
    shape = (differed @ modes) / decay[..., None, :]
    inverse = np.linalg.inv(shape)
    passed = np.exp(-decay * thick[:, None, None])
    rest = -np.expm1(-2.0 * decay * thick[:, None, None])
    own = (modes * ((2.0 - rest) / rest)[..., None, :]) @ inverse
    other = (modes * (2.0 * passed / rest)[..., None, :]) @ inverse
    return _Layer(decay, shape, inverse, passed, own, other)


def solve(
    wave_per_m: Array, depth_m: Array, mua_per_m: Array, mus_per_m: Array, thickness_m: Array, g: float, n: float,
    nodes: int = NODES, orders: int = ORDERS,
) -> tuple[Array, Array]:  # fmt: skip
    """Return the fluence rate of waves of unit irradiance, (batch, waves, depths), and its unscattered part.

    Layers are (batch, layers), ``wave_per_m`` (waves,), ``depth_m`` (batch, depths); the unscattered part (batch,
    depths) is the same for every wave. Light falls along the normal; below the last layer all is black, and a depth
    there is told as that of its lower face. Raises InputError on negative or non-finite coefficients, and on
    thicknesses not above 0.
    """
    mu_a, mu_s, thick = (np.atleast_2d(np.asarray(x, dtype=np.float64)) for x in (mua_per_m, mus_per_m, thickness_m))
    finite = np.isfinite(mu_a.sum() + mu_s.sum() + thick.sum())
    if not (finite and mu_a.min() >= 0.0 and mu_s.min() >= 0.0 and thick.min() > 0.0):
        raise InputError("Tissue", "Absorption and scattering must be 0 or more and layer thickness above 0.")
    wave = np.asarray(wave_per_m, dtype=np.float64)
    lines = ordinates(g, n, nodes, orders)
    stack = [_layer(lines, wave, *each) for each in zip(mu_a.T, mu_s.T, thick.T, strict=True)]
    under = np.eye(len(lines.cosine))
    turns = []
    for layer in reversed(stack):
        turns.append(np.linalg.solve(under + layer.own, layer.other))
        under = layer.own - layer.other @ turns[-1]
    faces = [np.linalg.solve(under + np.diag(lines.mirror), lines.drive[:, None])]
    for turn in reversed(turns):
        faces.append(turn @ faces[-1])
    tops = np.concatenate([np.zeros((len(thick), 1)), np.cumsum(thick, axis=1)], axis=1)
    depth = np.minimum(depth_m, tops[:, -1:])
    out = np.zeros((len(thick), len(wave), depth.shape[1]))
    for i, layer in enumerate(stack):
        above, below = ((layer.inverse @ face)[..., 0] for face in faces[i : i + 2])
        rest = 1.0 - layer.passed**2
        weight = lines.fluence @ layer.shape
        down, up = weight * (above - layer.passed * below) / rest, weight * (below - layer.passed * above) / rest
        inside = (depth >= tops[:, i, None]) & ((depth < tops[:, i + 1, None]) | (i == len(stack) - 1))
        cells = np.flatnonzero(inside.any(axis=0))
        x = np.clip(depth[:, cells] - tops[:, i, None], 0.0, thick[:, i, None])[:, None, :, None]
        fall, rise = (
            np.exp(-layer.decay[:, :, None] * x),
            np.exp(-layer.decay[:, :, None] * (thick[:, i, None, None, None] - x)),
        )
        found = (np.einsum("bwm,bwdm->bwd", down, fall) + np.einsum("bwm,bwdm->bwd", up, rise)).real
        out[:, :, cells] = np.where(inside[:, None, cells], found, out[:, :, cells])
    return out, _straight(lines, depth, tops, mu_a + mu_s * (1.0 - lines.forward))


def _straight(lines: Ordinates, depth: Array, tops: Array, lost_per_m: Array) -> Array:
    """Return what is left of the collimated beam at depths (batch, depths)."""
    passed = np.clip(depth[:, :, None] - tops[:, None, :-1], 0.0, np.diff(tops, axis=1)[:, None])
    return np.asarray((1.0 - lines.specular) * np.exp(-np.einsum("bdl,bl->bd", passed, lost_per_m)))
