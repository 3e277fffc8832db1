"""Sideways: rings round an axis, or a rectangle of voxels, and the modes in which heat and light spread along the skin.

Layers of tissue are the same everywhere along the skin, so what spreads sideways separates: a field on the places of a
grid is a sum of modes, each of which decays by its own ``wave_sq_per_m2`` and does not meet the others. Modes are those
of the finite-volume Laplacian with insulated sides; the first is the mean over the grid. None is left out: without the
finest ones a pad that warms is wrong by half a degree in its first minute, and fewer places cost less. Fields are
(places, depths); the places of a rectangle are two axes, (x, y, depths).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from irtherapy.values import InputError

Array = NDArray[np.float64]


class Grid(Protocol):
    """Places along the skin: their area, and the way between places and modes."""

    @property
    def area_m2(self) -> Array:
        """Return the area of each place."""

    @property
    def wave_sq_per_m2(self) -> Array:
        """Return the eigenvalue of each mode, the shape of the modes."""

    def in_precision(self, dtype: DTypeLike) -> Grid:
        """Return the same places with figures of ``dtype``."""

    def to_modes(self, field: Array) -> Array:
        """Return the amplitudes (modes, depths) of a field (places, depths)."""

    def to_places(self, modes: Array) -> Array:
        """Return the field (places, depths) of amplitudes (modes, depths)."""


def _eigenmodes(area: Array, link: Array) -> tuple[Array, Array]:
    """Return (eigenvalues, shapes) of ``link`` between neighbours over ``area``.

    Shapes are (places, modes); the mean over the area of each one's square is 1, and the first is 1 everywhere.
    """
    root = np.sqrt(area)
    matrix = np.zeros((len(area), len(area)))
    i = np.arange(len(link))
    matrix[i, i] += link
    matrix[i + 1, i + 1] += link
    matrix[i, i + 1] = matrix[i + 1, i] = -link
    value, vector = _eigh(matrix / root / root[:, None])
    shape = vector / root[:, None] * np.sqrt(area.sum())
    value[0], shape[:, 0] = 0.0, 1.0  # exactly; an eigenvector alone has no sign
    return np.maximum(value, 0.0), shape


def _eigh(matrix: Array) -> tuple[Array, Array]:
    """Return the rising eigenvalues and the eigenvectors of a chain, exactly even and odd by turns if it is mirrored.

    Left to itself an eigensolver mixes the two where their eigenvalues hardly differ, as those of fine cells at both
    ends of a side do.
    """
    if not np.allclose(matrix, matrix[::-1, ::-1], rtol=1e-12):
        value, vector = np.linalg.eigh(matrix)
        return value, vector
    count = len(matrix)
    values, vectors = np.empty(count), np.empty((count, count))
    for first, sign in ((0, 1.0), (1, -1.0)):
        basis = np.eye(count) + sign * np.eye(count)[::-1]
        basis = basis[: (count + 1 - first) // 2]
        basis /= np.linalg.norm(basis, axis=1)[:, None]
        values[first::2], half = np.linalg.eigh(basis @ matrix @ basis.T)
        vectors[:, first::2] = basis.T @ half
    return values, vectors


@dataclass(frozen=True)
class Rings:
    """Rings round an axis: ``faces_m`` (rings + 1,) from 0 outward."""

    faces_m: Array
    area_m2: Array
    wave_sq_per_m2: Array
    forward: Array
    back: Array

    @classmethod
    def of(cls, faces_m: Array) -> Rings:
        """Return the rings between ``faces_m``, with all of their modes.

        Raises InputError when the faces do not rise from 0.
        """
        faces = np.asarray(faces_m, dtype=np.float64)
        if faces.ndim != 1 or len(faces) < 3 or faces[0] != 0.0 or not np.all(np.diff(faces) > 0.0):
            raise InputError("Rings", "Rings must be given by three or more radii that rise from 0.")
        area = np.pi * np.diff(faces**2)
        centre = 0.5 * (faces[1:] + faces[:-1])
        value, shape = _eigenmodes(area, 2.0 * np.pi * faces[1:-1] / np.diff(centre))
        return cls(faces, area, value, np.ascontiguousarray(shape.T * (area / area.sum())), shape)

    @property
    def radius_m(self) -> Array:
        """Return the middle radius of each ring."""
        return 0.5 * (self.faces_m[1:] + self.faces_m[:-1])

    def in_precision(self, dtype: DTypeLike) -> Rings:
        """Return the same rings with figures of ``dtype``."""
        return replace(self, **{name: value.astype(dtype, copy=False) for name, value in vars(self).items()})

    def to_modes(self, field: Array) -> Array:
        """Return the amplitudes (modes, depths) of a field (rings, depths)."""
        return np.asarray(self.forward @ field)

    def to_places(self, modes: Array) -> Array:
        """Return the field (rings, depths) of amplitudes (modes, depths)."""
        return np.asarray(self.back @ modes)


def rings(beam_radius_m: float, outer_m: float, count: int = 40) -> Rings:
    """Return ``count`` rings that are finest at the rim of the beam and end at ``outer_m``.

    About half lie within the beam, and a face is at its rim. Raises InputError when the beam does not fit.
    """
    if not 0.0 < beam_radius_m < outer_m:
        raise InputError("Beam radius", f"Beam radius must be above 0 and below {outer_m * 100:g} cm.")
    inner = count // 2 if beam_radius_m < 0.7 * outer_m else round(0.7 * count)
    inside = 1.0 - (1.0 - np.linspace(0.0, 1.0, inner + 1)) ** 1.25
    first = beam_radius_m * (inside[-1] - inside[-2])
    outside = _growing(first, outer_m - beam_radius_m, count - inner)
    return Rings.of(np.concatenate([beam_radius_m * inside, beam_radius_m + outside]))


def _growing(first: float, span: float, count: int) -> Array:
    """Return ``count`` faces after 0 that reach ``span``, the steps growing evenly from about ``first``."""
    low, high = 1.0 + 1e-9, 100.0
    if first * count >= span:
        return np.linspace(0.0, span, count + 1)[1:]
    for _ in range(80):
        growth = np.sqrt(low * high)
        total = first * (growth**count - 1.0) / (growth - 1.0)
        low, high = (growth, high) if total < span else (low, growth)
    faces = np.cumsum(first * low ** np.arange(count))
    return np.asarray(faces * (span / faces[-1]))


@dataclass(frozen=True)
class Rectangle:
    """Voxels over a rectangle: faces along x and y, sides insulated (so a side may be a plane of symmetry)."""

    x_faces_m: Array
    y_faces_m: Array
    area_m2: Array
    wave_sq_per_m2: Array
    forward_x: Array
    forward_y: Array
    back_x: Array
    back_y: Array

    @classmethod
    def of(cls, x_faces_m: Array, y_faces_m: Array) -> Rectangle:
        """Return the voxels between faces with all of their modes.

        Raises InputError when the faces do not rise.
        """
        sides = []
        for name, given in (("x", x_faces_m), ("y", y_faces_m)):
            faces = np.asarray(given, dtype=np.float64)
            width = np.diff(faces)
            if faces.ndim != 1 or len(faces) < 3 or not np.all(width > 0.0):
                raise InputError("Voxels", f"Voxels must be given by three or more rising faces along {name}.")
            value, shape = _eigenmodes(width, 2.0 / (width[1:] + width[:-1]))
            sides.append((faces, width, value, np.ascontiguousarray(shape.T * (width / width.sum())), shape))
        (x, dx, kx, fx, bx), (y, dy, ky, fy, by) = sides
        return cls(x, y, dx[:, None] * dy, kx[:, None] + ky, fx, fy, bx, by)

    def in_precision(self, dtype: DTypeLike) -> Rectangle:
        """Return the same voxels with figures of ``dtype``."""
        return replace(self, **{name: value.astype(dtype, copy=False) for name, value in vars(self).items()})

    def to_modes(self, field: Array) -> Array:
        """Return the amplitudes (x modes, y modes, depths) of a field (x, y, depths)."""
        return _both(self.forward_x, self.forward_y, field)

    def to_places(self, modes: Array) -> Array:
        """Return the field (x, y, depths) of amplitudes (x modes, y modes, depths)."""
        return _both(self.back_x, self.back_y, modes)


def _both(along_x: Array, along_y: Array, field: Array) -> Array:
    """Return ``field`` (x, y, depths) with a matrix applied along x and another along y."""
    x, y, depths = field.shape
    turned = (along_x @ field.reshape(x, y * depths)).reshape(len(along_x), y, depths)
    return np.asarray(np.matmul(along_y, turned))
