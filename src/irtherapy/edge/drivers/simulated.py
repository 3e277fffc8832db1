"""The simulated device: a lamp with a lease on a simulated body, in this process or in one of its own.

In its own process (``Remote``) the lamp outlives the program that switched it on, as a real lamp does, and its lease
runs on its own real clock. In this process (``InProcess``) the same lamp follows session time, for the demonstration.
"""

from __future__ import annotations

import json
import math
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from irtherapy import limits
from irtherapy.edge.drivers.interface import DriverError, Reading, checked_lease

SPEC = "twin.json"
ADDRESS = "twin-address.json"
START_TIMEOUT_S = 20.0
ANSWER_TIMEOUT_S = 1.0
BODY_STEP_S = 1.0
BODY_CATCH_UP_S = 60.0  # of body time in one answer, so that no question keeps the lamp from its lease
ROOM_C = 22.0
NOISE_C = 0.02  # of the thermometer, as a real one has: without it every plateau is a frozen sensor


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
        self._chance = random.Random(1)

    def on(self, lease_s: float) -> None:
        """Light the lamp until the lease runs out. Raises DriverError on a lease that is no time."""
        self.until = self.clock() + self._lease(lease_s)
        if not self.lit:
            self.lit = True
            self.log("on", "told")

    def renew(self, lease_s: float) -> None:
        """Extend the lease; an expired one is not revived."""
        self.tick()
        if self.lit:
            self.until = self.clock() + self._lease(lease_s)

    def _lease(self, lease_s: float) -> float:
        """The lamp's own ceiling: whoever asks for more gets this."""
        return min(checked_lease(lease_s), limits.LEASE_MAX_S)

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
        until_s = min(now_s, self.body_s + BODY_CATCH_UP_S) if math.isfinite(now_s) else self.body_s
        while self.body_s < until_s - 1e-9:
            dt = min(BODY_STEP_S, until_s - self.body_s)
            self.body.advance(dt, self.lit)
            self.body_s += dt
            self.tick()
        skin_c = round(self.body.skin_c + self._chance.gauss(0.0, NOISE_C), 2)
        return Reading(self.lit, skin_c, self.power_w if self.lit else 0.0)


class InProcess:
    """The lamp in this process, its lease on session time, with faults by name for the tests.

    Faults: ``sensor_nan``, ``sensor_lost`` (no value), ``sensor_stale`` (an old value again and again),
    ``sensor_frozen`` (the same value, said to be new), ``detached`` (it hangs in the air of the room),
    ``stuck_relay`` (a welded contact), ``lease_lost`` (renewals do not arrive), ``unreachable``.
    """

    FAULTS = (
        "sensor_nan",
        "sensor_lost",
        "sensor_stale",
        "sensor_frozen",
        "detached",
        "stuck_relay",
        "lease_lost",
        "unreachable",
    )

    def __init__(self, body: Body, clock: Callable[[], float], power_w: float = 150.0) -> None:
        self.log: list[tuple[str, str]] = []
        self.lamp = Lamp(body, power_w, clock, lambda what, why: self.log.append((what, why)))
        self.faults: set[str] = set()
        self._held: tuple[float, float] | None = None  # skin and session time when a fault began to hold it

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
        if "lease_lost" not in self.faults:
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
        skin, age_s = self._sensed(good.skin_c, now_s)
        return Reading(good.heat_on, skin, good.power_w, age_s)

    def _sensed(self, skin_c: float | None, now_s: float) -> tuple[float | None, float]:
        """Return what the thermometer says with its faults, and how old that is."""
        holding = self.faults & {"sensor_frozen", "sensor_stale", "detached"}
        if skin_c is None or not holding:
            self._held = None
        elif self._held is None:
            self._held = (skin_c, now_s)
        if "sensor_nan" in self.faults:
            return math.nan, 0.0
        if "sensor_lost" in self.faults or skin_c is None or self._held is None:
            return (None if "sensor_lost" in self.faults else skin_c), 0.0
        held_c, since_s = self._held
        if "detached" in self.faults:  # the bead cools to the room with a time constant of 20 s
            return round(ROOM_C + (held_c - ROOM_C) * math.exp((since_s - now_s) / 20.0), 2), 0.0
        return held_c, (now_s - since_s if "sensor_stale" in self.faults else 0.0)

    def close(self) -> None:
        """Leave the lamp to its lease."""


class Remote:
    """The client of the lamp process of a session folder; starts it when it is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket: socket.socket | None = None
        self._file: Any = None
        self._start()

    def _start(self) -> None:
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
                self._connect()
                return
            except (OSError, ValueError, KeyError):
                time.sleep(0.05)
        raise DriverError("The simulated device did not start.")

    def _connect(self) -> None:
        where = json.loads((self.folder / ADDRESS).read_text(encoding="utf-8"))
        self._socket = socket.create_connection(("127.0.0.1", where["port"]), timeout=ANSWER_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rwb")
        self._say({"do": "hello", "token": where["token"]})

    def _say(self, question: dict[str, Any]) -> dict[str, Any]:
        self._file.write(json.dumps(question).encode() + b"\n")
        self._file.flush()
        answer: dict[str, Any] = json.loads(self._file.readline())
        return answer

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Ask once; after a silence the line is closed, and the next question begins with a new one."""
        try:
            if self._socket is None:
                self._connect()
            answer = self._say(question)
        except (OSError, ValueError, KeyError) as error:
            self.close()
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
        for end in (self._file, self._socket):  # the file holds the line open by itself
            try:
                if end is not None:
                    end.close()
            except OSError:
                pass
        self._file = self._socket = None
