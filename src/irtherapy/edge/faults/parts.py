"""A real broker on a port of its own, pretended plugs as processes, and a wire between that can be cut."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
CONF = "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(what: Callable[[], object], seconds: float = 5.0) -> None:
    """Return when something is so. Raises TimeoutError when it is not within so many seconds."""
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise TimeoutError(f"waited in vain for {seconds:g} s")
        time.sleep(0.02)


class Broker:
    """mosquitto; ``kill`` is what a power cut does to it."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        (folder / "mosquitto.conf").write_text(CONF.format(port=self.port))
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        wait_for(lambda: self.answers())

    def answers(self) -> bool:
        """Return whether somebody listens on its port."""
        with socket.socket() as one:
            one.settimeout(0.2)
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """Let it die at once."""
        self.process.kill()
        self.process.wait()


class Wire:
    """A way to the broker that can be cut: what is sent then goes nowhere, and nobody is told."""

    def __init__(self, to: int) -> None:
        self.to, self.cut = to, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                return
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(a, b), daemon=True).start()

    def _carry(self, a: socket.socket, b: socket.socket) -> None:
        try:
            for one in (a, b):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while data := a.recv(65536):
                if not self.cut:
                    b.sendall(data)
        except OSError:
            pass
        finally:
            for one in (a, b):
                one.close()


class Pretended:
    """A plug as a process of its own, and the truth about its relay."""

    def __init__(self, kind: str, port: int, folder: Path, *faults: str) -> None:
        self.kind, self.port, self.folder, self.faults = kind, port, folder, faults
        self.topic = f"{kind}-1"
        folder.mkdir(exist_ok=True)
        self.start()

    def start(self) -> None:
        """Give it power."""
        where = ["127.0.0.1", str(self.port), self.topic, str(self.folder), *self.faults]
        self.process = subprocess.Popen([sys.executable, "-m", f"irtherapy.edge.faults.{self.kind}_plug", *where])

    def kill(self) -> None:
        """Take its power away."""
        self.process.kill()
        self.process.wait()

    def truth(self) -> list[dict[str, object]]:
        """Return its own log: (at_s, on, why) of each change."""
        path = self.folder / "truth.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def presence(self) -> tuple[str, str]:
        """The topics on which plugs say that they are there."""
        return f"tele/{self.topic}/LWT", f"{self.topic}/online"

    def wait_until_there(self, seconds: float = 10.0) -> None:
        """Return when the broker keeps the plug's word that it is there. Raises TimeoutError."""
        import paho.mqtt.client as paho

        there = threading.Event()
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)

        def connected(*_: Any) -> None:
            client.subscribe([(topic, 1) for topic in self.presence])

        client.on_connect = connected
        client.on_message = lambda _c, _d, told: there.set() if told.payload in (b"Online", b"true") else None
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        told = there.wait(seconds)
        client.disconnect()
        client.loop_stop()
        if not told:
            raise TimeoutError(f"the pretended plug was not there after {seconds:g} s")

    @property
    def is_on(self) -> bool:
        """Whether its relay is closed; one without power is open."""
        told = self.truth()
        return self.process.poll() is None and bool(told) and bool(told[-1]["on"])

    def seconds_to_off(self, since_s: float, most_s: float) -> float:
        """Return how long after ``since_s`` (time.time()) the relay was really off."""
        wait_for(lambda: not self.is_on, most_s)
        went_off = [float(line["at_s"]) for line in self.truth() if not line["on"]]  # type: ignore[arg-type]
        return max(0.0, went_off[-1] - since_s)
