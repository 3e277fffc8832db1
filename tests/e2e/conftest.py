"""A real server with a data folder of its own, and a real browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page


class Server:
    """`irtherapy serve` in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        env = {**os.environ, "IRTHERAPY_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        env.pop("DISPLAY", None)
        command = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", "serve", "--port", "8800"]
        home.mkdir(parents=True, exist_ok=True)
        self.log = home / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 30
        while not (found := re.search(r"http://[\d.]+:\d+", self.log.read_text())):
            assert time.monotonic() < until and self.process.poll() is None, f"the server said {self.log.read_text()!r}"
            time.sleep(0.05)
        self.url = found.group(0)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    started: list[Server] = []

    def start() -> Server:
        started.append(Server(tmp_path / "home"))
        return started[-1]

    yield start
    for server in started:
        server.stop()
        sys.stdout.write(server.log.read_text())  # shown by pytest when the test failed


@pytest.fixture
def page(browser: Browser, start_server: Callable[[], Server]) -> Iterator[Page]:
    """A page that is closed before its server is stopped."""
    context = browser.new_context(viewport={"width": 768, "height": 1024})
    page = context.new_page()
    page.set_default_timeout(10_000)
    strange: list[str] = []
    errors: list[str] = []
    ours = ("http://127.0.0.1", "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(ours) else strange.append(r.url))
    page.on("pageerror", lambda e: errors.append(str(e)))
    told = re.compile("status of (400|422)")  # a form that is sent back with its sentence
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" and not told.search(m.text) else None)
    yield page
    context.close()
    assert strange == [], "a page asked another host"
    assert errors == [], "a page had an error"


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """Wait until something is so, at most ``seconds``."""

    def wait(what: Callable[[], bool], seconds: float = 10.0) -> None:
        until = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < until, "waited in vain"
            time.sleep(0.05)

    return wait
