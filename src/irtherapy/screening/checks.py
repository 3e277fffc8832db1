"""The short list a person confirms before START; the session machine holds START until each is confirmed."""

from __future__ import annotations

from irtherapy.values import DeviceKind, Region

_LIGHT = (DeviceKind.LAMP, DeviceKind.LED_PANEL)
_WORN = (DeviceKind.WRAP, DeviceKind.HEATING_PAD)
_MASSAGE = (DeviceKind.CHAIR, DeviceKind.HAND_HELD)


def prestart_checks(device_kind: DeviceKind, region: Region, has_timer: bool = False) -> tuple[tuple[str, str], ...]:
    """Return (id, sentence) pairs for ``SessionOrder.checks``; ids are stable, sentences are read and confirmed.

    Raises ValueError when the kind or the region is not one of the enums.
    """
    kind, place = DeviceKind(device_kind), Region(region)
    out = [("awake", "I am wide awake, and have had no alcohol or calming medicine today.")]
    if kind in (*_LIGHT, DeviceKind.LED_PADS):
        out.append(("skin", "The skin there is bare, clean and dry, with no cream, oil or metal on it."))
    else:
        out.append(("skin", "The skin is clean and dry, with no cream, oil or metal, under one thin layer at most."))
    out.append(("skin_whole", "The skin there is whole and feels warmth as it should, without marks from last time."))
    out.append(("device", "The device, its cord and its cover are dry and undamaged, and nothing else warms me."))
    if has_timer:
        out.append(("timer", "The device's own timer is set to the minutes shown."))
    else:
        out.append(("timer", "The device has no timer of its own, so a second alarm is set on a phone or clock."))
    if kind is DeviceKind.LAMP:
        out.append(("distance", "I measured the distance from the lamp to my skin, and the lamp cannot tip or fall."))
    elif kind is DeviceKind.LED_PANEL:
        out.append(("distance", "The panel stands firm at the distance shown."))
    elif kind in _WORN:
        out.append(("on_top", "The device lies flat on me. I am not lying on it, and no tight belt or layers hold it."))
    elif kind is DeviceKind.LED_PADS:
        out.append(("on_top", "The pads lie flat on the skin, and no one looks into the light."))
    elif kind in _MASSAGE:
        out.append(("pressure", "Heat and massage are on the lowest setting to begin with."))
    if kind in _LIGHT:
        out.append(("eyes", "Goggles are on, or the beam and its reflections point away from all eyes."))
    if place is Region.NECK:
        out.append(("back_of_neck", "Only the back of my neck will be warmed, not the front or the sides."))
    elif place is Region.LOWER_BACK:
        out.append(("only_back", "Only my back will be warmed, not the groin or the belly."))
    out.append(("off", "I can reach the switch or the plug, and switch off at once."))
    out.append(("help", "A phone or another person is within reach."))
    return tuple(out)
