"""A pretended plug with Tasmota firmware, as a process of its own: HOST PORT TOPIC FOLDER [FAULT ...]."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from irtherapy.edge.faults.relay import Relay


def main() -> None:
    """Be the plug until killed."""
    host, port, topic, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    faults = set(sys.argv[5:])
    relay = Relay(folder, faults)
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, f"DVES_{topic}")
    client.will_set(f"tele/{topic}/LWT", "Offline", 1, retain=True)
    client.reconnect_delay_set(1, 1)

    def say(where: str, what: object) -> None:
        client.publish(f"{where}/{topic}", what if isinstance(what, str) else json.dumps(what))

    def result(told: dict[str, Any]) -> None:
        if "mute" not in faults:
            client.publish(f"stat/{topic}/RESULT", json.dumps(told))

    def power_word() -> str:
        return "ON" if relay.closed or "liar" in faults else "OFF"

    def sensors() -> dict[str, Any]:
        return {"ENERGY": {"Power": 148 if relay.closed else 0}, "DS18B20": {"Temperature": 33.5}, "TempUnit": "C"}

    def say_power() -> None:
        word = power_word()
        result({"POWER": word})
        if "mute" not in faults:
            client.publish(f"stat/{topic}/POWER", word)

    relay.changed = lambda on: say_power()

    def connected(*_: Any) -> None:
        client.subscribe(f"cmnd/{topic}/#", 1)
        client.publish(f"tele/{topic}/LWT", "Online", 1, retain=True)

    def message(_c: Any, _d: Any, found: paho.MQTTMessage) -> None:
        name, text = found.topic.split("/")[-1], found.payload.decode()
        if name == "PulseTime1":
            if text and "no_timer" not in faults:
                relay.keep(pulse_s=int(text) / 10.0 if int(text) <= 111 else int(text) - 100.0)
            result({"PulseTime1": {"Set": round(relay.kept["pulse_s"] * 10), "Remaining": 0}})
        elif name == "PowerOnState":
            if text:
                relay.keep(after_power={"0": "off", "3": "last"}.get(text, "last"))
            result({"PowerOnState": 0 if relay.kept["after_power"] == "off" else 3})
        elif name == "STATUS":
            told = {
                "2": {"StatusFWR": {"Version": "14.3.0(pretended)"}},
                "10": {"StatusSNS": sensors()},
                "11": {"StatusSTS": {"POWER": power_word()}},
            }
            if "mute" not in faults and text in told:
                client.publish(f"stat/{topic}/STATUS{text}", json.dumps(told[text]))
        elif name == "POWER":
            before = relay.closed
            if text in ("ON", "1"):
                relay.set(True, "told", 0.0 if "ignores_timer" in faults else relay.kept["pulse_s"])
            elif text in ("OFF", "0"):
                relay.set(False, "told")
            else:  # firmware up to 8.5 forgets its timer when asked without a word: Tasmota issues 4453 and 9325
                relay.ends_at = None
            if relay.closed == before:  # a change says so itself
                say_power()

    client.on_connect, client.on_message = connected, message
    client.connect_async(host, port, 5)
    client.loop_start()
    while True:
        time.sleep(10.0)  # TelePeriod knows nothing shorter
        client.publish(f"tele/{topic}/SENSOR", json.dumps(sensors()))


if __name__ == "__main__":
    main()
