"""Devices: those of the table, one a person describes, and the simulated lamp."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from irtherapy import tables
from irtherapy.device import geometry
from irtherapy.values import Device, DeviceKind, Emitter, InputError, Mark, SpectrumKind, in_range

REQUIRED = ("name", "maker", "kind", "spectrum", "contact", "basis", "has_timer", "has_massage")
LAMP_KELVIN = 2400.0
LAMP_CUT_ON_NM = 650.0
LED_LINES = ((660.0, 0.5), (850.0, 0.5))
CLAIM_W_M2 = (10.0, 3000.0)
CLAIM_AT_M = 0.15  # 6 inches, which most makers quote
# Surface temperature assumed for a warm device whose temperature nobody publishes (our assumption, flagged as such).
SURFACE_C = {
    DeviceKind.WRAP: 42.0,
    DeviceKind.HEATING_PAD: 50.0,
    DeviceKind.CHAIR: 45.0,
    DeviceKind.HAND_HELD: 45.0,
}


def load(csv_text: str) -> dict[str, Device]:
    """Return the devices of ``devices.csv`` by id, in the order of the table. Raises InputError on a bad row."""
    return {row["id"]: _device(row) for row in tables.rows("devices.csv", csv_text, REQUIRED)}


def _number(row: Mapping[str, str], column: str, scale: float = 1.0) -> float | None:
    text = row.get(column, "")
    return None if not text else in_range(f"devices.csv {row['id']} {column}", text, 0, 1e5) * scale


def _pairs(row: Mapping[str, str], column: str) -> list[tuple[float, float]]:
    out = []
    for part in filter(None, row.get(column, "").split(";")):
        left, _, right = part.partition(":")
        name = f"devices.csv {row['id']} {column}"
        out.append((in_range(name, left, 0, 1e5), in_range(name, right, 0, 1e5)))
    return out


def _device(row: Mapping[str, str]) -> Device:
    lines = _pairs(row, "lines")
    total = sum(share for _, share in lines)
    emitter = Emitter(
        kind=SpectrumKind(row["spectrum"]),
        lines=tuple((nm, share / total) for nm, share in lines),
        fwhm_nm=_number(row, "fwhm_nm") or 35.0,
        temperature_k=_number(row, "temperature_k"),
        cut_on_nm=_number(row, "cut_on_nm"),
        surface_temp_c=_number(row, "surface_temp_c"),
    )
    return Device(
        id=row["id"],
        name=row["name"],
        maker=row["maker"],
        kind=DeviceKind(row["kind"]),
        emitter=emitter,
        contact=row["contact"] == "yes",
        irradiance_profile=tuple((cm / 100.0, mw * 10.0) for cm, mw in _pairs(row, "profile_cm_mwcm2")),
        irradiance_basis=row["basis"],
        electrical_power_w=_number(row, "electrical_power_w"),
        claimed_irradiance_w_m2=_number(row, "claimed_mw_cm2", 10.0),
        area_m2=_number(row, "area_cm2", 1e-4),
        pulse_hz=_number(row, "pulse_hz"),
        timer_min=_number(row, "timer_min"),
        has_timer=row["has_timer"] == "yes",
        has_massage=row["has_massage"] == "yes",
        mark=Mark(row["mark"]),
        unverified_fields=tuple(filter(None, row.get("unverified_fields", "").split(";"))),
        source=row["source"],
        note=row.get("note", ""),
    )


def by_kind(devices: Mapping[str, Device] | Iterable[Device]) -> dict[DeviceKind, tuple[Device, ...]]:
    """Return the devices of each kind, every kind present even when it has none."""
    pool = tuple(devices.values()) if isinstance(devices, Mapping) else tuple(devices)
    return {kind: tuple(d for d in pool if d.kind is kind) for kind in DeviceKind}


def simulated_lamp() -> Device:
    """Return the device of the demonstration: a 150 W bulb that exists only in the program."""
    return Device(
        id=geometry.SIMULATED_ID,
        name="Simulated lamp, 150 W",
        maker="irtherapy",
        kind=DeviceKind.LAMP,
        emitter=Emitter(SpectrumKind.BLACKBODY_FILTERED, temperature_k=LAMP_KELVIN, cut_on_nm=LAMP_CUT_ON_NM),
        contact=False,
        electrical_power_w=150.0,
        mark=Mark.DERIVED,
        unverified_fields=("temperature_k", "irradiance_profile"),
        source="irtherapy",
        note="Not a real device: a computed lamp over a computed back, to try a session without heat.",
    )


def described(
    kind: DeviceKind,
    watts: float | None = None,
    claimed_irradiance_w_m2: float | None = None,
    claimed_at_m: float | None = None,
    surface_temp_c: float | None = None,
    has_timer: bool = False,
    timer_min: float | None = None,
    contact: bool | None = None,
    has_massage: bool = False,
    name: str = "My device",
    head_width_m: float | None = None,
) -> Device:
    """Return a device that is not listed, from what its label says.

    A lamp needs ``watts`` (20-600 W) or a claimed irradiance; LED panels and pads a claimed irradiance
    (10-3000 W/m2, panels at ``claimed_at_m`` 0.05-1 m, usually 0.15 m); warm devices may give ``surface_temp_c``
    (30-75 degrees C), devices on the skin ``head_width_m`` (0.005-0.6 m), the width of the part that warms: a small one
    warms less deeply.
    Raises InputError naming the field and its range.
    """
    kind = DeviceKind(kind)
    at_distance = kind in (DeviceKind.LAMP, DeviceKind.LED_PANEL)
    touching = (not at_distance) if contact is None else contact
    if at_distance and touching:
        raise InputError("Contact", "A lamp or panel is used at a distance; it must not touch the skin.")
    power = None if watts is None else in_range("Power", watts, 20, 600, "W")
    claim = claimed_irradiance_w_m2
    claim = None if claim is None else in_range("Irradiance", claim, *CLAIM_W_M2, "W/m2")
    at_m = in_range("Distance of the claim", CLAIM_AT_M if claimed_at_m is None else claimed_at_m, 0.05, 1.0, "m")
    timer = None if timer_min is None else in_range("Timer", timer_min, 1, 600, "minutes")
    led = kind in (DeviceKind.LED_PANEL, DeviceKind.LED_PADS)
    if kind is DeviceKind.LAMP and power is None and claim is None:
        raise InputError("Power", "Power must be a number from 20 to 600 W; it is printed on the bulb.")
    if led and claim is None:
        raise InputError("Irradiance", "Irradiance must be a number from 10 to 3000 W/m2 (1 to 300 mW/cm2).")
    light = led or kind is DeviceKind.LAMP
    wide_m = None if head_width_m is None else in_range("Width", head_width_m, 0.005, 0.6, "m")
    return Device(
        id="described",
        name=name,
        maker="not listed",
        kind=kind,
        emitter=_described_emitter(kind, surface_temp_c),
        contact=touching,
        irradiance_profile=((0.0 if touching else at_m, claim),) if light and claim is not None else (),
        irradiance_basis="claimed" if light and claim is not None else "modelled",
        electrical_power_w=power,
        claimed_irradiance_w_m2=claim,
        area_m2=math.pi / 4.0 * wide_m**2 if touching and wide_m is not None else None,
        timer_min=timer,
        has_timer=has_timer or timer is not None,
        has_massage=has_massage,
        listed=False,
        mark=Mark.UNVERIFIED,
        unverified_fields=("all",),
        source="described by the person",
        note="Not a listed device: its output is taken from what you told, and assumed where you did not.",
    )


def _described_emitter(kind: DeviceKind, surface_temp_c: float | None) -> Emitter:
    if kind is DeviceKind.LAMP:
        return Emitter(SpectrumKind.BLACKBODY_FILTERED, temperature_k=LAMP_KELVIN, cut_on_nm=LAMP_CUT_ON_NM)
    if kind in (DeviceKind.LED_PANEL, DeviceKind.LED_PADS):
        return Emitter(SpectrumKind.LED, lines=LED_LINES)
    warm = (
        SURFACE_C[kind]
        if surface_temp_c is None
        else in_range("Surface temperature", surface_temp_c, 30, 75, "degrees C")
    )
    return Emitter(SpectrumKind.CONDUCTIVE, surface_temp_c=warm)
