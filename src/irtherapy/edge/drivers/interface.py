"""What every device driver can do. A driver knows its device and nothing of sessions, pages or records."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Protocol


class DriverError(RuntimeError):
    """The device could not be reached or answered nonsense; the session ends in OFF."""


@dataclass(frozen=True)
class Reading:
    """One reading; None where the device cannot tell. ``skin_c`` was measured ``age_s`` seconds before.

    ``skin2_c`` is a second thermometer on the same skin, where there is one that has just spoken.
    """

    heat_on: bool | None
    skin_c: float | None
    power_w: float | None = None
    age_s: float = 0.0
    skin2_c: float | None = None


class Driver(Protocol):
    """A heater with a promise: each ``on`` and ``renew`` lasts ``lease_s`` and then the device is off by itself."""

    def on(self, lease_s: float) -> None:
        """Switch on for at most ``lease_s`` seconds. Raises DriverError."""

    def renew(self, lease_s: float) -> None:
        """Promise ``lease_s`` seconds more. Raises DriverError."""

    def off(self) -> None:
        """Switch off. Raises DriverError when that could not be confirmed; the lease still holds."""

    def read(self, now_s: float) -> Reading:
        """Return what the device shows at session time ``now_s``. Raises DriverError."""

    def close(self) -> None:
        """Let go of the device; never switches on."""


def checked_lease(lease_s: float) -> float:
    """Return a lease. Raises DriverError on one that is no time above 0 s."""
    if not math.isfinite(lease_s) or lease_s <= 0:
        raise DriverError(f"A lease must be a time above 0 s; got {lease_s!r}.")
    return lease_s


def real_seconds() -> float:
    """Return seconds of a clock that nobody sets and that goes on while the machine sleeps.

    A lamp does not sleep with the computer. Python's own monotonic clock stands still then on Linux and on macOS.
    """
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        number = getattr(time, name, None)
        if number is not None:
            return time.clock_gettime(number)
    return time.monotonic()  # Windows: goes on while asleep
