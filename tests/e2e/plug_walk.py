"""To the plan by the page, and a plug or node that passed its set-up test some days ago."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import Page, expect

from irtherapy.edge import plugs
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.faults.parts import wait_for


def to_the_plan(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Begin with my own device").click()
    page.locator("#side_lower_back-both").check(force=True)
    page.locator("#pain_lower_back").fill("5")
    page.get_by_label("Your age in years").fill("45")
    page.locator("input[name=kind][value=lamp]").check(force=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Go on to the questions").click()
    while not page.get_by_role("heading", name="You can go on").is_visible():
        with page.expect_navigation():
            page.get_by_role("button", name="None of these").click()
    page.get_by_role("link", name="Go on").or_(page.get_by_role("button", name="Go on")).first.click()
    page.locator("input[name=device][value=r125_150w]").check(force=True)
    page.locator("input[name=distance_cm]").fill("60")
    page.get_by_role("button", name="Work out my plan").click()
    expect(page.get_by_role("heading", name="Your plan for today")).to_be_visible()


def kept(home: Path, told: plugs.OwnPlug, days_old: int) -> None:
    """Keep a plug that passed its test some days ago."""
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days_old)
    firmware: list[str] = []

    def there() -> bool:
        try:
            firmware.append(plugs.firmware_of(told))
        except DriverError:
            return False
        return True

    wait_for(there, 10.0)
    skin = told.kind == "esphome"
    tested = plugs.Tested(at.isoformat(timespec="seconds"), firmware[0], 5.0, 5.0, skin)
    (home / plugs.FILE).write_text(json.dumps([{**asdict(told), "tested": asdict(tested)}]))
