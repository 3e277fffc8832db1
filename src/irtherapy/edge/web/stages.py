"""Opening a stage of a visit: a page is shown only when everything before it stands, and nothing of yesterday does."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from irtherapy.edge import data
from irtherapy.edge.records import courses, visits
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web.steps import address_of, query_of

View = Callable[..., HttpResponse]


def changing_questions() -> frozenset[str]:
    """Return the ids of the questions asked before every session."""
    return frozenset(q.id for q in data.questionnaire().questions.values() if q.again)


def find(visit_id: uuid.UUID) -> Visit:
    """Return a visit that has not been removed."""
    visit: Visit = get_object_or_404(visits.visible(), id=visit_id)
    return visit


def stage(name: str) -> Callable[[View], View]:
    """Decorate a view of a visit: it gets the visit, or the person is led to the page that comes first.

    While the course is held that is the course; after a pause every question is asked anew, whatever was carried over.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, visit_id: uuid.UUID, **rest: Any) -> HttpResponse:
            visit = find(visit_id)
            return _detour(visit, name) or view(request, visit, **rest)

        return opened

    return decorate


def _detour(visit: Visit, name: str) -> HttpResponseRedirect | None:
    if not visit.is_open:
        return redirect(address_of(visit))
    of_course = courses.join(visit)  # before the day's renewal, which drops the answers that may hold it
    if of_course is not None and of_course.held is not None:
        return redirect(reverse("course") + query_of(visit.patient))
    visit.renew(changing_questions())
    if name != "where" and not (visit.device_kind and told_where(visit)):
        return redirect("where", visit.id)
    if name != "where" and of_course is not None and of_course.rescreen and visit.carried:
        visit.answers = {}
        visit.answer_all_again()
        return redirect("screening", visit.id)
    if name in ("verdict", "device", "plan") and visit.verdict is None:
        return redirect("screening", visit.id)
    if name in ("device", "plan") and not visit.may_heat:
        return redirect("verdict", visit.id)
    if name == "plan" and (visit.device is None or visit.placement is None):
        return redirect("device", visit.id)
    return None


def told_where(visit: Visit) -> bool:
    """Return True when at least one place is told, each with its pain of today."""
    return bool(visit.sites) and all(site.get("pain_0_10") is not None for site in visit.sites)
