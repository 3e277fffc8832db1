"""The middle of a small head: the warmth on its axis, where it is greatest, for plans and simulations.

Under a head of a few centimetres heat strays sideways, so muscle warms less than under a field without end. ``heating``
solves that round the axis (``local.field``) person by person. ``under_head`` does so for a few persons whose fat runs
from thin to thick and hands what they lack, as a share of the broad field's rise, to everybody else by their fat.
Limits of safety stay with the broad field: it is the warmer one everywhere (``tests/dose/test_local_centre.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from irtherapy.dose import ensemble, exposure, heat
from irtherapy.dose.ensemble import Heating
from irtherapy.dose.exposure import Exposure
from irtherapy.dose.local import field
from irtherapy.dose.local.grid import Rings, rings
from irtherapy.values import InputError, in_range

Array = NDArray[np.float64]
Phase = tuple[float, float]  # minutes (rounded to half ones), and the share of the power, 0 being off

RADIUS_M = (0.002, 0.5)
RINGS = 24
BEYOND_M = 0.06  # from the rim to the last ring: what strays farther warms the axis by less than 0.005 K
SOLVED = 5  # persons who stand for all
LEAST_RISE_K = 0.01  # of the broad field, below which a share of it means nothing


@lru_cache(maxsize=16)
def places(head_radius_m: float) -> Rings:
    """Return the rings round the axis of a head; a face lies on its rim.

    Raises InputError for a radius outside 2 mm to 50 cm.
    """
    in_range("Radius of the head", head_radius_m, *RADIUS_M, "m")
    return rings(head_radius_m, head_radius_m + BEYOND_M, RINGS)


def heating(ex: Exposure, head_radius_m: float, phases: Sequence[Phase], factor: Array | None = None) -> Heating:
    """Return the course on the axis of a head of every person of ``ex``, from their rest, through ``phases``.

    Beyond the rim the skin is as without the device. ``factor`` (rings, cells) is what the broad field's heat is
    multiplied by on each ring of ``places`` (``beam.source_factor``); without one light stays within the rim, as is
    right for a surface that is warm, and for a head whose radius is several times the depth that matters. Raises
    InputError for a radius outside its range or a factor of another shape.
    """
    grid = places(head_radius_m)
    shape = (len(grid.area_m2), ex.tissue.dz_m.shape[1])
    within = grid.faces_m[1:] <= head_radius_m * (1.0 + 1e-9)
    share = np.where(within[:, None], 1.0, np.zeros(shape)) if factor is None else np.asarray(factor, dtype=float)
    if share.shape != shape or not np.all(np.isfinite(share) & (share >= 0.0)):
        raise InputError("Factor", f"Factor must have {shape[0]} rings of {shape[1]} cells, each 0 or more.")
    solved = [_one(ex, i, grid, within, share, phases) for i in range(len(ex.tissue.dz_m))]
    time = solved[0][0]
    skin = np.stack([s[1] for s in solved])
    temp, perfusion = (np.stack([s[k] for s in solved], axis=1) for k in (2, 3))
    states = tuple(heat.State(t, w) for t, w in zip(temp, perfusion, strict=True))
    return Heating.of(ex.tissue, time, skin, temp, states)


def _one(
    ex: Exposure, person: int, grid: Rings, within: NDArray[np.bool_], share: Array, phases: Sequence[Phase]
) -> tuple[Array, Array, Array, Array]:
    """Return (times, skin, temperatures, perfusions) on the axis of one person."""
    tissue, off = _tissue(ex.tissue, person), _surface(ex.off, person)
    rest = heat.Bioheat(tissue, off).rest()
    on = heat.Surface(
        *(
            np.where(within, getattr(ex.on, name)[person], getattr(ex.off, name)[person])
            for name in ("h_w_m2_k", "ambient_c", "flux_w_m2")
        )
    )
    warm, cool = field.LocalBioheat(tissue, on, grid), field.LocalBioheat(tissue, off, grid)
    released = share * ex.source_w_m2[person]
    state = cool.start(rest.temp_c[0], rest.perfusion_per_s[0])
    kept, time = [state], [0.0]
    for minutes, power in phases:
        operator = warm if power > 0.0 else cool
        source = operator.source(released * power)
        for i in range(round(minutes * 60.0 / ensemble.MARK_S)):
            for dt in _steps_s(i):
                state = operator.step(state, source, float(dt))
            kept.append(state)
            time.append(time[-1] + ensemble.MARK_S)
    skin, temp, perfusion = (np.array([getattr(s, name)[0] for s in kept]) for name in (
        "skin_c", "temp_c", "perfusion_per_s"))  # fmt: skip
    return np.array(time), skin, temp, perfusion


def _steps_s(mark: int) -> Array:
    """Return the steps of a half minute of a phase, by its number: short at first, then as the broad field's."""
    most_s = next(step for until, step in ensemble.STEPS_S if mark * ensemble.MARK_S < until)
    return heat.time_steps(ensemble.MARK_S, *((0.5, most_s, 1.5) if mark == 0 else (most_s, most_s)))


