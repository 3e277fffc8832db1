"""What the benchmarks share: the case that is timed, and where the ratios are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from irtherapy.body import population
from irtherapy.body.optics import BodyTables
from irtherapy.edge import data
from irtherapy.values import Device, Person, Placement, Region, Site

TOLD: list[str] = []
WAVELENGTHS = 40


@pytest.fixture(scope="session")
def body() -> BodyTables:
    return data.body_tables()


@pytest.fixture(scope="session")
def lamp() -> Device:
    return data.catalogue()["r125_150w"]


@pytest.fixture(scope="session")
def site() -> Site:
    return Site(Region.LOWER_BACK)


@pytest.fixture(scope="session")
def placement() -> Placement:
    return Placement(distance_m=0.45)


@pytest.fixture(scope="session")
def people(body: BodyTables, site: Site) -> population.Persons:
    return population.ensemble(Person(age_years=45), site, body, np.random.default_rng(1), 1000)


@pytest.fixture(scope="session")
def spectrum_40() -> tuple[Any, Any]:
    """Forty wavelengths across the window in which light enters, each with the same share."""
    return np.linspace(600.0, 1800.0, WAVELENGTHS), np.full(WAVELENGTHS, 1.0 / WAVELENGTHS)


@pytest.fixture
def tell() -> Iterator[Any]:
    yield TOLD.append


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the ratios and the accuracy beside the times."""
    if TOLD:
        terminalreporter.section("beside peers, in this run")
        for line in TOLD:
            terminalreporter.write_line(line)
