"""A device nobody has listed, as its owner told it and measured it: what is claimed and what was measured, kept apart.

What was told is kept as it was told; the ``Device`` of the pathway is worked out of it afresh each time. For safety the
higher of claimed and measured holds (facts: devices, model 3: makers often claim twice what a laboratory finds).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from irtherapy.device import catalogue, measured
from irtherapy.device.measured import Law, Meter, Reading, Seen
from irtherapy.values import Device, DeviceKind, Emitter, InputError, Mark, SpectrumKind, in_range

PREFIX = "own_"
NAME_MOST = 60
AT_DISTANCE = (DeviceKind.LAMP, DeviceKind.LED_PANEL)
LED_KINDS = (DeviceKind.LED_PANEL, DeviceKind.LED_PADS)
DARK_C = 400.0  # of a heater that does not glow, such as a ceramic one; our assumption, and it hardly matters: all of
# its light ends in the outermost skin
LED_NM = (365.0, 1200.0)


class Glow(StrEnum):
    """What leaves the device, as a person can see it."""

    CLEAR = "clear_glass"  # a bulb that shines white or yellow
    RED = "red_glass"  # a bulb that shines red
    LED = "led"
    DARK = "far_infrared"  # warms without any light


GLOWS = {
    DeviceKind.LAMP: (Glow.RED, Glow.CLEAR, Glow.DARK),
    DeviceKind.LED_PANEL: (Glow.LED,),
    DeviceKind.LED_PADS: (Glow.LED,),
}


@dataclass(frozen=True)
class Metered:
    """What a meter showed: (distance_m, irradiance_w_m2 as shown) pairs."""

    meter: Meter
    readings: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class BySkin:
    """What the rise of the skin told: irradiance at a distance, its relative standard deviation, and the ISO day."""

    distance_m: float
    irradiance_w_m2: float
    spread: float
    on_day: str = ""


@dataclass(frozen=True)
class OwnDevice:
    """A device as told. Raises InputError naming the field that cannot be, in the words of the person.

    ``led_nm``: wavelengths of an LED device, each taken as an equal share. ``claimed_w_m2`` at ``claimed_at_m``,
    ``watts`` and ``surface_c`` are from its label; ``metered``, ``by_skin`` and ``measured_surface_c`` are measured.
    """

    name: str
    kind: DeviceKind
    glow: Glow | None = None
    led_nm: tuple[float, ...] = ()
    watts: float | None = None
    claimed_w_m2: float | None = None
    claimed_at_m: float | None = None
    surface_c: float | None = None
    metered: Metered | None = None
    by_skin: BySkin | None = None
    measured_surface_c: float | None = None
    width_m: float | None = None
    timer_min: float | None = None
    has_massage: bool = False

    def __post_init__(self) -> None:
        """Check what only makes sense together, then that a device comes out."""
        if not slug(self.name) or len(self.name) > NAME_MOST:
            raise InputError("Name", f"Name must have 1 to {NAME_MOST} characters, with a letter or a digit in it.")
        if self.glow is not None and self.glow not in GLOWS.get(self.kind, ()):
            fitting = ", ".join(GLOWS.get(self.kind, ())) or "left out"
            raise InputError("Spectrum", f"Spectrum of this kind must be {fitting}; got {self.glow.value}.")
        for nm in self.led_nm:
            in_range("LED wavelength", nm, *LED_NM, "nm")
        if self.led_nm and self.kind not in LED_KINDS:
            raise InputError("LED wavelength", "LED wavelengths are for LED panels and pads only.")
        if not self.gives_light and (self.metered or self.by_skin or self.claimed_w_m2):
            raise InputError("Readings", "A warm device gives no light to measure: tell its surface temperature.")
        if self.gives_light and (self.surface_c or self.measured_surface_c):
            raise InputError("Surface temperature", "Surface temperature is for warm devices; this one gives light.")
        if self.by_skin is not None and self.touches:
            raise InputError("Skin reading", "The skin thermometer can measure a lamp or panel at a distance only.")
        self.device()

    @property
    def id(self) -> str:
        """The id by which it is chosen."""
        return PREFIX + slug(self.name)

    @property
    def gives_light(self) -> bool:
        """Whether it gives light rather than a warm surface."""
        return self.kind in GLOWS

    @property
    def touches(self) -> bool:
        """Whether it lies on the skin."""
        return self.kind not in AT_DISTANCE

    @property
    def emitter(self) -> Emitter:
        """What leaves it."""
        base = self._labelled().emitter
        if self.glow is Glow.DARK:
            return Emitter(SpectrumKind.FAR_INFRARED, surface_temp_c=DARK_C)
        if self.glow is Glow.CLEAR:
            return replace(base, cut_on_nm=None)
        if self.led_nm:
            return replace(base, lines=tuple((nm, 1.0 / len(self.led_nm)) for nm in self.led_nm))
        return base

    def seen(self) -> Seen | None:
        """Return what the meter makes of this device, or None without a meter."""
        return None if self.metered is None else measured.seen_by(self.metered.meter, self.emitter)

    def law(self) -> Law | None:
        """Return the curve of what was measured, or None when no light was."""
        readings, scale = [], 0.0
        if self.metered is not None and (seen := self.seen()) is not None:
            scale = math.hypot(measured.SCALE_SPREAD[self.metered.meter], seen.spread)
            readings += [Reading(d, e * seen.true_over_shown) for d, e in self.metered.readings]
        if self.by_skin is not None:
            skin = self.by_skin
            readings.append(Reading(skin.distance_m, skin.irradiance_w_m2, skin.spread))
        if not readings:
            return None
        if self.touches and any(r.distance_m > 0.0 for r in readings):
            raise InputError("Readings", "Readings of a device worn on the skin are taken at 0 cm, on its surface.")
        return measured.fit(readings, self.kind, scale)

    def device(self) -> Device:
        """Return the device of the pathway. Raises InputError on what cannot be."""
        base = replace(
            self._labelled(), id=self.id, emitter=self.emitter, listed=True, source="told and measured by its owner"
        )
        if self.measured_surface_c is not None:
            return self._warm(base)
        law = self.law()
        if law is None:
            return base
        at_m = (0.0,) if self.touches else law.distances_m()
        curve = [law.at(d) for d in at_m]
        profile = tuple((d, e) for d, (e, _) in zip(at_m, curve, strict=True))
        return replace(
            base,
            irradiance_profile=profile,
            irradiance_basis="measured",
            irradiance_spread=tuple((d, spread) for d, (_, spread) in zip(at_m, curve, strict=True)),
            claimed_irradiance_w_m2=None if self.claimed_w_m2 is None else profile[0][1] * self.claimed_over_measured,
            mark=Mark.DERIVED,
            unverified_fields=("lines",),
            note="Its output was measured by its owner.",
        )

    @property
    def claimed_over_measured(self) -> float:
        """How many times the measured output the label claims, at the distance of the claim; 1 without both."""
        law = self.law()
        if law is None or self.claimed_w_m2 is None:
            return 1.0
        return self.claimed_w_m2 / law.at(0.0 if self.touches else self.claim_distance_m)[0]

    @property
    def claim_distance_m(self) -> float:
        """The distance of the claim; 15 cm (6 inches) where the label does not say."""
        return catalogue.CLAIM_AT_M if self.claimed_at_m is None else self.claimed_at_m

    def _warm(self, base: Device) -> Device:
        surface = in_range("Measured surface temperature", self.measured_surface_c, 25, 75, "degrees C")
        hotter = surface if self.surface_c is None else max(surface, self.surface_c)
        return replace(
            base, emitter=replace(base.emitter, surface_temp_c=hotter), irradiance_basis="measured",
            mark=Mark.DERIVED, unverified_fields=(), note="Its surface temperature was measured by its owner.",
        )  # fmt: skip

    def _labelled(self) -> Device:
        """Return it as its label says; one that was measured needs no figure on its label."""
        bare = self.claimed_w_m2 is None and (self.metered or self.by_skin)
        stand_in = catalogue.CLAIM_W_M2[0] if bare else None
        made = catalogue.described(
            self.kind,
            watts=self.watts,
            claimed_irradiance_w_m2=self.claimed_w_m2 if stand_in is None else stand_in,
            claimed_at_m=self.claimed_at_m,
            surface_temp_c=self.surface_c,
            timer_min=self.timer_min,
            has_massage=self.has_massage,
            name=self.name.strip(),
            head_width_m=self.width_m,
        )
        return made if stand_in is None else replace(made, claimed_irradiance_w_m2=None)


def slug(name: str) -> str:
    """Return a name as an id: small letters and digits joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
