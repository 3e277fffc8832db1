"""The trials as data: what was done to whom, what came out, where it was read, and what may not be added together.

``load`` turns the text of ``data/trials.csv`` into trials and refuses a row that breaks the schema. ``check_pools``
refuses a pool that mixes light, dose, heat, comparison or outcome, or that counts the same people twice. A cell that is
empty means "not seen", never "none" and never "not reported".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from irtherapy import tables
from irtherapy.values import InputError, Mark, in_range

DATA_FILE = "trials.csv"
LEAST_PEOPLE = 4  # two an arm
E = TypeVar("E", bound=StrEnum)


class Condition(StrEnum):
    """What people came with."""

    CHRONIC_LOW_BACK_PAIN = "chronic_low_back_pain"
    ACUTE_LOW_BACK_PAIN = "acute_low_back_pain"
    NECK_PAIN = "neck_pain"
    NEUROPATHY = "neuropathy"
    ARTHRITIS = "arthritis"


class Modality(StrEnum):
    """What was put on the skin: kinds that are never added together."""

    INFRARED_WRAP = "infrared_wrap"
    INFRARED_LAMP = "infrared_lamp"
    LED_PADS = "led_pads"
    NEAR_INFRARED = "near_infrared"
    FAR_INFRARED = "far_infrared"
    WIRA = "wira"
    LASER = "laser"
    HEAT_WRAP = "heat_wrap"


class Kind(StrEnum):
    """What kind of study a row tells of. A review's figure is shown and never added to its own trials."""

    TRIAL = "trial"
    UNCONTROLLED = "uncontrolled"
    REGISTERED = "registered"
    REVIEW = "review"
    GUIDELINE = "guideline"


class Comparator(StrEnum):
    """What the other people had."""

    SHAM = "sham"
    OTHER_SHAM = "other_sham"
    ORAL_PLACEBO = "oral_placebo"
    ACTIVE_DRUG = "active_drug"
    OTHER_LIGHT = "other_light"
    BOTH_INFRARED = "both_infrared"
    NO_TREATMENT = "no_treatment"
    NONE = "none"
    NOT_TOLD = "not_told"


class Blind(StrEnum):
    """Who did not know the arm."""

    DOUBLE = "double"
    PARTICIPANTS = "participants"
    ASSESSOR = "assessor"
    NOBODY = "nobody"
    NOT_TOLD = "not_told"


class OutcomeKind(StrEnum):
    """What was measured."""

    PAIN = "pain"
    RELIEF = "relief"
    DISABILITY = "disability"
    FUNCTION = "function"
    STIFFNESS = "stiffness"
    MOVEMENT = "movement"
    SENSATION = "sensation"
    OTHER = "other"


class Measure(StrEnum):
    """How the arms are compared."""

    MEAN_DIFFERENCE = "mean_difference"
    RISK_DIFFERENCE = "risk_difference"
    STANDARDISED = "standardised_difference"


class Rule(StrEnum):
    """How the standard error is had: printed as an interval, or worked out by ``effect.derive``."""

    CI = "ci"
    ARM_SE = "arm_se"
    P = "p"
    SHARES = "shares"


class Finding(StrEnum):
    """What the study found, between its arms."""

    FAVOURS_ACTIVE = "favours_active"
    NO_DIFFERENCE = "no_difference"
    FAVOURS_CONTROL = "favours_control"
    UNCLEAR = "unclear"
    NO_ANSWER = "no_answer"
    UNCONTROLLED = "uncontrolled"
    NO_RESULT = "no_result"


ANSWERS = frozenset({Finding.FAVOURS_ACTIVE, Finding.NO_DIFFERENCE, Finding.FAVOURS_CONTROL})


