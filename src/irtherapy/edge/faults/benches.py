"""The benches: each kind of device with a session under heat on it, and what another program could do to it."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from irtherapy.edge import data
from irtherapy.edge.drivers import registry, simulated, twin
from irtherapy.edge.faults.bench import LEASE_S, SECOND_TOPIC, SKIN_TOPIC, Bench, Skin, rising
from irtherapy.edge.faults.firmware import Node, switch_by_another
from irtherapy.edge.faults.parts import Broker, Pretended, Wire, wait_for
from irtherapy.values import Person, Placement, Region, Site


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
        self.plug.wait_until_there()

    def switched(self) -> list[tuple[float, bool]]:
        """Return what the relay wrote down."""
        return [(float(str(line["at_s"])), bool(line["on"])) for line in self.plug.truth()]

    def light_by_another(self) -> None:
        """Send an ON as another program on the broker does."""
        import paho.mqtt.publish as publish

        call = json.dumps({"id": 1, "src": "other", "method": "Switch.Set", "params": {"id": 0, "on": True}})
        topic, word = {"tasmota": ("cmnd/tasmota-1/POWER", "ON"), "shelly": ("shelly-1/rpc", call)}[self.kind]
        publish.single(topic, word, qos=1, hostname="127.0.0.1", port=self.broker.port)

    def keep_an_on(self) -> None:
        """Have the broker keep an ON."""
        import paho.mqtt.publish as publish

        topic, word = {"tasmota": ("cmnd/tasmota-1/POWER", "ON"), "shelly": ("shelly-1/command/switch:0", "on")}[
            self.kind
        ]
        publish.single(topic, word, qos=1, retain=True, hostname="127.0.0.1", port=self.broker.port)

    def kill_broker(self) -> None:
        """Kill the broker."""
        self.broker.kill()

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

    def light_by_another(self) -> None:
        """Light the lamp by a line of its own."""
        other = simulated.Remote(self.folder)
        other.on(LEASE_S)
        other.close()

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


class ThermometerBench(PlugBench):
    """A thermometer on a broker and a wire of its own, in Tasmota's words, beside a plug that nothing befalls."""

    kind = "tasmota"
    blink_s = 4.0  # a shorter silence goes unnoticed, and may

    def prepare(self, stuck: bool) -> None:
        """Start two brokers, the plug on one, the thermometers behind a wire on the other."""
        self.broker, apart = Broker(self.root), self.root / "thermometer"
        apart.mkdir()
        self.beside = Broker(apart)
        self.wire = Wire(self.beside.port)
        self.plug = Pretended(self.kind, self.broker.port, self.root / "plug")
        self.plug_in()
        source = {"kind": "tasmota", "field": "DS18B20.Temperature"}
        told = {
            "kind": self.kind,
            "topic": self.plug.topic,
            "broker": {"port": self.broker.port},
            "thermometer_broker": {"port": self.wire.port},
            "thermometer": {**source, "topic": SKIN_TOPIC},
            "thermometer2": {**source, "topic": SECOND_TOPIC},
        }
        (self.folder / registry.DEVICE).write_text(json.dumps(told))
        self.plug.wait_until_there()

    def kill_broker(self) -> None:
        """Kill the thermometer's broker."""
        self.beside.kill()

    def unplug(self) -> None:
        """Take the thermometer's power away."""
        self.skin.close()
        self.skin2.close()

    def plug_in(self) -> None:
        """Give it back."""
        self.skin = Skin(self.beside.port, SKIN_TOPIC, _sensor)
        self.skin2 = Skin(self.beside.port, SECOND_TOPIC, _sensor)

    def put_away(self) -> None:
        """Take everything down."""
        super().put_away()
        self.beside.kill()


def _sensor(text: str) -> str:
    """Return a figure in the words of Tasmota's SENSOR; NaN as some senders write it."""
    try:
        figure: float | str = float(text)
    except ValueError:
        figure = text
    return json.dumps({"DS18B20": {"Temperature": figure}, "TempUnit": "C"})


class _Felt:
    """What a thermometer of a node measures, four times a second; the same words as ``Skin``."""

    def __init__(self, node: Node, sensor: str) -> None:
        self.began_s, self.stopped = time.monotonic(), False
        self.say: Callable[[float], str | None] = rising
        self.node, self.sensor = node, sensor
        self.thread = threading.Thread(target=self._feel, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Feel nothing more."""
        self.stopped = True
        self.thread.join()

    def _feel(self) -> None:
        while not self.stopped:
            self.node.feel(self.say(time.monotonic() - self.began_s) or "none", self.sensor)
            time.sleep(0.25)


class EspHomeBench(Bench):
    """A node with real ESPHome firmware, its thermometers among it; a wire leads from the runner to it."""

    driver, sensor = registry.ESPHOME, True

    def prepare(self, stuck: bool) -> None:
        """Start the node and lay the wire."""
        self.node = Node(self.root / "node", *(("stuck",) if stuck else ()))
        self.skin, self.skin2 = _Felt(self.node, "skin"), _Felt(self.node, "skin2")
        self.wire = Wire(self.node.port)
        told = {"kind": registry.ESPHOME, "node": {"host": "127.0.0.1", "port": self.wire.port}}
        (self.folder / registry.DEVICE).write_text(json.dumps(told))
        wait_for(lambda: self.node.truth(), 10.0)

    def switched(self) -> list[tuple[float, bool]]:
        """Return what the firmware wrote down of its relay."""
        return [(float(str(line["at_s"])), bool(line["on"])) for line in self.node.truth()]

    def light_by_another(self) -> None:
        """Switch it on as Home Assistant would."""
        switch_by_another(self.node)

    def unplug(self) -> None:
        """Kill the firmware."""
        self.node.kill()

    def plug_in(self) -> None:
        """Start it again."""
        self.node.start()

    @property
    def powered(self) -> bool:
        """Whether the firmware runs."""
        return self.node.process.poll() is None

    def put_away(self) -> None:
        """Take everything down."""
        self.skin.close()
        self.skin2.close()
        self.node.kill()
        self.wire.close()


class ManualBench(Bench):
    """A person with a lamp: nothing switches it but they, so what counts is when they are asked to."""

    driver, by_hand = "manual", True

    def prepare(self, stuck: bool) -> None:
        """There is nothing to bring up."""
        self.seen: list[tuple[float, bool]] = []

    def go_on(self) -> None:
        """Switch the lamp on by hand, and say so."""
        wait_for(lambda: any(event.kind == "ask_confirm_on" for event in self.events()), 10.0)
        self.send("on_confirmed")

    def switched(self) -> list[tuple[float, bool]]:
        """Return when the person said that it is on, and when they were asked to switch it off."""
        kinds = {event.kind for event in self.events()}
        for kind, on in (("on_confirmed", True), ("ask_off", False)):
            if kind in kinds and not any(was is on for _, was in self.seen):
                self.seen.append((time.time(), on))
        return self.seen

    @property
    def powered(self) -> bool:
        """Whether the lamp has power."""
        return True

    def put_away(self) -> None:
        """There is nothing to take down."""


BENCHES: Mapping[str, type[Bench]] = {
    "simulated": SimulatedBench,
    "manual": ManualBench,
    "tasmota": TasmotaBench,
    "shelly": ShellyBench,
    "esphome": EspHomeBench,
    "thermometer": ThermometerBench,
}
