"""Does it help: the change in pain over the sessions against what matters, or that there are too few days to tell.

Pain is the 0-10 rating before and after each session. A change of 2 points or of 30 % matters to most people with back
pain (Ostelo 2008, doi 10.1097/BRS.0b013e31815e3a10; Farrar 2001); sources go from 1.3 to more than 2 (facts:
outcome_measures 2), so both are shown. The range of ``trend`` is the 95 % interval of a mean by Student's t; that of
``over_days`` allows for days that are alike (``outcome.drift``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy.special import stdtrit

from irtherapy.outcome.drift import drift
from irtherapy.values import InputError, Summary, in_range

SESSIONS_MIN = 6
MEANINGFUL_POINTS = 2.0
MEANINGFUL_SHARE = 0.3
POINTS_MIN = 6
WINDOW_DAYS = 84.0  # twelve weeks back: what was longer ago is another story (facts: outcome_measures 3)
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
    if len(pairs) < SESSIONS_MIN:
        told = f"Too few days to tell: {len(pairs)} sessions with pain told before and after."
        if len(pairs) == 1:
            told = "Too few days to tell: 1 session with pain told before and after."
        sentence = f"{told} After {SESSIONS_MIN} there is a first answer."
        return Summary(len(pairs), None, MEANINGFUL_POINTS, sentence)
    before = sum(b for b, _ in pairs) / len(pairs)
    mean, low, high = interval([a - b for b, a in pairs])
    share = MEANINGFUL_SHARE * before
    needed = min(MEANINGFUL_POINTS, share)
    words = f"{_change(mean, len(pairs))} The change likely lies between {low:+.1f} and {high:+.1f} points."
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


def _change(mean: float, sessions: int) -> str:
    if abs(mean) < 0.05:
        return f"Over {sessions} sessions the pain after was on average the same as before."
    if mean < 0:
        return f"Over {sessions} sessions the pain after was on average {-mean:.1f} points lower than before."
    return f"Over {sessions} sessions the pain after was on average {mean:.1f} points higher than before."


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


@dataclass(frozen=True)
class Change:
    """How a figure changed over the days on which it was told.

    ``judged``: "too_few", "unclear" (the interval holds zero), "worse", "less" (clear, but less than what matters),
    "about" (that much, not sure yet), "at_least" (the whole interval), "clear" (nothing is known to matter).
    ``change``, ``low`` and ``high`` are as measured; ``needed`` is a size without a sign. What cannot be
    told is None.
    """

    points: int
    span_days: float
    first: float | None
    last: float | None
    change: float | None
    low: float | None
    high: float | None
    needed: float | None
    judged: str
    sentences: tuple[str, ...]


def over_days(
    told: Sequence[tuple[float, float]],
    points: float | None = MEANINGFUL_POINTS,
    share: float | None = MEANINGFUL_SHARE,
    matters: str = "",
    better: str = "lower",
) -> Change:
    """Return the change along a straight line over the days, its 95 % interval, and whether it matters.

    ``told``: (day as a number, figure) in any order; several of a day are averaged, and those more than twelve weeks
    before the last are left out. ``points`` and ``share`` say what matters: the smaller of both, the share being of
    where the line begins; without points nothing is known to matter. ``matters``: the sentence that says so.
    Raises InputError on a figure that is not finite or an unknown ``better``.
    """
    if better not in ("lower", "higher"):
        raise InputError("Better", f"Better must be lower or higher; got {better!r}.")
    days = by_day(told)
    if len(days) < POINTS_MIN:
        first, last = (days[0][1], days[-1][1]) if days else (None, None)
        span = days[-1][0] - days[0][0] if days else 0.0
        return Change(len(days), span, first, last, None, None, None, points, "too_few", _too_few(len(days)))
    found = drift([d for d, _ in days], [v for _, v in days])
    needed = points
    if points is not None and share is not None and found.begin > 0:
        needed = min(points, share * found.begin)
    sign = 1.0 if better == "higher" else -1.0
    low, high = sorted((sign * found.low, sign * found.high))
    judged = _judge(sign * found.change, low, high, needed)
    said = (_moved(found.change, found.low, found.high, found.span_days + 1, found.days), matters, WORDS[judged])
    return Change(
        points=found.days,
        span_days=found.span_days,
        first=found.begin,
        last=found.begin + found.change,
        change=found.change,
        low=found.low,
        high=found.high,
        needed=needed,
        judged=judged,
        sentences=tuple(s for s in said if s),
    )


def pain_over_days(told: Sequence[tuple[float, float]]) -> Change:
    """Return the change of pain over the days as ``over_days`` does, with both sizes that matter in words."""
    found = over_days(told)
    if found.judged == "too_few" or found.first is None:
        return found
    share = MEANINGFUL_SHARE * max(found.first, 0.0)
    matters = (
        f"A change of {MEANINGFUL_POINTS:g} points, or of 30 % (for you {share:.1f} points), matters to most people."
    )
    moved, *judged = found.sentences
    return replace(found, sentences=(moved, matters, *judged, BY_ITSELF))


def by_day(told: Sequence[tuple[float, float]], window_days: float = WINDOW_DAYS) -> list[tuple[float, float]]:
    """Return one mean figure a day, by rising day, of the last ``window_days``."""
    found: dict[float, list[float]] = {}
    for day, value in told:
        if not (math.isfinite(day) and math.isfinite(value)):
            raise InputError("Days", "Days and their figures must be finite numbers.")
        found.setdefault(float(day), []).append(float(value))
    last = max(found, default=0.0)
    return [(day, sum(v) / len(v)) for day, v in sorted(found.items()) if day >= last - window_days]


WORDS = {
    "unclear": "That is no clear change yet.",
    "worse": "That is a clear change for the worse. Stop, and talk to your doctor or therapist.",
    "less": "It is a clear change for the better, but less than that.",
    "about": "Yours is about that much, but it is not sure yet.",
    "at_least": "Yours is at least that much.",
    "clear": "It is a clear change for the better.",
}


def _too_few(many: int) -> tuple[str, ...]:
    if many == 0:
        return (f"Too few days to tell: nothing is told yet. After {POINTS_MIN} days there is a first answer.",)
    if many == 1:
        return (f"Too few days to tell: 1 day is told. After {POINTS_MIN} there is a first answer.",)
    return (f"Too few days to tell: {many} days are told. After {POINTS_MIN} there is a first answer.",)


def _judge(gain: float, low: float, high: float, needed: float | None) -> str:
    """Judge a gain (above zero is better) and its interval."""
    if low <= 0.0 <= high:
        return "unclear"
    if gain < 0:
        return "worse"
    if needed is None:
        return "clear"
    if low >= needed:
        return "at_least"
    return "about" if gain >= needed else "less"


def _moved(change: float, low: float, high: float, span: float, days: int) -> str:
    if high < 0:
        return (
            f"In {span:.0f} days, of which {days} are told, it went down by {-change:.1f} points "
            f"(likely by {-high:.1f} to {-low:.1f})."
        )
    if low > 0:
        return (
            f"In {span:.0f} days, of which {days} are told, it went up by {change:.1f} points "
            f"(likely by {low:.1f} to {high:.1f})."
        )
    if change < 0:
        return (
            f"In {span:.0f} days, of which {days} are told, it went down by {-change:.1f} points "
            f"(likely anywhere from {-low:.1f} down to {high:.1f} up)."
        )
    return (
        f"In {span:.0f} days, of which {days} are told, it went up by {change:.1f} points "
        f"(likely anywhere from {-low:.1f} down to {high:.1f} up)."
    )
