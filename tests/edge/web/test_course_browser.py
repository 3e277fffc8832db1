"""The course in a real browser at three widths: axe is silent, nothing is cut off, and it is started and changed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browsing import check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIFE = Path(__file__).parent / "course_life.py"


@pytest.fixture(params=[360, 768, 1280])
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of one width that fails on a request to another host or a script error."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("request", lambda r: None if r.url.startswith((site, "data:")) else wrong.append(r.url))
    opened.on("pageerror", lambda e: wrong.append(str(e)))
    yield opened
    context.close()
    assert wrong == []


def look(page: Page) -> None:
    """Fail when axe finds something, the page is wider than its window, or a control is too small for a finger."""
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    low = (
        "[...document.querySelectorAll('button, summary, .choice')].filter(e => e.offsetHeight && e.offsetHeight < 44)"
    )
    assert page.evaluate(f"{low}.map(e => e.textContent)") == []


def press(page: Page, what: str) -> None:
    """Click and wait for the next page."""
    with page.expect_navigation():
        page.click(what)


def test_a_course_is_started_paused_and_gone_on_with(page: Page, site: str) -> None:
    page.goto(site + "course/")
    if page.locator("text=Which programme?").count():
        look(page)
        press(page, "text=Plan the course")
    page.click("summary:has-text('Pause')")
    look(page)
    press(page, "button:has-text('Pause the course')")
    assert page.locator("text=It waits for you").count() >= 1
    look(page)
    press(page, "button:has-text('Go on with the course')")
    page.click("summary:has-text('End the course')")
    press(page, "button:has-text('End the course')")
    assert page.locator("text=Please tick the box").is_visible()
    page.check("text=Yes, end it today.")
    press(page, "button:has-text('End the course')")
    look(page)
    press(page, "text=Plan another course")
    press(page, "button:has-text('Plan the course')")


def test_a_course_in_its_third_week(page: Page, site: str, site_home: Path) -> None:
    done = site_home / "lived"
    if not done.exists():
        end_all(site_home)
        subprocess.run([sys.executable, LIFE], env={**os.environ, "IRTHERAPY_HOME": str(site_home)}, check=True)
        done.touch()
    page.goto(site + "course/")
    for summary in page.locator("summary").all():
        summary.click()
    look(page)
    assert page.locator("svg.weeks[role=img]").is_visible()
    assert page.locator("text=of 60").count() == 1


def end_all(home: Path) -> None:
    """End whatever course the tests before have left."""
    code = (
        "from irtherapy.edge.web.server import prepare; prepare()\n"
        "from irtherapy.edge.records import courses\n"
        "one = courses.current()\n"
        "one and courses.end(one)"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "IRTHERAPY_HOME": str(home)}, check=True)
