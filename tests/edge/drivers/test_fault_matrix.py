"""The fault matrix of `irtherapy devices faults`: full, and every cell within its bar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from irtherapy.edge.cli import build
from irtherapy.edge.faults import matrix
from irtherapy.edge.faults.bench import LEASE_S
from irtherapy.edge.faults.benches import BENCHES
from irtherapy.values import InputError

TABLE = Path(__file__).parents[3] / "docs" / "reference" / "plug-faults.md"


@pytest.mark.slow
def test_every_driver_and_every_fault_end_in_off_within_the_bar() -> None:
    cells = list(matrix.run(hurried=True))
    assert {(c["driver"], c["fault"]) for c in cells} == {
        (driver, fault.name) for driver in matrix.drivers() for fault in matrix.FAULTS
    }
    assert [c for c in cells if not c["ok"]] == []
    for c in cells:
        assert c["applies"] or c["reason"]
        assert not c["applies"] or c["samples_lost"] == 0
    told_off = [c for c in cells if c["applies"] and c["seconds_to_off"] is not None]
    assert max(c["seconds_to_off"] - c["shows_after_s"] for c in told_off) <= LEASE_S + 1.0
    others = [(c["driver"], c["fault"]) for c in cells if c["applies"] and c["seconds_to_off"] is None]
    asked = {("manual", name) for name in ("runner_killed", "front_killed", "disk_full")}
    welded = {(driver, "relay_stuck") for driver in ("simulated", "tasmota", "shelly", "esphome")}
    assert set(others) == asked | welded, "every other cell has its seconds to OFF"


def test_a_cell_that_misses_its_bar_or_cannot_be_made_is_not_ok(tmp_path: Path) -> None:
    def unlucky(_: object) -> float:
        raise RuntimeError("the cable is missing")

    fault = matrix.Fault("unlucky", "nothing works", unlucky, ("stopped",))
    cell = matrix.cell("simulated", fault, tmp_path / "one")
    assert not cell["ok"] and "the cable is missing" in cell["reason"]
    nothing = matrix.Fault("nothing", "nothing happens", lambda bench: bench.lit_s, ("stopped",), quick=True)
    cell = matrix.cell("simulated", nothing, tmp_path / "two")
    assert not cell["ok"] and cell["seconds_to_off"] is None


def test_the_command_tells_and_an_unknown_word_is_one_sentence() -> None:
    words = ("devices", "faults", "--driver", "manual", "--fault", "network_cut", "--fault", "stop", "--json")
    said = CliRunner().invoke(build(("devices",)), words)
    stop, cut = json.loads(said.output)["cells"]
    assert said.exit_code == 0
    assert (stop["fault"], stop["applies"], stop["asked"]) == ("stop", True, True)
    assert (cut["fault"], cut["applies"], cut["seconds_to_off"]) == ("network_cut", False, None)
    assert "a person switches" in cut["reason"]
    with pytest.raises(InputError, match="Fault must be one of"):
        list(matrix.run((), ("lightning",)))


def test_the_documentation_shows_every_fault_and_driver() -> None:
    text = TABLE.read_text(encoding="utf-8")
    for fault in matrix.FAULTS:
        for driver in BENCHES:
            assert f"| {fault.says} | {driver} |" in text
    assert "missed" not in text


@pytest.mark.parametrize("fault", [one for one in matrix.FAULTS if one.inside], ids=lambda one: one.name)
def test_the_simulated_lamp_is_off_in_time(fault: matrix.Fault, tmp_path: Path) -> None:
    cell = matrix.cell("simulated", fault, tmp_path)
    assert cell["ok"], cell
