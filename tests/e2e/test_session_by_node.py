"""A session by an ESPHome node with real firmware, in the browser and in the terminal: its skin, and STOP to OFF."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from checks_page import tick_checks
from playwright.sync_api import Browser, Page, expect
from plug_walk import kept, to_the_plan

from irtherapy.edge import journal, plugs
from irtherapy.edge.drivers.esphome_line import Node as Where
from irtherapy.edge.faults.firmware import Node
from irtherapy.edge.faults.parts import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ENTRY = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()"]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node whose skin warms a little all the time."""
    started = Node(tmp_path / "node")
    over, began_s = threading.Event(), time.monotonic()

    def warm() -> None:
        while not over.wait(0.25):
            started.feel(f"{33.0 + 0.01 * (time.monotonic() - began_s):.2f}")

    thread = threading.Thread(target=warm)
    thread.start()
    wait_for(started.truth, 10.0)
    yield started
    over.set()
    thread.join()
    started.kill()


def told_of(node: Node) -> plugs.OwnPlug:
    return plugs.OwnPlug("node", "esphome", "", "r125_150w", node=Where("127.0.0.1", node.port))


def test_in_the_browser_the_node_heats_shows_the_skin_and_stops(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None], node: Node
) -> None:
    server = start_server()
    kept(server.home, told_of(node), days_old=1)
    to_the_plan(page, server.url)
    expect(page.get_by_label("The plug node")).to_be_checked()
    expect(page.get_by_label("Research: let the skin thermometer lead")).to_be_visible()
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    assert not node.is_on
    page.locator("#start").click()
    expect(page.get_by_text("Heat is on", exact=True)).to_be_visible()
    wait_for(lambda: node.is_on, 3.0)
    expect(page.get_by_text("33.").first).to_be_visible(timeout=15000)
    accessible(page)
    page.wait_for_timeout(6000)  # longer than one lease: it is renewed
    assert node.is_on
    since_s = time.time()
    page.get_by_role("button", name="Stop", exact=True).first.click()
    took_s = node.seconds_to_off(since_s, 3.0)
    sys.stdout.write(f"measured: STOP on the page to OFF of the node {took_s:.2f} s\n")
    assert took_s < 1.0
    expect(page.get_by_role("heading", name="How was it?")).to_be_visible(timeout=15000)


def test_a_killed_web_server_leaves_no_heat(browser: Browser, start_server: Callable[[], Any], node: Node) -> None:
    server = start_server()
    kept(server.home, told_of(node), days_old=1)
    page = browser.new_page()  # its errors are of no interest: its server is gone
    to_the_plan(page, server.url)
    page.get_by_role("button", name="Go to the session").click()
    tick_checks(page)
    page.locator("#start").click()
    wait_for(lambda: node.is_on, 5.0)
    since_s = time.time()
    server.kill()
    took_s = node.seconds_to_off(since_s, 7.0)
    sys.stdout.write(f"measured: kill -9 of the web server to OFF of the node {took_s:.2f} s\n")
    page.close()
    assert took_s < 1.0


def test_in_the_terminal_a_key_stops_it(tmp_path: Path, node: Node) -> None:
    home = tmp_path / "home"
    home.mkdir()
    kept(home, told_of(node), days_old=1)
    environment = {**os.environ, "IRTHERAPY_HOME": str(home)}
    asked = subprocess.run(
        [*ENTRY, "screen", "--age", "45", "--questions", "--json"], env=environment, capture_output=True, timeout=60
    )
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({one["id"]: "no" for one in json.loads(asked.stdout)}))
    hand, terminal = pty.openpty()
    words = ["session", "--plug", "node", "--distance-cm", "60", "--age", "45", "--answers", str(answers), "--no-voice"]
    process = subprocess.Popen([*ENTRY, *words, "--json"], env=environment, stdin=terminal, stdout=subprocess.PIPE)

    def kinds() -> list[str]:
        found = list((home / "sessions").glob("*/journal.jsonl"))
        return [event.kind for event in journal.read(found[0])] if found else []

    def press(key: bytes, until: Callable[[], bool]) -> None:
        """Press a key as often as it takes, once a tick of the loop."""
        wait_for(lambda: process.poll() is None and "order" in kinds(), 30.0)
        for _ in range(60):
            if until():
                return
            os.write(hand, key)
            time.sleep(0.5)
        raise TimeoutError(kinds())

    try:
        press(b"\n", lambda: "start" in kinds())
        wait_for(lambda: node.is_on, 3.0)
        time.sleep(6.0)  # longer than one lease: it is renewed
        assert node.is_on
        since_s = time.time()
        os.write(hand, b"s")
        took_s = node.seconds_to_off(since_s, 3.0)
        sys.stdout.write(f"measured: a key in the terminal to OFF of the node {took_s:.2f} s\n")
        assert took_s < 1.0
        press(b"c", lambda: "skin_check" in kinds())
        os.write(hand, b"3")
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 0 and json.loads(out)["record"]["ended"] == "stopped"
    finally:
        process.kill()
        process.wait()
        os.close(hand)
        os.close(terminal)
