"""`irtherapy population`: how many of a whole population would pass a limit under a device."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import typer

from irtherapy.edge.cli import arguments, show
from irtherapy.values import Setting, in_range, to_json

WORDS = {"skin_target": "target", "skin_cutoff": "cut-off", "cem43": "CEM43", "pain": "pain", "burn": "burn"}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy population --persons 20000 --device r125_150w --distance-cm 60 --minutes 20   |   "
        "irtherapy population --persons 1000000 --resume run.jsonl --json",
    )
    def population(
        persons: int = typer.Option(100_000, "--persons", help="How many virtual persons, in batches of 1000."),
        site: list[str] = arguments.SITE,
        device: str = arguments.DEVICE,
        distance_cm: float = arguments.DISTANCE,
        minutes: float = typer.Option(20.0, "--minutes", help="Minutes of heat for everybody."),
        older_share: float = typer.Option(0.25, "--older-share", help="Share of people of 65 years and more."),
        age: float = typer.Option(None, "--age", help="One age for everybody, instead of the share."),
        fat_mm: float = arguments.FAT,
        skin_tone: str = arguments.TONE,
        room_c: float = arguments.ROOM,
        setting: str = typer.Option("home", "--setting", help="home, home_at_risk or clinic: whose ceilings count."),
        wavelengths: int = typer.Option(40, "--wavelengths", help="Most wavelengths that the light is worked out at."),
        seed: int = arguments.SEED,
        workers: int = typer.Option(None, "--workers", help="Processes; one for each core when left out."),
        cluster: str = typer.Option(None, "--cluster", help="A Dask scheduler instead, such as tcp://host:8786."),
        resume: Path = typer.Option(None, "--resume", help="Keep finished batches here, and go on from them."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Count who would pass a limit, by fat, skin tone and age. It computes; nothing is heated."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        from irtherapy import pathway
        from irtherapy.dose.cohort import Question, summary
        from irtherapy.edge import cohort

        chosen = arguments.device(device)
        question = Question(
            pathway.main_site(arguments.sites(site, 5.0)),
            chosen,
            arguments.placement(chosen, distance_cm, room_c),
            minutes,
            arguments.choice("Setting", setting, Setting),
            int(in_range("Persons", persons, 1, 1_000_000_000)),
            older_share,
            arguments.person(age, fat_mm, skin_tone),
            int(wavelengths),
            seed,
        )
        started = time.monotonic()
        bar = Progress(
            TextColumn("{task.completed:g} of {task.total:g} batches"), BarColumn(), TimeRemainingColumn(),
            console=show.errors, disable=as_json,
        )  # fmt: skip
        task = bar.add_task("", total=question.batches)
        with bar:
            counts = cohort.run(question, workers, cluster, resume, lambda done: bar.update(task, completed=done))
        result = {**summary(question, counts), "device_id": chosen.id, "seconds": round(time.monotonic() - started, 1)}
        if as_json:
            show.emit({**result, "question": to_json(question)})
        else:
            _say(result)


def _say(result: dict[str, Any]) -> None:
    peak = result["skin_peak_c"]
    show.console.print(f"[bold]{result['persons']} people[/bold], {result['minutes']:g} minutes each.")
    low, middle, high = (f"{peak[p]:.1f}" for p in ("p2.5", "p50", "p97.5"))
    show.console.print(f"Skin peak: {middle} \u00b0C in the middle, {low} to {high} \u00b0C for 95 %.")
    table = [("", *WORDS.values())]
    for name, group in result["groups"].items():
        table.append((name, *(_share(group[limit]["share"]) for limit in WORDS)))
    width = max(len(row[0]) for row in table)
    show.rows((row[0].ljust(width), "".join(f"{cell:>12}" for cell in row[1:])) for row in table)
    show.console.print(f"Took {result['seconds']:g} s. 95 % intervals: --json.", style="dim")


def _share(share: float | None) -> str:
    if share is None:
        return "no one"
    return f"{share:.3%}" if share > 0.0 else "none"
