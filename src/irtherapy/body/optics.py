"""Absorption and scattering of each layer by wavelength, from its chromophores.

``mu_a = B [S mu_HbO2 + (1-S) mu_Hb] + W mu_water + F mu_fat + M mu_melanosome``;
``mu_s' = a [f (l/500)^-4 + (1-f) (l/500)^-b]`` (Jacques 2013, doi 10.1088/0031-9155/58/11/R37);
``mu_melanosome = 1.70e12 l^-3.48`` 1/cm, l in nm (Jacques). Tables are per cm as published; what is returned is per m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy import tables
from irtherapy.body import layers
from irtherapy.body.layers import SiteRule, Thermal
from irtherapy.values import InputError, Region, in_range

Array = NDArray[np.float64]

DATA_FILES = (
    "optics_water.csv",
    "optics_hemoglobin.csv",
    "optics_fat.csv",
    "tissue_optics.csv",
    "tissue_thermal.csv",
    "tissue_site.csv",
)
ANISOTROPY = 0.8  # mean cosine of scattering; results hang on the reduced scattering far more than on it
INDEX = 1.4
LIGHT_LAYERS = ("epidermis", "dermis", "fat", "muscle")


@dataclass(frozen=True)
class Recipe:
    """Composition of a layer: scattering fit (1/m) and volume shares of blood, water and fat."""

    scatter_a_per_m: float
    rayleigh_share: float
    mie_power: float
    blood: float
    saturation: float
    water: float
    fat: float


@dataclass(frozen=True)
class Spectrum:
    """A tabulated absorption in 1/m, interpolated log-log and held beyond its ends."""

    wavelength_nm: Array
    absorption_per_m: Array

    def at(self, wavelength_nm: Array) -> Array:
        """Return the absorption in 1/m at ``wavelength_nm``."""
        x = np.log(np.asarray(wavelength_nm, dtype=float))
        return np.exp(np.interp(x, np.log(self.wavelength_nm), np.log(self.absorption_per_m)))


@dataclass(frozen=True)
class BodyTables:
    """Every table of the body, read once and checked."""

    water: Spectrum
    oxy_blood: Spectrum
    deoxy_blood: Spectrum
    fat: Spectrum
    recipes: Mapping[str, Recipe]
    thermal: Mapping[str, Thermal]
    sites: Mapping[Region, SiteRule]


def tables_from(texts: Mapping[str, str]) -> BodyTables:
    """Return the tables built from the texts of ``DATA_FILES``. Raises InputError on a missing table or bad row."""
    for name in DATA_FILES:
        if name not in texts:
            raise InputError(name, f"Table {name} is missing.")
    oxy, deoxy = _spectra("optics_hemoglobin.csv", texts, "mua_hbo2_per_cm", "mua_hb_per_cm")
    (water,) = _spectra("optics_water.csv", texts, "mua_per_cm")
    (fat,) = _spectra("optics_fat.csv", texts, "mua_per_cm")
    columns = ("scatter_a_per_cm", "rayleigh_share", "mie_power", "blood", "saturation", "water", "fat")
    recipes = {}
    for row in tables.rows("tissue_optics.csv", texts["tissue_optics.csv"], columns):
        a, *rest = (in_range(f"{row['id']} {c}", row[c], 0, 1000) for c in columns)
        recipes[row["id"]] = Recipe(a * 100.0, *rest)
    thermal = layers.read_thermal(texts["tissue_thermal.csv"])
    sites = layers.read_sites(texts["tissue_site.csv"])
    missing = [x for x in LIGHT_LAYERS if x not in recipes] + [x for x in layers.LAYERS if x not in thermal]
    missing += [r.value for r in Region if r not in sites]
    if missing:
        raise InputError(missing[0], f"The tables of the body lack {missing[0]}.")
    return BodyTables(water, oxy, deoxy, fat, recipes, thermal, sites)


def _spectra(name: str, texts: Mapping[str, str], *columns: str) -> tuple[Spectrum, ...]:
    rows = tables.rows(name, texts[name], ("wavelength_nm", *columns))
    nm = np.array([in_range(f"{name} wavelength", r["wavelength_nm"], 200, 1e5) for r in rows])
    if np.any(np.diff(nm) <= 0):
        raise InputError(name, f"Table {name} must rise in wavelength.")
    out = []
    for column in columns:
        mua = np.array([in_range(f"{name} {column}", r[column], 1e-9, 1e7) for r in rows])
        out.append(Spectrum(nm, mua * 100.0))
    return tuple(out)


def melanosome_per_m(wavelength_nm: Array) -> Array:
    """Return the absorption of melanosomes in 1/m."""
    return 1.70e14 * np.asarray(wavelength_nm, dtype=float) ** -3.48


def coefficients(
    body: BodyTables, wavelength_nm: Array, melanin: Array, blood_factor: Array, scatter_factor: Array
) -> tuple[Array, Array]:
    """Return absorption and scattering in 1/m, each (wavelengths, persons, layers of LIGHT_LAYERS).

    ``melanin`` (persons,) is the melanosome volume share of the epidermis; the factors multiply blood and scattering.
    """
    nm = np.asarray(wavelength_nm, dtype=float)[:, None]
    absorption, scattering = [], []
    for layer in LIGHT_LAYERS:
        r = body.recipes[layer]
        blood = r.saturation * body.oxy_blood.at(nm) + (1.0 - r.saturation) * body.deoxy_blood.at(nm)
        mua = r.blood * blood_factor * blood + r.water * body.water.at(nm) + r.fat * body.fat.at(nm)
        if layer == "epidermis":
            mua = (1.0 - melanin) * mua + melanin * melanosome_per_m(nm)
        x = nm / 500.0
        reduced = r.scatter_a_per_m * (r.rayleigh_share * x**-4.0 + (1.0 - r.rayleigh_share) * x**-r.mie_power)
        absorption.append(mua)
        scattering.append(scatter_factor * reduced / (1.0 - ANISOTROPY))
    return np.stack(absorption, axis=-1), np.stack(scattering, axis=-1)
