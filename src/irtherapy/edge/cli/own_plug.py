"""Plugs and nodes in `irtherapy devices`: added, tested, watched; and the YAML of a node."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError, in_range

if TYPE_CHECKING:
    from irtherapy.edge.drivers.thermometer import Source
    from irtherapy.edge.plugs import OwnPlug

MAKES = ("tasmota", "shelly", "esphome")
NAME = typer.Argument(None, help="Your plug's or node's name.")
MAKE = typer.Option("", "--make", help="A plug or node: tasmota, shelly or esphome.")
TOPIC = typer.Option("", "--topic", help="A plug's own MQTT topic.")
ON_IT = typer.Option("", "--device", help="What hangs on it: an id of `irtherapy devices list`.")
BROKER = typer.Option("127.0.0.1", "--broker", help="The MQTT broker.")
PORT = typer.Option(0, "--port", help="The broker's port (1883), or a node's (6053).")
USER = typer.Option(None, "--user", help="The broker's user name; the password is asked for.")
HOST = typer.Option("", "--host", help="An ESPHome node's name or address.")
KEY = typer.Option(True, "--key/--no-key", help="Ask for the key of a node's encrypted API.")
THERMOMETER = typer.Option(
    "", "--thermometer", help="KIND:TOPIC[:FIELD], such as tasmota:tele/t1/SENSOR:DS18B20.Temperature."
)
SECOND = typer.Option("", "--thermometer2", help="A second one on the same skin; the heat ends when they disagree.")
SECONDS = typer.Option(10.0, "--seconds", help="How long to watch.")
YAML = ("irtherapy-heater.yaml", "node.yaml")


def make_of(flags: dict[str, Any]) -> str:
    """Return the make of a plug that is told by flags; empty when they tell of no plug. Raises InputError."""
    make = str(flags["make"] or (flags["kind"] if flags["kind"] in MAKES else ""))
    if make and make not in MAKES:
        raise InputError("Make", f"--make must be one of {', '.join(MAKES)}; got {make!r}.")
    return make or ("tasmota" if flags["topic"] else "esphome" if flags["host"] else "")


def add(make: str, flags: dict[str, Any]) -> None:
    """Keep a plug or node as told by flags. Raises InputError; then nothing is kept."""
    from irtherapy.edge import devices as own
    from irtherapy.edge import plugs
    from irtherapy.edge.drivers.esphome_line import Node
    from irtherapy.edge.drivers.mqtt import Address

    name, device, user, port = flags["name"], flags["device"], flags["user"], flags["port"]
    if device not in own.known():
        raise InputError("Device", f"--device must be an id of `irtherapy devices list`; got {device!r}.")
    first, second = _thermometer(flags["thermometer"]), _thermometer(flags["thermometer2"])
    node, address = None, Address()
    if make == "esphome":
        if first or second:
            raise InputError(
                "Thermometer", "A node has its thermometers itself: name them Skin and Skin 2 in its YAML."
            )
        asked = Node(flags["host"], int(in_range("Port", port or 6053, 1, 65535)))
        key = show.ask("Key of the node's API", hide_input=True) if flags["key"] else None
        node = Node(asked.host, asked.port, key)
    else:
        port = int(in_range("Port", port or 1883, 1, 65535))
        password = show.ask("Password of the broker", hide_input=True) if user else None
        address = Address(flags["broker"], port, user, password)
    plug = plugs.OwnPlug(name, make, flags["topic"], device, address, first, second, node=node)
    plugs.keep(plug)
    if flags["as_json"]:
        show.emit(plug.public())
    else:
        show.console.print(f"Kept. Now test it: irtherapy devices test {name}")


def register(devices: typer.Typer) -> None:
    """Add the commands to `irtherapy devices`."""

    @devices.command(epilog="Example:  irtherapy devices test desk-lamp")
    def test(name: str = NAME, as_json: bool = show.JSON_OPTION) -> None:
        """Measure that a plug goes off by itself: on, the link let go, the seconds until it is off.

        Take the lamp out of reach first: it is on for a few seconds. The result holds for 30 days and this firmware.
        """
        from irtherapy.edge import plugs
        from irtherapy.edge.drivers.interface import DriverError

        say = (lambda _: None) if as_json else show.console.print
        try:
            done = plugs.try_out(plugs.find(name), lambda: datetime.datetime.now(datetime.UTC), say)
        except DriverError as error:
            raise InputError("Plug", f"The test could not be done: {error}") from None
        if as_json:
            show.emit(done.public()["tested"])
        else:
            show.console.print(state(done))
        if done.tested is None or not done.tested.passed:
            raise typer.Exit(3)

    @devices.command(epilog="Example:  irtherapy devices monitor desk-lamp --seconds 60")
    def monitor(name: str = NAME, seconds: float = SECONDS, as_json: bool = show.JSON_OPTION) -> None:
        """Watch what a plug and its thermometer say. Switches nothing."""
        from irtherapy.edge import plugs
        from irtherapy.edge.drivers import registry
        from irtherapy.edge.drivers.interface import DriverError

        until = time.monotonic() + in_range("Seconds", seconds, 1, 86_400)
        plug = plugs.find(name)
        try:
            driver = registry.open_told(plug.device_json())
            while time.monotonic() < until:
                one = driver.read(0.0)
                told = {"heat_on": one.heat_on, "power_w": one.power_w, "skin_c": one.skin_c}
                show.emit(told) if as_json else show.console.print("   ".join(f"{k} {v}" for k, v in told.items()))
                time.sleep(1.0)
            driver.close()
        except DriverError as error:
            raise InputError("Plug", str(error)) from None

    @devices.command(epilog="Example:  irtherapy devices node heater   |   cd heater && esphome run node.yaml")
    def node(folder: Path = typer.Argument(Path("."), help="Where to write the two files.")) -> None:
        """Write the YAML of an ESPHome node that holds its own heartbeat and is off at every start."""
        from importlib import resources

        for there in (folder / name for name in YAML):
            if there.exists():
                raise InputError("Folder", f"{there} is there already; nothing was written.")
        folder.mkdir(parents=True, exist_ok=True)
        for name in YAML:
            text = (resources.files("irtherapy") / "data" / "esphome" / name).read_text(encoding="utf-8")
            (folder / name).write_text(text, encoding="utf-8")
            show.console.print(str(folder / name), markup=False, highlight=False)


def _thermometer(text: str) -> Source | None:
    from irtherapy.edge.drivers.thermometer import Source

    if not text:
        return None
    kind, _, rest = text.partition(":")
    topic, _, field = rest.partition(":")
    return Source(kind, topic, field)


def where(plug: OwnPlug) -> str:
    """Return where a plug is found."""
    return plug.topic if plug.node is None else plug.node.host


def state(plug: OwnPlug) -> str:
    """Return in one sentence what is known of a plug's own switching off."""
    why_not = plug.why_not(datetime.datetime.now(datetime.UTC))
    if why_not is not None:
        return why_not + " It may not switch heat."
    assert plug.tested is not None
    return f"Off by itself {plug.tested.seconds_to_off:g} s after the link was let go. Tested {plug.tested.at[:10]}."
