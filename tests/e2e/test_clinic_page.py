"""A clinic's way in a browser: switched on, a patient, a visit by what was set, three blocks of exercise; axe looks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checks_page import tick_checks
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("IRTHERAPY_SHOTS")


def test_a_patient_from_the_switch_to_core_strength(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None]
) -> None:
    def looked_at(name: str) -> None:
        accessible(page)
        for width in (360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)

    server = start_server()
    page.goto(server.url)
    page.get_by_role("link", name="Programmes").click()
    expect(page.locator(".programme")).to_have_count(4)
    looked_at("programmes")
    page.get_by_role("link", name="For a clinic").click()
    looked_at("clinic-off")
    page.get_by_role("button", name="We are a clinic").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("A code has 1 to 60 characters.")).to_be_visible()
    looked_at("clinic-patients")
    page.get_by_label("Code").fill("2041")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Minutes of heat, at most").fill("31")
    page.get_by_label("In a first session").fill("2")
    page.get_by_label("Set by").fill("KL")
    page.get_by_role("button", name="Try it with a simulated lamp").click()
    expect(page.get_by_text("Minutes of heat must be a number from 2 to 30 min")).to_be_visible()
    looked_at("clinic-patient")
    page.get_by_label("Minutes of heat, at most").fill("5")
    page.get_by_role("button", name="Try it with a simulated lamp").click()
    page.locator("#side_lower_back-both").check(force=True)
    page.locator("#pain_lower_back").fill("2")
    page.get_by_label("Your age in years").fill("45")
    with page.expect_navigation():
        page.get_by_role("button", name="Go on to the questions").click()
    while not page.get_by_role("heading", name="You can go on").is_visible():
        with page.expect_navigation():
            page.get_by_role("button", name="None of these").click()
    page.get_by_role("link", name="Go on to your device").click()
    page.get_by_role("button", name="Work out my plan").click()
    expect(page.get_by_text("Set by KL: 5 minutes of heat at most, 2 in a first session.")).to_be_visible()
    page.get_by_text("Another programme, or other minutes").click()
    looked_at("clinic-plan")
    page.locator("input[name=speed][value='60']").check(force=True)
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    page.locator("#start").click()
    expect(page.get_by_text("Exercise 1 of")).to_be_visible(timeout=20000)
    while not page.locator(".item:not([hidden])", has_text="Core strength.").is_visible():
        page.get_by_role("button", name="Done, next").click()
        page.wait_for_timeout(150)
    looked_at("clinic-core")
    page.get_by_role("button", name="Stop here").click()
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible(timeout=15000)
    order = json.loads((next((server.home / "sessions").iterdir()) / "order.json").read_text())
    assert (order["setting"], order["programme"], order["heat_s"]) == ("clinic", "clinic_30 1", 120.0)
    page.get_by_role("link", name="2041").click()
    expect(page.get_by_role("heading", name="Patient 2041")).to_be_visible()
