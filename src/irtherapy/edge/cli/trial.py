"""`irtherapy trial`: the size of the trial that would settle it, and whether self-trials have settled it already."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError, in_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irtherapy.evidence.planner import Trial
    from irtherapy.evidence.proposal import Proposal
    from irtherapy.evidence.self_trials import SelfTrial

DESIGNS = {"parallel": "two groups", "crossover": "crossover design", "self_trials": "self-trials, each person"}
ANSWERS = {
    "less_pain": "Firm: less pain with it.",
    "more_pain": "Firm: more pain with it.",
    "no_difference_that_matters": "Firm: no difference that matters.",
    "open": "Open: not sure yet.",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy trial --condition neck_pain   |   irtherapy trial --condition neck_pain --curve "
        "power.svg --preregistration plan.md   |   irtherapy trial --condition neck_pain --design crossover --json   "
        "|   irtherapy trial --condition neck_pain --self-trials persons.csv   |   irtherapy trial "
        "--condition neck_pain --here",
    )
    def trial(
        condition: str = typer.Option(
            ..., "--condition", help="chronic_low_back_pain, acute_low_back_pain, neck_pain, neuropathy or arthritis."
        ),
        design: str = typer.Option("parallel", "--design", help="parallel, crossover or self_trials."),
        difference: float = typer.Option(1.0, "--difference", help="Smallest worthwhile difference, points of 0-10."),
        sham: str = typer.Option("warm", "--sham", help="warm, cold or none."),
        arms: int = typer.Option(None, "--arms", help="3 with an arm without heat beside a warm sham, else 2."),
        sd: float = typer.Option(None, "--sd", help="SD of pain between persons, points; from a trial when left out."),
        correlation: float = typer.Option(0.5, "--correlation", help="Between two measurements of one person, 0-0.99."),
        effect_sd: float = typer.Option(0.5, "--effect-sd", help="SD of the true effect across persons, points."),
        carry_over: float = typer.Option(0.0, "--carry-over", help="Of the first period into the second, points."),
        blocks: int = typer.Option(4, "--blocks", help="Pairs of blocks a person does in a self-trial."),
        power: float = typer.Option(0.8, "--power", help="Wanted chance to find the difference."),
        alpha: float = typer.Option(0.05, "--alpha", help="Two-sided error."),
        loss: float = typer.Option(0.15, "--loss", help="Share of persons that leave before the end."),
        effect: float = typer.Option(
            None, "--effect", help="An effect known from trials, points; pooled when left out."
        ),
        effect_se: float = typer.Option(None, "--effect-se", help="Its standard error, points."),
        self_trials: Path = typer.Option(
            None, "--self-trials", help="CSV or JSON: person, difference, standard_error."
        ),
        here: bool = typer.Option(False, "--here", help="Put the finished comparisons of this database together."),
        curve: Path = typer.Option(None, "--curve", help="Write the power curves to this SVG file."),
        preregistration: Path = typer.Option(None, "--preregistration", help="Write the text to this Markdown file."),
        data_set: Path = typer.Option(None, "--data-set", help="Write this database without names to this CSV file."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Plan the trial that would settle whether infrared does anything for a condition."""
        _run({name: value for name, value in locals().items() if value is not None})


def _run(told: dict[str, Any]) -> None:
    """Plan with the options that were given, by name."""
    from irtherapy.edge import settle
    from irtherapy.evidence import designs, proposal

    wanted = told["condition"].strip().lower().replace("-", "_")
    of = designs.condition(wanted)
    words = {name: value for name, value in told.items() if name in settle.FIELDS}
    planned = settle.trial({**words, "condition": wanted})
    known = _known(wanted, planned, told.get("effect"), told.get("effect_se"))
    made = proposal.propose(of, planned, known)
    answer = _self_trials(told["self_trials"], planned) if "self_trials" in told else None
    own = _of_this_database(wanted, planned) if told["here"] else None
    files = _files(made, told.get("curve"), told.get("preregistration"), told.get("data_set"))
    if told["as_json"]:
        show.emit({"proposal": made, "self_trials": answer, "here": own, "files": files, "cards": of.cards})
    else:
        _say(made, answer, own, files)
        show.console.print(f"What is known so far: cards {', '.join(of.cards)}.", style="dim")


def _known(condition: str, planned: Trial, effect: float | None, effect_se: float | None) -> Any:
    from irtherapy.edge import settle
    from irtherapy.evidence.proposal import Known

    if effect is None:
        return settle.known(condition, planned.spread.between_sd)
    return Known(
        in_range("Effect", effect, -10, 10, "points"),
        in_range("Standard error of the effect", 0.0 if effect_se is None else effect_se, 0, 10, "points"),
        "given",
    )


def _self_trials(path: Path, planned: Trial) -> dict[str, Any]:
    from irtherapy.edge import settle

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError("Self-trials", f"Self-trials: the file {path} cannot be read as text.") from None
    return _together(settle.self_trials(path.name, text), planned)


