"""With or without: what a finished comparison of one person with themselves tells.

Everything here is computed as the plan of ``comparison`` has fixed it. Differences that people read are told as how
much lower the pain is with infrared (without minus with), so that more is better; inside they are with minus without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from irtherapy.outcome import autocorrelation, pairs
from irtherapy.outcome.comparison import Design
from irtherapy.outcome.pairs import PAIRS_LEAST
from irtherapy.values import InputError, in_range

FIRM_P = 0.05
REACHES_P = 6  # pairs from which the test by redrawing can reach 5 %


@dataclass(frozen=True)
class Rated:
    """One session of a block: which block (from 0), the day in steps, the rating or None, and whether heat was on.

    ``had_heat`` is None when nobody knows.
    """

    block: int
    steps: float
    rating: float | None
    had_heat: bool | None


@dataclass(frozen=True)
class Pair:
    """What a pair showed: the means of its blocks, and how much lower with infrared, None where a half is missing."""

    number: int
    with_mean: float | None
    without_mean: float | None
    lower: float | None
    with_sessions: int
    without_sessions: int
    with_first: bool


@dataclass(frozen=True)
class Estimate:
    """How much lower the pain is with infrared, in points, with the ends of its 95 % interval; below 0 is higher."""

    lower: float
    low: float
    high: float
    pairs: int


@dataclass(frozen=True)
class Belief:
    """The posterior: mean and 95 % interval of how much lower, and three chances.

    That it is lower at all, that it is at least the smallest difference that matters, and that it is less than that
    either way. ``points`` and ``density`` draw it.
    """

    lower: float
    low: float
    high: float
    chance_lower: float
    chance_worthwhile: float
    chance_small: float
    points: tuple[float, ...]
    density: tuple[float, ...]


@dataclass(frozen=True)
class Result:
    """All that is told at the end. ``answer``: too_few, lower, higher, no_difference_that_matters or open.

    ``estimate`` is as drawn, ``as_done`` by what was really on, ``serial`` with autocorrelation ``rho``. ``p``: of the
    test by redrawing, ``least_p`` the smallest it could have reached. ``standard_error`` is for putting persons
    together: the half width of the interval over 1.96.
    """

    answer: str
    sentence: str
    notes: tuple[str, ...]
    rows: tuple[Pair, ...]
    estimate: Estimate | None = None
    as_done: Estimate | None = None
    serial: Estimate | None = None
    rho: float | None = None
    p: float | None = None
    least_p: float | None = None
    belief: Belief | None = None
    standard_error: float | None = None
    missing: int = 0
    rated: int = 0


def analyse(
    of: Design, order: Sequence[bool], sessions: Sequence[Rated], stopped: bool = False, outside: int = 0
) -> Result:
    """Return what the comparison tells. ``order``: for each block whether it was with infrared.

    ``stopped``: it was ended before its last block. ``outside``: sessions with heat in its days that are no part of it.
    Raises InputError on a rating outside 0 to 10 or an order that does not fit the plan.
    """
    if len(order) != 2 * of.pairs or any(order[2 * k] == order[2 * k + 1] for k in range(of.pairs)):
        raise InputError("Order", f"The order must have {2 * of.pairs} blocks, both kinds in each pair.")
    told = [s for s in sessions if s.rating is not None]
    for one in told:
        in_range("Pain", one.rating, 0, 10)
    rows = tuple(_pair(k, order, told) for k in range(of.pairs))
    d = [-row.lower for row in rows if row.lower is not None]
    planned = 2 * of.pairs * of.sessions
    missing = max(0, planned - len(told))
    notes = _notes(of, missing, planned, len(d), stopped, outside)
    if len(d) < PAIRS_LEAST:
        sentence = (
            f"Too few blocks to tell: {len(d)} of {of.pairs} pairs have ratings both with and without. "
            f"At least {PAIRS_LEAST} are needed."
        )
        return Result("too_few", sentence, notes, rows, missing=missing, rated=len(told))
    found = pairs.interval(d)
    estimate = Estimate(-found.difference, -found.high, -found.low, found.pairs)
    answer = judged(estimate, of.worthwhile)
    whole = [s for s in told if rows[s.block // 2].lower is not None]
    serial, rho, belief = _modelled(whole, order, of.worthwhile)
    return Result(
        answer,
        told_in_words(answer, estimate, of.worthwhile),
        notes,
        rows,
        estimate,
        _as_done(told),
        serial,
        rho,
        float(pairs.redrawn(np.array(d)[:, None])[0]),
        pairs.least_p(len(d)),
        belief,
        max((found.high - found.low) / 2.0 / 1.959964, 0.01),
        missing,
        len(told),
    )


def judged(of: Estimate, worthwhile: float) -> str:
    """Return the answer that an interval gives."""
    if of.low > 0.0:
        return "lower"
    if of.high < 0.0:
        return "higher"
    return "no_difference_that_matters" if of.low > -worthwhile and of.high < worthwhile else "open"


def told_in_words(answer: str, of: Estimate, worthwhile: float) -> str:
    """Return the result in one sentence with its uncertainty."""
    size, low, high = _signed(of.lower), _signed(of.low), _signed(of.high)
    if answer == "lower":
        return f"With infrared your pain was {size} points lower ({low} to {high})."
    if answer == "higher":
        size, low, high = _signed(-of.lower), _signed(-of.high), _signed(-of.low)
        return f"With infrared your pain was {size} points higher ({low} to {high})."
    if answer == "no_difference_that_matters":
        return (
            f"Infrared made {size} points ({low} to {high}) of difference to you: less than the {worthwhile:g} that "
            "would matter."
        )
    return f"Infrared made {size} points ({low} to {high}) of difference to you; not enough to be sure."


def _signed(points: float) -> str:
    rounded = round(points, 1) + 0.0
    return f"{rounded:.1f}" if rounded >= 0 else f"\u2212{-rounded:.1f}"


def _notes(of: Design, missing: int, planned: int, used: int, stopped: bool, outside: int) -> tuple[str, ...]:
    out = []
    if stopped:
        out.append("It was ended before its last block. That was planned for, and it makes the answer less sure.")
    if missing:
        out.append(
            f"{missing} of {planned} planned sessions have no rating. They are left out; nothing takes their place."
        )
    if PAIRS_LEAST <= used < of.pairs:
        out.append(f"{used} of {of.pairs} pairs have ratings both with and without, and only those count.")
    if PAIRS_LEAST <= used < REACHES_P:
        out.append(
            f"With {used} pairs the test of the drawn order cannot reach 5 in 100, however large the difference is."
        )
    if outside == 1:
        out.append("One session with heat in these days was no part of the comparison. It blurs what came out.")
    elif outside:
        out.append(f"{outside} sessions with heat in these days were no part of it. They blur what came out.")
    if not of.concealed:
        out.append("You knew which block was which, so hope and habit are part of the difference.")
    return tuple(out)


def _pair(k: int, order: Sequence[bool], told: Sequence[Rated]) -> Pair:
    halves = {}
    for block in (2 * k, 2 * k + 1):
        halves[order[block]] = [float(s.rating) for s in told if s.block == block and s.rating is not None]
    with_mean, without_mean = (sum(v) / len(v) if v else None for v in (halves[True], halves[False]))
    lower = None if with_mean is None or without_mean is None else without_mean - with_mean
    return Pair(k + 1, with_mean, without_mean, lower, len(halves[True]), len(halves[False]), order[2 * k])


def _as_done(told: Sequence[Rated]) -> Estimate | None:
    """Return the same mean over pairs by what was really on, or None when too few pairs have both."""
    known = [
        (s.block // 2, s.had_heat, float(s.rating)) for s in told if s.had_heat is not None and s.rating is not None
    ]
    if not known:
        return None
    pair, x, y = zip(*known, strict=True)
    d = list(pairs.differences(pair, x, y).values())
    if len(d) < PAIRS_LEAST:
        return None
    found = pairs.interval(d)
    return Estimate(-found.difference, -found.high, -found.low, found.pairs)


def _modelled(told: Sequence[Rated], order: Sequence[bool], worthwhile: float) -> tuple[Estimate, float, Belief]:
    layout = autocorrelation.Layout(
        np.array([s.steps for s in told]),
        np.array([float(order[s.block]) for s in told]),
        np.array([s.block // 2 for s in told]),
    )
    y = np.array([[float(s.rating)] for s in told if s.rating is not None])
    fitted = autocorrelation.reml(layout, y)
    low, high = fitted.interval()
    many = len(set(layout.pair.tolist()))
    serial = Estimate(-float(fitted.estimate[0]), -float(high[0]), -float(low[0]), many)
    return serial, float(fitted.rho[0]), _belief(autocorrelation.posterior(layout, y), worthwhile)


def _belief(known: autocorrelation.Mixture, worthwhile: float) -> Belief:
    low, high = float(known.quantile(0.025)[0]), float(known.quantile(0.975)[0])
    reach = max(high - low, 0.2)
    grid = np.linspace(low - 0.6 * reach, high + 0.6 * reach, 121)
    z = (grid[:, None] - known.mean[:, 0]) / known.sd[:, 0]
    density = (known.weight[:, 0] / known.sd[:, 0] * np.exp(-0.5 * z**2)).sum(axis=1) / np.sqrt(2.0 * np.pi)
    worth, less = float(known.below(-worthwhile)[0]), float(known.below(worthwhile)[0])
    return Belief(
        -float(known.average()[0]),
        -high,
        -low,
        float(known.below(0.0)[0]),
        worth,
        less - worth,
        tuple(float(-p) for p in grid[::-1]),
        tuple(float(v) for v in density[::-1]),
    )
