"""Every address that needs no argument, in a real browser: axe is silent, nothing is wider than the window."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, get_resolver
from playwright.sync_api import Browser

from browsing import check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def addresses() -> list[str]:
    """Return the addresses of all pages without an argument, as the resolver knows them."""
    found: list[str] = []
    for part in get_resolver().url_patterns:
        for one in getattr(part, "url_patterns", [part]):
            assert isinstance(one, URLPattern)
            route = str(one.pattern)
            if "<" not in route and "(" not in route:
                found.append(route)
    return found


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_is_silent_on_every_page(browser: Browser, site: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    looked = []
    for address in addresses():
        answer = context.request.get(site + address)
        if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue  # a file, or an address that only takes forms
        page.goto(site + address)
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        looked.append(address)
    assert len(looked) >= 18, looked
    context.close()
