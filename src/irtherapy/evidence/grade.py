"""How sure one may be: risk of bias of a trial, certainty of a set of trials with reasons, and the sentence said.

The five steps follow GRADE (Guyatt et al., BMJ 2008;336:924), kept by rule so that the same trials always give the same
answer: randomised trials start high and lose a step for risk of bias, for disagreement, for indirectness, for few
people, and for results that are missing. It is our own reading of abstracts, not a full appraisal of each trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from irtherapy.evidence import words
from irtherapy.evidence.pool import Pooled
from irtherapy.evidence.trials import ANSWERS, Blind, Comparator, Condition, Finding, Kind, Modality, Trial

ENOUGH_PEOPLE = 400  # the usual size below which GRADE calls a difference of means imprecise (Guyatt 2011)
VERY_FEW_PEOPLE = 100
HIGH_PEDRO = 8
INCONSISTENT_I2 = 0.5
MANY_TRIALS = 3


class Risk(StrEnum):
    """Risk of bias of one trial."""

    LOW = "low"
    SOME = "some concerns"
    HIGH = "high"


class Certainty(IntEnum):
    """How sure one may be of what a set of trials says; NONE when no trial compared."""

    NONE = 0
    VERY_LOW = 1
    LOW = 2
    MODERATE = 3
    HIGH = 4

    @property
    def text(self) -> str:
        """Return the word for reading."""
        return CERTAINTY_WORDS[self]


CERTAINTY_WORDS = {
    Certainty.NONE: "not known",
    Certainty.VERY_LOW: "very low",
    Certainty.LOW: "low",
    Certainty.MODERATE: "moderate",
    Certainty.HIGH: "high",
}


class Verdict(StrEnum):
    """What the trials that compared say together."""

    FOR = "for"
    NO_DIFFERENCE = "no_difference"
    AGAINST = "against"
    DISAGREE = "disagree"
    SILENT = "silent"


@dataclass(frozen=True)
class Grade:
    """The certainty, the steps lost with their reasons (domain, steps, sentence), and what is said about it."""

    verdict: Verdict
    certainty: Certainty
    reasons: tuple[tuple[str, int, str], ...]
    sentence: str
    studies: int
    people: int


def risk(trial: Trial) -> tuple[Risk, str] | None:
    """Return the risk of bias of a trial and why; None for what is no trial with a control."""
    if trial.kind is not Kind.TRIAL:
        return None
    if trial.comparator in (Comparator.NO_TREATMENT, Comparator.ACTIVE_DRUG, Comparator.OTHER_LIGHT):
        return Risk.HIGH, "no sham: people knew what they had"
    if trial.comparator in (Comparator.NOT_TOLD, Comparator.BOTH_INFRARED):
        return Risk.HIGH, "what the other arm had is not told, or was the same"
    if trial.blind is Blind.NOBODY:
        return Risk.HIGH, "nobody was blind"
    if trial.comparator is not Comparator.SHAM:
        return Risk.SOME, "the placebo did not look like the treatment"
    if trial.blind is Blind.DOUBLE and (trial.pedro or 0) >= HIGH_PEDRO:
        return Risk.LOW, f"sham, double blind, PEDro {trial.pedro} of 10"
    return Risk.SOME, "sham, but quality was not scored or blinding is not sure"


def grade(
    condition: Condition,
    modality: Modality,
    rows: Sequence[Trial],
    pooled: Pooled | None = None,
    pool_id: str = "",
) -> Grade:
    """Return how sure one may be about one kind of light or heat in one condition.

    ``rows`` are all rows of that condition and modality. ``pooled`` is the pooled effect of those that name the pool
    ``pool_id``; the judgement then rests on these alone.
    """
    compared = [t for t in rows if t.kind is Kind.TRIAL and t.finding in ANSWERS]
    if pooled is not None:
        compared = [t for t in compared if t.pool == pool_id]
    cohorts = [[t for t in compared if t.cohort == c] for c in dict.fromkeys(t.cohort for t in compared)]
    people = sum(max((t.people or 0 for t in each), default=0) for each in cohorts)
    verdict = _verdict(cohorts) if pooled is None else _pooled_verdict(pooled, compared[0].better)
    if verdict is Verdict.SILENT:
        return Grade(verdict, Certainty.NONE, (), words.silent(condition, modality, rows), 0, 0)
    found = (
        _bias(cohorts),
        _disagreement(verdict, pooled),
        _indirect(compared),
        _imprecise(people, pooled),
        _missing(rows, compared),
    )
    reasons = tuple(reason for reason in found if reason is not None)
    certainty = Certainty(max(1, 4 - sum(steps for _, steps, _ in reasons)))
    sentences = [words.verdict(condition, modality, verdict.value, int(certainty), len(cohorts))]
    sentences += [words.counts([_one(each) for each in cohorts], people)] if pooled is None else []
    sentences += _best(cohorts) if verdict is Verdict.DISAGREE else []
    return Grade(verdict, certainty, reasons, " ".join(sentences), len(cohorts), people)


def _best(cohorts: Sequence[Sequence[Trial]]) -> list[str]:
    """Return what the trials with the least risk of bias say, where others say something else."""
    low = [each for each in cohorts if _worst(each) is Risk.LOW]
    sham = [each for each in cohorts if all(t.comparator is Comparator.SHAM and t.blind is Blind.DOUBLE for t in each)]
    chosen, lead = (low, "With the least risk of bias") if low else (sham, "With a sham and double blinding")
    if not chosen or len(chosen) == len(cohorts):
        return []
    return [words.said(lead, [each[0].study for each in chosen], [_one(each) for each in chosen])]


def _worst(each: Sequence[Trial]) -> Risk:
    order = (Risk.LOW, Risk.SOME, Risk.HIGH)
    return max((found[0] for t in each if (found := risk(t)) is not None), key=order.index)


def _pooled_verdict(pooled: Pooled, better: str) -> Verdict:
    if pooled.ci_low <= 0.0 <= pooled.ci_high:
        return Verdict.NO_DIFFERENCE
    return Verdict.FOR if (pooled.estimate > 0.0) is (better == "higher") else Verdict.AGAINST


def _one(each: Sequence[Trial]) -> Finding | None:
    """Return what one group of people says: None when its results differ from each other."""
    found = {t.finding for t in each}
    return found.pop() if len(found) == 1 else None


def _verdict(cohorts: Sequence[Sequence[Trial]]) -> Verdict:
    if not cohorts:
        return Verdict.SILENT
    found = {_one(each) for each in cohorts}
    only = found.pop() if len(found) == 1 else None
    return (
        {
            Finding.FAVOURS_ACTIVE: Verdict.FOR,
            Finding.NO_DIFFERENCE: Verdict.NO_DIFFERENCE,
            Finding.FAVOURS_CONTROL: Verdict.AGAINST,
        }.get(only, Verdict.DISAGREE)
        if only
        else Verdict.DISAGREE
    )


def _bias(cohorts: Sequence[Sequence[Trial]]) -> tuple[str, int, str] | None:
    weight = dict.fromkeys(Risk, 0)
    for each in cohorts:
        weight[_worst(each)] += max(t.people or 1 for t in each)
    total = sum(weight.values())
    if 2 * weight[Risk.LOW] >= total:
        return None
    if 2 * weight[Risk.HIGH] >= total:
        return "risk of bias", 2, "most people were in trials without a sham, or where nobody was blind"
    return "risk of bias", 1, "most people were in trials whose blinding or quality is not sure"


def _disagreement(verdict: Verdict, pooled: Pooled | None) -> tuple[str, int, str] | None:
    if verdict is Verdict.DISAGREE:
        return "disagreement", 1, "the results do not say the same"
    if pooled is not None and pooled.i2 > INCONSISTENT_I2:
        return "disagreement", 1, f"{pooled.i2:.0%} of the spread between trials is more than chance"
    return None


def _indirect(compared: Sequence[Trial]) -> tuple[str, int, str] | None:
    if all(t.rule is None and t.effect is None for t in compared):
        return "indirectness", 1, "only words or p values were seen, no size of a difference"
    return None


def _imprecise(people: int, pooled: Pooled | None) -> tuple[str, int, str] | None:
    if people < VERY_FEW_PEOPLE:
        return "few people", 2, f"{people} people in all; fewer than {VERY_FEW_PEOPLE}"
    if people < ENOUGH_PEOPLE:
        return "few people", 1, f"{people} people in all; fewer than {ENOUGH_PEOPLE}"
    if pooled is not None and pooled.ci_low < 0.0 < pooled.ci_high:
        return "few people", 1, "the interval holds both a gain and a loss"
    return None


def _missing(rows: Sequence[Trial], compared: Sequence[Trial]) -> tuple[str, int, str] | None:
    """Return a step for results that are missing, or likely to be.

    Ties to a maker cost a step only where three or more trials have them and none has not, so that small trials are not
    marked down twice (Guyatt et al., J Clin Epidemiol 2011;64:1277); they are always named.
    """
    lost = [t.study for t in rows if t.kind is Kind.REGISTERED]
    if lost:
        return "missing results", 1, f"registered, but no results found: {', '.join(lost)}"
    tied = {t.cohort for t in compared if t.maker_funded}
    if len(tied) >= MANY_TRIALS and all(t.maker_funded for t in compared):
        return "missing results", 1, "every trial was paid for by a maker, or written by its people"
    return None
