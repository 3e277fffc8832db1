"""In which language and units a person reads: each kept in a cookie of this browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from irtherapy.edge import languages
from irtherapy.edge.web import measures

UNITS = (("metric", "Metric: °C, cm and kg"), ("us", "US: °F, in and lb"))


@require_GET
def preferences(request: HttpRequest) -> HttpResponse:
    """Show the languages that are translated, each by its own name, and the two ways to measure."""
    back = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()})
    context = {"offered": languages.offered(), "next": back if here and "/preferences/" not in back else "/"}
    context |= {"ways": UNITS, "way": measures.chosen(request)}
    return render(request, "preferences.html", context)


@require_POST
def set_units(request: HttpRequest) -> HttpResponse:
    """Keep the units of this browser, as long as its language, and go back to where the person was."""
    after = request.POST.get("next", "/")
    response = redirect(after if url_has_allowed_host_and_scheme(after, {request.get_host()}) else "/")
    if (way := request.POST.get("units")) in dict(UNITS):
        response.set_cookie(measures.COOKIE, way, max_age=settings.LANGUAGE_COOKIE_AGE, httponly=True, samesite="Lax")
    return response


urlpatterns = [
    path("preferences/", preferences, name="preferences"),
    path("preferences/language/", set_language, name="set_language"),
    path("preferences/units/", set_units, name="set-units"),
]
