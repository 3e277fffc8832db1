"""`irtherapy validate`: the dose engine's numbers beside tables, closed forms and measured people."""

from __future__ import annotations

from pathlib import Path

import typer

from irtherapy.edge.cli import arguments, show
from irtherapy.values import InputError, to_json


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy validate --out report.html   |   irtherapy validate --json",
    )
    def validate(
        out: Path = typer.Option(Path("validation.html"), "--out", help="Where the HTML report is written."),
        markdown: bool = typer.Option(False, "--markdown", help="Print the tables as markdown instead."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Run every comparison (a few seconds) and write the report. Good or bad, it is in it."""
        from irtherapy import __version__
        from irtherapy.edge import validation
        from irtherapy.edge.validation import report

        quiet = as_json or markdown
        studies = []
        with show.errors.status("", spinner="line") as status:
            for study in validation.run(lambda name: status.update("" if quiet else f"Comparing: {name}")):
                studies.append(study)
        if markdown:
            typer.echo(report.markdown(studies), nl=False)
            return
        try:
            out.write_text(report.html(studies, __version__, arguments.today()), encoding="utf-8")
        except OSError as error:
            raise InputError("Out", f"{out} cannot be written: {error.strerror}.") from None
        if as_json:
            told = [{**to_json(study), "charts": len(study.charts)} for study in studies]
            show.emit({"report_path": str(out.resolve()), "tally": report.tally(studies), "studies": told})
            return
        for study in studies:
            bad = [row for row in study.rows if row.judged == "differs"]
            show.console.print(f"{study.title}: {len(study.rows) - len(bad)} of {len(study.rows)}")
            show.rows((row.case, f"{row.what}: {row.ours}, expected {row.within}") for row in bad)
        show.console.print(f"{report.sentence(studies)} Report: {out}")
