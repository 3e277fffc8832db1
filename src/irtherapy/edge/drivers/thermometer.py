"""A skin thermometer on MQTT: a value of Tasmota's SENSOR, a plain number, or the state topic of an ESPHome node.

Tasmota sends SENSOR every ten seconds at the most, which is too old for a guard; its thermometer is asked each second
by STATUS 10. The others have to speak by themselves, at least every two seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from irtherapy.edge.drivers.interface import Driver, DriverError, Reading, real_seconds
from irtherapy.edge.drivers.mqtt import Line
from irtherapy.values import InputError

KINDS = ("tasmota", "plain", "esphome")
ASK_EVERY_S = 1.0
SECOND_OLD_S = 3.0  # as for the first, whose age its own guard judges
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


def _asked(source: Source) -> tuple[str, str] | None:
    """Return where a Tasmota thermometer is asked, and where it answers; None for one that speaks by itself."""
    words = source.topic.split("/")
    if source.kind != "tasmota" or len(words) < 3 or (words[0], words[-1]) != ("tele", "SENSOR"):
        return None
    node = "/".join(words[1:-1])
    return f"cmnd/{node}/STATUS", f"stat/{node}/STATUS10"


def listened(source: Source) -> tuple[str, ...]:
    """Return the topics a line for this thermometer has to listen to."""
    asked = _asked(source)
    return (source.topic,) if asked is None else (source.topic, asked[1])


class Thermometer:
    """Reads a source. What the broker had kept has no known age and does not count."""

    def __init__(self, line: Line, source: Source) -> None:
        self.line, self.source = line, source
        self._asked = _asked(source)
        self._asked_s = -math.inf

    def _ask(self) -> None:
        """Ask for the next figure without waiting."""
        if self._asked is not None and real_seconds() - self._asked_s >= ASK_EVERY_S:
            self._asked_s = real_seconds()
            self.line.tell(self._asked[0], "10")

    def read(self) -> tuple[float | None, float]:
        """Return (degrees C or None, age in seconds); NaN for what is told to be a number and is none.

        Raises DriverError when the broker is away.
        """
        if not self.line.alive:
            raise DriverError("The broker of the thermometer is not there.")
        self._ask()
        told_on = [self.line.last(topic, lambda _: True) for topic in listened(self.source)]
        heard = max((one for one in told_on if one is not None), key=lambda one: one.at_s, default=None)
        if heard is None:
            return None, math.inf
        value: object = heard.text
        unit = self.source.unit
        if self.source.kind == "tasmota":
            told = value = heard.json()
            if isinstance(told.get("StatusSNS"), dict):
                told = value = told["StatusSNS"]
            unit = str(told.get("TempUnit", unit))
            for part in self.source.field.split("."):
                value = value.get(part) if isinstance(value, dict) else None
        try:
            degrees = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None, heard.age_s
        return (degrees - 32.0) / 1.8 if unit in FAHRENHEIT else degrees, heard.age_s


class WithThermometer:
    """A heater and one or two thermometers that are devices of their own, as one driver."""

    def __init__(self, heater: Driver, thermometer: Thermometer, second: Thermometer | None = None) -> None:
        self.heater, self.thermometer, self.second = heater, thermometer, second
        self.on, self.renew, self.off = heater.on, heater.renew, heater.off

    def read(self, now_s: float) -> Reading:
        """Return what all show; what the second said too long ago does not count."""
        of_heater = self.heater.read(now_s)
        skin_c, age_s = self.thermometer.read()
        second_c, second_age_s = (None, 0.0) if self.second is None else self.second.read()
        fresh_c = second_c if second_age_s <= SECOND_OLD_S else None
        return Reading(of_heater.heat_on, skin_c, of_heater.power_w, age_s, fresh_c)

    def close(self) -> None:
        """Let go of all."""
        self.heater.close()
        self.thermometer.line.close()
        if self.second is not None:
            self.second.line.close()
