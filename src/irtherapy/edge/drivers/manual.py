"""The person is the switch: nothing is read, nothing is switched; the session machine asks until it is confirmed."""

from __future__ import annotations

from irtherapy.edge.drivers.interface import Reading


class Manual:
    """A device with its own switch. Power and skin are unknown, and said to be."""

    def on(self, lease_s: float) -> None:
        """The person has said that it is on."""

    def renew(self, lease_s: float) -> None:
        """Nothing to renew."""

    def off(self) -> None:
        """The person is asked by the session machine."""

    def read(self, now_s: float) -> Reading:
        """Return that nothing is known."""
        return Reading(None, None, None)

    def close(self) -> None:
        """Nothing to close."""
