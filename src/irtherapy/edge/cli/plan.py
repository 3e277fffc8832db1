"""`irtherapy plan`: how long and how close, with every limit named."""

from __future__ import annotations

import typer

from irtherapy.edge.cli import arguments, show
from irtherapy.values import Decision, Urgency, Verdict, in_range, to_json


def list_devices(as_json: bool) -> None:
    """Print the catalogue and the person's own devices by id, kind and name."""
    from irtherapy.edge import devices

    known = devices.known()
    if as_json:
        show.emit(list(known.values()))
    else:
        from irtherapy.edge.web.words import KINDS

        ordered = sorted(known.values(), key=lambda d: (d.kind, d.id))
        show.rows((show.AsIs(d.id), f"{d.name}  {KINDS[d.kind][0]}") for d in ordered)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy plan --device r125_150w --distance-cm 55 --site neck   |   "
        "irtherapy plan --device list   |   irtherapy plan --json",
    )
    def plan(
        site: list[str] = arguments.SITE,
        pain: float = arguments.PAIN,
        age: float = arguments.AGE,
        device: str = arguments.DEVICE,
        distance_cm: float = arguments.DISTANCE,
        room_c: float = arguments.ROOM,
        fat_mm: float = arguments.FAT,
        skin_tone: str = arguments.TONE,
        setting: str = typer.Option("home", "--setting", help="home, home_at_risk or clinic: whose ceilings apply."),
        clean_sessions: int = typer.Option(0, "--clean-sessions", help="Earlier sessions with a clean skin check."),
        persons: int = typer.Option(200, "--persons", help="How many virtual persons the spread is taken from."),
        seed: int = arguments.SEED,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Work out the minutes for a device, a distance and a body. It plans; only a session heats."""
        if device == "list":
            list_devices(as_json)
            return
        from irtherapy import pathway
        from irtherapy.edge import data

        chosen = arguments.device(device)
        person = arguments.person(age, fat_mm, skin_tone)
        where = pathway.main_site(arguments.sites(site, pain))
        profile = arguments.setting(setting, person)
        unscreened = Verdict(Decision.GO, (), (), profile, "", Urgency.NONE)
        result = pathway.make_plan(
            person,
            where,
            chosen,
            arguments.placement(chosen, distance_cm, room_c),
            unscreened,
            int(in_range("Clean sessions", clean_sessions, 0, 10_000)),
            data.body_tables(),
            seed=seed,
            persons=int(in_range("Persons", persons, 20, 5000)),
        )
        if as_json:
            by_depth = zip(*result.temperature_c, strict=True)
            show.emit({**to_json(result), "temperature_c": [list(course) for course in by_depth]})
        else:
            show.plan(result)
            show.console.print("This is a plan, not a go-ahead: run irtherapy screen first.", style="dim")
