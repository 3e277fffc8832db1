"""Heat in layered tissue: the Pennes equation on a graded grid, many persons at once.

``rho c dT/dt = d/dz(k dT/dz) + w rho_b c_b (T_a - T) + q_m + Q(z)`` by finite volumes. A cell has constant
properties; the conductance between two cells is that of their half cells in series. Time: the L-stable two-stage SDIRK
of second order (Alexander 1977), perfusion split off as its own relaxation before and after (Strang).

Arrays are (persons, cells), depth last. Few persons' symmetric tridiagonal systems are chained, uncoupled, into one
LAPACK call; many persons' are swept cell by cell, all persons at once, which are then next to each other in memory
(Fortran order). The operations are the same and so are the results.

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
SWEPT_FROM = 200  # persons from which sweeping over all of them is faster than one chain
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

    def face_c(self, below: int, temp_c: Array) -> Array:
        """Return the temperature of the face above cell ``below``, (..., persons), from (..., persons, cells)."""
        conductance = self.conductivity_w_m_k / self.dz_m
        over, under = conductance[:, below - 1], conductance[:, below]
        return np.asarray((over * temp_c[..., below - 1] + under * temp_c[..., below]) / (over + under))

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
    out = np.empty_like(temp_c)
    for kind, cells in _runs(tissue.response):
        here = out[:, cells]
        if kind == SKIN:
            np.minimum(39.5 - temp_c[:, cells], 60.0, out=here)
            np.exp(here, out=here)
            here += 1.0
            np.divide(tissue.gain[:, None] - 1.0, here, out=here)
        elif kind in BELL:
            np.minimum(temp_c[:, cells] - 45.0, 0.0, out=here)
            here *= here
            here *= -1.0 / 12.0
            np.exp(here, out=here)
            here *= BELL[kind]
        else:
            here[...] = 0.0
        here += 1.0
    out *= w0
    return out


def _runs(response: NDArray[np.int64]) -> list[tuple[int, slice]]:
    """Return the runs of neighbouring cells that answer alike: (how, cells)."""
    edges = [0, *(np.flatnonzero(np.diff(response)) + 1).tolist(), len(response)]
    return [(int(response[i]), slice(i, j)) for i, j in zip(edges[:-1], edges[1:], strict=True)]


class _System:
    """The persons' symmetric tridiagonal systems, factored (L D L^T): chained into one, or swept together."""

    def __init__(self, diag: Array, off: Array) -> None:
        """Factor ``diag`` (persons, cells), which is used up; ``off`` (persons, cells - 1) couples neighbours."""
        self.swept = len(diag) >= SWEPT_FROM
        if self.swept:
            self.diag, self.off = np.ascontiguousarray(diag.T), np.empty(off.shape[::-1])
            lost, rows = np.empty(len(diag)), list(self.diag)
            for above, here, coupled, ratio in zip(rows[:-1], rows[1:], off.T, self.off, strict=True):
                np.divide(coupled, above, out=ratio)
                np.multiply(ratio, coupled, out=lost)
                here -= lost
            good = self.diag.min() > 0.0
        else:
            chained = np.zeros(diag.shape)
            chained[:, :-1] = off
            self.diag, self.off, info = dpttrf(diag.ravel(), chained.ravel()[:-1], overwrite_d=1, overwrite_e=1)
            good = info == 0
        if not good:
            raise FloatingPointError("The heat equation has no solution.")

    def solve(self, right: Array) -> Array:
        """Return the solutions, (persons, cells), laid in memory as ``right``."""
        if not self.swept:
            return np.asarray(dpttrs(self.diag, self.off, right.ravel())[0]).reshape(right.shape)
        x = np.array(right.T, order="C")
        rows, ratios, part = list(x), list(self.off), np.empty(len(right))
        for above, here, ratio in zip(rows[:-1], rows[1:], ratios, strict=True):
            np.multiply(ratio, above, out=part)
            here -= part
        x /= self.diag
        for below, here, ratio in zip(rows[:0:-1], rows[-2::-1], ratios[::-1], strict=True):
            np.multiply(ratio, below, out=part)
            here -= part
        return x.T


