"""`irtherapy demo course`: four weeks of a simulated person at home and of a clinic's patient, in about a minute."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge import home
from irtherapy.edge.cli import show
from irtherapy.edge.cli.spoken import told
from irtherapy.values import InputError, in_range

if TYPE_CHECKING:
    from irtherapy.edge.cli.four_weeks.people import Simulated

MARK = "demo-course.json"
SEED = typer.Option(1, "--seed", help="Which simulated persons and days; the same seed gives the same files.")
FIRST = typer.Option(None, "--first-day", help="First day, YYYY-MM-DD; default: a Monday four weeks ago.")
OUT = typer.Option(None, "--out", help="A new data folder for it; default: beside your own data, never in it.")
SERVE = typer.Option(False, "--serve", help="Then open the pages of these persons in the browser.")
EXAMPLES = (
    "Examples:  irtherapy demo course --seed 1   |   irtherapy demo course --seed 2 --json   |   "
    "irtherapy demo course --first-day 2026-03-09 --out four-weeks --serve"
)


def register(app: typer.Typer) -> None:
    """Add the command under `irtherapy demo`."""

    @app.command(epilog=EXAMPLES)
    def course(
        seed: int = SEED,
        first_day: str = FIRST,
        out: Path = OUT,
        serve: bool = SERVE,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Let four weeks pass for two simulated persons: sessions, pain, rules of the course; then write what is left.

        Each session runs by the real runner on the simulated lamp. A day is missed, a cold comes, pain flares up once.
        Before it, the person at home compares with and without heat.
        It ends in the doctor's page as PDF, a FHIR bundle and a calendar for each, in a data folder of its own.
        """
        number = int(in_range("Seed", seed, 0, 2**31))
        begin = _first_day(first_day)
        folder = _folder(out or home.data_home() / "demo-course" / f"seed-{number}")
        (folder / MARK).write_text(json.dumps({"seed": number, "first_day": begin.isoformat()}), encoding="utf-8")
        os.environ["IRTHERAPY_HOME"] = str(folder)
        found = _live(folder, number, begin, as_json)
        if as_json:
            show.emit({"seed": number, "first_day": begin.isoformat(), "folder": str(folder), **found})
        else:
            _tell(folder, found)
        if serve:
            from irtherapy.edge.cli import serve as pages

            pages.start()


def _first_day(text: str | None) -> datetime.date:
    """Return the first day that was asked for; by default a Monday, so that four weeks are over today."""
    today = datetime.datetime.now(datetime.UTC).astimezone().date()
    latest = today - datetime.timedelta(days=28)
    if text is None:
        return latest - datetime.timedelta(days=latest.weekday())
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError("First day", f"First day must be a day as YYYY-MM-DD; got {text!r}.") from None
    if not datetime.date(2000, 1, 1) <= day <= latest:
        raise InputError("First day", f"First day must be from 2000-01-01 to {latest}, so that four weeks are over.")
    return day


def _folder(wanted: Path) -> Path:
    """Return an empty data folder: a new one, or one of an earlier demo. Raises InputError otherwise."""
    from django.conf import settings

    if settings.configured:
        raise InputError("Data folder", "The records of another data folder are open in this program already.")
    wanted = wanted.expanduser()
    if wanted.exists() and not (wanted / MARK).is_file() and (not wanted.is_dir() or any(wanted.iterdir())):
        raise InputError("Data folder", f"{wanted} holds something else. Choose a new folder with --out.")
    try:
        if wanted.exists():
            shutil.rmtree(wanted)
        wanted.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise InputError("Data folder", f"{wanted} cannot be made: {error.strerror}.") from None
    return wanted.resolve()


def _live(folder: Path, seed: int, first: datetime.date, quiet: bool) -> dict[str, Any]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from irtherapy.edge.cli import keep

    keep.ready()
    from irtherapy.edge.cli.four_weeks import compared, people, weeks
    from irtherapy.edge.cli.four_weeks.clock import Days

    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=show.errors, disable=quiet, transient=True)
    with bar, Days(seed) as days:
        task = bar.add_task("", total=compared.DAYS + 2 * weeks.DAYS)
        found = {}
        for who, name in ((people.HOME, "Somebody at home"), (people.CLINIC, "A clinic's patient")):
            bar.update(task, description=told(name))
            found[who.key] = _one(folder, who, first, days, lambda: bar.advance(task))
    return found


def _one(folder: Path, who: Simulated, first: datetime.date, days: Any, on_day: Callable[[], None]) -> dict[str, Any]:
    from irtherapy.edge.cli.four_weeks import compared, files, weeks
    from irtherapy.edge.records import clinic

    if not who.code:
        compared.live(who, first, days, on_day)
    home.switch_clinic(bool(who.code))  # of this data folder alone
    patient = clinic.add(who.code) if who.code else None
    course = weeks.Weeks(who, patient, first, days, on_day).run()
    return files.write(folder / "results" / who.key, patient, course)


def _tell(folder: Path, found: dict[str, Any]) -> None:
    for name, one in (("Somebody at home", found["home"]), ("A clinic's patient", found["clinic"])):
        minutes = sum(s["heat_min"] for s in one["sessions"] if s["of"] == "course")
        done = f"{one['completed']} of {one['planned']} sessions in full, {minutes:.0f} min of heat"
        rows = [("sessions", done), ("doctor's page", one["pdf"]), ("FHIR R4", one["fhir"]), ("calendar", one["ics"])]
        rows.append(("how it went", f"http://127.0.0.1:8000{one['outcome_page']}"))
        rows += [("with or without", sentence) for sentence in one["comparisons"]]
        show.rows(rows, title=name)
    show.console.print(f"The pages are there with:  IRTHERAPY_HOME={folder} irtherapy serve", soft_wrap=True)
