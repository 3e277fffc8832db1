"""The units of this request: metric or US, by the person's choice, else by the language of the browser.

The page is made in metric units and told in US units at the last moment (``irtherapy.edge.us_units``). Here stand the
choice, the filters for what a rule over the text cannot know, and the charts, whose figures are converted before
they are drawn. Studies and the pages for a doctor stay as they were written, in metric units.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from asgiref.sync import iscoroutinefunction
from django import template
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from irtherapy import units
from irtherapy.edge import us_units
from irtherapy.export import svg

register = template.Library()
Handler = Callable[[HttpRequest], "HttpResponseBase | Awaitable[HttpResponseBase]"]

COOKIE = "irtherapy_units"
METRIC, US = "metric", "us"
FIELD_UNITS = {"_c": "°C", "_cm": "cm", "_kg": "kg"}  # what a field is in, by the end of its name
SI_PATHS = ("/evidence/", "/settle/", "/coverage/", "/course-report/", "/outcome/")
SI_PAGES = ("doctor", "doctor-pdf")

_chosen: ContextVar[str] = ContextVar("units", default=METRIC)


def chosen(request: HttpRequest) -> str:
    """Return the units of a request: those of the form it posts, those chosen, else US for American English."""
    if request.method == "POST" and (shown_in := request.POST.get("units", "")) in (METRIC, US):
        return shown_in
    kept = request.COOKIES.get(COOKIE, "")
    if kept in (METRIC, US):
        return kept
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0]
    return US if first.strip().lower() == "en-us" else METRIC


def is_us() -> bool:
    """Return whether this request is told in US units."""
    return _chosen.get() == US


@contextmanager
def told_in(which: str) -> Iterator[None]:
    """Tell all that is made inside in these units."""
    token = _chosen.set(which)
    try:
        yield
    finally:
        _chosen.reset(token)


@sync_and_async_middleware
def in_chosen_units(get_response: Handler) -> Handler:
    """Make the page with the person's units, and tell its texts in them."""
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            with told_in(chosen(request)):
                return finished(request, await get_response(request))

        return later

    def now(request: HttpRequest) -> HttpResponseBase:
        with told_in(chosen(request)):
            return finished(request, get_response(request))  # type: ignore[arg-type]

    return now


def finished(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return a page with its texts in the units of this request; files, streams and metric pages unchanged."""
    if not is_us() or not isinstance(response, HttpResponse):
        return response
    page = request.resolver_match.url_name if request.resolver_match else ""
    if request.path.startswith(SI_PATHS) or page in SI_PAGES:
        return response
    if response.headers.get("Content-Type", "").startswith("text/html"):
        response.content = us_units.told_markup(response.content.decode()).encode()
    return response


@register.filter
def rise(text: Any) -> str:
    """Mark a figure as a difference of temperatures: 1 °C more is 1.8 °F more."""
    return f"{text}{us_units.DIFFERENCE}" if is_us() else str(text)


@register.filter
def degrees(temp_c: Any) -> Any:
    """Return a temperature in the unit of this request, for a place whose °C stands apart from it."""
    try:
        return round(units.fahrenheit(float(temp_c)), 1) if is_us() else temp_c
    except (TypeError, ValueError):
        return temp_c  # a dash where there is none


@register.filter
def distance(cm: Any) -> Any:
    """Return a length in the unit of this request, for a place whose unit stands apart from it."""
    return us_units.entered(float(cm), "cm") if is_us() else cm


@register.filter
def unit(name: str) -> str:
    """Return the name of a unit in the units of this request."""
    return us_units.name(name) if is_us() else name


@register.filter
def warmer(text: str) -> str:
    """Mark the temperature in a told sentence as a difference."""
    if not is_us():
        return text
    return text.replace("\u00a0°C", f"{us_units.DIFFERENCE}\u00a0°C").replace(" °C", f"{us_units.DIFFERENCE} °C")


@register.simple_tag
def units_of_form(values: Mapping[str, Any]) -> SafeString:
    """Return the hidden fields that say in which units a form was shown, and the figures that it showed rounded."""
    kept = {name: value for name, value in values.items() if name.startswith("kept_")}
    fields = {"units": US, **kept} if is_us() else {"units": METRIC}
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields.items())


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of fields in SI as this request shows them, with those that were rounded as ``kept_``."""
    out = dict(values)
    if not is_us():
        return out
    for name, value in values.items():
        its = FIELD_UNITS.get(f"_{name.rpartition('_')[2]}")
        if its and value not in ("", None):
            out |= {name: us_units.entered(float(value), its), f"kept_{name}": value}
    return out


def slider(value: str, its: str) -> dict[str, Any]:
    """Return the figure of a slider in the units of this request, with what a script needs to follow it."""
    twin = us_units.UNITS.get(its) if is_us() else None
    if twin is None:
        return {"shown": value}
    plus, one = twin.out(0.0), twin.out(1.0)
    try:
        told = f"{twin.out(float(value)):.0f}"
    except (ValueError, OverflowError):
        told = value
    return {"shown": told, "factor": f"{one - plus:.6g}", "plus": f"{plus:g}"}


def words(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the sentences of a script, whose figures come later, with the units of this request."""
    return {name: us_units.told(text) if is_us() else text for name, text in texts.items()}


def line_chart(series: Sequence[svg.Series], x_label: str, y_label: str, title: str, desc: str, **more: Any) -> str:
    """Return ``svg.line_chart`` with its figures in the units of this request: °C upward, cm along."""
    if is_us() and y_label == "°C":
        series = [replace(s, y=[None if y is None else units.fahrenheit(y) for y in s.y]) for s in series]
        more["limits"] = [(units.fahrenheit(y), label) for y, label in more.get("limits", ())]
        if (band := more.get("band")) is not None:
            low, high = ([units.fahrenheit(y) for y in side] for side in (band.low, band.high))
            more["band"] = replace(band, low=low, high=high)
        if (ends := more.get("y_range")) is not None:
            more["y_range"] = (units.fahrenheit(ends[0]), units.fahrenheit(ends[1]))
    if is_us() and x_label == "cm from the device":
        x_label = "inches from the device"
        series = [replace(s, x=[units.inches(x / 100.0) for x in s.x]) for s in series]
        if (band := more.get("band")) is not None:
            more["band"] = replace(band, x=[units.inches(x / 100.0) for x in band.x])
    return svg.line_chart(series, x_label, y_label, title, desc, **more)
