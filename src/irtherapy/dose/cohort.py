"""How many of a whole population would pass a limit: batches of virtual persons, counted in whole numbers.

A batch has its own seed, drawn from the question's seed and its number, and what comes out of it are counts. So the
answer is the same to the last digit however the batches are spread over processes, machines and days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irtherapy import limits
from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.body.population import Persons
from irtherapy.dose import ensemble, exposure, injury
from irtherapy.values import Device, InputError, Person, Placement, Setting, Site, in_range

Array = NDArray[np.float64]

BATCH = 1000
AGES = (45.0, 70.0)  # below and above the age from which skin answers less (limits.AT_RISK_AGE_YEARS)
FAT_MM = (10.0, 20.0)  # edges of thin, middle and thick
PAIN_C = 43.2  # threshold of the receptors (Stoll & Greene 1959); on the forehead pain came at 45.7 (Hardy 1953)
BURN = 1.0
PEAK_FROM_C, PEAK_TO_C, PEAK_STEP_C = 25.0, 75.0, 0.05  # histogram of the skin's peak
LIMITS = ("skin_target", "skin_cutoff", "cem43", "pain", "burn")


@dataclass(frozen=True)
class Question:
    """Whom a device is used on, and how: everything that decides the counts."""

    site: Site
    device: Device
    placement: Placement
    minutes: float
    setting: Setting = Setting.HOME
    persons: int = 1_000_000
    older_share: float = 0.25
    person: Person = field(default_factory=Person)
    wavelengths: int = 40
    seed: int = 1

    def __post_init__(self) -> None:
        """Raise InputError on a figure outside its range."""
        in_range("Persons", self.persons, 1, 1_000_000_000)
        in_range("Minutes", self.minutes, 0.5, 120, "min")
        in_range("Share of people of 65 and more", self.older_share, 0, 1)
        in_range("Wavelengths", self.wavelengths, 4, 200)
        in_range("Seed", self.seed, 0, population.SEED_MAX)
        if abs(self.minutes * 2 - round(self.minutes * 2)) > 1e-9:
            raise InputError("Minutes", f"Minutes must be a multiple of half a minute; got {self.minutes:g}.")

    @property
    def batches(self) -> int:
        """Return how many batches the question has."""
        return -(-self.persons // BATCH)

    def size(self, batch: int) -> int:
        """Return how many persons a batch has: the last may be smaller."""
        return min(BATCH, self.persons - batch * BATCH)


@dataclass(frozen=True)
class Counts:
    """Persons, those over each limit, by group; and how many peaked in each step of temperature.

    ``groups`` maps a group ("all", "age 65+", "skin 3", "fat 10-20 mm") to its persons followed by those over each of
    LIMITS.
    """

    groups: Mapping[str, tuple[int, ...]]
    peaks: tuple[int, ...]


def empty() -> Counts:
    """Return no persons at all."""
    names = ["all", *_age_names(), *(f"skin {tone}" for tone in range(1, 7)), *_fat_names()]
    steps = round((PEAK_TO_C - PEAK_FROM_C) / PEAK_STEP_C)
    return Counts(dict.fromkeys(names, (0,) * (len(LIMITS) + 1)), (0,) * steps)


def together(one: Counts, two: Counts) -> Counts:
    """Return the counts of both; whole numbers, so the order does not matter."""
    groups = {
        name: tuple(a + b for a, b in zip(one.groups[name], two.groups[name], strict=True)) for name in one.groups
    }
    return Counts(groups, tuple(a + b for a, b in zip(one.peaks, two.peaks, strict=True)))


def count(question: Question, batch: int, tables: BodyTables) -> Counts:
    """Return the counts of one batch. The same question and batch give the same counts, wherever they are made."""
    people, older = _people(question, batch, tables)
    peak, over = _outcome(question, people, tables)
    groups = {"all": np.ones(len(people), dtype=bool)}
    groups |= dict(zip(_age_names(), (~older, older), strict=True))
    tone = _tones(people.melanin)
    groups |= {f"skin {t}": tone == t for t in range(1, 7)}
    band = np.searchsorted(np.array(FAT_MM) / 1000.0, people.fat_m, side="right")
    groups |= {name: band == i for i, name in enumerate(_fat_names())}
    counted = {
        name: (int(who.sum()), *(int((who & over[limit]).sum()) for limit in LIMITS)) for name, who in groups.items()
    }
    steps = round((PEAK_TO_C - PEAK_FROM_C) / PEAK_STEP_C)
    step = np.clip(((peak - PEAK_FROM_C) / PEAK_STEP_C).astype(int), 0, steps - 1)
    return Counts(counted, tuple(int(n) for n in np.bincount(step, minlength=steps)))


def _people(question: Question, batch: int, tables: BodyTables) -> tuple[Persons, NDArray[np.bool_]]:
    """Return the persons of a batch, and which of them are older. Who is told of overrides what is drawn."""
    size = question.size(batch)
    rng = np.random.default_rng([question.seed, batch])
    told = question.person
    shares = [size] if told.age_years is not None else [size - round(size * question.older_share)]
    ages = [told.age_years if told.age_years is not None else AGES[0]]
    if told.age_years is None:
        shares.append(size - shares[0])
        ages.append(AGES[1])
    parts = [
        population.ensemble(_aged(told, age), question.site, tables, rng, many)
        for age, many in zip(ages, shares, strict=True)
        if many
    ]
    older = np.concatenate([np.full(n, a >= limits.AT_RISK_AGE_YEARS) for a, n in zip(ages, shares, strict=True) if n])
    people = parts[0] if len(parts) == 1 else population.together(parts[0], parts[1])
    return people, older


def _aged(person: Person, age_years: float) -> Person:
    return Person(**{**vars(person), "age_years": age_years})


def _outcome(question: Question, people: Persons, tables: BodyTables) -> tuple[Array, dict[str, NDArray[np.bool_]]]:
    """Return each person's greatest skin temperature, and who passes which limit."""
    device = question.device
    dose = None
    if exposure.has_light(device):
        dose = exposure.light_dose(people, tables, device.emitter, merged=question.wavelengths)
    tissue = exposure.tissue_of(people, tables)
    ex = exposure.expose(people, tables, question.site, device, question.placement, tissue, dose)
    hot = ensemble.heating(ex, question.minutes)
    ceiling = limits.ceilings(question.setting)
    peak = hot.skin_c.max(axis=1)
    burn = np.trapezoid(injury.burn_rate_per_s(hot.hottest_c), hot.time_s, axis=1)
    over = {
        "skin_target": peak > ceiling.skin_target_c,
        "skin_cutoff": peak > ceiling.skin_cutoff_c,
        "cem43": ensemble.thermal_dose_min(hot)[:, -1] > ceiling.cem43_min,
        "pain": peak > PAIN_C,
        "burn": burn > BURN,
    }
    return peak, over


