"""The checks before START, as a person ticks them."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def tick_checks(page: Page) -> None:
    """Tick every check once the page of the session is there: a list of boxes does not wait for them."""
    expect(page.locator("#start")).to_be_visible()
    boxes = page.locator("input[data-check]").all()
    assert boxes, "no check was asked"
    for box in boxes:
        box.check()
    expect(page.locator("#start")).to_be_enabled()
