"""What is prescribed, told in the terminal: the programme, the minutes, and what a clinician set for a patient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from irtherapy.values import InputError, Prescription, Programme, Site

if TYPE_CHECKING:
    from irtherapy.edge.cli.walk import Asked
    from irtherapy.edge.records.models import Patient

PROGRAMME = typer.Option("", "--programme", help="An id of `irtherapy programmes list`; else the usual one.")
MINUTES = typer.Option(
    None, "--minutes", help="Minutes of heat, under every limit; with --patient as the clinician sets."
)
PATIENT = typer.Option("", "--patient", help="In a clinic: the code of the patient.")
FIRST = typer.Option(None, "--first-minutes", help="With --patient: minutes of heat in a first session.")
LEVEL = typer.Option(3, "--level", help="With --patient: how hard exercises may be at most, 1 to 3.")
SET_BY = typer.Option("", "--set-by", help="With --patient: who set the minutes.")


def named(programme: str) -> Programme | None:
    """Return the programme of this id, None for the usual one."""
    from irtherapy.edge import programmes

    return programmes.find(programme) if programme else None


def asked(
    sites: Sequence[Site],
    demo: bool,
    programme: str,
    minutes: float | None,
    patient: str,
    first_minutes: float | None,
    level: int,
    set_by: str,
) -> tuple[Patient | None, Asked]:
    """Return the patient, if any, and what was prescribed. Raises InputError on half a prescription."""
    from irtherapy.edge.cli import keep

    chosen = named(programme)
    if not patient:
        if first_minutes is not None or set_by:
            raise InputError("Patient", "--first-minutes and --set-by go with --patient: they are a clinician's.")
        return None, keep.asked(sites, demo, chosen, minutes)
    if minutes is None or first_minutes is None or not set_by:
        raise InputError("Patient", "--patient needs --minutes, --first-minutes and --set-by.")
    of = keep.patient_named(patient)
    prescription = Prescription(minutes, first_minutes, set_by, level)
    return of, keep.asked(sites, demo, chosen, None, prescription, of)
