"""`irtherapy devices`: devices of the catalogue, and your own plugs: added, tested, watched."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError, in_range

if TYPE_CHECKING:
    from irtherapy.edge.drivers.thermometer import Source
    from irtherapy.edge.plugs import OwnPlug

NAME = typer.Argument(None, help="Your plug's name, or a device of the catalogue.")
KIND = typer.Option("tasmota", "--kind", help="tasmota or shelly (second generation and later).")
TOPIC = typer.Option("", "--topic", help="The plug's own MQTT topic.")
ON_IT = typer.Option("", "--device", help="What hangs on it: an id of `irtherapy devices list`.")
HOST = typer.Option("127.0.0.1", "--broker", help="The MQTT broker.")
PORT = typer.Option(1883, "--port", help="Its port.")
USER = typer.Option(None, "--user", help="Its user name; the password is asked for.")
THERMOMETER = typer.Option(
    "", "--thermometer", help="KIND:TOPIC[:FIELD], such as tasmota:tele/t1/SENSOR:DS18B20.Temperature."
)
SECONDS = typer.Option(10.0, "--seconds", help="How long to watch.")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    devices = typer.Typer(
        no_args_is_help=True, help="The catalogue, and your own plugs: list, show, add, test, monitor."
    )
    app.add_typer(devices, name="devices")

    _register_looking(devices)
    _register_live(devices)

    @devices.command(epilog="Example:  irtherapy devices add desk-lamp --topic tasmota_1 --device r125_150w")
    def add(
        name: str = NAME,
        kind: str = KIND,
        topic: str = TOPIC,
        device: str = ON_IT,
        broker: str = HOST,
        port: int = PORT,
        user: str = USER,
        thermometer: str = THERMOMETER,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Add a plug, or change one of the same name. It switches nothing before its test has passed."""
        from irtherapy.edge import data, plugs
        from irtherapy.edge.drivers.mqtt import Address

        if device not in data.catalogue():
            raise InputError("Device", f"--device must be an id of `irtherapy devices list`; got {device!r}.")
        password = typer.prompt("Password of the broker", hide_input=True) if user else None
        address = Address(broker, int(in_range("Port", port, 1, 65535)), user, password)
        plug = plugs.OwnPlug(name or "", kind, topic, device, address, _thermometer(thermometer))
        plugs.keep(plug)
        show.emit(plug.public()) if as_json else show.console.print(f"Kept. Now test it: irtherapy devices test {name}")

    @devices.command(epilog="Example:  irtherapy devices remove desk-lamp")
    def remove(name: str = NAME) -> None:
        """Forget a plug."""
        from irtherapy.edge import plugs

        plugs.forget(name)
        show.console.print(f"{name} is forgotten.")


def _register_looking(devices: typer.Typer) -> None:
    @devices.command("list", epilog="Example:  irtherapy devices list --json")
    def list_(as_json: bool = show.JSON_OPTION) -> None:
        """List your plugs and the devices of the catalogue."""
        from irtherapy.edge import data, plugs

        own, known = plugs.load(), data.catalogue()
        if as_json:
            catalogue = [{"id": d.id, "name": d.name, "kind": d.kind.value} for d in known.values()]
            show.emit({"plugs": [p.public() for p in own.values()], "catalogue": catalogue})
            return
        show.console.print(
            "[bold]Your plugs[/bold]" if own else "You have added no plug yet: irtherapy devices add NAME --topic ..."
        )
        show.rows([(p.name, f"{p.kind} {p.topic}, {p.device_id}. {_state(p)}") for p in own.values()])
        show.console.print("\n[bold]Catalogue[/bold]")
        show.rows([(d.id, f"{d.name} ({d.kind.value.replace('_', ' ')})") for d in known.values()])

    @devices.command("show", epilog="Example:  irtherapy devices show desk-lamp")
    def show_(name: str = NAME, as_json: bool = show.JSON_OPTION) -> None:
        """Show one plug or one device."""
        from irtherapy.edge import data, plugs
        from irtherapy.values import to_json

        own, known = plugs.load(), data.catalogue()
        if name not in own and name not in known:
            raise InputError("Device", f"There is no plug and no device named {name!r}. See: irtherapy devices list")
        told = own[name].public() if name in own else to_json(known[name])
        if as_json:
            show.emit(told)
        else:
            show.rows([(key, str(value)) for key, value in told.items()])


def _register_live(devices: typer.Typer) -> None:
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
            show.console.print(_state(done))
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
            driver = registry.open_mqtt(plug.device_json())
            while time.monotonic() < until:
                one = driver.read(0.0)
                told = {"heat_on": one.heat_on, "power_w": one.power_w, "skin_c": one.skin_c}
                show.emit(told) if as_json else show.console.print("   ".join(f"{k} {v}" for k, v in told.items()))
                time.sleep(1.0)
            driver.close()
        except DriverError as error:
            raise InputError("Plug", str(error)) from None


def _thermometer(text: str) -> Source | None:
    from irtherapy.edge.drivers.thermometer import Source

    if not text:
        return None
    kind, _, rest = text.partition(":")
    topic, _, field = rest.partition(":")
    return Source(kind, topic, field)


def _state(plug: OwnPlug) -> str:
    """Return in one sentence what is known of a plug's own switching off."""
    why_not = plug.why_not(datetime.datetime.now(datetime.UTC))
    if why_not is not None:
        return why_not + " It may not switch heat."
    assert plug.tested is not None
    return f"Off by itself {plug.tested.seconds_to_off:g} s after the link was let go. Tested {plug.tested.at[:10]}."
