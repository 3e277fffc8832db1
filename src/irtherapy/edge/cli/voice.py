"""The voice of the terminal: prompts by the system's own speech program, or by the bell where there is none."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Any

from irtherapy.edge.cli.spoken import told

# Programs that speak their last argument and end when it is said, in the order in which they are looked for, and the
# option by which each is told the language; `say` speaks in the language of its system.
SPEAKERS = {
    "espeak-ng": ["espeak-ng", "-s", "150", "-v", "{voice}", "--"],
    "say": ["say", "--"],
    "spd-say": ["spd-say", "--wait", "--language", "{voice}", "--"],
}
VOICES = {"espeak-ng": {"en": "en", "de": "de", "es": "es", "zh-hans": "cmn"}}
SHORT = {"zh-hans": "zh"}
SAYING_MOST_S = 15.0  # a speech program that hangs is left after this


def speaker(language: str = "en") -> list[str] | None:
    """Return the command that speaks a language here, or None."""
    name = next((name for name in SPEAKERS if shutil.which(name)), None)
    return None if name is None else command(name, language)


def command(name: str, language: str = "en") -> list[str]:
    """Return the command of a speech program in a language."""
    voice = VOICES.get(name, SHORT).get(language, language)
    return [word.format(voice=voice) for word in SPEAKERS[name]]


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
                self._waiting.put(told(prompt["text"]))

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
