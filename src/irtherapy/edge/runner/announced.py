"""Where sessions are announced: one broker, kept in ``announce.json`` in the program's home for its owner alone."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from dataclasses import asdict, dataclass, replace
from typing import Any

from irtherapy.edge import home
from irtherapy.values import InputError, from_json, in_range

FILE = "announce.json"


@dataclass(frozen=True)
class Announced:
    """The broker that sessions are told to, and the name of this home there. Raises InputError on a wrong figure."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    device_id: str = ""

    def __post_init__(self) -> None:
        if not self.host or any(sign.isspace() for sign in self.host):
            raise InputError("Broker", "Broker must be the name or address of a machine.")
        in_range("Port", self.port, 1, 65535)
        if not self.device_id:
            object.__setattr__(self, "device_id", f"irtherapy_{uuid.uuid4().hex[:8]}")
        if not self.device_id.replace("_", "").isalnum() or not self.device_id.isascii():
            raise InputError("Device id", "Device id must be letters, figures and underscores.")

    def public(self) -> dict[str, Any]:
        """Return it as JSON data without the password."""
        return {**asdict(self), "password": None if self.password is None else "(kept)"}


def load() -> Announced | None:
    """Return where sessions are announced, or None. Raises InputError when the file cannot be read as such."""
    path = home.data_home() / FILE
    if not path.exists():
        return None
    try:
        return from_json(Announced, json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, OSError) as error:
        raise InputError(FILE, f"{path} cannot be read: {error}.") from None


def named(announced: Announced) -> Announced:
    """Return it under the name that this home has had before, if any."""
    with contextlib.suppress(InputError):
        if (before := load()) is not None:
            return replace(announced, device_id=before.device_id)
    return announced


def keep(announced: Announced) -> None:
    """Keep the broker in the place of another; all or nothing is written."""
    path = home.data_home() / FILE
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(asdict(announced), out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def forget() -> None:
    """Announce no more."""
    (home.data_home() / FILE).unlink(missing_ok=True)
