"""From the first page to the PDF in a real browser, by the words a person reads; axe looks at every page."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from checks_page import tick_checks
from playwright.sync_api import Page, TimeoutError, expect
from pypdf import PdfReader

from irtherapy.edge import journal

SHOTS = os.environ.get("IRTHERAPY_SHOTS")
WIDTHS = (360, 768, 1280)
# Presses the key that answers the question on the page; at 60 times the clock it may be gone before a finger is down.
ANSWER = """() => {
  const open = document.querySelector("#ask-comfort[open], #ask-awake[open]");
  if (!open) return 0;
  const key = open.id === "ask-comfort" ? "3" : "a";
  open.dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true }));
  return 1;
}"""


def shoot(page: Page, name: str) -> None:
    """Keep pictures of the page at three widths when IRTHERAPY_SHOTS names a folder."""
    if not SHOTS:
        return
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 768, "height": 1024})


def no_sideways(page: Page) -> None:
    """A page must not scroll sideways at 360 px, nor with the text twice as large."""
    for width, size in ((360, "100%"), (768, "200%")):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide at {width} px and {size}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 768, "height": 1024})


@pytest.fixture
def look(page: Page, accessible: Callable[[Page], None]) -> Callable[[str], None]:
    def look(name: str) -> None:
        shoot(page, name)
        accessible(page)
        no_sideways(page)

    return look


def to_the_plan(page: Page, server: Any, look: Callable[[str], None]) -> None:
    page.goto(server.url)
    look("1-start")
    with page.expect_navigation():
        page.get_by_role("button", name="Try it with a simulated lamp").click()
    look("2-where")
    page.locator("#side_lower_back-both").check(force=True)
    page.locator("#pain_lower_back").fill("6")
    page.get_by_label("Your age in years").fill("45")
    with page.expect_navigation():
        page.get_by_role("button", name="Go on to the questions").click()
    verdict = page.get_by_role("heading", name="You can go on")
    look("3-questions")
    while not verdict.is_visible():
        with page.expect_navigation():
            page.get_by_role("button", name="None of these").click()
    look("4-verdict")
    with page.expect_navigation():
        page.get_by_role("link", name="Go on to your device").click()
    look("5-device")
    page.get_by_role("button", name="Work out my plan").click()
    expect(page.get_by_role("heading", name="Your plan for today")).to_be_visible()
    expect(page.get_by_text("sets the minutes", exact=True)).to_be_visible()
    look("6-plan")


@pytest.mark.browser
@pytest.mark.slow
def test_from_the_first_page_to_the_pdf(
    page: Page, start_server: Callable[[], Any], look: Callable[[str], None], tmp_path: Path
) -> None:
    server = start_server()
    to_the_plan(page, server, look)
    page.get_by_role("button", name="Go to the session").click()
    expect(page.get_by_role("heading", name="Before you start")).to_be_visible()
    look("7-checks")
    assert page.locator("#start").is_disabled()
    tick_checks(page)
    page.locator("#start").click()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.wait_for_timeout(1500)
    look("8-heating")
    answered = 0
    while page.locator("[data-phase='heating paused']").is_visible():
        if answered == 0 and page.locator("#ask-comfort").is_visible():
            shoot(page, "9-question")
        answered += page.evaluate(ANSWER)
        page.wait_for_timeout(100)
    assert answered >= 2
    # The get-ready of 20 s is one second here: the first stretch begins by itself.
    expect(page.get_by_text("Stretch 1 of")).to_be_visible()
    look("11-stretching")
    page.get_by_role("button", name="That hurt").click()
    after = page.get_by_role("heading", name="How was it?")
    while not after.is_visible():
        with suppress(TimeoutError):  # the page may go on by itself under the finger
            page.get_by_role("button", name="Done, next").click(timeout=1000)
    expect(after).to_be_visible()
    look("12-after")
    page.get_by_role("button", name="Keep the record").click()
    expect(page.get_by_text("Skin: choose one of the three.")).to_be_visible()
    shoot(page, "12b-after-errors")
    page.get_by_label("Evenly pink").check()
    page.locator("input[name=pain_after][value='3']").check(force=True)
    page.get_by_role("button", name="Keep the record").click()
    expect(page.get_by_text("The session was finished as planned.", exact=True)).to_be_visible()
    expect(page.get_by_text("Not before")).to_be_visible()
    look("13-record")
    page.get_by_role("link", name="Look at it here").click()
    look("14-doctor")
    page.go_back()
    address = page.get_by_role("link", name="Page as PDF").get_attribute("href")
    body = page.request.get(server.url + str(address)).body()
    (tmp_path / "page.pdf").write_bytes(body)
    text = PdfReader(io.BytesIO(body)).pages[0].extract_text()
    assert "Infrared session: lower back" in text and "evenly pink" in text
    page.get_by_role("button", name="Remove this record").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("heading", name="Your session of")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_any_key_stops_and_a_reload_is_in_the_right_second(page: Page, start_server: Callable[[], Any]) -> None:
    server = start_server()
    to_the_plan(page, server, lambda name: None)
    page.get_by_label("At the pace of real time").check(force=True)
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    page.locator("#start").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.wait_for_timeout(2500)
    before = page.locator("#clock").inner_text()
    page.reload()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    after = page.locator("#clock").inner_text()

    def seconds(clock: str) -> int:
        return int(clock.split(":")[0]) * 60 + int(clock.split(":")[1])

    assert 0 <= seconds(before) - seconds(after) <= 4
    page.locator("h1").first.evaluate("e => document.activeElement.blur()")
    page.keyboard.press(" ")
    expect(page.get_by_text("Heat is off", exact=True)).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_text("You stopped the session.").first).to_be_visible(timeout=5000)


@pytest.mark.browser
@pytest.mark.slow
def test_kill_of_the_server_leaves_the_lamp_off_and_an_honest_record(
    page: Page, start_server: Callable[[], Any], wait_for: Callable[..., None]
) -> None:
    server = start_server()
    to_the_plan(page, server, lambda name: None)
    page.get_by_label("At the pace of real time").check(force=True)
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    page.locator("#start").click()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    page.wait_for_timeout(3000)
    (folder,) = (server.home / "sessions").iterdir()
    page.goto("about:blank")
    server.kill()
    killed = time.time()

    def heater() -> list[dict[str, Any]]:
        return [json.loads(line) for line in (folder / "heater.jsonl").read_text().splitlines()]

    wait_for(lambda: heater()[-1]["heat"] == "off", seconds=6.0)
    off = datetime.fromisoformat(heater()[-1]["wall"]).timestamp()
    assert off - killed < 6.0
    again = start_server()
    page.goto(again.url)
    expect(page.get_by_text("The program stopped, so the heat went off.")).to_be_visible()
    lines = [line for _, line in journal.lines(folder / journal.JOURNAL)]
    walls = [datetime.fromisoformat(x["wall"]).timestamp() for x in lines if x["kind"] == "sample"]
    assert killed - max(walls) < 1.5 and lines[-1]["data"]["reason"] == "program_stopped"


@pytest.mark.browser
@pytest.mark.slow
def test_a_device_of_ones_own_is_asked_off_until_confirmed(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None]
) -> None:
    server = start_server()
    page.goto(server.url)
    page.get_by_role("button", name="Begin with my own device").click()
    page.locator("#side_neck-left").check(force=True)
    page.locator("#pain_neck").fill("4")
    page.get_by_label("Your age in years").fill("45")
    page.locator("input[name=kind][value=lamp]").check(force=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Go on to the questions").click()
    verdict = page.get_by_role("heading", name="You can go on")
    while not verdict.is_visible():
        with page.expect_navigation():
            page.get_by_role("button", name="None of these").click()
    page.get_by_role("link", name="Go on to your device").click()
    page.locator("input[name=device][value=r125_150w]").check(force=True)
    page.locator("input[name=distance_cm]").fill("60")
    page.get_by_role("button", name="Work out my plan").click()
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    page.locator("#start").click()
    on = page.get_by_role("button", name="It is on")
    expect(on).to_be_visible()
    shoot(page, "20-manual-on")
    accessible(page)
    on.click()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    expect(page.get_by_text("No thermometer")).to_be_visible()
    page.wait_for_timeout(1500)
    page.keyboard.press("q")
    off = page.get_by_role("button", name="It is off")
    expect(off).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    expect(off).to_be_visible()
    shoot(page, "21-manual-off")
    accessible(page)
    off.click()
    expect(page.get_by_text("You stopped the session.").first).to_be_visible()
    page.get_by_label("As before").check()
    page.locator("input[name=pain_after][value='4']").check(force=True)
    page.get_by_role("button", name="Keep the record").click()
    expect(page.get_by_text("not measured").first).to_be_visible()
    shoot(page, "22-manual-record")
