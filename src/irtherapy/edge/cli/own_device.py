"""`irtherapy devices add` for a device nobody has listed: from flags, or asked for one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from irtherapy import limits
from irtherapy.edge.cli import arguments, show
from irtherapy.values import DeviceKind, InputError, Placement, Setting, in_range

if TYPE_CHECKING:
    from irtherapy.device.own import OwnDevice

T = TypeVar("T")

SPECTRUM = typer.Option("", "--spectrum", help="Lamps: red_glass, clear_glass, or far_infrared (it does not glow).")
NM = typer.Option([], "--nm", help="LED wavelength in nm; may be repeated.")
WATTS = typer.Option(None, "--watts", help="Power printed on it, in W.")
CLAIMED_W = typer.Option(None, "--claimed-w-m2", help="Light output its label claims, in W/m2.")
CLAIMED_MW = typer.Option(None, "--claimed-mw-cm2", help="The same in mW/cm2.")
AT_CM = typer.Option(None, "--at-cm", help="Distance of the claim in cm; 15 when it is not told.")
READING = typer.Option([], "--reading", help="CM:MW_CM2 of a meter, such as 30:42.5; may be repeated.")
METER = typer.Option("", "--meter", help="thermal (sees all heat) or silicon (a solar power meter).")
SKIN = typer.Option([], "--skin-reading", help="SECONDS:CELSIUS of the skin in a test of 3 minutes; first at 0.")
SKIN_AT = typer.Option(None, "--skin-at-cm", help="Distance of the device in that test.")
SURFACE = typer.Option(None, "--surface-c", help="Warm devices: surface temperature its label claims.")
MEASURED_SURFACE = typer.Option(None, "--measured-surface-c", help="Warm devices: as you measured it.")
WIDTH = typer.Option(None, "--width-cm", help="Devices on the skin: width of the part that warms.")
TIMER = typer.Option(None, "--timer-min", help="Its own timer switches off after this.")
MASSAGE = typer.Option(False, "--massage", help="It massages too.")
PLOT = typer.Option("", "--plot", help="Write the curve of irradiance by distance to this .svg file.")

GLOW_WORDS = {"red_glass": "red glass", "clear_glass": "clear glass", "far_infrared": "it warms but does not glow"}
SURE = "Has irtherapy screen said Go today, is the skin bare, and are your eyes turned away?"


def told(flags: dict[str, Any]) -> OwnDevice:
    """Return the device of the flags, measured by skin when skin readings are among them. Raises InputError."""
    from irtherapy.device.own import Metered, OwnDevice
    from irtherapy.units import w_m2

    kind = arguments.choice("Kind", flags["kind"], DeviceKind)
    claimed = flags["claimed_w_m2"]
    if flags["claimed_mw_cm2"] is not None:
        if claimed is not None:
            raise InputError("Claimed", "Claimed output: give --claimed-w-m2 or --claimed-mw-cm2, not both.")
        claimed = w_m2(in_range("Claimed output", flags["claimed_mw_cm2"], 1, 300, "mW/cm2"))
    metered = None
    if flags["reading"]:
        pairs = [_pair("Reading", text, "CM:MW_CM2", "30:42.5") for text in flags["reading"]]
        metered = Metered(_meter(flags["meter"]), tuple((cm / 100, w_m2(mw)) for cm, mw in pairs))
    elif flags["meter"]:
        raise InputError("Meter", "A meter needs at least one --reading CM:MW_CM2.")
    made = OwnDevice(
        name=flags["name"],
        kind=kind,
        glow=_glow(flags["spectrum"]),
        led_nm=tuple(flags["nm"]),
        watts=flags["watts"],
        claimed_w_m2=claimed,
        claimed_at_m=_metres(flags["at_cm"]),
        surface_c=flags["surface_c"],
        metered=metered,
        measured_surface_c=flags["measured_surface_c"],
        width_m=_metres(flags["width_cm"]),
        timer_min=flags["timer_min"],
        has_massage=flags["massage"],
    )
    if not flags["skin_reading"]:
        return made
    if flags["skin_at_cm"] is None:
        raise InputError("Skin distance", "Skin readings need the distance of the device: --skin-at-cm.")
    pairs = [_pair("Skin reading", text, "SECONDS:CELSIUS", "60:34.5") for text in flags["skin_reading"]]
    return by_skin(made, flags, flags["skin_at_cm"] / 100.0, pairs)


def by_skin(made: OwnDevice, who: dict[str, Any], at_m: float, pairs: Sequence[tuple[float, float]]) -> OwnDevice:
    """Return the device with what the rise of the skin tells of it. Raises InputError."""
    from dataclasses import replace

    from irtherapy.device.own import BySkin
    from irtherapy.dose import rise
    from irtherapy.edge import data

    person, site, place, setting = _who(who, at_m)
    tables, device = data.body_tables(), made.device()
    rise.refuse_unsafe(person, site, device, place, tables, setting)
    found = rise.irradiance(person, site, device, place, pairs, tables, setting)
    return replace(made, by_skin=BySkin(at_m, found.irradiance_w_m2, found.spread, arguments.today()))


def _who(who: dict[str, Any], at_m: float) -> tuple[Any, Any, Placement, Setting]:
    person = arguments.person(who["age"], None, who["skin_tone"])
    old = arguments.told_age(person) >= limits.AT_RISK_AGE_YEARS
    setting = Setting.HOME_AT_RISK if old else Setting.HOME
    return person, arguments.sites([who["site"]], 0.0)[0], Placement(at_m, who["room_c"]), setting


def _pair(field: str, text: str, form: str, example: str) -> tuple[float, float]:
    left, colon, right = text.partition(":")
    if not colon:
        raise InputError(field, f"{field} must be {form}, such as {example}; got {text[:40]!r}.")
    return in_range(f"{field}, first figure", left, 0, 1e4), in_range(f"{field}, second figure", right, 0, 1e4)


def _metres(cm: float | None) -> float | None:
    return None if cm is None else cm / 100.0


def _glow(text: str) -> Any:
    from irtherapy.device.own import Glow

    return arguments.choice("Spectrum", text, Glow) if text else None


def _meter(text: str) -> Any:
    from irtherapy.device.measured import Meter

    return arguments.choice("Meter", text, Meter)


def keep(made: OwnDevice, plot: str, as_json: bool) -> None:
    """Keep a device, draw it when asked, and say what is known of it."""
    from irtherapy.edge import devices

    if plot:
        draw(made, plot)
    devices.keep(made)
    if as_json:
        show.emit(devices.public(made))
        return
    say(made)
    command = f"irtherapy plan --device {made.id}" + ("" if made.touches else " --distance-cm 60")
    show.console.print(f"\nKept. Choose it by: {command}", markup=False, soft_wrap=True)


def draw(made: OwnDevice, path: str) -> None:
    """Write the curve to a file. Raises InputError when there is none, or it cannot be written."""
    from irtherapy.edge import devices

    picture = devices.chart(made)
    if not picture:
        raise InputError("Plot", "There is a curve to draw only for a device at a distance that was measured.")
    if Path(path).suffix.lower() != ".svg":
        raise InputError("Plot", f"Plot must be a file that ends in .svg; got {path[:80]!r}.")
    try:
        Path(path).write_text(picture + "\n", encoding="utf-8")
    except OSError:
        raise InputError("Plot", f"Plot: the file {path} cannot be written.") from None


def say(made: OwnDevice) -> None:
    """Print what is known of a device, claimed beside measured."""
    from irtherapy.edge import devices
    from irtherapy.edge.web.words import KINDS

    show.console.print(f"[bold]{made.name}[/bold]  {KINDS[made.kind][0]}  {made.id}")
    for sentence in devices.sentences(made):
        show.console.print(f"· {sentence}", markup=False)
    if table := devices.rows(made):
        show.rows([(f"{cm} cm", f"{e} mW/cm², 19 of 20 from {between}") for cm, e, between in table], "\nBy distance")


def asked(name: str) -> OwnDevice:
    """Return the device that the person describes when asked; a figure that cannot be is asked for again."""
    from irtherapy.device import own

    name = name or _ask("What do you call it", str)
    kinds = [kind.value for kind in DeviceKind]
    kind = DeviceKind(_one_of("What kind is it", kinds))
    glow: own.Glow | None = None
    nm: tuple[float, ...] = ()
    if kind is DeviceKind.LAMP:
        glow = own.Glow(_one_of("Its glass", list(GLOW_WORDS), GLOW_WORDS))
    elif kind in own.LED_KINDS:
        nm = _ask("LED wavelengths in nm, with a comma between (Enter: not known)", _wavelengths, "")
    light = kind in own.GLOWS
    label: dict[str, Any] = {}
    if kind is DeviceKind.LAMP:
        label["watts"] = _figure("Power printed on it in W (Enter: none)", 20, 600)
    if light:
        mw = _figure("Light output it claims in mW/cm2 (Enter: none)", 1, 300)
        label["claimed_w_m2"] = None if mw is None else mw * 10.0
        if mw is not None and kind in own.AT_DISTANCE:
            label["claimed_at_m"] = _metres(_figure("Claimed at which distance in cm (Enter: 15)", 5, 100))
    else:
        label["surface_c"] = _figure("Surface temperature it claims in °C (Enter: none)", 30, 75)
        label["measured_surface_c"] = _figure("The same as you measured it in °C (Enter: not measured)", 25, 75)
    label["timer_min"] = _figure("Its own timer switches off after how many minutes (Enter: no timer)", 1, 600)
    bare = {"name": name, "kind": kind, "glow": glow, "led_nm": nm, **label}
    made = _metered(bare) if light and show.confirm("Have you a meter for its light?", default=False) else None
    made = made or own.OwnDevice(**bare)
    if kind in own.AT_DISTANCE and show.confirm("Measure it by your skin thermometer, 3 minutes?", default=False):
        made = _by_skin(made)
    return made


def _metered(bare: dict[str, Any]) -> OwnDevice | None:
    """Ask for readings until an empty one; one that contradicts the others is told and not taken."""
    from irtherapy.device import own

    meter = _meter(_one_of("Which meter", ["thermal", "silicon"]))
    pairs: list[tuple[float, float]] = []
    made = None
    while text := show.ask("Distance in cm : mW/cm2, such as 30:42.5 (Enter: done)", default="", show_default=False):
        try:
            cm, mw = _pair("Reading", text, "CM:MW_CM2", "30:42.5")
            made = own.OwnDevice(**bare, metered=own.Metered(meter, (*pairs, (cm / 100.0, mw * 10.0))))
        except InputError as error:
            show.errors.print(str(error), style="bold", markup=False)
            continue
        pairs.append((cm / 100.0, mw * 10.0))
    return made


def _by_skin(made: OwnDevice) -> OwnDevice:
    """Lead the test exposure, with the ceilings of the person, and return the device measured."""
    from irtherapy.dose import rise
    from irtherapy.edge import data
    from irtherapy.edge.cli import exposure

    who = {
        "age": _ask("Your age in years", lambda text: in_range("Age", text, 8, 110)),
        "skin_tone": _ask("Your skin tone, 1 palest to 6 darkest (Enter: not told)", lambda text: text or None, ""),
        "site": _one_of("Where on you", ["lower_back", "upper_back", "neck"]),
        "room_c": _ask("Room temperature in °C", lambda text: in_range("Room temperature", text, 5, 40)),
    }
    at_m = _ask("Distance from the device to the skin in cm", lambda text: in_range("Distance", text, 5, 150)) / 100.0
    person, site, place, setting = _who(who, at_m)
    rise.refuse_unsafe(person, site, made.device(), place, data.body_tables(), setting)
    if not show.confirm(SURE, default=False):
        show.console.print("Then no test is made now.")
        return made
    pairs = exposure.led(exposure.Terminal(), limits.ceilings(setting).skin_target_c)
    return by_skin(made, who, at_m, pairs)


def _ask(text: str, read: Callable[[str], T], default: str | None = None) -> T:
    """Ask until the answer can be read."""
    while True:
        try:
            return read(show.ask(text, default=default, show_default=False))
        except InputError as error:
            show.errors.print(str(error), style="bold", markup=False)


def _figure(text: str, low: float, high: float) -> float | None:
    name = text.partition(" (")[0]
    return _ask(text, lambda answer: in_range(name, answer.replace(",", "."), low, high) if answer else None, "")


def _wavelengths(text: str) -> tuple[float, ...]:
    from irtherapy.device.own import LED_NM

    return tuple(in_range("LED wavelength", part.strip(), *LED_NM, "nm") for part in text.split(",") if part.strip())


def _one_of(text: str, words: Sequence[str], meaning: dict[str, str] | None = None) -> str:
    """Ask for one of some words, by its number or itself."""
    for number, word in enumerate(words, start=1):
        show.console.print(f"  {number}  {(meaning or {}).get(word, word.replace('_', ' '))}")

    def read(answer: str) -> str:
        chosen = answer.strip().replace(" ", "_")
        if chosen.isdigit() and 1 <= int(chosen) <= len(words):
            return words[int(chosen) - 1]
        if chosen in words:
            return chosen
        raise InputError(text, f"{text}: answer with a number from 1 to {len(words)}.")

    return _ask(text, read)
