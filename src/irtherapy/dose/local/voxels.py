"""Many voxels at once: the steps of ``local.field`` in C (``_voxels.c``), depth first, on two threads.

Where the modes of the skin are many, a step is a few passes over memory: into places and back (a small matrix product
for each depth), what perfusion answers there, and the systems in depth of each mode. Each thread takes half of the
depths, then half of the modes; the threads of a BLAS would be in their way. A side that is its own mirror image is
turned by half the work: even modes see sums of opposite places, odd ones differences, whatever lies on them. It is for
a rectangle under an even surface; for others, and without the compiled part, ``run`` is that of ``local.field``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irtherapy.dose import heat
from irtherapy.dose.local import field
from irtherapy.dose.local.field import GAMMA, Course, LocalBioheat, State, forward_weights
from irtherapy.dose.local.grid import Rectangle

Array = NDArray[np.float64]

compiled: ModuleType | None
try:
    from irtherapy.dose.local import _voxels

    compiled = _voxels
except ImportError:  # no compiler when this was installed: NumPy does the same
    compiled = None

THREADS = 2
MIRROR = 16.0  # times rounding, of the greatest figure: as far off may a mirror image be
BELLS = tuple(float(heat.BELL.get(kind, 0.0)) for kind in range(4))


def fits(operator: LocalBioheat) -> bool:
    """Return whether the compiled steps are there and made for this field."""
    return compiled is not None and isinstance(operator.grid, Rectangle) and not operator.h_varies


@dataclass(frozen=True)
class Turn:
    """The way between the places of one side and its modes, on half the places where the side is its own mirror image.

    ``order`` has the even modes first, then the odd ones; ``even_odd`` are how many, none odd without a mirror.
    Matrices are flat, that of the even modes first.
    """

    order: NDArray[np.int64]
    even_odd: tuple[int, int]
    forward: Array
    back: Array

    @classmethod
    def of(cls, forward: Array, back: Array) -> Turn:
        """Return it for the matrices (modes, places) and (places, modes) of a side."""
        count = len(forward)
        sign = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)[:, None]  # modes in order of their waves alternate
        off = MIRROR * np.finfo(forward.dtype).eps * np.abs(forward).max()
        if not np.allclose(forward[:, ::-1], sign * forward, rtol=0.0, atol=off):
            return cls(np.arange(count), (count, 0), forward.ravel(), back.ravel())
        even, odd = (count + 1) // 2, count // 2
        parts = (slice(0, None, 2), even), (slice(1, None, 2), odd)
        return cls(
            np.concatenate([np.arange(0, count, 2), np.arange(1, count, 2)]),
            (even, odd),
            np.concatenate([forward[modes, :places].ravel() for modes, places in parts]),
            np.concatenate([back[:places, modes].ravel() for modes, places in parts]),
        )

    def turned(self) -> Turn:
        """Return it for a field that is multiplied from its other side."""
        even, odd = self.even_odd

        def other(flat: Array) -> Array:
            first, second = np.split(flat, [even * even])
            return np.concatenate([first.reshape(even, even).T.ravel(), second.reshape(odd, odd).T.ravel()])

        return replace(self, forward=other(self.forward), back=other(self.back))


class Voxels:
    """A field under way: temperatures, perfusion and what the steps before left, each (cells, places or modes)."""

    def __init__(self, operator: LocalBioheat, start: State, source_w_m2: Array, pool: ThreadPoolExecutor) -> None:
        assert compiled is not None and isinstance(operator.grid, Rectangle)
        self.c, self.operator, self.pool = compiled, operator, pool
        self.dtype = operator.load.dtype
        self.cells, self.sides = len(operator.capacity), operator.shape
        grid = operator.grid
        self.turns = Turn.of(grid.forward_x, grid.back_x), Turn.of(grid.forward_y, grid.back_y).turned()
        self.load = np.empty((self.cells, *self.sides), dtype=self.dtype)
        source = self._first(operator.checked(source_w_m2))
        self._halves(self.cells, lambda first, last: self._turn(source, self.load, first, last, back=False))
        self.load += self._sorted(operator.load)
        self.wave = self._sorted(operator.grid.wave_sq_per_m2[..., None]).ravel()
        self.modes = [self._sorted(m) for m in (start.modes, *(moment[0] for moment in start.before))]
        self.blood = [self._sorted(m) for m in (start.blood_w_m2, *(moment[1] for moment in start.before))]
        self.steps_s = [moment[2] for moment in start.before]
        self.temp, self.perfusion, self.target = (
            self._first(m) for m in (start.temp_c, start.perfusion_per_s, start.target_per_s)
        )
        self.brought = np.empty_like(self.temp)
        self.extremes = np.stack([self.perfusion.min(axis=(1, 2)), self.perfusion.max(axis=(1, 2))], axis=1)
        tissue = operator.tissue
        self.answer = tissue.response.astype(np.int64)
        self.columns = np.stack([tissue.perfusion_per_s[0], operator.blood_w_m2_k_s]).astype(self.dtype)

    def _first(self, field: Array) -> Array:
        """Return a copy of (places, cells) with the cells first."""
        return np.array(np.moveaxis(field, -1, 0), dtype=self.dtype, order="C")

    def _sorted(self, modes: Array) -> Array:
        """Return a copy of modes (x, y, cells) with the cells first and the even modes of each side first."""
        x, y = (turn.order for turn in self.turns)
        return self._first(modes[x[:, None], y])

    def _unsorted(self, modes: Array) -> Array:
        """Return modes as ``_sorted`` takes them."""
        x, y = (np.argsort(turn.order) for turn in self.turns)
        return np.moveaxis(modes[:, x[:, None], y], 0, -1)

    def _halves(self, count: int, work: Callable[[int, int], None]) -> None:
        """Do ``work`` on ranges of ``count``, one a thread; the last in this thread."""
        edges = [count * i // THREADS for i in range(THREADS + 1)]
        others = [self.pool.submit(work, a, b) for a, b in zip(edges[:-2], edges[1:-1], strict=True)]
        work(edges[-2], edges[-1])
        for other in others:
            other.result()

    def step(self, dt_s: float) -> None:
        """Go ``dt_s`` on. Raises FloatingPointError when no finite temperature comes out."""
        op, size = self.operator, self.dtype.itemsize
        weights = forward_weights([0.0, *self.steps_s], dt_s)
        middle = 0.5 * (self.extremes[:, 0] + self.extremes[:, 1])
        implicit, inertia = middle * op.blood_w_m2_k_s, op.capacity / (GAMMA * dt_s)
        between = np.append(op.between, 0.0)
        columns = np.stack([op.sideways, op.inward + inertia + implicit, inertia, implicit, between]).astype(self.dtype)
        out = self.modes.pop() if len(self.modes) > 3 else np.empty_like(self.load)
        modes, blood = ([kept[min(i, len(kept) - 1)] for i in range(3)] for kept in (self.modes, self.blood))
        padded: Any = tuple([*weights, 0.0, 0.0][:3])

        def advance(first: int, last: int) -> None:
            self.c.advance(
                size, first, last, len(weights), padded, GAMMA, columns, self.wave, self.load, *modes, *blood, out
            )

        self._halves(len(self.wave), advance)
        keep = float(np.exp(-dt_s / op.tissue.lag_s[0]))
        slope = (1.0 - keep) * float(op.tissue.lag_s[0]) / dt_s
        fresh = self.blood.pop() if len(self.blood) > 3 else np.empty_like(self.load)

        def answer(first: int, last: int) -> None:
            self._turn(out, self.temp, first, last, back=True)
            with np.errstate(over="ignore", invalid="ignore"):
                if not np.isfinite(self.temp[first:last].sum()):
                    raise FloatingPointError("The heat equation gave no finite temperature.")
            self.c.respond(
                size, first, last, keep, slope, op.core_c, float(op.tissue.gain[0]), BELLS, self.columns, self.answer,
                self.temp, self.perfusion, self.target, self.brought, self.extremes,
            )  # fmt: skip
            self._turn(self.brought, fresh, first, last, back=False)

        self._halves(self.cells, answer)
        # One more moment than is used is kept, to be written over in the next step.
        self.modes, self.blood = [out, *self.modes[:3]], [fresh, *self.blood[:3]]
        self.steps_s = [dt_s, *self.steps_s[:1]]

    def _turn(self, field: Array, out: Array, first: int, last: int, *, back: bool) -> None:
        """Fill ``out`` with the modes of ``field`` (cells, x, y), or with its places, in the cells first to last."""
        x, y = self.turns
        matrices = (x.back, y.back) if back else (x.forward, y.forward)
        self.c.turn(self.dtype.itemsize, first, last, back, x.even_odd, y.even_odd, *matrices, field, out)

    def skin_c(self) -> Array:
        """Return the temperature of the skin surface at each place."""
        return self.operator.skin_c(self.temp[0][..., None])

    def state(self) -> State:
        """Return this moment as ``field`` has it."""

        temp, perfusion, target = (np.moveaxis(kept, 0, -1) for kept in (self.temp, self.perfusion, self.target))
        before = tuple(
            zip(map(self._unsorted, self.modes[1:3]), map(self._unsorted, self.blood[1:3]), self.steps_s, strict=False)
        )
        modes, blood = self._unsorted(self.modes[0]), self._unsorted(self.blood[0])
        return State(modes, temp, perfusion, target, blood, self.skin_c(), before)


def run(
    operator: LocalBioheat,
    start: State,
    source_w_m2: Array,
    steps_s: Array,
    keep: Callable[[Array], Array] = lambda temp_c: temp_c,
) -> Course:
    """Return what ``field.run`` returns, by the compiled steps where they are made for this field, else by those."""
    if not fits(operator):
        return field.run(operator, start, source_w_m2, steps_s, keep)
    skins, kept = [start.skin_c], [keep(start.temp_c)]
    with ThreadPoolExecutor(THREADS - 1) as pool:
        voxels = Voxels(operator, start, source_w_m2, pool)
        for dt in steps_s:
            voxels.step(float(dt))
            skins.append(voxels.skin_c())
            kept.append(np.array(keep(np.moveaxis(voxels.temp, 0, -1))))
    return Course(np.concatenate([[0.0], np.cumsum(steps_s)]), np.stack(skins), np.stack(kept), voxels.state())
