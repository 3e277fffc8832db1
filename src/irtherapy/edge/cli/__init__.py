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
LANGUAGE = "What you read and hear: en, de, es or zh; else IRTHERAPY_LANGUAGE, LC_ALL or LANG. JSON stays English."
UNITS = "What you read: metric or us (°F, inches); else IRTHERAPY_UNITS. Options, refusals and JSON stay metric."
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
        context: typer.Context,
        version: bool = typer.Option(False, "--version", help="Print the version."),
        language: str = typer.Option("", "--language", help=LANGUAGE),
        units: str = typer.Option("", "--units", help=UNITS),
    ) -> None:
        from irtherapy.edge.cli import spoken

        spoken.speak(language)
        spoken.measure(units, context.invoked_subcommand or "")
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


def shared_first(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the options that every command takes, wherever they stand, and the other words of a command line."""
    shared, rest = [], list(words)
    end = rest.index("--") if "--" in rest else len(rest)
    for name in ("--language", "--units"):
        for i, word in enumerate(rest[:end]):
            if word == name and i + 1 < end:
                shared += rest[i : i + 2]
                del rest[i : i + 2]
            elif word.startswith(f"{name}="):
                shared += [name, word.partition("=")[2]]
                del rest[i]
            else:
                continue
            end = rest.index("--") if "--" in rest else len(rest)
            break
    return shared, rest


def main() -> None:
    """Run the command line: with no command, start the browser application."""
    from irtherapy.edge.cli.show import refuse
    from irtherapy.values import InputError

    shared, rest = shared_first(sys.argv[1:])
    sys.argv[1:] = [*shared, *rest]
    first = next((word for word in rest if not word.startswith("-")), None)
    known = first in COMMANDS
    try:
        build((first,) if known and first else (COMMANDS if rest else ()))()
    except InputError as error:
        sys.exit(refuse(error, as_json="--json" in sys.argv))
