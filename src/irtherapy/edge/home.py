"""Where this person's data lives on this machine: one folder, private to the user, nothing off the host."""

from __future__ import annotations

import os
import sys
from pathlib import Path

DATABASE = "irtherapy.sqlite3"
CLINIC = "clinic"


def data_home() -> Path:
    """Return the data folder, made with owner-only rights: ``IRTHERAPY_HOME``, else the platform's usual place."""
    chosen = os.environ.get("IRTHERAPY_HOME")
    if chosen:
        folder = Path(chosen).expanduser()
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "irtherapy"
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support" / "irtherapy"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "irtherapy"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.resolve()


def clinic_on() -> bool:
    """Return whether this machine serves a clinic: off until it is switched on."""
    return (data_home() / CLINIC).exists()


def switch_clinic(on: bool) -> None:
    """Switch the clinic's pages on or off; its patients stay kept."""
    path = data_home() / CLINIC
    path.write_text("on\n", encoding="utf-8") if on else path.unlink(missing_ok=True)


def sessions_folder() -> Path:
    """Return the folder that holds one sub-folder a session (order.json, journal.jsonl)."""
    folder = data_home() / "sessions"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
