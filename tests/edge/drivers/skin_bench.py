"""A session under heat with a thermometer on the same broker, and what happens when it or the plug's power fails.

``seconds_to_off`` is counted from the fault to the moment at which the relay itself opened, by the relay's own log.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import paho.mqtt.publish as publish

from irtherapy.edge import journal as book
from irtherapy.edge.drivers import registry
from irtherapy.edge.faults.parts import Broker, Pretended, Wire, wait_for
from irtherapy.edge.runner import RunnerHandle, recover, start
from irtherapy.limits import LEASE_MAX_S
from irtherapy.session import replay
from irtherapy.values import Region, SessionOrder, Setting

LEASE_S = LEASE_MAX_S
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


def _power_cycle(bench: Bench) -> None:
    bench.plug.kill()
    bench.plug.start()


def _power_cycle_with_kept_on(bench: Bench) -> None:
    topic, word = KEPT_ON[bench.kind]
    publish.single(topic, word, qos=1, retain=True, hostname="127.0.0.1", port=bench.broker.port)
    _power_cycle(bench)


def skin(say: Callable[[float], str | None]) -> Callable[[Bench], None]:
    def fault(bench: Bench) -> None:
        bench.skin.say = say

    return fault


# What a thermometer can say, and within how many seconds the heat is off and why.
SKIN_FAULTS: dict[str, tuple[Callable[[float], str | None], float, str]] = {
    "thermometer silent": (lambda _: None, LEASE_S + 1.0, "sensor_lost"),
    "thermometer says NaN": (lambda _: "nan", 1.5, "sensor_lost"),
    "thermometer says a word": (lambda _: "unavailable", LEASE_S + 1.0, "sensor_lost"),
    "thermometer swapped, 12 °C": (lambda _: "12.0", 1.5, "sensor_lost"),
    "skin at the cut-off": (lambda _: "42.0", 1.5, "skin_cutoff"),
}
POWER_FAULTS: dict[str, Callable[[Bench], None]] = {
    "power cut for less than a second": _power_cycle,
    "power cut for less than a second, the broker keeps an ON": _power_cycle_with_kept_on,
}


def cell(kind: str, fault: str, folder: Path, fail: Callable[[Bench], None], wait_s: float = 0.0) -> dict[str, Any]:
    """Return what a fault did: driver, fault, lease_s, seconds_to_off, end, samples_lost, lit_again.

    The last OFF counts, so ``wait_s`` after the fault gives what might light it again its time.
    """
    bench = Bench(kind, folder)
    try:
        time.sleep(HEATED_S)
        fault_s = time.time()
        fail(bench)
        time.sleep(wait_s)
        most_s = LEASE_S + 4.0
        took_s = bench.plug.seconds_to_off(fault_s, most_s)
        off_lines = len(bench.plug.truth())
        time.sleep(1.5)
        lit_again = any(line["on"] for line in bench.plug.truth()[off_lines:])
        _wait_end(bench)
        record = replay.record(bench.order, bench.events(), None)
        return {
            "driver": kind,
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
