"""Every driver passes the public suite, and drivers that break a rule are found out by it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from irtherapy.edge.drivers import registry, twin
from irtherapy.edge.drivers.interface import Driver, Reading
from irtherapy.edge.drivers.manual import Manual
from irtherapy.edge.drivers.mqtt import Address, Line
from irtherapy.edge.drivers.simulated import InProcess, Remote
from irtherapy.edge.drivers.thermometer import Source, Thermometer, WithThermometer, listened
from irtherapy.edge.faults import benches, conformance
from irtherapy.edge.faults.bench import Skin
from irtherapy.edge.faults.conformance import Case, check
from irtherapy.edge.faults.firmware import Node
from irtherapy.edge.faults.parts import Broker, Pretended, wait_for
from irtherapy.values import Person, Placement, Region, Site

pytestmark = pytest.mark.slow


class Cool:
    """A body that does not warm."""

    skin_c = 33.0

    def advance(self, dt_s: float, heat_on: bool) -> None:
        """Nothing happens."""


def simulated(folder: Path) -> Case:
    """Return the lamp as a process, with the truth from its own log."""
    from irtherapy.edge import data

    lamp = data.catalogue()["simulated_lamp"]
    twin.write_spec(folder, Person(age_years=45), Site(Region.LOWER_BACK), lamp, Placement(0.8), 1)

    def is_on() -> bool:
        log = folder / twin.HEATER_LOG
        return log.exists() and json.loads(log.read_text().splitlines()[-1])["heat"] == "on"

    return Case("simulated", lambda: Remote(folder), is_on)


def in_process(_: Path) -> Case:
    """Return the lamp of the demonstration."""
    driver = InProcess(Cool(), time.monotonic)

    def is_on() -> bool:
        driver.lamp.tick()
        return driver.lamp.lit

    return Case("simulated in this process", lambda: driver, is_on)


def manual(_: Path) -> Case:
    """Return the person."""
    return Case("manual", Manual)


@pytest.fixture
def plug(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Case]]:
    broker = Broker(tmp_path)
    started: list[Pretended] = []

    def of(kind: str) -> Case:
        pretended = Pretended(kind, broker.port, tmp_path / kind)
        started.append(pretended)
        pretended.wait_until_there()

        def opened() -> Driver:
            driver = registry.open_plug(Address(port=broker.port), kind, pretended.topic)
            wait_for(lambda: any(driver.line.heard(topic) for topic in pretended.presence), 10.0)
            return driver

        return Case(kind, opened, lambda: pretended.is_on)

    yield of
    for one in started:
        one.kill()
    broker.kill()


def refused(case: Case) -> dict[str, str]:
    return {found.rule: found.said for found in check(case) if not found.passed}


@pytest.mark.parametrize("make", [simulated, in_process, manual])
def test_drivers_without_a_broker_keep_every_rule(make: Callable[[Path], Case], tmp_path: Path) -> None:
    assert refused(make(tmp_path)) == {}


@pytest.mark.parametrize("kind", registry.ON_BROKER)
def test_plugs_keep_every_rule(kind: str, plug: Callable[[str], Case]) -> None:
    assert refused(plug(kind)) == {}


def test_a_node_with_real_firmware_keeps_every_rule(node: Node) -> None:
    told = {"kind": registry.ESPHOME, "node": {"host": "127.0.0.1", "port": node.port}}
    assert refused(Case("esphome", lambda: registry.open_switch(told), lambda: node.is_on)) == {}


def test_a_plug_with_a_thermometer_beside_it_keeps_every_rule(broker: Broker, plug: Callable[[str], Case]) -> None:
    case, skin, source = plug("shelly"), Skin(broker.port), Source("plain", "skin/celsius")

    def opened() -> Driver:
        return WithThermometer(case.open(), Thermometer(Line(Address(port=broker.port), listened(source)), source))

    assert refused(Case("thermometer", opened, case.is_on)) == {}
    skin.close()


def test_every_driver_of_the_program_is_looked_at() -> None:
    looked_at = {"simulated", "manual", *registry.PLUGS}
    assert set(registry.DRIVERS) - {registry.MQTT} | set(registry.PLUGS) == looked_at
    assert set(benches.BENCHES) == looked_at | {"thermometer"}


class Careless(InProcess):
    """A lamp whose driver breaks a rule on purpose."""

    def __init__(self, breaks: str) -> None:
        super().__init__(Cool(), time.monotonic)
        self.breaks = breaks

    def on(self, lease_s: float) -> None:
        """Light it, for ever or for a lease that is none."""
        if self.breaks == "raises":
            raise KeyError("relay")
        self.lamp.on(3600.0 if self.breaks == "any lease" and not lease_s > 0 else lease_s)
        if self.breaks == "no lease":
            self.lamp.until = float("inf")

    def renew(self, lease_s: float) -> None:
        """Renew it, or light it."""
        if self.breaks == "revives":
            self.lamp.on(lease_s)
        elif self.breaks != "deaf":
            super().renew(lease_s)

    def off(self) -> None:
        """Put it out, or say so."""
        if self.breaks != "says off":
            super().off()

    def read(self, now_s: float) -> Reading:
        """Read it, in its own time."""
        if self.breaks == "slow":
            time.sleep(1.2)
        if self.breaks == "asking lights" and not self.lamp.lit:
            self.lamp.on(1.0)
        return super().read(now_s)


@pytest.mark.parametrize(
    ("breaks", "rules"),
    [
        ("any lease", {"no_on_without_a_time"}),
        (
            "no lease",
            {"it_ends_by_itself", "what_ran_out_is_not_revived", "closed_it_ends_in_time"},
        ),
        ("revives", {"what_ran_out_is_not_revived", "off_means_off"}),
        ("deaf", {"renewed_it_stays_on"}),
        ("says off", {"off_is_off_at_once", "off_means_off"}),
        ("slow", {"reading_is_quick_and_lights_nothing"}),
        ("asking lights", {"reading_is_quick_and_lights_nothing"}),
        ("raises", {"on_is_on_and_told"}),
    ],
)
def test_a_driver_that_breaks_a_rule_is_found_out(breaks: str, rules: set[str]) -> None:
    def opened() -> Driver:
        nonlocal driver
        driver = Careless(breaks)
        return driver

    driver = Careless(breaks)

    def is_on() -> bool:
        driver.lamp.tick()
        return driver.lamp.lit

    found = check(Case("careless", opened, is_on, 1.5), tuple(rules))
    assert {one.rule for one in found if not one.passed} == rules
    assert set(conformance.RULES) >= rules
