"""Pages read from right to left: nothing runs out of the screen, and no style names a left or a right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import irtherapy
from browsing import browser, check_accessible, site, site_home

__all__ = ["browser", "site", "site_home"]
STYLES = Path(irtherapy.__file__).parent / "edge" / "web" / "static" / "irtherapy"
SIDED = re.compile(
    r"\b(?:margin|padding|border)-(?:left|right)\b|(?:text-align|float): *(?:left|right)|(?<=[ ;{])(?:left|right):"
)
TURN = "document.documentElement.dir = 'rtl'"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda p: p.name)
def test_a_style_has_no_left_and_no_right(path: Path) -> None:
    assert SIDED.findall(path.read_text(encoding="utf-8")) == []


def turned(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate(TURN)
    assert not page.evaluate(WIDER), f"{address} runs out of the screen"
    check_accessible(page)


@pytest.mark.browser
def test_pages_turn_round_without_running_over(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 780})
    page.set_default_timeout(15_000)
    for name in (
        "",
        "preferences/",
        "exercises/",
        "devices/",
        "programmes/",
        "evidence/",
        "coverage/",
        "settle/",
        "explore/",
    ):
        turned(page, site + name)
    page.goto(site)
    page.click("text=Try it with a simulated lamp")
    turned(page, page.url)
    brand = page.locator(".brand").bounding_box()
    assert brand is not None and brand["x"] > 180, "the name of the program stands on the right"
    page.close()
