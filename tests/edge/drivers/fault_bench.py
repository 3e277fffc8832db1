"""What a lamp on a real plug's words does when something dies: real broker, real runner process, pretended plug.

``python tests/edge/drivers/fault_bench.py`` prints the matrix as JSON, ``--table`` as the table of docs/howto/plug.md.
``seconds_to_off`` is counted from the fault to the moment at which the relay itself opened, by the relay's own log.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import paho.mqtt.publish as publish
from plug_bench import Broker, Pretended, Wire, wait_for

from irtherapy.edge import journal as book
from irtherapy.edge.drivers import registry
from irtherapy.edge.runner import RunnerHandle, recover, start
from irtherapy.session import replay
from irtherapy.values import Region, SessionOrder, Setting

LEASE_S = 3.0
HEATED_S = 2.5  # before the fault
SKIN_TOPIC = "skin/celsius"
KEPT_ON = {"tasmota": ("cmnd/tasmota-1/POWER", "ON"), "shelly": ("shelly-1/command/switch:0", "on")}
CHECKS = (("skin", "The skin is bare."),)


class Skin:
    """A thermometer that publishes a slowly rising figure four times a second, as ``say`` has it."""

    def __init__(self, port: int) -> None:
        self.began_s, self.stopped = time.monotonic(), False
        self.say: Callable[[float], str | None] = lambda t_s: f"{33.0 + 0.01 * t_s:.2f}"
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        threading.Thread(target=self._speak, daemon=True).start()

    def _speak(self) -> None:
        while not self.stopped:
            text = self.say(time.monotonic() - self.began_s)
            if text is not None:
                self.client.publish(SKIN_TOPIC, text)
            time.sleep(0.25)

    def close(self) -> None:
        self.stopped = True
        self.client.disconnect()
        self.client.loop_stop()


class Bench:
    """One session under heat with all that can fail at hand."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder / "sessions" / "s"
        self.broker = Broker(folder)
        self.wire = Wire(self.broker.port)
        self.plug = Pretended(kind, self.broker.port, folder / "plug")
        self.skin = Skin(self.broker.port)
        order = SessionOrder(
            "s",
            Setting.HOME,
            Region.LOWER_BACK,
            "lamp",
            registry.MQTT,
            300,
            42,
            41,
            2,
            LEASE_S,
            CHECKS,
            (),
            sensor=True,
        )
        book.write_order(self.folder, order)
        self.order = order
        told = {
            "kind": kind,
            "topic": self.plug.topic,
            "broker": {"port": self.wire.port},
            "thermometer": {"kind": "plain", "topic": SKIN_TOPIC},
        }
        (self.folder / registry.DEVICE).write_text(json.dumps(told))
        time.sleep(1.0)  # the plug takes a while to start
        self.handle: RunnerHandle = start(self.folder)
        self.handle.send("check", id="skin")
        self.handle.send("start")
        wait_for(lambda: self.plug.is_on, 20.0)
        self.lit_s = float(self.plug.truth()[-1]["at_s"])  # type: ignore[arg-type]

    def events(self) -> list[Any]:
        return book.read(self.folder / book.JOURNAL)

    def samples_lost(self, fault_s: float) -> int:
        """Return the samples that were due at least a second before the fault and are in no journal."""
        events = self.events()
        began_s = next(e.at_s for e in events if e.kind == "start")
        heard = [e.at_s - began_s for e in events if e.kind == "sample" and e.at_s >= began_s]
        heard = [0.0, *(at_s for at_s in heard if at_s <= fault_s - self.lit_s), fault_s - self.lit_s]
        gaps = [b - a for a, b in zip(heard, heard[1:], strict=False)]
        return sum(max(0, round(gap) - 1) for gap in gaps)

    def close(self) -> None:
        if self.handle.alive:
            self.handle.process.send_signal(signal.SIGCONT)
            self.handle.close()
        self.skin.close()
        self.plug.kill()
        self.broker.kill()
        self.wire.listener.close()


def _runner_killed(bench: Bench) -> None:
    bench.handle.process.kill()
    bench.handle.process.wait()


def _runner_held_up(bench: Bench) -> None:
    bench.handle.process.send_signal(signal.SIGSTOP)
    threading.Timer(LEASE_S + 2.0, bench.handle.process.send_signal, (signal.SIGCONT,)).start()


