"""The pages of the evidence in a real browser, narrow and wide: axe is silent, nothing is cut off or fetched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browsing import check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_evidence(browser: Browser, site: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((site, "data:")) else wrong.append(r.url))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto(f"{site}evidence/")
    for name in ("Chronic low back pain", "Acute and subacute low back pain"):
        page.goto(f"{site}evidence/")
        _look(page, width, f"list-{scheme}")
        page.click(f"h2 a:text-is('{name}')")
        assert page.locator("h1").inner_text() == name
        page.locator("summary").first.click()
        _look(page, width, f"{name.split()[0].lower()}-{scheme}")
        drawing = page.locator("svg.forest").bounding_box()
        assert drawing is not None and drawing["x"] >= 0 and drawing["x"] + drawing["width"] <= width
        cut = page.evaluate(
            "() => { const box = document.querySelector('svg.forest').getBoundingClientRect();"
            "return [...document.querySelectorAll('svg.forest text')].filter(t => {"
            "const r = t.getBoundingClientRect();"
            "return r.left < box.left - 2 || r.right > box.right + 2 }).map(t => t.textContent) }"
        )
        assert cut == []
    context.close()
    assert wrong == []


def _look(page, width: int, name: str) -> None:  # type: ignore[no-untyped-def]
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    if folder := os.environ.get("IRTHERAPY_SHOTS"):
        page.screenshot(path=Path(folder) / f"evidence-{name}-{width}.png", full_page=True)
