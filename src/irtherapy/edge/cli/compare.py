"""`irtherapy compare`: with or without infrared, a comparison with yourself, from its start to its result."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError

if TYPE_CHECKING:
    from irtherapy.edge.records.models import Comparison, Patient

PATIENT = typer.Option(None, "--patient", help="The code of a patient of a clinic; yourself when left out.")
DEMO = typer.Option(False, "--demo", help="The try-out with the simulated lamp.")
WHICH = typer.Argument(None, help="The id of a comparison; the newest when left out.")
STARTING = (
    "Examples:  irtherapy compare start --device simulated   |   irtherapy compare start --device plug:desk-lamp "
    "--site neck   |   irtherapy compare start --device hand:r125_150w --pairs 8 --outcome next_morning   |   "
    "irtherapy compare start --device list"
)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    compare = typer.Typer(no_args_is_help=True, help="With or without: a randomised comparison with yourself.")
    app.add_typer(compare, name="compare")
    _register_start(compare)
    _register_running(compare)
    _register_end(compare)


def _register_start(compare: typer.Typer) -> None:
    @compare.command(epilog=STARTING)
    def start(
        device: str = typer.Option(..., "--device", help="What switches the heat; 'list' shows what there is."),
        site: str = typer.Option("neck", "--site", help="neck, upper_back or lower_back."),
        outcome: str = typer.Option("pain_after", "--outcome", help="pain_after or next_morning."),
        pairs: int = typer.Option(6, "--pairs", help="Pairs of blocks, 3 to 12."),
        sessions: int = typer.Option(2, "--sessions", help="Sessions in a block, 1 to 7."),
        every_days: int = typer.Option(2, "--every-days", help="Days from session to session, 2 to 7."),
        washout_days: int = typer.Option(2, "--washout-days", help="Days without between blocks, 0 to 14."),
        worthwhile: float = typer.Option(1.0, "--worthwhile", help="Smallest difference that would matter, points."),
        first_day: str = typer.Option(None, "--first-day", help="As 2026-03-31; today when left out."),
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Draw the order of the blocks, seal it with the plan, and begin."""
        whose = _ready(patient)
        from irtherapy.edge.cli import arguments
        from irtherapy.edge.records import comparisons
        from irtherapy.edge.web import comparable
        from irtherapy.outcome.comparison import Design, Outcome
        from irtherapy.values import Region, in_range

        known = {one.key: one for one in comparable.devices(whose)}
        if device == "list":
            _list_devices(known, as_json)
            return
        if device not in known:
            raise InputError("Device", f"Device must be one of {', '.join(known)}; got {device[:60]!r}.")
        chosen = known[device]
        design = Design(
            arguments.choice("Site", site, Region), arguments.choice("Outcome", outcome, Outcome), _day(first_day),
            chosen.concealment, pairs, sessions, int(in_range("Days from session to session", every_days, 2, 7)),
            washout_days, worthwhile,
        )  # fmt: skip
        of = comparisons.begin(design, chosen.device, chosen.driver, chosen.plug, whose, chosen.demo)
        _tell(of, as_json)


