"""`irtherapy programmes`: what is prescribed: the shipped programmes, and your own beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from irtherapy.edge.cli import show
from irtherapy.edge.cli.spoken import told

if TYPE_CHECKING:
    from irtherapy.values import Programme

FILE = typer.Argument(..., help="A CSV file, one line a block; `show ID --csv` prints one to begin with.")
ID = typer.Argument(..., help="The id of a programme: `irtherapy programmes list`.")
CSV = typer.Option(False, "--csv", help="Print the table it was loaded from, to make your own of it.")
NAME = "irtherapy programmes"
BAR = {"heat": "█", "massage": "▓", "stretch": "▒", "core": "░", "posture": "·"}
STYLE = {"heat": "dark_orange", "massage": "dark_orange"}
MARKS = {
    "seen": "read in the source",
    "secondary": "read second-hand",
    "derived": "put together by us",
    "unverified": "not verified",
}
SETTINGS = {"home": "at home", "clinic": "in a clinic"}


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    programmes = typer.Typer(no_args_is_help=True, help="What is prescribed: list, show, check, add, remove.")
    app.add_typer(programmes, name="programmes")
    _register_looking(programmes)
    _register_changing(programmes)


def _register_looking(programmes: typer.Typer) -> None:
    @programmes.command("list", epilog=f"Example:  {NAME} list --json")
    def list_(as_json: bool = show.JSON_OPTION) -> None:
        """List the programmes, your own last, and each file of yours that cannot be used."""
        from irtherapy.edge import programmes as shelf

        mine, wrong = shelf.own()
        every = shelf.known()
        if as_json:
            show.emit({"programmes": [shelf.public(one) for one in every.values()], "not_usable": wrong})
            return
        show.rows((show.AsIs(i), f"{_title(one)}{'  (your own)' if i in mine else ''}") for i, one in every.items())
        for sentence in wrong:
            show.console.print(f"Not used: {sentence}", style="bold", markup=False)

    @programmes.command("show", epilog=f"Examples:  {NAME} show clinic_30   |   {NAME} show clinic_30 --csv > ours.csv")
    def show_(name: str = ID, table: bool = CSV, as_json: bool = show.JSON_OPTION) -> None:
        """Show one programme: its blocks, how often, where it comes from."""
        from irtherapy.edge import programmes as shelf

        found = shelf.find(name)
        if as_json:
            show.emit(shelf.public(found))
        elif table:
            typer.echo(shelf.table_of(found), nl=False)
        else:
            say(found)

    @programmes.command(epilog=f"Example:  {NAME} check ours.csv")
    def check(file: Path = FILE, as_json: bool = show.JSON_OPTION) -> None:
        """Check a file without keeping it; the line that passes a ceiling is named."""
        from irtherapy.edge import programmes as shelf

        found = shelf.check(file)
        if as_json:
            show.emit({"programmes": [shelf.public(one) for one in found.values()]})
            return
        for one in found.values():
            say(one)
        show.console.print("Every line keeps the ceilings.")


def _register_changing(programmes: typer.Typer) -> None:
    @programmes.command(epilog=f"Example:  {NAME} add ours.csv")
    def add(file: Path = FILE, as_json: bool = show.JSON_OPTION) -> None:
        """Keep the programmes of a file beside the shipped ones; they never take the place of one."""
        from irtherapy.edge import programmes as shelf

        kept = shelf.add(file)
        if as_json:
            show.emit({"programmes": [shelf.public(one) for one in kept]})
            return
        for one in kept:
            say(one)
        show.console.print("Kept. It can be chosen on the plan's page, and with --programme.")

    @programmes.command(epilog=f"Example:  {NAME} remove ours")
    def remove(name: str = ID, as_json: bool = show.JSON_OPTION) -> None:
        """Remove a programme of your own. Courses and records that used it stay as they are."""
        from irtherapy.edge import programmes as shelf

        gone = shelf.remove(name)
        show.emit(shelf.public(gone)) if as_json else show.console.print(f"{gone.id} is removed.")


def _title(one: Programme) -> str:
    return f"{one.title}: {one.minutes:g} min, {_often(one)}, {SETTINGS[one.setting.value]}"


def _often(one: Programme) -> str:
    often = "once a week" if one.per_week == 1 else f"{one.per_week} times a week"
    span = "for one week" if one.weeks == 1 else f"for {one.weeks} weeks"
    return f"{often}, {span}"


def say(one: Programme) -> None:
    """Print a programme: a bar of its blocks, one line a block, and where it comes from."""
    show.console.print(f"[bold]{one.title}[/bold]  ({one.id}, version {one.version})")
    show.console.print(f"{one.minutes:g} min, {_often(one)}, {SETTINGS[one.setting.value]}.")
    bar = ""
    for start, end, phase in one.spans():
        blocks = BAR[phase.kind.value] * (round(end) - round(start))
        style = STYLE.get(phase.kind.value, "")
        bar += f"[{style}]{blocks}[/]" if style else blocks
    show.console.print(bar)
    show.rows(
        (f"{start:g} to {end:g} min", f"{BAR[p.kind.value]}  {p.kind.value}  {_said(p.say, p.levels)}")
        for start, end, p in one.spans()
    )
    show.console.print(show.AsIs(f"{told('Source')}: {one.source}"), style="dim", markup=False)
    show.console.print(MARKS[one.mark.value], style="dim")
    show.console.print()


def _said(sentence: str, levels: Sequence[int]) -> str:
    return f"{sentence} Level by week: {', '.join(map(str, levels))}." if len(levels) > 1 else sentence
