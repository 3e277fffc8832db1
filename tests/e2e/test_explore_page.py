"""The Explore page in a real browser: curves that follow the slider, at every width, without a mouse."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

ASKED = "'?' + new URLSearchParams(new FormData(document.getElementById('controls')))"
SHOTS = os.environ.get("IRTHERAPY_SHOTS")


@pytest.mark.browser
@pytest.mark.slow
def test_the_curves_follow_the_slider(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None]
) -> None:
    server = start_server()
    page.goto(server.url)
    page.get_by_role("link", name="what a device would do").click()
    expect(page.get_by_role("heading", name="What would it do?")).to_be_visible()
    expect(page.get_by_role("img", name="Temperature of skin and muscle over time")).to_be_visible()
    accessible(page)
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"30-explore-{width}.png"), full_page=True)
    allowed = page.locator(".explore-minutes strong")
    far = float(allowed.inner_text())
    distance = page.get_by_label("Distance")
    distance.focus()
    page.keyboard.press("PageDown")
    for _ in range(9):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#answer")).to_have_attribute("data-shown", page.evaluate(ASKED))
    near = page.locator("output[for=distance_cm]").inner_text()
    assert float(near) < 60 and f"at {near} cm" in page.locator(".explore-minutes").inner_text().replace("\u00a0", " ")
    assert float(allowed.inner_text()) <= far
    page.reload()
    assert page.locator("output[for=distance_cm]").inner_text() == near
    page.get_by_label("Device").select_option("heating_pad_low")
    expect(distance).to_be_hidden()
    expect(page.get_by_role("img", name="Light by depth")).to_have_count(0)
    accessible(page)


@pytest.mark.browser
@pytest.mark.slow
def test_a_dragged_slider_never_piles_up(page: Page, start_server: Callable[[], Any]) -> None:
    server = start_server()
    page.goto(server.url + "/explore/")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.resource_type == "fetch" else None)
    page.evaluate(
        """async () => {
          const range = document.getElementById("minutes");
          for (let i = 0; i < 60; i++) {
            range.value = 1 + i * 0.25;
            range.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise((done) => setTimeout(done, 5));
          }
        }"""
    )
    expect(page.locator("#answer")).to_have_attribute("data-shown", page.evaluate(ASKED))
    assert len(asked) < 30  # 60 moves: those that were overtaken were never asked
    assert "minutes=15.5" in asked[-1] or "minutes=16" in asked[-1]
