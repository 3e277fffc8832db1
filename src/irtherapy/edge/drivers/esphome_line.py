"""A line to an ESPHome node by its native API: what it said of each entity, and commands that go now or never.

The library lives on an event loop in a thread of its own; the runner's loop only glances at memory. The line is made
anew when it breaks, so that an OFF which is owed can still be told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from irtherapy.edge.drivers.at_once import now_or_never
from irtherapy.edge.drivers.interface import DriverError, real_seconds
from irtherapy.values import InputError, in_range

CONNECT_S = 3.0
READY_S = 5.0
RETRY_S = 1.0
KEEPALIVE_S = 2.0
MISSING = "The ESPHome library is not installed. Install it: pip install 'irtherapy[esphome]'"


@dataclass(frozen=True)
class Node:
    """Where the node is; ``key`` is the key of its encrypted API. Raises InputError on a wrong figure."""

    host: str
    port: int = 6053
    key: str | None = None

    def __post_init__(self) -> None:
        if not self.host or any(sign.isspace() for sign in self.host):
            raise InputError("Host", "Host must be the name or address of the node.")
        in_range("Port", self.port, 1, 65535)


@dataclass(frozen=True)
class Said:
    """What an entity said last, and when (real seconds); ``first``: it was told on greeting and may be of any age."""

    value: float
    at_s: float
    first: bool


class Line:
    """One node. Raises DriverError when it cannot be reached within some seconds, or lets nobody in."""

    def __init__(self, node: Node) -> None:
        try:
            import aioesphomeapi
        except ImportError:
            raise DriverError(MISSING) from None
        logging.getLogger("aioesphomeapi").setLevel(logging.CRITICAL)  # what fails is told by the driver
        self._api, self.node = aioesphomeapi, node
        self.about: Any = None  # DeviceInfo
        self.since_s = math.inf  # when this line was made
        self._names: dict[int, str] = {}
        self._keys: dict[str, int] = {}
        self._actions: dict[str, Any] = {}
        self._said: dict[str, Said] = {}
        self._news = threading.Condition()
        self._client: Any = None
        self._asking: deque[Any] = deque(maxlen=8)  # a task that nobody holds may be forgotten
        self._trouble = "it did not answer"
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="esphome", daemon=True)
        self._thread.start()
        with self._news:
            ready = self._news.wait_for(lambda: self.alive, READY_S)
        if not ready:
            self.close()
            raise DriverError(f"The node at {node.host}:{node.port} cannot be reached: {self._trouble}.")

    # -- in the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._keep())
        finally:
            self._loop.close()

    async def _keep(self) -> None:
        """Hold the line, and make it anew when it broke."""
        while not self._over.is_set():
            gone = asyncio.Event()
            try:
                await asyncio.wait_for(self._connect(gone), READY_S)
                await _either(gone, self._over)
            except (OSError, self._api.APIConnectionError, TimeoutError) as error:
                self._trouble = str(error).rstrip(".") or "it did not answer in time"
            finally:
                self._let_go()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), RETRY_S)

    async def _connect(self, gone: asyncio.Event) -> None:
        where = (self.node.host, self.node.port)
        opened = await self._loop.run_in_executor(None, lambda: socket.create_connection(where, CONNECT_S))
        now_or_never(opened)
        client = self._api.APIClient(
            *where, None, client_info="irtherapy", keepalive=KEEPALIVE_S, noise_psk=self.node.key
        )

        async def stopped(_expected: bool) -> None:
            gone.set()

        client.start_connection_from_socket(opened, stopped)
        try:
            await client.finish_connection(True)
            about, entities, actions = await client.device_info_and_list_entities()
        except BaseException:
            client.force_disconnect()
            raise
        with self._news:
            self._said.clear()
            self._names = {one.key: one.name for one in entities}
            self._keys = {one.name: one.key for one in entities}
            self._actions = {one.name: one for one in actions}
            self.about, self._client, self.since_s = about, client, real_seconds()
        client.subscribe_states(self._hear)

    def _hear(self, told: Any) -> None:
        name = self._names.get(told.key)
        value = getattr(told, "state", None)
        if name is None or not isinstance(value, bool | int | float):
            return
        with self._news:
            first = name not in self._said
            if not (first and getattr(told, "missing_state", False)):
                self._said[name] = Said(round(float(value), 3), real_seconds(), first)  # sent in single precision
            else:
                self._said[name] = Said(math.nan, -math.inf, True)  # it has never said anything
            self._news.notify_all()

    def _let_go(self) -> None:
        with self._news:
            client, self._client = self._client, None
        if client is not None:
            client.force_disconnect()

    # -- for the driver -----------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether the node is there, and has told the state of what it has."""
        return self._client is not None and len(self._said) >= len(self._names)

    def has(self, name: str) -> bool:
        """Return whether the node has an entity or an action of this name."""
        return name in self._keys or name in self._actions

    def heard(self, name: str) -> Said | None:
        """Return what an entity said last on this line."""
        with self._news:
            return self._said.get(name)

    def until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Return whether something is so, waiting for news at most ``seconds``."""
        with self._news:
            return self._news.wait_for(is_so, seconds)

    def _tell(self, say: Callable[[Any], Any]) -> None:
        client = self._client
        if client is None:
            raise DriverError("The node is not there.")

        def now() -> None:
            if self._client is client:  # a line made anew meanwhile gets nothing old
                with contextlib.suppress(self._api.APIConnectionError):
                    say(client)

        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._loop.call_soon_threadsafe(now)

    def switch(self, name: str, on: bool) -> None:
        """Send a switch. Raises DriverError when the node is away, or has none of this name."""
        key = self._key(name)
        self._tell(lambda client: client.switch_command(key, on))

    def set_number(self, name: str, value: float) -> None:
        """Send a figure. Raises DriverError when the node is away, or has none of this name."""
        key = self._key(name)
        self._tell(lambda client: client.number_command(key, value))

    def call(self, name: str, told: Mapping[str, int]) -> None:
        """Send an action. Raises DriverError when the node is away, or knows none of this name."""
        if (action := self._actions.get(name)) is None:
            raise DriverError(f"The node knows no action {name!r}.")
        self._tell(lambda client: self._asking.append(self._loop.create_task(self._ask(client, action, dict(told)))))

    async def _ask(self, client: Any, action: Any, told: dict[str, int]) -> None:
        with contextlib.suppress(self._api.APIConnectionError):
            await client.execute_service(action, told)

    def _key(self, name: str) -> int:
        if name not in self._keys:
            raise DriverError(f"The node has nothing named {name!r}.")
        return self._keys[name]

    def close(self) -> None:
        """Let go of the node."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(CONNECT_S)


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(one.wait()) for one in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()
