"""`irtherapy export`, `irtherapy import` and `irtherapy forget`: what is kept, taken out, brought back, or deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from irtherapy.edge.cli import show
from irtherapy.values import InputError

FORMATS = ("json", "fhir", "csv", "parquet", "research")
OUT = typer.Argument(..., help="A file; for csv and parquet a folder.")
FORMAT = typer.Option("json", "--format", help=f"One of {', '.join(FORMATS)}.")
PATIENT = typer.Option("", "--patient", help="The code of one patient; everybody when left out.")
FORCE = typer.Option(False, "--force", help="Write over what is there.")
PARQUET_ROWS = 50_000


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""

    @app.command(
        epilog="Examples:  irtherapy export all.json   |   irtherapy export --format fhir course.json   |   "
        "irtherapy export --format csv tables   |   irtherapy export --format research days.csv"
    )
    def export(
        out: Path = OUT,
        format_: str = FORMAT,
        patient: str = PATIENT,
        force: bool = FORCE,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Write what is kept: all of it as JSON that comes back, FHIR R4, tables with a dictionary, or without names.

        json holds everything. fhir, csv and parquet hold the sessions and outcomes, not the try-outs. research has
        codes instead of ids and dates moved by the same number of days for each person.
        """
        from irtherapy.edge.cli import keep

        if format_ not in FORMATS:
            raise InputError("Format", f"--format must be one of {', '.join(FORMATS)}; got {format_!r}.")
        if out.exists() and not force and (out.is_file() or any(out.iterdir())):
            raise InputError("File", f"{out} is there already. Choose another name, or add --force.")
        keep.ready()
        written = WRITERS[format_](out, patient)
        if as_json:
            show.emit({"format": format_, "files": [str(path) for path in written]})
        else:
            for path in written:
                show.console.print(f"Written: {path}", soft_wrap=True)

    _register_back(app)


def _register_back(app: typer.Typer) -> None:
    @app.command("import", epilog="Example:  irtherapy import all.json")
    def import_(
        file: Path = typer.Argument(..., help="A file of irtherapy export."), as_json: bool = show.JSON_OPTION
    ) -> None:
        """Bring back what `irtherapy export` wrote as JSON: all of it, or nothing when anything is wrong."""
        from irtherapy.edge.cli import keep

        keep.ready()
        from irtherapy.edge.records import archive

        try:
            with file.open(encoding="utf-8") as lines:
                new, same = archive.read(_counted(lines, file.stat().st_size))
        except (OSError, UnicodeDecodeError):
            raise InputError("File", f"{file} cannot be read as text.") from None
        if as_json:
            show.emit({"new": new, "here_already": same})
        else:
            show.console.print(f"{new} records are kept; {same} were here already.")

    @app.command(epilog="Example:  irtherapy export all.json && irtherapy forget --yes")
    def forget(yes: bool = typer.Option(False, "--yes", help="Do not ask."), as_json: bool = show.JSON_OPTION) -> None:
        """Delete everything that is kept here, for good. `irtherapy export` first keeps a copy."""
        from irtherapy.edge.cli import keep

        keep.ready()
        from irtherapy.edge.records import archive, visits

        many = archive.count()
        if not yes and not show.confirm(f"Delete {many} records for good?"):
            raise typer.Exit(1)
        visits.delete_all()
        show.emit({"deleted": many}) if as_json else show.console.print(f"{many} records are deleted.")


def _progress(total: int | None, what: str) -> tuple[Progress, Any]:
    bar = Progress(
        TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=show.errors, transient=True
    )
    return bar, bar.add_task("", total=total)


def _counted(lines: Iterable[str], size: int) -> Iterator[str]:
    bar, task = _progress(size, "Reading")
    with bar:
        for line in lines:
            yield line
            bar.advance(task, len(line.encode()))


def _write(path: Path, pieces: Iterable[str], total: int | None = None, newline: str | None = "\n") -> Path:
    """Write a file whole or not at all, with a bar of how far it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    bar, task = _progress(total, path.name)
    try:
        with bar, part.open("w", encoding="utf-8", newline=newline) as file:
            for piece in pieces:
                file.write(piece)
                bar.advance(task)
        part.replace(path)
    except OSError as error:
        raise InputError("File", f"{path} could not be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    return path


def _charts(patient: str) -> Callable[[], Iterator[Any]]:
    from irtherapy.edge.records import charts

    one = charts.patient_of(patient) if patient else None
    return lambda: charts.charts(one, everybody=one is None)


def _everything(out: Path, patient: str) -> list[Path]:
    from irtherapy.edge.records import archive

    if patient:
        raise InputError("Patient", "json holds everybody; --patient goes with fhir, csv and parquet.")
    return [_write(out, archive.lines(), archive.count() + 2)]


def _fhir(out: Path, patient: str) -> list[Path]:
    from irtherapy import __version__
    from irtherapy.export import fhir

    return [_write(out, fhir.bundle_text(_charts(patient)(), __version__))]


def _csv(out: Path, patient: str) -> list[Path]:
    from irtherapy.export import tables

    charts = _charts(patient)
    written = [_write(out / f"{name}.csv", tables.csv_lines(charts(), name), newline="") for name in tables.TABLES]
    return [*written, _write(out / "dictionary.csv", [tables.dictionary()], newline="")]


def _parquet(out: Path, patient: str) -> list[Path]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError("Format", "Parquet needs an extra: pip install 'irtherapy[parquet]'.") from None
    from irtherapy.export import tables

    types = {"number": pyarrow.float64(), "whole": pyarrow.int64()}
    charts, written = _charts(patient), []
    out.mkdir(parents=True, exist_ok=True)
    for name, columns in tables.TABLES.items():
        fields = [
            pyarrow.field(c.name, types.get(c.kind, pyarrow.string()), metadata={"unit": c.unit, "meaning": c.meaning})
            for c in columns
        ]
        schema = pyarrow.schema(fields)
        path = out / f"{name}.parquet"
        with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as file:
            for some in _batches(tables.rows(charts(), name)):
                arrays = [
                    pyarrow.array(column, type=f.type)
                    for column, f in zip(zip(*some, strict=True), fields, strict=True)
                ]
                file.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
        written.append(path)
    return written


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    some: list[tuple[Any, ...]] = []
    for row in rows:
        some.append(row)
        if len(some) == PARQUET_ROWS:
            yield some
            some = []
    if some:
        yield some


def _research(out: Path, patient: str) -> list[Path]:
    from irtherapy.edge.records import research
    from irtherapy.evidence import registration

    if patient:
        raise InputError("Patient", "research holds everybody, in an order that tells nothing.")
    told = out.with_name(out.stem + "-dictionary.csv")
    text = registration.data_set(research.days(), research.key())
    return [_write(out, [text], newline=""), _write(told, [registration.dictionary()], newline="")]


WRITERS = {"json": _everything, "fhir": _fhir, "csv": _csv, "parquet": _parquet, "research": _research}
