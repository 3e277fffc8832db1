"""A session whose home announces it: the real runner, a real broker, and somebody who listens and presses."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import paho.mqtt.client as paho

from irtherapy.edge import journal
from irtherapy.edge.drivers import registry
from irtherapy.edge.faults.parts import Pretended
from irtherapy.edge.runner import RunnerHandle, announced, topics
from irtherapy.values import Event, Region, SessionOrder, Setting

NAME = "irtherapy_test"


def order_of(driver: str, heat_s: float = 600.0, **more: object) -> SessionOrder:
    return SessionOrder(
        session_id="s", setting=Setting.HOME, region=Region.LOWER_BACK, device_id="d", driver=driver,
        heat_s=heat_s, skin_cutoff_c=42.0, skin_target_c=41.0, cem43_max_min=2.0, lease_s=5.0,
        checks=(("bare", "The skin is bare."),), stretch=(), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def announce_at(port: int) -> None:
    """Set this home's broker; IRTHERAPY_HOME is the test's own."""
    announced.keep(announced.Announced("127.0.0.1", port, device_id=NAME))


class Listener:
    """Somebody at the broker: hears all, presses, and floods."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[float, str, bytes, bool]] = []
        self._ready = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = lambda _c, _d, m: self.heard.append((time.time(), m.topic, m.payload, m.retain))
        self.client.max_inflight_messages_set(1000)
        self.client.connect("127.0.0.1", port, clean_start=True)
        self.client.subscribe("#", 1)
        self.client.loop_start()
        assert self._ready.wait(5.0)

    def last(self, topic: str) -> bytes | None:
        return next((payload for _, name, payload, _ in reversed(self.heard) if name == topic), None)

    def state(self) -> dict[str, object]:
        return json.loads(self.last(topics.state(NAME)) or b"{}")

    def press(self, word: bytes, retain: bool = False) -> None:
        sent = self.client.publish(topics.command(NAME), word, qos=1, retain=retain)
        sent.wait_for_publish(10.0)
        assert sent.is_published()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class OwnTopic(Pretended):
    """A pretended Tasmota plug under a name of its own, for two at one broker."""

    def __init__(self, port: int, folder: Path, topic: str) -> None:
        self._own = topic
        super().__init__("tasmota", port, folder)

    def start(self) -> None:
        self.topic = self._own
        super().start()


def lay_out(folder: Path, order: SessionOrder, plug: Pretended | None = None, port: int = 0) -> Path:
    """Write a session folder; ``plug`` is its plug, at the broker on ``port``."""
    journal.write_order(folder, order)
    if plug is not None:
        told = {"kind": "tasmota", "topic": plug.topic, "broker": {"port": port}}
        (folder / registry.DEVICE).write_text(json.dumps(told))
    return folder


def heat(handle: RunnerHandle) -> None:
    handle.send("check", id="bare")
    handle.send("start")


def events(folder: Path) -> list[Event]:
    return journal.read(folder / journal.JOURNAL)


def ended(folder: Path) -> str | None:
    return next((str(e.data["reason"]) for e in events(folder) if e.kind in ("ended", "heat_off")), None)
