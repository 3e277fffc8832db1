"""One session under heat with all that can fail at hand: a real runner, and a device that keeps a log of the truth.

A driver joins the matrix by a bench of its own in ``BENCHES``. What counts is when the device itself was off, by its
own log, whatever anybody says on the network.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from irtherapy.edge import data, journal
from irtherapy.edge.drivers import registry, simulated, twin
from irtherapy.edge.faults.parts import Broker, Pretended, Wire, wait_for
from irtherapy.edge.runner import RunnerHandle, recover, start
from irtherapy.limits import LEASE_MAX_S
from irtherapy.session import replay
from irtherapy.values import Event, Person, Placement, Region, SessionOrder, SessionRecord, Setting, Site

LEASE_S = LEASE_MAX_S
HEATED_S = 2.0  # before the fault: some renewals
HEAT_S = 600.0
SKIN_TOPIC, SECOND_TOPIC = "skin/celsius", "skin2/celsius"
CHECKS = (("bare", "The skin is bare."),)


class Skin:
    """A thermometer on the broker that speaks four times a second, as ``say`` has it; None says nothing."""

    def __init__(self, port: int, topic: str = SKIN_TOPIC) -> None:
        import paho.mqtt.client as paho

        self.began_s, self.stopped, self.topic = time.monotonic(), False, topic
        self.say: Callable[[float], str | None] = rising
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        threading.Thread(target=self._speak, daemon=True).start()

    def _speak(self) -> None:
        while not self.stopped:
            text = self.say(time.monotonic() - self.began_s)
            if text is not None:
                self.client.publish(self.topic, text)
            time.sleep(0.25)

    def close(self) -> None:
        """Say nothing more."""
        self.stopped = True
        self.client.disconnect()
        self.client.loop_stop()


def rising(t_s: float) -> str:
    """Return a skin that warms evenly, as text."""
    return f"{33.0 + 0.01 * t_s:.2f}"


class Bench:
    """A session whose heat is on.

    ``front``: a program of its own stands before the runner; ``clocked``: its clocks can be moved; ``stuck``: the relay
    does not open.
    """

    driver = ""
    sensor = False
    wire: Wire

    def __init__(self, folder: Path, *, front: bool = False, clocked: bool = False, stuck: bool = False) -> None:
        self.root, self.folder = folder, folder / "sessions" / "s"
        self.clocks = folder / "clocks"
        self.order = SessionOrder(
            session_id="s", setting=Setting.HOME, region=Region.LOWER_BACK, device_id="lamp", driver=self.driver,
            heat_s=HEAT_S, skin_cutoff_c=42.0, skin_target_c=41.0, cem43_max_min=2.0, lease_s=LEASE_S, checks=CHECKS,
            stretch=(), sensor=self.sensor, planned_time_s=(0.0, 120.0, HEAT_S), planned_skin_c=(33.0, 38.0, 40.0),
        )  # fmt: skip
        journal.write_order(self.folder, self.order)
        self.front: subprocess.Popen[str] | None = None
        self.handle: RunnerHandle | None = None
        self.prepare(stuck)
        if front:
            command = [sys.executable, "-m", "irtherapy.edge.faults.front", str(self.folder)]
            self.front = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        elif clocked:
            command = [sys.executable, "-m", "irtherapy.edge.faults.clocked", str(self.folder), str(self.clocks)]
            self.handle = RunnerHandle(subprocess.Popen(command, stdin=subprocess.PIPE, text=True), self.folder)
        else:
            self.handle = start(self.folder)
        wait_for(lambda: (self.folder / journal.JOURNAL).exists() and self.events(), 20.0)
        self.send("check", id="bare")
        self.send("start")
        wait_for(lambda: self.is_on, 20.0)
        self.lit_s = self.switched()[-1][0]
        time.sleep(HEATED_S)

    # -- of each kind of device --------------------------------------------------------------------------------

    def prepare(self, stuck: bool) -> None:
        """Bring the device and what leads to it up."""
        raise NotImplementedError

    def switched(self) -> list[tuple[float, bool]]:
        """Return when (``time.time()``) the device went on and off, by its own log."""
        raise NotImplementedError

    def unplug(self) -> None:
        """Take the device's power away."""
        raise NotImplementedError

    def plug_in(self) -> None:
        """Give it back."""
        raise NotImplementedError

    @property
    def powered(self) -> bool:
        """Whether the device has power."""
        raise NotImplementedError

    def put_away(self) -> None:
        """Take everything down."""
        raise NotImplementedError

    # -- of all -------------------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether the device really heats."""
        told = self.switched()
        return self.powered and bool(told) and told[-1][1]

    def send(self, kind: str, **data: Any) -> None:
        """Send a wish as a page does."""
        if self.front is not None:
            assert self.front.stdin is not None
            self.front.stdin.write(json.dumps({"kind": kind, **data}) + "\n")
            self.front.stdin.flush()
        elif self.handle is not None:
            self.handle.send(kind, **data)

    def runner_pid(self) -> int:
        """Return the process that holds the heater."""
        return int(json.loads((self.folder / "runner.json").read_text())["pid"])

    def events(self) -> list[Event]:
        """Return the journal."""
        return journal.read(self.folder / journal.JOURNAL)

    def seconds_to_off(self, since_s: float, most_s: float) -> float | None:
        """Return how long after ``since_s`` the device was off for the last time; None when it is still on."""
        try:
            wait_for(lambda: not self.is_on, most_s)
        except TimeoutError:
            return None
        went_off = [at_s for at_s, on in self.switched() if not on]
        return round(max(0.0, went_off[-1] - since_s), 2)

    def samples_lost(self, fault_s: float) -> int:
        """Return the samples that were due at least a second before the fault and are in no journal."""
        events = self.events()
        began_s = next(e.at_s for e in events if e.kind == "start")
        lit_for_s = fault_s - self.lit_s
        heard = [e.at_s - began_s for e in events if e.kind == "sample" and e.at_s >= began_s]
        heard = [0.0, *(at_s for at_s in heard if at_s <= lit_for_s), lit_for_s]
        return sum(max(0, round(b - a) - 1) for a, b in zip(heard, heard[1:], strict=False))

    def ended(self) -> SessionRecord:
        """Let the runner end, or close the journal of one that died; return what the record says."""
        if self.handle is not None and self.handle.alive:
            time.sleep(1.0)
            self.handle.close(10.0)
        elif self.front is not None:
            with contextlib.suppress(ProcessLookupError, TimeoutError):
                pid = self.runner_pid()
                wait_for(lambda: not _alive(pid), 10.0)
        recover(self.folder.parent)
        return replay.record(self.order, self.events(), None)

    def close(self) -> None:
        """End everything that was started."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            os.kill(self.runner_pid(), signal.SIGCONT)
            os.kill(self.runner_pid(), signal.SIGKILL)
        for process in (self.front, None if self.handle is None else self.handle.process):
            if process is not None:
                process.kill()
                process.wait()
        self.put_away()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class PlugBench(Bench):
    """A pretended plug on a real broker, with a thermometer beside it; a wire leads from the runner to the broker."""

    driver, sensor, kind = registry.MQTT, True, ""

    def prepare(self, stuck: bool) -> None:
        """Start the broker, the wire, the plug and the thermometer."""
        self.broker = Broker(self.root)
        self.wire = Wire(self.broker.port)
        self.plug = Pretended(self.kind, self.broker.port, self.root / "plug", *(("stuck",) if stuck else ()))
        self.skin, self.skin2 = Skin(self.broker.port), Skin(self.broker.port, SECOND_TOPIC)
        told = {
            "kind": self.kind,
            "topic": self.plug.topic,
            "broker": {"port": self.wire.port},
            "thermometer": {"kind": "plain", "topic": SKIN_TOPIC},
            "thermometer2": {"kind": "plain", "topic": SECOND_TOPIC},
        }
        (self.folder / registry.DEVICE).write_text(json.dumps(told))
        wait_for(lambda: self.plug.truth(), 10.0)
        time.sleep(1.0)  # until the broker has heard that it is there

    def switched(self) -> list[tuple[float, bool]]:
        """Return what the relay wrote down."""
        return [(float(str(line["at_s"])), bool(line["on"])) for line in self.plug.truth()]

    def unplug(self) -> None:
        """Take the plug's power away."""
        self.plug.kill()

    def plug_in(self) -> None:
        """Give it back."""
        self.plug.start()

    @property
    def powered(self) -> bool:
        """Whether the plug has power."""
        return self.plug.process.poll() is None

    def put_away(self) -> None:
        """Take everything down."""
        self.skin.close()
        self.skin2.close()
        self.plug.kill()
        self.broker.kill()
        self.wire.close()


