"""A pretended Shelly plug of the second generation, as a process of its own: HOST PORT TOPIC FOLDER [FAULT ...]."""

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
    config: dict[str, Any] = {"initial_state": "restore_last", "auto_off": False, "auto_off_delay": 60.0}
    config.update(relay.kept.get("config", {}))
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, topic)
    client.will_set(f"{topic}/online", "false", 1, retain=True)
    client.reconnect_delay_set(1, 1)

    def status() -> dict[str, Any]:
        on = relay.closed or "liar" in faults
        return {"id": 0, "output": on, "apower": 148.0 if relay.closed else 0.0}

    def say_status(_on: bool) -> None:
        if "mute" not in faults:
            client.publish(f"{topic}/status/switch:0", json.dumps(status()))

    relay.changed = say_status

    def connected(*_: Any) -> None:
        client.subscribe([(f"{topic}/rpc", 1), (f"{topic}/command/switch:0", 1)])
        client.publish(f"{topic}/online", "true", 1, retain=True)

    def do(method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "Switch.Set":
            was = relay.closed
            on = bool(params["on"])
            after = float(params.get("toggle_after", 0.0)) or (config["auto_off"] and config["auto_off_delay"]) or 0.0
            relay.set(on, "told", 0.0 if "ignores_timer" in faults else after)
            return {"was_on": was}
        if method == "Switch.SetConfig":
            if "no_timer" not in faults:
                config.update(params["config"])
            relay.keep(config=config, after_power="off" if config["initial_state"] == "off" else "last")
            return {"restart_required": False}
        if method == "Shelly.GetDeviceInfo":
            return {"id": topic, "gen": 2, "ver": "1.4.4"}
        return dict(config) if method == "Switch.GetConfig" else status()

    def message(_c: Any, _d: Any, found: paho.MQTTMessage) -> None:
        if found.topic.endswith("/command/switch:0"):
            words = found.payload.decode().split(",")
            if words[0] in ("on", "off"):
                do("Switch.Set", {"on": words[0] == "on", **({"toggle_after": words[1]} if len(words) > 1 else {})})
            return
        call = json.loads(found.payload)
        answer = {"id": call["id"], "src": topic, "dst": call["src"], "result": do(call["method"], call["params"])}
        if "mute" not in faults:
            client.publish(f"{call['src']}/rpc", json.dumps(answer))

    client.on_connect, client.on_message = connected, message
    client.connect_async(host, port, 5)
    client.loop_start()
    while True:
        time.sleep(1.0)


if __name__ == "__main__":
    main()
