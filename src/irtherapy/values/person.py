"""Who is sore and where, and whose ceilings apply."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from irtherapy.values.checks import InputError, in_range


class Region(StrEnum):
    NECK = "neck"
    UPPER_BACK = "upper_back"
    LOWER_BACK = "lower_back"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Setting(StrEnum):
    """Whose ceilings apply (design.md): at home, at home and at risk (65+, cleared diabetic ...), in a clinic."""

    HOME = "home"
    HOME_AT_RISK = "home_at_risk"
    CLINIC = "clinic"


@dataclass(frozen=True)
class Site:
    """One sore place: region of the spine, side, and pain now on the 0-10 scale (None: not asked)."""

    region: Region
    side: Side = Side.BOTH
    pain_0_10: float | None = None

    def __post_init__(self) -> None:
        if self.pain_0_10 is not None:
            in_range("Pain", self.pain_0_10, 0, 10)


@dataclass(frozen=True)
class Person:
    """What the dose needs to know of a person; None means "not told", and widens the ensemble.

    ``skin_tone`` is the Fitzpatrick type 1-6; ``fat_m`` the fat thickness over the site (half a pinch).
    ``conditions`` are the condition ids of screening (``C28`` ...) that the person answered yes or not sure to.
    """

    age_years: float | None = None
    sex: str | None = None
    height_m: float | None = None
    weight_kg: float | None = None
    fat_m: float | None = None
    skin_tone: int | None = None
    conditions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name, value, low, high, unit in (
            ("Age", self.age_years, 8, 110, "years"),
            ("Height", self.height_m, 1.0, 2.3, "m"),
            ("Weight", self.weight_kg, 25, 300, "kg"),
            ("Fat thickness", self.fat_m, 0.001, 0.08, "m"),
            ("Skin tone", self.skin_tone, 1, 6, "(Fitzpatrick type)"),
        ):
            if value is not None:
                in_range(name, value, low, high, unit)
        if self.sex not in (None, "female", "male"):
            raise InputError("Sex", f"Sex must be female, male or left out; got {self.sex!r}.")

    @property
    def bmi_kg_m2(self) -> float | None:
        """Body mass index, or None when height or weight was not told."""
        if self.height_m is None or self.weight_kg is None:
            return None
        return self.weight_kg / self.height_m**2
