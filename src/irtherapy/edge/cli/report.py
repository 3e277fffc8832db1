"""`irtherapy report`: the doctor's page of one record."""

from __future__ import annotations

from pathlib import Path

import typer

from irtherapy.edge.cli import show


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy report --list   |   irtherapy report RECORD_ID --pdf page.pdf",
    )
    def report(
        record_id: str = typer.Argument(None, help="The record; the newest when left out."),
        pdf: Path = typer.Option(None, "--pdf", help="Write the page as PDF."),
        html: Path = typer.Option(None, "--html", help="Write the page as HTML."),
        listing: bool = typer.Option(False, "--list", help="List the records."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Write the doctor's page of a session, or list what is recorded."""
        from irtherapy.edge.cli import keep

        if listing:
            found = keep.records()
            if as_json:
                show.emit(found)
            elif found:
                show.rows((r["id"], f"{r['created']}  {r['ended']}") for r in found)
            else:
                show.console.print("Nothing is recorded yet. irtherapy demo makes a first record.")
            return
        visit = keep.find(record_id)
        written = keep.write_report(visit, pdf=pdf, html=html)
        if as_json:
            show.emit({"record_id": str(visit.id), "report_path": str(written[0]), "files": [str(p) for p in written]})
        else:
            for path in written:
                show.console.print(f"Written: {path}")
