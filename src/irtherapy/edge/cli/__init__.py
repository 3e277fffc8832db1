"""The `irtherapy` command: one file a command, imported when called, so that each starts fast."""

from __future__ import annotations

import importlib
import sys

import typer

COMMANDS = (
    "serve",
    "demo",
    "screen",
    "plan",
    "session",
    "course",
    "outcome",
    "report",
    "export",
    "devices",
    "programmes",
    "clinic",
    "announce",
    "dose",
    "population",
    "optics",
    "bioheat",
    "coverage",
    "compare",
    "trial",
    "evidence",
    "validate",
)
PANEL = "One step at a time: screen, plan, session, report. The whole path: demo, or serve for the browser."


def build(names: tuple[str, ...] = COMMANDS) -> typer.Typer:
    """Return the command-line program with the named commands registered."""
    app = typer.Typer(
        name="irtherapy",
        help="Infrared therapy for a sore neck or back: times, guides, records and explains. It does not treat.",
        epilog=PANEL,
        add_completion=False,
        no_args_is_help=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )

    @app.callback(invoke_without_command=True)
    def root(
        context: typer.Context, version: bool = typer.Option(False, "--version", help="Print the version.")
    ) -> None:
        if version:
            from irtherapy import __version__

            typer.echo(f"irtherapy {__version__}")
            raise typer.Exit
        if context.invoked_subcommand is None:
            from irtherapy.edge.cli import serve

            serve.start()

    for name in names:
        importlib.import_module(f"irtherapy.edge.cli.{name}").register(app)
    return app


def main() -> None:
    """Run the command line: with no command, start the browser application."""
    from irtherapy.edge.cli.show import refuse
    from irtherapy.values import InputError

    first = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    known = first in COMMANDS
    try:
        build((first,) if known and first else (() if len(sys.argv) == 1 else COMMANDS))()
    except InputError as error:
        sys.exit(refuse(error, as_json="--json" in sys.argv))
