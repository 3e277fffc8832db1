"""Arguments that several commands share, turned into the pathway's values with one clear sentence on bad input."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import typer

from irtherapy import limits
from irtherapy.edge import devices
from irtherapy.edge.cli.show import read_json
from irtherapy.values import Clearance, Device, InputError, Person, Placement, Region, Setting, Side, Site, in_range

SITE = typer.Option(
    ["lower_back"], "--site", help="neck, upper_back or lower_back; add :left or :right; may be repeated."
)
PAIN = typer.Option(5.0, "--pain", help="Pain now at the sites, 0 to 10.")
AGE = typer.Option(None, "--age", help="Age in years.")
DEVICE = typer.Option("simulated_lamp", "--device", help="A device id of the catalogue; 'list' shows them.")
DISTANCE = typer.Option(None, "--distance-cm", help="From the skin in cm; a contact device has 0.")
ROOM = typer.Option(22.0, "--room-c", help="Room temperature in °C.")
FAT = typer.Option(None, "--fat-mm", help="Fat over the site in mm: half of a pinch.")
TONE = typer.Option(None, "--skin-tone", help="Fitzpatrick skin type, 1 to 6 or I to VI.")
SEED = typer.Option(1, "--seed", help="Seed of the virtual persons.")
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}


def today() -> str:
    """Return the local day as YYYY-MM-DD."""
    return datetime.now(UTC).astimezone().date().isoformat()


def choice(field: str, text: str, kinds: Any) -> Any:
    """Return the enum member named ``text``. Raises InputError listing what is allowed."""
    try:
        return kinds(text)
    except ValueError:
        allowed = ", ".join(k.value for k in kinds)
        raise InputError(field, f"{field} must be one of {allowed}; got {text!r}.") from None


def sites(texts: Sequence[str], pain: float) -> tuple[Site, ...]:
    """Return the sites of ``--site`` with their side, each with the same pain."""
    pain = in_range("Pain", pain, 0, 10)
    out = []
    for text in texts:
        region, _, side = text.partition(":")
        out.append(Site(choice("Site", region, Region), choice("Side", side or "both", Side), pain))
    return tuple(out)


def person(age: float | None, fat_mm: float | None, skin_tone: str | None) -> Person:
    """Return the person of the options; what was not told stays None."""
    tone = None
    if skin_tone is not None:
        told = in_range("Skin tone", ROMAN.get(skin_tone.upper(), skin_tone), 1, 6, "(or I to VI)")
        if not told.is_integer():
            raise InputError("Skin tone", f"Skin tone must be a whole number, 1 to 6 (or I to VI); got {skin_tone}.")
        tone = int(told)
    fat_m = None if fat_mm is None else in_range("Fat thickness", fat_mm, 1, 80, "mm") / 1000
    return Person(age_years=None if age is None else in_range("Age", age, 8, 110, "years"), fat_m=fat_m, skin_tone=tone)


def setting(text: str, person: Person) -> Setting:
    """Return whose ceilings apply: at home those of somebody at risk from 65 years on, whatever was asked."""
    asked = Setting(choice("Setting", text, Setting))
    older = person.age_years is not None and person.age_years >= limits.AT_RISK_AGE_YEARS
    return Setting.HOME_AT_RISK if asked is Setting.HOME and older else asked


def told_age(person: Person) -> float:
    """Return the age that was told. Raises InputError when it was not: some questions depend on it."""
    if person.age_years is None:
        raise InputError("Age", "Age must be told, in years from 8 to 110, with --age: some questions depend on it.")
    return person.age_years


def device(device_id: str) -> Device:
    """Return a device of the catalogue. Raises InputError with near names on an unknown id."""
    from difflib import get_close_matches

    known = devices.known()
    if device_id in known:
        return known[device_id]
    near = get_close_matches(device_id, known, n=3, cutoff=0.4) or sorted(known)[:3]
    guess = ", ".join(near)
    raise InputError(
        "Device", f"Device {device_id!r} is not in the catalogue; did you mean {guess}? See --device list."
    )


def placement(chosen: Device, distance_cm: float | None, room_c: float) -> Placement:
    """Return where the device is: at the distance told, else in contact or at 60 cm."""
    if distance_cm is None:
        distance_cm = 0.0 if chosen.contact else 60.0
    distance_m = in_range("Distance", distance_cm, 0, 200, "cm") / 100
    return Placement(distance_m, in_range("Room temperature", room_c, 5, 40, "°C"))


def answers(path: str) -> dict[str, str]:
    """Return the screening answers of a JSON file: an object of question id to yes, no or not_sure."""
    found = read_json(path, "Answers")
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise InputError("Answers", f"Answers: {path} must be a JSON object of question id to yes, no or not_sure.")
    return found


def clearance(path: str | None) -> Clearance | None:
    """Return the clearance of a JSON file with who, given_on, covers and until, or None without a file."""
    if path is None:
        return None
    found = read_json(path, "Clearance")
    keys = {"who", "given_on", "covers", "until"}
    if not isinstance(found, dict) or set(found) != keys or not isinstance(found["covers"], list):
        raise InputError(
            "Clearance", f"Clearance: {path} must be a JSON object with who, given_on, covers (a list) and until."
        )
    return Clearance(
        str(found["who"]), str(found["given_on"]), frozenset(map(str, found["covers"])), str(found["until"])
    )
