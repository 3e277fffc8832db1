"""The simulated device: a lamp with a lease on a simulated body, in this process or in one of its own.

In its own process (``Remote``) the lamp outlives the program that switched it on, as a real lamp does, and its lease
runs on its own real clock. In this process (``InProcess``) the same lamp follows session time, for the demonstration.
"""

from __future__ import annotations

import json
import math
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from irtherapy.edge.drivers.interface import DriverError, Reading

SPEC = "twin.json"
ADDRESS = "twin-address.json"
START_TIMEOUT_S = 20.0
ANSWER_TIMEOUT_S = 2.0


class Body(Protocol):
    """What the lamp heats: advanced in time, asked for its skin."""

    @property
    def skin_c(self) -> float:
        """Skin temperature in degrees C."""

    def advance(self, dt_s: float, heat_on: bool) -> None:
        """Let time pass with the lamp on or off."""


class Lamp:
    """A lamp with a lease, and the body under it. ``clock`` runs the lease; session time runs the body."""

    def __init__(self, body: Body, power_w: float, clock: Callable[[], float], log: Callable[[str, str], None]) -> None:
        self.body, self.power_w, self.clock, self.log = body, power_w, clock, log
        self.lit = False
        self.until = -math.inf
        self.body_s = 0.0

    def on(self, lease_s: float) -> None:
        """Light the lamp until the lease runs out."""
        self.until = self.clock() + lease_s
        if not self.lit:
            self.lit = True
            self.log("on", "told")

    def renew(self, lease_s: float) -> None:
        """Extend the lease; an expired one is not revived."""
        self.tick()
        if self.lit:
            self.until = self.clock() + lease_s

    def off(self, why: str = "told") -> None:
        """Put the lamp out."""
        if self.lit:
            self.lit = False
            self.log("off", why)

    def tick(self) -> None:
        """Put the lamp out when its lease has run out."""
        if self.lit and self.clock() >= self.until:
            self.off("lease ran out")

    def read(self, now_s: float) -> Reading:
        """Let the body follow to session time ``now_s`` and return what the sensors show."""
        self.tick()
        while self.body_s < now_s - 1e-9:
            dt = min(1.0, now_s - self.body_s)
            self.body.advance(dt, self.lit)
            self.body_s += dt
        return Reading(self.lit, round(self.body.skin_c, 2), self.power_w if self.lit else 0.0)


class InProcess:
    """The lamp in this process, its lease on session time, with faults by name for the tests.

    Faults: ``sensor_nan``, ``sensor_lost``, ``sensor_frozen``, ``stuck_relay``, ``unreachable``.
    """

    FAULTS = ("sensor_nan", "sensor_lost", "sensor_frozen", "stuck_relay", "unreachable")

    def __init__(self, body: Body, clock: Callable[[], float], power_w: float = 150.0) -> None:
        self.log: list[tuple[str, str]] = []
        self.lamp = Lamp(body, power_w, clock, lambda what, why: self.log.append((what, why)))
        self.faults: set[str] = set()
        self._frozen: float | None = None

    def _reach(self) -> None:
        if "unreachable" in self.faults:
            raise DriverError("The device does not answer.")

    def on(self, lease_s: float) -> None:
        """Light the lamp."""
        self._reach()
        self.lamp.on(lease_s)

    def renew(self, lease_s: float) -> None:
        """Extend the lease."""
        self._reach()
        self.lamp.renew(lease_s)

    def off(self) -> None:
        """Put the lamp out, unless its relay is stuck."""
        self._reach()
        if "stuck_relay" not in self.faults:
            self.lamp.off()

    def read(self, now_s: float) -> Reading:
        """Return what the sensors show, faults included."""
        self._reach()
        if "stuck_relay" in self.faults:  # a welded contact knows no lease
            self.lamp.until = math.inf
        good = self.lamp.read(now_s)
        skin: float | None = good.skin_c
        if "sensor_frozen" in self.faults:
            self._frozen = skin if self._frozen is None else self._frozen
            skin = self._frozen
        if "sensor_lost" in self.faults:
            skin = None
        if "sensor_nan" in self.faults:
            skin = math.nan
        return Reading(good.heat_on, skin, good.power_w)

    def close(self) -> None:
        """Leave the lamp to its lease."""


class Remote:
    """The client of the lamp process of a session folder; starts it when it is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket: socket.socket | None = None
        self._file: Any = None
        self._connect()

    def _connect(self) -> None:
        address = self.folder / ADDRESS
        if not address.exists():
            command = [sys.executable, "-m", "irtherapy.edge.drivers.twin", str(self.folder)]
            with (self.folder / "twin.log").open("ab") as log:
                subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, close_fds=True
                )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                where = json.loads(address.read_text(encoding="utf-8"))
                self._socket = socket.create_connection(("127.0.0.1", where["port"]), timeout=ANSWER_TIMEOUT_S)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._file = self._socket.makefile("rwb")
                self._ask({"do": "hello", "token": where["token"]})
                return
            except (OSError, ValueError, KeyError):
                time.sleep(0.05)
        raise DriverError("The simulated device did not start.")

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            self._file.write(json.dumps(question).encode() + b"\n")
            self._file.flush()
            answer = json.loads(self._file.readline())
        except (OSError, ValueError, AttributeError) as error:
            raise DriverError("The simulated device does not answer.") from error
        if not answer.get("ok"):
            raise DriverError(str(answer.get("why", "The simulated device refused.")))
        return answer

    def on(self, lease_s: float) -> None:
        """Light the lamp."""
        self._ask({"do": "on", "lease_s": lease_s})

    def renew(self, lease_s: float) -> None:
        """Extend the lease."""
        self._ask({"do": "renew", "lease_s": lease_s})

    def off(self) -> None:
        """Put the lamp out."""
        self._ask({"do": "off"})

    def read(self, now_s: float) -> Reading:
        """Return what the sensors show at session time ``now_s``."""
        answer = self._ask({"do": "read", "now_s": now_s})
        return Reading(answer["heat_on"], answer["skin_c"], answer["power_w"])

    def close(self) -> None:
        """Let go; the lamp process ends by itself."""
        if self._socket is not None:
            self._socket.close()
