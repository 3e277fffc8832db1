"""Which page a visit goes on with, and how far along it is."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from irtherapy.edge.records.models import Patient, Visit

STEPS = (
    ("where", "Where"),
    ("screening", "Right for me?"),
    ("device", "Device"),
    ("plan", "Plan"),
    ("session", "Session"),
    ("after", "After"),
)
_NAMES = {
    Visit.Step.WHERE: "where",
    Visit.Step.SCREENING: "screening",
    Visit.Step.VERDICT: "verdict",
    Visit.Step.DEVICE: "device",
    Visit.Step.PLAN: "plan",
    Visit.Step.SESSION: "session",
    Visit.Step.AFTER: "after",
    Visit.Step.DONE: "after",
}


def address_of(visit: Visit) -> str:
    """Return the address of the page that comes next for this visit."""
    try:
        return reverse(_NAMES[Visit.Step(visit.step)], args=[visit.id])
    except NoReverseMatch:
        return reverse("plan", args=[visit.id])


def query_of(patient: Patient | None) -> str:
    """Return the end of an address that keeps whose page it is: nothing for the person at home."""
    return "" if patient is None else f"?{urlencode({'patient': patient.code})}"


def trail(current: str) -> list[dict[str, str]]:
    """Return the stages with their state (done, now, later) for the line at the top of each page."""
    names = [name for name, _ in STEPS]
    here = names.index(current)
    states = ["done" if i < here else "now" if i == here else "later" for i in range(len(names))]
    return [{"name": n, "label": label, "state": s} for (n, label), s in zip(STEPS, states, strict=True)]
