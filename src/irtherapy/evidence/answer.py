"""The evidence on one condition, put together: every row, what may be pooled, how sure one may be, and what to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from irtherapy.evidence import effect, grade, pool, words
from irtherapy.evidence.effect import Effect
from irtherapy.evidence.grade import Grade, Risk
from irtherapy.evidence.pool import Method, Pooled, SmallStudy
from irtherapy.evidence.trials import ANSWERS, Comparator, Condition, Kind, Measure, Modality, OutcomeKind, Trial
from irtherapy.values import InputError

METHODS = (
    ("fixed effect", Method.FIXED, False),
    ("DerSimonian-Laird", Method.DL, False),
    ("REML", Method.REML, False),
    ("DerSimonian-Laird, Hartung-Knapp", Method.DL, True),
    ("REML, Hartung-Knapp", Method.REML, True),
)
TWO = ("With two trials nobody can tell how much trials differ, so the fixed effect speaks for these two alone; the "
       "interval of Hartung and Knapp, which allows for other trials, is beside it.")  # fmt: skip
MORE = "REML with the interval of Hartung and Knapp: it allows for trials that differ."


@dataclass(frozen=True)
class Row:
    """One result: the trial, its effect where seen, its standardised effect where pooled, risk of bias and why."""

    trial: Trial
    effect: Effect | None
    standardised: Effect | None
    risk: Risk | None
    risk_reason: str


@dataclass(frozen=True)
class Pool:
    """What may be pooled, pooled in every way; ``headline`` is the one that speaks, ``why`` says why it does."""

    id: str
    outcome: OutcomeKind
    unit: str
    better: str
    studies: tuple[str, ...]
    people: int
    headline: Pooled
    why: str
    methods: tuple[tuple[str, Pooled], ...]
    without: tuple[tuple[str, Pooled], ...]
    small_study: SmallStudy | None
    small_study_note: str


@dataclass(frozen=True)
class Question:
    """One kind of light or heat in one condition: the graded sentence, what else is to be said, and every row."""

    modality: Modality
    name: str
    grade: Grade
    sentence: str
    remarks: tuple[str, ...]
    pools: tuple[Pool, ...]
    not_pooled: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Line:
    """One line of a forest plot. ``low`` and ``high`` None: the spread was not seen. ``weight`` 0-1 within a pool."""

    label: str
    note: str
    estimate: float
    low: float | None
    high: float | None
    weight: float | None
    derived: bool
    source: str


@dataclass(frozen=True)
class Panel:
    """Lines that share an axis: one outcome in one unit. ``pooled`` draws the diamond; None: nothing is added up."""

    title: str
    unit: str
    left: str
    right: str
    lines: tuple[Line, ...]
    pooled: Pooled | None


@dataclass(frozen=True)
class Answer:
    """All there is on a condition. ``looked_on`` is the day of the last look at any of its rows."""

    condition: Condition
    name: str
    looked_on: date
    questions: tuple[Question, ...]
    panels: tuple[Panel, ...]
    without_figure: tuple[str, ...]


def condition_named(text: str) -> Condition:
    """Return the condition of a name such as ``neck_pain`` or ``neck-pain``. Raises InputError naming all of them."""
    wanted = text.strip().lower().replace("-", "_").replace(" ", "_")
    try:
        return Condition(wanted)
    except ValueError:
        known = ", ".join(c.replace("_", "-") for c in Condition)
        raise InputError("Condition", f"Condition must be one of {known}; got {text[:40]!r}.") from None


def about(trials: Sequence[Trial], condition: Condition) -> Answer:
    """Return the evidence on a condition. Raises InputError when there is no row for it."""
    rows = [t for t in trials if condition in t.conditions]
    if not rows:
        raise InputError("Condition", f"No study of {words.CONDITION[condition]} is in the table.")
    questions = tuple(
        _question(condition, modality, [t for t in rows if t.modality is modality])
        for modality in Modality
        if any(t.modality is modality for t in rows)
    )
    in_own_unit = {(p.id, p.unit) for question in questions for p in question.pools}
    every = [row for question in questions for row in question.rows]
    alone = [r for r in every if (r.trial.pool, r.effect.unit if r.effect else "") not in in_own_unit]
    panels = (*_pool_panels(questions), *_panels(alone))
    bare = dict.fromkeys(r.trial.study for r in every if r.effect is None and r.standardised is None)
    looked = max(t.looked_on for t in rows)
    return Answer(condition, words.CONDITION[condition], looked, questions, panels, tuple(bare))


def _question(condition: Condition, modality: Modality, trials: Sequence[Trial]) -> Question:
    rows = tuple(_row(t) for t in trials)
    pools = tuple(_pool(name, [r for r in rows if r.trial.pool == name])
                  for name in dict.fromkeys(t.pool for t in trials if t.pool))  # fmt: skip
    first = pools[0] if pools else None
    judged = grade.grade(condition, modality, trials, first.headline if first else None, first.id if first else "")
    sentence = judged.sentence
    remarks = []
    for each in pools:
        head = each.headline
        sentence += " " + words.pooled(head.k, each.people, head.estimate, head.ci_low, head.ci_high, each.unit)
        if head.k < pool.RANDOM_LEAST:
            remarks.append(words.two(each.methods[-1][1].ci_low, each.methods[-1][1].ci_high))
    outside = [t for t in trials if pools and t.kind is Kind.TRIAL and not t.pool and t.finding in ANSWERS]
    if outside:
        named = [f"{t.study} ({t.outcome})" for t in outside]
        remarks.append(words.said("Outside the pool", named, [t.finding for t in outside]))
    if modality in words.LIMIT:
        remarks.append(words.LIMIT[modality])
    tied = [t.study for t in trials if t.maker_funded]
    remarks += [words.makers(tied)] if tied else []
    remarks += [f"{t.study}: {t.finding_text}" for t in trials if t.kind in (Kind.REVIEW, Kind.GUIDELINE)]
    apart = tuple((t.study, t.apart) for t in trials if not t.pool)
    return Question(
        modality, words.MODALITY[modality], judged, sentence, tuple(remarks), pools, tuple(dict.fromkeys(apart)), rows
    )


def _row(trial: Trial) -> Row:
    found = grade.risk(trial)
    scaled = effect.standardised(trial) if trial.pool and trial.measure is not Measure.RISK_DIFFERENCE else None
    return Row(trial, effect.of(trial), scaled, found[0] if found else None, found[1] if found else "")


def _pool(name: str, rows: Sequence[Row]) -> Pool:
    """Pool in the trials' own unit where all share one, else in standardised differences."""
    same = len({r.trial.unit for r in rows}) == 1 and all(r.effect is not None and r.effect.se for r in rows)
    effects = [e for r in rows if (e := r.effect if same else r.standardised) is not None]
    y, se = [e.estimate for e in effects], [e.se for e in effects if e.se is not None]
    methods = tuple((label, pool.combine(y, se, method, hk)) for label, method, hk in METHODS)
    few = len(y) < pool.RANDOM_LEAST
    studies = tuple(r.trial.study for r in rows)
    left = () if few else tuple(zip(studies, pool.leave_one_out(y, se, Method.REML, True), strict=True))
    enough = len(y) >= pool.EGGER_LEAST
    note = "" if enough else f"Not done: it needs at least {pool.EGGER_LEAST} trials, here are {len(y)}."
    first = rows[0].trial
    return Pool(
        name, first.outcome_kind, effects[0].unit, first.better, studies, sum(r.trial.people or 0 for r in rows),
        methods[0 if few else -1][1], TWO if few else MORE, methods, left,
        pool.small_study(y, se) if enough else None, note,
    )  # fmt: skip


