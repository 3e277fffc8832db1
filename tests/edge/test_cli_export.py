"""`irtherapy export`, `import` and `forget` as a person uses them: in processes, on a home of their own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with two sessions on the simulated lamp that count as real ones."""
    folder = tmp_path_factory.mktemp("home")
    for seed in ("1", "2"):
        assert run(folder, "demo", "--seed", seed, "--speed", "1000", "--json").returncode == 0
    code = "from irtherapy.edge.cli import keep; keep.ready()\n"
    code += "from irtherapy.edge.records.models import Visit; Visit.objects.update(demo=False)"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment(folder), timeout=60)
    return folder


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "IRTHERAPY_HOME": str(home)}


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment(home), timeout=120)


def told(home: Path, *words: str) -> Any:
    ran = run(home, *words, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_out_forget_and_back_by_command(home: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    told(home, "export", str(first))
    assert told(home, "forget", "--yes")["deleted"] == json.loads(first.read_text())["count"] == 4
    assert told(home, "import", str(first)) == {"new": 4, "here_already": 0}
    told(home, "export", str(second))
    assert second.read_bytes() == first.read_bytes()
    again = run(home, "export", str(second), "--json")
    assert again.returncode == 2 and "--force" in json.loads(again.stdout)["error"]["message"]


def test_tables_fhir_and_days_without_names(home: Path, tmp_path: Path) -> None:
    files = told(home, "export", "--format", "csv", str(tmp_path / "csv"))["files"]
    assert {Path(file).name for file in files} >= {"sessions.csv", "samples.csv", "events.csv", "dictionary.csv"}
    sessions = list(csv.DictReader((tmp_path / "csv" / "sessions.csv").open(newline="")))
    samples = list(csv.DictReader((tmp_path / "csv" / "samples.csv").open(newline="")))
    assert [s["ended"] for s in sessions] == ["completed", "completed"] and len(samples) > 2000
    told(home, "export", "--format", "parquet", str(tmp_path / "parquet"))
    table = pyarrow.parquet.read_table(tmp_path / "parquet" / "samples.parquet")
    assert table.num_rows == len(samples) and table.schema.field("skin_c").metadata[b"unit"] == b"degC"
    assert max(table.column("skin_c").to_pylist()) == max(float(s["skin_c"]) for s in samples)
    told(home, "export", "--format", "fhir", str(tmp_path / "course.json"))
    bundle = json.loads((tmp_path / "course.json").read_text())
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds.count("Procedure") == 6 and kinds.count("Provenance") == 2
    told(home, "export", "--format", "research", str(tmp_path / "days.csv"))
    days = (tmp_path / "days.csv").read_text()
    begun = sessions[0]["begun"][:10]
    assert days.count("lower_back") == 2 and begun not in days


def test_a_damaged_file_is_one_sentence_and_nothing_changes(home: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.json"
    told(home, "export", str(whole))
    (tmp_path / "cut.json").write_bytes(whole.read_bytes()[:-200])
    for name in ("cut.json", "none.json"):
        ran = run(home, "import", str(tmp_path / name))
        assert ran.returncode == 2 and len(ran.stderr.strip().splitlines()) <= 2 and "Traceback" not in ran.stderr
    told(home, "export", str(tmp_path / "after.json"))
    assert (tmp_path / "after.json").read_bytes() == whole.read_bytes()