class TasmotaBench(PlugBench):
    """A plug with Tasmota firmware."""

    kind = "tasmota"


class ShellyBench(PlugBench):
    """A Shelly plug."""

    kind = "shelly"


class SimulatedBench(Bench):
    """The simulated lamp, a process of its own; a wire leads from the runner to it."""

    driver, sensor = "simulated", True

    def prepare(self, stuck: bool) -> None:
        """Start the lamp and lay the wire."""
        lamp, site = data.catalogue()["simulated_lamp"], Site(Region.LOWER_BACK)
        twin.write_spec(self.folder, Person(age_years=45), site, lamp, Placement(0.8), seed=1)
        self.plug_in()
        where = self.folder / simulated.ADDRESS
        wait_for(where.exists, 20.0)
        told = json.loads(where.read_text())
        self.wire = Wire(int(told["port"]))
        where.write_text(json.dumps({**told, "port": self.wire.port}))

    def switched(self) -> list[tuple[float, bool]]:
        """Return what the lamp wrote down."""
        path = self.folder / twin.HEATER_LOG
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [(datetime.datetime.fromisoformat(x["wall"]).timestamp(), x["heat"] == "on") for x in lines]

    def unplug(self) -> None:
        """Kill the lamp: it writes nothing more, so its end is written for it."""
        self.lamp.kill()
        self.lamp.wait()
        line = {"wall": datetime.datetime.now(datetime.UTC).isoformat(), "heat": "off", "why": "no power"}
        with (self.folder / twin.HEATER_LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def plug_in(self) -> None:
        """Start the lamp's process."""
        command = [sys.executable, "-m", "irtherapy.edge.drivers.twin", str(self.folder)]
        self.lamp = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    @property
    def powered(self) -> bool:
        """Whether the lamp's process runs."""
        return self.lamp.poll() is None

    def put_away(self) -> None:
        """Take everything down."""
        self.lamp.kill()
        self.lamp.wait()
        self.wire.close()


BENCHES: Mapping[str, type[Bench]] = {
    "simulated": SimulatedBench,
    "tasmota": TasmotaBench,
    "shelly": ShellyBench,
}
