"""Prints, as markdown, our numbers beside the validation cases: closed forms, independent codes, and people.

Run: .venv/bin/python validation/run.py. The tables of docs/explanation/physics.md are this output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "golden"))
import cases

from irtherapy.body import population
from irtherapy.dose import exposure, heat
from irtherapy.edge import data
from irtherapy.values import Emitter, Person, Region, Site, SpectrumKind

BODY = data.body_tables()
SITE = Site(Region.LOWER_BACK)
WIRA = Emitter(SpectrumKind.BLACKBODY_FILTERED, temperature_k=3000.0, cut_on_nm=560.0, water_filter_m=0.007)
REFINE = 2


def light_table() -> None:
    """Print the cases of light."""
    print("| case | quantity | reference | ours | difference | tolerance |\n|---|---|---|---|---|---|")
    for case in cases.read("light.json"):
        field = cases.solve_light(case)
        for name, want in case["values"].items():
            got = cases.light_value(field, name)
            row = f"{want['value']:.5f} | {got:.5f} | {got - want['value']:+.5f} | {want['tolerance']:g}"
            print(f"| {case['id']} | {name} | {row} |")
        if case["depth_mm"]:
            got = field.fluence_rate_at(np.array(case["depth_mm"]) / 1000.0)
            worst = float(np.max(np.abs(got / np.array(case["fluence_rate"]) - 1.0)))
            print(
                f"| {case['id']} | fluence rate, worst depth | - | - | {worst:.2%} | {case['fluence_tolerance']:.0%} |"
            )


def heat_table() -> None:
    """Print the cases of heat with a closed form."""
    print("| case | time s | surface reference K | ours K | worst depth, % of surface | tolerance |")
    print("|---|---|---|---|---|---|")
    for case in cases.read("heat.json"):
        for got, item in zip(cases.solve_heat(case), case["series"], strict=True):
            want = np.array(item["rise_k"])
            worst = np.max(np.abs(got - want)) / want[0]
            print(f"| {case['id']} | {item['time_s']} | {want[0]:.4f} | {got[0]:.4f} | {worst:.3%} | 0.5 % |")


def person(fat_mm: float, core_c: float = 36.8, **more: float) -> population.Persons:
    """Return the typical person with a given fat thickness and blood temperature."""
    typical = population.median(Person(fat_m=fat_mm / 1000.0, skin_tone=2), SITE, BODY)
    changed = {k: np.full(1, v) for k, v in more.items()}
    return replace(typical, core_c=np.full(1, core_c), **changed)


def surface(h: float, ambient: float, flux: float = 0.0) -> heat.Surface:
    """Return a surface of one person."""
    return heat.Surface(np.full(1, h), np.full(1, ambient), np.full(1, flux))


def at(tissue: heat.Tissue, temp: np.ndarray, skin: float, depth_mm: float) -> float:
    """Return the temperature at a depth."""
    depth = np.concatenate([[0.0], tissue.depth_m[0]])
    return float(np.interp(depth_mm / 1000.0, depth, np.concatenate([[skin], temp[0]])))


def follow(
    who: population.Persons,
    minutes: float,
    depths_mm: tuple[float, ...],
    on: Callable[[float, float], tuple[heat.Surface, float]],
    source: np.ndarray | None = None,
    room_c: float = 23.0,
) -> np.ndarray:
    """Return (times every 10 s, depths) temperatures; ``on(t, skin)`` gives the surface and the irradiance of now."""
    tissue = exposure.tissue_of(who, BODY, REFINE)
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
) -> np.ndarray:
    """Return temperatures under a water-filtered lamp, switched off while the skin is at or above ``stop_c``."""
    dose = exposure.light_dose(who, BODY, WIRA, REFINE, nodes=8, merged=40)
    still = surface(8.5, 23.0, -7.0)
    return follow(who, minutes, depths, lambda _, skin: (still, irradiance if skin < stop_c else 0.0), dose.absorbed)


def held(who: population.Persons, skin_c: float, minutes: float, depths: tuple[float, ...]) -> np.ndarray:
    """Return temperatures with the skin held at a temperature."""
    return follow(who, minutes, depths, lambda *_: (surface(np.inf, skin_c), 0.0))


def pack(who: population.Persons, conductance: float) -> np.ndarray:
    """Return skin under a hot pack that starts at 72 C and cools into the skin and the room (20 mm of gel, C1)."""
    store, now = 80_000.0, [72.0]

    def on(_: float, skin: float) -> tuple[heat.Surface, float]:
        now[0] -= 2.0 * (conductance * (now[0] - skin) + 5.0 * (now[0] - 23.0)) / store
        return surface(conductance, now[0]), 0.0

    return follow(who, 20.0, (0.0,), on)[:, 0]


def c1() -> tuple[str, str, bool]:
    """Fit one contact conductance to the prone peak of 42.7 C, then predict the time of the peak and the end."""
    low, high = 2.0, 200.0
    for _ in range(18):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if pack(person(8), middle).max() > 42.7 else (middle, high)
    skin = pack(person(8), low)
    peak, end = float(np.argmax(skin)) / 6.0, float(skin[-1])
    ours = f"conductance {low:.0f} W/m2/K; peak at {peak:.1f} min, {end:.1f} C at 20 min"
    return "peak at 10.6 min, 41.6 C at 20 min", ours, abs(peak - 10.55) <= 3 and abs(end - 41.6) <= 1


def people_table() -> None:
    """Print the cases measured in people and animals."""
    print("| case | measured or pass band | ours | inside |\n|---|---|---|---|")
    rows: list[tuple[str, str, str, bool]] = [("C1 hot pack, prone, lumbar", *c1())]
    c2 = held(person(7.2, 35.5), 42.5, 30, (10.0,))
    rise = c2[-1, 0] - c2[0, 0]
    rows.append(
        ("C2 calf, skin held 42.5 C, 30 min, 10 mm", "+2.82 within 0.9 K", f"+{rise:.2f} K", abs(rise - 2.82) <= 0.9)
    )
    c3 = held(person(7.2, 35.5), 42.5, 15, (10.0, 30.0))
    one, three = c3[-1] - c3[0]
    ok = abs(one - 3.8) <= 1.8 and 0.05 <= three / one <= 0.35
    rows.append(
        ("C3 calf, 15 min, 10 and 30 mm", "+3.8 within 1.8 K; ratio 0.05-0.35", f"+{one:.2f} K; {three / one:.2f}", ok)
    )
    c5 = follow(person(8), 120, (20.0,), lambda *_: (surface(100.0, 40.0), 0.0))[:, 0]
    rise, half = c5[-1] - c5[0], c5[180] - c5[0]
    rows.append(
        (
            "C5 heat wrap 40 C, 120 min, 20 mm",
            "+0.5 to +2 K",
            f"+{rise:.2f} K (+{half:.2f} at 30 min)",
            0.5 <= rise <= 2,
        )
    )
    c6 = under_wira(person(8), 2000.0, 60, (0.0, 5.0, 10.0, 20.0), 43.0)
    ten, twenty = c6[-1, 2], c6[-1, 3]
    early = (c6[120, 3] - c6[0, 3]) / (c6[-1, 3] - c6[0, 3])
    text = " / ".join(f"{v:.1f}" for v in c6[-1]) + f" C at 0/5/10/20 mm; {early:.0%} by 20 min"
    ok = 40.4 <= ten <= 42 and 38.5 <= twenty <= 41.5 and early >= 0.7
    rows.append(
        ("C6 wIRA 2000 W/m2, skin to 43 C, 60 min", "10 mm 40.4-42; 20 mm 38.5-41.5 C; 70 % by 20 min", text, ok)
    )
    c7 = under_wira(person(20), 1500.0, 20, (20.0,), 43.0)[:, 0]
    rise = c7[-1] - c7[0]
    rows.append(
        ("C7 wIRA 1500 W/m2 on 20 mm fat, 20 min, 20 mm", "+1.2 to +3.2 K", f"+{rise:.2f} K", 1.2 <= rise <= 3.2)
    )
    c8 = under_wira(person(3), 1740.0, 10, (5.0,), 60.0)[:, 0]
    rise = c8[-1] - c8[0]
    rows.append(("C8 piglet, wIRA 1740 W/m2, 10 min, 5 mm", "+4 to +7.5 K", f"+{rise:.2f} K", 4 <= rise <= 7.5))
    for name, band, ours, inside in rows:
        print(f"| {name} | {band} | {ours} | {'yes' if inside else '**no**'} |")


if __name__ == "__main__":
    print("### Light\n")
    light_table()
    print("\n### Heat, closed forms\n")
    heat_table()
    print("\n### People and animals\n")
    people_table()
