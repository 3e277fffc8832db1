"""What a given exposure does, whatever its length: skin, depth, light, damage, for many virtual persons.

The plan asks how long; this asks what happens. Nothing here limits anything: it is for looking and for research, and a
session takes its minutes from the plan alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.device import geometry, spectrum
from irtherapy.dose import depth, ensemble, exposure, heat, injury
from irtherapy.dose import pad as pads
from irtherapy.dose.ensemble import Heating
from irtherapy.dose.evaporation import Sweat
from irtherapy.dose.exposure import Exposure
from irtherapy.dose.local import head
from irtherapy.dose.pad import Pad
from irtherapy.values import Curve, Device, InputError, Person, Placement, Site, in_range

Array = NDArray[np.float64]

COOLING_MIN = 10.0  # the stretching that follows
PHASES_MAX = 50
MINUTES_MAX = 24.0 * 60.0
RISES_MM = (10.0, 20.0, 30.0)
WARM_K = 1.0
SKIN_WARM_C = 39.0
MEASURED_TO_C, MEASURED_MIN = 45.0, 120.0  # the warmest skin and the longest heat of the validation


@dataclass(frozen=True)
class Phase:
    """A stretch of time: minutes (a multiple of a half), and the share of the device's power, 0 to 1.

    A share between is a duty cycle whose period is short beside a minute. A device whose surface is warm has 0 or 1.
    """

    minutes: float
    share: float = 1.0


@dataclass(frozen=True)
class Simulation:
    """What the schedule does. Curves are percentiles over the persons; the rest is the typical person's, unless said.

    ``temperature_c`` is depth by time; ``perfusion_ratio`` and ``fluence_rate_w_m2`` are by depth, at the end of the
    last heat and under full power; ``rise_k`` is the greatest rise at 10, 20 and 30 mm; ``muscle_warm_min`` the time
    the surface of the muscle is 1 K or more above its start. ``skin_warm_min`` is the time the skin spends at 39 C or
    more, which adds up over a week (facts: safety 2.4, a net-like mark from long warmth). ``eye_irradiance_w_m2``
    (780-3000 nm) is what would fall on an eye at the place of the skin, ``eye_limit_s`` how long it may (2006/25/EC
    Annex I; infinite without a limit). ``skin_peak_c``, ``skin_warm_min``, ``cem43_min`` and ``damage`` (burn integral
    by model, 1 being a burn) are 97.5th percentiles, ``muscle_rise_c`` a median. Where a maker claims more than was
    measured, skin, damage and eyes are told at the claim, light, depth and muscle at what was measured. ``cautions``
    say where the answer goes beyond people who were measured.
    """

    minutes: float
    phases: tuple[Phase, ...]
    time_s: tuple[float, ...]
    depth_mm: tuple[float, ...]
    skin_c: Curve
    muscle_c: Curve
    temperature_c: tuple[tuple[float, ...], ...]
    perfusion_ratio: tuple[float, ...]
    fluence_rate_w_m2: tuple[float, ...]
    irradiance_w_m2: float
    eye_irradiance_w_m2: float
    eye_limit_s: float
    absorbed_w_m2: float
    reflected_fraction: float
    skin_peak_c: float
    muscle_rise_c: float
    muscle_warm_min: float
    skin_warm_min: float
    rise_k: dict[str, float]
    cem43_min: float
    damage: dict[str, float]
    reach_mm: dict[str, float]
    layer_depths_mm: dict[str, float]
    persons: int
    seed: int
    cautions: tuple[str, ...] = ()

    def to_xarray(self) -> Any:
        """Return an ``xarray.Dataset``: temperature by time and depth, skin and muscle by time and percentile.

        Single figures are its attributes. Raises InputError when xarray is not installed.
        """
        try:
            from xarray import Dataset
        except ImportError:
            raise InputError("xarray", 'xarray is not installed: pip install "irtherapy[research]".') from None
        by_time = {name: np.array(dataclasses.astuple(getattr(self, name))) for name in ("skin_c", "muscle_c")}
        one = {name: value for name, value in vars(self).items() if isinstance(value, int | float)}
        return Dataset(
            {
                "temperature_c": (("depth_mm", "time_s"), np.array(self.temperature_c)),
                "perfusion_ratio": ("depth_mm", np.array(self.perfusion_ratio)),
                "fluence_rate_w_m2": ("depth_mm", np.array(self.fluence_rate_w_m2)),
                **{name: (("percentile", "time_s"), rows) for name, rows in by_time.items()},
            },
            coords={
                "time_s": np.array(self.time_s),
                "depth_mm": np.array(self.depth_mm),
                "percentile": [2.5, 50, 97.5],
            },
            attrs=one,
        )


def beyond_what_was_measured(skin_peak_c: float, minutes: float) -> tuple[str, ...]:
    """Return what to mind where the answer goes beyond people who were measured (docs/validation.md, C1 to C10)."""
    told = []
    if skin_peak_c > MEASURED_TO_C:
        told.append(
            f"Above {MEASURED_TO_C:g} \u00b0C nobody was measured, so read these figures as far too hot, no more."
        )
    if minutes > MEASURED_MIN:
        told.append(f"Nobody was measured for longer than {MEASURED_MIN:g} minutes.")
    return tuple(told)


def simulate(
    person: Person,
    site: Site,
    device: Device,
    placement: Placement,
    schedule: Sequence[Phase],
    tables: BodyTables,
    persons: int = 200,
    seed: int = 1,
    cooling_min: float = COOLING_MIN,
    sweat: Sweat | None = None,
    pad: Pad | None = None,
) -> Simulation:
    """Return what ``schedule`` does to people like ``person``, and the ``cooling_min`` minutes after it.

    ``sweat``: bare skin sweats where it gets warm; without it it stays dry, which is never cooler. ``pad``: the warm
    device has heat of its own and is not at its temperature from the first second; for one phase of full power. Contact
    and thermostat are those of the device and the person.

    A small head on the skin is told on its axis, except with ``sweat`` or ``pad``, which are for a wide field. The same
    arguments give the same answer. Raises InputError on a schedule that is empty, too long, or not in half
    minutes, on a share that the device cannot give, and on what ``exposure.expose`` refuses.
    """
    phases = tuple(_checked(i, phase, device) for i, phase in enumerate(schedule, start=1))
    if not 1 <= len(phases) <= PHASES_MAX:
        raise InputError("Phases", f"A schedule has 1 to {PHASES_MAX} phases; got {len(phases)}.")
    in_range("Minutes in all", sum(phase.minutes for phase in phases), 0.5, MINUTES_MAX)
    in_range("Persons", persons, 20, 20_000)
    in_range("Seed", seed, 0, population.SEED_MAX)
    people = population.together(
        population.median(person, site, tables),
        population.ensemble(person, site, tables, np.random.default_rng(seed), persons),
    )
    dose = exposure.light_dose(people, tables, device.emitter) if exposure.has_light(device) else None
    ex = exposure.expose(people, tables, site, device, placement, exposure.tissue_of(people, tables), dose)
    rest = heat.Bioheat(ex.tissue, ex.off).rest()
    cooling = _half_minutes("Cooling", cooling_min, 0.0)
    if pad is not None and (exposure.has_light(device) or [phase.share for phase in phases] != [1.0]):
        raise InputError("Pad", "A pad with heat of its own is for a warm device and one phase of full power.")
    heated_by = None if pad is None else partial(_under_pad, ex, pads.at_each(pad, ex), placement.room_c)
    covered = device.contact or placement.clothed
    lost = None if sweat is None else _lost(sweat, people, tables, site, placement.room_c)
    whole, ends = _course(ex, rest, phases, cooling, None if covered else lost, lost, heated_by)
    steps = [(phase.minutes, phase.share) for phase in (*phases, Phase(cooling, 0.0))]
    if pad is None and sweat is None:
        whole = head.narrowed(whole, ex, people, tables, device, placement, steps)
    real, told = geometry.as_measured(device), whole
    if real is not device:
        ex = exposure.expose(people, tables, site, real, placement, ex.tissue, dose)
        told, _ = _course(ex, rest, phases, cooling, None if covered else lost, lost)
        told = told if sweat is not None else head.narrowed(told, ex, people, tables, device, placement, steps)
    heated = [end for phase, end in zip(phases, ends, strict=True) if phase.share > 0.0]
    end = heated[-1] if heated else 0
    return _summed(whole, told, end, ex, people, tables, device, placement, phases, persons, seed)


def _checked(number: int, phase: Phase, device: Device) -> Phase:
    minutes = _half_minutes(f"Phase {number}, minutes", phase.minutes, 0.5)
    share = in_range(f"Phase {number}, share of power", phase.share, 0, 1)
    if not exposure.has_light(device) and share not in (0.0, 1.0):
        raise InputError(
            f"Phase {number}",
            f"Phase {number}, share of power, must be 0 or 1 for {device.name}: it has no power between that we know.",
        )
    return Phase(minutes, share)


def _half_minutes(name: str, value: float, low: float) -> float:
    minutes = in_range(name, value, low, MINUTES_MAX, "min")
    if abs(minutes * 2.0 - round(minutes * 2.0)) > 1e-9:
        raise InputError(name, f"{name} must be a multiple of half a minute; got {minutes:g}.")
    return minutes


def _under_pad(ex: Exposure, pad: Pad, room_c: float, state: heat.State, minutes: float) -> Heating:
    return pads.heating(ex, state, pad, room_c, minutes)


def _lost(sweat: Sweat, people: population.Persons, tables: BodyTables, site: Site, room_c: float) -> ensemble.Lost:
    """Return what sweat takes from the skin of each person by its temperature."""
    convection = tables.sites[site.region].convection_w_m2_k * people.surface_factor
    room = np.full(len(people), room_c)
    return lambda skin_c: sweat.extra_w_m2(skin_c, room, convection)


def _course(
    ex: Exposure,
    rest: heat.State,
    phases: Sequence[Phase],
    cooling_min: float,
    lost_on: ensemble.Lost | None = None,
    lost_off: ensemble.Lost | None = None,
    heated_by: Callable[[heat.State, float], Heating] | None = None,
) -> tuple[Heating, list[int]]:
    """Return the courses of all phases and of the cooling as one, and the index at which each phase ends."""
    on, off = heat.Bioheat(ex.tissue, ex.on), heat.Bioheat(ex.tissue, ex.off)
    parts: list[Heating] = []
    state = rest
    for phase in (*phases, Phase(cooling_min, 0.0)):
        if phase.share > 0.0 and heated_by is not None:
            parts.append(heated_by(state, phase.minutes))
        elif phase.share > 0.0:
            parts.append(ensemble.march(ex, on, ex.source_w_m2 * phase.share, state, phase.minutes, lost_on))
        else:
            parts.append(ensemble.march(ex, off, 0.0 * ex.source_w_m2, state, phase.minutes, lost_off))
        state = parts[-1].states[-1]
    starts = np.concatenate([[0.0], np.cumsum([part.time_s[-1] for part in parts])])
    kept = [slice(0 if i == 0 else 1, None) for i in range(len(parts))]

    def joined(name: str, axis: int) -> Array:
        cut = [getattr(part, name)[(slice(None),) * axis + (k,)] for part, k in zip(parts, kept, strict=True)]
        return np.concatenate(cut, axis=axis)

    time = np.concatenate([part.time_s[k] + start for part, k, start in zip(parts, kept, starts, strict=False)])
    states = tuple(s for part, k in zip(parts, kept, strict=True) for s in part.states[k])
    whole = Heating(
        time, joined("skin_c", 1), joined("hottest_c", 1), joined("muscle_c", 1), joined("temp_c", 0), states
    )
    ends = np.cumsum([len(part.time_s) - 1 for part in parts[:-1]]).tolist()
    return whole, ends


def _summed(
    whole: Heating,
    told: Heating,
    end: int,
    ex: Exposure,
    people: population.Persons,
    tables: BodyTables,
    device: Device,
    placement: Placement,
    phases: tuple[Phase, ...],
    persons: int,
    seed: int,
) -> Simulation:
    """Return the answer: what may harm from ``whole``, what the heat does from ``told``, brought about by ``ex``."""
    crowd = slice(1, None)  # row 0 is the typical person
    by_depth = depth.at_depths(ex.tissue.depth_m[0], told.skin_c[0], told.temp_c[:, 0])
    muscle = told.muscle_c - told.muscle_c[:, :1]
    gained = injury.cem43_min(whole.time_s, whole.hottest_c[crowd])[:, -1]
    high = float(ensemble.HIGH)
    warm = np.trapezoid((muscle[0] >= WARM_K).astype(float), whole.time_s) / 60.0
    warm_skin = np.trapezoid((whole.skin_c[crowd] >= SKIN_WARM_C).astype(float), whole.time_s, axis=1) / 60.0
    infrared = spectrum.infrared_share(device.emitter) if exposure.has_light(device) and not device.contact else 0.0
    eye = geometry.irradiance_w_m2(device, placement.distance_m) * infrared
    skin_peak = float(np.percentile(whole.skin_c[crowd].max(axis=1), high))
    light = depth.light_inside(people, tables, device, placement)
    rises = [float(np.interp(mm, depth.DEPTH_MM, (by_depth - by_depth[0]).max(axis=0))) for mm in RISES_MM]
    return Simulation(
        minutes=sum(phase.minutes for phase in phases if phase.share > 0.0),
        phases=phases,
        time_s=_floats(whole.time_s),
        depth_mm=depth.DEPTH_MM,
        skin_c=ensemble.curve(whole.skin_c[crowd]),
        muscle_c=ensemble.curve(told.muscle_c[crowd]),
        temperature_c=tuple(_floats(row) for row in by_depth.T),
        perfusion_ratio=depth.perfusion_ratio(ex.tissue, told.states[0], told.states[end]),
        fluence_rate_w_m2=depth.fluence_rate_w_m2(light, float(ex.irradiance_w_m2[0])),
        irradiance_w_m2=float(ex.irradiance_w_m2[0]),
        eye_irradiance_w_m2=eye,
        eye_limit_s=injury.eye_time_s(eye),
        absorbed_w_m2=float(ex.absorbed_w_m2[0]),
        reflected_fraction=float(ex.reflected[0]),
        skin_peak_c=skin_peak,
        muscle_rise_c=float(np.median(muscle[crowd].max(axis=1))),
        muscle_warm_min=float(warm),
        skin_warm_min=float(np.percentile(warm_skin, high)),
        rise_k={f"{mm:g}_mm": rise for mm, rise in zip(RISES_MM, rises, strict=True)},
        cem43_min=float(np.percentile(gained, high)),
        damage={name: _damage(whole, name, high) for name in injury.ARRHENIUS},
        reach_mm=depth.reach(light, by_depth[end] - by_depth[0]),
        layer_depths_mm=depth.layer_depths_mm(people),
        persons=persons,
        seed=seed,
        cautions=beyond_what_was_measured(skin_peak, sum(phase.minutes for phase in phases if phase.share > 0.0)),
    )


def _damage(whole: Heating, model: str, high: float) -> float:
    rate = injury.burn_rate_per_s(whole.hottest_c[1:], model)
    return float(np.percentile(np.trapezoid(rate, whole.time_s, axis=1), high))


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
