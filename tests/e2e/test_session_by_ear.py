"""A whole session with the numbers hidden: somebody hears the prompts and does nothing but what they say."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checks_page import tick_checks
from playwright.sync_api import Page, expect

from irtherapy.edge import journal
from irtherapy.session import machine, prompts
from irtherapy.session.state import INPUT_EVENTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("IRTHERAPY_SHOTS")

# A voice of this machine that hands what it says to the test: headless Chromium has none of its own.
EARS = """() => {
  const voice = { name: "Test", lang: "en-GB", localService: true, default: true };
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const speech = {
    speaking: false, pending: false, getVoices: () => WITH_VOICE ? [voice] : [], cancel: () => {},
    addEventListener: () => {}, speak: (words) => { window.hear(words.text); },
  };
  Object.defineProperty(window, "speechSynthesis", { value: speech });
}"""


def listening(page: Page, with_voice: bool = True) -> list[str]:
    """Return the list that fills with what the page says."""
    heard: list[str] = []
    page.expose_function("hear", lambda words: heard.append(words))  # a bound method cannot be wrapped
    page.add_init_script(f"({EARS})()".replace("WITH_VOICE", json.dumps(with_voice)))
    return heard


def to_the_checks(page: Page, url: str, speed: str = "60") -> None:
    page.goto(url)
    page.get_by_role("button", name="Try it with a simulated lamp").click()
    page.locator("#side_lower_back-both").check(force=True)
    page.locator("#pain_lower_back").fill("6")
    page.get_by_label("Your age in years").fill("45")
    with page.expect_navigation():
        page.get_by_role("button", name="Go on to the questions").click()
    while not page.get_by_role("heading", name="You can go on").is_visible():
        with page.expect_navigation():
            page.get_by_role("button", name="None of these").click()
    page.get_by_role("link", name="Go on to your device").click()
    page.get_by_role("button", name="Work out my plan").click()
    page.locator(f"input[name=speed][value='{speed}']").check(force=True)
    page.get_by_role("button", name="Go to the session").click()
    expect(page.get_by_role("heading", name="Before you start")).to_be_visible()


def begin_in_the_dark(page: Page) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "checks-voice.png"), full_page=True)
    tick_checks(page)
    page.locator("#start").click()
    page.get_by_role("button", name="Close your eyes: dark page").click()
    expect(page.locator("#dim")).to_be_visible()


def shoot(page: Page, name: str) -> None:
    for width in (360, 1280) if SHOTS else ():
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=str(Path(str(SHOTS)) / f"{name}-{width}.png"))


def test_a_session_by_ear(page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None]) -> None:
    server, heard = start_server(), listening(page)
    to_the_checks(page, server.url)
    expect(page.locator("body")).to_have_attribute("data-means", "voice")  # the page's script is there
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#heard li[data-key=hold]")).to_have_count(1)
    assert "Hold for 20 seconds." in heard
    begin_in_the_dark(page)
    accessible(page)
    shoot(page, "dark-heat")
    done, tapped, until = 0, 0.0, time.monotonic() + 120
    while not any("tell how it is" in words for words in heard):
        assert time.monotonic() < until, heard
        page.wait_for_timeout(50)
        for words in heard[done:]:
            done += 1
            asked = words.startswith(("Are you awake", "Is the heat comfortable"))
            if asked and time.monotonic() - tapped > 0.8:  # a question put again at 60 times the clock is the same one
                page.mouse.click(300, 500)
                tapped = time.monotonic()
    told = " | ".join(heard)
    for words in (
        "Heat is on for 10 minutes",
        "5 minutes of heat are left",
        "The heat is off",
        "Get ready",
        "Hold for",
    ):
        assert words in told
    assert told.index("The heat is off") < told.index("Hold for", told.index("Heat is on"))
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible(timeout=15000)
    folder = next((server.home / "sessions").iterdir())
    events = journal.read(folder / journal.JOURNAL)
    assert any(e.kind == "comfort" and e.data == {"fine": True} for e in events)
    assert not any(e.kind in ("stop", "driver_error", "stretch_skip") for e in events)
    order = json.loads((folder / "order.json").read_text())
    named = {item["name"] for item in order["stretch"]}
    assert {name for name in named if name in told} == named


def test_without_a_voice_colours_and_one_target_lead(page: Page, start_server: Callable[[], Any]) -> None:
    server, heard = start_server(), listening(page, with_voice=False)
    to_the_checks(page, server.url)
    expect(page.get_by_text("This browser has no voice of its own for this language.")).to_be_visible()
    begin_in_the_dark(page)
    assert page.evaluate("document.body.dataset.means") == "tones"
    expect(page.locator("#dim-said")).not_to_be_empty()
    shoot(page, "dark-tones")
    page.mouse.move(300, 500)
    page.mouse.down()  # a finger that stays down stops, whatever is asked
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible(timeout=15000)
    page.mouse.up()
    assert heard == []
    folder = next((server.home / "sessions").iterdir())
    assert "stop" in [e.kind for e in journal.read(folder / journal.JOURNAL)]


def all_that_was_due(folder: Path) -> list[str]:
    """Return every sentence of a session from its journal, in order."""
    state, out = machine.new(journal.read_order(folder)), []
    for event in journal.read(folder / journal.JOURNAL):
        if event.kind in INPUT_EVENTS:
            before = state
            state, _ = machine.step(state, event, event.at_s)
            out += [prompt.text for prompt in prompts.due(before, state)]
    return out


def test_two_keys_switch_off_and_a_reload_or_a_hidden_tab_misses_no_word(
    page: Page, start_server: Callable[[], Any]
) -> None:
    server, heard = start_server(), listening(page)
    to_the_checks(page, server.url, "20")
    tick_checks(page)
    page.locator("#start").click()
    page.evaluate("() => document.activeElement.blur()")
    expect(page.locator("#ask-comfort")).to_be_visible(timeout=20000)
    page.keyboard.press("x")
    page.keyboard.press("x")  # whoever hits keys may want it off: it is, and can go on
    expect(page.get_by_text("Heat is off", exact=True)).to_be_visible()
    page.keyboard.press(" ")
    folder = next((server.home / "sessions").iterdir())
    kinds = [e.kind for e in journal.read(folder / journal.JOURNAL)]
    assert kinds.index("comfort") < kinds.index("pause") and "stop" not in kinds
    until = time.monotonic() + 90
    while not any(words.startswith("Hold for") for words in heard):
        assert time.monotonic() < until, heard
        if page.locator("dialog[open]").count():
            page.keyboard.press("3")
        page.wait_for_timeout(100)
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    told = len(heard)
    page.wait_for_timeout(2000)
    assert len(heard) > told, "the voice goes on while the tab is hidden"
    page.reload()
    expect(page.locator(".item:not([hidden])")).to_be_visible()
    again = len(heard)
    page.wait_for_timeout(6000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible(timeout=15000)
    due = all_that_was_due(folder)
    after = [words for words in heard[again:] if "stopped the session" not in words and "tell how it is" not in words]
    due = [words for words in due if "stopped the session" not in words and "tell how it is" not in words]
    assert len(after) > 4
    whole = [tuple(due[k:]) for k in range(len(due))]
    assert any(tuple(after[k:]) in whole for k in range(4)), (after, due[-len(after) - 3 :])
