"""Does it help: the change in pain over the sessions against what matters, or that there are too few days to tell.

Pain is the 0-10 rating before and after each session. A change of 2 points or of 30 % matters to most people with back
pain (Ostelo 2008, doi 10.1097/BRS.0b013e31815e3a10; Farrar 2001); sources go from 1.3 to more than 2 (facts:
outcome_measures 2), so both are shown. The range is the 95 % interval of a mean by Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from scipy.special import stdtrit

from irtherapy.values import Summary, in_range

SESSIONS_MIN = 6
MEANINGFUL_POINTS = 2.0
MEANINGFUL_SHARE = 0.3
BY_ITSELF = "Pain also comes and goes by itself, so this alone does not show that the heat did it."


def trend(past: Sequence[Mapping[str, Any]]) -> Summary:
    """Return the mean change of pain, after minus before, over the sessions that have both ratings.

    ``past`` holds ``pain_before`` and ``pain_after`` (0-10 or None). ``meaningful_change`` of the answer is in points:
    the smaller of 2 and 30 % of the mean pain before. Raises InputError on a rating outside 0 to 10.
    """
    pairs = [
        (in_range("Pain before", p["pain_before"], 0, 10), in_range("Pain after", p["pain_after"], 0, 10))
        for p in past
        if p.get("pain_before") is not None and p.get("pain_after") is not None
    ]
    told = f"{len(pairs)} session{'' if len(pairs) == 1 else 's'} with pain told before and after"
    if len(pairs) < SESSIONS_MIN:
        sentence = f"Too few days to tell: {told}. After {SESSIONS_MIN} there is a first answer."
        return Summary(len(pairs), None, MEANINGFUL_POINTS, sentence)
    before = sum(b for b, _ in pairs) / len(pairs)
    mean, low, high = interval([a - b for b, a in pairs])
    share = MEANINGFUL_SHARE * before
    needed = min(MEANINGFUL_POINTS, share)
    words = f"Over {told}, {_change(mean)} on average (likely between {low:+.1f} and {high:+.1f} points)."
    matters = (
        f"A change of {MEANINGFUL_POINTS:g} points, or of 30 % (for you {share:.1f} points), matters to most people."
    )
    return Summary(len(pairs), mean, needed, f"{words} {matters} {_judged(mean, low, high, needed)} {BY_ITSELF}")


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float, float]:
    """Return (mean, low, high) of the mean of at least two values by Student's t."""
    n = len(values)
    mean = sum(values) / n
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / (n - 1))
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * spread / math.sqrt(n)
    return mean, mean - half, mean + half


def _change(mean: float) -> str:
    if abs(mean) < 0.05:
        return "the pain after was the same as before"
    return f"the pain after was {abs(mean):.1f} points {'lower' if mean < 0 else 'higher'} than before"


def _judged(mean: float, low: float, high: float, needed: float) -> str:
    if low <= 0.0 <= high:
        return "Yours is no clear change."
    if mean > 0:
        return "Yours went up. Stop, and talk to your doctor or therapist."
    if high <= -needed:
        return "Yours is at least that much."
    if mean <= -needed:
        return "Yours is about that much, but it is not sure yet."
    return "Yours is less than that."
