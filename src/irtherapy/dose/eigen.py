"""Ordinates for light in a layer, and the modes in which they carry it.

The quadrature decides the accuracy. Nodes are split at the critical angle: Gauss below it; above it a Radau rule in the
*outside* (transmitted) cosine, so that normal incidence is a node and the collimated beam is one of the ordinates. The
energy and the mean cosine lost by quadrature are put back on the diagonal of the phase matrix. As many Legendre moments
are kept as the split rule integrates exactly: one a node, two a node for a matched surface.

A homogeneous layer is a symmetric eigenproblem (Stamnes & Conklin 1984). At fixed g and index its modes hang on the
albedo alone, and are smooth in ``x = sqrt(1 - albedo)``: with Chebyshev polynomials the modes of any number of layers
come out of one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.float64]
Real = NDArray[Any]  # double or single precision

ALBEDO_MAX = 1.0 - 1e-9
DEGREES_A_NODE = 6  # of the polynomials in x: modes to 1e-6, and 1e-5 for a matched surface
BLOCK = 128  # columns of a product: small enough that the library behind NumPy starts no threads of its own


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


def moments_kept(nodes: int, matched: bool) -> int:
    """Return how many Legendre moments of the phase function ``nodes`` ordinates carry."""
    return 2 * nodes if matched else nodes


@dataclass(frozen=True)
class Modes:
    """Modes that fall as exp(-decay tau), batch last: ``decay``, ``flux`` and ``fluence`` (modes, batch).

    ``shape`` (ordinates, modes, batch) is I+ - I- of each mode, scaled by sqrt(weight cosine); ``flux`` and
    ``fluence`` are what a unit of the mode carries. The slowest mode comes first.
    """

    decay: Real
    shape: Real
    flux: Real
    fluence: Real


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
def series(g: float, n: float, nodes: int) -> Array:
    """Return Chebyshev coefficients in ``x = sqrt(1 - albedo)`` of the modes, (rows, degrees).

    Rows are decay, flux, fluence and shape. Without absorption the slowest mode falls as x and its fluence grows as
    1 / x; these two rows are kept divided and multiplied by x.
    """
    mu, w = quadrature(nodes, n)
    even, odd, _ = phase_matrices(g, mu, w, moments_kept(nodes, n == 1.0))
    count = DEGREES_A_NODE * nodes + 1
    angle = np.pi * (np.arange(count) + 0.5) / count
    x = 0.5 * (1.0 + np.cos(angle))
    found = layer_modes(1.0 - x**2, even, odd, mu, w)
    turn = np.sign(np.einsum("imb,imb->mb", found.shape[..., 1:], found.shape[..., :-1]))
    sign = np.cumprod(np.concatenate([np.ones((nodes, 1)), turn], axis=1), axis=1)  # an eigenvector has no sign
    shape = (found.shape * sign).reshape(-1, count)
    rows = np.concatenate([found.decay, found.flux * sign, found.fluence * sign, shape])
    rows[0] /= x
    rows[2 * nodes] *= x
    transform = np.cos(np.arange(count)[:, None] * angle) * (2.0 / count)
    transform[0] *= 0.5
    return np.asarray(rows @ transform.T, dtype=np.float64)


def modes_at(albedo: Array, g: float, n: float, nodes: int, dtype: DTypeLike = np.float64) -> Modes:
    """Return the modes of layers of ``albedo`` (batch,) from the polynomials, worked out in ``dtype``."""
    table = series(g, n, nodes).astype(dtype)
    x = np.sqrt(1.0 - albedo).astype(dtype)
    t = 2.0 * x - 1.0
    basis = np.zeros((table.shape[1], -len(x) % BLOCK + len(x)), dtype)
    now = basis[:, : len(x)]
    now[0], now[1] = 1.0, t
    t += t
    for i in range(2, len(now)):
        np.multiply(t, now[i - 1], out=now[i])
        now[i] -= now[i - 2]
    rows = np.empty((len(table), basis.shape[1]), dtype)
    blocks = [a.reshape(len(a), -1, BLOCK).transpose(1, 0, 2) for a in (basis, rows)]
    np.matmul(table, blocks[0], out=blocks[1])
    rows = rows[:, : len(x)]
    rows[0] *= x
    rows[2 * nodes] /= x
    shape = rows[3 * nodes :].reshape(nodes, nodes, -1)
    return Modes(rows[:nodes], shape, rows[nodes : 2 * nodes], rows[2 * nodes : 3 * nodes])
