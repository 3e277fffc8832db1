"""A data folder for each test, and no runner that outlives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from irtherapy.edge.web import live


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep this test's sessions apart, and let go of their runners."""
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    for handle in list(live._running.values()):
        handle.close()
    live._running.clear()
