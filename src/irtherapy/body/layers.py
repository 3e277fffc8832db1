"""The layers of a place on the body: epidermis, dermis, fat, muscle and what lies deeper (bone).

Thickness follows site, body mass index and sex by the project's working rules (data/tissue_site.csv; not verified, so
the ensemble carries a wide spread). Thermal figures per layer are those of data/tissue_thermal.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from irtherapy import tables
from irtherapy.values import Region, in_range

LAYERS = ("epidermis", "dermis", "fat", "muscle", "deep")
DEEP_M = 0.015  # bone below the lamina; its far side stands at core temperature
FAT_MIN_M = 0.002
FAT_MAX_M = 0.080
BMI_UNTOLD = 26.0


@dataclass(frozen=True)
class Thermal:
    """Thermal figures of one layer; ``response`` names how its perfusion answers to warmth."""

    conductivity_w_m_k: float
    heat_capacity_j_m3_k: float
    perfusion_per_s: float
    metabolic_w_m3: float
    response: str


@dataclass(frozen=True)
class SiteRule:
    """Thicknesses in m and surface coefficients in W/m2/K of a region of the back."""

    epidermis_m: float
    dermis_m: float
    fat_at_bmi22_m: float
    fat_m_per_bmi: float
    fat_women_m: float
    muscle_m: float
    convection_w_m2_k: float
    radiation_w_m2_k: float


def _numbers(row: Mapping[str, str], *columns: str) -> list[float]:
    return [in_range(f"{row['id']} {c}", row[c], -100.0, 1e6) for c in columns]


def read_thermal(text: str) -> dict[str, Thermal]:
    """Return the thermal figures by layer from ``tissue_thermal.csv``."""
    columns = ("conductivity_w_m_k", "density_kg_m3", "heat_j_kg_k", "perfusion_per_s", "metabolic_w_m3")
    out = {}
    for row in tables.rows("tissue_thermal.csv", text, (*columns, "response")):
        k, rho, c, w, q = _numbers(row, *columns)
        out[row["id"]] = Thermal(k, rho * c, w, q, row["response"])
    return out


def read_sites(text: str) -> dict[Region, SiteRule]:
    """Return the rules of each region from ``tissue_site.csv``."""
    lengths = ("epidermis_mm", "dermis_mm", "fat_at_bmi22_mm", "fat_mm_per_bmi", "fat_women_mm", "muscle_mm")
    rest = ("convection_w_m2_k", "radiation_w_m2_k")
    out = {}
    for row in tables.rows("tissue_site.csv", text, (*lengths, *rest)):
        mm = [v / 1000.0 for v in _numbers(row, *lengths)]
        out[Region(row["id"])] = SiteRule(*mm, *_numbers(row, *rest))
    return out


def fat_m(rule: SiteRule, bmi_kg_m2: float, sex: str | None) -> float:
    """Return the fat thickness over the site; not told sex counts half the difference of women."""
    women = {"female": 1.0, "male": 0.0}.get(sex or "", 0.5)
    thickness = rule.fat_at_bmi22_m + rule.fat_m_per_bmi * (bmi_kg_m2 - 22.0) + women * rule.fat_women_m
    return min(FAT_MAX_M, max(FAT_MIN_M, thickness))
