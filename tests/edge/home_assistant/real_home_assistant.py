"""Home Assistant itself: installed once into a folder outside the repository, started fresh, spoken to by its REST API.

IRTHERAPY_HOME_ASSISTANT names the folder; else it is in the user's cache. Nothing of it is part of irtherapy.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from irtherapy.edge.faults.parts import free_port, wait_for

VERSION = "2025.4.4"  # the newest for Python 3.13.0; 2025.5 asks for 3.13.2
UV_VERSION = "0.6.10"  # what this Home Assistant is pinned to
INSTALLED = "installed"  # written last
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
CONFIGURATION = """\
homeassistant:
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
config:
onboarding:
logger:
  default: warning
automation: !include automations.yaml
"""
HOWTO = Path(__file__).parents[3] / "docs/howto/home-assistant.md"


def python_3_13() -> str | None:
    """Return a Python 3.13 of this machine, by PATH or by pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = [shutil.which("python3.13"), *sorted(map(str, pyenv.glob("versions/3.13*/bin/python3.13")), reverse=True)]
    for python in found:
        if python and _answers(python):
            return python
    return None


def _answers(python: str) -> bool:
    """Return whether it is a 3.13 that runs: a shim of pyenv stands in PATH whether or not it leads anywhere."""
    asked = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))"
    return subprocess.run([python, "-c", asked], capture_output=True, timeout=30).returncode == 0


def installed(python: str) -> Path:
    """Return the folder of Home Assistant's environment, made when it is not there; one maker at a time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "irtherapy-tests"
    chosen = os.environ.get("IRTHERAPY_HOME_ASSISTANT")
    folder = Path(chosen) if chosen else cache / f"home-assistant-{VERSION}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, wanted = folder / INSTALLED, REQUIREMENTS.read_text()
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            run = {"check": True, "timeout": 300, "env": clean_environment()}
            subprocess.run([python, "-m", "venv", str(folder)], **run)  # type: ignore[call-overload]
            here = str(folder / "bin/python")
            subprocess.run([here, "-m", "pip", "install", "-q", f"uv=={UV_VERSION}"], **run)  # type: ignore[call-overload]
            uv = [str(folder / "bin/uv"), "pip", "install", "-q", "--python", here]
            subprocess.run([*uv, "--no-deps", "--requirement", str(REQUIREMENTS)], **run)  # type: ignore[call-overload]
            stamp.write_text(wanted)
    return folder


def clean_environment() -> dict[str, str]:
    """Return the environment without what would slow it down or lead into another Python."""
    gone = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE")
    return {key: value for key, value in os.environ.items() if key not in gone}


class HomeAssistant:
    """A fresh one with an owner, on a port of its own; ``kill`` ends it with all that it started."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.port, self.folder, self.token = free_port(), folder, ""
        folder.mkdir()
        (folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.port))
        (folder / "automations.yaml").write_text(HOWTO.read_text().split("```yaml\n")[1].split("```")[0])
        path = f"{environment / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        self.log = (folder / "out.txt").open("wb")
        self.process = subprocess.Popen(
            [str(environment / "bin/hass"), "-c", str(folder)],
            env={**clean_environment(), "PATH": path},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()

    def _call(self, path: str, data: Any = None, form: bool = False) -> Any:
        body, headers = None, {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if data is not None:
            body = (urllib.parse.urlencode(data) if form else json.dumps(data)).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _is_up(self) -> bool:
        assert self.process.poll() is None, (self.folder / "out.txt").read_text()[-2000:]
        try:
            return bool(self._call("/api/onboarding"))
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def set_up(self, broker_port: int) -> None:
        """Make an owner by the onboarding API and add the broker by the MQTT integration's own form."""
        wait_for(self._is_up, 60.0)
        client_id = f"http://127.0.0.1:{self.port}/"
        owner = {"name": "o", "username": "o", "password": "a-test-only", "client_id": client_id, "language": "en"}
        code = self._call("/api/onboarding/users", owner)["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, "client_id": client_id}
        self.token = self._call("/auth/token", grant, form=True)["access_token"]
        wait_for(lambda: self._call("/api/config")["state"] == "RUNNING", 60.0)
        flow = self._call("/api/config/config_entries/flow", {"handler": "mqtt", "show_advanced_options": False})
        done = self._call(
            f"/api/config/config_entries/flow/{flow['flow_id']}", {"broker": "127.0.0.1", "port": broker_port}
        )
        assert done["type"] == "create_entry", done

    def states(self) -> dict[str, str]:
        """Return the state of each of our entities by its id."""
        return {one["entity_id"]: one["state"] for one in self._call("/api/states") if "irtherapy" in one["entity_id"]}

    def press(self, entity_id: str) -> None:
        self._call("/api/services/button/press", {"entity_id": entity_id})

    def set_state(self, entity_id: str, state: str) -> None:
        self._call(f"/api/states/{entity_id}", {"state": state})
