"""A session in the browser whose lamp hangs on a plug: a real broker, a pretended plug, STOP to OFF measured."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checks_page import tick_checks
from playwright.sync_api import Page, expect
from plug_walk import kept, to_the_plan

from irtherapy.edge import plugs
from irtherapy.edge.drivers.mqtt import Address
from irtherapy.edge.drivers.thermometer import Source
from irtherapy.edge.faults.bench import SKIN_TOPIC, Skin
from irtherapy.edge.faults.parts import Broker, Pretended, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lamp(tmp_path: Path) -> Any:
    broker = Broker(tmp_path)
    plug = Pretended("tasmota", broker.port, tmp_path / "plug")
    yield plug, plugs.OwnPlug("Desk lamp", "tasmota", plug.topic, "r125_150w", Address(port=broker.port))
    plug.kill()
    broker.kill()


def test_the_plug_switches_the_lamp_and_stop_is_off(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None], lamp: Any
) -> None:
    server, (plug, told) = start_server(), lamp
    kept(server.home, told, days_old=1)
    to_the_plan(page, server.url)
    expect(page.get_by_label("The plug Desk lamp")).to_be_checked()
    accessible(page)
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    assert not plug.is_on
    page.locator("#start").click()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    wait_for(lambda: plug.is_on, 3.0)
    page.wait_for_timeout(6000)  # longer than one lease: it is renewed
    assert plug.is_on
    since_s = time.time()
    page.get_by_role("button", name="Stop", exact=True).first.click()
    assert plug.seconds_to_off(since_s, 3.0) < 1.0
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible(timeout=15000)


def test_a_plug_whose_test_is_old_is_not_offered_and_switching_by_hand_is(
    page: Page, start_server: Callable[[], Any], lamp: Any
) -> None:
    server, (plug, told) = start_server(), lamp
    kept(server.home, told, days_old=31)
    to_the_plan(page, server.url)
    expect(page.get_by_label("The plug Desk lamp: Its test is older than 30 days.")).to_be_disabled()
    expect(page.get_by_label("I do, and I am asked")).to_be_checked()
    assert not any(line["on"] for line in plug.truth())


def test_the_thermometer_leads_and_a_silent_one_ends_the_heat(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None], lamp: Any
) -> None:
    server, (plug, told) = start_server(), lamp
    skin = Skin(told.broker.port)
    try:
        told = replace(told, thermometer=Source("plain", SKIN_TOPIC))
        kept(server.home, told, days_old=1)
        to_the_plan(page, server.url)
        page.get_by_label("Research: let the skin thermometer lead").check()
        accessible(page)
        page.get_by_role("button", name="Go to the session").click()
        tick_checks(page)
        page.locator("#start").click()
        expect(page.get_by_text("Your thermometer leads.")).to_be_visible(timeout=20000)
        wait_for(lambda: plug.is_on, 5.0)
        accessible(page)
        if os.environ.get("IRTHERAPY_SHOTS"):
            page.screenshot(path=f"{os.environ['IRTHERAPY_SHOTS']}/closed-loop.png", full_page=True)
        since_s = time.time()
        skin.say = lambda _: None
        assert plug.seconds_to_off(since_s, 8.0) < 6.0
        expect(page.get_by_role("heading", name="How was it?")).to_be_visible(timeout=15000)
    finally:
        skin.close()
