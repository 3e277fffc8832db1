"""The simulated lamp as a process of its own: ``python -m irtherapy.edge.drivers.twin SESSION_FOLDER``.

It listens on the loopback address for clients with the right token, keeps the lease on its own real clock, writes
each switch to ``heater.jsonl`` and ends by itself some seconds after the lamp is out and the last client gone.
"""

from __future__ import annotations

import json
import os
import secrets
import selectors
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from irtherapy.edge.drivers.interface import DriverError, real_seconds
from irtherapy.edge.drivers.simulated import ADDRESS, SPEC, Lamp
from irtherapy.values import Device, Person, Placement, Site, from_json, to_json

LINGER_S = 10.0
HEATER_LOG = "heater.jsonl"


def write_spec(folder: Path, person: Person, site: Site, device: Device, placement: Placement, seed: int) -> None:
    """Write ``twin.json``: the body and the device that the process simulates."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    spec = {"person": person, "site": site, "device": device, "placement": placement, "seed": seed}
    (folder / SPEC).write_text(json.dumps(to_json(spec), allow_nan=False), encoding="utf-8")


def body_of(folder: Path) -> tuple[Any, float]:
    """Return the simulated body of a session folder and the lamp's electrical power in W."""
    from irtherapy.dose import twin
    from irtherapy.edge import data

    spec = json.loads((folder / SPEC).read_text(encoding="utf-8"))
    device = from_json(Device, spec["device"])
    person, site = from_json(Person, spec["person"]), from_json(Site, spec["site"])
    placement = from_json(Placement, spec["placement"])
    body = twin.new(person, site, device, placement, data.body_tables(), int(spec["seed"]))
    return body, device.electrical_power_w or 100.0


class Server:
    """One lamp, one listening socket, one loop."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.token = folder, secrets.token_hex(16)
        body, power_w = body_of(folder)
        self.lamp = Lamp(body, power_w, real_seconds, self.write)
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ, None)
        self.clients: dict[socket.socket, dict[str, Any]] = {}
        self.idle_since = real_seconds()

    def write(self, what: str, why: str) -> None:
        """Add one line to the heater's own log."""
        line = {"wall": datetime.now(UTC).isoformat(), "real_s": real_seconds(), "heat": what, "why": why}
        with (self.folder / HEATER_LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def publish(self) -> None:
        """Say where the lamp listens, readable by this user alone."""
        part = self.folder / (ADDRESS + ".part")
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            json.dump({"port": self.listener.getsockname()[1], "token": self.token, "pid": os.getpid()}, file)
        part.replace(self.folder / ADDRESS)

    def run(self) -> None:
        """Serve until the lamp is out and nobody has been connected for a while."""
        self.publish()
        try:
            while self.lamp.lit or self.clients or real_seconds() - self.idle_since < LINGER_S:
                for key, _ in self.selector.select(timeout=0.05):
                    if key.data is None:
                        client, _ = self.listener.accept()
                        client.setblocking(False)  # nobody may keep the lamp from its lease
                        self.clients[client] = {"known": False, "rest": b""}
                        self.selector.register(client, selectors.EVENT_READ, client)
                    else:
                        self.receive(key.data)
                self.lamp.tick()
        finally:
            self.lamp.off("the device stopped")
            (self.folder / ADDRESS).unlink(missing_ok=True)

    def receive(self, client: socket.socket) -> None:
        """Answer each whole line of a client; drop it when it is gone, talks nonsense or does not listen."""
        entry = self.clients[client]
        try:
            chunk = client.recv(65536)
            *whole, entry["rest"] = (entry["rest"] + chunk).split(b"\n")
            for line in whole:
                client.sendall(json.dumps(self.answer(entry, json.loads(line))).encode() + b"\n")
            gone = not chunk or len(entry["rest"]) > 65536
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
            gone = True
        if gone:
            self.selector.unregister(client)
            client.close()
            del self.clients[client]
            self.idle_since = real_seconds()

    def answer(self, entry: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
        """Do what one message asks, and say when the lamp will not."""
        try:
            return self._answer(entry, question)
        except DriverError as error:
            return {"ok": False, "why": str(error)}

    def _answer(self, entry: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
        what = question.get("do")
        if what == "hello" and secrets.compare_digest(str(question.get("token")), self.token):
            entry["known"] = True
        elif not entry["known"]:
            return {"ok": False, "why": "Say hello with the token first."}
        elif what == "on":
            self.lamp.on(float(question["lease_s"]))
        elif what == "renew":
            self.lamp.renew(float(question["lease_s"]))
        elif what == "off":
            self.lamp.off()
        elif what == "read":
            reading = self.lamp.read(float(question["now_s"]))
            return {"ok": True, "heat_on": reading.heat_on, "skin_c": reading.skin_c, "power_w": reading.power_w}
        else:
            return {"ok": False, "why": f"The lamp does not know {what!r}."}
        return {"ok": True}


def main() -> None:
    """Run the lamp of the session folder named on the command line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # by way of "off"
    Server(Path(sys.argv[1])).run()


if __name__ == "__main__":
    main()
