"""In which language a person reads: kept in a cookie of this browser, by Django's own view."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET
from django.views.i18n import set_language

from irtherapy.edge import languages


@require_GET
def preferences(request: HttpRequest) -> HttpResponse:
    """Show the languages that are translated, each by its own name."""
    back = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()})
    context = {"offered": languages.offered(), "next": back if here and "/preferences/" not in back else "/"}
    return render(request, "preferences.html", context)


urlpatterns = [
    path("preferences/", preferences, name="preferences"),
    path("preferences/language/", set_language, name="set_language"),
]
