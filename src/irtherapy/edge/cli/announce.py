"""`irtherapy announce`: the MQTT broker at which sessions are told to Home Assistant, and STOP is taken from it."""

from __future__ import annotations

from typing import Any

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError

HOST = typer.Argument(..., help="The MQTT broker: the name or address of a machine. It must know MQTT 5.")
PORT = typer.Option(1883, "--port", help="Its port.")
USER = typer.Option(None, "--user", help="Its user name; the password is asked for.")
HERE_ALONE = typer.Option(
    False, "--here-alone", help="Where the broker cannot be reached: forget it here all the same."
)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    announce = typer.Typer(
        no_args_is_help=True, help="Tell sessions to Home Assistant over MQTT, with a STOP button: set, show, forget."
    )
    app.add_typer(announce, name="announce")

    @announce.command("set", epilog="Example:  irtherapy announce set 192.168.1.10 --user irtherapy")
    def set_(host: str = HOST, port: int = PORT, user: str = USER, as_json: bool = show.JSON_OPTION) -> None:
        """Tell sessions to this broker from now on. Home Assistant shows the device at once; nothing is switched."""
        from irtherapy.edge.cli import keep
        from irtherapy.edge.drivers.interface import DriverError
        from irtherapy.edge.runner import announced, broker_line

        password = show.ask("Password of the broker", hide_input=True) if user else None
        to = announced.named(announced.Announced(host, port, user, password))
        try:
            broker_line.introduced(to)
        except DriverError as error:
            raise InputError("Broker", f"{error} Nothing was changed.") from None
        announced.keep(to)
        keep.told_next()
        _tell(to.public(), f"Sessions are told to {host}:{port}, as {to.device_id}.", as_json)

    @announce.command("show", epilog="Example:  irtherapy announce show --json")
    def show_(as_json: bool = show.JSON_OPTION) -> None:
        """Show the broker and the topics."""
        from irtherapy.edge.runner import announced, topics

        to = announced.load()
        if to is None:
            _tell({"broker": None}, "Sessions are told to nobody. Begin with: irtherapy announce set BROKER", as_json)
            return
        names = ("availability", "state", "next_session", "command", "discovery")
        at = {name: getattr(topics, name)(to.device_id) for name in names}
        lines = [f"{to.host}:{to.port}", *(f"{name:13} {topic}" for name, topic in at.items())]
        words = ", ".join(topics.WISHES)
        text = "\n".join([*lines, f"Words on the command topic: {words}. None of them switches heat on."])
        _tell({"broker": to.public(), "topics": at, "words": list(topics.WISHES)}, text, as_json)

    @announce.command(epilog="Example:  irtherapy announce forget")
    def forget(here_alone: bool = HERE_ALONE, as_json: bool = show.JSON_OPTION) -> None:
        """Tell nobody any more, and take back what the broker keeps."""
        from irtherapy.edge.drivers.interface import DriverError
        from irtherapy.edge.runner import announced, broker_line

        to = announced.load()
        if to is not None and not here_alone:
            try:
                broker_line.withdrawn(to)
            except DriverError as error:
                raise InputError("Broker", f"{error} Use --here-alone to forget it here all the same.") from None
        announced.forget()
        _tell({"broker": None}, "Sessions are told to nobody now.", as_json)


def _tell(told: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        show.emit(told)
    else:
        show.console.print(text, markup=False, highlight=False)
