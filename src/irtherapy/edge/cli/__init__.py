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
    ) -> None:
        from irtherapy.edge.cli import spoken

        spoken.speak(language)
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


def language_first(words: list[str]) -> list[str]:
    """Return the words of a command line with ``--language`` in front, where every command takes it."""
    for i, word in enumerate(words):
        if word == "--":
            break
        if word == "--language" and i + 1 < len(words):
            return ["--language", words[i + 1], *words[:i], *words[i + 2 :]]
        if word.startswith("--language="):
            return ["--language", word.partition("=")[2], *words[:i], *words[i + 1 :]]
    return words


def main() -> None:
    """Run the command line: with no command, start the browser application."""
    from irtherapy.edge.cli.show import refuse
    from irtherapy.values import InputError

    sys.argv[1:] = language_first(sys.argv[1:])
    rest = sys.argv[3:] if sys.argv[1:2] == ["--language"] else sys.argv[1:]
    first = next((word for word in rest if not word.startswith("-")), None)
    known = first in COMMANDS
    try:
        build((first,) if known and first else (COMMANDS if rest else ()))()
    except InputError as error:
        sys.exit(refuse(error, as_json="--json" in sys.argv))
