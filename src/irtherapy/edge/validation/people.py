"""Measured people and animals: hot packs, wraps and water-filtered infrared, with nothing tuned to them.

Set-ups and pass bands: facts of the project (their papers are named in each row). The model runs with its own settings,
on cells half as wide as the plan's, with steps of two seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.dose import exposure, heat
from irtherapy.dose import pad as pads
from irtherapy.dose.local import field
from irtherapy.dose.local.grid import rings
from irtherapy.edge import data
from irtherapy.edge.validation import bands
from irtherapy.edge.validation.rows import Row, Study, band, not_judged
from irtherapy.export import svg
from irtherapy.values import Emitter, Person, Region, Site, SpectrumKind

Array = NDArray[np.float64]

SITE = Site(Region.LOWER_BACK)
WIRA = Emitter(SpectrumKind.BLACKBODY_FILTERED, temperature_k=3000.0, cut_on_nm=560.0, water_filter_m=0.007)
REFINE = 2
DISC_M = 0.025  # radius of the disc of C10; the study does not tell it
TOWELS_J_M2_K = 8 * 0.5 * 1340.0  # eight terry towels of 0.5 kg/m2, cotton 1340 J/kg/K: ours, not from the study
PEAK_C, PEAK_MIN, END_C = 42.7, 10.55, 41.6  # C1, prone, measured
LYING = (44.4, 6.82, 42.4)  # C1, lying on the pack: peak, its minute, and the skin at 20 min
NOTES = (
    "C1: one contact conductance is fitted to the measured peak; the time of the peak and the end are then predicted. "
    "Without heat in the towels the peak comes five minutes early. Eight dry towels hold back about a minute and a "
    "half; how heavy and how moist those of the study were is not told, and moist ones hold back more. Lying on the "
    "pack is fitted by itself, since the body presses the towels.",
    "C4: a moist wrap is taken as close contact and a dry one as the same through cloth, both at 40 \u00b0C, a pack as "
    "42 \u00b0C for 20 minutes; blood as cool as in a leg. The order follows. Ours rise less than the measured ones, "
    "at 10 mm and more so deeper; where the probe was is not told.",
    "C6: a tenth of a degree below the band at 10 mm. The cause is not settled: fat, skin loss and starting "
    "temperature of the measured people are not known to us, and deep temperatures of such a run are uncertain by "
    "about 1 K.",
    "C9: radio waves are not infrared; the case shows that muscle heated strongly stays where perfusion holds it. The "
    "power is fitted to the end; a depth of 30 mm for the waves and the cooling bolus of 80 W/m\u00b2/K are assumed.",
    "C10: neither the width of the disc nor what its foam lets through is told. A radius of 25 mm is assumed, the foam "
    "is fitted to the thinner disc, and only the thicker one is a prediction. The thigh is stood in for by the lower "
    "back.",
)


def _body() -> BodyTables:
    return data.body_tables()


def person(fat_mm: float, core_c: float = 36.8, **more: float) -> population.Persons:
    """Return the typical person with a given fat thickness and blood temperature."""
    typical = population.median(Person(fat_m=fat_mm / 1000.0, skin_tone=2), SITE, _body())
    changed = {k: np.full(1, v) for k, v in more.items()}
    return replace(typical, core_c=np.full(1, core_c), **changed)


def surface(h: float, ambient: float, flux: float = 0.0) -> heat.Surface:
    """Return a surface of one person."""
    return heat.Surface(np.full(1, h), np.full(1, ambient), np.full(1, flux))


def at(tissue: heat.Tissue, temp: Array, skin: float, depth_mm: float) -> float:
    """Return the temperature at a depth."""
    depth = np.concatenate([[0.0], tissue.depth_m[0]])
    return float(np.interp(depth_mm / 1000.0, depth, np.concatenate([[skin], temp[0]])))


def follow(
    who: population.Persons,
    minutes: float,
    depths_mm: tuple[float, ...],
    on: Callable[[float, float], tuple[heat.Surface, float]],
    source: Array | None = None,
    room_c: float = 23.0,
) -> Array:
    """Return (times every 10 s, depths) temperatures; ``on(t, skin)`` gives the surface and the irradiance of now."""
    tissue = exposure.tissue_of(who, _body(), REFINE)
    bare = heat.Bioheat(tissue, surface(8.5, room_c, -7.0))
    state = bare.rest()
    skin = float(bare.skin_c(state.temp_c)[0])
    dark = np.zeros_like(tissue.dz_m) if source is None else source
    rows = [[at(tissue, state.temp_c, skin, z) for z in depths_mm]]
    for i in range(round(minutes * 6)):
        for part in range(5):
            what, irradiance = on(i * 10.0 + part * 2.0, skin)
            operator = heat.Bioheat(tissue, what)
            state = operator.step(state, dark * irradiance, 2.0)
            skin = float(operator.skin_c(state.temp_c)[0])
        rows.append([at(tissue, state.temp_c, skin, z) for z in depths_mm])
    return np.array(rows)


def under_wira(
    who: population.Persons, irradiance: float, minutes: float, depths: tuple[float, ...], stop_c: float
) -> Array:
    """Return temperatures under a water-filtered lamp, switched off while the skin is at or above ``stop_c``."""
    dose = exposure.light_dose(who, _body(), WIRA, REFINE, nodes=8, merged=40)
    still = surface(8.5, 23.0, -7.0)
    return follow(who, minutes, depths, lambda _, skin: (still, irradiance if skin < stop_c else 0.0), dose.absorbed)


def held(who: population.Persons, skin_c: float, minutes: float, depths: tuple[float, ...]) -> Array:
    """Return temperatures with the skin held at a temperature."""
    return follow(who, minutes, depths, lambda *_: (surface(np.inf, skin_c), 0.0))


def pack(who: population.Persons, conductance: float, towels_j_m2_k: float = 0.0) -> Array:
    """Return skin under a hot pack that starts at 72 C and cools into the skin and the room (20 mm of gel, C1).

    Towels between have a conductance, and heat of their own when told. Times are half minutes.
    """
    layers = (pads.Layer(conductance, towels_j_m2_k),) if towels_j_m2_k else ()
    pad = pads.Pad(80_000.0, 72.0, 200.0 if towels_j_m2_k else conductance, back_w_m2_k=5.0, layers=layers)
    tissue = exposure.tissue_of(who, _body(), REFINE)
    still, nothing = surface(8.5, 23.0, -7.0), np.zeros_like(tissue.dz_m)
    ex = exposure.Exposure(tissue, nothing, still, still, np.zeros(1), np.zeros(1), np.zeros(1))
    return pads.heating(ex, heat.Bioheat(tissue, still).rest(), pad, 23.0, 20.0, 2.0).skin_c[0]


def measured() -> Study:
    """Compare with everything measured that says enough to be run."""
    packed, packs = _packs()
    lamp, lamps = _lamps()
    rows = (*packed, *_held(), *lamp, *_disc(), *_wraps(), *_radio())
    about = "Measured temperatures with the band in which ours should lie, given how the measurement was told."
    together = bands.chart(rows, "Ours where people and animals were measured")
    return Study("People and animals", about, rows, (together, packs, lamps), NOTES)


def _fitted(towels_j_m2_k: float, peak_c: float = PEAK_C) -> float:
    """Return the conductance in W/m2/K under which the skin peaks as measured."""
    low, high = 2.0, 300.0
    for _ in range(18):
        middle = 0.5 * (low + high)
        over = pack(person(8), middle, towels_j_m2_k).max() > peak_c
        low, high = (low, middle) if over else (middle, high)
    return low


def _packs() -> tuple[tuple[Row, ...], str]:
    """C1: fit one contact conductance to the peak, then predict when it comes and where it ends."""
    bare, dry = _fitted(0.0), _fitted(TOWELS_J_M2_K)
    skin, minutes = pack(person(8), bare), np.arange(41) / 2.0
    heavy = pack(person(8), dry, TOWELS_J_M2_K)
    rows = (
        band("C1", f"hot pack, prone, lumbar (fitted {bare:.0f} W/m\u00b2/K): time of the peak",
             PEAK_MIN - 3, PEAK_MIN + 3, float(minutes[skin.argmax()]), "min", "10.6 min",
             "pack on top: peak", PEAK_MIN),
        band("C1", "the same: skin at 20 min", END_C - 1, END_C + 1, float(skin[-1]), "\u00b0C", "41.6 \u00b0C",
             "pack on top: 20 min", END_C),
        band("C1", f"with the heat of eight dry towels (fitted {dry:.0f} W/m\u00b2/K): time of the peak",
             PEAK_MIN - 3, PEAK_MIN + 3, float(minutes[heavy.argmax()]), "min", "10.6 min",
             "with towels' heat: peak", PEAK_MIN),
        band("C1", "the same: skin at 20 min", END_C - 1, END_C + 1, float(heavy[-1]), "\u00b0C", "41.6 \u00b0C",
             "with towels' heat: 20 min", END_C),
        *_lying(minutes),
    )  # fmt: skip
    lines = [
        svg.Series("towels with heat", minutes.tolist(), heavy.tolist(), ember=True),
        svg.Series("without", minutes.tolist(), skin.tolist()),
        svg.Series("measured", [0.0, PEAK_MIN, 20.0], [PEAK_C - 9.5, PEAK_C, END_C], dots=True),
    ]
    title = "C1: skin under a hot pack"
    told = "Ours peaks earlier and ends at the same place."
    return rows, svg.line_chart(lines, "minutes", "\u00b0C", title, told, width=420, height=290)


def _lying(minutes: Array) -> tuple[Row, ...]:
    """C1, lying on the pack: the same, fitted to its own peak, since the body presses the towels."""
    peak_c, peak_min, end_c = LYING
    pressed = _fitted(TOWELS_J_M2_K, peak_c)
    skin = pack(person(8), pressed, TOWELS_J_M2_K)
    first = f"lying on the pack, towels with heat (fitted {pressed:.0f} W/m\u00b2/K): time of the peak"
    return (
        band("C1", first, peak_min - 3, peak_min + 3, float(minutes[skin.argmax()]), "min", "6.8 min",
             "lying on it: peak", peak_min),
        band("C1", "the same: skin at 20 min", end_c - 1, end_c + 1, float(skin[-1]), "\u00b0C", "42.4 \u00b0C",
             "lying on it: 20 min", end_c),
    )  # fmt: skip


def _as_deep_as_mm(foam_w_m_k: float, thick_mm: float, minutes: float) -> float:
    """Return the depth at which flesh was as warm as the skin is under a disc of foam, in a room of 28 C (C10)."""
    loss, room, dry = 8.5, 28.0, -7.0
    tissue = exposure.tissue_of(person(8), _body())
    bare = heat.Bioheat(tissue, surface(loss, room, dry))
    rest = bare.rest()
    places = rings(DISC_M, DISC_M + 0.06, 24)
    under = places.faces_m[1:] <= DISC_M * (1.0 + 1e-9)
    through = 1.0 / (1.0 / loss + thick_mm / 1000.0 / foam_w_m_k)
    skin = heat.Surface(np.where(under, through, loss), np.full(24, room), np.where(under, 0.0, dry))
    local = field.LocalBioheat(tissue, skin, places)
    start = local.start(rest.temp_c[0], rest.perfusion_per_s[0])
    nothing = np.zeros((24, tissue.dz_m.shape[1]))
    end = field.run(local, start, nothing, field.time_steps(60.0 * minutes)).last
    before = np.concatenate([bare.skin_c(rest.temp_c), rest.temp_c[0]])
    return float(np.interp(end.skin_c[0], before, 1000.0 * np.concatenate([[0.0], tissue.depth_m[0]])))


def _disc() -> tuple[Row, ...]:
    """C10: fit what the foam lets through to the thinner disc, then predict the thicker one."""
    foam = float(brentq(lambda k: _as_deep_as_mm(k, 3.2, 15.0) - 8.0, 0.002, 0.2, xtol=1e-4))
    what = f"skin under 4.8 mm of neoprene, 20 min (foam fitted to 3.2 mm: {foam:.3f} W/m/K): as deep as"
    ours = _as_deep_as_mm(foam, 4.8, 20.0)
    return (band("C10", what, 9.0, 17.0, ours, "mm", "13 mm", "under 4.8 mm of foam", 13.0),)


def _held() -> tuple[Row, ...]:
    """C2, C3, C5: skin held warm, and a wrap for two hours."""
    c2 = held(person(7.2, 35.5), 42.5, 30, (10.0,))
    c3 = held(person(7.2, 35.5), 42.5, 15, (10.0, 30.0))
    one, three = c3[-1] - c3[0]
    c5 = follow(person(8), 120, (20.0,), lambda *_: (surface(100.0, 40.0), 0.0))[:, 0]
    rise, half = float(c5[-1] - c5[0]), float(c5[180] - c5[0])
    return (
        band("C2", "calf, skin held at 42.5 \u00b0C for 30 min: rise at 10 mm (Hawkes 2013)",
             2.82 - 0.9, 2.82 + 0.9, float(c2[-1, 0] - c2[0, 0]), "K", "+2.82 K",
             "calf, 30 min, 10 mm", 2.82),
        band("C3", "calf, 15 min: rise at 10 mm (Draper 1998)", 3.8 - 1.8, 3.8 + 1.8, float(one), "K", "+3.8 K",
             "calf, 15 min, 10 mm", 3.8),
        band("C3", "the same: rise at 30 mm over that at 10 mm", 0.05, 0.35, float(three / one), "", "0.21",
             "30 mm over 10 mm", 0.21),
        band("C5", "heat wrap at 40 \u00b0C for 120 min: rise at 20 mm (Trowbridge 2004)", 0.5, 2.0, rise, "K",
             "a rise; figure not read", "heat wrap, 2 h, 20 mm"),
        not_judged("C5", "the same: its course", "\u201cmost of it after 30 min\u201d, which reads two ways",
                f"{half / rise:.0%} of ours is there at 30 min"),
    )  # fmt: skip


def _lamps() -> tuple[tuple[Row, ...], str]:
    """C6 to C8: water-filtered infrared."""
    depths = (0.0, 5.0, 10.0, 20.0)
    c6 = under_wira(person(8), 2000.0, 60, depths, 43.0)
    early = float((c6[120, 3] - c6[0, 3]) / (c6[-1, 3] - c6[0, 3]))
    c7 = under_wira(person(20), 1500.0, 20, (20.0,), 43.0)[:, 0]
    c8 = under_wira(person(3), 1740.0, 10, (5.0,), 60.0)[:, 0]
    piazena = "wIRA 2000 W/m\u00b2, skin kept to 43 \u00b0C, 60 min (Piazena 2023)"
    rows = (
        band("C6", f"{piazena}: 10 mm", 40.4, 42.0, float(c6[-1, 2]), "\u00b0C", "median over 41 \u00b0C",
             "wIRA, 60 min, 10 mm"),
        band("C6", "the same: 20 mm", 38.5, 41.5, float(c6[-1, 3]), "\u00b0C", "at most 43 \u00b0C",
             "wIRA, 60 min, 20 mm"),
        band("C6", "the same: share of the rise at 20 mm reached by 20 min", 0.7, 1.0, early, "", "about all",
             "share of it by 20 min"),
        band("C7", "wIRA 1500 W/m\u00b2 on 20 mm of fat, 20 min: rise at 20 mm (Hoffmann 2016)",
             1.2, 3.2, float(c7[-1] - c7[0]), "K", "+2.7 K", "wIRA on a wound, 20 mm", 2.7),
        band("C8", "piglet, wIRA 1740 W/m\u00b2, 10 min: rise at 5 mm (Piazena)",
             4.0, 7.5, float(c8[-1] - c8[0]), "K", "+6 K", "piglet, 10 min, 5 mm", 6.0),
    )  # fmt: skip
    minutes = (np.arange(len(c6)) / 6.0).tolist()
    lines = [svg.Series(f"{mm:g} mm", minutes, c6[:, i].tolist(), ember=i == 0) for i, mm in enumerate(depths)]
    title = "C6: temperatures under water-filtered infrared"
    told = "Skin, 5, 10 and 20 mm over an hour."
    kept = [(43.0, "skin kept to 43 \u00b0C")]
    return rows, svg.line_chart(lines, "minutes", "\u00b0C", title, told, limits=kept, width=420, height=290)


def _wraps() -> tuple[Row, ...]:
    """C4: a moist wrap (close contact), a dry one (through cloth), and a pack of 20 minutes, after two hours."""
    who, depths = person(8, 35.5), (10.0, 20.0)
    dry = 1.0 / (1.0 / exposure.CONTACT_W_M2_K + 1.0 / exposure.CLOTH_W_M2_K)
    bare = surface(8.5, 23.0, -7.0)

    def rise(warm: heat.Surface, until_s: float = math.inf) -> Array:
        course = follow(who, 120, depths, lambda t, _: (warm if t < until_s else bare, 0.0))
        return np.asarray(course[-1] - course[0])

    moist, cloth = rise(surface(exposure.CONTACT_W_M2_K, 40.0)), rise(surface(dry, 40.0))
    pack = rise(surface(exposure.CONTACT_W_M2_K, 42.0), 1200.0)
    thigh = "thigh, moist wrap, dry wrap, pack, 2 h (Petrofsky)"
    rows = [
        band("C4", f"{thigh}: moist over dry at 10 mm", 1.0, math.inf, moist[0] / cloth[0], "", "1.4"),
        band("C4", "the same: dry over pack", 1.0, math.inf, cloth[0] / max(pack[0], 0.01), "", "5.5"),
    ]
    for mm, *rises in zip(depths, moist, cloth, pack, strict=True):
        ours = ", ".join(f"{value:+.2f}" for value in rises) + " K"
        rows.append(not_judged("C4", f"the same: rises, were the probe at {mm:g} mm", "+3.1, +2.2, +0.4 K", ours))
    return tuple(rows)


def _radio() -> tuple[Row, ...]:
    """C9: the power that takes the muscle where it was measured; then it should stay there, through perfusion."""
    who, waves_m = person(8), 0.03
    tissue = exposure.tissue_of(who, _body(), REFINE)
    faces, muscle = np.concatenate([[0.0], np.cumsum(tissue.dz_m[0])]), exposure.first_cell("muscle", REFINE)
    left = np.exp(-np.maximum(faces - faces[muscle], 0.0) / waves_m)
    source = np.maximum(left[:-1] - left[1:], 0.0)[None]

    def course(w_m2: float) -> Array:
        return follow(who, 30, (20.0,), lambda *_: (surface(80.0, 38.0), w_m2), source)[:, 0]

    power = float(brentq(lambda w_m2: course(w_m2)[-1] - 43.7, 500.0, 20_000.0, xtol=5.0))
    last = course(power)
    what = f"thigh, 434 MHz ({power:.0f} W/m\u00b2 to reach it, Ichinoseki-Sekine 2007): 20 mm, from 10 to 30 min"
    ours = float(last[-1] - last[60])
    return (band("C9", what, -0.8, 0.8, ours, "K", "stays at 43.7 \u00b0C", "434 MHz, change 10-30 min", 0.0),)
