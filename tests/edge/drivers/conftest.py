"""A broker, pretended plugs and their drivers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from plug_bench import Broker, Pretended, wait_for

from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.mqtt import Address
from irtherapy.edge.drivers.plug import Plug


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    started = Broker(tmp_path)
    yield started
    started.kill()


@pytest.fixture(params=registry.PLUGS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pretend(broker: Broker, tmp_path: Path) -> Iterator[Callable[..., Pretended]]:
    """Start a pretended plug of a kind with faults."""
    started: list[Pretended] = []

    def start(kind: str, *faults: str) -> Pretended:
        started.append(Pretended(kind, broker.port, tmp_path / f"plug{len(started)}", *faults))
        return started[-1]

    yield start
    for plug in started:
        plug.kill()


@pytest.fixture
def opened(broker: Broker) -> Iterator[Callable[..., Plug]]:
    """Open the driver of a pretended plug, over a wire when one is given."""
    drivers: list[Plug] = []

    def open_(plug: Pretended, port: int | None = None) -> Plug:
        driver = registry.open_plug(Address(port=port or broker.port), plug.kind, plug.topic)
        drivers.append(driver)
        wait_for(lambda: any(driver.line.heard(topic) for topic in plug.presence), 10.0)  # it takes a while to start
        return driver

    yield open_
    for driver in drivers:
        driver.close()
