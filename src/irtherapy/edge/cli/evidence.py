"""`irtherapy evidence`: what the trials of a condition say, how sure one may be, and the plot of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge import data
from irtherapy.edge.cli import show
from irtherapy.values import InputError

if TYPE_CHECKING:
    from irtherapy.evidence.answer import Answer, Question
    from irtherapy.evidence.pool import Pooled
    from irtherapy.evidence.trials import Trial

WIDTH = 720
CARD = "pooled-trials"
NAME = "evidence"
EXAMPLES = (
    "--condition neck-pain",
    "--condition acute-low-back-pain --json",
    "--condition neuropathy --plot neuropathy.svg",
    "--condition neck-pain --trials my_trials.csv",
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(NAME, epilog="Examples:  " + "   |   ".join(f"irtherapy {NAME} {words}" for words in EXAMPLES))
    def evidence(
        condition: str = typer.Option("", "--condition", help="Such as neck-pain; without it, all in short."),
        plot: str = typer.Option("", "--plot", help="Write the forest plot to this .svg file."),
        trials: str = typer.Option("", "--trials", help="Your own table instead of the shipped one, same columns."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Show what the trials of a condition say, null results beside the others, with source and date."""
        from irtherapy.evidence import answer

        if plot and not condition:
            raise InputError("Condition", "A plot is drawn for one condition: give --condition as well.")
        table = _table(trials)
        if not condition:
            _all(table, as_json)
            return
        found = answer.about(table, answer.condition_named(condition))
        if plot:
            _write(plot, found)
        if as_json:
            show.emit(_plain(found))
        else:
            _say(found, plot)


def _table(path: str) -> tuple[Trial, ...]:
    from irtherapy.evidence import trials as room

    if not path:
        return room.load(data.read(room.DATA_FILE))
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError("Trials", f"Trials: the file {path} cannot be read as text.") from None
    return room.load(text, Path(path).name)


def _write(path: str, found: Answer) -> None:
    from irtherapy.evidence import plot as room

    if Path(path).suffix.lower() != ".svg":
        raise InputError("Plot", f"Plot must be a file that ends in .svg; got {path[:80]!r}.")
    try:
        Path(path).write_text(room.forest(found, WIDTH) + "\n", encoding="utf-8")
    except OSError:
        raise InputError("Plot", f"Plot: the file {path} cannot be written.") from None


def _plain(found: Answer) -> dict[str, Any]:
    """Return the answer as JSON data: dates as text, certainty as a word."""
    out = show.to_json(found)
    out["looked_on"] = found.looked_on.isoformat()
    out["cards"] = [CARD]
    for told, question in zip(out["questions"], found.questions, strict=True):
        told["grade"]["certainty"] = question.grade.certainty.text
        for row, each in zip(told["rows"], question.rows, strict=True):
            row["trial"]["looked_on"] = each.trial.looked_on.isoformat()
    return out


def _all(table: Sequence[Trial], as_json: bool) -> None:
    from irtherapy.evidence import answer
    from irtherapy.evidence.trials import Condition

    kept = [c for c in Condition if any(c in t.conditions for t in table)]
    every = [answer.about(table, c) for c in kept]
    if as_json:
        show.emit([_plain(a) for a in every])
        return
    for found in every:
        slug = found.condition.replace("_", "-")
        show.console.print(f"\n[bold]{found.name}[/bold], last look {found.looked_on}  {slug}")
        lines = ((f"{q.grade.certainty.text}", q.grade.sentence) for q in found.questions)
        show.rows(lines)


def _say(found: Answer, plot: str) -> None:
    show.console.print(f"[bold]{found.name.capitalize()}[/bold], last look {found.looked_on}")
    for question in found.questions:
        _question(question)
    if plot:
        show.console.print(f"\nThe plot is in {plot}.", markup=False, soft_wrap=True)


def _question(question: Question) -> None:
    from irtherapy.evidence import words

    show.console.print(f"\n[bold]{question.name.capitalize()}[/bold]  certainty: {question.grade.certainty.text}")
    show.console.print(question.sentence, markup=False)
    for remark in question.remarks:
        told = f"\u00b7 {remark}"
        show.console.print(told if words.is_rule(remark) else show.AsIs(told), markup=False)
    for domain, steps, reason in question.grade.reasons:
        show.console.print(f"  less sure by {steps}  {domain}: {reason}", style="dim", markup=False)
    for pool in question.pools:
        title = f"{len(pool.studies)} trials pooled: {', '.join(pool.studies)} ({pool.unit})"
        show.rows(((name, _figures(found)) for name, found in pool.methods), title=title)
        show.rows(((f"without {study}", _figures(found)) for study, found in pool.without))
        show.console.print(f"{pool.why} Small-study check: {pool.small_study_note or _egger(pool)}", markup=False)
    if not question.pools:
        show.console.print("Nothing is pooled here:", markup=False)
        show.rows((show.AsIs(study), show.AsIs(why)) for study, why in question.not_pooled)
    show.rows(
        ((show.AsIs(r.trial.study), show.AsIs(_read(r.trial).replace("[", "\\["))) for r in question.rows),
        title="Every row, with source and day",
    )


def _read(t: Trial) -> str:
    return f"{t.finding_text} [{t.source}; {t.seen}, {t.looked_on}]"


def _figures(p: Pooled) -> str:
    from irtherapy.evidence.words import plain

    told = (
        f"{plain(p.estimate)} ({plain(p.ci_low)} to {plain(p.ci_high)}), I\u00b2 {p.i2:.0%}, \u03c4\u00b2 {p.tau2:.3f}"
    )
    if p.prediction_low is not None and p.prediction_high is not None:
        told += f"; a new trial {plain(p.prediction_low)} to {plain(p.prediction_high)}"
    return told


def _egger(pool: Any) -> str:
    check = pool.small_study
    return f"Egger intercept {check.intercept:.2f}, p = {check.p_value:.3f}."
