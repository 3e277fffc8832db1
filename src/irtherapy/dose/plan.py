"""The plan: how many minutes of heat, which limit set them, and what they will do.

Virtual persons (200, unless asked otherwise) consistent with what was told are heated; their warmest 2.5 % decide.
Minutes are the lowest of the physical limits and the fixed ones (``limits``), rounded down to half minutes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from irtherapy import limits
from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.body.population import Persons
from irtherapy.device import geometry, spectrum
from irtherapy.dose import best, depth, ensemble, exposure, heat
from irtherapy.dose.ensemble import Heating
from irtherapy.dose.exposure import Exposure, LightDose
from irtherapy.dose.local import head
from irtherapy.values import Device, DeviceKind, InputError, LimitStep, Person, Placement, Plan, Setting, Site, in_range

Array = NDArray[np.float64]

COOLING_MIN = 10.0
WARM_RISE_K = 1.0
WHOLE_M = 0.05  # distances are told in steps that a person can measure
CEM43_SOURCE = "Sapareto & Dewey 1984; ceiling: " + limits.PROPOSAL
EYE_SOURCE = "2006/25/EC Annex I"


@dataclass(frozen=True)
class _Case:
    """One question to the model: who, where, with what; and the parts that do not change with distance."""

    persons: Persons
    body: BodyTables
    site: Site
    device: Device
    setting: Setting
    clean_sessions: int
    tissue: heat.Tissue
    dose: LightDose | None
    further: tuple[LimitStep, ...] = ()
    clinician_set: bool = False
    chosen_min: float | None = None

    def expose(self, placement: Placement) -> Exposure:
        return exposure.expose(self.persons, self.body, self.site, self.device, placement, self.tissue, self.dose)

    def as_measured(self, placement: Placement) -> Exposure | None:
        """Return the exposure at the measured output, or None where no claim is above it."""
        device = geometry.as_measured(self.device)
        if device is self.device:
            return None
        return exposure.expose(self.persons, self.body, self.site, device, placement, self.tissue, self.dose)

    def ceiling_min(self) -> float:
        return limits.heat_ceiling_min(self.setting, self.device.kind, self.clinician_set)

    def fixed(self) -> tuple[LimitStep, ...]:
        timer = self.device.timer_min
        of = (self.setting, self.device.kind, self.site.region, self.clean_sessions)
        return limits.fixed_limits(*of, timer, self.clinician_set, self.chosen_min) + self.further

    def fixed_min(self) -> float:
        """Return the minutes that the limits which do not depend on the heat would allow."""
        return min(step.minutes for step in self.fixed())

    def ceiling(self) -> best.Ceiling:
        c = limits.ceilings(self.setting)
        return best.Ceiling(c.skin_target_c, c.cem43_min)

    def nearest_m(self, placement: Placement, from_m: float, rest: heat.State) -> float | None:
        """Return the nearest distance from ``from_m`` on at which the heat no longer sets the minutes, or None."""
        nearest, farthest = geometry.distance_range_m(self.device)
        reach = (max(nearest, from_m), farthest)

        def at(distance_m: float) -> Exposure:
            return self.expose(replace(placement, distance_m=distance_m))

        return best.nearest_distance_m(at, reach, self.fixed_min(), self.ceiling(), rest)


def make_plan(
    person: Person,
    site: Site,
    device: Device,
    placement: Placement,
    setting: Setting,
    clean_sessions: int,
    tables: BodyTables,
    seed: int = 1,
    persons: int = 200,
    further: tuple[LimitStep, ...] = (),
    clinician_set: bool = False,
    chosen_min: float | None = None,
) -> Plan:
    """Return the plan of one session.

    The same arguments give the same plan. ``persons`` (20 to 5000) sets the size of the ensemble; ``further`` limits,
    of a course or a programme, join the chain and can only make it shorter. ``clinician_set``: a clinician set the
    minutes, which is where LED pads in a clinic may have more of them. ``chosen_min``: minutes that the person chose
    (``limits.fixed_limits``). Raises InputError for a distance outside the device's range, a device whose output is
    not known, or a negative count of clean sessions.
    """
    if clean_sessions < 0:
        raise InputError("Clean sessions", f"Clean sessions must be 0 or more; got {clean_sessions}.")
    asked = _case(person, site, device, setting, clean_sessions, tables, seed, persons)
    case = replace(asked, further=further, clinician_set=clinician_set, chosen_min=chosen_min)
    ex = case.expose(placement)
    hot = ensemble.heating(ex, case.ceiling_min())
    winner, runner_up, chain = limits.tightest(_limits(case, ex, hot))
    minutes = _whole_minutes(winner)
    plan = _predict(case, ex, hot, minutes, placement)
    return replace(
        plan,
        limit=winner,
        runner_up=runner_up,
        limit_chain=chain,
        advice=_advice(case, placement, minutes, winner, hot.states[0]),
        cautions=_cautions(case, ex, placement),
        seed=seed,
        persons=persons,
    )


def _case(
    person: Person, site: Site, device: Device, setting: Setting, clean_sessions: int, tables: BodyTables, seed: int,
    persons: int,
) -> _Case:  # fmt: skip
    in_range("Persons", persons, 20, 5000)
    in_range("Seed", seed, 0, population.SEED_MAX)
    people = population.together(
        population.median(person, site, tables),
        population.ensemble(person, site, tables, np.random.default_rng(seed), persons),
    )
    dose = exposure.light_dose(people, tables, device.emitter) if exposure.has_light(device) else None
    return _Case(people, tables, site, device, setting, clean_sessions, exposure.tissue_of(people, tables), dose)


@dataclass(frozen=True)
class BestUse:
    """The best of a device for the muscle: the distance (None: none known, or on the skin), and when to switch.

    ``minutes`` are those of the limits that do not depend on the heat; ``schedule`` holds at ``placement`` as asked,
    and is None for a device whose power cannot be switched.
    """

    minutes: float
    distance_m: float | None
    schedule: best.Schedule | None


def best_use(
    person: Person,
    site: Site,
    device: Device,
    placement: Placement,
    setting: Setting,
    clean_sessions: int,
    tables: BodyTables,
    seed: int = 1,
    persons: int = 200,
) -> BestUse:
    """Return where to put a device, and when to switch it, so that it warms the muscle most and keeps every ceiling.

    Raises as ``make_plan``.
    """
    case = _case(person, site, device, setting, clean_sessions, tables, seed, persons)
    ex = case.expose(placement)
    rest = heat.Bioheat(ex.tissue, ex.off).rest()
    distance = None if device.contact else case.nearest_m(placement, 0.0, rest)
    minutes = case.fixed_min()
    switched = best.schedule(ex, minutes, case.ceiling(), rest) if case.dose is not None else None
    return BestUse(minutes, distance, switched)


def _whole_minutes(winner: LimitStep) -> float:
    minutes = math.floor(winner.minutes * 2.0 + 1e-9) / 2.0
    return minutes if minutes >= limits.LEAST_MIN else 0.0


def _limits(case: _Case, ex: Exposure, hot: Heating) -> tuple[LimitStep, ...]:
    """Return every limit, those that do not bind with infinite minutes. Row 0 (the typical person) has no vote."""
    ceiling = limits.ceilings(case.setting)
    people = slice(1, None)
    model = f"computed for {len(case.persons) - 1} people like you; see docs/explanation/physics"
    target, cutoff = (
        ensemble.minutes_until(hot.time_s, hot.skin_c[people], c)
        for c in (ceiling.skin_target_c, ceiling.skin_cutoff_c)
    )
    dose = ensemble.minutes_until(hot.time_s, ensemble.thermal_dose_min(hot)[people], ceiling.cem43_min)
    physical = (
        LimitStep("skin_target", target, f"your skin would reach {ceiling.skin_target_c:g} °C", model),
        LimitStep("skin_cutoff", cutoff, f"your skin would reach the cut-off of {ceiling.skin_cutoff_c:g} °C", model),
        LimitStep("cem43", dose, "the warmth your skin gathers would reach its ceiling", CEM43_SOURCE),
        LimitStep("eye", math.inf, "no limit while your eyes are turned away or covered", EYE_SOURCE),
    )
    return (*physical, *case.fixed())


def _with_cooling(ex: Exposure, hot: Heating, last: int) -> Heating:
    """Return the courses until mark ``last`` of the heat and through ten minutes of cooling."""
    cool = ensemble.cooling(ex, hot.states[last], COOLING_MIN)
    time = np.concatenate([hot.time_s[: last + 1], hot.time_s[last] + cool.time_s[1:]])

    def joined(name: str, axis: int = 1) -> Array:
        before, after = getattr(hot, name), getattr(cool, name)
        kept = [np.take(before, range(last + 1), axis), np.take(after, range(1, after.shape[axis]), axis)]
        return np.concatenate(kept, axis=axis)

    states = (*hot.states[: last + 1], *cool.states[1:])
    return Heating(time, joined("skin_c"), joined("hottest_c"), joined("muscle_c"), joined("temp_c", 0), states)


def _predict(case: _Case, ex: Exposure, hot: Heating, minutes: float, placement: Placement) -> Plan:
    """Return the plan's predictions for ``minutes`` of heat and ten minutes of cooling (limits are filled in later).

    What may harm is told as the limits have it: a wide field, which is the warmer one everywhere, and the higher of
    claimed and measured output. What the heat does is told on the axis of a small head, and as measured.
    """
    last = round(minutes * 60.0 / ensemble.MARK_S)
    whole = _with_cooling(ex, hot, last)
    time, states = whole.time_s, whole.states
    gathered = ensemble.injury.cem43_min(time, whole.hottest_c)[1:, -1]
    skin_peak = whole.skin_c[1:].max(axis=1)
    steps = ((minutes, 1.0), (COOLING_MIN, 0.0))

    def narrowed(courses: Heating, at: Exposure) -> Heating:
        return head.narrowed(courses, at, case.persons, case.body, case.device, placement, steps)

    local = narrowed(whole, ex)
    skin, real = local.skin_c, case.as_measured(placement)
    if real is not None:
        ex, local = real, _with_cooling(real, ensemble.heating(real, minutes, states[0]), last)
        states, local = local.states, narrowed(local, real)
    muscle = local.muscle_c
    by_depth = depth.at_depths(case.tissue.depth_m[0], local.skin_c[0], local.temp_c[:, 0])
    rise = muscle[0, : last + 1] - muscle[0, 0]
    warm = np.flatnonzero(rise >= WARM_RISE_K)
    light = depth.light_inside(case.persons, case.body, case.device, placement)
    nowhere = LimitStep("none", 0.0, "")
    return Plan(
        minutes=minutes, limit=nowhere, runner_up=nowhere, limit_chain=(), setting=case.setting, site=case.site,
        device_id=case.device.id, placement=placement, time_s=_floats(time), depth_mm=depth.DEPTH_MM,
        skin_c=ensemble.curve(skin[1:]), muscle_c=ensemble.curve(muscle[1:]),
        temperature_c=tuple(_floats(row) for row in by_depth),
        irradiance_w_m2=float(ex.irradiance_w_m2[0]), absorbed_w_m2=float(ex.absorbed_w_m2[0]),
        reflected_fraction=float(ex.reflected[0]),
        skin_peak_c=float(np.percentile(skin_peak, ensemble.HIGH)),
        muscle_rise_c=float(np.median(muscle[1:].max(axis=1) - muscle[1:, 0])),
        cem43_min=float(np.percentile(gathered, ensemble.HIGH)),
        reach_mm=depth.reach(light, by_depth[last] - by_depth[0]),
        layer_depths_mm=depth.layer_depths_mm(case.persons),
        warm_at_s=float(time[warm[0]]) if len(warm) else None,
        perfusion_ratio=depth.perfusion_ratio(case.tissue, states[0], states[last]),
        fluence_rate_w_m2=depth.fluence_rate_w_m2(light, float(ex.irradiance_w_m2[0])),
    )  # fmt: skip


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _advice(case: _Case, placement: Placement, minutes: float, winner: LimitStep, rest: heat.State) -> tuple[str, ...]:
    """Return what would give more minutes, when the device's own heat sets them."""
    if winner.name not in ("skin_target", "skin_cutoff", "cem43"):
        return ()
    if case.device.contact:
        return (_contact_advice(case, placement, minutes, rest),)
    distance = _best_distance_m(case, placement, rest)
    if distance > placement.distance_m:
        then = _minutes_at(case, replace(placement, distance_m=distance), rest)
        if then >= max(5.0, minutes + 1.0):
            better = f"At {distance * 100:.0f} cm: {then:g} minutes instead of {minutes:g}."
            return (f"Too hot here. {better}" if minutes == 0 else better,)
    if minutes == 0:
        return ("Too hot here, and at every distance we can compute for it. Use a weaker device.",)
    return ()


