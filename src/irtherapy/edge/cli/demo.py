"""`irtherapy demo`: a whole session on the simulated lamp, from the first question to the doctor's page.

`irtherapy demo course` (``demo_course``) is four weeks of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from irtherapy.edge.cli import arguments, show
from irtherapy.edge.cli.spoken import told
from irtherapy.values import SessionRecord, in_range

PHASES = {
    "checks": "Checks before START",
    "heating": "Heat",
    "paused": "Paused",
    "heat_ended": "Heat has ended",
    "stretching": "Stretching",
    "rating": "Afterwards",
    "ended": "Ended",
}


class Bar:
    """The progress bar of a session in the terminal: heat first, then stretching."""

    def __init__(self, order: Any, quiet: bool) -> None:
        self.total = order.heat_s + sum(item.duration_s for item in order.stretch)
        columns = (TextColumn("{task.description:<34}"), BarColumn(), TextColumn("{task.fields[detail]:<22}"))
        self.progress = Progress(*columns, TimeRemainingColumn(), console=show.errors, disable=quiet)
        self.task = self.progress.add_task(told("Checks before START"), total=self.total, detail="")

    def __call__(self, snapshot: dict[str, Any]) -> None:
        """Draw one snapshot of the session machine."""
        skin = snapshot.get("skin_c")
        details = [] if skin is None else [told(f"skin {skin:.1f} °C")]
        if snapshot.get("massage"):
            details.append(told("massage"))
        done = snapshot["heat_s"] + snapshot.get("stretch_s", 0.0)
        name = told(PHASES.get(snapshot["phase"], snapshot["phase"]))
        self.progress.update(self.task, completed=min(done, self.total), description=name, detail=", ".join(details))


def summary(walk: Any, record: SessionRecord, record_id: str, files: list[Path]) -> dict[str, Any]:
    """Return what `irtherapy demo --json` prints."""
    plan = walk.plan
    return {
        "verdict": walk.verdict,
        "plan": {
            "minutes": plan.minutes,
            "limit": plan.limit,
            "limit_chain": plan.limit_chain,
            "skin_peak_c": plan.skin_peak_c,
            "muscle_rise_c": plan.muscle_rise_c,
            "cem43_min": plan.cem43_min,
        },
        "session": {
            "ended": record.ended,
            "heat_s": record.heat_s,
            "massage_s": record.massage_s,
            "stretch_s": record.stretch_s,
            "skin_peak_c": record.skin_peak_c,
        },
        "record_id": record_id,
        "report_path": str(files[0]),
    }


def register(app: typer.Typer) -> None:
    """Add the command and its `course` to the program."""
    from irtherapy.edge.cli import demo_course

    demos = typer.Typer(invoke_without_command=True, rich_markup_mode="rich", epilog=EXAMPLES)
    demos.callback()(demo)
    demo_course.register(demos)
    app.add_typer(demos, name="demo")


EXAMPLES = (
    "Examples:  irtherapy demo   |   irtherapy demo --site neck --seed 7   |   irtherapy demo --json   |   "
    "irtherapy demo course --seed 1"
)


def demo(
    context: typer.Context,
    site: list[str] = arguments.SITE,
    device: str = arguments.DEVICE,
    distance_cm: float = arguments.DISTANCE,
    seed: int = arguments.SEED,
    speed: float = typer.Option(60.0, "--speed", help="How many times faster than the clock, 1 to 1000."),
    out: Path = typer.Option(None, "--out", help="Where to write the doctor's page; default: the data folder."),
    as_json: bool = show.JSON_OPTION,
) -> None:
    """Run a whole session on the simulated device and write the doctor's page; or four weeks: demo course."""
    if context.invoked_subcommand is not None:
        return
    from irtherapy.edge.cli import keep
    from irtherapy.edge.cli import walk as path

    speed = in_range("Speed", speed, 1, 1000, "times")
    walk = path.healthy(site, device, distance_cm, seed)
    if not as_json:
        show.verdict(walk.verdict)
        show.plan(walk.plan)
    bar = Bar(walk.order, quiet=as_json)
    with bar.progress:
        record = path.run_simulated(walk, speed, bar)
    visit = keep.save(walk, record)
    files = keep.write_report(visit, pdf=out)
    if as_json:
        show.emit(summary(walk, record, str(visit.id), files))
    else:
        show.record(record)
        for written in files:
            show.console.print(f"Doctor's page: {written}", soft_wrap=True)
