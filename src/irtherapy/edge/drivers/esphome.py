"""An ESPHome node with the irtherapy heater in it: it holds its own heartbeat, and is off at every start.

The node's half of the promise is ``data/esphome/irtherapy-heater.yaml``: a lease of at most 5 s that is told and read
back, two actions that carry the node's own clock (``heat``, and ``renew``, which never lights a heater that is off; one
that is late does nothing), and "Last word", the number of the last of them that was carried out.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

from irtherapy.edge.drivers.esphome_line import Line, Said
from irtherapy.edge.drivers.interface import DriverError, Reading, real_seconds
from irtherapy.edge.drivers.plug import Plug

PROJECT = "irtherapy.heater"
HEATER, LEASE, CLOCK, LAST_WORD = "Heater", "Lease", "Node clock", "Last word"
SKIN, SECOND, POWER = "Skin", "Skin 2", "Heater power"
NEEDED = (HEATER, LEASE, CLOCK, LAST_WORD, "heat", "renew")
ANSWER_S = 1.0
FRESH_S = 1.0  # it tells its clock twice a second
OLD_S = 3.0  # a second thermometer that has been silent for so long does not count


class EspHome(Plug):
    """The heater of a node, and its thermometers and watt meter where it has them."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line
        self._number = itertools.count(1)
        self._sent: dict[int, float] = {}  # number of each heat and renew, and when

    def check_reachable(self) -> None:
        """Refuse a node that is away, and one without the irtherapy heater in it."""
        if not self.line.alive:
            raise DriverError("The node is not there.")
        missing = [name for name in NEEDED if not self.line.has(name)]
        if self.line.about.project_name != PROJECT or missing:
            raise DriverError("The node has no irtherapy heater: its YAML is written by `irtherapy devices node`.")

    def was_away_since(self, since_s: float) -> bool:
        """Return whether the line was made anew: the node had lost its power or its network."""
        return self.line.since_s > since_s

    def firmware(self) -> str:
        """Return what runs on the node, with the time at which it was built."""
        self.check_reachable()
        about = self.line.about
        return f"{PROJECT} {about.project_version}, ESPHome {about.esphome_version}, {about.compilation_time}"

    @property
    def has_skin(self) -> bool:  # type: ignore[override]
        """Whether the node has a thermometer for the skin."""
        return self.line.has(SKIN)

    def promise_off(self, lease_s: float) -> None:
        """Set the node's lease and read it back; that it is off at every start is compiled into it."""
        since_s = real_seconds()
        self.line.set_number(LEASE, lease_s)

        def taken() -> bool:
            told = self.line.heard(LEASE)
            return told is not None and told.at_s >= since_s and abs(told.value - lease_s) < 0.01

        if not self.line.until(taken, ANSWER_S):
            raise DriverError("The node did not take its own switching off.")

    def send_on(self, lease_s: float) -> None:
        """Send an ON that the node ends itself, and that is nothing when it comes late."""
        self._word("heat")

    def send_renewal(self, lease_s: float) -> None:
        """Send a renewal; a heater that is off stays off."""
        self._word("renew")

    def _word(self, name: str) -> None:
        if not self.line.until(self._clock_is_told, ANSWER_S):  # it has just started
            raise DriverError("The node did not tell its clock.")
        clock, now_s = self.line.heard(CLOCK), real_seconds()
        assert clock is not None
        number = next(self._number)
        self._sent = {n: at_s for n, at_s in self._sent.items() if now_s - at_s < 30.0}
        self._sent[number] = now_s
        self.line.call(name, {"node_s": int(clock.value + now_s - clock.at_s), "word": number})

    def _clock_is_told(self) -> bool:
        clock = self.line.heard(CLOCK)
        return clock is not None and math.isfinite(clock.value)

    def send_off(self) -> bool:
        """Send OFF and return whether the node said so."""
        since_s = real_seconds()
        try:
            self.line.switch(HEATER, False)
        except DriverError:
            return False
        return self.line.until(lambda: self._off(since_s - FRESH_S), ANSWER_S) and self.line.alive

    def _off(self, since_s: float) -> bool:
        """Return whether it says that it is off, and has spoken since then: of the switch it tells changes alone."""
        heater, clock = self.line.heard(HEATER), self.line.heard(CLOCK)
        return heater is not None and heater.value == 0.0 and clock is not None and clock.at_s >= since_s

    def said_on(self, since_s: float, wait_s: float) -> bool | None:
        """Return True when a heat or renew sent since then was carried out and the node has not said off after it."""
        wanted = {number for number, at_s in self._sent.items() if at_s >= since_s}

        def done() -> Said | None:
            told = self.line.heard(LAST_WORD)
            return told if told is not None and told.at_s >= since_s and told.value in wanted else None

        self.line.until(lambda: done() is not None, wait_s)
        heater, found = self.line.heard(HEATER), done()
        went_off = heater is not None and heater.value == 0.0 and not heater.first
        if found is None or heater is None:
            return False if went_off and heater is not None and heater.at_s >= since_s else None
        return heater.value != 0.0

    def look(self) -> None:
        """The node speaks by itself, twice a second."""

    def state(self) -> tuple[bool | None, float | None, float]:
        """Return relay, watts, and how long ago the node last said anything."""
        heater, power, clock = (self.line.heard(name) for name in (HEATER, POWER, CLOCK))
        if heater is None or clock is None:
            return None, None, math.inf
        watts = power.value if power is not None and math.isfinite(power.value) else None
        return bool(heater.value), watts, real_seconds() - clock.at_s

    def read(self, now_s: float) -> Reading:
        """Return what the node shows. What it tells on greeting is of no known age and does not count."""
        of_heater = super().read(now_s)
        skin, second = self.line.heard(SKIN), self.line.heard(SECOND)
        if not self.has_skin:
            return of_heater
        if skin is None or skin.first:
            return replace(of_heater, age_s=math.inf)
        fresh = second is not None and not second.first and real_seconds() - second.at_s <= OLD_S
        second_c = second.value if fresh and second is not None else None
        return replace(of_heater, skin_c=skin.value, age_s=real_seconds() - skin.at_s, skin2_c=second_c)

    def close(self) -> None:
        """Let go of the node."""
        self.line.close()
