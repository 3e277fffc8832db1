"""The finished comparisons of this database as self-trials to be put together: one difference a person."""

from __future__ import annotations

import math
from dataclasses import dataclass

from irtherapy.edge.records import comparisons, research
from irtherapy.edge.records.models import Comparison
from irtherapy.evidence.registration import pseudonym
from irtherapy.evidence.self_trials import SelfTrial
from irtherapy.values import Region, in_range

# Where a condition hurts. How long it has hurt is not kept, so back pain of any length stands for both.
PLACES = {
    "neck_pain": Region.NECK,
    "chronic_low_back_pain": Region.LOWER_BACK,
    "acute_low_back_pain": Region.LOWER_BACK,
}


@dataclass(frozen=True)
class Here:
    """The persons of this database who finished a comparison.

    ``comparisons``: how many count, ``hidden`` of them those whose arms were hidden; ``too_few``: ended with too few
    blocks to tell.
    """

    persons: tuple[SelfTrial, ...]
    comparisons: int
    hidden: int
    too_few: int


def here(condition: str) -> Here:
    """Return the self-trials of this database about the place of a condition; try-outs never count.

    The difference is with minus without, in points. A person with several has them weighted by their precision.
    """
    place = PLACES.get(condition)
    found: dict[str, list[tuple[float, float]]] = {}
    many = hidden = few = 0
    ended = Comparison.objects.filter(demo=False, deleted_at__isnull=True, ended_at__isnull=False)
    for of in ended.filter(region="" if place is None else place.value).order_by("created", "pk"):
        if not of.may_tell:
            continue
        result = comparisons.result(of)
        if result.estimate is None or result.standard_error is None:
            few += 1
            continue
        many, hidden = many + 1, hidden + of.concealed
        whose = research.THE_PERSON if of.patient_id is None else str(of.patient_id)
        found.setdefault(whose, []).append((-result.estimate.lower, result.standard_error))
    key = research.key()
    persons = tuple(SelfTrial(pseudonym(whose, key), *_one(all_)) for whose, all_ in found.items())
    return Here(persons, many, hidden, few)


def _one(told: list[tuple[float, float]]) -> tuple[float, float]:
    weight = [1.0 / error**2 for _, error in told]
    mean = sum(w * d for w, (d, _) in zip(weight, told, strict=True)) / sum(weight)
    return in_range("Difference", mean, -10, 10), min(max(1.0 / math.sqrt(sum(weight)), 0.01), 10.0)
