"""`irtherapy dose`: what a device does to skin, muscle and depth, for any minutes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import arguments, show
from irtherapy.values import Decision, InputError, Urgency, Verdict, in_range, to_json

if TYPE_CHECKING:
    from irtherapy.dose.evaporation import Sweat
    from irtherapy.dose.pad import Pad
    from irtherapy.dose.plan import BestUse
    from irtherapy.dose.simulate import Phase, Simulation
    from irtherapy.values import Placement, Plan


MINUTES = typer.Option(None, "--minutes", help="Minutes of heat; those of the plan when left out.")
PHASE = typer.Option(
    [], "--phase", help="MINUTES:SHARE of power, such as 5:0.5; may be repeated; instead of --minutes."
)
COOLING = typer.Option(10.0, "--cooling-min", help="Minutes without heat that are shown after it.")
CLOTHED = typer.Option(False, "--clothed", help="One layer of clothing between device and skin.")
SETTING = typer.Option("home", "--setting", help="home, home_at_risk or clinic: whose ceilings apply.")
CLEAN = typer.Option(0, "--clean-sessions", help="Earlier sessions with a clean skin check.")
PERSONS = typer.Option(200, "--persons", help="How many virtual persons the spread is taken from.")
SWEATING = typer.Option(False, "--sweating", help="Bare skin sweats where it gets warm; else it stays dry.")
HUMIDITY = typer.Option(None, "--humidity", help="Humidity of the room in percent, for --sweating; else 50.")
PAD_HEAT = typer.Option(
    None, "--pad-heat-kj", help="Warm devices: heat capacity in kJ/m2/K, so that it warms up or cools by itself."
)
PAD_START = typer.Option(None, "--pad-start-c", help="Its temperature at the start; the room's if left out.")
PAD_POWER = typer.Option(None, "--pad-power", help="Its power in W/m2 until it is at its temperature; 0 if left out.")
PER_WEEK = typer.Option(3.0, "--per-week", help="Sessions a week, for the minutes of warm skin in a week.")
BEST = typer.Option(False, "--best", help="Also solve for the best distance and the best switching.")
PLOT = typer.Option(None, "--plot", help="Write charts by minutes and by depth to this SVG file.")
CSV = typer.Option(None, "--csv", help="Write temperature by time and depth to this CSV file.")
EXAMPLES = (
    "Examples:  irtherapy dose --device r125_150w --distance-cm 45 --minutes 15 --skin-tone III   |   "
    "irtherapy dose --phase 10:1 --phase 5:0.5 --plot out.svg   |   irtherapy dose --best --clean-sessions 1   |   "
    "irtherapy dose --persons 1000 --json"
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(epilog=EXAMPLES)
    def dose(
        site: list[str] = arguments.SITE,
        device: str = arguments.DEVICE,
        distance_cm: float = arguments.DISTANCE,
        minutes: float = MINUTES,
        phase: list[str] = PHASE,
        cooling_min: float = COOLING,
        clothed: bool = CLOTHED,
        age: float = arguments.AGE,
        fat_mm: float = arguments.FAT,
        skin_tone: str = arguments.TONE,
        room_c: float = arguments.ROOM,
        setting: str = SETTING,
        clean_sessions: int = CLEAN,
        persons: int = PERSONS,
        seed: int = arguments.SEED,
        sweating: bool = SWEATING,
        humidity: float = HUMIDITY,
        pad_heat_kj: float = PAD_HEAT,
        pad_start_c: float = PAD_START,
        pad_power: float = PAD_POWER,
        per_week: float = PER_WEEK,
        best: bool = BEST,
        plot: Path = PLOT,
        csv: Path = CSV,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Work out light, temperatures and their spread. It computes; only a session heats."""
        from irtherapy import pathway
        from irtherapy.dose import simulate
        from irtherapy.dose.plan import best_use
        from irtherapy.edge import data

        chosen = arguments.device(device)
        person = arguments.person(age, fat_mm, skin_tone)
        where = pathway.main_site(arguments.sites(site, 5.0))
        place = replace(arguments.placement(chosen, distance_cm, room_c), clothed=clothed)
        count = int(in_range("Persons", persons, 20, 5_000))
        profile = arguments.setting(setting, person)
        verdict = Verdict(Decision.GO, (), (), profile, "", Urgency.NONE)
        clean, tables = int(in_range("Clean sessions", clean_sessions, 0, 10_000)), data.body_tables()
        plan = pathway.make_plan(person, where, chosen, place, verdict, clean, tables, seed=seed, persons=count)
        schedule, cooling = _schedule(minutes, phase, plan), in_range("Cooling", cooling_min, 0, 600, "min")
        sweat, pad = _sweat(sweating, humidity), _pad(pad_heat_kj, pad_start_c, pad_power, room_c)
        asked = (person, where, chosen, place, schedule, tables, count, seed, cooling)
        result = simulate.simulate(*asked, sweat=sweat, pad=pad)
        found = best_use(person, where, chosen, place, profile, clean, tables, seed, count) if best else None
        weekly = result.skin_warm_min * in_range("Sessions a week", per_week, 0, 100)
        _write({plot: _chart(result, plan) if plot else "", csv: _table(result) if csv else ""})
        if as_json:
            best_told = {} if found is None else _told_best(found)
            show.emit({**_told(result, plan), "skin_warm_min_per_week": weekly, **best_told})
            return
        _say(result, plan, f"{per_week:g} sessions a week make {weekly:.0f} min")
        if found is not None:
            _say_best(found, place)


