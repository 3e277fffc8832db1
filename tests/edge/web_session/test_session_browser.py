"""The session page in a real browser: keyboard alone, a silent program, a reload, no script at all."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import session_walk as walk
from playwright.sync_api import Browser, Page, expect

from browsing import check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("IRTHERAPY_SHOTS")


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that fails on a request to another host or a script error."""
    context = browser.new_context(viewport={"width": 768, "height": 1024})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("request", lambda r: None if r.url.startswith((site, "data:")) else wrong.append(r.url))
    opened.on("pageerror", lambda e: wrong.append(str(e)))
    yield opened
    context.close()
    assert wrong == []


def look(page: Page, name: str) -> None:
    """Let axe look, and keep pictures at three widths when IRTHERAPY_SHOTS names a folder."""
    check_accessible(page)
    for width in (360, 768, 1280) if SHOTS else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(Path(str(SHOTS)) / f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 768, "height": 1024})


def to_checks(page: Page, site: str, own: bool = False) -> None:
    """Walk to the session page; a simulated lamp runs at the pace of real time."""
    page.goto(site)
    page.get_by_role("button", name="Begin with my own device" if own else "Try it with a simulated lamp").click()
    page.locator("#side_lower_back-both").check(force=True)
    page.locator("#pain_lower_back").fill("6")
    page.get_by_label("Your age in years").fill("45")
    if own:
        page.locator("input[name=kind][value=lamp]").check(force=True)
    page.get_by_role("button", name="Go on to the questions").click()
    while not page.get_by_role("heading", name="You can go on").is_visible():
        with page.expect_navigation():
            page.get_by_role("button", name="None of these").click()
    page.get_by_role("link", name="Go on").or_(page.get_by_role("button", name="Go on")).first.click()
    if own:
        page.locator("input[name=device][value=r125_150w]").check(force=True)
        page.locator("input[name=distance_cm]").fill("60")
    page.get_by_role("button", name="Work out my plan").click()
    if not own:
        page.get_by_label("At the pace of real time").check(force=True)
    page.get_by_role("button", name="Go to the session").click()
    expect(page.get_by_role("heading", name="Before you start")).to_be_visible()


def by_keyboard(page: Page) -> None:
    """Tick every line and press START with the keyboard alone."""
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.dataset.check || document.activeElement.id")
        if at == "start":
            break
        if page.evaluate("document.activeElement.type") == "checkbox":
            page.keyboard.press(" ")
            page.wait_for_timeout(60)
            if page.locator("[data-check]:not(:checked)").count() == 0:
                expect(page.locator("#start")).to_be_enabled()
    page.keyboard.press("Enter")


def session_of(site_home: Path) -> Path:
    return max((site_home / "sessions").iterdir(), key=lambda p: p.stat().st_ctime)


def lamp(site_home: Path) -> dict[str, str]:
    """Return the last thing the simulated lamp did."""
    last: dict[str, str] = json.loads((session_of(site_home) / "heater.jsonl").read_text().splitlines()[-1])
    return last


def test_by_keyboard_alone_from_the_checks_to_stop(page: Page, site: str, site_home: Path) -> None:
    to_checks(page, site)
    look(page, "30-checks")
    by_keyboard(page)
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_text("Heat is off", exact=True)).to_be_visible()
    expect(page.locator("#resume")).to_be_visible()
    look(page, "31-paused")
    page.keyboard.press(" ")
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    walk.wait_for(lambda: lamp(site_home)["heat"] == "on", 3.0)
    pressed = time.time()
    page.keyboard.press("k")
    walk.wait_for(lambda: lamp(site_home)["heat"] == "off", 3.0)
    off_after_s = datetime.fromisoformat(lamp(site_home)["wall"]).timestamp() - pressed
    assert off_after_s < 2.0, f"the lamp went off {off_after_s:.2f} s after the key"
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()


def test_a_program_that_falls_silent_is_not_called_on(page: Page, site: str, site_home: Path) -> None:
    to_checks(page, site)
    by_keyboard(page)
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.wait_for_timeout(1200)
    runner = int(json.loads((session_of(site_home) / "runner.json").read_text())["pid"])
    os.kill(runner, signal.SIGSTOP)
    try:
        expect(page.get_by_text("Not known whether heat is on")).to_be_visible(timeout=8000)
        look(page, "32-silent")
        walk.wait_for(lambda: lamp(site_home)["heat"] == "off", 6.0)
    finally:
        os.kill(runner, signal.SIGCONT)
    expect(page.get_by_text("The program was held up")).to_be_visible()


def test_a_program_that_dies_leads_on_to_the_record(page: Page, site: str, site_home: Path) -> None:
    to_checks(page, site)
    by_keyboard(page)
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.wait_for_timeout(2000)
    os.kill(int(json.loads((session_of(site_home) / "runner.json").read_text())["pid"]), signal.SIGKILL)
    expect(page.get_by_text("The heat goes off by itself within 5 seconds.")).to_be_visible()
    expect(page.get_by_text("Not known whether heat is on")).to_be_visible()
    look(page, "33-gone")
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()
    expect(page.get_by_text("The program stopped, so the heat went off.")).to_be_visible()


def test_a_device_of_ones_own_is_asked_off_on_one_page(page: Page, site: str) -> None:
    to_checks(page, site, own=True)
    by_keyboard(page)
    expect(page.get_by_role("heading", name="Switch your device on now")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press(" ")
    page.wait_for_timeout(400)
    expect(page.get_by_role("button", name="It is on")).to_be_visible()  # a stray key confirms nothing
    page.get_by_role("button", name="It is on").click()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.keyboard.press("k")
    off = page.get_by_role("button", name="It is off")
    expect(off).to_be_visible()
    page.evaluate("window.sameDocument = true")
    page.keyboard.press("Enter")
    page.keyboard.press(" ")
    page.wait_for_timeout(3000)
    assert page.evaluate("window.sameDocument") is True, "the page went round in circles"
    expect(off).to_be_visible()
    look(page, "34-own-off")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()


def test_stop_works_without_any_script(page: Page, site: str, site_home: Path, browser: Browser) -> None:
    to_checks(page, site)
    by_keyboard(page)
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    address = page.url
    context = browser.new_context(java_script_enabled=False, viewport={"width": 768, "height": 1024})
    try:
        plain = context.new_page()
        plain.goto(address)
        expect(plain.get_by_text("Heat is on", exact=True)).to_be_visible()
        if SHOTS:
            plain.screenshot(path=str(Path(SHOTS) / "35-no-script.png"), full_page=True)
        plain.locator("#stop").click()
        walk.wait_for(lambda: lamp(site_home)["heat"] == "off", 3.0)
    finally:
        context.close()
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()


def test_a_page_that_lost_the_line_comes_back_in_the_right_second(page: Page, site: str) -> None:
    to_checks(page, site)
    by_keyboard(page)
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()

    def left() -> int:
        minutes, seconds = page.locator("#clock").inner_text().split(":")
        return int(minutes) * 60 + int(seconds)

    began, before = time.monotonic(), left()
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(2500)
    assert before - left() <= 1, "nothing is listened to while the page is hidden"
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    page.wait_for_timeout(1500)
    gone = time.monotonic() - began
    assert abs((before - left()) - gone) <= 1.6
    page.reload()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    assert abs((before - left()) - (time.monotonic() - began)) <= 1.6
    page.get_by_text("The same as a table").click()
    expect(page.locator("#rows tr").first.locator("td").nth(2)).not_to_have_text("–")
    page.locator("#stop").click()
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible()
