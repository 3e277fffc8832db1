"""Cards, coverage and the planner in a real browser: axe is silent, nothing runs over the edge or leaves here."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from browsing import check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ("evidence/cards/", "evidence/cards/gale-2006/", "coverage/?payer=aetna&condition=neck_pain", "settle/")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_accessible_and_keep_to_the_screen(browser: Browser, site: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((site, "data:")) else wrong.append(r.url))
    for address in PAGES:
        assert page.goto(site + address).ok  # type: ignore[union-attr]
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()
    assert wrong == []


def test_a_mark_leads_to_its_card_by_keyboard(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(site)
    mark = page.get_by_role("link", name=re.compile("What this rests on: Heat helps some people"))
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/evidence/cards/heat-helps-some/")
    assert "Cochrane" in page.inner_text("main")
    page.close()


def test_self_trials_are_pasted_and_put_together(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    page.goto(site + "settle/")
    page.fill("#self_trials", "person,difference,standard_error\nAda,-1.1,0.6\nBo,-0.2,0.7\nCy,0.4,0.9")
    page.get_by_role("button", name="Put together").click()
    page.wait_for_selector("text=The answer is open.")
    check_accessible(page)
    page.close()
