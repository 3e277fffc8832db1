"""Light in layered tissue: discrete ordinates with Fresnel surfaces, batched over wavelengths and persons in NumPy.

The transport equation in one dimension, averaged over azimuth (normal or diffuse incidence leaves no azimuth):
``mu dI/dtau = -I + (omega/2) sum_j w_j h(mu, mu_j) I_j``, with the Henyey-Greenstein phase function in Legendre moments
and its forward peak moved into the beam (delta-M, Wiscombe 1977). ``eigen`` has the ordinates and the modes of a layer.
Written in I+ + I- and I+ - I-, a layer is a symmetric two-port of admittances, and layers are joined from below like
lines in a network: small symmetric positive definite systems without pivoting, elementwise over the batch, which is the
last axis.

Many layers at once are solved in single precision, which halves the time and costs 1e-5 of the light at most; where
layers are so thin that it would cost more, in double precision. ``crossing`` does the whole of it for many persons
in C (``_light.c``) where that was compiled at installation, in NumPy where not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irtherapy.dose.eigen import (
    ALBEDO_MAX,
    Modes,
    Real,
    fresnel,
    layer_modes,
    modes_at,
    moments_kept,
    phase_matrices,
    quadrature,
    radau_right,
    series,
)
from irtherapy.values import InputError

compiled: ModuleType | None
try:
    from irtherapy.dose import _light

    compiled = _light
except ImportError:  # no compiler when this was installed: NumPy does the same
    compiled = None

__all__ = [
    "LightField", "Modes", "compiled", "crossing", "fresnel", "layer_modes", "moments_kept", "phase_matrices",
    "quadrature", "radau_right", "solve", "two_port",
]  # fmt: skip

Array = NDArray[np.float64]

SERIES_FROM = 100  # layers from which polynomials in the albedo are faster than solving each eigenproblem
SINGLE_FROM = 1e-3  # least sqrt(1 - albedo) x optical thickness that single precision resolves


@dataclass(frozen=True)
class LightField:
    """Light in a stack of layers under unit irradiance; leading axes are the batch (wavelength, person ...).

    ``specular`` and ``diffuse`` are the reflected shares, ``transmitted`` leaves the last layer. ``down`` and ``up``
    are the amplitudes of the modes, (layers, nodes, batch flattened); depths are asked for by layer.
    """

    batch: tuple[int, ...]
    thickness_m: Array
    depth: Real  # decay of each mode times the layer's optical thickness, (layers, nodes, batch flattened)
    down: Real
    up: Real
    flux_mode: Real
    fluence_mode: Real
    specular: float
    diffuse: Array
    transmitted: Array

    @property
    def reflected(self) -> Array:
        """Return the share of the light that leaves the skin again, specular and diffuse."""
        return self.specular + self.diffuse

    @property
    def absorbed(self) -> Array:
        """Return the share absorbed in each layer, shape (..., layers)."""
        faces = [self.net_flux(i, np.array([0.0, 1.0])) for i in range(len(self.depth))]
        return np.stack([f[..., 0] - f[..., 1] for f in faces], axis=-1)

    def flat_net_flux(self, layer: int, fraction: Array) -> Real:
        """Return ``net_flux`` with the batch flattened and last, (fractions, batch)."""
        depth = self.depth[layer]
        down, up = self.down[layer] * self.flux_mode[layer], self.up[layer] * self.flux_mode[layer]
        out = np.empty((len(fraction), depth.shape[-1]), depth.dtype)
        left, other = np.empty_like(depth), np.empty_like(depth)
        for i, x in enumerate(np.asarray(fraction).tolist()):
            np.exp(np.multiply(depth, -x, out=left), out=left)
            np.exp(np.multiply(depth, x - 1.0, out=other), out=other)
            left *= down
            other *= up
            left -= other
            np.add.reduce(left, axis=0, out=out[i])
        return out

    def net_flux(self, layer: int, fraction: Array) -> Array:
        """Return downward minus upward flux per unit irradiance at fractions (0 top, 1 bottom) of a layer."""
        return self._shaped(self.flat_net_flux(layer, fraction))

    def fluence_rate(self, layer: int, fraction: Array) -> Array:
        """Return the fluence rate per unit irradiance at fractions of a layer, shape (..., fractions)."""
        down, up = self._modes(layer, fraction)
        return self._shaped(((down + up) * self.fluence_mode[layer]).sum(axis=1))

    def fluence_rate_at(self, depth_m: Array) -> Array:
        """Return the fluence rate per unit irradiance at depths of an unbatched stack (thickness (layers,))."""
        top = np.concatenate([[0.0], np.cumsum(self.thickness_m)])
        layer = np.clip(np.searchsorted(top, depth_m, side="right") - 1, 0, len(top) - 2)
        below = (depth_m - top[layer]) / self.thickness_m[layer]
        out = [self.fluence_rate(int(i), np.array([x])) for i, x in zip(layer, below, strict=True)]
        return np.concatenate(out, axis=-1)

    def _modes(self, layer: int, fraction: Array) -> tuple[Real, Real]:
        depth = self.depth[layer]
        x = np.asarray(fraction, dtype=depth.dtype)[:, None, None]
        return self.down[layer] * np.exp(-depth * x), self.up[layer] * np.exp(-depth * (1.0 - x))

    def _shaped(self, flat: Array) -> Array:
        return np.moveaxis(flat, 0, -1).reshape(*self.batch, len(flat))


def _checked(mu_a: Array, mu_s: Array, d: Array, g: float, n: float, nodes: int) -> None:
    """Raise InputError unless light can be solved for these."""
    # A sum is finite only if each is; NaN fails every comparison.
    if not (np.isfinite(mu_a.sum() + mu_s.sum() + d.sum()) and mu_a.min() >= 0 and mu_s.min() >= 0 and d.min() > 0):
        raise InputError("Tissue", "Absorption and scattering must be 0 or more and layer thickness above 0.")
    if nodes < 4 or not -1.0 < g < 1.0 or n < 1.0:
        raise InputError("Light", "Light needs 4 ordinates or more, g between -1 and 1 and an index of 1 or more.")


def _surface(n: float, mu: Array, w: Array, diffuse_incidence: bool) -> tuple[Array, Array, float]:
    """Return (internal reflectance, source intensity at the top in sqrt(weight) scaling, specular share)."""
    r = fresnel(mu, n)
    source = np.zeros_like(mu)
    if diffuse_incidence:
        source = (1.0 - r) * n**2 / np.pi
        source *= mu > np.sqrt(max(0.0, 1.0 - 1.0 / n**2))
    else:
        source[-1] = (1.0 - r[-1]) / (2.0 * np.pi * w[-1] * mu[-1])
    entered = float(2.0 * np.pi * np.sum(w * mu * source))
    return r, source * np.sqrt(w), 1.0 - entered


def solve(
    absorption_per_m: Array,
    scattering_per_m: Array,
    g: float,
    thickness_m: Array,
    n: float = 1.4,
    diffuse_incidence: bool = False,
    nodes: int = 8,
    open_bottom: bool = False,
) -> LightField:
    """Return the light in a stack of layers under unit irradiance from air.

    ``absorption_per_m``, ``scattering_per_m`` and ``thickness_m`` broadcast to (..., layers). ``g`` is the mean cosine
    of Henyey-Greenstein scattering, ``n`` the index of all layers. ``open_bottom``: the last layer ends in air with the
    same Fresnel surface; otherwise the stack ends in something black. Raises InputError on negative or non-finite
    coefficients, on thicknesses not above 0, and on fewer than 4 ``nodes``.
    """
    mu_a, mu_s, d = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (absorption_per_m, scattering_per_m, thickness_m))
    )
    _checked(mu_a, mu_s, d, g, n, nodes)
    mu, w = quadrature(nodes, n)
    even, odd, f = phase_matrices(g, mu, w, moments_kept(nodes, n == 1.0))
    extinction = np.maximum(mu_a + mu_s * (1.0 - f), 1e-6)
    albedo = np.minimum(mu_s * (1.0 - f) / extinction, ALBEDO_MAX)
    layers, batch = d.shape[-1], d.shape[:-1]
    tau = np.ascontiguousarray((extinction * d).reshape(-1, layers).T)
    flat = np.ascontiguousarray(albedo.reshape(-1, layers).T)
    if flat.size < SERIES_FROM:
        modes = [layer_modes(a, even, odd, mu, w) for a in flat]
        kind: type[np.floating[Any]] = np.float64
    else:
        kind = np.float32 if (np.sqrt(1.0 - flat) * tau).min() > SINGLE_FROM else np.float64
        modes = [modes_at(a, g, n, nodes, kind) for a in flat]
    depth = np.stack([m.decay * t for m, t in zip(modes, tau.astype(kind), strict=True)])
    r_surface, source, specular = _surface(n, mu, w, diffuse_incidence)
    mirror = (1.0 - r_surface) / (1.0 + r_surface)
    foot = np.diag(mirror if open_bottom else np.ones(nodes))
    drive = 2.0 * source * np.sqrt(mu) / (1.0 + r_surface)
    tops, top_admittance = _joined(modes, depth, foot.astype(kind), np.diag(mirror).astype(kind), drive.astype(kind))
    down, up = _amplitudes(modes, depth, tops)
    leave = np.pi * np.sqrt(w * mu) * (1.0 - r_surface)
    back = tops[0] - np.einsum("ijb,jb->ib", top_admittance, tops[0])
    through = tops[-1] + foot @ tops[-1]
    last = leave if open_bottom else np.pi * np.sqrt(w * mu)
    return LightField(
        batch, d, depth, down, up, np.stack([m.flux for m in modes]), np.stack([m.fluence for m in modes]),
        specular, (leave @ back).reshape(batch), (last @ through).reshape(batch),
    )  # fmt: skip


def crossing(
    absorption_per_m: Array,
    scattering_per_m: Array,
    g: float,
    thickness_m: Array,
    n: float,
    share: Array,
    fractions: Sequence[Array],
    nodes: int = 6,
) -> tuple[list[Array], Array]:
    """Return (downward minus upward flux, share reflected) of a spectrum on many persons, per unit irradiance.

    Coefficients are (wavelengths, persons, layers), ``thickness_m`` (persons, layers), ``share`` (wavelengths,) is the
    power at each wavelength. The fluxes are (fractions, persons) for each layer, at its ``fractions`` from top (0) to
    bottom (1). Normal incidence, black below. Raises as ``solve``.
    """
    if compiled is None or nodes > 8:
        return _crossing_numpy(absorption_per_m, scattering_per_m, g, thickness_m, n, share, fractions, nodes)
    bulk = [np.ascontiguousarray(x, dtype=np.float64) for x in (absorption_per_m, scattering_per_m, thickness_m)]
    _checked(bulk[0], bulk[1], bulk[2], g, n, nodes)
    mu, w = quadrature(nodes, n)
    r_surface, source, specular = _surface(n, mu, w, False)
    table = series(g, n, nodes)
    counts = np.array([nodes, *bulk[0].shape[:2], table.shape[1], *map(len, fractions)], dtype=np.int64)
    flux, reflected = np.empty((sum(map(len, fractions)), len(bulk[2]))), np.empty(len(bulk[2]))
    compiled.absorbed(
        counts, table, *bulk, np.ascontiguousarray(share, dtype=np.float64), np.concatenate(fractions),
        (1.0 - r_surface) / (1.0 + r_surface), 2.0 * source * np.sqrt(mu) / (1.0 + r_surface),
        np.pi * np.sqrt(w * mu) * (1.0 - r_surface), g ** moments_kept(nodes, n == 1.0), specular, ALBEDO_MAX,
        flux, reflected,
    )  # fmt: skip
    return np.split(flux, np.cumsum([len(f) for f in fractions])[:-1]), reflected


def _crossing_numpy(
    mu_a: Array,
    mu_s: Array,
    g: float,
    thickness_m: Array,
    n: float,
    share: Array,
    fractions: Sequence[Array],
    nodes: int,
) -> tuple[list[Array], Array]:
    field = solve(mu_a, mu_s, g, thickness_m, n, nodes=nodes)
    count, persons = mu_a.shape[:2]
    each = (field.flat_net_flux(i, f).reshape(-1, count, persons) for i, f in enumerate(fractions))
    return [np.einsum("w,fwp->fp", share, flux) for flux in each], share @ field.reflected


def two_port(modes: Modes, depth: Real) -> tuple[Real, Real]:
    """Return a layer's admittances (ordinates, ordinates, batch): flux from its own face, and from the other face."""
    lost = -np.expm1(-2.0 * depth)
    own = modes.decay * (2.0 - lost) / lost  # k coth(k tau)
    other = modes.decay * 2.0 * np.exp(-depth) / lost  # k / sinh(k tau)
    return _product(modes.shape, own), _product(modes.shape, other)


