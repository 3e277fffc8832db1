"""What every answer carries: a policy that lets the page load from this server alone, and the pass-phrase gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import sync_and_async_middleware

POLICY = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
    "img-src 'self' data:"
)
SESSION_KEY = "pass_phrase_given"
OPEN_PATHS = ("/pass-phrase/", "/static/", "/calendar/")  # a calendar program has no pass-phrase: its address is one

Handler = Callable[[HttpRequest], "HttpResponseBase | Awaitable[HttpResponseBase]"]


@sync_and_async_middleware
def content_security(get_response: Handler) -> Handler:
    """Add the content security policy; nothing inline, nothing from another host."""

    def mark(response: HttpResponseBase) -> HttpResponseBase:
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if "Cache-Control" not in response and isinstance(response, HttpResponse):
            response["Cache-Control"] = "no-store"
        return response

    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            return mark(await get_response(request))

        return later

    def now(request: HttpRequest) -> HttpResponseBase:
        return mark(get_response(request))  # type: ignore[arg-type]

    return now


def gate_open(request: HttpRequest) -> bool:
    """Return True when no pass-phrase is asked, or this browser gave it, or the page is the gate itself."""
    wanted = settings.PASS_PHRASE_HASH
    if not wanted or request.path.startswith(OPEN_PATHS):
        return True
    return bool(request.session.get(SESSION_KEY) == wanted[-16:])


@sync_and_async_middleware
def pass_phrase_gate(get_response: Handler) -> Handler:
    """Send a browser without the pass-phrase to the page that asks for it."""
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            if not gate_open(request):
                return redirect("pass-phrase")
            return await get_response(request)

        return later

    def now(request: HttpRequest) -> HttpResponseBase:
        if not gate_open(request):
            return redirect("pass-phrase")
        return get_response(request)  # type: ignore[return-value]

    return now
