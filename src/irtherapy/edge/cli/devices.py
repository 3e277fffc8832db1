"""`irtherapy devices`: the catalogue, your own devices (told and measured), and your plugs: added, tested, watched."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import arguments, faults, own_device, show
from irtherapy.values import InputError, in_range

if TYPE_CHECKING:
    from irtherapy.edge.drivers.thermometer import Source
    from irtherapy.edge.plugs import OwnPlug

NAME = typer.Argument(None, help="Your plug's or device's name, or a device of the catalogue.")
KIND = typer.Option("", "--kind", help="A plug: tasmota or shelly. A device: lamp, led_panel, led_pads, wrap ...")
TOPIC = typer.Option("", "--topic", help="The plug's own MQTT topic.")
ON_IT = typer.Option("", "--device", help="What hangs on it: an id of `irtherapy devices list`.")
HOST = typer.Option("127.0.0.1", "--broker", help="The MQTT broker.")
PORT = typer.Option(1883, "--port", help="Its port.")
USER = typer.Option(None, "--user", help="Its user name; the password is asked for.")
THERMOMETER = typer.Option(
    "", "--thermometer", help="KIND:TOPIC[:FIELD], such as tasmota:tele/t1/SENSOR:DS18B20.Temperature."
)
SECOND = typer.Option("", "--thermometer2", help="A second one on the same skin; the heat ends when they disagree.")
ADDING = (
    "Examples:  irtherapy devices add   |   irtherapy devices add panel --kind led_panel --claimed-mw-cm2 100 "
    "--meter thermal --reading 20:48 --reading 40:36   |   "
    "irtherapy devices add desk-lamp --topic tasmota_1 --device r125_150w"
)
SECONDS = typer.Option(10.0, "--seconds", help="How long to watch.")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    devices = typer.Typer(
        no_args_is_help=True, help="The catalogue, your own devices and plugs: list, show, add, test, monitor."
    )
    app.add_typer(devices, name="devices")

    _register_looking(devices)
    _register_live(devices)

    _register_changing(devices)
    faults.register(devices)


def _register_changing(devices: typer.Typer) -> None:
    @devices.command(epilog=ADDING)
    def add(
        name: str = NAME,
        kind: str = KIND,
        topic: str = TOPIC,
        device: str = ON_IT,
        broker: str = HOST,
        port: int = PORT,
        user: str = USER,
        thermometer: str = THERMOMETER,
        thermometer2: str = SECOND,
        named: str = typer.Option("", "--name", help="The same as NAME."),
        spectrum: str = own_device.SPECTRUM,
        nm: list[float] = own_device.NM,
        watts: float = own_device.WATTS,
        claimed_w_m2: float = own_device.CLAIMED_W,
        claimed_mw_cm2: float = own_device.CLAIMED_MW,
        at_cm: float = own_device.AT_CM,
        reading: list[str] = own_device.READING,
        meter: str = own_device.METER,
        skin_reading: list[str] = own_device.SKIN,
        skin_at_cm: float = own_device.SKIN_AT,
        surface_c: float = own_device.SURFACE,
        measured_surface_c: float = own_device.MEASURED_SURFACE,
        width_cm: float = own_device.WIDTH,
        timer_min: float = own_device.TIMER,
        massage: bool = own_device.MASSAGE,
        site: str = typer.Option("lower_back", "--site", help="Where the skin readings were taken."),
        age: float = arguments.AGE,
        skin_tone: str = arguments.TONE,
        room_c: float = arguments.ROOM,
        plot: str = own_device.PLOT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Add a device nobody has listed, or with --topic a plug; one of the same name is changed.

        Without --kind you are asked for everything. A plug switches nothing before its test has passed.
        """
        flags = {**locals(), "name": named or name or ""}
        if topic or kind in ("tasmota", "shelly"):
            _add_plug(flags)
        elif kind:
            own_device.keep(own_device.told(flags), plot, as_json)
        else:
            own_device.keep(own_device.asked(flags["name"]), plot, as_json)

    @devices.command(epilog="Example:  irtherapy devices remove desk-lamp")
    def remove(name: str = NAME) -> None:
        """Forget a plug or a device of your own."""
        from irtherapy.edge import devices as own
        from irtherapy.edge import plugs

        plugs.forget(name) if name in plugs.load() else own.forget(name)
        show.console.print(f"{name} is forgotten.")


def _add_plug(flags: dict[str, Any]) -> None:
    from irtherapy.edge import devices as own
    from irtherapy.edge import plugs
    from irtherapy.edge.drivers.mqtt import Address

    name, device, user = flags["name"], flags["device"], flags["user"]
    if device not in own.known():
        raise InputError("Device", f"--device must be an id of `irtherapy devices list`; got {device!r}.")
    password = typer.prompt("Password of the broker", hide_input=True) if user else None
    address = Address(flags["broker"], int(in_range("Port", flags["port"], 1, 65535)), user, password)
    kind = flags["kind"] or "tasmota"
    first, second = _thermometer(flags["thermometer"]), _thermometer(flags["thermometer2"])
    plug = plugs.OwnPlug(name, kind, flags["topic"], device, address, first, second)
    plugs.keep(plug)
    if flags["as_json"]:
        show.emit(plug.public())
    else:
        show.console.print(f"Kept. Now test it: irtherapy devices test {name}")


def _register_looking(devices: typer.Typer) -> None:
    @devices.command("list", epilog="Example:  irtherapy devices list --json")
    def list_(as_json: bool = show.JSON_OPTION) -> None:
        """List your plugs, your own devices and the devices of the catalogue."""
        from irtherapy.edge import data, plugs
        from irtherapy.edge import devices as own

        mine, switches, known = own.load(), plugs.load(), data.catalogue()
        if as_json:
            catalogue = [{"id": d.id, "name": d.name, "kind": d.kind.value} for d in known.values()]
            told = {"plugs": [p.public() for p in switches.values()], "own": [own.public(d) for d in mine.values()]}
            show.emit({**told, "catalogue": catalogue})
            return
        no_plug = "You have added no plug yet: irtherapy devices add NAME --topic ..."
        show.console.print("[bold]Your plugs[/bold]" if switches else no_plug)
        show.rows([(p.name, f"{p.kind} {p.topic}, {p.device_id}. {_state(p)}") for p in switches.values()])
        if mine:
            show.console.print("\n[bold]Your own devices[/bold]")
            show.rows([(d.id, " ".join(own.sentences(d)[:2])) for d in mine.values()])
        show.console.print("\n[bold]Catalogue[/bold]")
        show.rows([(d.id, f"{d.name} ({d.kind.value.replace('_', ' ')})") for d in known.values()])

    @devices.command("show", epilog="Example:  irtherapy devices show desk-lamp")
    def show_(name: str = NAME, plot: str = own_device.PLOT, as_json: bool = show.JSON_OPTION) -> None:
        """Show one plug or one device; your own with what is claimed beside what was measured."""
        from irtherapy.edge import data, plugs
        from irtherapy.edge import devices as own
        from irtherapy.values import to_json

        switches, known = plugs.load(), data.catalogue()
        if name in switches or name in known:
            told = switches[name].public() if name in switches else to_json(known[name])
            show.emit(told) if as_json else show.rows([(key, str(value)) for key, value in told.items()])
            return
        try:
            mine = own.find(name or "")
        except InputError:
            raise InputError(
                "Device", f"There is no plug and no device named {name!r}. See: irtherapy devices list"
            ) from None
        if plot:
            own_device.draw(mine, plot)
        show.emit(own.public(mine)) if as_json else own_device.say(mine)


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
