"""A comparison in a real browser, from its set-up over a hidden session to what came out; axe looks at each page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from checks_page import tick_checks
from playwright.sync_api import Page, expect
from test_whole_path import no_sideways, shoot, to_the_plan

HIDDEN = "This session is part of your comparison; the heat may be on or off"


@pytest.mark.browser
@pytest.mark.slow
def test_a_hidden_session_from_set_up_to_what_came_out(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None]
) -> None:
    def look(name: str) -> None:
        shoot(page, name)
        accessible(page)
        no_sideways(page)

    server = start_server()
    page.goto(f"{server.url}/trial/")
    look("compare-1-set-up")
    page.get_by_label("Lower back").check(force=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Draw the order and begin").click()
    expect(page.get_by_role("heading", name="A session is due")).to_be_visible()
    look("compare-2-runs")
    to_the_plan(page, server, lambda name: None)
    expect(page.get_by_text("The heat may be on or off, and you are not told.")).to_be_visible()
    look("compare-3-plan")
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    page.locator("#start").click()
    expect(page.locator("#heat-words")).to_have_text(HIDDEN)
    page.wait_for_timeout(1500)
    look("compare-4-session")
    assert page.locator(".heat-on").count() == 0 and page.locator("#chart").count() == 0
    shown = page.locator("main").inner_text()
    assert "°C" not in shown and not re.search(r"Heat is (on|off)", shown)
    page.locator("#stop").click()
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()
    page.get_by_label("As before").check()
    page.locator("input[name=pain_after][value='3']").check(force=True)
    page.get_by_role("button", name="Keep the record").click()
    expect(page.get_by_text("Heat time", exact=True)).to_be_visible()
    look("compare-5-record")
    page.get_by_role("link", name="See your comparison").click()
    page.get_by_role("button", name="End the comparison").click()
    expect(page.get_by_role("heading", name="The comparison is ended")).to_be_visible()
    page.get_by_role("button", name="No, go on with it").click()
    page.get_by_role("button", name="End the comparison").click()
    look("compare-6-ended")
    page.get_by_label("Without").first.check(force=True)
    page.get_by_role("button", name="Show me which was which").click()
    expect(page.get_by_text("Too few blocks to tell: 0 of 6 pairs")).to_be_visible()
    look("compare-7-result")
    page.get_by_role("button", name="Remove this comparison").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("Too few blocks to tell")).to_be_visible()
