"""How places, sides, kinds and verdicts are called on a page; the words of the reader, once."""

from __future__ import annotations

from irtherapy.values import DeviceKind, Region, Side, Urgency

REGIONS = {Region.NECK: "Neck", Region.UPPER_BACK: "Upper back", Region.LOWER_BACK: "Lower back"}
SIDES = {Side.LEFT: "Left", Side.BOTH: "Both sides", Side.RIGHT: "Right"}
KINDS = {
    DeviceKind.LAMP: ("Lamp", "A red or warm bulb that shines on you from a distance"),
    DeviceKind.LED_PANEL: ("LED panel", "A flat panel of small red and infrared lights"),
    DeviceKind.LED_PADS: ("LED pads or belt", "Soft pads with small lights, worn on the skin"),
    DeviceKind.WRAP: ("Heat wrap", "A wrap that warms by itself, worn on the body"),
    DeviceKind.HEATING_PAD: ("Heating pad or mat", "A warm pad with a cable"),
    DeviceKind.CHAIR: ("Massage chair", "A chair or bed with heat in its back"),
    DeviceKind.HAND_HELD: ("Hand-held massager", "A massager or small light held in the hand"),
}
URGENCY = {
    Urgency.EMERGENCY: "Now",
    Urgency.URGENT: "Today",
    Urgency.SEE_DOCTOR: "In the next days",
    Urgency.NONE: "Not today",
}
SKIN_TONES = (
    (1, "Very pale. Always burns in the sun, never tans"),
    (2, "Pale. Burns easily, tans a little"),
    (3, "Light brown. Sometimes burns, tans slowly"),
    (4, "Olive or brown. Rarely burns, tans well"),
    (5, "Dark brown. Very rarely burns"),
    (6, "Very dark brown to black. Never burns"),
)
ANSWERS = (("yes", "Yes"), ("no", "No"), ("not_sure", "Not sure"))


def place(region: str, side: str) -> str:
    """Return a sore place as a person says it: "lower back, left"."""
    name = REGIONS[Region(region)].lower()
    return name if side == Side.BOTH else f"{name}, {SIDES[Side(side)].lower()}"


def places(sites: list[dict[str, str]]) -> str:
    """Return all sore places of a visit in one phrase."""
    return " and ".join(place(s["region"], s["side"]) for s in sites)
