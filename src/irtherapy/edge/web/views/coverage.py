"""Who pays: what each payer says about infrared and heat, as of when, and what to ask."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from irtherapy.edge import data
from irtherapy.evidence import coverage as room
from irtherapy.values import InputError

FIRST = {"payer": "medicare", "condition": "chronic_low_back_pain", "setting": "home"}
NAMES = {
    "chronic_low_back_pain": "Low back pain, more than 12 weeks",
    "acute_low_back_pain": "Low back pain, less than 12 weeks",
    "neck_pain": "Neck pain",
    "neuropathy": "Neuropathy",
    "arthritis": "Arthritis",
    "wounds": "Wounds and ulcers",
    "oral_mucositis": "Sore mouth in cancer care",
}
DEVICE_NAMES = {
    "infrared": "Infrared lamp, panel or pad",
    "heat_lamp": "Heat lamp",
    "heating_pad": "Electric heating pad",
    "laser": "Low-level or high-power laser",
}
MARKS = {"seen": "read in the source", "secondary": "read second-hand", "unverified": "not verified"}
SETTING_NAMES = {"home": "At home", "clinic": "In a clinic"}


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """Show the answers of one payer for one condition and setting."""
    told = {name: str(request.GET.get(name, first)) for name, first in FIRST.items()}
    policies = room.load(data.read(room.COVERAGE))
    context: dict[str, Any] = {
        "told": told,
        "payers": room.payers(policies).items(),
        "conditions": NAMES.items(),
        "settings": SETTING_NAMES.items(),
    }
    status = 200
    try:
        context |= _answers(policies, told)
    except InputError as error:
        context["problem"] = str(error)
        status = 400
    return render(request, "coverage/coverage.html", context, status=status)


def _answers(policies: tuple[room.Policy, ...], told: dict[str, str]) -> dict[str, Any]:
    year = timezone.localdate().year
    found = room.answers(policies, told["payer"], told["condition"], told["setting"])
    return {
        "answers": [
            {"answer": a, "decision": room.TELLS[a.decision], "device": DEVICE_NAMES[a.device],
             "rows": [_row(p, year) for p in a.policies]}
            for a in found
        ],
        "ask": room.questions(found[0], **told),
        "route": [_row(p, year) for p in room.outcome_route(policies, told["condition"])],
    }  # fmt: skip


def _row(policy: room.Policy, year: int) -> dict[str, Any]:
    return {
        "policy": policy,
        "decision": room.TELLS[policy.decision],
        "dates": room.dates(policy, year),
        "codes": ", ".join((*policy.hcpcs, *policy.cpt)),
        "mark": MARKS[policy.mark.value],
    }


urlpatterns = [path("coverage/", coverage, name="coverage")]
