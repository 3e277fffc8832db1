"""How it is going in a real browser: one tap, a form kept as one goes, the angle of a phone, charts beside tables."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

SHOTS = os.environ.get("IRTHERAPY_SHOTS")
TILT = (
    "([beta, gamma]) => window.dispatchEvent(new DeviceOrientationEvent('deviceorientation', {alpha: 77, beta, gamma}))"
)


def look(page: Page, name: str, accessible: Callable[[Page], None]) -> None:
    """Fail when axe finds something or a page is wider than its window, at three widths."""
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"outcome-{name}-{width}.png"), full_page=True)
    accessible(page)


@pytest.mark.browser
@pytest.mark.slow
def test_telling_how_it_is_going(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None]
) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(start_server().url)
    page.get_by_role("link", name="How it is going").first.click()
    expect(page.get_by_text("Nothing is told yet.")).to_be_visible()
    look(page, "empty", accessible)

    page.select_option("#region", "lower_back")
    page.get_by_role("button", name="Pain: 6 of 10").click()
    expect(page.get_by_text("Kept: lower back, 6 of 10.")).to_be_visible()
    page.get_by_role("button", name="Lower back: 4 of 10").click()
    expect(page.get_by_text("Too few days to tell: 1 day is told.")).to_be_visible()
    expect(page.locator("[data-chart='pain-lower_back'] canvas")).to_be_visible()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("link", name="6, change it")).to_be_visible()
    look(page, "told", accessible)

    page.get_by_role("link", name="Fill in Pain, enjoyment, general activity").click()
    page.locator("input[name=peg_1][value='7']").check(force=True)
    expect(page.locator("[data-saved]")).to_have_text("Kept as you go.")
    page.reload()
    expect(page.locator("input[name=peg_1][value='7']")).to_be_checked()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("PEG needs all of its answers: 1 of 3 are told").first).to_be_visible()
    look(page, "form", accessible)
    for item in ("peg_2", "peg_3"):
        page.locator(f"input[name={item}][value='5']").check(force=True)
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("last 5.7 on")).to_be_visible()

    page.get_by_text("Measure a movement").click()
    page.get_by_role("link", name="Bending forward, by phone").click()
    page.evaluate(TILT, [88, 3])
    page.get_by_role("button", name="Set zero").click()
    page.evaluate(TILT, [30, 3])
    expect(page.locator("#angle")).to_have_text("58°")
    page.get_by_role("button", name="Read").click()
    expect(page.locator("#reading")).to_have_value("58")
    look(page, "motion", accessible)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("last 58 ° on")).to_be_visible()
    page.get_by_role("link", name="Tell something bad").click()
    look(page, "effect", accessible)
    page.get_by_label("Headache").check()
    page.get_by_label("Severe").check()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Stop all sessions and speak to a doctor today.")).to_be_visible()
    assert wrong == []
