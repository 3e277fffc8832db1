"""The relay inside a pretended plug: its own timer, its settings in a file, and a log of the truth.

A dead process is a plug without power. What the relay does is written down with the clock of the machine, whatever the
plug says on the network: ``truth.jsonl`` has (time, on or off, why).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Relay:
    """A relay with a timer; ``faults``: stuck (does not open)."""

    ends_at: float | None
    kept: dict[str, Any]
    changed: Callable[[bool], None]  # what the plug says of a change on the network; set by the plug

    def __init__(self, folder: Path, faults: set[str]) -> None:
        self.changed = lambda _: None
        self.folder, self.faults = folder, faults
        self.lock = threading.RLock()
        self.closed = False
        self.ends_at = None
        self.kept = {"after_power": "last", "pulse_s": 0.0, "last": False}
        if (folder / "settings.json").exists():
            self.kept.update(json.loads((folder / "settings.json").read_text()))
        self._log("boot")
        if self.kept["after_power"] == "last" and self.kept["last"]:
            self.set(True, "power came back")
        threading.Thread(target=self._watch, daemon=True).start()

    def _log(self, why: str) -> None:
        with (self.folder / "truth.jsonl").open("a") as log:
            log.write(json.dumps({"at_s": time.time(), "on": self.closed, "why": why}) + "\n")

    def keep(self, **settings: object) -> None:
        """Keep settings through a loss of power."""
        self.kept.update(settings)
        (self.folder / "settings.json").write_text(json.dumps(self.kept))

    def set(self, on: bool, why: str, ends_after_s: float = 0.0) -> None:
        """Close or open; a closed one opens by itself after ``ends_after_s`` when that is above 0."""
        with self.lock:
            if not on and "stuck" in self.faults:
                return
            self.ends_at = time.monotonic() + ends_after_s if on and ends_after_s > 0 else None
            if on != self.closed:
                self.closed = on
                self.keep(last=on)
                self._log(why)
                self.changed(on)

    def _watch(self) -> None:
        while True:
            time.sleep(0.02)
            with self.lock:
                if self.ends_at is not None and time.monotonic() >= self.ends_at and self.closed:
                    self.set(False, "own timer")
