"""The pages of the evidence in a real browser, narrow and wide: axe is silent, nothing is cut off or fetched."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
START = "from irtherapy.edge.web.server import serve; serve('127.0.0.1', 8960, False)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own with an empty data folder; its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", START],
        env={**os.environ, "IRTHERAPY_HOME": str(tmp_path_factory.mktemp("home"))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http://[^ ]+/", process.stdout.readline())
    assert found
    yield found.group()
    process.send_signal(signal.SIGTERM)
    process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without anything in it that calls home."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is needed for the browser tests: apt-get install chromium"
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_evidence(browser: Browser, site: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((site, "data:")) else wrong.append(r.url))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.goto(f"{site}evidence/")
    for name in ("Chronic low back pain", "Acute and subacute low back pain"):
        page.goto(f"{site}evidence/")
        _look(page, width, f"list-{scheme}")
        page.click(f"h2 a:text-is('{name}')")
        assert page.locator("h1").inner_text() == name
        page.locator("summary").first.click()
        _look(page, width, f"{name.split()[0].lower()}-{scheme}")
        drawing = page.locator("svg.forest").bounding_box()
        assert drawing is not None and drawing["x"] >= 0 and drawing["x"] + drawing["width"] <= width
        cut = page.evaluate(
            "() => { const box = document.querySelector('svg.forest').getBoundingClientRect();"
            "return [...document.querySelectorAll('svg.forest text')].filter(t => {"
            "const r = t.getBoundingClientRect();"
            "return r.left < box.left - 2 || r.right > box.right + 2 }).map(t => t.textContent) }"
        )
        assert cut == []
    context.close()
    assert wrong == []


def _look(page, width: int, name: str) -> None:  # type: ignore[no-untyped-def]
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    if folder := os.environ.get("IRTHERAPY_SHOTS"):
        page.screenshot(path=Path(folder) / f"evidence-{name}-{width}.png", full_page=True)