def _list_devices(known: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.emit([{"key": key, "name": one.name, "concealment": one.concealment} for key, one in known.items()])
    else:
        show.rows((show.AsIs(key), f"{one.name}. {one.tells}") for key, one in known.items())


def _register_running(compare: typer.Typer) -> None:
    @compare.command(name="show", epilog="Examples:  irtherapy compare show   |   irtherapy compare show --json")
    def show_one(which: str = WHICH, patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Show a comparison: its blocks, what was fixed, and what is due."""
        _tell(_find(which, patient), as_json)

    @compare.command(epilog="Examples:  irtherapy compare today   |   irtherapy compare today --demo --json")
    def today(patient: str = PATIENT, demo: bool = DEMO, as_json: bool = show.JSON_OPTION) -> None:
        """Say whether a session is due today, and which mornings are still to be told."""
        whose = _ready(patient)
        from irtherapy.edge.records import compared_told, comparisons

        of = comparisons.running(whose, demo)
        if of is None:
            raise InputError("Comparison", "No comparison runs; irtherapy compare start begins one.")
        told = compared_told.today(of)
        if as_json:
            show.emit(told)
            return
        show.console.print(told["sentence"], markup=False)
        for one in told["mornings"]:
            show.console.print(
                f"Morning after {one['on']}: irtherapy compare morning {one['session']} PAIN", markup=False
            )

    @compare.command(epilog="Example:  irtherapy compare morning SESSION 3")
    def morning(
        session: str = typer.Argument(..., help="The id of the session, from compare today."),
        pain: float = typer.Argument(..., help="Pain on the morning after it, 0 to 10."),
        patient: str = PATIENT,
        demo: bool = DEMO,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Keep the pain on the morning after a session."""
        whose = _ready(patient)
        from irtherapy.edge.records import compared_told, comparisons

        of = comparisons.running(whose, demo)
        if of is None:
            raise InputError("Comparison", "No comparison runs.")
        compared_told.tell_morning(of, session, pain)
        show.emit({"session": session, "pain": pain}) if as_json else show.console.print("Kept.")


def _register_end(compare: typer.Typer) -> None:
    @compare.command(epilog="Examples:  irtherapy compare end   |   irtherapy compare end --undo")
    def end(
        which: str = WHICH,
        undo: bool = typer.Option(False, "--undo", help="Take the end back, until which was which is told."),
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """End a comparison, early or not. The result comes with reveal."""
        of = _find(which, patient)
        from irtherapy.edge.records import comparisons

        (comparisons.go_on if undo else comparisons.end)(of)
        _tell(of, as_json)

    @compare.command(epilog="Example:  irtherapy compare reveal --with 1 --with 4 --without 2 --without 3")
    def reveal(
        which: str = WHICH,
        with_: list[int] = typer.Option([], "--with", help="A block that you think was with infrared; repeatable."),
        without: list[int] = typer.Option([], "--without", help="A block that you think was without; repeatable."),
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Tell which block was which. This cannot be taken back."""
        of = _find(which, patient)
        from irtherapy.edge.records import comparisons

        for block in (*with_, *without):
            if not 1 <= block <= 2 * of.pairs or (block in with_ and block in without):
                raise InputError("Block", f"Block must be 1 to {2 * of.pairs}, each guessed once; got {block}.")
        comparisons.reveal(of, {block - 1: block in with_ for block in (*with_, *without)})
        _tell_result(of, as_json)

    @compare.command(epilog="Examples:  irtherapy compare result   |   irtherapy compare result --json")
    def result(which: str = WHICH, patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Say what came out, after the end."""
        _tell_result(_find(which, patient), as_json)


def _ready(code: str | None) -> Patient | None:
    from irtherapy.edge.cli import keep

    keep.ready()
    if code is None:
        return None
    from irtherapy.edge.records import charts

    return charts.patient_of(code)


def _find(which: str | None, code: str | None) -> Comparison:
    whose = _ready(code)
    from irtherapy.edge.records import comparisons

    if which is not None:
        return comparisons.find(which)
    newest = comparisons.kept(whose).first()
    if newest is None:
        raise InputError("Comparison", "There is no comparison here; irtherapy compare start begins one.")
    return newest


def _day(text: str | None) -> datetime.date:
    from django.utils import timezone

    if text is None:
        return timezone.localdate()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError("First day", f"First day must be a day as YYYY-MM-DD; got {text[:40]!r}.") from None


def _tell(of: Comparison, as_json: bool) -> None:
    from irtherapy.edge.records import compared_told, comparisons

    told = compared_told.whole(of)
    if as_json:
        show.emit(told)
        return
    state = "told" if of.revealed_at else "ended" if of.ended_at else "runs"
    show.console.print(f"[bold]Comparison {of.pk}[/bold]  {state}")
    show.console.print(comparisons.told_of_arms(of), markup=False)
    lines = [
        (
            f"block {row['number']}",
            f"{row['first']} to {row['last']}   {row['done']} of {of.sessions} done   {row['arm']}",
        )
        for row in told["blocks"]
    ]
    show.rows(lines)
    show.console.print(told["today"]["sentence"], markup=False)
    show.console.print(f"Plan SHA-256 {of.plan_sha256}", style="dim", markup=False)
    if of.ended_at and not of.may_tell:
        show.console.print("Which was which, and what came out: irtherapy compare reveal", markup=False)


def _tell_result(of: Comparison, as_json: bool) -> None:
    from irtherapy.edge.records import compared_told, comparisons

    found = comparisons.result(of)
    if as_json:
        show.emit({"id": str(of.pk), "result": found, "guesses": [of.guesses_right, of.guesses_told]})
        return
    show.console.print(f"[bold]{found.sentence}[/bold]")
    if of.demo:
        show.console.print("This was a try-out with the simulated lamp. It says nothing of you.")
    show.rows(
        (
            f"pair {row.number}",
            "one half is missing" if row.lower is None else
            f"with {row.with_mean:.1f}, without {row.without_mean:.1f}: {compared_told.signed(row.lower)} lower",
        )
        for row in found.rows
    )  # fmt: skip
    if found.estimate is not None:
        ways = ((name, f"{lower} ({ends})") for name, lower, ends in compared_told.ways(found))
        show.rows(ways, title="Points lower with infrared")
        show.rows(compared_told.chances(of, found))
    for note in found.notes:
        show.console.print(f"· {note}", markup=False)
