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


def run(*words, command="dose"):
    call = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", command, *words]
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
    assert told["skin_warm_min_per_week"] == pytest.approx(3.0 * told["skin_warm_min"]) and told["skin_warm_min"] > 5
    words = [node.text for node in ElementTree.parse(plot).iter("{http://www.w3.org/2000/svg}text")]
    assert {"skin", "muscle", "heat ends", "fat", "spine", "target 41 \u00b0C"} <= set(words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.svg"]
    rows = list(csv.reader(table.open()))
    assert len(rows) == times + 1 and len(rows[0]) == depths + 1
    assert float(rows[-1][1]) == pytest.approx(told["temperature_c"][0][-1], abs=1e-4)


def test_the_plan_tells_the_same_keys_and_the_same_way_round():
    done = run("--device", "r125_150w", "--persons", "20", "--json", command="plan")
    told = json.loads(done.stdout)
    assert set(told) >= KEYS and told["minutes"] > 0
    depths, times = len(told["depth_mm"]), len(told["time_s"])
    assert len(told["temperature_c"]) == depths and {len(course) for course in told["temperature_c"]} == {times}
    start = [course[0] for course in told["temperature_c"]]
    assert start[:10] == sorted(start[:10]) and told["temperature_c"][0][1] > start[0]  # cool outside, and it warms
    assert len(told["perfusion_ratio"]) == depths and max(told["perfusion_ratio"]) > 1.2
    assert told["fluence_rate_w_m2"][0] > told["irradiance_w_m2"] > told["fluence_rate_w_m2"][9] > 0


def test_somebody_older_is_told_the_limits_of_somebody_at_risk_everywhere():
    told = [
        json.loads(run("--device", "r125_150w", *age, "--persons", "20", "--json", command=command).stdout)
        for command in ("dose", "plan")
        for age in (["--age", "64"], ["--age", "65"])
    ]
    young, older = told[:2]
    assert young["limit_chain"] == told[2]["limit_chain"] and older["limit_chain"] == told[3]["limit_chain"]
    assert any("39" in step["text"] for step in older["limit_chain"] if step["name"] == "skin_target")
    assert any("41" in step["text"] for step in young["limit_chain"] if step["name"] == "skin_target")


def test_one_file_that_cannot_be_written_leaves_none(tmp_path):
    plot, old = tmp_path / "out.svg", "what was there before"
    plot.write_text(old)
    for nowhere in (tmp_path / "no" / "out.csv", tmp_path):
        done = run("--minutes", "5", "--persons", "20", "--plot", str(plot), "--csv", str(nowhere))
        assert done.returncode == 2 and "cannot be written" in done.stderr.replace("\n", " ")
        assert [path.name for path in tmp_path.iterdir()] == ["out.svg"] and plot.read_text() == old


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
        (["--minutes", "7.3"], "Minutes must be a multiple of half a minute"),
        (["--skin-tone", "3.5"], "Skin tone must be a whole number, 1 to 6"),
        (["--seed", "-1"], "Seed must be a number from 0"),
        (["--humidity", "70"], "Humidity counts with --sweating alone"),
        (["--pad-power", "100"], "give --pad-heat-kj too"),
        (["--device", "thermacare_wrap", "--pad-heat-kj", "5"], "A pad as cold as the room warms nobody"),
        (["--per-week", "nan", "--minutes", "5"], "Sessions a week must be a number from 0"),
    ],
)
def test_bad_input_is_one_sentence(words, says):
    done = run(*words)
    assert done.returncode == 2 and says in done.stderr.replace("\n", " ") and "Traceback" not in done.stderr
