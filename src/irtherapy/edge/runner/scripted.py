"""A person who confirms every check, answers every question and does every stretch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Scripted:
    """An inbox that answers by itself. ``pain_after`` and ``comfort`` are on the 0-10 scale."""

    def __init__(self, comfort: float = 3, pain_after: float = 3, skin_check: str = "clean") -> None:
        self.comfort, self.pain_after, self.skin_check = comfort, pain_after, skin_check

    def poll(self, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Return the answers that the snapshot asks for."""
        phase, question = snapshot["phase"], snapshot["question"]
        if phase == "checks":
            return [*({"kind": "check", "id": name} for name in snapshot["checks_left"]), {"kind": "start"}]
        if question == "awake":
            return [{"kind": "awake"}]
        if question == "comfort":
            return [{"kind": "comfort", "value": self.comfort}]
        if question in ("confirm_on", "confirm_off"):
            return [{"kind": "on_confirmed" if question == "confirm_on" else "off_confirmed"}]
        if phase == "rating":
            return [
                {"kind": "skin_check", "value": self.skin_check},
                {"kind": "pain_after", "value": self.pain_after},
                {"kind": "finish"},
            ]
        return []
