"""How the terminal speaks: JSON on request, else short tables; bad input in one sentence."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from irtherapy.edge.cli.spoken import as_typed, told, told_line
from irtherapy.values import Decision, InputError, Plan, SessionRecord, Verdict, to_json


def card(card_id: str) -> str:
    """Return the mark of an evidence card as the terminal writes it; pages lead to the card instead.

    Raises KeyError on a card that does not exist.
    """
    from irtherapy.edge import cards

    return f"(card: {cards.all_cards()[card_id].id})"


def resting(sentence: str, card_id: str) -> str:
    """Return an English sentence with the mark of the card that it rests on. Raises KeyError, as ``card`` does."""
    return f"{sentence} {card(card_id)}"


class AsIs(str):
    """A text that nobody translates: a name somebody gave, a source, what a study or a policy says of itself."""


def carded(sentence: str) -> str:
    """Return a sentence in the language of the terminal, with the mark of the card that it rests on, if on one."""
    from irtherapy.edge import cards

    found = cards.card_of(sentence)
    said = sentence if isinstance(sentence, AsIs) else told_line(sentence)
    return f"{said} {told(card(found))}" if found else said


class Carded(Console):
    """A console that speaks the language of the terminal; a sentence about benefit or safety carries its card."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print, each text translated and with the mark of its card."""
        super().print(*(carded(one) if isinstance(one, str) else one for one in objects), **how)


console = Carded(highlight=False)
errors = Carded(stderr=True, highlight=False)

JSON_OPTION = typer.Option(False, "--json", help="Print one JSON object instead of text.")
DECISIONS = {"go": "Go", "ask_first": "Ask first", "not_now": "Not now"}


def emit(value: Any) -> None:
    """Print a value as one JSON object."""
    typer.echo(json.dumps(to_json(value), ensure_ascii=False, indent=2, allow_nan=False))


def refuse(error: InputError, as_json: bool) -> int:
    """Say what is wrong in one sentence (as JSON on request); return the exit status 2."""
    if as_json:
        emit({"error": {"field": error.field, "message": str(error)}})
    else:
        errors.print(AsIs(as_typed(str(error))), style="bold", markup=False, soft_wrap=True)
    return 2


def read_json(path: str, what: str, any_number: bool = False) -> Any:
    """Return the JSON of a file, or of standard input for ``-``. Raises InputError naming ``what``.

    ``any_number`` lets NaN and infinity pass, for a reader that refuses them by the name of their field.
    """
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError(what, f"{what}: the file {path} cannot be read as text.") from None
    try:
        return json.loads(text, parse_constant=float if any_number else _no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(what, f"{what}: {path} is not valid JSON ({error}).") from None


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not a JSON number")


def rows(pairs: Iterable[tuple[str, str]], title: str | None = None) -> None:
    """Print two columns without a frame."""
    table = Table(
        title=None if title is None else told_line(title),
        show_header=False,
        box=None,
        pad_edge=False,
        title_justify="left",
    )
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for left, right in pairs:
        table.add_row(left if isinstance(left, AsIs) else told_line(left), carded(right))
    console.print(table)


def ask(question: str, **how: Any) -> str:
    """Ask for a line in the language of the terminal, and return it."""
    return str(typer.prompt(told_line(question), **how))


def confirm(question: str, **how: Any) -> bool:
    """Ask for yes or no in the language of the terminal, and return whether it was yes."""
    return typer.confirm(told_line(question), **how)


def minutes(value: float) -> str:
    """Return minutes for reading: 'does not bind' for infinity."""
    return "does not bind" if value == float("inf") else f"{math.floor(value * 10.0 + 1e-9) / 10.0:g} min"


def verdict(value: Verdict) -> None:
    """Print a verdict with its reasons."""
    rests = value.decision is Decision.GO and not value.cleared
    next_step = resting(value.next_step, "screening") if rests else value.next_step
    console.print(f"[bold]{DECISIONS[value.decision.value]}[/bold]  {next_step}")
    care = resting("Take care", "heat-warnings")
    for heading, reasons in (("Because", value.reasons), ("Cleared", value.cleared), (care, value.precautions)):
        if reasons:
            rows(((AsIs(reason.id), f"{reason.text} {reason.action}") for reason in reasons), title=heading)


def plan(value: Plan) -> None:
    """Print a plan: minutes, what they do, and the whole chain of limits."""
    console.print(f"[bold]{value.minutes:g} minutes[/bold] of heat, because {value.limit.text}.")
    rows(
        [
            ("runner-up", f"{minutes(value.runner_up.minutes)}: {value.runner_up.text}"),
            ("light on the skin", f"{value.irradiance_w_m2:.0f} W/m² ({value.irradiance_w_m2 / 10:.1f} mW/cm²)"),
            (
                "skin, at most",
                resting(f"{value.skin_peak_c:.1f} °C for 97.5 % of people like you", "temperatures-predicted"),
            ),
            ("muscle", f"+{value.muscle_rise_c:.1f} °C for the median person"),
            ("CEM43", f"{value.cem43_min:.3f} min"),
        ]
    )
    rows(((minutes(step.minutes), step.text) for step in value.limit_chain), title=resting("Every limit", "limits"))
    for sentence in (*value.advice, *value.cautions):
        console.print(f"· {sentence}")


def record(value: SessionRecord) -> None:
    """Print a session record."""
    peak = "not measured" if value.skin_peak_c is None else f"{value.skin_peak_c:.1f} °C"
    rows(
        [
            ("ended", value.ended_text),
            ("heat", f"{value.heat_s / 60:.1f} min of {value.order.heat_s / 60:g} planned"),
            ("massage", f"{value.massage_s / 60:.1f} min"),
            ("stretching", f"{value.stretch_s / 60:.1f} min"),
            ("skin peak", peak),
        ],
        title="The session",
    )


def hidden(record_id: str, value: SessionRecord, as_json: bool) -> None:
    """Tell of a session whose heat was on or off as was drawn: nothing that could tell which."""
    if as_json:
        ended = {"ended": value.ended, "ended_text": value.ended_text}
        emit({"record_id": record_id, **ended, "comparison": "hidden"})
        return
    console.print(f"[bold]{value.ended_text}[/bold]")
    console.print("It is part of your comparison. What was measured is told when the comparison has ended.")
