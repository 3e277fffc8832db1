"""`irtherapy clinic`: the patients of a clinic by code; off until it is switched on."""

from __future__ import annotations

import typer

from irtherapy.edge.cli import show

CODE = typer.Argument(..., help="The patient's code: a number of your clinic; a name is not needed.")
SURE = typer.Option(False, "--yes", help="Delete without asking.")
NAME = "irtherapy clinic"


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    clinic = typer.Typer(no_args_is_help=True, help="Patients of a clinic: on, off, list, add, remove.")
    app.add_typer(clinic, name="clinic")
    _register_switch(clinic)
    _register_patients(clinic)


def _register_switch(clinic: typer.Typer) -> None:
    @clinic.command(epilog=f"Example:  {NAME} on")
    def on() -> None:
        """Switch the clinic's pages and --patient on. A clinician leads every session of a patient."""
        from irtherapy.edge import home

        home.switch_clinic(True)
        show.console.print("The clinic is on: irtherapy clinic add CODE, or /clinic/ in the browser.")

    @clinic.command(epilog=f"Example:  {NAME} off")
    def off() -> None:
        """Switch them off. What is kept of the patients stays."""
        from irtherapy.edge import home

        home.switch_clinic(False)
        show.console.print("The clinic is off. What is kept of its patients stays.")


def _register_patients(clinic: typer.Typer) -> None:
    @clinic.command("list", epilog=f"Example:  {NAME} list --json")
    def list_(as_json: bool = show.JSON_OPTION) -> None:
        """List the patients, with their sessions."""
        from irtherapy.edge.cli import keep

        keep.ready()
        from irtherapy.edge.records import clinic as kept

        found = [
            {
                "code": p["code"],
                "sessions": p["sessions"],
                "last_at": p["last_at"] and p["last_at"].isoformat(timespec="minutes"),
            }
            for p in kept.with_sessions(kept.patients())
        ]
        if as_json:
            show.emit({"patients": found})
        elif not found:
            show.console.print("No patient is kept yet: irtherapy clinic add CODE")
        else:
            show.rows((p["code"], f"{p['sessions']} sessions, last {p['last_at'] or 'never'}") for p in found)

    @clinic.command(epilog=f"Example:  {NAME} add 2041")
    def add(code: str = CODE) -> None:
        """Add a patient."""
        from irtherapy.edge.cli import keep

        keep.ready()
        from irtherapy.edge.records import clinic as kept

        patient = kept.add(code)
        show.console.print(f"{patient.code} is kept. A session: irtherapy session --patient {patient.code} --help")

    @clinic.command(epilog=f"Example:  {NAME} remove 2041 --yes")
    def remove(code: str = CODE, yes: bool = SURE) -> None:
        """Delete a patient with every visit and course of theirs."""
        from irtherapy.edge.cli import keep

        patient = keep.patient_named(code)
        from irtherapy.edge.records import clinic as kept

        if not yes:
            show.confirm(f"Delete {patient.code} with all visits? It cannot be brought back.", abort=True)
        count = kept.remove(patient)
        show.console.print(f"{code} is deleted, with {count} visits.")
