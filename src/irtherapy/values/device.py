"""The device: what leaves it and how it is used today."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from irtherapy.values.checks import in_range


class DeviceKind(StrEnum):
    LAMP = "lamp"  # infrared bulb, reflector or plate lamp at a distance
    LED_PANEL = "led_panel"
    LED_PADS = "led_pads"  # MIRE pads and LED wraps on the skin
    WRAP = "wrap"  # heat wrap worn on the body
    HEATING_PAD = "heating_pad"  # far-infrared or resistive pad or mat
    CHAIR = "chair"  # massage chair or bed with heat
    HAND_HELD = "hand_held"  # hand-held massager or light


class Mark(StrEnum):
    """How well a figure is known; UNVERIFIED is never shown as a fact."""

    SEEN = "seen"
    SECONDARY = "secondary"
    DERIVED = "derived"
    UNVERIFIED = "unverified"


class SpectrumKind(StrEnum):
    LED = "led"  # one or more lines with a bandwidth
    BLACKBODY_FILTERED = "blackbody_filtered"  # filament or plate at a temperature behind a filter
    FAR_INFRARED = "far_infrared"  # low-temperature emitter; absorbed in the outermost skin
    CONDUCTIVE = "conductive"  # no light to speak of: a warm surface on the skin


@dataclass(frozen=True)
class Emitter:
    """What leaves the device.

    ``lines``: (wavelength_nm, share of power) for LED; ``temperature_k`` with ``cut_on_nm`` (long-pass filter) and
    ``water_filter_m`` for a filtered black body; ``surface_temp_c`` for conductive and far-infrared contact devices.
    """

    kind: SpectrumKind
    lines: tuple[tuple[float, float], ...] = ()
    fwhm_nm: float = 35.0
    temperature_k: float | None = None
    cut_on_nm: float | None = None
    water_filter_m: float | None = None
    surface_temp_c: float | None = None


@dataclass(frozen=True)
class Device:
    """A device of the catalogue, or one a person described.

    ``irradiance_profile``: (distance_m, irradiance_w_m2) pairs by rising distance; a contact device has one pair at 0.
    ``irradiance_basis`` is "measured", "claimed" or "modelled". ``irradiance_spread``: (distance_m, relative standard
    deviation of the irradiance there) pairs where a device's own is known; else that of its basis holds.
    """

    id: str
    name: str
    maker: str
    kind: DeviceKind
    emitter: Emitter
    contact: bool
    irradiance_profile: tuple[tuple[float, float], ...] = ()
    irradiance_basis: str = "modelled"
    irradiance_spread: tuple[tuple[float, float], ...] = ()
    electrical_power_w: float | None = None
    claimed_irradiance_w_m2: float | None = None
    area_m2: float | None = None
    pulse_hz: float | None = None
    timer_min: float | None = None
    has_timer: bool = False
    has_massage: bool = False
    listed: bool = True
    mark: Mark = Mark.SEEN
    unverified_fields: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Placement:
    """How the device is used today: distance from skin (0 in contact), room temperature, clothing between."""

    distance_m: float
    room_c: float = 22.0
    clothed: bool = False

    def __post_init__(self) -> None:
        in_range("Distance", self.distance_m, 0, 2.0, "m")
        in_range("Room temperature", self.room_c, 5, 40, "degrees C")