def _together(found: Sequence[SelfTrial], planned: Trial) -> dict[str, Any]:
    from irtherapy.evidence import self_trials as room

    known = room.posterior(found, planned.difference)
    return {"posterior": known, "firmness": room.firmness(found, planned.difference, known), "persons": len(found)}


def _of_this_database(condition: str, planned: Trial) -> dict[str, Any]:
    """Return what the finished comparisons of this database tell together: None as answer with fewer than 2 persons."""
    from irtherapy.edge.cli import keep

    keep.ready()
    from irtherapy.edge.records import compared_persons

    here = compared_persons.here(condition)
    answer = _together(here.persons, planned) if len(here.persons) > 1 else None
    counts = {"comparisons": here.comparisons, "hidden": here.hidden, "too_few": here.too_few}
    return {"persons": len(here.persons), **counts, "answer": answer}


def _files(made: Proposal, curve: Path | None, text: Path | None, data_set: Path | None) -> list[str]:
    from irtherapy.edge import settle
    from irtherapy.evidence import designs, registration

    out = []
    if curve:
        out.append(_write(curve, ".svg", settle.curve(made)))
    if text:
        today = datetime.now(UTC).astimezone().date()
        words = registration.text(designs.condition(made.condition), made.trial, made.size, today)
        out.append(_write(text, ".md", words))
    if data_set:
        from irtherapy.edge.cli import keep

        keep.ready()
        from irtherapy.edge.records import research

        out.append(_write(data_set, ".csv", registration.data_set(research.days(), research.key())))
        out.append(_write(data_set.with_suffix(".dictionary.csv"), ".csv", registration.dictionary()))
    return out


def _write(path: Path, suffix: str, text: str) -> str:
    if path.suffix.lower() != suffix:
        raise InputError("File", f"File must end in {suffix}; got {path.name[:80]!r}.")
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError:
        raise InputError("File", f"File {path} cannot be written.") from None
    return str(path)


def _say(made: Proposal, answer: dict[str, Any] | None, own: dict[str, Any] | None, files: list[str]) -> None:
    from irtherapy.evidence import planner, proposal

    size, wanted = made.size, planner.points(made.trial.difference)
    if size.groups > 1:
        show.console.print(
            f"[bold]{size.per_arm} people[/bold] analysed in each of {size.groups} arms, {size.recruit_per_arm} "
            f"recruited, {size.total} together: finds {wanted} of 10 in {made.name} with a power of {size.power:.1%}."
        )
    else:
        show.console.print(
            f"[bold]{size.per_arm} people[/bold] analysed in all, {size.recruit_per_arm} recruited: "
            f"finds {wanted} of 10 in {made.name} with a power of {size.power:.1%}."
        )
    if made.assurance is not None:
        show.console.print(proposal.assurance_tells(made))
    show.rows(
        (
            (f"{planner.points(d)}, {p:.0%}", f"{s.per_arm} analysed, {s.total} recruited together")
            for d, p, s in made.sizes
        ),
        title="Other sizes",
    )
    kinds = (
        (DESIGNS[k.value], _analysed(k is planner.Kind.PARALLEL, s.per_arm) if s else "not possible")
        for k, s in made.designs
    )
    show.rows(kinds, title="Other designs")
    for note in made.notes:
        show.console.print(f"· {note}", markup=False)
    if answer:
        _say_self_trials(answer, "self-trials")
    if own is not None:
        _say_own(own)
    for path in files:
        show.console.print(f"Written: {path}", markup=False)


def _analysed(parallel: bool, per_arm: int) -> str:
    return f"{per_arm} analysed in each arm" if parallel else f"{per_arm} analysed in all"


def _say_own(own: dict[str, Any]) -> None:
    if own["answer"]:
        _say_self_trials(own["answer"], f"persons of this database, {own['hidden']} comparisons hidden")
    elif own["persons"]:
        show.console.print("One person of this database has finished a comparison. It takes two to put together.")
    else:
        show.console.print("Nobody of this database has finished a comparison for this.")


def _say_self_trials(answer: dict[str, Any], who: str) -> None:
    known, firm = answer["posterior"], answer["firmness"]
    more = "more than 100 000" if firm.more is None else f"{firm.more}"
    show.console.print(f"\n[bold]{answer['persons']} {who}[/bold]  {ANSWERS[firm.answer]}")
    told = [
        ("mean difference", f"{known.mean:+.2f} points ({known.low:+.2f} to {known.high:+.2f}); below 0 is less pain"),
        ("less pain at all", f"chance {known.chance_below_zero:.1%}"),
        ("worthwhile", f"chance {known.chance_worthwhile:.1%}"),
        ("next person", f"{known.next_low:+.2f} to {known.next_high:+.2f} points"),
    ]
    if firm.answer == "open":
        told.append(("more persons", f"{more}, then firm with a chance of {firm.chance:.0%}"))
    show.rows(told)
