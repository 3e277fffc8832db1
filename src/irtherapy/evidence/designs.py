"""The trial each condition lacks: who, what is measured, and the figures the planner starts from.

The design is the proposal of the evidence notes (facts: evidence 5), made of what payers and reviews say is missing:
a registered sham-controlled trial of enough people, a dose that is reported, months of follow-up, and harms counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from irtherapy.evidence import planner
from irtherapy.values import InputError

SD_TRIAL = "Guimaraes 2021, Pain 162(6):1612-1620, doi 10.1097/j.pain.0000000000002189, chronic low back pain"
SD_INTERVAL = (-0.94, 0.96)  # 95 % of the difference in pain at 4 weeks, points of 0-10; seen in the abstract
SD_GROUPS = (74, 74)
WORTHWHILE_POINTS = 1.0
WORTHWHILE_SOURCE = (
    "10 of 100 points is where a small effect between groups becomes a moderate one (AHRQ CER 169, 2016); for a single "
    "person a change of 2 points or 30 % matters (Ostelo 2008, doi 10.1097/BRS.0b013e31815e3a10)"
)
ASSUMED = (
    "The correlation of 0.5 between two measurements of one person and the spread of 0.5 points of the true effect "
    "across persons are our assumptions; no trial read tells them. Change them and see."
)


@dataclass(frozen=True)
class Condition:
    """A condition that a trial is planned for.

    ``function``: the second measure. ``cards``: those that say what is known.
    ``borrowed``: the SD was taken from a trial in another condition.
    """

    id: str
    name: str
    who: str
    function: str
    cards: tuple[str, ...]
    borrowed: bool = True


CONDITIONS = {
    c.id: c
    for c in (
        Condition(
            "chronic_low_back_pain",
            "chronic low back pain",
            "adults with non-specific low back pain for more than 12 weeks, pain at least 4 of 10",
            "Roland-Morris questionnaire or Oswestry score",
            ("heat-chronic-back", "gale-2006", "heat-and-exercise"),
            borrowed=False,
        ),
        Condition(
            "acute_low_back_pain",
            "acute low back pain",
            "adults with non-specific low back pain for less than 12 weeks, pain at least 4 of 10",
            "Roland-Morris questionnaire or Oswestry score",
            ("heat-acute-back", "heat-and-exercise"),
        ),
        Condition(
            "neck_pain",
            "neck pain",
            "adults with non-specific neck pain for more than 12 weeks, pain at least 4 of 10",
            "Neck Disability Index score",
            ("infrared-neck", "heat-helps-some"),
        ),
        Condition(
            "neuropathy",
            "peripheral neuropathy",
            "adults with diabetic peripheral neuropathy who still feel heat when tested, pain at least 4 of 10",
            "ten-point monofilament test",
            ("pads-neuropathy",),
        ),
        Condition(
            "arthritis",
            "arthritis",
            "adults with osteoarthritis of the spine or knee, pain at least 4 of 10",
            "Oswestry, Neck Disability Index or WOMAC score, by joint",
            ("heat-helps-some",),
        ),
    )
}


def condition(id_: str) -> Condition:
    """Return a condition. Raises InputError listing the known ones."""
    if id_ not in CONDITIONS:
        raise InputError("Condition", f"Condition must be one of {', '.join(CONDITIONS)}; got {id_[:40]!r}.")
    return CONDITIONS[id_]


def default_spread() -> planner.Spread:
    """Return the spread of pain the planner starts from: the SD that the interval tells, and assumptions."""
    return planner.Spread(planner.sd_from_interval(*SD_INTERVAL, *SD_GROUPS))


def spread_sentence(of: Condition, spread: planner.Spread) -> str:
    """Return where the SD comes from, in one sentence."""
    if spread.between_sd != default_spread().between_sd:
        return f"The SD of {spread.between_sd:.2f} points was given."
    low, high = SD_INTERVAL
    sentence = (
        f"The SD of {spread.between_sd:.2f} points is worked out from the interval {low:g} to {high:g} of {SD_TRIAL}."
    )
    return (
        f"{sentence} It is borrowed: no trial in {of.name} that could be read tells one." if of.borrowed else sentence
    )
