"""A proposed trial as one value: its size, the sizes beside it, the power curves, and what is said about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from irtherapy.evidence import designs, planner
from irtherapy.evidence.planner import Kind, Size, Trial
from irtherapy.values import InputError

CURVE_POINTS = 60
POWERS = (0.8, 0.9)
OTHER_DIFFERENCES = (1.0, 1.5, 2.0)
SMALL_TRIAL = 39  # persons analysed in Gale 2006


@dataclass(frozen=True)
class Curve:
    """Power by number of persons in an arm (or in all), for one difference in points."""

    difference: float
    persons: tuple[int, ...]
    power: tuple[float, ...]


@dataclass(frozen=True)
class Known:
    """An effect that trials already tell, in points, with its standard error and where it comes from.

    ``of_heat``: it compares heat with none, so it says nothing of what light adds beyond heat.
    """

    effect: float
    standard_error: float
    source: str
    of_heat: bool = False


@dataclass(frozen=True)
class Proposal:
    """A planned trial.

    ``sizes``: (difference, power wanted, size) in a table. ``designs``: the size of each kind of design for the same
    question. ``known`` and ``assurance``: what trials tell already, and the chance that this trial is significant given
    that. ``notes``: what to mind, in sentences.
    """

    condition: str
    name: str
    trial: Trial
    size: Size
    sizes: tuple[tuple[float, float, Size], ...]
    designs: tuple[tuple[Kind, Size | None], ...]
    curves: tuple[Curve, ...]
    known: Known | None
    assurance: float | None
    notes: tuple[str, ...]


def default(of: designs.Condition) -> Trial:
    """Return the default design of the evidence notes: parallel, a warm sham and an arm without heat, 80 % power."""
    return Trial(Kind.PARALLEL, designs.WORTHWHILE_POINTS, designs.default_spread())


def propose(of: designs.Condition, trial: Trial, known: Known | None = None) -> Proposal:
    """Return the whole proposal. Raises InputError on a figure out of range."""
    size = planner.size(trial)
    differences = sorted({*OTHER_DIFFERENCES, trial.difference})
    sizes = tuple(
        (d, p, found)
        for d in differences
        for p in sorted({*POWERS, trial.power})
        if (found := _or_none(replace(trial, difference=d, power=p))) is not None
    )
    return Proposal(
        of.id,
        of.name,
        trial,
        size,
        sizes,
        tuple((kind, _or_none(replace(trial, kind=kind))) for kind in Kind),
        _curves(trial, size, differences),
        known,
        planner.assurance(trial, size.per_arm, known.effect, known.standard_error)
        if known is not None and _asks_it(trial, known)
        else None,
        _notes(of, trial, size, known),
    )


def _asks_it(trial: Trial, known: Known) -> bool:
    """Return whether the trial has a comparison that the known effect is about."""
    heat_at_all = trial.sham is not planner.Sham.WARM or (trial.kind is Kind.PARALLEL and trial.arms == 3)
    return heat_at_all or not known.of_heat


def assurance_tells(made: Proposal) -> str:
    """Return the sentence about what trials tell already; empty without any that is about the question."""
    if made.assurance is None or made.known is None:
        return ""
    second = made.known.of_heat and made.trial.sham is planner.Sham.WARM
    what = "its second question, heat at all, would come out significant" if second else "it would be significant"
    return f"Given what trials tell already, {what} with a chance of {made.assurance:.0%}."


def _or_none(trial: Trial) -> Size | None:
    try:
        return planner.size(trial)
    except InputError:
        return None


def _curves(trial: Trial, size: Size, differences: list[float]) -> tuple[Curve, ...]:
    last = max(20, math.ceil(1.5 * size.per_arm))
    first = 4
    persons = tuple(sorted({round(first + (last - first) * k / (CURVE_POINTS - 1)) for k in range(CURVE_POINTS)}))
    return tuple(Curve(d, persons, planner.power_curve(trial, d, persons)) for d in differences)


def _notes(of: designs.Condition, trial: Trial, size: Size, known: Known | None) -> tuple[str, ...]:
    out = [planner.SHAM_TELLS[trial.sham]]
    if trial.kind is Kind.PARALLEL:
        half = SMALL_TRIAL // 2
        least = planner.detectable(trial, half)
        out.append(
            f"A trial of {SMALL_TRIAL} people, as in 2006, finds a difference of {least:.1f} points or more with a "
            f"power of {trial.power:.0%}: only a very large one."
        )
        if trial.arms == 3:
            out.append("Two questions are asked, each with its own alpha: light beyond heat, and heat at all.")
    elif trial.kind is Kind.CROSSOVER:
        out.append(
            "A crossover needs a condition that stays the same and an effect that is gone before the second period. "
            "What is carried over makes the difference look smaller by half of it: here "
            f"{planner.points(trial.spread.carry_over / 2)}. "
            "It cannot be told afterwards from the data whether there was any."
        )
    else:
        out.append(
            "Self-trials tell what with and without does for people who take part at home. Where the device cannot "
            "hide which block it is, hope is a part of the difference."
        )
        floor = trial.spread.effect_sd**2 / planner.standard_error(trial, 1) ** 2
        out.append(
            f"Of the spread between persons' answers, {floor:.0%} is true difference that more blocks do not take away."
        )
    out.append(designs.spread_sentence(of, trial.spread))
    if trial.kind is not Kind.PARALLEL:
        out.append(designs.ASSUMED)
    out.append(_known_note(known))
    return tuple(out)


def _known_note(known: Known | None) -> str:
    if known is None:
        return (
            "No trials of infrared in this condition may be pooled in points of pain, so the size rests on the "
            "smallest worthwhile difference alone."
        )
    effect, error = known.effect, known.standard_error
    told = [f"Known so far: {effect:+.2f} points with a standard error of {error:.2f} ({known.source})."]
    if known.of_heat:
        told.append("It compares heat with none and says nothing of light beyond heat.")
    told.append(
        "The size rests on the smallest worthwhile difference and not on it: small trials show too large effects."
    )
    return " ".join(told)
