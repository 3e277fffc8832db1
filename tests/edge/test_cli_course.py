"""The course in the terminal, as a person types it: a program of its own each time, the same records as the pages."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import icalendar
import pytest

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that runs `irtherapy course ...` in a data folder of its own."""
    home = str(tmp_path_factory.mktemp("home"))
    env = {**os.environ, "IRTHERAPY_HOME": home, "TZ": "Europe/Berlin", "COLUMNS": "100"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        code = "from irtherapy.edge.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", code, "course", *words], env=env, capture_output=True, text=True, check=False
        )

    return run


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_course_by_hand_from_its_start_to_its_end(typed: Any, tmp_path: Path) -> None:
    none_yet = typed("show", "--json")
    assert none_yet.returncode == 2 and "There is no course yet" in json.loads(none_yet.stdout)["error"]["message"]
    started = told(typed("start", "--per-week", "2", "--weeks", "3", "--at", "07:30", "--json"))
    assert started["course"]["status"] == "active" and len(started["progress"]["slots"]) == 6
    text = typed("show").stdout
    assert "Heat and stretching at home" in text and "Today is a day for a session." in text and "[○]" in text
    assert told(typed("pause", "--reason", "A cold", "--json"))["course"]["status"] == "on-hold"
    again = typed("pause")
    assert again.returncode == 2 and "paused already" in again.stderr
    assert told(typed("resume", "--json"))["course"]["status"] == "active"
    first, last = (datetime.datetime.now(datetime.UTC).date() + n * DAY for n in (3, 8))
    away = told(typed("holiday", str(first), str(last), "--json"))
    assert not any(str(first) <= day <= str(last) for day in away["course"]["planned"])
    assert len(told(typed("undo", "--json"))["course"]["pauses"]) == 0
    where = tmp_path / "sessions.ics"
    feed = told(typed("calendar", "--out", str(where), "--json"))
    events = icalendar.Calendar.from_ical(where.read_bytes()).walk("VEVENT")
    assert len(events) == 6 and {e["DTSTART"].dt.strftime("%H:%M") for e in events} == {"07:30"}
    assert {str(e["DTSTART"].params["TZID"]) for e in events} == {"Europe/Berlin"}
    assert told(typed("calendar", "--new-address", "--json"))["feed"] != feed["feed"]
    assert told(typed("end", "--note", "Enough", "--json"))["course"]["status"] == "revoked"
    assert "You ended this course" in typed("show").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("start", "nothing"), "There is no programme"),
        (("start", "--from", "soon"), "First day must be a day as YYYY-MM-DD"),
        (("start", "--days", "mon,day"), "Days must be of mon, tue"),
        (("start", "--at", "noon"), "Time of day must be like 18:30"),
        (("start", "--patient", "P-9"), "There is no patient 'P-9' here."),
        (("start", "--per-week", "9"), "Sessions a week must be a number from 1 to 3"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(typed: Any, words: tuple[str, ...], says: str) -> None:
    done = typed(*words)
    assert done.returncode == 2 and says in " ".join(done.stderr.split()) and "Traceback" not in done.stderr


def test_a_session_too_early_in_the_course_needs_a_plain_yes(tmp_path: Path) -> None:
    """The day's session took place; the terminal that cannot ask refuses the next, and `--early` is the yes."""
    env = {**os.environ, "IRTHERAPY_HOME": str(tmp_path), "COLUMNS": "100"}
    program = "from irtherapy.edge.cli import main; main()"
    begin = (
        "from irtherapy.edge.web.server import prepare; prepare()\n"
        "from django.utils import timezone\n"
        "from irtherapy import pathway\n"
        "from irtherapy.edge import data\n"
        "from irtherapy.edge.records import courses\n"
        "home = pathway.programme_json(data.programmes()['home_20_10'])\n"
        "courses.start(home, timezone.localdate(), demo=True)\n"
    )

    def run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    assert run(begin).returncode == 0
    answers = tmp_path / "answers.json"
    from irtherapy.edge import data

    answers.write_text(json.dumps(dict.fromkeys(data.questionnaire().questions, "no")))
    words = ("session", "--age", "45", "--answers", str(answers), "--speed", "1000", "--scripted", "--json")
    assert run(program, *words).returncode == 0
    refused = run(program, *words)
    assert refused.returncode == 2
    said = json.loads(refused.stdout)["error"]["message"]
    assert "There was a session today already." in said and "say so with --early" in said
    assert run(program, *words, "--early").returncode == 0
