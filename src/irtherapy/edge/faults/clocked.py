"""The runner under clocks that can be moved: ``python -m irtherapy.edge.faults.clocked FOLDER FILE``.

``FILE`` holds two numbers once the fault is wanted: seconds by which the clock on the wall has been set, and seconds by
which the clock that nobody sets has gone on while the program did not (a laptop that slept). A program may not set the
clocks of the machine it runs on, so they are moved where Python reads them.
"""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from irtherapy.edge import journal
from irtherapy.edge.runner import loop, process

MOVED = Path(sys.argv[2]) if len(sys.argv) > 2 else Path()


def moved() -> tuple[float, float]:
    """Return by how much the two clocks have been moved by now."""
    try:
        wall, nobodys = MOVED.read_text().split()
    except (OSError, ValueError):
        return 0.0, 0.0
    return float(wall), float(nobodys)


def main() -> int:
    """Run the session of the folder with clocks that follow the file."""
    true: dict[str, Callable[[], float]] = {"wall": time.time, "real": loop.real_seconds}

    class Wall(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return datetime.datetime.fromtimestamp(time.time(), tz)

    time.time = lambda: true["wall"]() + moved()[0]
    loop.real_seconds = lambda: true["real"]() + moved()[1]
    journal.datetime = Wall  # type: ignore[misc]
    return process.main([sys.argv[1]])


if __name__ == "__main__":
    sys.exit(main())
