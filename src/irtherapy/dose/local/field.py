"""Heat under a small field: the Pennes equation round an axis or in voxels, warm in the middle and cooler around.

The same cells in depth, surfaces and answer of the perfusion as ``dose.heat``, with conduction along the skin added. In
the modes of the grid (``local.grid``) conduction is one tridiagonal system in depth for each mode, so nothing is split
by direction: a step is the L-stable two-stage SDIRK of second order (Alexander 1977) in all directions at once. Only
perfusion differs from place to place; its middle value at each depth is implicit, and the rest is carried forward from
the last two steps (second order; it changes over tens of seconds). Unlike an alternating-direction step, long steps
near the beginning cost accuracy in time alone.

Fields are (places, cells) as in ``local.grid``; one person at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.linalg.lapack import dpttrf, dpttrs, spttrf, spttrs

from irtherapy.dose import heat
from irtherapy.dose.local.grid import Grid
from irtherapy.values import InputError

Array = NDArray[np.float64]

GAMMA = float(heat.GAMMA)
FIRST_S, EARLY_S, LATE_S = 0.5, 25.0, 150.0  # steps: the first, the longest before and after perfusion settles
EARLY_GROWTH, LATE_GROWTH = 1.5, 1.3
SETTLED_S = 450.0  # three times the usual lag of perfusion
SWEPT_FROM = 300  # modes from which sweeping over all of them is faster than one chain
SURFACE_ROUNDS = 60
SURFACE_WITHIN_K = 1e-5


@dataclass(frozen=True)
class State:
    """A moment: temperature in modes and in places, perfusion, and what the steps before left for the next.

    ``blood_w_m2`` is the heat blood brings to each cell, in modes; ``before`` has (temperature in modes, blood, step in
    s that followed) of up to two moments before, the last one first.
    """

    modes: Array
    temp_c: Array
    perfusion_per_s: Array
    target_per_s: Array
    blood_w_m2: Array
    skin_c: Array
    before: tuple[tuple[Array, Array, float], ...] = ()


class LocalBioheat:
    """The operator of one person's tissue on a grid, under a surface that may differ from place to place.

    ``dtype`` is float64, or float32 where many voxels must be fast: it is then within 0.003 K. Raises InputError for
    the tissue of more than one person, and for a surface that is not finite or has a negative h.
    """

    def __init__(self, tissue: heat.Tissue, surface: heat.Surface, grid: Grid, dtype: DTypeLike = np.float64) -> None:
        if len(tissue.dz_m) != 1:
            raise InputError("Tissue", f"Tissue of a local field must be of 1 person; got {len(tissue.dz_m)}.")
        shape = grid.area_m2.shape
        h, ambient, flux = (
            np.broadcast_to(np.asarray(x, dtype=np.float64), shape)
            for x in (surface.h_w_m2_k, surface.ambient_c, surface.flux_w_m2)
        )
        if not (np.all(np.isfinite(h + ambient + flux)) and np.all(h >= 0.0)):
            raise InputError("Surface", "The surface of a local field must have finite values and h of 0 or more.")
        self.tissue, self.grid, self.shape = tissue, grid, shape
        top, between, deep = tissue.links()
        self.top, self.between, self.deep = float(top[0]), between[0], float(deep[0])
        self.h_mean = 0.5 * (float(h.max()) + float(h.min()))
        self.h_extra, self.h_varies = h - self.h_mean, bool(np.ptp(h) > 0.0)
        self.share = self.top / (self.top + self.h_mean)
        self.brought = h * ambient + flux  # what the surface would pass into skin of 0 degrees
        dz, k = tissue.dz_m[0], tissue.conductivity_w_m_k[0]
        self.capacity = tissue.heat_capacity_j_m3_k[0] * dz
        self.blood_w_m2_k_s = heat.BLOOD_J_M3_K * dz
        self.core_c = float(tissue.core_c[0])
        self.sideways, self.inward = k * dz, np.zeros_like(dz)
        self.inward[:-1] += self.between
        self.inward[1:] += self.between
        self.inward[0] += self.h_mean * self.share
        self.inward[-1] += self.deep
        self.conduct = grid.wave_sq_per_m2[..., None] * self.sideways + self.inward
        load = np.zeros_like(self.conduct)
        mean = tissue.metabolic_w_m3[0] * dz
        mean[-1] += self.deep * self.core_c
        load.reshape(-1, len(dz))[0] = mean  # the first mode is the mean over the grid
        load[..., 0] += self.share * grid.to_modes(self.brought[..., None])[..., 0]
        self.load = load
        places = int(np.prod(shape))
        resting = np.broadcast_to(tissue.perfusion_per_s.astype(dtype), (places, len(dz)))
        self._answering = replace(tissue, perfusion_per_s=resting, gain=tissue.gain.astype(dtype))
        self.grid = grid.in_precision(dtype)
        for name in ("h_extra", "brought", "capacity", "blood_w_m2_k_s", "between", "conduct", "load"):
            setattr(self, name, getattr(self, name).astype(dtype))

    def start(self, temp_c: Array, perfusion_per_s: Array) -> State:
        """Return the state of temperatures and perfusion (cells,) or (places, cells)."""
        full = (*self.shape, len(self.capacity))
        same = np.ndim(temp_c) == np.ndim(perfusion_per_s) == 1
        temp, w = (np.broadcast_to(np.asarray(x, dtype=self.load.dtype), full) for x in (temp_c, perfusion_per_s))
        if not same:
            return self._state(self.grid.to_modes(temp), temp, w, self._target(temp), self.skin_c(temp), ())
        target = np.asarray(heat.perfusion_target(self.tissue, np.asarray(temp_c)[None])[0], dtype=self.load.dtype)
        blood = np.asarray(perfusion_per_s * (self.core_c - np.asarray(temp_c)), dtype=self.load.dtype)
        modes = [np.zeros(full, dtype=self.load.dtype) for _ in range(2)]
        for field, column in zip(modes, (temp_c, blood * self.blood_w_m2_k_s), strict=True):
            field.reshape(-1, full[-1])[0] = column  # what is the same everywhere is the first mode alone
        return State(modes[0], temp, w, np.broadcast_to(target, full), modes[1], self.skin_c(temp), ())

    def skin_c(self, temp_c: Array) -> Array:
        """Return the temperature of the skin surface at each place."""
        h = self.h_mean + self.h_extra
        return np.asarray((self.top * temp_c[..., 0] + self.brought) / (self.top + h))

    def source(self, source_w_m2: Array) -> Array:
        """Return what ``step`` takes, in modes, of the heat released per cell (places, cells).

        Raises InputError for another shape or values that are not finite.
        """
        return self.grid.to_modes(self.checked(source_w_m2))

    def checked(self, source_w_m2: Array) -> Array:
        """Return the heat released per cell (places, cells) in this field's precision.

        Raises InputError for another shape or values that are not finite.
        """
        given = np.asarray(source_w_m2, dtype=self.load.dtype)
        if given.shape != (*self.shape, len(self.capacity)) or not np.all(np.isfinite(given)):
            raise InputError("Source", f"Source must have finite values for {self.shape} places and every cell.")
        return given

    def step(self, state: State, source_w_m2: Array, dt_s: float) -> State:
        """Return the state ``dt_s`` later under ``source_w_m2``, which is in modes (``source``).

        Raises FloatingPointError when no finite temperature comes out.
        """
        axes = tuple(range(len(self.shape)))
        middle = 0.5 * (state.perfusion_per_s.max(axis=axes) + state.perfusion_per_s.min(axis=axes))
        implicit = middle * self.blood_w_m2_k_s
        inertia = self.capacity / (GAMMA * dt_s)
        system = _Factors(self.conduct + (inertia + implicit), self.between)
        heating = _forward(state, implicit, dt_s)
        heating += self.load
        heating += source_w_m2
        held = inertia * state.modes
        first, skin = self._stage(system, held + heating, state.skin_c)
        # Stage 2 starts from T + (1 / gamma - 1) (first - T).
        first *= (1.0 / GAMMA - 1.0) * inertia
        first += (2.0 - 1.0 / GAMMA) * held
        first += heating
        modes, skin = self._stage(system, first, skin)
        places = self.grid.to_places(modes)
        if not np.isfinite(places.sum()):
            raise FloatingPointError("The heat equation gave no finite temperature.")
        target = self._target(places)
        keep = float(np.exp(-dt_s / self.tissue.lag_s[0]))
        # Relaxation towards a target that moves evenly from its old to its new value.
        slope = (1.0 - keep) * float(self.tissue.lag_s[0]) / dt_s
        w = state.perfusion_per_s * keep + target * (1.0 - slope) + state.target_per_s * (slope - keep)
        before = ((state.modes, state.blood_w_m2, dt_s), *state.before[:1])
        return self._state(modes, places, w, target, skin if self.h_varies else self.skin_c(places), before)

    def _target(self, temp: Array) -> Array:
        flat = temp.reshape(-1, temp.shape[-1])
        return heat.perfusion_target(self._answering, flat).reshape(temp.shape)

    def _state(
        self,
        modes: Array,
        temp: Array,
        w: Array,
        target: Array,
        skin: Array,
        before: tuple[tuple[Array, Array, float], ...],
    ) -> State:
        blood = self.grid.to_modes(w * (self.core_c - temp)) * self.blood_w_m2_k_s
        return State(modes, temp, w, target, blood, skin, before)

    def _stage(self, system: _Factors, right: Array, skin_c: Array) -> tuple[Array, Array]:
        """Return (modes, skin) of one implicit stage; ``skin_c`` is where the search for the skin begins.

        What the surface's departure from its middle value takes away, ``(h - h_mean) skin``, is found by fixed-point
        rounds on the skin alone: the answer of each mode's skin to a flux is one number.
        """
        modes = system.solve(right)
        if not self.h_varies:
            return modes, skin_c
        unit = np.zeros_like(right)
        unit[..., 0] = self.share
        reply = system.solve(unit)
        direct = self.share * reply[..., 0] + 1.0 / (self.top + self.h_mean)
        brought = self.grid.to_modes(self.brought[..., None])[..., 0]
        base = self.share * modes[..., 0] + brought / (self.top + self.h_mean)
        for _ in range(SURFACE_ROUNDS):
            taken = self.grid.to_modes((-self.h_extra * skin_c)[..., None])[..., 0]
            before, skin_c = skin_c, self.grid.to_places((base + direct * taken)[..., None])[..., 0]
            if np.abs(skin_c - before).max() < SURFACE_WITHIN_K:
                break
        return modes + reply * taken[..., None], skin_c


def forward_weights(steps_s: Sequence[float], dt_s: float) -> list[float]:
    """Return the weights of moments in their mean over the coming ``dt_s``, were they on a polynomial.

    ``steps_s`` is from each moment to the one after it, 0 for this one.
    """
    back = np.cumsum(steps_s)  # how long ago
    # Exact for 1, t, t^2: sum_j w_j (-back_j)^p = dt^p / (p + 1).
    power = np.arange(len(back))
    weights: list[float] = np.linalg.solve((-back) ** power[:, None], dt_s**power / (power + 1.0)).tolist()
    return weights


def _forward(state: State, implicit_w_m2_k: Array, dt_s: float) -> Array:
    """Return what blood brings in the coming ``dt_s`` on average, in modes, were the implicit part at 0 degrees.

    It is the mean of the polynomial through this moment and up to two before it.
    """
    weights = forward_weights([0.0, *(moment[2] for moment in state.before)], dt_s)
    out = weights[0] * state.blood_w_m2
    temp = weights[0] * state.modes
    for weight, moment in zip(weights[1:], state.before, strict=True):
        out += weight * moment[1]
        temp += weight * moment[0]
    temp *= implicit_w_m2_k
    out += temp
    return np.asarray(out)


class _Factors:
    """Symmetric tridiagonal systems in depth, one a mode, factored (L D L^T).

    Few are chained, uncoupled, into one LAPACK call; many are swept cell by cell, all modes at once.
    """

    def __init__(self, diag: Array, between: Array) -> None:
        """Factor ``diag`` (modes, cells), which is used up, coupled by ``-between`` (cells - 1,)."""
        cells = diag.shape[-1]
        self.swept = diag.size >= SWEPT_FROM * cells
        if self.swept:
            self.diag = np.ascontiguousarray(diag.reshape(-1, cells).T)
            self.off = np.empty((cells - 1, self.diag.shape[1]), diag.dtype)
            lost = np.empty_like(self.diag[0])
            for above, here, coupled, ratio in zip(self.diag[:-1], self.diag[1:], -between, self.off, strict=True):
                np.divide(coupled, above, out=ratio)
                np.multiply(ratio, coupled, out=lost)
                here -= lost
            good = bool(self.diag.min() > 0.0)
        else:
            chained = np.zeros(diag.shape, diag.dtype)
            chained[..., :-1] = -between
            factor = dpttrf if diag.dtype == np.float64 else spttrf
            self.diag, self.off, info = factor(diag.ravel(), chained.ravel()[:-1], overwrite_d=True, overwrite_e=True)
            good = info == 0
        if not good:
            raise FloatingPointError("The heat equation has no solution.")

    def solve(self, right: Array) -> Array:
        """Return the solutions, in the shape of ``right`` (modes, cells)."""
        if not self.swept:
            x, _ = (dpttrs if right.dtype == np.float64 else spttrs)(self.diag, self.off, right.reshape(-1))
            return np.asarray(x).reshape(right.shape)
        x = right.reshape(-1, right.shape[-1]).T.copy(order="C")
        part = np.empty_like(x[0])
        for above, here, ratio in zip(x[:-1], x[1:], self.off, strict=True):
            np.multiply(ratio, above, out=part)
            here -= part
        x /= self.diag
        for below, here, ratio in zip(x[:0:-1], x[-2::-1], self.off[::-1], strict=True):
            np.multiply(ratio, below, out=part)
            here -= part
        return np.ascontiguousarray(x.T).reshape(right.shape)


def time_steps(span_s: float) -> Array:
    """Return step lengths that add up to ``span_s`` after a change: short at first, long when perfusion has settled.

    With them 30 minutes under a spot stay within 0.01 K of a hundred times shorter steps at every moment.
    """
    steps: list[float] = []
    now, dt = 0.0, FIRST_S
    while span_s - now > 1e-9:
        settled = now > SETTLED_S
        dt = min(dt, LATE_S if settled else EARLY_S, span_s - now)
        steps.append(dt)
        now += dt
        dt *= LATE_GROWTH if settled else EARLY_GROWTH
    return np.array(steps)


@dataclass(frozen=True)
class Course:
    """Times (times,), skin (times, places), what was kept of each temperature, and the last state."""

    time_s: Array
    skin_c: Array
    kept: Array
    last: State


def run(
    operator: LocalBioheat,
    start: State,
    source_w_m2: Array,
    steps_s: Array,
    keep: Callable[[Array], Array] = lambda temp_c: temp_c,
) -> Course:
    """Return the course under ``source_w_m2`` (heat released per cell, (places, cells)), constant over the steps.

    ``keep`` picks what is stored of each temperature (places, cells).
    """
    source = operator.source(source_w_m2)
    state, skins, kept = start, [start.skin_c], [keep(start.temp_c)]
    for dt in steps_s:
        state = operator.step(state, source, float(dt))
        skins.append(state.skin_c)
        kept.append(keep(state.temp_c))
    return Course(np.concatenate([[0.0], np.cumsum(steps_s)]), np.stack(skins), np.stack(kept), state)
