"""What every plug and node shares: no ON without an OFF that the plug itself has promised, read back, and renewed."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from irtherapy.edge.drivers.interface import DriverError, Reading, checked_lease, real_seconds

if TYPE_CHECKING:  # the MQTT library is loaded for those who have a plug on a broker
    from irtherapy.edge.drivers.mqtt import Line

SILENT_S = 3.0  # a plug that has answered nothing for so long is not reachable
RENEW_SHARE = 0.3  # of the lease between two renewals
LOOK_EVERY_S = 1.0


class Plug(ABC):
    """A plug with a timer of its own. Subclasses speak its words; the order of things is here.

    ``arm`` must have succeeded before the first ``on``. All methods raise DriverError when the plug does not do, or not
    say, what it was told.
    """

    has_skin = False  # whether a skin thermometer is part of it

    def __init__(self) -> None:
        self.armed_for_s: float | None = None
        self._armed_s = self._lit_s = math.inf  # real seconds; when it was armed, and switched on
        self.lit_until_s = -1.0  # real seconds; when the promise that stands runs out
        self._renewed_s = self._looked_s = -1.0

    # -- the words of one make

    @abstractmethod
    def check_reachable(self) -> None:
        """Refuse a plug that is offline, and a broker that keeps an ON for it."""

    @abstractmethod
    def was_away_since(self, since_s: float) -> bool:
        """Return whether the plug has told its presence anew: it had lost its power or its network."""

    @abstractmethod
    def firmware(self) -> str:
        """Return the name of the plug's firmware."""

    @abstractmethod
    def promise_off(self, lease_s: float) -> None:
        """Set the plug's own timer and the state after a power cut, and read both back."""

    @abstractmethod
    def send_on(self, lease_s: float) -> None:
        """Send one ON that runs for ``lease_s`` by the plug's own timer."""

    def send_renewal(self, lease_s: float) -> None:
        """Promise ``lease_s`` seconds more; by another ON where the plug knows no other word."""
        self.send_on(lease_s)

    @abstractmethod
    def send_off(self) -> bool:
        """Send OFF and return whether the plug said so."""

    @abstractmethod
    def said_on(self, since_s: float, wait_s: float) -> bool | None:
        """Return what the plug has said of its relay since then, waiting at most ``wait_s``; None for nothing."""

    @abstractmethod
    def look(self) -> None:
        """Ask for the state without waiting."""

    @abstractmethod
    def state(self) -> tuple[bool | None, float | None, float]:
        """Return (relay on or not, watts, seconds since the plug last said anything of its relay)."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the plug."""

    # -- the order of things, the same for all

    def arm(self, lease_s: float) -> None:
        """Set and read back the promise of OFF; the plug is off afterwards."""
        checked_lease(lease_s)
        self.check_reachable()
        if not self.send_off():
            raise DriverError("The plug did not say that it is off.")
        self._armed_s = real_seconds()
        self.promise_off(lease_s)
        self.armed_for_s = lease_s

    def on(self, lease_s: float) -> None:
        """Switch on, the OFF promised first."""
        if self.armed_for_s != lease_s or self.was_away_since(self._armed_s):
            self.arm(lease_s)
        self.check_reachable()
        since_s = real_seconds()
        self.send_on(lease_s)
        if self.said_on(since_s, 1.0) is not True:
            self.send_off()
            raise DriverError("The plug did not say that it is on.")
        self.lit_until_s = since_s + lease_s
        self._lit_s = self._renewed_s = since_s

    def _check_stayed(self) -> None:
        """Refuse to go on with a plug that came back: a renewal would switch it on again beside nobody."""
        if self.was_away_since(self._lit_s):
            raise DriverError("The plug was away while it was on: it had lost its power or its network.")

    def renew(self, lease_s: float) -> None:
        """Renew the promise; one that has run out is not revived."""
        self._check_stayed()
        now_s = real_seconds()
        if now_s >= self.lit_until_s:
            raise DriverError("The time that the plug had promised ran out before it was renewed.")
        if now_s - self._renewed_s < RENEW_SHARE * lease_s:
            return
        said = self.said_on(self._renewed_s, 0.0)
        if said is True:  # the last renewal was heard, so its promise stands
            self.lit_until_s = self._renewed_s + lease_s
        elif said is False:
            raise DriverError("The plug went off by itself.")
        self._renewed_s = now_s
        self.send_renewal(lease_s)

    def off(self) -> None:
        """Switch off and hear that it is off; told twice if need be."""
        self.lit_until_s, self._lit_s = -1.0, math.inf
        if not (self.send_off() or self.send_off()):
            raise DriverError("The plug did not say that it is off.")

    def read(self, now_s: float) -> Reading:
        """Return relay and watts as the plug last said."""
        self.check_reachable()
        self._check_stayed()
        relay, watts, age_s = self.state()
        if real_seconds() - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = real_seconds()
            self.look()
        if age_s > SILENT_S and self.armed_for_s is not None:
            raise DriverError("The plug says nothing any more.")
        return Reading(relay, None, watts)


class PlugOnBroker(Plug):
    """A plug on a line to an MQTT broker; ``presence`` is the topic on which it says that it is there."""

    def __init__(self, line: Line, presence: str) -> None:
        super().__init__()
        self.line, self.presence = line, presence

    def was_away_since(self, since_s: float) -> bool:
        """Return whether the plug has told its presence anew: it had lost its power or its network."""
        told = self.line.heard(self.presence)
        return told is not None and not told.retained and told.at_s > since_s

    def close(self) -> None:
        """Let go of the plug."""
        self.line.close()
