"""The golden cases, the tables of the body and the catalogue, for the tests of this folder."""

from __future__ import annotations

from types import ModuleType

import pytest

from irtherapy.body.optics import BodyTables
from irtherapy.edge import data
from irtherapy.edge.validation import cases
from irtherapy.values import Device


@pytest.fixture(scope="session")
def golden() -> ModuleType:
    return cases


@pytest.fixture(scope="session")
def body() -> BodyTables:
    return data.body_tables()


@pytest.fixture(scope="session")
def devices() -> dict[str, Device]:
    return data.catalogue()
