"""A skin thermometer on MQTT: a value of Tasmota's SENSOR, a plain number, or the state topic of an ESPHome node."""

from __future__ import annotations

import math
from dataclasses import dataclass

from irtherapy.edge.drivers.interface import Driver, DriverError, Reading
from irtherapy.edge.drivers.mqtt import Line
from irtherapy.values import InputError

KINDS = ("tasmota", "plain", "esphome")
FAHRENHEIT = ("F", "°F", "fahrenheit")


@dataclass(frozen=True)
class Source:
    """Where the temperature stands: ``topic``, and for Tasmota the ``field``, such as "DS18B20.Temperature".

    ``unit`` is "C" or "F"; Tasmota's own TempUnit goes before it. Raises InputError on a kind that is not known.
    """

    kind: str
    topic: str
    field: str = ""
    unit: str = "C"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError("Thermometer", f"Thermometer must be one of {', '.join(KINDS)}; got {self.kind!r}.")
        if not self.topic:
            raise InputError("Thermometer", "Thermometer needs the topic on which it speaks.")
        if self.kind == "tasmota" and not self.field:
            raise InputError("Thermometer", 'Thermometer needs the field of its value, such as "DS18B20.Temperature".')


class Thermometer:
    """Reads a source. What the broker had kept has no known age and does not count."""

    def __init__(self, line: Line, source: Source) -> None:
        self.line, self.source = line, source

    def read(self) -> tuple[float | None, float]:
        """Return (degrees C or None, age in seconds). Raises DriverError when the broker is away."""
        if not self.line.alive:
            raise DriverError("The broker of the thermometer is not there.")
        heard = self.line.heard(self.source.topic)
        if heard is None or heard.retained:
            return None, math.inf
        value: object = heard.text
        unit = self.source.unit
        if self.source.kind == "tasmota":
            told = value = heard.json()
            unit = str(told.get("TempUnit", unit))
            for part in self.source.field.split("."):
                value = value.get(part) if isinstance(value, dict) else None
        try:
            degrees = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None, heard.age_s
        if not math.isfinite(degrees):
            return None, heard.age_s
        return (degrees - 32.0) / 1.8 if unit in FAHRENHEIT else degrees, heard.age_s


class WithThermometer:
    """A heater and a thermometer that are two devices, as one driver."""

    def __init__(self, heater: Driver, thermometer: Thermometer) -> None:
        self.heater, self.thermometer = heater, thermometer
        self.on, self.renew, self.off = heater.on, heater.renew, heater.off

    def read(self, now_s: float) -> Reading:
        """Return what both show."""
        of_heater = self.heater.read(now_s)
        skin_c, age_s = self.thermometer.read()
        return Reading(of_heater.heat_on, skin_c, of_heater.power_w, age_s)

    def close(self) -> None:
        """Let go of both."""
        self.heater.close()
        self.thermometer.line.close()
