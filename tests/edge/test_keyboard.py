"""What single keys mean in the terminal while a question is open."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from irtherapy.edge.cli.session import Keyboard


def wishes(keyboard: Keyboard, key: str, question: str | None = "comfort") -> list[Any]:
    snapshot = {"phase": "heating", "question": question, "checks_left": []}
    return list(keyboard.wishes(key, snapshot))


def test_any_key_is_comfortable_two_in_a_row_are_off_and_s_stops() -> None:
    keyboard = Keyboard(SimpleNamespace(checks=()))
    assert wishes(keyboard, "x") == [{"kind": "comfort", "fine": True}]
    assert wishes(keyboard, "x") == [{"kind": "pause"}]
    assert wishes(keyboard, "x", None) == [{"kind": "stop"}]
    assert wishes(keyboard, " ") == [{"kind": "comfort", "fine": True}], "another question begins anew"
    for key in ("s", "q", "\x1b"):
        assert wishes(Keyboard(SimpleNamespace(checks=())), key) == [{"kind": "stop"}]
    assert wishes(Keyboard(SimpleNamespace(checks=())), "7") == [{"kind": "comfort", "value": 7.0}]
