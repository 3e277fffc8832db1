"""The golden cases, the tables of the body and the catalogue, for the tests of this folder."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from irtherapy.body.optics import BodyTables
from irtherapy.edge import data
from irtherapy.values import Device


@pytest.fixture(scope="session")
def golden() -> ModuleType:
    path = Path(__file__).parents[1] / "golden" / "cases.py"
    spec = importlib.util.spec_from_file_location("golden_cases", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["golden_cases"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def body() -> BodyTables:
    return data.body_tables()


@pytest.fixture(scope="session")
def devices() -> dict[str, Device]:
    return data.catalogue()
