"""`irtherapy devices`: the catalogue, your own devices (told and measured), and your plugs: added, tested, watched."""

from __future__ import annotations

import typer

from irtherapy.edge.cli import arguments, faults, own_device, own_plug, show
from irtherapy.values import InputError

NAME = typer.Argument(None, help="Your plug's or device's name, or a device of the catalogue.")
KIND = typer.Option("", "--kind", help="A device of your own: lamp, led_panel, led_pads, wrap ...")
ADDING = (
    "Examples:  irtherapy devices add   |   irtherapy devices add panel --kind led_panel --claimed-mw-cm2 100 "
    "--meter thermal --reading 20:48 --reading 40:36   |   "
    "irtherapy devices add desk-lamp --make tasmota --topic tasmota_1 --device r125_150w   |   "
    "irtherapy devices add node --make esphome --host 192.168.1.50 --device r125_150w"
)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    devices = typer.Typer(
        no_args_is_help=True, help="The catalogue, your own devices and plugs: list, show, add, test, monitor."
    )
    app.add_typer(devices, name="devices")

    _register_looking(devices)
    own_plug.register(devices)
    _register_changing(devices)
    _register_removing(devices)
    faults.register(devices)


def _register_changing(devices: typer.Typer) -> None:
    @devices.command(epilog=ADDING)
    def add(
        name: str = NAME,
        kind: str = KIND,
        make: str = own_plug.MAKE,
        topic: str = own_plug.TOPIC,
        host: str = own_plug.HOST,
        key: bool = own_plug.KEY,
        device: str = own_plug.ON_IT,
        broker: str = own_plug.BROKER,
        port: int = own_plug.PORT,
        user: str = own_plug.USER,
        thermometer: str = own_plug.THERMOMETER,
        thermometer2: str = own_plug.SECOND,
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
        """Add a device nobody has listed, or with --make a plug; one of the same name is changed.

        Without --kind and --make you are asked for everything. A plug switches nothing before its test has passed.
        """
        flags = {**locals(), "name": named or name or ""}
        if maker := own_plug.make_of(flags):
            own_plug.add(maker, flags)
        elif kind:
            own_device.keep(own_device.told(flags), plot, as_json)
        else:
            own_device.keep(own_device.asked(flags["name"]), plot, as_json)


def _register_removing(devices: typer.Typer) -> None:
    @devices.command(epilog="Example:  irtherapy devices remove desk-lamp")
    def remove(name: str = NAME) -> None:
        """Forget a plug or a device of your own."""
        from irtherapy.edge import devices as own
        from irtherapy.edge import plugs

        plugs.forget(name) if name in plugs.load() else own.forget(name)
        show.console.print(f"{name} is forgotten.")


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
        from irtherapy.edge.web.words import KINDS

        no_plug = "You have added no plug yet: irtherapy devices add NAME --make ..."
        show.console.print("[bold]Your plugs[/bold]" if switches else no_plug)
        show.rows(
            [
                (show.AsIs(p.name), f"{p.kind} {own_plug.where(p)}, {p.device_id}  {own_plug.state(p)}")
                for p in switches.values()
            ]
        )
        if mine:
            show.console.print("\n[bold]Your own devices[/bold]")
            show.rows([(show.AsIs(d.id), " ".join(own.sentences(d)[:2])) for d in mine.values()])
        show.console.print("\n[bold]Catalogue[/bold]")
        show.rows([(show.AsIs(d.id), f"{d.name}  {KINDS[d.kind][0]}") for d in known.values()])

    @devices.command("show", epilog="Example:  irtherapy devices show desk-lamp")
    def show_(name: str = NAME, plot: str = own_device.PLOT, as_json: bool = show.JSON_OPTION) -> None:
        """Show one plug or one device; your own with what is claimed beside what was measured."""
        from irtherapy.edge import data, plugs
        from irtherapy.edge import devices as own
        from irtherapy.values import to_json

        switches, known = plugs.load(), data.catalogue()
        if name in switches or name in known:
            told = switches[name].public() if name in switches else to_json(known[name])
            show.emit(told) if as_json else show.rows(
                [(show.AsIs(key), show.AsIs(value)) for key, value in told.items()]
            )
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
