"""A pretended plug with Tasmota firmware, as a process of its own: HOST PORT TOPIC FOLDER [FAULT ...]."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from irtherapy.edge.faults.relay import Relay


class Plug:
    """The words of the firmware about one relay."""

    def __init__(self, topic: str, relay: Relay, faults: set[str], client: paho.Client) -> None:
        self.topic, self.relay, self.faults, self.client = topic, relay, faults, client
        relay.changed = lambda _: self.say_power()
        client.on_connect, client.on_message = self.connected, self.message

    def say(self, where: str, what: object) -> None:
        """Publish a word, or JSON, unless the plug is mute."""
        if "mute" not in self.faults:
            self.client.publish(where, what if isinstance(what, str) else json.dumps(what))

    def result(self, told: dict[str, Any]) -> None:
        """Answer a command."""
        self.say(f"stat/{self.topic}/RESULT", told)

    def power_word(self) -> str:
        """Return what it says of its relay."""
        return "ON" if self.relay.closed or "liar" in self.faults else "OFF"

    def say_power(self) -> None:
        """Tell the state of the relay both ways."""
        word = self.power_word()
        self.result({"POWER": word})
        self.say(f"stat/{self.topic}/POWER", word)

    def sensors(self) -> dict[str, Any]:
        """Return what its sensors show."""
        watts = 148 if self.relay.closed else 0
        return {"ENERGY": {"Power": watts}, "DS18B20": {"Temperature": 33.5}, "TempUnit": "C"}

    def connected(self, *_: Any) -> None:
        """Listen, and tell that it is there."""
        self.client.subscribe(f"cmnd/{self.topic}/#", 1)
        self.client.publish(f"tele/{self.topic}/LWT", "Online", 1, retain=True)

    def message(self, _c: Any, _d: Any, found: paho.MQTTMessage) -> None:
        """Do what a command says."""
        name, text = found.topic.split("/")[-1], found.payload.decode()
        relay = self.relay
        if name == "PulseTime1":
            if text and "no_timer" not in self.faults:
                relay.keep(pulse_s=int(text) / 10.0 if int(text) <= 111 else int(text) - 100.0)
            self.result({"PulseTime1": {"Set": round(relay.kept["pulse_s"] * 10), "Remaining": 0}})
        elif name == "PowerOnState":
            if text:
                relay.keep(after_power={"0": "off", "3": "last"}.get(text, "last"))
            self.result({"PowerOnState": 0 if relay.kept["after_power"] == "off" else 3})
        elif name == "STATUS":
            told = {
                "2": {"StatusFWR": {"Version": "14.3.0(pretended)"}},
                "10": {"StatusSNS": self.sensors()},
                "11": {"StatusSTS": {"POWER": self.power_word()}},
            }
            if text in told:
                self.say(f"stat/{self.topic}/STATUS{text}", told[text])
        elif name == "POWER":
            self.power(text)

    def power(self, text: str) -> None:
        """Switch, or tell."""
        before = self.relay.closed
        if text in ("ON", "1"):
            self.relay.set(True, "told", 0.0 if "ignores_timer" in self.faults else self.relay.kept["pulse_s"])
        elif text in ("OFF", "0"):
            self.relay.set(False, "told")
        else:  # firmware up to 8.5 forgets its timer when asked without a word: Tasmota issues 4453 and 9325
            self.relay.ends_at = None
        if self.relay.closed == before:  # a change says so itself
            self.say_power()


def main() -> None:
    """Be the plug until killed."""
    host, port, topic, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    faults = set(sys.argv[5:])
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, f"DVES_{topic}")
    client.will_set(f"tele/{topic}/LWT", "Offline", 1, retain=True)
    client.reconnect_delay_set(1, 1)
    plug = Plug(topic, Relay(folder, faults), faults, client)
    client.connect_async(host, port, 5)
    client.loop_start()
    while True:
        time.sleep(10.0)  # TelePeriod knows nothing shorter
        client.publish(f"tele/{topic}/SENSOR", json.dumps(plug.sensors()))


if __name__ == "__main__":
    main()
