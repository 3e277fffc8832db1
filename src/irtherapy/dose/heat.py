"""Heat in layered tissue: the Pennes equation on a graded grid, many persons at once.

``rho c dT/dt = d/dz(k dT/dz) + w rho_b c_b (T_a - T) + q_m + Q(z)`` by finite volumes. A cell has constant
properties; the conductance between two cells is that of their half cells in series. Time: the L-stable two-stage SDIRK
of second order (Alexander 1977), perfusion split off as its own relaxation before and after (Strang). The persons'
symmetric tridiagonal systems are chained, uncoupled, into one LAPACK call, so arrays are (persons, cells), depth last.

Perfusion follows temperature with a lag: skin ``w0 [1 + (K-1)/(1 + exp(-(T - 39.5)))]`` (K 5 on the Piazena 2023 case),
muscle and fat after Lang, Erdmann & Seebass 1999.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpttrf, dpttrs

Array = NDArray[np.float64]

BLOOD_J_M3_K = 1050.0 * 3617.0
GAMMA = 1.0 - 1.0 / np.sqrt(2.0)
REST_WITHIN_K = 1e-6
CONSTANT, SKIN, MUSCLE, FAT = 0, 1, 2, 3  # how the perfusion of a cell answers to temperature
# Lang's curves are used as a factor on the resting value, its own baseline being 0.45 and 0.36 kg/m3/s.
BELL = {MUSCLE: 3.55 / 0.45, FAT: 1.0}


@dataclass(frozen=True)
class Tissue:
    """Cells of persons: (persons, cells) arrays, except ``response`` (cells,) and the per-person (persons,) ones.

    ``perfusion_per_s`` is the resting one; ``gain`` the K of skin; ``lag_s`` the first-order lag of the response.
    ``core_c`` is the temperature of the blood and of the deep edge.
    """

    dz_m: Array
    conductivity_w_m_k: Array
    heat_capacity_j_m3_k: Array
    perfusion_per_s: Array
    metabolic_w_m3: Array
    response: NDArray[np.int64]
    gain: Array
    lag_s: Array
    core_c: Array

    @property
    def depth_m(self) -> Array:
        """Return the depth of the cell centres, (persons, cells)."""
        return np.cumsum(self.dz_m, axis=-1) - 0.5 * self.dz_m

    def links(self) -> tuple[Array, Array, Array]:
        """Return conductances in W/m2/K: surface to first cell, between cells, last cell to the deep edge."""
        half = 0.5 * self.dz_m / self.conductivity_w_m_k
        return 1.0 / half[:, 0], 1.0 / (half[:, 1:] + half[:, :-1]), 1.0 / half[:, -1]


@dataclass(frozen=True)
class Surface:
    """What the skin meets, (persons,) each: ``h`` towards ``ambient_c``, and a flux into the skin (losses negative).

    An infinite ``h_w_m2_k`` holds the surface at ``ambient_c``.
    """

    h_w_m2_k: Array
    ambient_c: Array
    flux_w_m2: Array


@dataclass(frozen=True)
class State:
    """Temperatures (persons, cells), the perfusion they have reached, and the one they tend to (when worked out)."""

    temp_c: Array
    perfusion_per_s: Array
    target_per_s: Array | None = None


def perfusion_target(tissue: Tissue, temp_c: Array) -> Array:
    """Return the perfusion in 1/s each cell tends to at ``temp_c``."""
    w0 = tissue.perfusion_per_s
    out = w0.copy()
    for kind, cells in _runs(tissue.response):
        if kind == SKIN:
            rise = 1.0 / (1.0 + np.exp(np.clip(39.5 - temp_c[:, cells], -60.0, 60.0)))
            out[:, cells] *= 1.0 + (tissue.gain[:, None] - 1.0) * rise
        elif kind in BELL:
            bell = np.exp(-((np.minimum(temp_c[:, cells], 45.0) - 45.0) ** 2) / 12.0)
            out[:, cells] *= 1.0 + BELL[kind] * bell
    return out


def _runs(response: NDArray[np.int64]) -> list[tuple[int, slice]]:
    """Return the runs of neighbouring cells that answer alike: (how, cells)."""
    edges = [0, *(np.flatnonzero(np.diff(response)) + 1).tolist(), len(response)]
    return [(int(response[i]), slice(i, j)) for i, j in zip(edges[:-1], edges[1:], strict=True)]


@dataclass(frozen=True)
class _System:
    """The persons' symmetric tridiagonal systems, chained uncoupled into one, factored (L D L^T)."""

    diag: Array
    off: Array

    @classmethod
    def of(cls, diag: Array, off: Array) -> _System:
        """Return the factors; ``diag`` (persons, cells), ``off`` (persons, cells - 1) couples neighbours."""
        chained = np.zeros(diag.shape)
        chained[:, :-1] = off
        d, e, info = dpttrf(diag.ravel(), chained.ravel()[:-1])
        if info != 0:
            raise FloatingPointError("The heat equation has no solution.")
        return cls(d, e)

    def solve(self, right: Array) -> Array:
        """Return the solutions, (persons, cells)."""
        x, _ = dpttrs(self.diag, self.off, right.ravel())
        return np.asarray(x).reshape(right.shape)


