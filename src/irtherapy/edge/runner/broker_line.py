"""The line on which a session is announced: presence by the broker's own last will, kept states, three words heard.

Separate from any plug's line. Everything that is said again after a break is said by the connection itself; while the
broker is away nothing is put by for later, so that an old state never follows a newer one.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from irtherapy import __version__
from irtherapy.edge.drivers.at_once import now_or_never
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.drivers.mqtt import CONNECT_S
from irtherapy.edge.runner import topics
from irtherapy.edge.runner.announced import Announced

KEEPALIVE_S = 5
PACKET_MAX_BYTES = 512  # the broker throws longer ones away before they reach us (MQTT 5)
RETRY_S = (1, 5)
TAKEN_S = 0.5  # how long a last word waits for the broker to take it


class BrokerLine:
    """A line that connects by itself, again and again. ``first``: this session is the one that is announced.

    ``on_word(word, first)`` is called from the line's own thread with each of the three words.
    """

    def __init__(self, to: Announced, first: bool, on_word: Callable[[str, bool], None]) -> None:
        self._id, self._first, self._on_word = to.device_id, first, on_word
        self._state: str | None = None
        self._client = _client(to)
        if first:
            self._client.will_set(topics.availability(self._id), topics.OFFLINE, qos=1, retain=True)
        self._client.on_connect, self._client.on_message = self._connected, self._message
        self._client.reconnect_delay_set(*RETRY_S)
        properties = Properties(PacketTypes.CONNECT)
        properties.MaximumPacketSize = PACKET_MAX_BYTES
        self._client.connect_async(to.host, to.port, KEEPALIVE_S, clean_start=True, properties=properties)
        self._client.loop_start()

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            return
        client.subscribe(topics.command(self._id), qos=1)
        if self._first:
            introduce(client, self._id)
            self._say(topics.state(self._id), self._state)
            client.publish(topics.availability(self._id), topics.ONLINE, qos=1, retain=True)

    def _message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        word = topics.word_of(message.payload, message.retain)
        if word is not None:
            self._on_word(word, self._first)

    def say(self, told: Mapping[str, Any]) -> None:
        """Tell the state now; away from the broker, tell the last one when it is there again."""
        self._state = json.dumps(told, allow_nan=False)
        self._say(topics.state(self._id), self._state)

    def say_next(self, day: str | None) -> None:
        """Tell the day of the next session; None is a pause."""
        self._say(topics.next_session(self._id), day or topics.NONE)

    def _say(self, topic: str, text: str | None) -> None:
        if self._first and text is not None and self._client.is_connected():
            self._client.publish(topic, text, qos=0, retain=True)

    def close(self) -> None:
        """Say that nobody is here now, and let go."""
        if self._first and self._client.is_connected():
            gone = self._client.publish(topics.availability(self._id), topics.OFFLINE, qos=1, retain=True)
            gone.wait_for_publish(TAKEN_S)
        self._client.disconnect()
        self._client.loop_stop()


def _client(to: Announced) -> paho.Client:
    client = paho.Client(
        paho.CallbackAPIVersion.VERSION2, f"{to.device_id}-{uuid.uuid4().hex[:8]}", protocol=paho.MQTTv5
    )
    if to.username is not None:
        client.username_pw_set(to.username, to.password)
    client.on_socket_open = lambda _client, _data, opened: now_or_never(opened)
    client.connect_timeout = CONNECT_S
    return client


def introduce(client: paho.Client, device_id: str) -> paho.MQTTMessageInfo:
    """Tell Home Assistant of the device; the broker keeps it."""
    config = json.dumps(topics.device(device_id, __version__), allow_nan=False)
    return client.publish(topics.discovery(device_id), config, qos=1, retain=True)


def introduced(to: Announced) -> None:
    """Tell the broker of the device while no session runs. Raises DriverError when it cannot be reached."""
    _briefly(to, lambda client: [introduce(client, to.device_id)])


def told_next(to: Announced, day: str | None) -> None:
    """Tell the day of the next session; None is a pause. Raises DriverError when the broker cannot be reached."""
    at = topics.next_session(to.device_id)
    _briefly(to, lambda client: [client.publish(at, day or topics.NONE, qos=1, retain=True)])


def withdrawn(to: Announced) -> None:
    """Take back all that the broker keeps of this home. Raises DriverError when it cannot be reached."""
    kept = (topics.discovery, topics.state, topics.next_session, topics.availability)
    _briefly(to, lambda client: [client.publish(at(to.device_id), b"", qos=1, retain=True) for at in kept])


def _briefly(to: Announced, do: Callable[[paho.Client], list[paho.MQTTMessageInfo]]) -> None:
    client = _client(to)
    answered, where = threading.Event(), f"The broker at {to.host}:{to.port}"
    refused: list[str] = []

    def connected(_client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            refused.append(str(reason))
        answered.set()

    client.on_connect = connected
    try:
        client.connect(to.host, to.port, KEEPALIVE_S, clean_start=True)
    except (OSError, ValueError) as error:
        raise DriverError(f"{where} cannot be reached: {error}.") from None
    client.loop_start()
    try:
        if not answered.wait(CONNECT_S) or refused:
            raise DriverError(f"{where} does not let us in: {''.join(refused[:1]) or 'no answer'}.")
        for one in do(client):
            one.wait_for_publish(CONNECT_S)
            if not one.is_published():
                raise DriverError(f"{where} did not take it.")
    except (RuntimeError, ValueError) as error:
        raise DriverError(f"{where} did not take it: {error}.") from None
    finally:
        client.disconnect()
        client.loop_stop()
