"""Real ESPHome firmware for a computer as its board, built once into the user's cache, and a node that runs it.

The generator (ESPHome from the package index, each file by its hash) is installed into an environment of its own, and
g++ builds what it generates: about a minute the first time. Nothing of it is part of irtherapy.
"""

from __future__ import annotations

import concurrent.futures
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

from irtherapy.edge.faults.parts import free_port, wait_for

SOURCE = resources.files("irtherapy") / "data" / "esphome"
YAML = ("irtherapy-heater.yaml", "host.yaml")
LOCK = "requirements.lock"
FLAGS = ("-std=gnu++20", "-O0", "-w", "-fno-exceptions", "-DUSE_HOST", "-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_NONE")
MOST_S = 600.0


def cache() -> Path:
    """Return the folder that holds the generator and what was built."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "irtherapy" / "esphome"


def built() -> Path:
    """Return the firmware, built when it is not there; one maker at a time. Raises RuntimeError when it cannot be."""
    told = [(SOURCE / name).read_text(encoding="utf-8") for name in (*YAML, LOCK)]
    mark = hashlib.sha256("\0".join([*told, *FLAGS, sys.version]).encode()).hexdigest()[:16]
    folder = cache() / mark
    node = folder / "node"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not node.exists():
            _build(_generated(_generator(), folder), node)
    return node


def _run(command: list[str], folder: Path) -> None:
    gone = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    environment = {key: value for key, value in os.environ.items() if key not in gone}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=MOST_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(f"{Path(command[0]).name} could not be run: {error}") from None
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {(done.stdout + done.stderr)[-800:]}")


def _generator() -> Path:
    """Return ESPHome's environment, made when it is not there."""
    wanted = (SOURCE / LOCK).read_text(encoding="utf-8")
    mark = hashlib.sha256((wanted + sys.version).encode()).hexdigest()[:16]
    folder = cache() / f"generator-{mark}"
    with (cache() / "generator.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run([sys.executable, "-m", "venv", str(folder)], cache())
            (folder / LOCK).write_text(wanted, encoding="utf-8")
            pip = [str(folder / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
            _run([*pip, "--no-deps", "--require-hashes", "-r", LOCK], folder)
            (folder / "installed").touch()
    return folder / "bin" / "esphome"


def checked(yaml: Path) -> None:
    """Have ESPHome check a configuration. Raises RuntimeError with what it said."""
    _run([str(_generator()), "config", yaml.name], yaml.parent)


def _generated(generator: Path, folder: Path) -> Path:
    shutil.rmtree(folder / ".esphome", ignore_errors=True)
    for name in YAML:
        (folder / name).write_text((SOURCE / name).read_text(encoding="utf-8"), encoding="utf-8")
    _run([str(generator), "compile", "--only-generate", "host.yaml"], folder)
    return folder / ".esphome/build/irtherapy-heater/src"


def _build(source: Path, node: Path) -> None:
    """Compile each file, as many at a time as there are cores, and link them."""
    files = sorted(source.rglob("*.cpp"))
    parts = [file.with_suffix(".o") for file in files]

    def compiled(pair: tuple[Path, Path]) -> None:
        _run(["g++", *FLAGS, "-I.", "-c", str(pair[0]), "-o", str(pair[1])], source)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compiled, zip(files, parts, strict=True)))
    fresh = node.with_suffix(".new")
    _run(["g++", *map(str, parts), "-o", str(fresh), "-lpthread"], source)
    fresh.replace(node)
    shutil.rmtree(source.parents[2], ignore_errors=True)


class Node:
    """A node that runs the firmware in a folder of its own; what it says of its relay is written there."""

    def __init__(self, folder: Path, *faults: str) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        for fault in faults:
            (folder / fault).touch()
        self.start()

    def start(self) -> None:
        """Give it power."""
        environment = {"HOME": str(self.folder), "IRTHERAPY_NODE_PORT": str(self.port), "PATH": os.environ["PATH"]}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([str(built())], cwd=self.folder, env=environment, stdout=quiet, stderr=quiet)

    def kill(self) -> None:
        """Take its power away."""
        self.process.kill()
        self.process.wait()

    def feel(self, skin: str, sensor: str = "skin") -> None:
        """Let a sensor measure this; "none" is nothing."""
        fresh = self.folder / f"{sensor}.new"
        fresh.write_text(skin)
        fresh.replace(self.folder / sensor)

    def truth(self) -> list[dict[str, object]]:
        """Return its own log: (at_s, on) of each change, OFF at each start among them."""
        path = self.folder / "relay.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def is_on(self) -> bool:
        """Whether its relay is closed; one without power is open."""
        told = self.truth()
        return self.process.poll() is None and bool(told) and bool(told[-1]["on"])

    def seconds_to_off(self, since_s: float, most_s: float) -> float:
        """Return how long after ``since_s`` (time.time()) the relay was really off."""
        wait_for(lambda: not self.is_on, most_s)
        went_off = [float(str(line["at_s"])) for line in self.truth() if not line["on"]]
        return max(0.0, went_off[-1] - since_s)


def switch_by_another(node: Node) -> None:
    """Switch the node on as another program does, by the plain switch."""
    import asyncio

    from aioesphomeapi import APIClient

    async def switch() -> None:
        other = APIClient("127.0.0.1", node.port, None)
        await other.connect(login=True)
        entities, _ = await other.list_entities_services()
        other.switch_command(next(one.key for one in entities if one.name == "Heater"), True)
        await asyncio.sleep(0.1)
        await other.disconnect()

    asyncio.run(switch())
