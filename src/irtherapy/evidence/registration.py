"""The text of a pre-registration, and the data set without names, for the trial that would settle it."""

from __future__ import annotations

import csv
import datetime
import hashlib
import hmac
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from irtherapy.evidence import designs, planner
from irtherapy.values import InputError, in_range

SHIFT_DAYS_MAX = 364
AGE_TOP = 90
CONDITIONS_OF_A_DAY = ("with", "without")
DICTIONARY = (
    ("person", "text", "", "Code of a person, the same on each line; it cannot be turned back without the key."),
    ("age_group", "text", "years", "Ten years wide, such as 40-49; 90+ from 90 years; empty when not told."),
    ("day", "whole number", "days", "Days since the person's first line, which is day 0."),
    ("shifted_date", "date", "YYYY-MM-DD", "The date moved back by 1 to 364 days, the same for all lines of a person."),
    ("block", "whole number", "", "Block of the self-trial, from 1; empty outside of one."),
    ("condition", "text", "", "with or without infrared; empty when not part of a comparison."),
    ("region", "text", "", "neck, upper_back or lower_back."),
    ("heat_min", "number", "min", "Minutes the heat was on."),
    ("pain_before", "number", "0-10", "Pain told before; 0 none, 10 worst imaginable; empty when not told."),
    ("pain_after", "number", "0-10", "Pain told after; empty when not told."),
)


@dataclass(frozen=True)
class Day:
    """One session as it is kept: who, when, what, and the pain before and after. No name, no date of birth."""

    person: str
    date: datetime.date
    region: str
    heat_min: float
    pain_before: float | None
    pain_after: float | None
    age_years: float | None = None
    block: int | None = None
    condition: str = ""


def pseudonym(person: str, key: bytes) -> str:
    """Return the code of a person: 12 hexadecimal digits of an HMAC-SHA-256 by a secret key."""
    return hmac.new(_checked_key(key), b"person:" + person.encode(), hashlib.sha256).hexdigest()[:12]


def shift_days(person: str, key: bytes) -> int:
    """Return by how many days the dates of a person are moved back, 1 to 364, by the same key."""
    digest = hmac.new(_checked_key(key), b"days:" + person.encode(), hashlib.sha256).digest()
    return 1 + int.from_bytes(digest[:8], "big") % SHIFT_DAYS_MAX


def _checked_key(key: bytes) -> bytes:
    if len(key) < 16:
        raise InputError("Key", f"Key must have at least 16 bytes; got {len(key)}.")
    return key


def age_group(years: float | None) -> str:
    """Return an age as a group of ten years; "90+" from 90; empty when not told."""
    if years is None:
        return ""
    low = int(in_range("Age", years, 0, 130, "years")) // 10 * 10
    return f"{AGE_TOP}+" if low >= AGE_TOP else f"{low}-{low + 9}"


def data_set(days: Iterable[Day], key: bytes) -> str:
    """Return the sessions as CSV without names, true dates or exact ages; columns as in ``DICTIONARY``.

    Lines are in the order of code and day, so the order tells nothing of the store. Raises InputError on a condition
    other than with and without, pain outside 0 to 10, or a key that is too short.
    """
    kept = list(days)
    first: dict[str, datetime.date] = {}
    for day in kept:
        first[day.person] = min(day.date, first.get(day.person, day.date))
    lines = sorted(_line(day, first[day.person], key) for day in kept)
    return _csv([name for name, *_ in DICTIONARY], ([str(c) for c in line] for line in lines))


def _line(day: Day, first: datetime.date, key: bytes) -> tuple[str | int, ...]:
    if day.condition and day.condition not in CONDITIONS_OF_A_DAY:
        raise InputError("Condition", f"Condition of a day must be with, without or empty; got {day.condition[:40]!r}.")
    shifted = day.date - datetime.timedelta(days=shift_days(day.person, key))
    pain = ["" if p is None else f"{in_range('Pain', p, 0, 10):g}" for p in (day.pain_before, day.pain_after)]
    return (
        pseudonym(day.person, key),
        age_group(day.age_years),
        (day.date - first).days,
        shifted.isoformat(),
        "" if day.block is None else str(day.block),
        day.condition,
        day.region,
        f"{in_range('Minutes of heat', day.heat_min, 0, 120, 'min'):.1f}",
        *pain,
    )


def dictionary() -> str:
    """Return the data dictionary as CSV: column, type, unit, meaning."""
    return _csv(("column", "type", "unit", "meaning"), DICTIONARY)


