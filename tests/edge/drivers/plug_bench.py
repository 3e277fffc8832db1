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

PLUGS = Path(__file__).parent / "plugs"
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
CONF = "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(what: Callable[[], object], seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


class Broker:
    """mosquitto; ``kill`` is what a power cut does to it."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        (folder / "mosquitto.conf").write_text(CONF.format(port=self.port))
        self.start()

    def start(self) -> None:
        command = [MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        wait_for(lambda: self.answers())

    def answers(self) -> bool:
        with socket.socket() as one:
            one.settimeout(0.2)
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Wire:
    """A way to the broker that can be cut: what is sent then goes nowhere, and nobody is told."""

    def __init__(self, to: int) -> None:
        self.to, self.cut = to, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(a, b), daemon=True).start()

    def _carry(self, a: socket.socket, b: socket.socket) -> None:
        for one in (a, b):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
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
        self.presence = (f"tele/{self.topic}/LWT", f"{self.topic}/online")
        folder.mkdir(exist_ok=True)
        self.start()

    def start(self) -> None:
        script = str(PLUGS / f"{self.kind}_plug.py")
        command = [sys.executable, script, "127.0.0.1", str(self.port), self.topic, str(self.folder), *self.faults]
        self.process = subprocess.Popen(command)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def truth(self) -> list[dict[str, object]]:
        path = self.folder / "truth.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def is_on(self) -> bool:
        told = self.truth()
        return self.process.poll() is None and bool(told) and bool(told[-1]["on"])

    def seconds_to_off(self, since_s: float, most_s: float) -> float:
        """Return how long after ``since_s`` (time.time()) the relay was really off."""
        wait_for(lambda: not self.is_on, most_s)
        went_off = [float(line["at_s"]) for line in self.truth() if not line["on"]]  # type: ignore[arg-type]
        return max(0.0, went_off[-1] - since_s)
