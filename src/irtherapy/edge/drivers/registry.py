"""Which driver an order asks for, and what is told of a real device in the ``device.json`` of its session folder.

{"kind": "tasmota" or "shelly", "topic": "...",
 "broker": {"host": "...", "port": 1883, "username": ..., "password": ...},
or "kind": "esphome", "node": {"host": "...", "port": 6053, "key": ...},
 "thermometer": {"kind": "tasmota" | "plain" | "esphome", "topic": "...", "field": "...", "unit": "C" | "F"},
 "thermometer2": the same for a second one on the same skin,
 "thermometer_broker": as "broker", where theirs is another one}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irtherapy.edge.drivers.interface import Driver
from irtherapy.edge.drivers.manual import Manual
from irtherapy.edge.drivers.simulated import Remote
from irtherapy.edge.drivers.unlit import Unlit
from irtherapy.values import InputError, SessionOrder

if TYPE_CHECKING:  # the MQTT library is loaded for those who have a plug
    from irtherapy.edge.drivers.mqtt import Address
    from irtherapy.edge.drivers.plug import Plug
    from irtherapy.edge.drivers.thermometer import Thermometer

DEVICE = "device.json"
EMITTER = "emitter.json"
MQTT, ESPHOME = "mqtt", "esphome"
DRIVERS = ("simulated", "manual", MQTT, ESPHOME)
ON_BROKER = ("tasmota", "shelly")
PLUGS = (*ON_BROKER, ESPHOME)


def open_driver(order: SessionOrder, folder: Path) -> Driver:
    """Return the driver an order names; one that never switches on for a session without heat.

    Raises InputError on an unknown one or when it is not told whether heat may come on, DriverError when it cannot be
    reached.
    """
    dark = order.comparison == "without" or (order.comparison == "hidden" and not emitter_on(folder))
    driver = _named(order, folder)
    return Unlit(driver) if dark else driver


def write_emitter(folder: Path, on: bool) -> None:
    """Write for the program that opens the driver, and for it alone, whether heat may come on in a hidden session."""
    (folder / EMITTER).write_text(json.dumps({"emitter": "on" if on else "off"}), encoding="utf-8")


def emitter_on(folder: Path) -> bool:
    """Return whether heat may come on in a hidden session. Raises InputError when that cannot be read."""
    try:
        told = json.loads((folder / EMITTER).read_text(encoding="utf-8"))["emitter"]
    except (OSError, ValueError, KeyError, TypeError):
        told = None
    if told not in ("on", "off"):
        raise InputError("Comparison", f"The session folder has no readable {EMITTER}.")
    return bool(told == "on")


def _named(order: SessionOrder, folder: Path) -> Driver:
    if order.driver == "simulated":
        return Remote(folder)
    if order.driver == "manual":
        return Manual()
    if order.driver in (MQTT, ESPHOME):
        return open_told(read_device(folder))
    raise InputError("Driver", f"Driver must be one of {', '.join(DRIVERS)}; got {order.driver!r}.")


def read_device(folder: Path) -> dict[str, Any]:
    """Return what ``device.json`` tells. Raises InputError when it is not there or no object."""
    try:
        told = json.loads((folder / DEVICE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict):
        raise InputError("Device", f"The session folder has no readable {DEVICE}.")
    return told


def open_told(told: Mapping[str, Any]) -> Driver:
    """Return a plug or a node, with its thermometer on MQTT when one is told. Raises InputError and DriverError."""
    switch: Driver = open_switch(told)
    if (thermometer := told.get("thermometer")) is None:
        return switch
    from irtherapy.edge.drivers.mqtt import Address
    from irtherapy.edge.drivers.thermometer import WithThermometer

    address = Address(**told.get("thermometer_broker", told.get("broker", {})))
    return WithThermometer(
        switch, *(_thermometer(address, one) for one in (thermometer, told.get("thermometer2")) if one)
    )


def open_switch(told: Mapping[str, Any]) -> Plug:
    """Return a plug or a node alone. Raises InputError and DriverError."""
    if told.get("kind") == ESPHOME:
        from irtherapy.edge.drivers.esphome import EspHome
        from irtherapy.edge.drivers.esphome_line import Line as LineToNode
        from irtherapy.edge.drivers.esphome_line import Node

        return EspHome(LineToNode(Node(**told.get("node", {}))))
    from irtherapy.edge.drivers.mqtt import Address

    return open_plug(Address(**told.get("broker", {})), str(told.get("kind")), str(told.get("topic", "")))


def _thermometer(address: Address, told: Mapping[str, Any]) -> Thermometer:
    from irtherapy.edge.drivers.mqtt import Line
    from irtherapy.edge.drivers.thermometer import Source, Thermometer, listened

    source = Source(**told)
    return Thermometer(Line(address, listened(source)), source)


def open_plug(address: Address, kind: str, topic: str) -> Plug:
    """Return a plug on a broker. Raises InputError on a make that is not known or a topic that is none."""
    if not topic or any(sign in topic for sign in "+# \n"):
        raise InputError("Topic", "Topic must be the plug's own MQTT topic, without spaces, + or #.")
    from irtherapy.edge.drivers import shelly, tasmota
    from irtherapy.edge.drivers.mqtt import Line

    if kind == "tasmota":
        return tasmota.Tasmota(Line(address, tasmota.listened(topic)), topic)
    if kind == "shelly":
        line = Line(address, shelly.listened(topic, answers := shelly.answers_to()))
        return shelly.Shelly(line, topic, answers)
    raise InputError("Plug", f"Plug must be one of {', '.join(ON_BROKER)}; got {kind!r}.")
