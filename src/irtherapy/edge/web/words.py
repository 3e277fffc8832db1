"""How places, sides, kinds and verdicts are called on a page; the words of the reader, once."""

from __future__ import annotations

from irtherapy.values import DeviceKind, Region, Side, Urgency

REGIONS = {Region.NECK: "Neck", Region.UPPER_BACK: "Upper back", Region.LOWER_BACK: "Lower back"}
IN_A_SENTENCE = {Region.NECK: "neck", Region.UPPER_BACK: "upper back", Region.LOWER_BACK: "lower back"}
PLACES = {
    (Region.NECK, Side.LEFT): "neck, left",
    (Region.NECK, Side.RIGHT): "neck, right",
    (Region.UPPER_BACK, Side.LEFT): "upper back, left",
    (Region.UPPER_BACK, Side.RIGHT): "upper back, right",
    (Region.LOWER_BACK, Side.LEFT): "lower back, left",
    (Region.LOWER_BACK, Side.RIGHT): "lower back, right",
}
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
WHICH = {
    DeviceKind.LAMP: "Which lamp is it?",
    DeviceKind.LED_PANEL: "Which LED panel is it?",
    DeviceKind.LED_PADS: "Which LED pads or belt is it?",
    DeviceKind.WRAP: "Which heat wrap is it?",
    DeviceKind.HEATING_PAD: "Which heating pad or mat is it?",
    DeviceKind.CHAIR: "Which massage chair is it?",
    DeviceKind.HAND_HELD: "Which hand-held massager is it?",
}
ONE_OF_YOUR_OWN = {
    DeviceKind.LAMP: "A lamp of your own",
    DeviceKind.LED_PANEL: "An LED panel of your own",
    DeviceKind.LED_PADS: "LED pads or a belt of your own",
    DeviceKind.WRAP: "A heat wrap of your own",
    DeviceKind.HEATING_PAD: "A heating pad or mat of your own",
    DeviceKind.CHAIR: "A massage chair of your own",
    DeviceKind.HAND_HELD: "A hand-held massager of your own",
}
MINE = {
    DeviceKind.LAMP: "My lamp",
    DeviceKind.LED_PANEL: "My LED panel",
    DeviceKind.LED_PADS: "My LED pads or belt",
    DeviceKind.WRAP: "My heat wrap",
    DeviceKind.HEATING_PAD: "My heating pad or mat",
    DeviceKind.CHAIR: "My massage chair",
    DeviceKind.HAND_HELD: "My hand-held massager",
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
    return PLACES.get((Region(region), Side(side)), IN_A_SENTENCE[Region(region)])


def places(sites: list[dict[str, str]]) -> str:
    """Return all sore places of a visit in one phrase."""
    return " and ".join(place(s["region"], s["side"]) for s in sites)
