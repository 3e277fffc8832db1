"""`irtherapy report`: the doctor's page of one record, or of a whole course."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError

if TYPE_CHECKING:
    from irtherapy.export.course_page import Digest

RECORD = typer.Argument(None, help="The record, or with --course the course; the newest when left out.")
COURSE = typer.Option(False, "--course", help="The page of a whole course instead of one session.")
PATIENT = typer.Option("", "--patient", help="With --course: the code of a patient; the person at home when left out.")
SECTIONS = typer.Option("", "--sections", help="With --course: what is on it, such as when,response,chart.")
READER = typer.Option("doctor", "--reader", help="With --course: doctor, therapist, insurer or yourself.")
OUT = typer.Option(None, "--out", help="Write a .pdf or an .html file; PDF into the data folder when left out.")
PDF = typer.Option(None, "--pdf", help="Write the page as PDF.")
HTML = typer.Option(None, "--html", help="Write the page as HTML.")
EXAMPLES = (
    "Examples:  irtherapy report --list   |   irtherapy report RECORD_ID --pdf page.pdf   |   "
    "irtherapy report --course --out course.pdf   |   "
    "irtherapy report --course --patient P-7 --reader insurer --out course.pdf"
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(epilog=EXAMPLES)
    def report(
        record_id: str = RECORD,
        course: bool = COURSE,
        patient: str = PATIENT,
        sections: str = SECTIONS,
        reader: str = READER,
        out: Path = OUT,
        pdf: Path = PDF,
        html: Path = HTML,
        listing: bool = typer.Option(False, "--list", help="List the records."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Write the doctor's page of a session or of a course, or list what is recorded."""
        from irtherapy.edge.cli import keep

        if listing:
            _list(keep.records(), as_json)
            return
        to_pdf, to_html = (pdf, html) if out is None else _by_suffix(out, pdf, html)
        if course:
            wanted = tuple(part.strip() for part in sections.split(",") if part.strip())
            written, figures = keep.write_course_report(patient, record_id, wanted, reader, to_pdf, to_html)
            told: dict[str, Any] = _told(figures)
        elif patient or sections or reader != "doctor":
            raise InputError("Course", "--patient, --sections and --reader go with --course.")
        else:
            visit = keep.find(record_id)
            written, told = keep.write_report(visit, to_pdf, to_html), {"record_id": str(visit.id)}
        if as_json:
            show.emit({**told, "report_path": str(written[0]), "files": [str(p) for p in written]})
        else:
            for path in written:
                show.console.print(f"Written: {path}", soft_wrap=True)


def _list(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        show.emit([{key: value for key, value in r.items() if key != "ended_text"} for r in found])
    elif found:
        show.rows((show.AsIs(r["id"]), f"{r['created']}  {r['ended_text'] or r['ended']}") for r in found)
    else:
        show.console.print("Nothing is recorded yet. irtherapy demo makes a first record.")


def _by_suffix(out: Path, pdf: Path | None, html: Path | None) -> tuple[Path | None, Path | None]:
    """Return --pdf and --html with --out put where its name says."""
    if out.suffix.lower() == ".pdf" and pdf is None:
        return out, html
    if out.suffix.lower() in (".html", ".htm") and html is None:
        return pdf, out
    raise InputError("File", f"--out must end in .pdf or .html; got {out.name!r}.")


def _told(d: Digest) -> dict[str, Any]:
    """Return the figures of the page for --json."""
    weeks = d.weeks_pain(d.region)
    return {
        "course_id": None if d.course is None else str(d.course["id"]),
        "sessions": len(d.sessions),
        "completed": d.completed,
        "planned": d.due,
        "missed": len(d.missed),
        "heat_min": round(d.heat_min, 2),
        "pain_first_week": None if weeks is None else round(weeks[0], 2),
        "pain_last_week": None if weeks is None else round(weeks[1], 2),
        "effects": len(d.chart.effects),
    }
