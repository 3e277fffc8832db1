"""KIND FOLDER, inside a network of its own: switch on, take the network away, give it back; prints what was measured.

The broker's address is taken from the machine, as when a cable is pulled: nothing is refused, nobody is told, and what
was sent waits in the system's queue until the address is there again. A proxy cannot show that: it takes what it is
sent.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.drivers.mqtt import Address
from irtherapy.edge.faults import parts as plug_bench
from irtherapy.edge.faults.firmware import Node

HOST = "10.9.9.1"
LEASE_S, AWAY_S = 3.0, 5.0


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def main(kind: str, folder: Path) -> None:
    ip("link", "set", "lo", "up")
    ip("addr", "add", f"{HOST}/32", "dev", "lo")
    plug_bench.CONF = plug_bench.CONF.replace("127.0.0.1", "0.0.0.0") + "user root\n"  # there is nobody else in here
    broker = plug_bench.Broker(folder)
    if kind == "esphome":
        plug = Node(folder / "plug")
        plug_bench.wait_for(plug.truth, 10.0)
        time.sleep(0.5)
        driver = registry.open_switch({"kind": kind, "node": {"host": HOST, "port": plug.port}})
    else:
        plug = plug_bench.Pretended(kind, broker.port, folder / "plug")
        driver = registry.open_plug(Address(HOST, broker.port), kind, plug.topic)
        plug_bench.wait_for(lambda: driver.line.heard(driver.presence), 10.0)
    told: dict[str, object] = {"lease_s": LEASE_S}
    try:
        driver.on(LEASE_S)
        ip("addr", "del", f"{HOST}/32", "dev", "lo")
        cut_s = time.time()
        while time.time() < cut_s + AWAY_S:
            with contextlib.suppress(DriverError):
                driver.renew(LEASE_S)
            time.sleep(0.2)
        told["seconds_to_off"] = round(plug.seconds_to_off(cut_s, 0.1), 2)
        before = len(plug.truth())
        ip("addr", "add", f"{HOST}/32", "dev", "lo")
        time.sleep(4.0)  # the system tries again what waits after at most as long as the network was away
        told["afterwards"] = [line["on"] for line in plug.truth()[before:]]
        plug_bench.wait_for(lambda: driver.line.alive, 4.0)
        told["reaches"] = driver.line.alive
    finally:
        driver.close()
        plug.kill()
        broker.kill()
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
