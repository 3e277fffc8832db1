"""Heat in any stack of plane layers: the reference beside ``heat``, for anybody's own tables.

The Pennes equation by finite volumes, ``rho c dT/dt = d/dz(k dT/dz) + w(T) rho_b c_b (T_b - T) + q_m + Q(z)``, with
cells that are finest at the surface and at each face between layers. Time is SciPy's LSODA with a banded Jacobian. The
whole is solved on finer and finer cells until the answer stands still. Perfusion answers to temperature at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import solve_banded

from irtherapy.values import InputError

Array = NDArray[np.float64]
Law = Callable[[Array], Array]

REFINE = (1.0, 2.0, 4.0, 8.0)  # how many times finer than the cells below, tried in turn
FINEST_M = 4e-5  # the cell at a face
GROWTH = 0.08  # how much wider the next is
COARSEST_M = 1e-3
AGREE_K = 2e-4  # two answers in turn must agree so well
NEWTON = 60
STEADY_K = 1e-9


@dataclass(frozen=True)
class Layer:
    """One layer: thickness, conductivity, density, heat capacity, metabolic heat, and perfusion in 1/s by degrees C."""

    thickness_m: float
    conductivity_w_m_k: float
    density_kg_m3: float
    heat_capacity_j_kg_k: float
    metabolic_w_m3: float
    perfusion: Law


@dataclass(frozen=True)
class Blood:
    """What perfuses: density, heat capacity, and the arterial temperature."""

    density_kg_m3: float
    heat_capacity_j_kg_k: float
    temperature_c: float


@dataclass(frozen=True)
class Edge:
    """An edge: ``q = h (ambient - T) + flux`` into the tissue; an infinite ``h`` holds it at ``ambient_c``."""

    h_w_m2_k: float = 0.0
    ambient_c: float = 0.0
    flux_w_m2: float = 0.0


@dataclass(frozen=True)
class Source:
    """Light that falls off as exp(-mua z) from the surface."""

    irradiance_w_m2: float
    mua_per_m: float


def constant(per_s: float) -> Law:
    """Return a perfusion that does not answer to temperature."""
    return lambda temp: np.full_like(temp, per_s)


def bell(base_kg_m3_s: float, more_kg_m3_s: float, blood: Blood) -> Law:
    """Return Lang, Erdmann & Seebass' (1999) ``base + more exp(-(T - 45)^2 / 12)``, held above 45 degrees C."""
    return lambda temp: (
        (base_kg_m3_s + more_kg_m3_s * np.exp(-((np.minimum(temp, 45.0) - 45.0) ** 2) / 12.0)) / blood.density_kg_m3
    )


def sigmoid(per_s: float, gain: float) -> Law:
    """Return the skin's ``w0 [1 + (K - 1) / (1 + exp(-(T - 39.5)))]``."""
    return lambda temp: per_s * (1.0 + (gain - 1.0) / (1.0 + np.exp(np.clip(39.5 - temp, -60.0, 60.0))))


def linear(per_s: float, from_c: float, slope_per_k: float, max_ratio: float) -> Law:
    """Return ``w0 (1 + slope (T - from))`` above ``from_c``, at most ``max_ratio`` times ``w0``."""
    return lambda temp: per_s * np.clip(1.0 + slope_per_k * (temp - from_c), 1.0, max(1.0, max_ratio))


@dataclass(frozen=True)
class Problem:
    """Everything that is solved. ``initial_c`` None: the steady state without source and without the added flux."""

    layers: tuple[Layer, ...]
    blood: Blood
    surface: Edge
    deep: Edge
    added_flux_w_m2: float
    source: Source | None
    initial_c: float | None


@dataclass(frozen=True)
class Answer:
    """Temperatures in degrees C, (times, depths); ``settled_k`` is how far the last two refinements lie apart."""

    temperature_c: Array
    cells: int
    settled_k: float


def solve(problem: Problem, times_s: Sequence[float], depths_m: Sequence[float]) -> Answer:
    """Return the temperatures at ``depths_m`` (from the surface) at ``times_s`` (from 0, rising).

    Raises InputError when there is no steady state to begin from, or when no refinement settles to 0.01 K.
    """
    before, apart = None, math.inf
    for refine in REFINE:
        grid = _Grid(problem, refine)
        found = grid.course(np.asarray(times_s, dtype=float), np.asarray(depths_m, dtype=float))
        if before is not None:
            apart = float(np.abs(found - before).max(initial=0.0))
            if apart < AGREE_K:
                break
        before = found
    if apart > 0.01:
        raise InputError("times_s", "times_s: the answer did not settle to 0.01 K; ask for later times.")
    return Answer(found, len(grid.dz), apart)