def _sweat(sweating: bool, humidity: float | None) -> Sweat | None:
    from irtherapy.dose.evaporation import Sweat

    if humidity is not None and not sweating:
        raise InputError("Humidity", "Humidity counts with --sweating alone: give both or neither.")
    share = in_range("Humidity", 50.0 if humidity is None else humidity, 0, 100, "%") / 100.0
    return Sweat(humidity=share) if sweating else None


def _pad(heat_kj: float | None, start_c: float | None, told_power: float | None, room_c: float) -> Pad | None:
    from irtherapy.dose.pad import Pad

    if heat_kj is None:
        if start_c is not None or told_power is not None:
            raise InputError("Pad", "A pad with a start or a power of its own needs its heat: give --pad-heat-kj too.")
        return None
    power = 0.0 if told_power is None else told_power
    if start_c is None and power == 0.0:
        raise InputError("Pad", "A pad as cold as the room warms nobody: give --pad-power, --pad-start-c, or both.")
    return Pad(heat_kj * 1000.0, room_c if start_c is None else start_c, power_w_m2=power)


def _schedule(minutes: float | None, phases: list[str], plan: Plan) -> list[Phase]:
    from irtherapy.dose.simulate import Phase

    if minutes is not None and phases:
        raise InputError("Minutes", "Give --minutes or --phase, not both.")
    if phases:
        out = []
        for text in phases:
            length, _, share = text.partition(":")
            out.append(
                Phase(in_range("Phase, minutes", length, 0.5, 1440), in_range("Phase, share", share or "1", 0, 1))
            )
        return out
    wanted = plan.minutes if minutes is None else in_range("Minutes", minutes, 0.5, 1440, "min")
    if abs(2.0 * wanted - round(2.0 * wanted)) > 1e-9:
        raise InputError("Minutes", f"Minutes must be a multiple of half a minute; got {wanted:g}.")
    if wanted <= 0.0:
        raise InputError("Minutes", "The plan allows no minutes here: give --minutes to see what the heat would do.")
    return [Phase(wanted)]


def _told(result: Simulation, plan: Plan) -> dict[str, Any]:
    """Return the JSON: the simulation, and beside it what the plan allows."""
    told: dict[str, Any] = to_json(result)
    safe = {"limit": plan.limit, "runner_up": plan.runner_up, "limit_chain": plan.limit_chain, "advice": plan.advice}
    return {**told, "plan_minutes": plan.minutes, **{k: to_json(v) for k, v in safe.items()}}


def _told_best(found: BestUse) -> dict[str, Any]:
    distance = None if found.distance_m is None else {"distance_m": found.distance_m, "minutes": found.minutes}
    schedule = None if found.schedule is None else {"minutes": found.minutes, **to_json(found.schedule)}
    return {"best_distance": distance, "best_schedule": schedule}


def _say_best(found: BestUse, place: Placement) -> None:
    if found.distance_m is not None:
        near = f"{found.distance_m * 100:.0f} cm is the nearest for {found.minutes:g} minutes"
        show.console.print(f"[bold]Distance.[/bold] {near}: there the heat no longer sets the minutes.")
    elif place.distance_m > 0.0:
        show.console.print("[bold]Distance.[/bold] Too hot at every distance that is known for it.")
    if found.schedule is None:
        return
    does, even = found.schedule.does, found.schedule.even
    show.console.print(
        f"[bold]Switching.[/bold] {found.minutes:g} minutes as placed, on for {sum(found.schedule.shares) / 2:.1f}: "
        f"skin at most {does.skin_peak_c:.1f} \u00b0C, muscle +{does.muscle_rise_k:.2f} \u00b0C on average until the "
        f"stretching ends. At one even share ({found.schedule.even_share:.0%}) +{even.muscle_rise_k:.2f} \u00b0C."
    )
    show.console.print(f"Share of each half minute: {' '.join(f'{share:.0%}' for share in found.schedule.shares)}")


def _write(texts: dict[Path | None, str]) -> None:
    """Write every file, or none: each beside its place first, and moved there once all are written."""
    aside: dict[Path, Path] = {path: path.with_name(f"{path.name}.part") for path in texts if path is not None}
    try:
        for path, part in aside.items():
            if path.is_dir():
                raise IsADirectoryError(21, "it is a folder", str(path))
            part.write_text(texts[path], encoding="utf-8")
        for path, part in aside.items():
            part.replace(path)
    except OSError as error:
        raise InputError("File", f"{path} cannot be written: {error.strerror}.") from None
    finally:
        for part in aside.values():
            part.unlink(missing_ok=True)


