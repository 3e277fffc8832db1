"""`irtherapy dose` as a user types it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest

KEYS = {
    "minutes", "limit", "limit_chain", "time_s", "depth_mm", "skin_c", "temperature_c", "muscle_rise_c",
    "perfusion_ratio", "fluence_rate_w_m2", "reflected_fraction", "absorbed_w_m2", "cem43_min", "reach_mm",
}  # fmt: skip


def run(*words):
    call = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", "dose", *words]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_json_plot_and_csv(tmp_path):
    plot, table = tmp_path / "out.svg", tmp_path / "out.csv"
    where = ["--site", "lower_back", "--device", "r125_150w", "--distance-cm", "45", "--room-c", "22"]
    who = ["--fat-mm", "12", "--skin-tone", "III", "--persons", "50"]
    done = run(*where, *who, "--minutes", "15", "--json", "--plot", str(plot), "--csv", str(table))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) >= KEYS and told["minutes"] == 15
    times, depths = len(told["time_s"]), len(told["depth_mm"])
    assert len(told["temperature_c"]) == depths and {len(row) for row in told["temperature_c"]} == {times}
    assert {len(curve) for curve in told["skin_c"].values()} == {times}
    assert len(told["perfusion_ratio"]) == len(told["fluence_rate_w_m2"]) == depths
    assert told["layer_depths_mm"]["muscle"] - told["layer_depths_mm"]["fat"] == pytest.approx(12.0)
    assert told["plan_minutes"] < 15
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")
    rows = list(csv.reader(table.open()))
    assert len(rows) == times + 1 and len(rows[0]) == depths + 1
    assert float(rows[-1][1]) == pytest.approx(told["temperature_c"][0][-1], abs=1e-4)


def test_longer_than_the_plan_is_said():
    done = run("--device", "r125_150w", "--distance-cm", "45", "--minutes", "15", "--persons", "20")
    assert done.returncode == 0 and "no session will do it" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--minutes", "5", "--phase", "5:1"], "not both"),
        (["--minutes", "-1"], "Minutes must be a number from 0.5"),
        (["--phase", "5:x"], "share must be a number from 0 to 1"),
        (["--persons", "3"], "Persons must be a number from 20"),
        (["--device", "r125"], "not in the catalogue"),
    ],
)
def test_bad_input_is_one_sentence(words, says):
    done = run(*words)
    assert done.returncode == 2 and says in done.stderr.replace("\n", " ") and "Traceback" not in done.stderr
