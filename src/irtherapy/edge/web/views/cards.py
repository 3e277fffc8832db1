"""The evidence cards: what stands behind each sentence about benefit or safety."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from irtherapy.edge import cards
from irtherapy.evidence import cards as room

MARKS = {"seen": "read in the source", "secondary": "read second-hand", "derived": "put together by us"}


@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """List all cards."""
    shown = sorted(cards.all_cards().values(), key=lambda c: c.claim)
    return render(request, "cards/cards.html", {"cards": [(c, room.CERTAINTY_TELLS[c.certainty]) for c in shown]})


@require_GET
def card(request: HttpRequest, card_id: str) -> HttpResponse:
    """Show one card with its studies, those for and those without a difference together."""
    found = cards.all_cards().get(card_id)
    if found is None:
        raise Http404(card_id)
    return render(request, "cards/card.html", _page(found))


def _page(found: room.Card) -> dict[str, Any]:
    return {
        "card": found,
        "certainty": room.CERTAINTY_TELLS[found.certainty],
        "mark": MARKS[found.mark],
        "studies": [(s, room.DIRECTIONS[s.direction], MARKS[s.mark]) for s in found.studies],
        "overdue": bool(room.overdue([found], timezone.localdate())),
    }


urlpatterns = [
    path("evidence/cards/", every, name="cards"),
    path("evidence/cards/<slug:card_id>/", card, name="card"),
]