def _tones(melanin: Array) -> NDArray[np.int64]:
    """Return the Fitzpatrick type (1 to 6) whose typical melanin is nearest, on a log scale."""
    typical = np.log(population.MELANIN)
    return np.asarray(np.searchsorted(0.5 * (typical[1:] + typical[:-1]), np.log(melanin)) + 1)


def _age_names() -> tuple[str, str]:
    return (f"age under {limits.AT_RISK_AGE_YEARS:g}", f"age {limits.AT_RISK_AGE_YEARS:g}+")


def _fat_names() -> tuple[str, ...]:
    low, high = FAT_MM
    return (f"fat under {low:g} mm", f"fat {low:g}-{high:g} mm", f"fat over {high:g} mm")


def summary(question: Question, counts: Counts) -> dict[str, Any]:
    """Return the shares over each limit by group with their 95 % intervals (Wilson 1927), and the skin's peaks."""
    groups = {}
    for name, (persons, *over) in counts.groups.items():
        shares = {limit: _wilson(n, persons) for limit, n in zip(LIMITS, over, strict=True)}
        groups[name] = {"persons": persons, **shares}
    gathered = np.cumsum(counts.peaks)
    edges = PEAK_FROM_C + PEAK_STEP_C * (np.arange(len(gathered)) + 1)
    ranks = {f"p{p:g}": p / 100.0 * gathered[-1] for p in (2.5, 50.0, 97.5, 99.9)}
    peaks = {name: round(float(edges[np.searchsorted(gathered, rank)]), 2) for name, rank in ranks.items()}
    return {"persons": int(gathered[-1]), "minutes": question.minutes, "groups": groups, "skin_peak_c": peaks}


def _wilson(over: int, persons: int) -> dict[str, float | None]:
    if persons == 0:
        return {"share": None, "low": None, "high": None}
    z, p = 1.959964, over / persons
    middle = (p + z * z / (2 * persons)) / (1 + z * z / persons)
    half = z / (1 + z * z / persons) * float(np.sqrt(p * (1 - p) / persons + z * z / (4 * persons**2)))
    low, high = (0.0 if over == 0 else middle - half), (1.0 if over == persons else middle + half)
    return {"share": p, "low": low, "high": high}