@dataclass(frozen=True)
class Trial:
    """One result of one study.

    ``effect`` is active minus control in ``unit``; ``better`` says which way is good ("lower", "higher", or "" when
    not seen). ``cohort`` names the people, so that they are counted once; ``pool`` the pool the row belongs to, and
    ``apart`` why it belongs to none. ``seen`` says what of the source was read, ``looked_on`` when. None: not seen.
    """

    id: str
    study: str
    year: int | None
    conditions: tuple[Condition, ...]
    population: str
    modality: Modality
    light: str
    heat: str
    wavelength_nm: str
    irradiance_w_m2: float | None
    radiant_exposure_j_m2: float | None
    minutes: float | None
    sessions: int | None
    weeks: float | None
    kind: Kind
    comparator: Comparator
    comparator_text: str
    blind: Blind
    n_randomised: int | None
    n_active: int | None
    n_control: int | None
    n_analysed: int | None
    outcome: str
    outcome_kind: OutcomeKind
    unit: str
    better: str
    measure: Measure | None
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    se_active: float | None
    se_control: float | None
    share_active: float | None
    share_control: float | None
    p_value: float | None
    rule: Rule | None
    finding: Finding
    finding_text: str
    follow_up: str
    adverse_events: str
    pedro: int | None
    maker_funded: bool | None
    notes: str
    cohort: str
    pool: str
    apart: str
    source: str
    seen: str
    looked_on: date
    mark: Mark

    @property
    def people(self) -> int | None:
        """Return how many people the row speaks of: analysed, else randomised, else None."""
        return self.n_analysed or self.n_randomised


REQUIRED = ("study", "conditions", "population", "modality", "kind", "comparator", "blind", "outcome", "outcome_kind",
            "finding", "finding_text", "cohort", "seen", "looked_on", "light", "heat")  # fmt: skip
COUNTS = ("sessions", "n_randomised", "n_active", "n_control", "n_analysed")
RANGES = {"irradiance_w_m2": (0.0, 1e5), "radiant_exposure_j_m2": (0.0, 1e9), "minutes": (0.1, 1440.0),
          "weeks": (0.1, 520.0), "effect": (-1000.0, 1000.0), "ci_low": (-1000.0, 1000.0), "ci_high": (-1000.0, 1000.0),
          "se_active": (1e-9, 1000.0), "se_control": (1e-9, 1000.0), "share_active": (0.0, 1.0),
          "share_control": (0.0, 1.0), "p_value": (1e-12, 1.0)}  # fmt: skip
WORDS = {"modality": Modality, "kind": Kind, "comparator": Comparator, "blind": Blind, "outcome_kind": OutcomeKind,
         "measure": Measure, "rule": Rule, "finding": Finding, "mark": Mark}  # fmt: skip
MAKER = {"yes": True, "no": False, "not_told": None}
NEEDS: Mapping[Rule, tuple[str, ...]] = {
    Rule.CI: ("effect", "ci_low", "ci_high", "measure"),
    Rule.ARM_SE: ("effect", "se_active", "se_control", "n_active", "n_control", "n_analysed", "measure"),
    Rule.P: ("p_value", "n_analysed"),
    Rule.SHARES: ("share_active", "share_control", "n_active", "n_control", "measure"),
}


def load(text: str, name: str = DATA_FILE) -> tuple[Trial, ...]:
    """Return the trials of a table. Raises InputError naming the table, the row and the column that is wrong."""
    rows = tables.rows(name, text, REQUIRED)
    if not rows:
        raise InputError(name, f"Table {name} has no rows.")
    lacking = [c for c in Trial.__dataclass_fields__ if c not in rows[0]]
    if lacking:
        raise InputError(name, f"Table {name} lacks the column {lacking[0]}.")
    trials = tuple(_trial(name, row) for row in rows)
    check_pools(trials, name)
    return trials


def _trial(name: str, row: Mapping[str, str]) -> Trial:
    where = f"Table {name}, row {row['id']}"
    found: dict[str, object] = {c: row[c] for c in Trial.__dataclass_fields__}
    for column, kind in WORDS.items():
        optional = column in ("measure", "rule")
        found[column] = None if optional and not row[column] else _word(where, column, row[column], kind)
    for column, (low, high) in RANGES.items():
        found[column] = in_range(f"{where}: {column}", row[column], low, high) if row[column] else None
    for column in COUNTS:
        found[column] = _whole(where, column, row[column], 1, 10_000_000)
    found["pedro"] = _whole(where, "pedro", row["pedro"], 0, 10)
    found["year"] = _whole(where, "year", row["year"], 1900, 2200)
    found["conditions"] = tuple(_word(where, "conditions", c, Condition) for c in row["conditions"].split(";"))
    found["maker_funded"] = MAKER[_of(where, "maker_funded", row["maker_funded"], MAKER)]
    _of(where, "better", row["better"], ("lower", "higher", ""))
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", row["looked_on"]):
            raise ValueError
        found["looked_on"] = date.fromisoformat(row["looked_on"])
    except ValueError:
        raise InputError(where, f"{where}: looked_on must be a date like 2026-11-23.") from None
    trial = Trial(**found)  # type: ignore[arg-type]
    _consistent(where, trial)
    return trial


