"""`irtherapy devices faults`: the fault matrix on this machine, with pretended devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from irtherapy.edge.cli import show

DRIVER = typer.Option([], "--driver", help="Only this driver; may be repeated.")
FAULT = typer.Option([], "--fault", help="Only this fault; may be repeated.")
JOBS = typer.Option(16, "--jobs", min=1, max=32, help="How many sessions at the same time.")


def register(devices: typer.Typer) -> None:
    """Add the command to `irtherapy devices`."""

    @devices.command(
        epilog="Examples:  irtherapy devices faults   |   irtherapy devices faults --driver tasmota --fault network_cut"
    )
    def faults(
        driver: list[str] = DRIVER,
        fault: list[str] = FAULT,
        jobs: int = JOBS,
        hurried: bool = typer.Option(False, "--hurried", help="Hurry the runner's clock where a fault takes minutes."),
        markdown: bool = typer.Option(False, "--markdown", help="Print the table of the documentation."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Make every fault happen to every driver, and measure when the device itself is off.

        Real runners, a real mosquitto, pretended plugs, and a node with real ESPHome firmware, which is fetched and
        built into your cache the first time (it needs g++): nothing of yours is touched. About three minutes. Exit
        status 1 when a cell misses its bar.
        """
        from irtherapy.edge.faults import matrix

        wanted = len(matrix.chosen(driver, matrix.drivers(), "Driver")) * len(
            matrix.chosen(fault, [one.name for one in matrix.FAULTS], "Fault")
        )
        cells = []
        columns = (TextColumn("Faults"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=show.errors, transient=True) as bar:
            task = bar.add_task("", total=wanted)
            for cell in matrix.run(driver, fault, jobs, hurried=hurried):
                cells.append(cell)
                bar.advance(task)
        if as_json:
            typer.echo(matrix.as_json(cells))
        elif markdown:
            typer.echo(matrix.table(cells))
        else:
            show.rows([(f"{c['driver']}, {c['says']}", _told(c)) for c in matrix.in_order(cells)])
        if not all(cell["ok"] for cell in cells):
            raise typer.Exit(1)


def _told(cell: Mapping[str, Any]) -> str:
    if not cell["applies"]:
        return f"cannot happen: {cell['reason']}"
    if cell.get("told_s") is not None:
        return f"told after {cell['told_s']} s ({cell['end_reason']})"
    if cell.get("at_next_start") and cell["seconds_to_off"] is None:
        return f"nobody is left to ask; the next start tells it ({cell['end_reason']})"
    if cell["seconds_to_off"] is None:
        return f"[bold]MISSED[/bold]  {cell.get('reason') or cell['end_reason']}"
    missed = "" if cell["ok"] else "[bold]MISSED[/bold]  "
    did = "asked" if cell.get("asked") else "off"
    return f"{missed}{did} after {cell['seconds_to_off']} s of {cell['bar_s']} s ({cell['end_reason']})"
