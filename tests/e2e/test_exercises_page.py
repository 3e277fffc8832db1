"""Every exercise on one page, drawn and in words; a drawing moves when asked, and never for who wants no motion."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

SHOTS = os.environ.get("IRTHERAPY_SHOTS")
MOVES = "card => card.getAnimations({ subtree: true }).length"


@pytest.mark.browser
@pytest.mark.slow
def test_all_exercises_are_there_and_move_when_asked(
    page: Page, start_server: Callable[[], Any], accessible: Callable[[Page], None]
) -> None:
    page.goto(start_server().url)
    page.get_by_role("link", name="Exercises").click()
    expect(page.locator(".motion")).to_have_count(34)
    accessible(page)
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"exercises-{width}.png"), full_page=True)
    poses = page.locator(".motion .poses").first
    assert poses.evaluate(MOVES) == 0
    poses.focus()
    assert poses.evaluate(MOVES) == 7
    page.emulate_media(reduced_motion="reduce")
    assert poses.evaluate(MOVES) == 0
