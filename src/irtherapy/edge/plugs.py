"""The plugs and nodes of this person: what is told of each, and whether its own OFF has been seen to work.

One file, ``plugs.json``, readable by its owner alone (a broker may want a password). A plug switches heat only after
the set-up test: on, then the link is let go, and the time until the plug is off by itself is measured. A test that
failed, is older than 30 days, or was done with another firmware leaves the plug out.
"""

from __future__ import annotations

import datetime
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from irtherapy import limits
from irtherapy.edge import home
from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.esphome_line import Node
from irtherapy.edge.drivers.interface import DriverError, real_seconds
from irtherapy.edge.drivers.mqtt import Address
from irtherapy.edge.drivers.plug import Plug
from irtherapy.edge.drivers.thermometer import Source
from irtherapy.values import InputError, from_json

FILE = "plugs.json"
GOOD_FOR = datetime.timedelta(days=30)
LATE_S = 1.0  # the plug may be this much later than its lease


@dataclass(frozen=True)
class Tested:
    """A set-up test: the ISO time, the plug's firmware, and how long it stayed on after the link was let go.

    ``seconds_to_off`` is None when it was still on after twice the lease. ``skin``: it has a thermometer of its own.
    """

    at: str
    firmware: str
    lease_s: float
    seconds_to_off: float | None
    skin: bool = False

    @property
    def passed(self) -> bool:
        """Whether the plug was off by itself in time."""
        return self.seconds_to_off is not None and self.seconds_to_off <= self.lease_s + LATE_S


@dataclass(frozen=True)
class OwnPlug:
    """A plug on MQTT, or an ESPHome ``node``, as its owner told it; ``device_id`` is what hangs on it.

    Raises InputError on a wrong figure.
    """

    name: str
    kind: str
    topic: str
    device_id: str
    broker: Address = field(default_factory=Address)
    thermometer: Source | None = None
    thermometer2: Source | None = None  # on the same skin; the heat ends when the two disagree
    tested: Tested | None = None
    node: Node | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 60:
            raise InputError("Name", "Name must be 1 to 60 letters.")
        if self.kind not in registry.PLUGS:
            raise InputError("Plug", f"Plug must be one of {', '.join(registry.PLUGS)}; got {self.kind!r}.")
        if (self.node is None) == (self.kind == registry.ESPHOME):
            raise InputError("Host", "Host must be told of an ESPHome node, and of no other plug.")
        if self.node is None and (not self.topic or any(sign in self.topic for sign in "+# \n")):
            raise InputError("Topic", "Topic must be the plug's own MQTT topic, without spaces, + or #.")
        if self.thermometer2 is not None and self.thermometer in (None, self.thermometer2):
            raise InputError("Second thermometer", "Second thermometer must be beside a first, and another one.")

    @property
    def driver(self) -> str:
        """The driver that a session by it names."""
        return registry.ESPHOME if self.node is not None else registry.MQTT

    @property
    def has_thermometer(self) -> bool:
        """Whether a skin thermometer comes with it: one on MQTT, or one that its node has told of in its test."""
        return self.thermometer is not None or (self.tested is not None and self.tested.skin)

    def why_not(self, now: datetime.datetime, firmware: str | None = None) -> str | None:
        """Return in one sentence why this plug may not switch heat now, or None when it may."""
        if self.tested is None:
            return "Its own switching off has not been tested yet."
        if not self.tested.passed:
            return "It did not switch itself off in its test."
        if now - datetime.datetime.fromisoformat(self.tested.at) > GOOD_FOR:
            return "Its test is older than 30 days."
        if firmware is not None and firmware != self.tested.firmware:
            return "Its firmware has changed since its test."
        return None

    def device_json(self) -> dict[str, Any]:
        """Return what the runner is told of it in ``device.json``."""
        told: dict[str, Any] = {"kind": self.kind, "topic": self.topic, "broker": asdict(self.broker)}
        if self.node is not None:
            told["node"] = asdict(self.node)
        for name in ("thermometer", "thermometer2"):
            if (source := getattr(self, name)) is not None:
                told[name] = asdict(source)
        return told

    def public(self) -> dict[str, Any]:
        """Return it as JSON data without password and key."""
        told = asdict(self)
        told["broker"]["password"] = None if self.broker.password is None else "(kept)"
        if self.node is not None:
            told["node"]["key"] = None if self.node.key is None else "(kept)"
        if self.tested is not None:
            told["tested"]["passed"] = self.tested.passed
        return told


def load() -> dict[str, OwnPlug]:
    """Return the plugs by name. Raises InputError when the file cannot be read as such."""
    path = home.data_home() / FILE
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {one["name"]: from_json(OwnPlug, one) for one in told}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(FILE, f"{path} cannot be read: {error}.") from None


def find(name: str) -> OwnPlug:
    """Return one plug. Raises InputError on a name that is not known."""
    known = load()
    if name not in known:
        raise InputError("Plug", f"There is no plug {name!r}. Known: {', '.join(known) or 'none'}.")
    return known[name]


def keep(plug: OwnPlug) -> None:
    """Keep a plug under its name, in the place of one of the same name; all or nothing is written."""
    _write({**load(), plug.name: plug})


def forget(name: str) -> None:
    """Remove a plug. Raises InputError on a name that is not known."""
    find(name)
    _write({key: one for key, one in load().items() if key != name})


def _write(plugs: dict[str, OwnPlug]) -> None:
    path = home.data_home() / FILE
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump([asdict(one) for one in plugs.values()], out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def write_device(folder: Path, plug: OwnPlug) -> None:
    """Write ``device.json`` for the runner of a session, for its owner alone."""
    with os.fdopen(os.open(folder / registry.DEVICE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(plug.device_json(), out)


def firmware_of(plug: OwnPlug) -> str:
    """Return the firmware a plug has now. Raises DriverError when it cannot be reached."""
    driver = registry.open_switch(plug.device_json())
    try:
        driver.check_reachable()
        return driver.firmware()
    finally:
        driver.close()


def try_out(
    plug: OwnPlug, now: Callable[[], datetime.datetime], say: Callable[[str], None] = lambda _: None
) -> OwnPlug:
    """Switch on, let go of the link, measure the OFF; keep and return the plug with the result.

    Whoever listens has a line of its own that never sends. Raises DriverError when the plug cannot be reached or does
    not promise its OFF; then the plug counts as not tested.
    """
    lease_s = limits.LEASE_MAX_S
    keep(replace(plug, tested=None))
    watcher = registry.open_switch(plug.device_json())
    try:
        driver = registry.open_switch(plug.device_json())
        try:
            firmware, skin = driver.firmware(), driver.has_skin
            say("Asking the plug to promise its own OFF ...")
            driver.on(lease_s)
            say(f"It is on. Letting go of the link; it should be off within {lease_s:g} s ...")
        finally:
            driver.close()
        let_go_s = real_seconds()
        seconds = _seconds_to_off(watcher, let_go_s, 2.0 * lease_s)
        if seconds is None:
            watcher.off()
    finally:
        watcher.close()
    done = replace(plug, tested=Tested(now().isoformat(timespec="seconds"), firmware, lease_s, seconds, skin))
    keep(done)
    return done


def _seconds_to_off(watcher: Plug, since_s: float, most_s: float) -> float | None:
    while real_seconds() - since_s < most_s:
        if watcher.said_on(since_s, 0.0) is False:
            return round(real_seconds() - since_s, 2)
        time.sleep(0.05)
    return None


__all__ = ["DriverError", "OwnPlug", "Tested", "find", "forget", "keep", "load", "try_out", "write_device"]
