"""Light in layered tissue: discrete ordinates with Fresnel surfaces, batched over wavelengths and persons in NumPy.

The transport equation in one dimension, averaged over azimuth (normal or diffuse incidence leaves no azimuth):
``mu dI/dtau = -I + (omega/2) sum_j w_j h(mu, mu_j) I_j``, with the Henyey-Greenstein phase function in Legendre moments
and its forward peak moved into the beam (delta-M, Wiscombe 1977). Each homogeneous layer is solved by a symmetric
eigenproblem (Stamnes & Conklin 1984); layers are joined by adding their reflection and transmission matrices.

The quadrature decides the accuracy. Nodes are split at the critical angle: Gauss below it; above it a Radau rule in the
*outside* (transmitted) cosine, so that normal incidence is a node and the collimated beam is one of the ordinates. The
energy and the mean cosine lost by quadrature are put back on the diagonal of the phase matrix. As many Legendre moments
are kept as the split rule integrates exactly: one a node, two a node for a matched surface.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import InputError

Array = NDArray[np.float64]

MOM = 14
ALBEDO_MAX = 1.0 - 1e-9


def fresnel(cos_inside: Array, n: float) -> Array:
    """Return the unpolarised reflectance of the surface for light inside (index ``n``) meeting air, 1 past critical."""
    sin_out_sq = n**2 * (1.0 - cos_inside**2)
    cos_out = np.sqrt(np.clip(1.0 - sin_out_sq, 0.0, None))
    rs = (n * cos_inside - cos_out) / (n * cos_inside + cos_out)
    rp = (n * cos_out - cos_inside) / (n * cos_out + cos_inside)
    return np.where(sin_out_sq >= 1.0, 1.0, 0.5 * (rs**2 + rp**2))


def _radau_right(count: int) -> tuple[Array, Array]:
    """Return nodes and weights of the Gauss-Radau rule on (0, 1] whose last node is 1."""
    if count == 1:
        return np.array([1.0]), np.array([1.0])
    i = np.arange(count - 1)
    # Jacobi(alpha=1, beta=0) polynomial roots by Golub-Welsch, then the fixed node at +1.
    b = np.where(i == 0, -1.0 / 3.0, -1.0 / ((2.0 * i + 1.0) * (2.0 * i + 3.0)))
    j = np.arange(1, count - 1)
    off = np.sqrt(4.0 * j * (j + 1) * j * (j + 1) / ((2.0 * j + 1) ** 2 * ((2.0 * j + 1) ** 2 - 1.0)))
    x, v = np.linalg.eigh(np.diag(b) + np.diag(off, 1) + np.diag(off, -1))
    w = 2.0 * v[0] ** 2 / (1.0 - x)
    nodes = np.append(x, 1.0)
    weights = np.append(w, 2.0 / count**2)
    return 0.5 * (nodes + 1.0), 0.5 * weights


def quadrature(nodes: int, n: float) -> tuple[Array, Array]:
    """Return (cosines inside, weights) of ``nodes`` ordinates a hemisphere for index ``n``; the last cosine is 1."""
    if n == 1.0:
        return _radau_right(nodes)
    upper = nodes // 2
    nu, a = _radau_right(upper)
    mu = np.sqrt(1.0 - (1.0 - nu**2) / n**2)
    critical = np.sqrt(1.0 - 1.0 / n**2)
    x, w = np.polynomial.legendre.leggauss(nodes - upper)
    weights = np.append(0.5 * critical * w, a * nu / (n**2 * mu))
    return np.append(0.5 * critical * (x + 1.0), mu), np.asarray(weights, dtype=np.float64)


@dataclass(frozen=True)
class LightField:
    """Light in a stack of layers under unit irradiance; leading axes are the batch (wavelength, person ...).

    ``specular`` and ``diffuse`` are the reflected shares, ``transmitted`` leaves the last layer. ``down`` and ``up``
    are the mode amplitudes (..., layers, nodes); depths are asked for by layer with ``net_flux`` and ``fluence_rate``.
    """

    thickness_m: Array
    extinction_per_m: Array
    decay: Array
    down: Array
    up: Array
    flux_mode: Array
    fluence_mode: Array
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
        faces = [self.net_flux(i, np.array([0.0, 1.0])) for i in range(self.decay.shape[-2])]
        return np.stack([f[..., 0] - f[..., 1] for f in faces], axis=-1)

    def _modes(self, layer: int, fraction: Array) -> tuple[Array, Array]:
        depth = self.decay[..., layer, None, :] * (self.extinction_per_m * self.thickness_m)[..., layer, None, None]
        x = fraction[..., :, None]
        return (
            self.down[..., layer, None, :] * np.exp(-depth * x),
            self.up[..., layer, None, :] * np.exp(-depth * (1.0 - x)),
        )

    def net_flux(self, layer: int, fraction: Array) -> Array:
        """Return downward minus upward flux per unit irradiance at fractions (0 top, 1 bottom) of a layer."""
        down, up = self._modes(layer, fraction)
        return np.einsum("...fk,...k->...f", down - up, self.flux_mode[..., layer, :])

    def fluence_rate(self, layer: int, fraction: Array) -> Array:
        """Return the fluence rate per unit irradiance at fractions of a layer, shape (..., fractions)."""
        down, up = self._modes(layer, fraction)
        return np.einsum("...fk,...k->...f", down + up, self.fluence_mode[..., layer, :])

    def fluence_rate_at(self, depth_m: Array) -> Array:
        """Return the fluence rate per unit irradiance at depths of an unbatched stack (thickness (layers,))."""
        top = np.concatenate([[0.0], np.cumsum(self.thickness_m)])
        layer = np.clip(np.searchsorted(top, depth_m, side="right") - 1, 0, len(top) - 2)
        below = (depth_m - top[layer]) / self.thickness_m[layer]
        out = [self.fluence_rate(int(i), np.array([x])) for i, x in zip(layer, below, strict=True)]
        return np.concatenate(out, axis=-1)


def _legendre(mu: Array, count: int) -> Array:
    """Return P_l(mu) for l below ``count``, shape (count, nodes)."""
    return np.asarray(np.polynomial.legendre.legvander(mu, count - 1).T, dtype=np.float64)


def _phase(g: float, mu: Array, w: Array, moments: int) -> tuple[Array, Array, float]:
    """Return the even and odd parts of the weighted phase matrix, and the delta-M share moved into the beam.

    Energy (even part) and mean cosine (odd part) are restored on the diagonals, so that neither is lost to quadrature.
    """
    f = g**moments
    chi = (g ** np.arange(moments) - f) / (1.0 - f)
    p = _legendre(mu, moments)
    terms = (2.0 * np.arange(moments) + 1.0) * chi
    even = np.einsum("l,li,lj->ij", terms[::2], p[::2], p[::2])
    odd = np.einsum("l,li,lj->ij", terms[1::2], p[1::2], p[1::2])
    even += np.diag((1.0 - even @ w) / w)
    odd += np.diag((chi[1] * mu - odd @ (w * mu)) / (w * mu))
    root = np.sqrt(w)
    return root[:, None] * even * root, root[:, None] * odd * root, f


def _layer_modes(albedo: Array, even: Array, odd: Array, mu: Array) -> tuple[Array, Array, Array]:
    """Return (decay k, S modes, D modes) of layers of single-scattering ``albedo``; modes in sqrt(weight) scaling.

    S = I+ + I-, D = I+ - I-; columns of the last axis are modes that fall as exp(-k tau).
    """
    eye = np.eye(len(mu))
    low = np.linalg.cholesky(eye - albedo[..., None, None] * even)
    odd_part = eye - albedo[..., None, None] * odd
    m_low = low / mu[:, None]
    squared, v = np.linalg.eigh(np.swapaxes(m_low, -1, -2) @ odd_part @ m_low)
    k = np.sqrt(np.clip(squared, 1e-14, None))
    d_modes = m_low @ v / k[..., None, :]
    # S = L^-T V, and from S' = -(M^-1 E_odd) D also S = M^-1 E_odd D / k: no triangular solve is needed.
    s_modes = (odd_part @ d_modes) / mu[:, None] / k[..., None, :]
    return k, s_modes, d_modes


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
    if not (np.all(np.isfinite(mu_a + mu_s + d)) and np.all(mu_a >= 0) and np.all(mu_s >= 0) and np.all(d > 0)):
        raise InputError("Tissue", "Absorption and scattering must be 0 or more and layer thickness above 0.")
    if nodes < 4 or not -1.0 < g < 1.0 or n < 1.0:
        raise InputError("Light", "Light needs 4 ordinates or more, g between -1 and 1 and an index of 1 or more.")
    mu, w = quadrature(nodes, n)
    even, odd, f = _phase(g, mu, w, 2 * nodes if n == 1.0 else nodes)
    extinction = np.maximum(mu_a + mu_s * (1.0 - f), 1e-6)
    albedo = np.minimum(mu_s * (1.0 - f) / extinction, ALBEDO_MAX)
    k, s, dm = _layer_modes(albedo, even, odd, mu)
    e = np.exp(-k * (extinction * d)[..., None])[..., None, :]
    same, cross = 0.5 * (s + dm), 0.5 * (s - dm)
    plus_inv, minus_inv = np.linalg.inv(same + cross * e), np.linalg.inv(same - cross * e)
    sum_rt = (cross + same * e) @ plus_inv
    diff_rt = (cross - same * e) @ minus_inv
    r_layer, t_layer = 0.5 * (sum_rt + diff_rt), 0.5 * (sum_rt - diff_rt)
    r_surface, source, specular = _surface(n, mu, w, diffuse_incidence)
    below = np.diag(r_surface) if open_bottom else np.zeros((nodes, nodes))
    tops, bottoms = _join(r_layer, t_layer, below, r_surface, source)
    plus, minus = plus_inv @ (tops + bottoms)[..., None], minus_inv @ (tops - bottoms)[..., None]
    down, up = 0.5 * (plus + minus)[..., 0], 0.5 * (plus - minus)[..., 0]
    weight = 2.0 * np.pi * np.sqrt(w)
    out_top = (r_layer[..., 0, :, :] @ tops[..., 0, :, None] + t_layer[..., 0, :, :] @ bottoms[..., 0, :, None])[..., 0]
    out_low = (t_layer[..., -1, :, :] @ tops[..., -1, :, None] + r_layer[..., -1, :, :] @ bottoms[..., -1, :, None])[
        ..., 0
    ]
    leave = weight * mu * (1.0 - r_surface)
    through = leave if open_bottom else weight * mu
    return LightField(
        d, extinction, k, down, up, np.einsum("i,...ik->...k", weight * mu, dm), np.einsum("i,...ik->...k", weight, s),
        specular, out_top @ leave, out_low @ through,
    )  # fmt: skip


def _join(r: Array, t: Array, below: Array, r_surface: Array, source: Array) -> tuple[Array, Array]:
    """Return the intensities entering each layer from above and from below, both (..., layers, nodes), by adding."""
    layers, nodes = r.shape[-3], r.shape[-1]
    eye = np.eye(nodes)
    under = [np.broadcast_to(below, r[..., 0, :, :].shape)]
    gains: list[Array] = []
    for i in range(layers - 1, -1, -1):
        gain = np.linalg.solve(eye - r[..., i, :, :] @ under[0], t[..., i, :, :])  # downward at the layer's foot
        gains.insert(0, np.asarray(gain, dtype=np.float64))
        under.insert(0, r[..., i, :, :] + t[..., i, :, :] @ under[0] @ gain)
    lhs = eye - r_surface[:, None] * under[0]
    incoming = np.linalg.solve(lhs, np.broadcast_to(source, (*lhs.shape[:-2], nodes))[..., None])
    tops, bottoms = [], []
    for i in range(layers):
        foot = gains[i] @ incoming
        tops.append(incoming[..., 0])
        bottoms.append((under[i + 1] @ foot)[..., 0])
        incoming = foot
    return np.stack(tops, axis=-2), np.stack(bottoms, axis=-2)
