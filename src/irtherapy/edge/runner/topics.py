"""What a running session says on MQTT and what may be said to it: topics, Home Assistant discovery, three words.

    irtherapy/<id>/availability   "online" while a session runs, else "offline" (also by the broker when we die); kept
    irtherapy/<id>/state          one JSON object, at most once a second and at once when something switches; kept
    irtherapy/<id>/next_session   ISO day, or "None" in a pause; kept
    irtherapy/<id>/command        "stop", "pause" or "confirm"; a kept one is passed over
    homeassistant/device/<id>/config   the device with its entities, for Home Assistant's MQTT integration; kept

Of the words, ``stop`` and ``pause`` are OFF, and ``confirm`` answers the are-you-awake question while it stands.
None can switch heat on: there is no START, no RESUME and no "I have switched it on" in ``WISHES``.
Discovery as in Home Assistant's MQTT documentation ("device discovery payload"), tried with 2025.4.4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from irtherapy.session import guards
from irtherapy.session.state import Phase

ROOT = "irtherapy"
PREFIX = "homeassistant"  # Home Assistant's own default
ONLINE, OFFLINE = "online", "offline"
WISHES: Mapping[str, str] = {"stop": "stop", "pause": "pause", "confirm": "awake"}  # word -> event of the session
WORD_MAX_BYTES = 16
NONE = "None"  # Home Assistant's word for a value that is not known
HEAT_IS_OVER = (Phase.HEAT_ENDED, Phase.STRETCHING, Phase.RATING)
QUESTIONS = ("awake", "comfort", "confirm_on", "confirm_off", "no")


def availability(device_id: str) -> str:
    """Return the topic of presence."""
    return f"{ROOT}/{device_id}/availability"


def state(device_id: str) -> str:
    """Return the topic of the session's state."""
    return f"{ROOT}/{device_id}/state"


def next_session(device_id: str) -> str:
    """Return the topic of the next session's day."""
    return f"{ROOT}/{device_id}/next_session"


def command(device_id: str) -> str:
    """Return the topic of the three words."""
    return f"{ROOT}/{device_id}/command"


def discovery(device_id: str) -> str:
    """Return the topic at which Home Assistant looks for the device."""
    return f"{PREFIX}/device/{device_id}/config"


def word_of(payload: bytes | bytearray, retained: bool) -> str | None:
    """Return which of the words a message is, or None: kept by the broker, too long, no text, or no word of ours."""
    if retained or len(payload) > WORD_MAX_BYTES:
        return None
    try:
        word = payload.decode("ascii").strip().lower()
    except UnicodeDecodeError:
        return None
    return word if word in WISHES else None


def wish_of(word: str, snapshot: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the wish of a word now, or None when it has no place.

    STOP is always passed on. A pause is one of heat. An answer counts only while the question stands: one sent ahead,
    by an automation say, is no sign of life.
    """
    asked = word != "confirm" or snapshot.get("question") == "awake"
    heated = word != "pause" or snapshot.get("phase") == Phase.HEATING.value
    if word not in WISHES or not asked or not heated:
        return None
    return {"kind": WISHES[word], "by": "mqtt"}


def told(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``state`` object of a snapshot (``session.replay.snapshot``).

    Whole seconds, skin in 0.1 degrees C, CEM43 in 0.001 min; ``limit`` is the sentence that says why the heat is over.
    In a comparison whose arm is hidden ``heat`` is null.
    """
    skin_c, phase = snapshot["skin_c"], snapshot["phase"]
    heat = {"hidden": None, "without": "OFF"}.get(snapshot["comparison"], "ON" if snapshot["heat_on"] else "OFF")
    limit = snapshot["ended_text"] or (guards.SEEN["minutes_spent"] if phase in HEAT_IS_OVER else None)
    return {
        "phase": phase,
        "time_left_s": round(snapshot["heat_left_s"]),
        "heat": heat,
        "skin_c": None if skin_c is None or not math.isfinite(skin_c) else round(skin_c, 1),
        "cem43_min": round(snapshot["cem43_min"], 3),
        "limit": limit,
        "question": snapshot["question"] or "no",
    }


def device(device_id: str, version: str) -> dict[str, Any]:
    """Return the discovery message: one device, its sensors and its three buttons; no switch and no START."""
    at = state(device_id)

    def reads(name: str, key: str, platform: str = "sensor", **more: Any) -> dict[str, Any]:
        template = f"{{{{ value_json.{key} }}}}"
        return {"p": platform, "name": name, "uniq_id": f"{device_id}_{key}", "stat_t": at, "val_tpl": template, **more}

    def presses(name: str, word: str, icon: str) -> dict[str, Any]:
        return {
            "p": "button",
            "name": name,
            "uniq_id": f"{device_id}_{word}",
            "cmd_t": command(device_id),
            "pl_prs": word,
            "qos": 1,
            "ret": False,
            "ic": icon,
        }

    phases = [phase.value for phase in Phase]
    return {
        "dev": {"ids": [device_id], "name": ROOT, "mf": ROOT, "mdl": "session", "sw": version},
        "o": {"name": ROOT, "sw": version},
        "avty": [{"t": availability(device_id), "pl_avail": ONLINE, "pl_not_avail": OFFLINE}],
        "cmps": {
            "phase": reads("Phase", "phase", dev_cla="enum", ops=phases),
            "time_left": reads("Heat time left", "time_left_s", dev_cla="duration", unit_of_meas="s"),
            "heat": reads("Heat", "heat", "binary_sensor", ic="mdi:heat-wave"),
            "skin": reads("Skin", "skin_c", dev_cla="temperature", unit_of_meas="°C", stat_cla="measurement"),
            "cem43": reads("CEM43", "cem43_min", unit_of_meas="min", stat_cla="measurement", sug_dsp_prc=3),
            "limit": {**reads("Limit", "limit", ic="mdi:fence"), "avty": []},  # both outlast the session
            "next_session": {
                "p": "sensor",
                "name": "Next session",
                "uniq_id": f"{device_id}_next_session",
                "stat_t": next_session(device_id),
                "dev_cla": "date",
                "avty": [],
            },
            "question": reads("Question", "question", dev_cla="enum", ops=list(QUESTIONS), ic="mdi:help"),
            "stop": presses("Stop", "stop", "mdi:stop"),
            "pause": presses("Pause", "pause", "mdi:pause"),
            "confirm": presses("I am awake", "confirm", "mdi:hand-wave"),
        },
    }