class Bioheat:
    """The discrete operator of one tissue under one surface: right-hand side, steady state and a time step."""

    def __init__(self, tissue: Tissue, surface: Surface) -> None:
        self.tissue = tissue
        top, self.between, self.deep = tissue.links()
        with np.errstate(divide="ignore", invalid="ignore"):
            # The surface has no mass: flux_in = h (Ts - Tamb) + top (Ts - T0) gives Ts and what reaches the cell.
            held = np.isinf(surface.h_w_m2_k)
            share = np.where(held, 0.0, top / (top + surface.h_w_m2_k))
            self.loss = np.where(held, top, surface.h_w_m2_k * share)
        self.top, self.surface, self.share = top, surface, share
        self.capacity = tissue.heat_capacity_j_m3_k * tissue.dz_m
        self.low = self.between
        diag = np.zeros_like(tissue.dz_m)
        diag[:, :-1] += self.between
        diag[:, 1:] += self.between
        diag[:, 0] += self.loss
        diag[:, -1] += self.deep
        self.conduct = diag
        load = tissue.metabolic_w_m3 * tissue.dz_m
        load[:, 0] += self.loss * surface.ambient_c + share * surface.flux_w_m2
        load[:, -1] += self.deep * tissue.core_c
        self.load = load

    def skin_c(self, temp_c: Array) -> Array:
        """Return the temperature of the skin surface, (persons,)."""
        s = self.surface
        free = self.share * (temp_c[:, 0] + s.flux_w_m2 / self.top)
        return free + (1.0 - self.share) * s.ambient_c

    def steady(self, source_w_m2: Array, perfusion_per_s: Array) -> Array:
        """Return the steady temperatures under ``source_w_m2`` (heat released per cell) at a fixed perfusion."""
        blood = perfusion_per_s * BLOOD_J_M3_K * self.tissue.dz_m
        rhs = self.load + source_w_m2 + blood * self.tissue.core_c[:, None]
        return _System.of(self.conduct + blood, -self.between).solve(rhs)

    def rest(self, source_w_m2: Array | float = 0.0, rounds: int = 60) -> State:
        """Return the steady state with the perfusion it asks for itself (damped fixed point)."""
        w = self.tissue.perfusion_per_s.copy()
        temp = self.tissue.core_c[:, None]
        for _ in range(rounds):
            before, temp = temp, self.steady(np.zeros_like(w) + source_w_m2, w)
            w = 0.5 * (w + perfusion_target(self.tissue, temp))
            if np.abs(temp - before).max() < REST_WITHIN_K:
                break
        return State(self.steady(np.zeros_like(w) + source_w_m2, w), w)

    def step(self, state: State, source_w_m2: Array, dt_s: float) -> State:
        """Return the state ``dt_s`` later; ``source_w_m2`` is the heat released per cell.

        Raises FloatingPointError when no finite temperature comes out.
        """
        tissue, a = self.tissue, GAMMA * dt_s
        w = _relax(tissue, state, 0.5 * dt_s)
        blood = w * (BLOOD_J_M3_K * tissue.dz_m)
        system = _System.of(self.capacity + a * (self.conduct + blood), -a * self.between)
        heat = a * (self.load + source_w_m2 + blood * tissue.core_c[:, None])
        first = system.solve(self.capacity * state.temp_c + heat)
        between = state.temp_c + (1.0 / GAMMA - 1.0) * (first - state.temp_c)
        temp = system.solve(self.capacity * between + heat)  # stiffly accurate: the second stage is the result
        if not np.isfinite(temp.sum()):
            raise FloatingPointError("The heat equation gave no finite temperature.")
        half = State(temp, w, perfusion_target(tissue, temp))
        return State(temp, _relax(tissue, half, 0.5 * dt_s), half.target_per_s)


def _relax(tissue: Tissue, state: State, dt_s: float) -> Array:
    """Return the perfusion ``dt_s`` later, relaxing towards the target of the present temperature."""
    target = perfusion_target(tissue, state.temp_c) if state.target_per_s is None else state.target_per_s
    return target + (state.perfusion_per_s - target) * np.exp(-dt_s / tissue.lag_s)[:, None]


def time_steps(span_s: float, first_s: float = 0.5, most_s: float = 10.0, growth: float = 1.25) -> Array:
    """Return step lengths that grow from ``first_s`` to ``most_s`` and add up to ``span_s``."""
    steps: list[float] = []
    left, dt = span_s, first_s
    while left > 1e-9:
        dt = min(dt, left, most_s)
        steps.append(dt)
        left -= dt
        dt *= growth
    return np.array(steps)


@dataclass(frozen=True)
class Course:
    """Times (times,), skin (persons, times) and temperatures of the kept cells, (times, persons, cells)."""

    time_s: Array
    skin_c: Array
    temp_c: Array
    last: State


def run(
    operator: Bioheat,
    start: State,
    source_w_m2: Array,
    steps_s: Array,
    keep: Callable[[Array], Array] = lambda temp: temp,
) -> Course:
    """Return the course under a constant source over given steps; ``keep`` picks what is stored of each temperature."""
    state, skins, temps = start, [operator.skin_c(start.temp_c)], [keep(start.temp_c)]
    for dt in steps_s:
        state = operator.step(state, source_w_m2, float(dt))
        skins.append(operator.skin_c(state.temp_c))
        temps.append(keep(state.temp_c))
    time = np.concatenate([[0.0], np.cumsum(steps_s)])
    return Course(time, np.stack(skins, axis=-1), np.stack(temps), state)


def without_response(tissue: Tissue) -> Tissue:
    """Return the same tissue with perfusion that does not answer to temperature (for analytic cases)."""
    return replace(tissue, response=np.full_like(tissue.response, CONSTANT))