def _csv(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(lines)
    return out.getvalue()


def text(of: designs.Condition, trial: planner.Trial, size: planner.Size, written_on: datetime.date) -> str:
    """Return the pre-registration as Markdown, with what only the study team knows left in brackets."""
    parts = (
        _head(of, trial, written_on),
        _who_and_what(of, trial),
        _measured(of),
        _size(of, trial, size),
        _rest(trial),
    )
    return "\n".join(parts)


def _head(of: designs.Condition, trial: planner.Trial, written_on: datetime.date) -> str:
    return f"""# Infrared heat for {of.name}: pre-registration

Draft of {written_on.isoformat()}, made by irtherapy. Read it, change it, fill in what stands in [brackets], and
register it before the first person is asked.

## Question

{_question(of, trial)}

Hypothesis: the mean difference in pain is not zero. A difference of {planner.points(trial.difference)} of a 0-10
rating is the smallest that is worthwhile ({designs.WORTHWHILE_SOURCE}).
"""


def _question(of: designs.Condition, trial: planner.Trial) -> str:
    if trial.kind is planner.Kind.SELF_TRIALS:
        return f"In people with {of.name}, how does the pain in blocks with infrared differ from that without?"
    than = {"warm": "the same warmth without the light", "cold": "a device that does not warm", "none": "no heat"}
    asked = f"In people with {of.name}, how does the pain after infrared differ from that after {than[trial.sham]}?"
    if trial.arms == 3 and trial.kind is planner.Kind.PARALLEL:
        asked += " And, as a second question, after the warm sham than without heat?"
    return asked


def _who_and_what(of: designs.Condition, trial: planner.Trial) -> str:
    design = {
        planner.Kind.PARALLEL: f"Parallel, {trial.arms} arms of the same size, several centres. Persons are drawn into "
        "arms by a computer in blocks of varied length, by centre; nobody who recruits sees the list.",
        planner.Kind.CROSSOVER: "Crossover of two periods with a wash-out of at least one week between them; the order "
        "is drawn. What lasts from the first period into the second makes the difference look smaller: "
        f"{trial.spread.carry_over:g} points are assumed. No test for carry-over decides about the analysis.",
        planner.Kind.SELF_TRIALS: f"Each person does {trial.blocks} pairs of blocks, with and without, in an order "
        "drawn for each pair; the persons are put together in a hierarchical model.",
    }[trial.kind]
    return f"""## Design

{design}

{planner.SHAM_TELLS[trial.sham]} At the end each person is asked which arm they think they were in, and why.

Everybody gets the same exercises and the same advice. Funding: independent of makers and sellers [name it].

## Persons

Included: {of.who}. Excluded: everybody whom the heat screening of irtherapy does not let begin (version [fill in]).
Recruited at: [centres], from [date] to [date]. Ethics: [committee, number]. Registry: [number].

## Dose

Reported in full and logged by the device: wavelength (nm), irradiance on the skin (mW/cm2), radiant exposure (J/cm2),
area (cm2), minutes, sessions, distance, and the skin temperature over time. Planned: [fill in].
"""


def _measured(of: designs.Condition) -> str:
    return f"""## What is measured

Primary: mean pain over seven days, 0-10, at the end of care. Beside it: PEG.

Secondary: {of.function}; the person's own global impression of change; share of persons with 30 % less pain; days of
work lost; pain medicine taken. At the end of care and after 3, 6 and 12 months.

Harms, asked after every session: burns by degree, net-like marks on the skin, trouble with the eyes, more pain, and
anything else. All are reported by arm, with the number of sessions.
"""


def _size(of: designs.Condition, trial: planner.Trial, size: planner.Size) -> str:
    in_arm = "in each arm" if trial.kind is planner.Kind.PARALLEL else "in all"
    spread = trial.spread
    within = "" if trial.kind is planner.Kind.PARALLEL else (
        f" A correlation of {spread.correlation:g} between two measurements of one person is assumed, that is an SD of "
        f"{spread.within_sd:.2f} points within a person."
    )  # fmt: skip
    within += (
        f" The true effect is assumed to vary with an SD of {spread.effect_sd:g} points across persons."
        if trial.kind is planner.Kind.SELF_TRIALS
        else ""
    )
    return f"""## Size

{size.per_arm} persons analysed {in_arm} find a difference of {planner.points(trial.difference)} with a power of
{size.power:.1%} (two-sided alpha {trial.alpha:g}, t test, noncentral t distribution). With {trial.loss:.0%} loss,
{size.recruit_per_arm} are recruited {in_arm}, {size.total} together. {designs.spread_sentence(of, spread)}{within}
"""


def _rest(trial: planner.Trial) -> str:
    analysis = {
        planner.Kind.PARALLEL: "The difference in mean pain at the end of care, adjusted for pain at the start and for "
        "centre (analysis of covariance), all persons as drawn.",
        planner.Kind.CROSSOVER: "The mean within-person difference with the period as a term, all persons as drawn.",
        planner.Kind.SELF_TRIALS: "Each person's mean difference of pairs with its standard error; over persons a "
        "hierarchical normal model with a flat prior on the mean and a half-normal prior (scale 1 point) on the "
        "spread.",
    }[trial.kind]
    two = (
        "\nThe two questions are tested in the order light beyond heat, then heat at all; each with the alpha above, "
        "and both are reported whatever they show.\n"
        if trial.arms == 3 and trial.kind is planner.Kind.PARALLEL
        else ""
    )
    return f"""## Analysis

{analysis} The result is told with its 95 % interval beside the smallest worthwhile difference.
{two}
Missing pain ratings: multiple imputation under missing at random, and a second analysis in which those who left did
worse by 1 point. No look at the results before the last person has finished. Subgroups: none planned.

## Data

The data set without names, with its dictionary, the programs and this text are published with the result, whatever it
shows, within 12 months of the last visit.
"""
