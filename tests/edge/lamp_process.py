"""The lamp process with a body that needs no tables: ``python lamp_process.py FOLDER LINGER_S``."""

from __future__ import annotations

import sys

from irtherapy.edge.drivers import twin


class Skin:
    """A body that warms 0.5 degrees C a minute."""

    def __init__(self) -> None:
        self.skin_c = 33.0

    def advance(self, dt_s: float, heat_on: bool) -> None:
        self.skin_c += dt_s / 60 * (0.5 if heat_on else -0.5)


if __name__ == "__main__":
    twin.body_of = lambda folder: (Skin(), 150.0)
    twin.LINGER_S = float(sys.argv[2])
    twin.main()
