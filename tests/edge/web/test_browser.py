"""The pages before the session in a real browser, at three widths: axe is silent, nothing leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browsing import check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(params=[360, 768, 1280])
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of one width that fails on a request to another host or a script error."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("request", lambda r: None if r.url.startswith((site, "data:")) else wrong.append(r.url))
    opened.on("pageerror", lambda e: wrong.append(str(e)))
    opened.on("console", lambda m: wrong.append(m.text) if "Content Security Policy" in m.text else None)
    yield opened
    context.close()
    assert wrong == []


def look(page: Page) -> None:
    """Fail when axe finds something, or the page is wider than its window."""
    check_accessible(page)
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0, page.url


def press(page: Page, what: str) -> None:
    """Click and wait for the next page."""
    with page.expect_navigation():
        page.click(what)


def none_of_these(page: Page) -> None:
    """Look at the first question page, and answer every one with its one button."""
    look(page)
    while page.locator("button[name=rest]").count():
        press(page, "button[name=rest]")


def test_from_the_first_page_to_the_plan(page: Page, site: str) -> None:
    page.goto(site)
    look(page)
    press(page, "text=Try it with a simulated lamp")
    page.check("#side_lower_back-left", force=True)
    page.fill("#pain_lower_back", "6")
    page.fill("#age", "45")
    look(page)
    press(page, "main form button[type=submit]")
    none_of_these(page)
    look(page)
    press(page, "text=Go on to your device")
    look(page)
    page.fill("input[name=distance_cm]", "-3")
    press(page, "text=Work out my plan")
    page.wait_for_selector("[role=alert]")
    look(page)
    page.fill("input[name=distance_cm]", "50")
    press(page, "text=Work out my plan")
    page.wait_for_url("**/plan/")
    assert page.locator(".number-big").inner_text().startswith("10")
    for summary in page.locator("summary").all():
        summary.click()
    look(page)
    assert page.locator("text=Go to the session").count() == 1


def test_a_page_with_mistakes_and_one_that_asks_first(page: Page, site: str) -> None:
    page.goto(site)
    press(page, "text=Begin with my own device")
    press(page, "main form button[type=submit]")
    page.wait_for_selector("[role=alert]")
    look(page)
    page.check("#side_neck-both", force=True)
    page.fill("#pain_neck", "4")
    page.fill("#age", "70")
    page.check("input[name=kind][value=heating_pad]", force=True)
    press(page, "main form button[type=submit]")
    for number in range(20):
        if not page.locator("button[name=rest]").count():
            break
        if number == 3:
            page.locator("fieldset.question input[value=not_sure]").first.check(force=True)
        press(page, "button[name=rest]")
    assert page.locator("h1").inner_text() == "Ask first"
    look(page)


def test_the_first_page_works_with_the_keyboard_alone(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport={"width": 768, "height": 900})
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        page.keyboard.press("Tab")
        if "simulated" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/where/")
    page.focus("#side_lower_back-none")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("#side_lower_back-left")
    page.close()


def test_the_pages_hold_at_twice_the_text_size(browser: Browser, site: str, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 640, "height": 900})
    page.goto(site)
    press(page, "text=Try it with a simulated lamp")
    page.evaluate("document.documentElement.style.setProperty('font-size', '225%')")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.close()
