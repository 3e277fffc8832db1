"""`irtherapy coverage`: what a payer says, as of when, and what to ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import typer

from irtherapy.edge import data
from irtherapy.edge.cli import show
from irtherapy.edge.cli.spoken import told
from irtherapy.evidence import coverage as room

CARDS = ("coverage", "outcome-pay", "home-safety")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy coverage --payer aetna --condition neck_pain --setting home   |   "
        "irtherapy coverage --payer list   |   irtherapy coverage --payer medicare --condition neck_pain --json",
    )
    def coverage(
        payer: str = typer.Option(..., "--payer", help="A payer id; 'list' shows them."),
        condition: str = typer.Option("chronic_low_back_pain", "--condition", help=", ".join(room.CONDITIONS)),
        setting: str = typer.Option("home", "--setting", help="home or clinic."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Look up what a payer said about infrared and heat, as of when, and what to ask them."""
        policies = room.load(data.read(room.COVERAGE))
        if payer == "list":
            _list(room.payers(policies), as_json)
            return
        found = room.answers(policies, payer, condition, setting)
        route = room.outcome_route(policies, condition)
        year = datetime.now(UTC).astimezone().year
        asked = {"payer": payer, "condition": condition, "setting": setting}
        if as_json:
            old = sorted({p.id for a in found for p in a.policies if room.is_old(p, year)})
            answers = [{**show.to_json(a), "ask": room.questions(a, **asked)} for a in found]
            show.emit({"asked": asked, "answers": answers, "old": old, "outcome_route": route, "cards": CARDS})
        else:
            _say(found, route, asked, year)


def _list(known: dict[str, str], as_json: bool) -> None:
    if as_json:
        show.emit(known)
    else:
        show.rows((show.AsIs(key), name) for key, name in known.items())


def _say(found: tuple[room.Answer, ...], route: tuple[room.Policy, ...], asked: dict[str, Any], year: int) -> None:
    for answer in found:
        show.console.print(f"[bold]{room.TELLS[answer.decision]}[/bold]  {answer.sentence}", markup=True)
        for policy in answer.policies:
            show.rows(_about(policy, year))
    show.console.print("\n[bold]Ask[/bold]")
    for question in room.questions(found[0], **asked):
        show.console.print(f"· {question}", markup=False)
    if route:
        show.console.print("\n[bold]What pays for outcome instead[/bold]")
        for policy in route:
            show.rows(_about(policy, year))
    show.console.print(f"What this rests on: cards {', '.join(CARDS)}.", style="dim")


def _about(policy: room.Policy, year: int) -> list[tuple[str, str]]:
    dated = room.dates(policy, year)
    number = policy.policy or told("no number read")
    about = [
        (f"{policy.id}  policy", show.AsIs(f"{number}, {policy.title}: {told(room.TELLS[policy.decision])}")),
        ("dates", dated),
        ("for", show.AsIs(policy.indication)),
        ("under", show.AsIs(policy.criteria)),
        ("needed", policy.needed),
        ("gap named", show.AsIs(policy.gap)),
        ("codes", ", ".join((*policy.hcpcs, *policy.cpt))),
        ("was read", show.AsIs(policy.read)),
        ("not read", show.AsIs(policy.not_read)),
        ("source", show.AsIs(policy.source)),
    ]
    return [("  " + left, right) for left, right in about if right]
