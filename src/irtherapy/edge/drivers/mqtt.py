"""One line to an MQTT broker: commands that never wait in a queue, and what was last heard on each topic.

A command that cannot go out now must never go out later: an old ON would light a lamp beside nobody. So the session at
the broker is clean, every command carries an expiry that the broker keeps (MQTT 5), and a line that breaks is thrown
away with all that was waiting on it. Nothing is ever sent as retained.
"""

from __future__ import annotations

import json
import math
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from irtherapy.edge.drivers.at_once import now_or_never
from irtherapy.edge.drivers.interface import DriverError, real_seconds
from irtherapy.values import InputError, in_range

CONNECT_S = 3.0
ANSWER_S = 1.0
EXPIRY_S = 1  # the shortest that MQTT knows
KEEPALIVE_S = 5
LATEST = 60  # messages kept in their order, so that one answer does not hide another


@dataclass(frozen=True)
class Address:
    """Where the broker is. Raises InputError on a port that is none."""

    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = None

    def __post_init__(self) -> None:
        if not self.host:
            raise InputError("Broker", "Broker must be the name or address of a machine.")
        in_range("Port", self.port, 1, 65535)


@dataclass(frozen=True)
class Heard:
    """The last message of a topic: when it came (real seconds), and whether the broker had kept it."""

    text: str
    at_s: float
    retained: bool

    @property
    def age_s(self) -> float:
        """Seconds since it came; one that the broker had kept may be of any age."""
        return math.inf if self.retained else real_seconds() - self.at_s

    def json(self) -> dict[str, Any]:
        """Return the message as a JSON object; an empty one when it is none."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Line:
    """A connection to the broker that listens to ``topics``. Raises DriverError when there is no broker."""

    def __init__(self, address: Address, topics: Iterable[str]) -> None:
        self.name = f"irtherapy-{uuid.uuid4().hex[:12]}"
        self._heard: dict[str, Heard] = {}
        self._latest: deque[tuple[str, Heard]] = deque(maxlen=LATEST)
        self._news = threading.Condition()
        self._ready = threading.Event()
        self._topics = tuple(topics)
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, self.name, protocol=paho.MQTTv5)
        if address.username is not None:
            self._client.username_pw_set(address.username, address.password)
        self._client.on_connect, self._client.on_message = self._connected, self._message
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_socket_open = lambda _client, _data, opened: now_or_never(opened)
        self._client.connect_timeout = CONNECT_S
        try:
            self._client.connect(address.host, address.port, KEEPALIVE_S, clean_start=True)
        except (OSError, ValueError) as error:
            raise DriverError(f"The broker at {address.host}:{address.port} cannot be reached: {error}.") from None
        self._client.loop_start()
        if not self._ready.wait(CONNECT_S):
            self.close()
            raise DriverError(f"The broker at {address.host}:{address.port} does not let us in.")

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            client.subscribe([(topic, 1) for topic in self._topics])

    def _message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        text = message.payload.decode("utf-8", "replace")
        with self._news:
            self._heard[message.topic] = Heard(text, real_seconds(), message.retain)
            self._latest.append((message.topic, self._heard[message.topic]))
            self._news.notify_all()

    @property
    def alive(self) -> bool:
        """Whether the broker is there."""
        return self._client.is_connected()

    def heard(self, topic: str) -> Heard | None:
        """Return the last message of a topic."""
        with self._news:
            return self._heard.get(topic)

    def known(self, topic: str, seconds: float = ANSWER_S) -> Heard | None:
        """Return the last message of a topic, kept by the broker or not; on a new line it may take a moment."""
        with self._news:
            self._news.wait_for(lambda: topic in self._heard, seconds)
            return self._heard.get(topic)

    def last(self, topic: str, says: Callable[[Heard], bool]) -> Heard | None:
        """Return the newest of the latest messages of ``topic`` that ``says`` so, what the broker had kept left out."""
        with self._news:
            for name, found in reversed(self._latest):
                if name == topic and not found.retained and says(found):
                    return found
        return None

    def tell(self, topic: str, text: str) -> None:
        """Send a command that expires within a second. Raises DriverError, and drops it, when the broker is away."""
        if not self.alive:
            raise DriverError("The broker is not there.")
        properties = Properties(PacketTypes.PUBLISH)
        properties.MessageExpiryInterval = EXPIRY_S
        self._client.publish(topic, text, qos=0, retain=False, properties=properties)

    def until(
        self, topic: str, says: Callable[[Heard], bool], seconds: float = ANSWER_S, since_s: float | None = None
    ) -> Heard | None:
        """Return a message of ``topic`` that ``says`` so, waiting at most ``seconds``; None when there is none.

        Only what came since ``since_s`` (real seconds; default now) counts, and nothing that the broker had kept.
        """
        began_s = real_seconds()
        since_s, end_s = began_s if since_s is None else since_s, began_s + seconds
        with self._news:
            while True:
                for name, found in self._latest:
                    if name == topic and not found.retained and found.at_s >= since_s and says(found):
                        return found
                left_s = end_s - real_seconds()
                if left_s <= 0.0:
                    return None
                self._news.wait(left_s)

    def ask(self, topic: str, text: str, answer: str, says: Callable[[Heard], bool]) -> Heard | None:
        """Send a command and return the answer on ``answer`` that ``says`` so; None when none came in time."""
        since_s = real_seconds()
        self.tell(topic, text)
        return self.until(answer, says, ANSWER_S, since_s)

    def close(self) -> None:
        """Let go of the broker, and of everything that was waiting."""
        self._client.disconnect()
        self._client.loop_stop()
