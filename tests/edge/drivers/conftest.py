"""A broker, pretended plugs and their drivers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.mqtt import Address
from irtherapy.edge.drivers.plug import Plug
from irtherapy.edge.faults.firmware import Node
from irtherapy.edge.faults.parts import Broker, Pretended, wait_for
from irtherapy.limits import LEASE_MAX_S
from irtherapy.values import Region, SessionOrder, Setting


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    started = Broker(tmp_path)
    yield started
    started.kill()


@pytest.fixture(params=registry.ON_BROKER)
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


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node with real ESPHome firmware, its skin at 33.2 °C."""
    started = Node(tmp_path / "node")
    started.feel("33.2")
    yield started
    started.kill()


@pytest.fixture
def order_of() -> Callable[..., SessionOrder]:
    """Make the order of a short session for a driver."""

    def order(driver: str, heat_s: float = 60.0, **more: object) -> SessionOrder:
        return SessionOrder(
            session_id="s", setting=Setting.HOME, region=Region.LOWER_BACK, device_id="d", driver=driver,
            heat_s=heat_s, skin_cutoff_c=42.0, skin_target_c=41.0, cem43_max_min=2.0, lease_s=LEASE_MAX_S,
            checks=(("bare", "The skin is bare."),), stretch=(), **more,  # type: ignore[arg-type]
        )  # fmt: skip

    return order
