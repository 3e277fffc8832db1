"""A thermometer over a real broker: what it says, how old that is, and what a session does when it fails."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import paho.mqtt.publish as publish
import pytest

from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.drivers.mqtt import Address, Line
from irtherapy.edge.drivers.thermometer import Source, Thermometer, listened
from irtherapy.edge.faults.parts import Broker, Pretended, wait_for
from irtherapy.values import InputError

Reader = Callable[[Source], Thermometer]


@pytest.fixture
def reader(broker: Broker) -> Iterator[Reader]:
    lines: list[Line] = []

    def open_(source: Source) -> Thermometer:
        lines.append(Line(Address(port=broker.port), listened(source)))
        return Thermometer(lines[-1], source)

    yield open_
    for line in lines:
        line.close()


@pytest.mark.parametrize(
    ("source", "text", "celsius"),
    [
        (Source("plain", "t"), "33.25", 33.25),
        (Source("esphome", "node/sensor/skin/state"), "36.6", 36.6),
        (Source("plain", "t", unit="F"), "95.0", 35.0),
        (Source("tasmota", "home/t", "DS18B20.Temperature"), '{"DS18B20": {"Temperature": 34.1}}', 34.1),
        (Source("tasmota", "t", "A.Temperature"), '{"A": {"Temperature": 98.6}, "TempUnit": "F"}', 37.0),
        (Source("tasmota", "t", "A.Temperature"), '{"StatusSNS": {"A": {"Temperature": 31.0}}}', 31.0),
        (Source("plain", "t"), "nan", math.nan),
        (Source("plain", "t"), "unavailable", None),
        (Source("tasmota", "t", "A.Temperature"), '{"A": null}', None),
        (Source("tasmota", "t", "A.Temperature"), "[1]", None),
    ],
)
def test_what_is_said_is_read_in_celsius(
    reader: Reader, broker: Broker, source: Source, text: str, celsius: float | None
) -> None:
    thermometer = reader(source)
    assert thermometer.read() == (None, math.inf)
    publish.single(source.topic, text, hostname="127.0.0.1", port=broker.port)
    wait_for(lambda: thermometer.read()[1] < 1.0)
    read_c, age_s = thermometer.read()
    assert read_c == pytest.approx(celsius, nan_ok=True) if celsius is not None else read_c is None
    time.sleep(0.3)
    assert 0.3 <= thermometer.read()[1] - age_s < 1.0, "its age grows"


def test_what_the_broker_had_kept_is_of_no_known_age(reader: Reader, broker: Broker) -> None:
    publish.single("t", "33.0", retain=True, hostname="127.0.0.1", port=broker.port)
    thermometer = reader(Source("plain", "t"))
    wait_for(lambda: thermometer.line.heard("t"))
    assert thermometer.read() == (None, math.inf)


def test_a_tasmota_thermometer_is_asked_each_second(reader: Reader, pretend: Callable[..., Pretended]) -> None:
    plug = pretend("tasmota")
    thermometer = reader(Source("tasmota", f"tele/{plug.topic}/SENSOR", "DS18B20.Temperature"))
    wait_for(lambda: thermometer.read()[0] == 33.5)
    oldest_s, until_s = 0.0, time.monotonic() + 3.0
    while time.monotonic() < until_s:
        oldest_s = max(oldest_s, thermometer.read()[1])
        time.sleep(0.1)
    assert oldest_s < 1.5


def test_no_broker_is_told(reader: Reader, broker: Broker) -> None:
    thermometer = reader(Source("plain", "t"))
    broker.kill()
    wait_for(lambda: not thermometer.line.alive)
    with pytest.raises(DriverError, match="thermometer"):
        thermometer.read()


@pytest.mark.parametrize(("kind", "topic", "field"), [("other", "t", ""), ("plain", "", ""), ("tasmota", "t", "")])
def test_a_source_that_is_none_is_refused(kind: str, topic: str, field: str) -> None:
    with pytest.raises(InputError, match="Thermometer"):
        Source(kind, topic, field)