class Bioheat:
    """The discrete operator of one tissue under one surface: right-hand side, steady state and a time step."""

    def __init__(self, tissue: Tissue, surface: Surface) -> None:
        self.tissue = tissue = _laid(tissue)
        top, self.between, self.deep = tissue.links()
        with np.errstate(divide="ignore", invalid="ignore"):
            # The surface has no mass: flux_in = h (Ts - Tamb) + top (Ts - T0) gives Ts and what reaches the cell.
            held = np.isinf(surface.h_w_m2_k)
            share = np.where(held, 0.0, top / (top + surface.h_w_m2_k))
            self.loss = np.where(held, top, surface.h_w_m2_k * share)
        self.top, self.surface, self.share = top, surface, share
        self.capacity = tissue.heat_capacity_j_m3_k * tissue.dz_m
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
        self._kept: tuple[float, Array, Array, Array, Array] | None = None

    def skin_c(self, temp_c: Array) -> Array:
        """Return the temperature of the skin surface, (persons,)."""
        s = self.surface
        free = self.share * (temp_c[:, 0] + s.flux_w_m2 / self.top)
        return free + (1.0 - self.share) * s.ambient_c

    def steady(self, source_w_m2: Array, perfusion_per_s: Array) -> Array:
        """Return the steady temperatures under ``source_w_m2`` (heat released per cell) at a fixed perfusion."""
        blood = perfusion_per_s * BLOOD_J_M3_K * self.tissue.dz_m
        rhs = self.load + source_w_m2 + blood * self.tissue.core_c[:, None]
        return _System(self.conduct + blood, -self.between).solve(rhs)

    def rest(self, source_w_m2: Array | float = 0.0, rounds: int = 60) -> State:
        """Return the steady state with the perfusion it asks for itself (fixed point, damped where it is slow)."""
        source = np.zeros_like(self.capacity) + source_w_m2
        w, change, share = self.tissue.perfusion_per_s, np.inf, 1.0
        temp = self.steady(source, w)
        for _ in range(rounds):
            w = w + share * (perfusion_target(self.tissue, temp) - w)
            before, last, temp = temp, change, self.steady(source, w)
            change = float(np.abs(temp - before).max())
            if change < REST_WITHIN_K:
                break
            if change > 0.5 * last:
                share = 0.5
        return State(temp, w)

    def step(self, state: State, source_w_m2: Array, dt_s: float) -> State:
        """Return the state ``dt_s`` later; ``source_w_m2`` is the heat released per cell.

        Raises FloatingPointError when no finite temperature comes out.
        """
        a = GAMMA * dt_s
        inertia, coupled, perfused, keep = self._at(dt_s)
        w = _relax(self.tissue, state, keep)
        blood = w * perfused
        system = _System(inertia + blood, coupled)
        blood *= self.tissue.core_c[:, None]
        right = self.load + source_w_m2
        right *= a
        right += blood
        right += self.capacity * state.temp_c
        second = system.solve(right) - state.temp_c
        second *= 1.0 / GAMMA - 1.0
        second *= self.capacity
        second += right
        temp = system.solve(second)  # stiffly accurate: the second stage is the result
        if not np.isfinite(temp.sum()):
            raise FloatingPointError("The heat equation gave no finite temperature.")
        half = State(temp, w, perfusion_target(self.tissue, temp))
        return State(temp, _relax(self.tissue, half, keep), half.target_per_s)

    def laid(self, per_cell: Array) -> Array:
        """Return (persons, cells) laid in memory as the operator works on them."""
        return np.asarray(per_cell, order="F" if len(per_cell) >= SWEPT_FROM else "C")

    def _at(self, dt_s: float) -> tuple[Array, Array, Array, Array]:
        """Return what hangs on the step alone: inertia and conduction, coupling, blood, what perfusion keeps."""
        kept = self._kept
        if kept is None or kept[0] != dt_s:
            a = GAMMA * dt_s
            inertia = self.capacity + a * self.conduct
            perfused = (a * BLOOD_J_M3_K) * self.tissue.dz_m
            kept = (dt_s, inertia, -a * self.between, perfused, np.exp(-0.5 * dt_s / self.tissue.lag_s)[:, None])
            self._kept = kept
        return kept[1:]


def _laid(tissue: Tissue) -> Tissue:
    """Return the tissue with many persons' arrays laid so that persons are next to each other in memory."""
    if len(tissue.dz_m) < SWEPT_FROM:
        return tissue
    names = ("dz_m", "conductivity_w_m_k", "heat_capacity_j_m3_k", "perfusion_per_s", "metabolic_w_m3")
    return replace(tissue, **{name: np.asfortranarray(getattr(tissue, name)) for name in names})


def _relax(tissue: Tissue, state: State, keep: Array) -> Array:
    """Return the perfusion once ``keep`` of its distance to the target of the present temperature is left."""
    target = perfusion_target(tissue, state.temp_c) if state.target_per_s is None else state.target_per_s
    out = state.perfusion_per_s - target
    out *= keep
    out += target
    return out


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