def _consistent(where: str, t: Trial) -> None:
    if t.mark is Mark.UNVERIFIED:
        raise InputError(where, f"{where}: an unverified row is not shown as a fact; leave it out.")
    if t.effect is not None and not (t.unit and t.better and t.measure):
        raise InputError(where, f"{where}: an effect needs unit, better and measure.")
    if t.effect is not None and t.better != WAY.get(t.outcome_kind, t.better):
        raise InputError(where, f"{where}: of {t.outcome_kind}, {WAY[t.outcome_kind]} is the good way.")
    if (t.ci_low is None) != (t.ci_high is None):
        raise InputError(where, f"{where}: an interval needs both ends.")
    if t.ci_low is not None and t.ci_high is not None:
        inside = t.effect is not None and t.ci_low < t.ci_high and t.ci_low <= t.effect <= t.ci_high
        if not inside:
            raise InputError(where, f"{where}: the effect must lie inside its interval.")
    for needed in NEEDS[t.rule] if t.rule else ():
        if getattr(t, needed) is None:
            raise InputError(where, f"{where}: the rule {t.rule} needs {needed}.")
    if t.rule in (Rule.ARM_SE, Rule.P) and (t.people or 0) < LEAST_PEOPLE:
        raise InputError(where, f"{where}: a spread is derived from at least {LEAST_PEOPLE} people.")
    if t.rule in (Rule.ARM_SE, Rule.P, Rule.SHARES) and t.mark is not Mark.DERIVED:
        raise InputError(where, f"{where}: a figure worked out by a rule is marked derived.")
    if t.kind is Kind.UNCONTROLLED and (t.effect is not None or t.finding is not Finding.UNCONTROLLED):
        raise InputError(where, f"{where}: without a control arm there is no effect between arms.")
    if t.kind is Kind.REGISTERED and t.finding is not Finding.NO_RESULT:
        raise InputError(where, f"{where}: a registered study without results has the finding no_result.")
    if bool(t.pool) == bool(t.apart):
        raise InputError(where, f"{where}: a row names either its pool, or in apart why it has none.")
    if t.pool and (t.kind is not Kind.TRIAL or t.rule is None):
        raise InputError(where, f"{where}: only a trial with a known spread can be pooled.")


WAY = {OutcomeKind.PAIN: "lower", OutcomeKind.DISABILITY: "lower", OutcomeKind.STIFFNESS: "lower",
       OutcomeKind.RELIEF: "higher", OutcomeKind.FUNCTION: "higher", OutcomeKind.MOVEMENT: "higher",
       OutcomeKind.SENSATION: "higher"}  # fmt: skip
SAME = ("conditions", "modality", "light", "heat", "minutes", "comparator", "outcome_kind", "better")


def check_pools(trials: tuple[Trial, ...], name: str = DATA_FILE) -> None:
    """Raise InputError when a pool mixes what may not be added: light, heat, minutes, comparison, outcome, people."""
    for pool in sorted({t.pool for t in trials if t.pool}):
        members = [t for t in trials if t.pool == pool]
        where = f"Table {name}, pool {pool}"
        for column in SAME:
            kinds = {getattr(t, column) for t in members}
            if len(kinds) > 1:
                shown = ", ".join(sorted(str(k) for k in kinds))
                raise InputError(where, f"{where}: {column} differs ({shown}); such trials are not added together.")
        if len({t.cohort for t in members}) < len(members):
            raise InputError(where, f"{where}: the same people would be counted twice.")
        if len({t.unit for t in members}) > 1 and any(t.measure is Measure.RISK_DIFFERENCE for t in members):
            raise InputError(where, f"{where}: shares of people and points of a scale are not added together.")
        if len(members) < 2:
            raise InputError(where, f"{where}: a pool needs at least 2 trials.")


def _word(where: str, column: str, value: str, kind: type[E]) -> E:
    return kind(_of(where, column, value.strip(), {str(k) for k in kind}))


def _of(where: str, column: str, value: str, allowed: Iterable[str]) -> str:
    known = sorted(allowed)
    if value not in known:
        raise InputError(where, f"{where}: {column} must be one of {', '.join(k or 'nothing' for k in known)}.")
    return value


def _whole(where: str, column: str, text: str, low: int, high: int) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise InputError(where, f"{where}: {column} must be a whole number from {low} to {high}.")
    return int(in_range(f"{where}: {column}", text, low, high))
