"""A user without the repository gets the same program: the wheel carries every page, table and picture."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    build = [*pip, "-w", str(tmp_path), "."]
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, env=env)
    (wheel,) = tmp_path.glob("irtherapy-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        entry = next(archive.read(n).decode() for n in packed if n.endswith("entry_points.txt"))
    source = ROOT / "src"
    wanted = {
        p.relative_to(source).as_posix()
        for p in (source / "irtherapy").rglob("*")
        if p.is_file() and p.suffix not in (".pyc", ".po") and "__pycache__" not in p.parts
    }
    assert wanted - packed == set()
    assert "irtherapy = irtherapy.edge.cli:main" in entry.replace("irtherapy=", "irtherapy = ")
