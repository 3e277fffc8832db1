"""What the planner needs from outside: the trials already pooled, and self-trials in a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from irtherapy.edge import data
from irtherapy.evidence import answer, designs, planner, proposal, trials, words
from irtherapy.evidence.self_trials import SelfTrial
from irtherapy.export import svg
from irtherapy.values import InputError, in_range

POINTS_UNIT, STANDARDISED = "pain, 0-10 points", "standardised difference"
ROWS_MAX = 10_000
FIELDS = ("design", "sham", "arms", "difference", "sd", "correlation", "effect_sd", "carry_over", "power", "alpha",
          "loss", "blocks")  # fmt: skip
E = TypeVar("E", bound=StrEnum)


def known(condition: str, between_sd: float) -> proposal.Known | None:
    """Return the pooled effect of infrared or heat on pain in a condition, in points, or None when nothing is pooled.

    A standardised difference is turned into points by ``between_sd``. Of several pools, the one with most people.
    """
    found = answer.about(trials.load(data.read(trials.DATA_FILE)), answer.condition_named(condition))
    pools = [(pool, question.name) for question in found.questions for pool in question.pools]
    scale = {POINTS_UNIT: 1.0, STANDARDISED: between_sd}
    kinds = (trials.OutcomeKind.PAIN, trials.OutcomeKind.RELIEF)
    usable = [(p, name) for p, name in pools if p.unit in scale and p.outcome in kinds]
    if not usable:
        return None
    pool, name = max(usable, key=lambda one: one[0].people)
    sign = 1.0 if pool.better == "lower" else -1.0
    factor = sign * scale[pool.unit]
    studies, people = ", ".join(pool.studies), pool.people
    source = f"{people} people: {name}, studied in {studies}"
    if pool.unit != POINTS_UNIT:
        source = f"{people} people: {name}, in points by the SD of {between_sd:.2f}, studied in {studies}"
    heat = name == words.MODALITY[trials.Modality.HEAT_WRAP]
    return proposal.Known(factor * pool.headline.estimate, abs(factor) * pool.headline.se, source, heat)


def self_trials(name: str, text: str) -> tuple[SelfTrial, ...]:
    """Return the self-trials of a CSV or JSON text: person, difference and standard_error, in points.

    Raises InputError naming the first line that cannot be read.
    """
    rows = _json(name, text) if text.lstrip().startswith(("[", "{")) else _csv(name, text)
    if len(rows) > ROWS_MAX:
        raise InputError("Self-trials", f"Self-trials: {name} must hold at most {ROWS_MAX} persons; got {len(rows)}.")
    out = []
    for line, row in enumerate(rows, start=1):
        where = f"person {line}"
        out.append(
            SelfTrial(
                str(row.get("person") or line)[:80],
                in_range(f"Difference of {where}", row.get("difference"), -10, 10, "points"),
                in_range(f"Standard error of {where}", row.get("standard_error"), 0.01, 10, "points"),
            )
        )
    return tuple(out)


def _csv(name: str, text: str) -> list[dict[str, object]]:
    reader = csv.DictReader(io.StringIO(text))
    if not {"difference", "standard_error"} <= set(reader.fieldnames or ()):
        raise InputError("Self-trials", f"Self-trials: {name} needs the columns person, difference and standard_error.")
    return [dict(row) for row in reader]


def _json(name: str, text: str) -> list[dict[str, object]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("Self-trials", f"Self-trials: {name} is not valid JSON.") from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise InputError(
            "Self-trials", f"Self-trials: {name} must be a JSON list of person, difference and standard_error."
        )
    return found


def curve(made: proposal.Proposal, width: int = 640, height: int = 360, say: Callable[[str], str] = str) -> str:
    """Return the power curves as SVG: one line a difference, the wanted power as a named line.

    ``say`` translates the words on it.
    """
    trial = made.trial
    series = [
        svg.Series(
            planner.points(c.difference), c.persons, [100.0 * p for p in c.power],
            soft=c.difference != trial.difference,
        )
        for c in made.curves
    ]  # fmt: skip
    parallel = trial.kind is planner.Kind.PARALLEL
    size, points, power = made.size, planner.points(trial.difference), made.size.power
    found = f"{size.per_arm} people in all find {points} with a power of {power:.1%}."
    if parallel:
        found = f"{size.per_arm} people in each arm find {points} with a power of {power:.1%}."
    return svg.line_chart(
        series,
        "people analysed in each arm" if parallel else "people analysed",
        "chance to find it, %",
        f"Power for {made.name}",
        found,
        limits=[(100.0 * trial.power, f"{trial.power:.0%} wanted")],
        marks=[(float(made.size.per_arm), f"{made.size.per_arm} people")],
        y_range=(0.0, 100.0),
        width=width,
        height=height,
        say=say,
    )


def trial(told: Mapping[str, object]) -> planner.Trial:
    """Return the trial that words and numbers of a form or of options tell; what is not told is the default.

    Raises InputError naming the first that cannot be.
    """
    first = proposal.default(designs.condition(str(told.get("condition", ""))))
    sham = _word("Sham", str(told.get("sham") or first.sham.value), planner.Sham)
    number = {
        name: in_range(label, told[name], low, high, unit) if told.get(name) not in (None, "") else usual
        for name, label, low, high, unit, usual in (
            ("difference", "Difference", 0.05, 10, "points", first.difference),
            ("sd", "Standard deviation", 0.05, 10, "points", first.spread.between_sd),
            ("correlation", "Correlation", 0, 0.99, "", first.spread.correlation),
            ("effect_sd", "Spread of the effect", 0, 10, "points", first.spread.effect_sd),
            ("carry_over", "Carry-over", 0, 10, "points", first.spread.carry_over),
            ("power", "Power", 0.5, 0.999, "", first.power),
            ("alpha", "Alpha", 0.0001, 0.2, "", first.alpha),
            ("loss", "Loss", 0, 0.8, "", first.loss),
            ("blocks", "Blocks", 1, 100, "", first.blocks),
            ("arms", "Arms", 2, 3, "", 3 if sham is planner.Sham.WARM else 2),
        )
    }
    usual_sd = first.spread.between_sd
    if round(number["sd"], 2) == round(usual_sd, 2):  # a form shows two digits and sends them back
        number["sd"] = usual_sd
    for name in ("blocks", "arms"):
        if number[name] != int(number[name]):
            raise InputError(name.capitalize(), f"{name.capitalize()} must be a whole number; got {told[name]!r}.")
    return planner.checked(
        planner.Trial(
            _word("Design", str(told.get("design") or first.kind.value), planner.Kind),
            number["difference"],
            planner.Spread(number["sd"], number["correlation"], number["effect_sd"], number["carry_over"]),
            number["alpha"],
            number["power"],
            number["loss"],
            int(number["blocks"]),
            int(number["arms"]),
            sham,
        )
    )


def _word(field: str, text: str, kinds: type[E]) -> E:
    try:
        return kinds(text)
    except ValueError:
        raise InputError(field, f"{field} must be one of {', '.join(kinds)}; got {text[:40]!r}.") from None
