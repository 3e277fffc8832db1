"""A plug with Tasmota firmware: POWER, PulseTime as its own OFF, PowerOnState, LWT and power metering.

PulseTime counts 1 to 111 in tenths of a second, and each ON starts it anew (Tasmota issues 458 and 779, by its author);
whether a given plug does is measured by the set-up test (``irtherapy devices test``), not believed. POWER without a
word is never sent: firmware up to 8.5 then forgets its timer (issues 4453, 9325) and the lamp would stay on. What the
relay and the meter say is asked by STATUS 11 and STATUS 10, since TelePeriod knows nothing shorter than ten seconds.
"""

from __future__ import annotations

import math

from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.drivers.mqtt import Heard, Line
from irtherapy.edge.drivers.plug import PlugOnBroker

PULSE_TENTHS_MAX = 111
WATTS_OLD_S = 3.0


def listened(topic: str) -> tuple[str, ...]:
    """Return the topics a line for this plug has to listen to."""
    return (f"stat/{topic}/+", f"tele/{topic}/+", f"cmnd/{topic}/+")


class Tasmota(PlugOnBroker):
    """One relay of a Tasmota plug on ``topic``."""

    def __init__(self, line: Line, topic: str) -> None:
        super().__init__(line, f"tele/{topic}/LWT")
        self.topic = topic
        self._result = f"stat/{topic}/RESULT"
        self._tells = (self._result, f"stat/{topic}/POWER", f"stat/{topic}/STATUS11")
        self._meters = (f"stat/{topic}/STATUS10", f"tele/{topic}/SENSOR")

    def check_reachable(self) -> None:
        """Refuse a plug that is offline, and a broker that keeps an ON for it."""
        if not self.line.alive:
            raise DriverError("The broker is not there.")
        kept = self.line.heard(f"cmnd/{self.topic}/POWER")
        if kept is not None and kept.retained and kept.text.upper() in ("ON", "1", "TOGGLE", "2"):
            raise DriverError("The broker keeps an ON for this plug. Delete that kept message first.")
        will = self.line.known(self.presence)
        if will is None or will.text != "Online":
            raise DriverError("The plug is offline.")

    def firmware(self) -> str:
        """Return the version that STATUS 2 tells."""
        answer = self.line.ask(f"cmnd/{self.topic}/STATUS", "2", f"stat/{self.topic}/STATUS2", lambda _: True)
        told = {} if answer is None else answer.json().get("StatusFWR")
        version = told.get("Version") if isinstance(told, dict) else None
        if not version:
            raise DriverError("The plug did not tell its firmware.")
        return f"Tasmota {version}"

    def promise_off(self, lease_s: float) -> None:
        """Set and read back PulseTime and PowerOnState."""
        tenths = math.floor(lease_s * 10.0 + 1e-6)
        if not 1 <= tenths <= PULSE_TENTHS_MAX:
            raise DriverError(f"A lease must be from 0.1 to 11.1 s for this plug; got {lease_s:g}.")
        self._set("PulseTime1", str(tenths), lambda found: _pulse(found) == tenths)
        self._set("PowerOnState", "0", lambda found: found.json().get("PowerOnState") == 0)

    def _set(self, name: str, value: str, says: object) -> None:
        for text in (value, ""):  # set it, then ask for it: what counts is what the plug has kept
            answer = self.line.ask(f"cmnd/{self.topic}/{name}", text, self._result, says)  # type: ignore[arg-type]
            if answer is None:
                raise DriverError(f"The plug did not take {name}.")

    def send_on(self, lease_s: float) -> None:
        """Send ON; PulseTime ends it."""
        self.line.tell(f"cmnd/{self.topic}/POWER", "ON")

    def send_off(self) -> bool:
        """Send OFF and hear it."""
        answer = self.line.ask(f"cmnd/{self.topic}/POWER", "OFF", self._result, lambda found: _power(found) is False)
        return answer is not None

    def said_on(self, since_s: float, wait_s: float) -> bool | None:
        """Return the last POWER since then, once one was said."""
        self.line.until(self._result, lambda one: _power(one) is not None, wait_s, since_s)
        said = self._said()
        return None if said is None or said.at_s < since_s else _power(said)

    def _said(self) -> Heard | None:
        """Return the newest message that tells of the relay."""
        found = [self.line.last(topic, lambda one: _power(one) is not None) for topic in self._tells]
        return max((one for one in found if one is not None), key=lambda one: one.at_s, default=None)

    def look(self) -> None:
        """Ask for the relay and for the meter."""
        self.line.tell(f"cmnd/{self.topic}/STATUS", "11")
        self.line.tell(f"cmnd/{self.topic}/STATUS", "10")

    def state(self) -> tuple[bool | None, float | None, float]:
        """Return relay, watts and the age of what was said of the relay."""
        said = self._said()
        relay = None if said is None else _power(said)
        meters = [self.line.last(topic, lambda _: True) for topic in self._meters]
        meter = max((one for one in meters if one is not None), key=lambda one: one.at_s, default=None)
        watts = None if meter is None or meter.age_s > WATTS_OLD_S else _watts(meter)
        return relay, watts, math.inf if said is None else said.age_s


def _power(found: Heard) -> bool | None:
    """Return what a message says of the relay, as JSON or as the bare word; None for any other."""
    told = found.json()
    told = told["StatusSTS"] if isinstance(told.get("StatusSTS"), dict) else told
    word = told.get("POWER", told.get("POWER1", found.text))
    return {"ON": True, "OFF": False}.get(str(word))


def _watts(found: Heard) -> float | None:
    """Return the power of a SENSOR or STATUS 10 message; None when it has none."""
    told = found.json()
    told = told["StatusSNS"] if isinstance(told.get("StatusSNS"), dict) else told
    energy = told.get("ENERGY")
    power = energy.get("Power") if isinstance(energy, dict) else None
    return float(power) if isinstance(power, int | float) and math.isfinite(power) else None


def _pulse(found: Heard) -> int | None:
    """Return the PulseTime of an answer, in either of the forms that Tasmota has had."""
    told = found.json().get("PulseTime1")
    value = told.get("Set") if isinstance(told, dict) else str(told).split(" ")[0]
    try:
        return int(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
