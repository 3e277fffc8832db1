"""What the browser tests share: Chromium, a server of its own for a file, and axe."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

# Nothing in the browser that calls home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--accept-lang=en-GB",  # metric units by itself
]
SERVE = "from irtherapy.edge.web.server import serve; serve('127.0.0.1', 8900, False)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; of one file alone, since Playwright keeps a running loop that others would trip over."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is needed for the browser tests: apt-get install chromium"
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of ``site``, empty at first."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def site(site_home: Path) -> Iterator[str]:
    """A server in a process of its own; its address, with a slash at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        env={**os.environ, "IRTHERAPY_HOME": str(site_home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http://[^ ]+/", process.stdout.readline())
    assert found, "the server did not say where it is"
    yield found.group()
    process.send_signal(signal.SIGTERM)
    process.wait(10)


def check_accessible(page: Page) -> None:
    """Fail when axe finds anything on the page that is shown."""
    found = Axe().run(page).response["violations"]
    assert found == [], [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Return ``check_accessible``."""
    return check_accessible
