"""A device that is never switched on: the session without heat of a comparison. Every OFF goes through."""

from __future__ import annotations

from irtherapy.edge.drivers.interface import Driver, DriverError, Reading, checked_lease

ON_BY_ITSELF = "The device is on although this session never switched it on. Pull its plug."


class Unlit:
    """A driver around another that has no way to its ``on`` and ``renew``.

    Nothing is known of skin and power: a thermometer would tell that there is no heat. A device that says it is on all
    the same is a fault, and is told as one.
    """

    def __init__(self, inner: Driver) -> None:
        self._inner, self._asked = inner, False

    def on(self, lease_s: float) -> None:
        """Remember that heat time runs; the device hears no ON.

        A plug is asked for its promise of OFF as before every ON, so that this takes as long, and fails as it would.
        Raises DriverError.
        """
        checked_lease(lease_s)
        arm = getattr(getattr(self._inner, "heater", self._inner), "arm", None)
        if arm is not None:
            arm(lease_s)
        self._asked = True

    def renew(self, lease_s: float) -> None:
        """Nothing to renew."""

    def off(self) -> None:
        """Switch off, as ever."""
        self._asked = False
        self._inner.off()

    def read(self, now_s: float) -> Reading:
        """Return that nothing is known, or that the device is on. Raises DriverError when it is on in heat time."""
        seen = self._inner.read(now_s)
        if not seen.heat_on:
            return Reading(None, None, None)
        if self._asked:
            raise DriverError(ON_BY_ITSELF)
        return Reading(True, None, None)

    def close(self) -> None:
        """Let go of the device."""
        self._inner.close()
