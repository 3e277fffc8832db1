"""How blood flow answers to warmth, as figures: its gain and lag, and what age and illness take from it.

The law itself is solved with the heat (``dose.heat``): skin rises to K times its resting flow about 39.5 degrees C
with a first-order lag. K 5 (3 to 12) and 120 to 180 s are the project's choice on one measured case (Piazena 2023).
"""

from __future__ import annotations

from irtherapy.limits import AT_RISK_AGE_YEARS
from irtherapy.values import Person

GAIN = 5.0
GAIN_LOW, GAIN_HIGH = 3.0, 12.0
GAIN_REDUCED = 3.0  # our assumption for older skin and for people with any told condition
GAIN_SPREAD_LN = 0.35
LAG_S = 150.0
LAG_SPREAD_LN = 0.15
RESTING_SPREAD_LN = 0.3


def typical_gain(person: Person) -> float:
    """Return the K of this person's skin: reduced from 65 years on, and with any condition told."""
    older = person.age_years is not None and person.age_years >= AT_RISK_AGE_YEARS
    return GAIN_REDUCED if older or person.conditions else GAIN