def _page_gone(bench: Bench) -> None:
    assert bench.handle.process.stdin is not None
    bench.handle.process.stdin.close()


def _wire_cut(bench: Bench) -> None:
    bench.wire.cut = True


def _power_cycle(bench: Bench) -> None:
    bench.plug.kill()
    bench.plug.start()


def _power_cycle_with_kept_on(bench: Bench) -> None:
    topic, word = KEPT_ON[bench.kind]
    publish.single(topic, word, qos=1, retain=True, hostname="127.0.0.1", port=bench.broker.port)
    _power_cycle(bench)


def _stop(bench: Bench) -> None:
    bench.handle.send("stop")


def _skin(say: Callable[[float], str | None]) -> Callable[[Bench], None]:
    def fault(bench: Bench) -> None:
        bench.skin.say = say

    return fault


FAULTS: dict[str, Callable[[Bench], None]] = {
    "STOP": _stop,
    "page's program gone": _page_gone,
    "runner killed (kill -9)": _runner_killed,
    "runner held up (SIGSTOP)": _runner_held_up,
    "broker killed (kill -9)": lambda bench: bench.broker.kill(),
    "network cut": _wire_cut,
    "power cut and back": _power_cycle,
    "power cut and back, the broker keeps an ON": _power_cycle_with_kept_on,
    "thermometer silent": _skin(lambda _: None),
    "thermometer says NaN": _skin(lambda _: "nan"),
    "thermometer says a word": _skin(lambda _: "unavailable"),
    "thermometer swapped, 12 °C": _skin(lambda _: "12.0"),
    "skin at the cut-off": _skin(lambda _: "42.0"),
}


def cell(kind: str, fault: str, folder: Path) -> dict[str, Any]:
    """Return what a fault did: driver, fault, lease_s, seconds_to_off, end, samples_lost, lit_again."""
    bench = Bench(kind, folder)
    try:
        time.sleep(HEATED_S)
        fault_s = time.time()
        FAULTS[fault](bench)
        most_s = LEASE_S + 4.0
        if fault.startswith("power cut"):
            time.sleep(2.0)  # what the broker keeps may light it again, for one lease at most
        took_s = bench.plug.seconds_to_off(fault_s, most_s)
        off_lines = len(bench.plug.truth())
        time.sleep(LEASE_S if fault.startswith("runner held up") else 1.5)
        lit_again = any(line["on"] for line in bench.plug.truth()[off_lines:])
        _wait_end(bench)
        record = replay.record(bench.order, bench.events(), None)
        return {
            "driver": f"mqtt {kind}",
            "fault": fault,
            "lease_s": LEASE_S,
            "seconds_to_off": round(took_s, 2),
            "end": record.ended,
            "samples_lost": bench.samples_lost(fault_s),
            "lit_again": lit_again,
        }
    finally:
        bench.close()


def _wait_end(bench: Bench) -> None:
    """Wait until the session is past its heat; close it, or its journal when the runner is gone."""
    if bench.handle.alive:
        time.sleep(1.0)
        bench.handle.close()
    recover(bench.folder.parent)


def matrix(kinds: tuple[str, ...] = registry.PLUGS) -> list[dict[str, Any]]:
    """Return every cell."""
    cells = []
    for kind in kinds:
        for fault in FAULTS:
            with tempfile.TemporaryDirectory() as folder:
                cells.append(cell(kind, fault, Path(folder)))
    return cells


def main() -> None:
    cells = matrix()
    if "--table" not in sys.argv:
        sys.stdout.write(json.dumps({"cells": cells}, indent=1) + os.linesep)
        return
    sys.stdout.write("| driver | fault | lease (s) | OFF after (s) | the record says | samples lost |\n")
    sys.stdout.write("| --- | --- | ---: | ---: | --- | ---: |\n")
    for c in cells:
        row = (c["driver"], c["fault"], f"{c['lease_s']:g}", f"{c['seconds_to_off']:.2f}", c["end"], c["samples_lost"])
        sys.stdout.write("| " + " | ".join(str(value) for value in row) + " |\n")


if __name__ == "__main__":
    main()