def _product(matrix: Real, diagonal: Real) -> Real:
    """Return ``matrix diag(diagonal) matrix^T``, batch last; ``matrix`` (rows, inner, batch)."""
    out = np.empty((len(matrix), *matrix.shape[:1], matrix.shape[-1]), matrix.dtype)
    for i in range(len(matrix)):
        out[i, : i + 1] = np.einsum("jmb,mb->jb", matrix[: i + 1], matrix[i] * diagonal)
        out[:i, i] = out[i, :i]
    return out


def _eliminate(matrix: Real, right: Real) -> None:
    """Turn ``matrix`` into its L and D of L D L^T (D and below) and ``right`` into L^-1 right, batch last, in place.

    The matrices are symmetric and positive definite, so no pivoting is needed.
    """
    for j in range(len(matrix) - 1):
        ratio = matrix[j + 1 :, j] / matrix[j, j]
        matrix[j + 1 :, j + 1 :] -= ratio[:, None] * matrix[j, j + 1 :]
        right[j + 1 :] -= ratio[:, None] * right[j]
        matrix[j + 1 :, j] = ratio


def _back(matrix: Real, vector: Real) -> Real:
    """Return L^-T D^-1 vector after ``_eliminate``, (ordinates, batch)."""
    out = vector / np.einsum("iib->ib", matrix)
    for j in range(len(matrix) - 2, -1, -1):
        out[j] -= (matrix[j + 1 :, j] * out[j + 1 :]).sum(axis=0)
    return np.asarray(out)


