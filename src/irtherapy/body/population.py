"""Virtual persons consistent with what was told: one row a person, the spread wider the less was told.

Every quantity is the typical value times exp(spread x normal draw). The draws are taken in a fixed order and number
whatever was told, so two plans with the same seed differ by the question asked and not by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy.body import layers, perfusion
from irtherapy.body.optics import BodyTables
from irtherapy.values import Person, Site

Array = NDArray[np.float64]

# Melanosome share of the epidermis by Fitzpatrick type 1-6, within 0.01-0.12 (facts: physics 1.3).
MELANIN = (0.010, 0.015, 0.025, 0.045, 0.080, 0.120)
MELANIN_SPREAD_LN = 0.25
FAT_TOLD_LN, FAT_FROM_BMI_LN = 0.15, 0.30
BMI_UNTOLD_SD = 4.0
SCATTER_LN, BLOOD_LN, THICKNESS_LN, MUSCLE_LN = 0.28, 0.4, 0.25, 0.15
CORE_C, CORE_SD = 36.8, 0.2
SURFACE_LN = 0.2
DRAWS = 15
DRAW_LIMIT = 2.5
SEED_MAX = 2**63 - 1


@dataclass(frozen=True)
class Persons:
    """Virtual persons; every field is (persons,). Factors multiply the tables' resting values."""

    epidermis_m: Array
    dermis_m: Array
    fat_m: Array
    muscle_m: Array
    melanin: Array
    scatter_factor: Array
    blood_factor: Array
    perfusion_factor: Array
    gain: Array
    lag_s: Array
    core_c: Array
    surface_factor: Array
    output_normal: Array  # the draw that scales the device's output by its own spread
    contact_normal: Array  # the draw that scales the conductance of a warm surface

    def __len__(self) -> int:
        return len(self.fat_m)

    def part(self, which: slice) -> Persons:
        """Return some of the persons."""
        return Persons(**{k: v[which] for k, v in vars(self).items()})

    @property
    def spine_m(self) -> Array:
        """Return the depth of the spine's lamina below the skin."""
        return self.epidermis_m + self.dermis_m + self.fat_m + self.muscle_m


def ensemble(person: Person, site: Site, body: BodyTables, rng: np.random.Generator, count: int) -> Persons:
    """Return ``count`` virtual persons like this one."""
    normals = np.clip(rng.standard_normal((count, DRAWS)), -DRAW_LIMIT, DRAW_LIMIT)
    return _persons(person, site, body, normals, rng.random(count))


def median(person: Person, site: Site, body: BodyTables) -> Persons:
    """Return the typical person alone (one row, every draw at its middle)."""
    return _persons(person, site, body, np.zeros((1, DRAWS)), np.array([0.5]))


def together(first: Persons, second: Persons) -> Persons:
    """Return the rows of ``first`` followed by those of ``second``."""
    return Persons(**{k: np.concatenate([v, getattr(second, k)]) for k, v in vars(first).items()})


def _persons(person: Person, site: Site, body: BodyTables, z: Array, uniform: Array) -> Persons:
    rule = body.sites[site.region]
    bmi = np.full(len(z), person.bmi_kg_m2 or layers.BMI_UNTOLD)
    if person.bmi_kg_m2 is None:
        bmi = np.clip(bmi + BMI_UNTOLD_SD * z[:, 0], 17.0, 45.0)
    if person.fat_m is not None:
        fat = person.fat_m * np.exp(FAT_TOLD_LN * z[:, 1])
    else:
        fat = np.array([layers.fat_m(rule, b, person.sex) for b in bmi]) * np.exp(FAT_FROM_BMI_LN * z[:, 1])
    gain = perfusion.typical_gain(person) * np.exp(perfusion.GAIN_SPREAD_LN * z[:, 7])
    return Persons(
        epidermis_m=rule.epidermis_m * np.exp(THICKNESS_LN * z[:, 2]),
        dermis_m=rule.dermis_m * np.exp(THICKNESS_LN * z[:, 3]),
        fat_m=np.clip(fat, 0.001, layers.FAT_MAX_M),
        muscle_m=rule.muscle_m * np.exp(MUSCLE_LN * z[:, 4]),
        melanin=_melanin(person.skin_tone, uniform) * np.exp(MELANIN_SPREAD_LN * z[:, 5]),
        scatter_factor=np.exp(SCATTER_LN * z[:, 6]),
        blood_factor=np.exp(BLOOD_LN * z[:, 8]),
        perfusion_factor=np.exp(perfusion.RESTING_SPREAD_LN * z[:, 9]),
        gain=np.clip(gain, 1.0, perfusion.GAIN_HIGH),
        lag_s=perfusion.LAG_S * np.exp(perfusion.LAG_SPREAD_LN * z[:, 10]),
        core_c=CORE_C + CORE_SD * z[:, 11],
        surface_factor=np.exp(SURFACE_LN * z[:, 12]),
        output_normal=z[:, 13],
        contact_normal=z[:, 14],
    )


def _melanin(skin_tone: int | None, uniform: Array) -> Array:
    """Return the typical melanosome share: of the told tone, or of a tone drawn from all six."""
    if skin_tone is not None:
        return np.full(len(uniform), MELANIN[skin_tone - 1])
    ranks = (np.arange(6) + 0.5) / 6.0
    return np.exp(np.interp(uniform, ranks, np.log(MELANIN)))