def _pool_panels(questions: Sequence[Question]) -> list[Panel]:
    out = []
    for question in questions:
        for each in question.pools:
            rows = [r for r in question.rows if r.trial.pool == each.id]
            lines = []
            for row, weight in zip(rows, each.headline.weights, strict=True):
                shown = row.effect if row.effect is not None and row.effect.unit == each.unit else row.standardised
                assert shown is not None
                lines.append(_line(row, shown, weight))
            left, right = words.directions(each.outcome, each.better)
            title = f"Pooled: {each.outcome.value}, {question.name.removeprefix('a ').removeprefix('an ')}"
            out.append(Panel(title, each.unit, left, right, tuple(lines), each.headline))
    return out


def _panels(rows: Sequence[Row]) -> list[Panel]:
    groups: dict[tuple[bool, OutcomeKind, str, str], list[Row]] = {}
    for row in rows:
        if row.effect is not None:
            t = row.trial
            groups.setdefault((t.kind is Kind.REVIEW, t.outcome_kind, row.effect.unit, t.better), []).append(row)
    out = []
    for (review, kind, unit, better), members in sorted(groups.items(), key=lambda g: g[0][0]):
        left, right = words.directions(kind, better)
        title = f"{'Published reviews' if review else 'Single trials'}: {kind.value}"
        lines = tuple(_line(row, row.effect, None) for row in members if row.effect is not None)
        out.append(Panel(title, unit, left, right, lines, None))
    return out


def _line(row: Row, shown: Effect, weight: float | None) -> Line:
    t = row.trial
    people = f"{t.people} people" if t.people else "number of people not seen"
    told = any(c.isdigit() for c in t.study)
    label = t.study if told else f"{t.study}, {t.year or 'year not seen'}"
    other = "" if t.comparator is Comparator.NOT_TOLD else f" against {words.against(t)}"
    note = f"{words.SHORT[t.modality]}{other}, {people}"
    return Line(label, note, shown.estimate, shown.ci_low, shown.ci_high, weight, bool(shown.derived), t.source)
