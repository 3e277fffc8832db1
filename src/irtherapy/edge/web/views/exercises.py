"""Every exercise on one page: how it is done, how it moves, what makes it easier, and when to stop."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.values import Region

BLOCKS = {"stretch": "Stretching", "core": "Core strength", "posture": "Posture"}
PLACES = {Region.NECK: "neck", Region.UPPER_BACK: "upper back", Region.LOWER_BACK: "lower back"}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show all exercises by block and place, drawn and in words."""
    every = data.exercises()
    groups = []
    for block, title in BLOCKS.items():
        for region, place in PLACES.items():
            found = [e for e in every if e.block == block and e.region is region]
            cards = [
                {"of": e, "start": pathway.figure(e.id, "start"), "moving": pathway.figure(e.id, "moving")}
                for e in found
            ]
            if cards:
                groups.append({"title": f"{title}: {place}", "id": f"{block}-{region.value}", "cards": cards})
    return render(request, "exercises/exercises.html", {"groups": groups, "count": len(every)})


urlpatterns = [path("exercises/", page, name="exercises")]
