"""A session in US units in a browser that asks for American English: what is read on the way, and while heat is on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import check_accessible

SHOTS = os.environ.get("IRTHERAPY_SHOTS")
METRIC = re.compile(r"°C|\bcm\b(?!²| \(6 inches\))|\bkg\b")


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page of an American browser that fails on a script error."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="en-US")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda e: wrong.append(str(e)))
    yield opened
    context.close()
    assert wrong == []


def look(page: Page, name: str) -> str:
    """Return what is read on the page; nothing metric on it, nothing that axe minds, no sideways scroll."""
    if page.locator("details").count():
        page.evaluate("document.querySelectorAll('main details').forEach((d) => (d.open = true))")
    text: str = page.locator("main").inner_text()
    assert METRIC.search(text) is None, f"metric on {name}: {METRIC.findall(text)}"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    check_accessible(page)
    for width in (360, 1280) if SHOTS else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(Path(str(SHOTS)) / f"us-{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 360, "height": 780})
    return text


def test_a_session_in_fahrenheit_and_inches(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("button", name="Try it with a simulated lamp").click()
    page.locator("#side_lower_back-both").check(force=True)
    page.locator("#pain_lower_back").fill("6")
    page.get_by_label("Your age in years").fill("45")
    page.get_by_role("button", name="Go on to the questions").click()
    while not page.get_by_role("heading", name="You can go on").is_visible():
        with page.expect_navigation():
            page.get_by_role("button", name="None of these").click()
    page.get_by_role("link", name="Go on").or_(page.get_by_role("button", name="Go on")).first.click()
    look(page, "device")
    page.locator("input[name=distance_cm]").fill("300")
    page.get_by_role("button", name="Work out my plan").click()
    assert "from 2 to 78.7 in" in look(page, "device-sent-back")
    page.locator("input[name=distance_cm]").fill("24")
    page.locator("input[name=room_c]").fill("72")
    page.get_by_role("button", name="Work out my plan").click()
    assert "at 24 in from the skin" in look(page, "plan").replace("\u00a0", " ")
    page.locator("input[name=speed]").nth(1).check(force=True)
    page.get_by_role("button", name="Go to the session").click()
    for box in page.locator("[data-check]").all():
        box.check()
    page.locator("#start").click()
    expect(page.locator("#say")).to_contain_text("°F", timeout=15_000)
    said = page.locator("#say").inner_text()
    figure = re.search(r"([\d.]+)\s°F", said)
    assert figure and 85.0 < float(figure[1]) < 109.0, said
    look(page, "session")
    planned = [float(t) for t in page.locator("#rows td:nth-child(2)").all_inner_texts() if t != "–"]
    measured = [float(t) for t in page.locator("#rows td:nth-child(3)").all_inner_texts() if t != "–"]
    assert planned and measured and all(85.0 < t < 109.0 for t in planned + measured)
    page.locator("#stop").click()
    page.wait_for_url("**/after/")
    look(page, "after")
    page.locator("input[name=skin_check]").first.check(force=True)
    page.locator("input[name=pain_after]").nth(3).check(force=True)
    page.get_by_role("button", name="Keep the record").click()
    page.wait_for_url("**/record/")
    text = look(page, "record")
    peak = re.search(r"Skin, at most\s+([\d.]+)\s+°F", text)
    assert peak and 85.0 < float(peak[1]) < 109.0
    assert "Planned °F" in text
    for path in ("explore/", "course/", "devices/"):
        page.goto(site + path)
        look(page, path.strip("/"))
    page.goto(site + "preferences/")
    check_accessible(page)
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "us-preferences-360.png"), full_page=True)
    page.locator("input[name=units][value=metric]").check(force=True)
    page.get_by_role("button", name="Keep these units").click()
    page.goto(site + "explore/")
    assert (
        "°F" not in page.locator("main").inner_text() and page.locator("output[for=distance_cm]").inner_text() == "60"
    )


def test_a_slider_is_told_in_the_persons_units(page: Page, site: str) -> None:
    page.goto(site + "explore/")
    distance = page.locator("#distance_cm")
    expect(page.locator("output[for=distance_cm]")).to_have_text("24")
    distance.evaluate("e => { e.value = 100; e.dispatchEvent(new Event('input', {bubbles: true})); }")
    expect(page.locator("output[for=distance_cm]")).to_have_text("39")
    expect(page.locator(".explore-minutes")).to_contain_text("39\u00a0in")
    page.locator("#room_c").evaluate("e => { e.value = 30; e.dispatchEvent(new Event('input', {bubbles: true})); }")
    expect(page.locator("output[for=room_c]")).to_have_text("86")