def _chart(result: Simulation, plan: Plan) -> str:
    """Return skin and muscle by minutes, and below it the warmth by depth with the spine drawn in, as SVG."""
    from irtherapy import limits
    from irtherapy.export import svg

    minutes = [t / 60.0 for t in result.time_s]
    ceiling = limits.ceilings(plan.setting)
    series = [
        svg.Series("skin", minutes, result.skin_c.p50, ember=True),
        svg.Series("muscle", minutes, result.muscle_c.p50),
    ]
    band = svg.Band(minutes, result.skin_c.p2_5, result.skin_c.p97_5, "19 of 20 people")
    lines = [(ceiling.skin_target_c, f"target {ceiling.skin_target_c:g} \u00b0C")]
    title = "Skin and muscle temperature"
    told = f"At most {result.skin_peak_c:.1f} \u00b0C on the skin for 97.5 % of people."
    ends = [sum(phase.minutes for phase in result.phases[: i + 1]) for i in range(len(result.phases))]
    last = max((end for end, phase in zip(ends, result.phases, strict=True) if phase.share > 0.0), default=0.0)
    marks = [(last, "heat ends")]
    by_time = svg.line_chart(series, "minutes", "\u00b0C", title, told, band=band, limits=lines, marks=marks)
    at_end = [course[min(range(len(minutes)), key=lambda i: abs(minutes[i] - last))] for course in result.temperature_c]
    before = [course[0] for course in result.temperature_c]
    layers = [(result.layer_depths_mm[name], name) for name in ("fat", "muscle", "spine")]
    rise, spine = result.reach_mm["rise_1k"], result.layer_depths_mm["spine"]
    by_depth = svg.line_chart(
        [svg.Series("heat ends", result.depth_mm, at_end, ember=True),
         svg.Series("before", result.depth_mm, before, soft=True)],
        "mm under the skin", "\u00b0C", "Temperature by depth, before the heat and when it ends",
        _reached(rise, spine),
        marks=layers, x_range=(0.0, max(result.depth_mm[-1], spine + 6.0)),
    )  # fmt: skip
    return svg.stacked([by_time, by_depth], "What the heat does", f"{told} {_reached(rise, spine)}")


def _reached(rise_mm: float, spine_mm: float) -> str:
    return f"A warmth of 1 \u00b0C reaches {rise_mm:.0f} mm; the spine begins at {spine_mm:.0f} mm."


def _table(result: Simulation) -> str:
    """Return temperature by time (rows) and depth (columns) of the typical person as CSV."""
    head = ["time_s", *(f"temperature_c_at_{mm:g}_mm" for mm in result.depth_mm)]
    rows = [[f"{t:g}", *(f"{column[i]:.4f}" for column in result.temperature_c)] for i, t in enumerate(result.time_s)]
    return "\n".join(",".join(row) for row in [head, *rows]) + "\n"


def _eyes(result: Simulation) -> str:
    if result.eye_irradiance_w_m2 == 0.0:
        return "no infrared reaches them"
    if result.eye_limit_s == float("inf"):
        return f"{result.eye_irradiance_w_m2:.0f} W/m\u00b2; below their limit"
    return f"{result.eye_irradiance_w_m2:.0f} W/m\u00b2; {result.eye_limit_s:.0f} s at most"


def _say(result: Simulation, plan: Plan, weekly: str) -> None:
    reach = result.reach_mm
    depths = f"+1 K to {reach['rise_1k']:.0f} mm, +0.5 K to {reach['rise_0_5k']:.0f} mm"
    light = "none below the surface"
    if "light_10pct" in reach:
        light = f"a tenth at {reach['light_10pct']:.0f} mm, a hundredth at {reach['light_1pct']:.0f} mm"
    show.console.print(f"[bold]{result.minutes:g} minutes[/bold] of heat, {result.persons} people like this one.")
    show.rows(
        [
            (
                "light on the skin",
                f"{result.irradiance_w_m2:.0f} W/m\u00b2, {result.reflected_fraction:.0%} thrown back",
            ),
            ("skin, at most", f"{result.skin_peak_c:.1f} \u00b0C for 97.5 % of them"),
            ("muscle", f"+{result.muscle_rise_c:.1f} \u00b0C, {result.muscle_warm_min:.1f} min above +1 \u00b0C"),
            ("at 10, 20, 30 mm", ", ".join(f"+{rise:.1f} \u00b0C" for rise in result.rise_k.values())),
            ("warmth reaches", f"{depths}; the spine begins at {result.layer_depths_mm['spine']:.0f} mm"),
            ("light reaches", light),
            ("blood flow in the skin", f"{max(result.perfusion_ratio):.1f} times that at rest"),
            ("CEM43", f"{result.cem43_min:.3f} min for 97.5 % of them"),
            ("burn integral", f"{max(result.damage.values()):.2g} (1 is a burn)"),
            ("skin at 39 \u00b0C or more", f"{result.skin_warm_min:.1f} min; {weekly}"),
            ("eyes in the beam", _eyes(result)),
            ("the plan allows", f"{plan.minutes:g} min, because {plan.limit.text}"),
        ]
    )
    for sentence in result.cautions:
        show.console.print(sentence, style="bold")
    if result.minutes > plan.minutes:
        show.console.print("This is longer than the plan allows, so no session will do it.", style="bold")
