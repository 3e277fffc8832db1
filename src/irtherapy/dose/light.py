"""Light in layered tissue: discrete ordinates with Fresnel surfaces, batched over wavelengths and persons in NumPy.

The transport equation in one dimension, averaged over azimuth (normal or diffuse incidence leaves no azimuth):
``mu dI/dtau = -I + (omega/2) sum_j w_j h(mu, mu_j) I_j``, with the Henyey-Greenstein phase function in Legendre moments
and its forward peak moved into the beam (delta-M, Wiscombe 1977). Each homogeneous layer is solved by a symmetric
eigenproblem (Stamnes & Conklin 1984), at fixed g a function of the albedo alone. Written in I+ + I- and I+ - I-, a
layer is a symmetric two-port of admittances, and layers are joined from below like lines in a network: small symmetric
positive definite systems without pivoting, elementwise over the batch, which is the last axis.

The quadrature decides the accuracy. Nodes are split at the critical angle: Gauss below it; above it a Radau rule in the
*outside* (transmitted) cosine, so that normal incidence is a node and the collimated beam is one of the ordinates. The
energy and the mean cosine lost by quadrature are put back on the diagonal of the phase matrix. As many Legendre moments
are kept as the split rule integrates exactly: one a node, two a node for a matched surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from irtherapy.values import InputError

Array = NDArray[np.float64]

ALBEDO_MAX = 1.0 - 1e-9
TABLE = 2049  # rows of the table of modes
TABLE_FROM = 600  # layers from which the table is faster than solving each eigenproblem


def fresnel(cos_inside: Array, n: float) -> Array:
    """Return the unpolarised reflectance of the surface for light inside (index ``n``) meeting air, 1 past critical."""
    sin_out_sq = n**2 * (1.0 - cos_inside**2)
    cos_out = np.sqrt(np.clip(1.0 - sin_out_sq, 0.0, None))
    rs = (n * cos_inside - cos_out) / (n * cos_inside + cos_out)
    rp = (n * cos_out - cos_inside) / (n * cos_out + cos_inside)
    return np.where(sin_out_sq >= 1.0, 1.0, 0.5 * (rs**2 + rp**2))


def radau_right(count: int) -> tuple[Array, Array]:
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
        return radau_right(nodes)
    upper = nodes // 2
    nu, a = radau_right(upper)
    mu = np.sqrt(1.0 - (1.0 - nu**2) / n**2)
    critical = np.sqrt(1.0 - 1.0 / n**2)
    x, w = np.polynomial.legendre.leggauss(nodes - upper)
    weights = np.append(0.5 * critical * w, a * nu / (n**2 * mu))
    return np.append(0.5 * critical * (x + 1.0), mu), np.asarray(weights, dtype=np.float64)


@dataclass(frozen=True)
class LightField:
    """Light in a stack of layers under unit irradiance; leading axes are the batch (wavelength, person ...).

    ``specular`` and ``diffuse`` are the reflected shares, ``transmitted`` leaves the last layer. ``down`` and ``up``
    are the amplitudes of the modes, (layers, nodes, batch flattened); depths are asked for by layer.
    """

    batch: tuple[int, ...]
    thickness_m: Array
    depth: Array  # decay of each mode times the layer's optical thickness, (layers, nodes, batch flattened)
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
        faces = [self.net_flux(i, np.array([0.0, 1.0])) for i in range(len(self.depth))]
        return np.stack([f[..., 0] - f[..., 1] for f in faces], axis=-1)

    def flat_net_flux(self, layer: int, fraction: Array) -> Array:
        """Return ``net_flux`` with the batch flattened and last, (fractions, batch)."""
        down, up = self._modes(layer, fraction)
        return np.asarray(((down - up) * self.flux_mode[layer]).sum(axis=1))

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

    def _modes(self, layer: int, fraction: Array) -> tuple[Array, Array]:
        x = np.asarray(fraction)[:, None, None]
        depth = self.depth[layer]
        return self.down[layer] * np.exp(-depth * x), self.up[layer] * np.exp(-depth * (1.0 - x))

    def _shaped(self, flat: Array) -> Array:
        return np.moveaxis(flat, 0, -1).reshape(*self.batch, len(flat))


def _legendre(mu: Array, count: int) -> Array:
    """Return P_l(mu) for l below ``count``, shape (count, nodes)."""
    return np.asarray(np.polynomial.legendre.legvander(mu, count - 1).T, dtype=np.float64)


def phase_matrices(g: float, mu: Array, w: Array, moments: int) -> tuple[Array, Array, float]:
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


@dataclass(frozen=True)
class Modes:
    """Modes that fall as exp(-decay tau), batch last: ``decay``, ``flux`` and ``fluence`` (modes, batch).

    ``shape`` (ordinates, modes, batch) is I+ - I- of each mode, scaled by sqrt(weight cosine); ``flux`` and
    ``fluence`` are what a unit of the mode carries.
    """

    decay: Array
    shape: Array
    flux: Array
    fluence: Array

    def stacked(self) -> Array:
        """Return all of it as (rows, batch)."""
        return np.concatenate([self.decay, self.flux, self.fluence, self.shape.reshape(-1, self.decay.shape[1])])

    @classmethod
    def of(cls, rows: Array) -> Modes:
        """Return the modes that ``stacked`` gave."""
        n = int(np.sqrt(len(rows) + 2.25) - 1.5 + 0.5)  # rows = n^2 + 3 n
        return cls(rows[:n], rows[3 * n :].reshape(n, n, -1), rows[n : 2 * n], rows[2 * n : 3 * n])


def layer_modes(albedo: Array, even: Array, odd: Array, mu: Array, w: Array) -> Modes:
    """Return the modes of layers of single-scattering ``albedo`` (batch,), by a symmetric eigenproblem."""
    eye = np.eye(len(mu))
    low = np.linalg.cholesky(eye - albedo[:, None, None] * even)
    odd_part = eye - albedo[:, None, None] * odd
    m_low = low / mu[:, None]
    squared, v = np.linalg.eigh(np.swapaxes(m_low, -1, -2) @ odd_part @ m_low)
    k = np.sqrt(np.clip(squared, 1e-14, None))
    d_modes = m_low @ v / k[..., None, :]
    # S = I+ + I- is L^-T V, and from S' = -(M^-1 E_odd) D also M^-1 E_odd D / k: no triangular solve is needed.
    s_modes = (odd_part @ d_modes) / mu[:, None] / k[..., None, :]
    weight = 2.0 * np.pi * np.sqrt(w)
    shape = np.ascontiguousarray(np.moveaxis(np.sqrt(mu)[:, None] * d_modes, 0, -1))
    return Modes(k.T, shape, ((weight * mu) @ d_modes).T, (weight @ s_modes).T)


@lru_cache(maxsize=8)
def _table(g: float, n: float, nodes: int) -> Array:
    """Return the modes tabulated on sqrt(1 - albedo), (TABLE, rows): at fixed g they hang on the albedo alone."""
    mu, w = quadrature(nodes, n)
    even, odd, _ = phase_matrices(g, mu, w, moments_kept(nodes, n == 1.0))
    x = np.linspace(0.0, 1.0, TABLE)
    found = layer_modes(np.minimum(1.0 - x**2, ALBEDO_MAX), even, odd, mu, w)
    turn = np.sign(np.einsum("imb,imb->mb", found.shape[..., 1:], found.shape[..., :-1]))
    sign = np.cumprod(np.concatenate([np.ones((nodes, 1)), turn], axis=1), axis=1)  # an eigenvector has no sign
    smooth = Modes(found.decay, found.shape * sign, found.flux * sign, found.fluence * sign)
    return np.ascontiguousarray(smooth.stacked().T)


def _interpolated(albedo: Array, table: Array) -> Modes:
    """Return the modes at ``albedo`` (batch,) from the table."""
    x = np.sqrt(1.0 - albedo) * (len(table) - 1)
    i = np.minimum(x.astype(np.intp), len(table) - 2)
    below = table[i]
    rows = below + (x - i)[:, None] * (table[i + 1] - below)
    return Modes.of(np.ascontiguousarray(rows.T))


def moments_kept(nodes: int, matched: bool) -> int:
    """Return how many Legendre moments of the phase function ``nodes`` ordinates carry."""
    return 2 * nodes if matched else nodes


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
    even, odd, f = phase_matrices(g, mu, w, moments_kept(nodes, n == 1.0))
    extinction = np.maximum(mu_a + mu_s * (1.0 - f), 1e-6)
    albedo = np.minimum(mu_s * (1.0 - f) / extinction, ALBEDO_MAX)
    layers, batch = d.shape[-1], d.shape[:-1]
    tau = np.ascontiguousarray((extinction * d).reshape(-1, layers).T)
    flat = np.ascontiguousarray(albedo.reshape(-1, layers).T)
    table = _table(g, n, nodes) if flat.size >= TABLE_FROM else None
    modes = [layer_modes(a, even, odd, mu, w) if table is None else _interpolated(a, table) for a in flat]
    depth = np.stack([m.decay * t for m, t in zip(modes, tau, strict=True)])
    r_surface, source, specular = _surface(n, mu, w, diffuse_incidence)
    mirror = (1.0 - r_surface) / (1.0 + r_surface)
    foot = np.diag(mirror if open_bottom else np.ones(nodes))
    drive = 2.0 * source * np.sqrt(mu) / (1.0 + r_surface)
    tops, top_admittance = _joined(modes, depth, foot, np.diag(mirror), drive)
    down, up = _amplitudes(modes, depth, tops)
    leave = np.pi * np.sqrt(w * mu) * (1.0 - r_surface)
    back = tops[0] - np.einsum("ijb,jb->ib", top_admittance, tops[0])
    through = tops[-1] + foot @ tops[-1]
    last = leave if open_bottom else np.pi * np.sqrt(w * mu)
    return LightField(
        batch, d, depth, down, up, np.stack([m.flux for m in modes]), np.stack([m.fluence for m in modes]),
        specular, (leave @ back).reshape(batch), (last @ through).reshape(batch),
    )  # fmt: skip


def two_port(modes: Modes, depth: Array) -> tuple[Array, Array]:
    """Return a layer's admittances (ordinates, ordinates, batch): flux from its own face, and from the other face."""
    lost = -np.expm1(-2.0 * depth)
    own = modes.decay * (2.0 - lost) / lost  # k coth(k tau)
    other = modes.decay * 2.0 * np.exp(-depth) / lost  # k / sinh(k tau)
    return _product(modes.shape, own), _product(modes.shape, other)


