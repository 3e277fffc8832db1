"""A Shelly plug of the second generation or later: JSON calls over MQTT, ``toggle_after`` as its own OFF.

``Switch.Set`` with ``toggle_after`` switches back by itself; ``auto_off`` in the plug's settings stands behind it, for
an ON that somebody else sends; ``initial_state`` is what comes after a power cut (Shelly API, Switch component).
"""

from __future__ import annotations

import itertools
import json
import math
import uuid
from typing import Any

from irtherapy.edge.drivers.interface import DriverError, real_seconds
from irtherapy.edge.drivers.mqtt import Heard, Line
from irtherapy.edge.drivers.plug import PlugOnBroker


def answers_to() -> str:
    """Return a new name under which a plug answers this program and nobody else."""
    return f"irtherapy-{uuid.uuid4().hex[:12]}"


def listened(topic: str, answers: str) -> tuple[str, ...]:
    """Return the topics a line for this plug has to listen to; its answers come back on ``answers``."""
    return (f"{topic}/online", f"{topic}/command/+", f"{topic}/status/switch:0", f"{answers}/rpc")


class Shelly(PlugOnBroker):
    """Switch 0 of a Shelly plug with the MQTT prefix ``topic``."""

    def __init__(self, line: Line, topic: str, answers: str) -> None:
        super().__init__(line, f"{topic}/online")
        self.topic, self.answers = topic, answers
        self._number = itertools.count(1)
        self._sets: dict[int, float] = {}  # number of each ON sent, and when

    def check_reachable(self) -> None:
        """Refuse a plug that is offline, and a broker that keeps an ON for it."""
        if not self.line.alive:
            raise DriverError("The broker is not there.")
        kept = self.line.heard(f"{self.topic}/command/switch:0")
        if kept is not None and kept.retained and kept.text.split(",")[0] in ("on", "toggle"):
            raise DriverError("The broker keeps an ON for this plug. Delete that kept message first.")
        online = self.line.known(self.presence)
        if online is None or online.text != "true":
            raise DriverError("The plug is offline.")

    def _send(self, method: str, **params: Any) -> int:
        number = next(self._number)
        call = {"id": number, "src": self.answers, "method": method, "params": params}
        self.line.tell(f"{self.topic}/rpc", json.dumps(call))
        return number

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        since_s = real_seconds()
        number = self._send(method, **params)
        answer = self.line.until(f"{self.answers}/rpc", lambda found: found.json().get("id") == number, 1.0, since_s)
        result = None if answer is None else answer.json().get("result")
        if not isinstance(result, dict):
            raise DriverError(f"The plug did not answer {method}.")
        return result

    def firmware(self) -> str:
        """Return the version that GetDeviceInfo tells."""
        version = self._call("Shelly.GetDeviceInfo").get("ver")
        if not version:
            raise DriverError("The plug did not tell its firmware.")
        return f"Shelly {version}"

    def promise_off(self, lease_s: float) -> None:
        """Set and read back auto-off and the state after a power cut."""
        wanted = {"initial_state": "off", "auto_off": True, "auto_off_delay": lease_s}
        self._call("Switch.SetConfig", id=0, config=wanted)
        kept = self._call("Switch.GetConfig", id=0)
        if any(kept.get(name) != value for name, value in wanted.items()):
            raise DriverError("The plug did not take its own switching off.")

    def send_on(self, lease_s: float) -> None:
        """Send an ON that the plug ends itself."""
        sent_s = real_seconds()
        self._sets = {n: at for n, at in self._sets.items() if sent_s - at < 30.0}
        self._sets[self._send("Switch.Set", id=0, on=True, toggle_after=lease_s)] = sent_s

    def send_off(self) -> bool:
        """Send OFF and read the state back."""
        try:
            self._call("Switch.Set", id=0, on=False)
            return self._call("Switch.GetStatus", id=0).get("output") is False
        except DriverError:
            return False

    def said_on(self, since_s: float, wait_s: float) -> bool | None:
        """Return True when an ON sent since then was answered and the plug has not said off after it."""
        wanted = {n for n, at in self._sets.items() if at >= since_s}

        def answered(found: Heard) -> bool:
            told = found.json()
            return told.get("id") in wanted and isinstance(told.get("result"), dict)

        found = self.line.until(f"{self.answers}/rpc", answered, wait_s, since_s)
        status = self._status()
        if found is None:
            return False if status is not None and status[1] >= since_s and status[0].get("output") is False else None
        return not (status is not None and status[1] > found.at_s and status[0].get("output") is False)

    def _status(self) -> tuple[dict[str, Any], float] | None:
        """Return the last status of the switch that the plug sent or answered, and when."""
        told = [
            self.line.last(f"{self.topic}/status/switch:0", lambda one: "output" in one.json()),
            self.line.last(f"{self.answers}/rpc", lambda one: "output" in _result(one)),
        ]
        newest = max((one for one in told if one is not None), key=lambda one: one.at_s, default=None)
        return None if newest is None else (_result(newest) or newest.json(), newest.at_s)

    def look(self) -> None:
        """Ask for the status."""
        self._send("Switch.GetStatus", id=0)

    def state(self) -> tuple[bool | None, float | None, float]:
        """Return relay, watts and the age of what was said of the relay."""
        status = self._status()
        if status is None:
            return None, None, math.inf
        told, at_s = status
        watts = told.get("apower")
        power = float(watts) if isinstance(watts, int | float) and math.isfinite(watts) else None
        output = told.get("output")
        return output if isinstance(output, bool) else None, power, real_seconds() - at_s


def _result(answer: Heard) -> dict[str, Any]:
    """Return the result of an answer; an empty one when it has none."""
    found = answer.json().get("result")
    return found if isinstance(found, dict) else {}