def _tissue(tissue: heat.Tissue, person: int) -> heat.Tissue:
    one = slice(person, person + 1)
    each = {name: np.ascontiguousarray(value[one]) for name, value in vars(tissue).items() if name != "response"}
    return replace(tissue, **each)


def _surface(surface: heat.Surface, person: int) -> heat.Surface:
    return heat.Surface(*(value[person : person + 1] for value in vars(surface).values()))


def under_head(
    whole: Heating, ex: Exposure, head_radius_m: float, phases: Sequence[Phase], factor: Array | None = None
) -> Heating:
    """Return the course of every person on the axis of a head, of ``whole``, their course under a broad field.

    ``phases`` must be those of ``whole``. SOLVED persons, and the first, are solved as in ``heating``; the others' rise
    is that of ``whole`` times the share that is left of it in persons of as much fat. Raises InputError as ``heating``,
    and for phases that are not as long as ``whole``.
    """
    fat = np.sum(ex.tissue.dz_m[:, : exposure.first_cell("muscle")], axis=1)
    order = np.argsort(fat, kind="stable")
    chosen = np.unique(order[np.linspace(0, len(order) - 1, min(SOLVED, len(order))).round().astype(int)])
    chosen = chosen[np.argsort(fat[chosen], kind="stable")]
    some = heating(part(ex, np.append(chosen, 0)), head_radius_m, phases, factor)
    if len(some.time_s) != len(whole.time_s):
        raise InputError("Phases", f"Phases must be as long as the course, {whole.time_s[-1] / 60:g} minutes.")
    at = np.interp(fat, fat[chosen], np.arange(len(chosen)))
    low = np.minimum(at.astype(int), max(len(chosen) - 2, 0))
    toward = at - low
    high = np.minimum(low + 1, len(chosen) - 1)

    def others(broad: Array, local: Array) -> Array:  # (times, persons, ...), (times, chosen, ...)
        risen = broad[:, chosen] - broad[:1, chosen]
        left = np.clip((local - local[:1]) / np.maximum(risen, LEAST_RISE_K), 0.0, 1.0)
        left[risen < LEAST_RISE_K] = 1.0
        weight = toward.reshape(1, -1, *(1,) * (broad.ndim - 2))
        share = left[:, low] * (1.0 - weight) + left[:, high] * weight
        return np.asarray(broad[:1] + share * (broad - broad[:1]))

    count = len(chosen)
    temp = others(whole.temp_c, some.temp_c[:, :count])
    skin = others(whole.skin_c.T, some.skin_c[:count].T).T
    blood = others(
        np.stack([s.perfusion_per_s for s in whole.states]),
        np.stack([s.perfusion_per_s for s in some.states])[:, :count],
    )
    for place, person in enumerate((*chosen, 0)):
        temp[:, person], skin[person] = some.temp_c[:, place], some.skin_c[place]
        blood[:, person] = [s.perfusion_per_s[place] for s in some.states]
    states = tuple(heat.State(t, w) for t, w in zip(temp, blood, strict=True))
    return Heating.of(ex.tissue, whole.time_s, skin, temp, states)


def part(ex: Exposure, which: NDArray[np.intp]) -> Exposure:
    """Return the exposure of some of its persons."""
    tissue = replace(ex.tissue, **{name: value[which] for name, value in vars(ex.tissue).items() if name != "response"})
    on, off = (heat.Surface(*(value[which] for value in vars(s).values())) for s in (ex.on, ex.off))
    return Exposure(
        tissue, ex.source_w_m2[which], on, off, ex.irradiance_w_m2[which], ex.absorbed_w_m2[which], ex.reflected[which]
    )