class _Grid:
    """One refinement: cells, and what flows between them."""

    def __init__(self, problem: Problem, refine: float) -> None:
        self.problem = problem
        widths = [_widths(layer.thickness_m, refine) for layer in problem.layers]
        counts = [len(w) for w in widths]
        self.dz = np.concatenate(widths)

        def each(name: str) -> Array:
            return np.repeat([getattr(layer, name) for layer in problem.layers], counts)

        conductivity = each("conductivity_w_m_k")
        self.capacity = each("density_kg_m3") * each("heat_capacity_j_kg_k") * self.dz
        self.metabolic = each("metabolic_w_m3") * self.dz
        self.half = 2.0 * conductivity / self.dz  # conductance of half a cell
        self.between = 1.0 / (1.0 / self.half[1:] + 1.0 / self.half[:-1])
        ends = np.cumsum(counts)
        self.spans = [slice(b - a, b) for a, b in zip(counts, ends, strict=True)]
        self.faces = np.concatenate([[0.0], np.cumsum(self.dz)])

    def perfused(self, temp: Array) -> Array:
        """Return what blood carries per degree, W/m2/K by cell."""
        blood = self.problem.blood
        w = np.concatenate([layer.perfusion(temp[s]) for layer, s in zip(self.problem.layers, self.spans, strict=True)])
        return w * blood.density_kg_m3 * blood.heat_capacity_j_kg_k * self.dz

    def edge(self, edge: Edge, half: float, added: float) -> tuple[float, float]:
        """Return (loss, load): the flux into the outermost cell is ``load - loss T``."""
        flux = edge.flux_w_m2 + added
        if math.isinf(edge.h_w_m2_k):
            return half, half * edge.ambient_c
        share = half / (half + edge.h_w_m2_k)
        return edge.h_w_m2_k * share, share * (edge.h_w_m2_k * edge.ambient_c + flux)

    def edges(self, heated: bool) -> tuple[float, float, float, float]:
        """Return (loss, load) of the surface and of the deep edge."""
        added = self.problem.added_flux_w_m2 if heated else 0.0
        top = self.edge(self.problem.surface, float(self.half[0]), added)
        return *top, *self.edge(self.problem.deep, float(self.half[-1]), 0.0)

    def released(self) -> Array:
        """Return the light absorbed by cell, W/m2."""
        source = self.problem.source
        if source is None:
            return np.zeros_like(self.dz)
        left = source.irradiance_w_m2 * np.exp(-source.mua_per_m * self.faces)
        return np.asarray(left[:-1] - left[1:])

    def steady(self) -> Array:
        """Return the steady state without source and added flux, by fixed-point rounds on the perfusion."""
        top_loss, top_load, deep_loss, deep_load = self.edges(heated=False)
        temp = np.full_like(self.dz, self.problem.blood.temperature_c)
        for _ in range(NEWTON):
            carried = self.perfused(temp)
            band = np.zeros((3, len(temp)))
            band[0, 1:], band[2, :-1] = -self.between, -self.between
            band[1] = carried
            band[1, :-1] += self.between
            band[1, 1:] += self.between
            band[1, 0] += top_loss
            band[1, -1] += deep_loss
            right = self.metabolic + carried * self.problem.blood.temperature_c
            right[0] += top_load
            right[-1] += deep_load
            if top_loss + deep_loss + carried.sum() <= 0.0:
                raise InputError("initial", "initial: there is no steady state, since nothing holds the temperature.")
            after = solve_banded((1, 1), band, right)
            moved = float(np.abs(after - temp).max())
            temp = 0.5 * (temp + after) if moved > STEADY_K else after
            if moved < STEADY_K:
                return np.asarray(temp)
        raise InputError("initial", "initial: no steady state was found; give a uniform temperature instead.")

    def course(self, times_s: Array, depths_m: Array) -> Array:
        """Return (times, depths) temperatures."""
        problem = self.problem
        start = self.steady() if problem.initial_c is None else np.full_like(self.dz, problem.initial_c)
        top_loss, top_load, deep_loss, deep_load = self.edges(heated=True)
        load = self.metabolic + self.released()
        load[0] += top_load
        load[-1] += deep_load

        def slope(_: float, temp: Array) -> Array:
            flow = load + self.perfused(temp) * (problem.blood.temperature_c - temp)
            across = self.between * (temp[1:] - temp[:-1])
            flow[:-1] += across
            flow[1:] -= across
            flow[0] -= top_loss * temp[0]
            flow[-1] -= deep_loss * temp[-1]
            return np.asarray(flow / self.capacity)

        early = int((times_s <= 0.0).sum())
        before = np.full_like(depths_m, problem.initial_c or 0.0)  # uniform at time 0, up to the surface itself
        if problem.initial_c is None:
            before = self.at(start, depths_m, heated=False)
        temps: list[Array] = []
        later = times_s[times_s > 0.0]
        if len(later):
            span = (0.0, float(later[-1]))
            done = solve_ivp(slope, span, start, "LSODA", later, rtol=1e-7, atol=1e-6, lband=1, uband=1)
            if not done.success:
                raise InputError("times_s", "times_s: the time steps did not get through to the last of them.")
            temps = list(done.y.T)
        return np.stack([before] * early + [self.at(t, depths_m, heated=True) for t in temps])

    def at(self, temp: Array, depths_m: Array, heated: bool) -> Array:
        """Return the temperatures at depths, linear between centres and faces of the cells."""
        inner = (self.half[:-1] * temp[:-1] + self.half[1:] * temp[1:]) / (self.half[:-1] + self.half[1:])
        top_loss, top_load, deep_loss, deep_load = self.edges(heated)
        surface = temp[0] + (top_load - top_loss * temp[0]) / self.half[0]
        bottom = temp[-1] + (deep_load - deep_loss * temp[-1]) / self.half[-1]
        depth = np.empty(2 * len(temp) + 1)
        value = np.empty_like(depth)
        depth[::2], depth[1::2] = self.faces, self.faces[:-1] + 0.5 * self.dz
        value[::2], value[1::2] = np.concatenate([[surface], inner, [bottom]]), temp
        return np.interp(depths_m, depth, value)


def _widths(thickness_m: float, refine: float) -> Array:
    """Return cell widths of a layer: finest at both faces, growing towards its middle, together its thickness."""
    half, width, rising = 0.0, FINEST_M / refine, []
    while half < 0.5 * thickness_m:
        rising.append(width)
        half += width
        width = min(width * (1.0 + GROWTH / refine), COARSEST_M / refine)
    widths = np.array(rising + rising[::-1])
    return np.asarray(widths * (thickness_m / widths.sum()))