def _best_distance_m(case: _Case, placement: Placement, rest: heat.State) -> float:
    """Return the nearest distance at which the heat no longer sets the minutes, in steps of 5 cm, as one measures.

    The farthest known distance when even that is too near.
    """
    farthest = geometry.distance_range_m(case.device)[1]
    found = case.nearest_m(placement, placement.distance_m, rest)
    return farthest if found is None else min(farthest, math.ceil(found / WHOLE_M - 1e-6) * WHOLE_M)


def _minutes_at(case: _Case, placement: Placement, rest: heat.State) -> float:
    """Return the minutes of the same question with another placement."""
    ex = case.expose(placement)
    return _whole_minutes(limits.tightest(_limits(case, ex, ensemble.heating(ex, case.ceiling_min(), rest)))[0])


def _contact_advice(case: _Case, placement: Placement, minutes: float, rest: heat.State) -> str:
    """Return what helps with a device on the skin: cloth between, when that is enough, or less heat."""
    if case.dose is None and not placement.clothed and case.device.kind is not DeviceKind.CHAIR:
        then = _minutes_at(case, replace(placement, clothed=True), rest)
        if then >= max(5.0, minutes + 1.0):
            better = f"Over a layer of clothing: {then:g} minutes instead of {minutes:g}."
            return f"Too hot on bare skin. {better}" if minutes == 0 else better
    if minutes == 0:
        return "Too hot used like this. Try a lower setting, or a folded towel between the device and you."
    return "For a longer session, use a lower setting, or a folded towel between the device and you."


def _cautions(case: _Case, ex: Exposure, placement: Placement) -> tuple[str, ...]:
    """Return what the person must mind: eyes, clothes, a warm room, figures that nobody verified."""
    out = []
    device = case.device
    infrared = float(ex.irradiance_w_m2[0]) * (
        spectrum.infrared_share(device.emitter) if case.dose is not None else 0.0
    )
    if not device.contact and infrared > limits.EYE_IRRADIANCE_MAX_W_M2:
        out.append("Turn your face away and close or cover your eyes: this light is too strong for them.")
    if placement.clothed and not device.contact:
        out.append("Through clothes the heat cannot be seen or felt well. Bare skin is safer.")
    if placement.room_c >= limits.ROOM_HOT_C:
        out.append("The room is very warm, so your skin cools less. Drink, and stop if you feel faint.")
    if not device.contact and not device.irradiance_profile:
        out.append("The output of this lamp is estimated from its power. Trust your skin: pleasantly warm, never hot.")
    elif device.unverified_fields or not device.listed:
        out.append("Some figures of this device are assumed, not measured. Check your skin often.")
    return tuple(out)