def _joined(modes: list[Modes], depth: Real, foot: Real, head: Real, drive: Real) -> tuple[list[Real], Real]:
    """Return I+ + I- at each face, top to bottom, and the admittance of the whole stack at its top.

    From below, each layer turns the admittance Z under it (I+ - I- = Z (I+ + I-), all scaled by sqrt(weight cosine))
    into the one above it: Z' = Y - W (Z + Y)^-1 W. Symmetric positive definite throughout.
    """
    under = np.repeat(foot[:, :, None], depth.shape[-1], axis=2)
    kept = []
    for layer in range(len(modes) - 1, -1, -1):
        y11, y12 = two_port(modes[layer], depth[layer])
        under += y11
        _eliminate(under, y12)
        kept.append((under, y12))
        under = y11 - _product(np.swapaxes(y12, 0, 1), 1.0 / np.einsum("iib->ib", under))
    front = under + head[:, :, None]
    right = np.repeat(drive[:, None, None], depth.shape[-1], axis=2)
    _eliminate(front, right)
    faces = [_back(front, right[:, 0])]
    for matrix, coupling in reversed(kept):
        faces.append(_back(matrix, np.einsum("ijb,jb->ib", coupling, faces[-1])))
    return faces, under


def _amplitudes(modes: list[Modes], depth: Real, faces: list[Real]) -> tuple[Real, Real]:
    """Return the amplitudes of the downward and upward modes, (layers, nodes, batch)."""
    down, up = np.empty_like(depth), np.empty_like(depth)
    for i, m in enumerate(modes):
        above, below = (m.decay * np.einsum("imb,ib->mb", m.shape, face) for face in faces[i : i + 2])
        e, lost = np.exp(-depth[i]), -np.expm1(-2.0 * depth[i])
        down[i], up[i] = (above - e * below) / lost, (below - e * above) / lost
    return down, up
