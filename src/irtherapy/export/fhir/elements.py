"""The small parts that FHIR resources are made of: identifiers, codes, quantities, references.

R4 (4.0.1). Units are UCUM. Codes of our own live in one code system that goes out with every bundle; the address below
is a name, not a page: nothing answers there.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
Resource = dict[str, Any]

BASE = "https://irtherapy.example/fhir"
CODES = f"{BASE}/CodeSystem/irtherapy"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
NAMES = uuid.uuid5(uuid.NAMESPACE_URL, BASE)
SITES = {"neck": "Neck", "upper_back": "Upper back", "lower_back": "Lower back"}
SIDES = {"left": ", left", "right": ", right", "both": ""}

# Codes of our own: what each says, and for measured figures their UCUM unit.
OWN: dict[str, tuple[str, str]] = {
    "session": ("Infrared session: heat, massage and stretching", ""),
    "heat": ("Heat from an infrared device", ""),
    "massage": ("Massage while the tissue is warm", ""),
    "stretch": ("Guided stretching after heat", ""),
    "heat-duration": ("Minutes of heat", "min"),
    "skin-peak": ("Highest skin temperature measured or modelled during the session", "Cel"),
    "cem43": ("Thermal dose: cumulative equivalent minutes at 43 degrees Celsius", "min"),
    "irradiance": ("Irradiance at the skin, as planned", "W/m2"),
    "muscle-rise": ("Rise of muscle temperature, as planned", "K"),
    "distance": ("Distance from the device to the skin", "cm"),
    "skin-check": ("Look of the skin after the session", ""),
    "score": ("Score of a questionnaire", "{score}"),
    "range-of-motion": ("Range of motion against the person's own first measurement", ""),
    "clean": ("As before, no marks", ""),
    "red_fading": ("Evenly pink, fading", ""),
    "marks": ("Marks on the skin", ""),
    "ended": ("Why a session ended or was not done", ""),
    "guard": ("A guard of the program switched the heat off", ""),
    "break-rule": ("A rule of the program paused the course", ""),
}


def own_id(kind: str, key: str) -> str:
    """Return the id of a resource: the same for the same thing in every export."""
    return str(uuid.uuid5(NAMES, f"{kind}:{key}"))


def reference(resource: Resource) -> dict[str, str]:
    """Return a reference to a resource of the same bundle."""
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}


def concept(code: str, text: str = "") -> dict[str, Any]:
    """Return a concept of our own code system. Raises KeyError for a code that is not in it."""
    display = OWN[code][0]
    return {"coding": [{"system": CODES, "code": code, "display": display}], "text": text or display}


def coded(system: str, code: str, display: str = "", text: str = "") -> dict[str, Any]:
    """Return a concept of somebody else's code system."""
    coding = {"system": system, "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding], **({"text": text} if text else {})}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """Return a quantity whose ``unit`` is a UCUM code; a code never goes without its system (invariant qty-3)."""
    return {"value": rounded(value), "unit": unit, "system": UCUM, "code": unit}


def rounded(value: float) -> float | int:
    """Return at most four decimals, and whole numbers without a point: figures are estimates, not bits."""
    short = round(float(value), 4)
    return int(short) if short == int(short) else short


def body_site(site: Json) -> dict[str, str]:
    """Return a region of the back and its side in words."""
    return {"text": SITES.get(str(site.get("region")), "Back") + SIDES.get(str(site.get("side")), "")}


def code_system(version: str) -> Resource:
    """Return our own codes as a resource."""
    return {
        "resourceType": "CodeSystem",
        "id": own_id("CodeSystem", "irtherapy"),
        "url": CODES,
        "version": version,
        "name": "Irtherapy",
        "title": "Codes of irtherapy",
        "status": "active",
        "content": "complete",
        "caseSensitive": True,
        "count": len(OWN),
        "concept": [{"code": code, "display": display} for code, (display, _) in OWN.items()],
    }