def _product(matrix: Array, diagonal: Array) -> Array:
    """Return ``matrix diag(diagonal) matrix^T``, batch last; ``matrix`` (rows, inner, batch)."""
    out = np.empty((len(matrix), *matrix.shape[:1], matrix.shape[-1]))
    for i in range(len(matrix)):
        out[i, : i + 1] = np.einsum("jmb,mb->jb", matrix[: i + 1], matrix[i] * diagonal)
        out[:i, i] = out[i, :i]
    return out


def _eliminate(matrix: Array, right: Array) -> None:
    """Turn ``matrix`` into its L and D of L D L^T (D and below) and ``right`` into L^-1 right, batch last, in place.

    The matrices are symmetric and positive definite, so no pivoting is needed.
    """
    for j in range(len(matrix) - 1):
        ratio = matrix[j + 1 :, j] / matrix[j, j]
        matrix[j + 1 :, j + 1 :] -= ratio[:, None] * matrix[j, j + 1 :]
        right[j + 1 :] -= ratio[:, None] * right[j]
        matrix[j + 1 :, j] = ratio


def _back(matrix: Array, vector: Array) -> Array:
    """Return L^-T D^-1 vector after ``_eliminate``, (ordinates, batch)."""
    out = vector / np.einsum("iib->ib", matrix)
    for j in range(len(matrix) - 2, -1, -1):
        out[j] -= (matrix[j + 1 :, j] * out[j + 1 :]).sum(axis=0)
    return np.asarray(out)


def _joined(modes: list[Modes], depth: Array, foot: Array, head: Array, drive: Array) -> tuple[list[Array], Array]:
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


def _amplitudes(modes: list[Modes], depth: Array, faces: list[Array]) -> tuple[Array, Array]:
    """Return the amplitudes of the downward and upward modes, (layers, nodes, batch)."""
    down, up = np.empty_like(depth), np.empty_like(depth)
    for i, m in enumerate(modes):
        above, below = (m.decay * np.einsum("imb,ib->mb", m.shape, face) for face in faces[i : i + 2])
        e, lost = np.exp(-depth[i]), -np.expm1(-2.0 * depth[i])
        down[i], up[i] = (above - e * below) / lost, (below - e * above) / lost
    return down, up
