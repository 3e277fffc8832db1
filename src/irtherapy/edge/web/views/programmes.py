"""The programmes: what a session holds, how often, where it comes from; one's own beside the shipped ones."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from irtherapy.edge import home, programmes
from irtherapy.edge.web import words
from irtherapy.values import Programme, Setting

NAMES = {
    "heat": "Heat",
    "massage": "Heat with massage",
    "stretch": "Stretching",
    "core": "Core strength",
    "posture": "Posture",
}
MARKS = {
    "seen": "read in the source",
    "secondary": "read second-hand",
    "derived": "put together by us",
    "unverified": "not verified",
}


def bar(programme: Programme) -> list[dict[str, str]]:
    """Return the blocks as a bar of time: where each is drawn, in percent of the whole, and its minutes."""
    share = 100.0 / programme.minutes
    return [
        {
            "kind": phase.kind.value,
            "x": f"{start * share + 0.3:.2f}%",
            "width": f"{(end - start) * share - 0.6:.2f}%",
            "middle": f"{(start + end) / 2 * share:.2f}%",
            "minutes": f"{phase.minutes:g}",
        }
        for start, end, phase in programme.spans()
    ]


def shown(programme: Programme, own: bool) -> dict[str, Any]:
    """Return what a page shows of a programme."""
    blocks = [
        {
            "name": NAMES[phase.kind.value],
            "kind": phase.kind.value,
            "minutes": f"{phase.minutes:g}",
            "from": f"{start:g}",
            "to": f"{end:g}",
            "say": phase.say,
            "levels": phase.levels if len(phase.levels) > 1 else (),
        }
        for start, end, phase in programme.spans()
    ]
    return {
        "of": programme,
        "mark": MARKS[programme.mark.value],
        "own": own,
        "minutes": f"{programme.minutes:g}",
        "heat_min": f"{programme.heat_min:g}",
        "bar": bar(programme),
        "blocks": blocks,
        "harder": any(block["levels"] for block in blocks),
        "kinds": [words.KINDS[kind][0] for kind in sorted(programme.kinds)],
    }


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show every programme, by setting; files of one's own that cannot be used are told with the line."""
    mine, wrong = programmes.own()
    every = [shown(one, one.id in mine) for one in programmes.known().values()]
    context = {
        "home": [one for one in every if one["of"].setting is not Setting.CLINIC],
        "clinic": [one for one in every if one["of"].setting is Setting.CLINIC],
        "wrong": wrong,
        "clinic_on": home.clinic_on(),
    }
    return render(request, "programmes/programmes.html", context)


urlpatterns = [path("programmes/", page, name="programmes")]
