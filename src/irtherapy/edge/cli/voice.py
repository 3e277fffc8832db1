"""The voice of the terminal: prompts by the system's own speech program, or by the bell where there is none."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Any

# Programs that speak their last argument and end when it is said, in the order in which they are looked for.
SPEAKERS = {
    "espeak-ng": ["espeak-ng", "-s", "150", "--"],
    "say": ["say", "--"],
    "spd-say": ["spd-say", "--wait", "--"],
}
SAYING_MOST_S = 15.0  # a speech program that hangs is left after this


def speaker() -> list[str] | None:
    """Return the command that speaks here, or None."""
    return next((command for name, command in SPEAKERS.items() if shutil.which(name)), None)


class Voice:
    """Says prompts one after the other in the background; something urgent breaks off what is being said."""

    def __init__(self, command: list[str] | None) -> None:
        self.command = command
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._saying: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        if command:
            self._thread.start()

    def say(self, prompts: Iterable[dict[str, Any]]) -> None:
        """Say prompts, each with ``key``, ``text``, ``tone`` and ``urgent``."""
        for prompt in prompts:
            if self.command is None:
                if prompt["tone"]:
                    sys.stderr.write("\a")
                    sys.stderr.flush()
                continue
            if prompt["urgent"]:
                self._drop()
            if prompt["key"] != "count" or self._waiting.empty():  # a late number misleads
                self._waiting.put(prompt["text"])

    def close(self) -> None:
        """Say what is still waiting, then end."""
        self._waiting.put(None)
        if self.command:
            self._thread.join(SAYING_MOST_S)

    def _drop(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()
        if self._saying is not None:
            self._saying.terminate()

    def _work(self) -> None:
        assert self.command is not None
        while (text := self._waiting.get()) is not None:
            quiet = subprocess.DEVNULL
            self._saying = subprocess.Popen([*self.command, text], stdin=quiet, stdout=quiet, stderr=quiet)
            try:
                self._saying.wait(SAYING_MOST_S)
            except subprocess.TimeoutExpired:
                self._saying.kill()
            self._saying = None
