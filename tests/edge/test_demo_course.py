"""`irtherapy demo course`: four simulated weeks, judged by programs that are not ours, the same for the same seed."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from fhir_judges import problems
from icalendar import Calendar
from pdf_tags import missing
from pypdf import PdfReader

from irtherapy.edge.cli.four_weeks.people import RELIEF

FIRST = datetime.date(2026, 3, 9)  # four weeks with a change of the clocks in the last one
ZONE = "Europe/Berlin"
WHO = ("home", "clinic")


def demo(own: Path, *words: str) -> subprocess.Popen[str]:
    """Start the command in a process, with a data folder of one's own that it must leave alone."""
    command = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", "demo", "course", *words]
    environment = {**os.environ, "IRTHERAPY_HOME": str(own), "TZ": ZONE}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return what two runs with the same seed told."""
    own = tmp_path_factory.mktemp("own")
    folders = [tmp_path_factory.mktemp("demo") / name for name in ("a", "b")]
    words = ("--seed", "1", "--first-day", FIRST.isoformat(), "--json")
    runs = [demo(own, *words, "--out", str(folder)) for folder in folders]
    out = []
    for run in runs:
        told, wrong = run.communicate(timeout=300)
        assert run.returncode == 0 and wrong == "", wrong
        out.append(json.loads(told))
    assert list(own.iterdir()) == []
    return out


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files(twice: list[dict[str, Any]]) -> None:
    a, b = twice
    assert json.dumps(a).replace(a["folder"], "") == json.dumps(b).replace(b["folder"], "")
    for who in WHO:
        for kind in ("html", "pdf", "fhir", "ics"):
            assert Path(a[who][kind]).read_bytes() == Path(b[who][kind]).read_bytes(), (who, kind)


@pytest.mark.slow
def test_both_went_through_a_real_course(twice: list[dict[str, Any]]) -> None:
    home, clinic = (twice[0][who] for who in WHO)
    of_course = [s for s in home["sessions"] if s["of"] == "course"]
    assert len(of_course) >= 8 and len(clinic["sessions"]) >= 8
    assert [s["ended"] for s in of_course].count("stopped") == 1 and home["missed"] >= 1
    assert all(s["heat_min"] <= 15.0 for s in home["sessions"])
    days = [datetime.date.fromisoformat(s["on"]) for s in of_course]
    assert min(b - a for a, b in zip(days, days[1:], strict=False)) >= datetime.timedelta(days=2)
    assert not {FIRST + datetime.timedelta(days=n) for n in (9, 10, 11, 16, 17, 18)} & set(days)
    page = Path(clinic["html"]).read_text()
    assert "A family visit" in page and "More pain the next day" in page and "P-0001" in page
    assert "A cold" in Path(home["html"]).read_text()


@pytest.mark.slow
def test_before_it_heat_was_compared_with_none_and_the_answer_is_near_the_known_truth(
    twice: list[dict[str, Any]],
) -> None:
    home = twice[0]["home"]
    compared = [s["heat_min"] for s in home["sessions"] if s["of"] == "comparison"]
    assert len(compared) == 12 and compared.count(0.0) == 6
    (sentence,) = home["comparisons"]
    made, low, high = (float(n.replace("\u2212", "-")) for n in re.findall(r"[\u2212\d.]*\d", sentence)[:3])
    assert low < RELIEF < high and made > 0 and sentence in Path(home["html"]).read_text()


@pytest.mark.slow
def test_what_is_left_is_right_in_the_eyes_of_others(twice: list[dict[str, Any]], tmp_path: Path) -> None:
    bundles = {who: json.loads(Path(twice[0][who]["fhir"]).read_text()) for who in WHO}
    assert problems(tmp_path, **bundles) == {who: [] for who in WHO}
    kinds = {e["resource"]["resourceType"] for b in bundles.values() for e in b["entry"]}
    assert {"PlanDefinition", "CarePlan", "Procedure", "QuestionnaireResponse", "AdverseEvent", "Provenance"} <= kinds
    rules = [e["resource"]["code"]["text"] for e in bundles["clinic"]["entry"] if "mitigation" in e["resource"]]
    assert rules  # the flare of pain paused the course
    for who in WHO:
        made = Path(twice[0][who]["pdf"]).read_bytes()
        assert missing(made) == []
        front, *behind = PdfReader(twice[0][who]["pdf"]).pages
        assert "nobody was heated" in front.extract_text() and "Every session" in behind[0].extract_text()


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_the_calendar_is_read_by_a_second_program_across_the_change_of_clocks(
    twice: list[dict[str, Any]], who: str
) -> None:
    calendar = Calendar.from_ical(Path(twice[0][who]["ics"]).read_bytes())
    end = FIRST + datetime.timedelta(days=60)
    found = recurring_ical_events.of(calendar).between(FIRST, end)
    held = [e for e in found if e.get("STATUS") != "CANCELLED"]
    starts = [e["DTSTART"].dt.astimezone(ZoneInfo(ZONE)) for e in held]
    assert len(held) >= 10 and {(s.hour, s.minute) for s in starts} == {(18, 0)}
    assert {s.utcoffset() for s in starts} == {datetime.timedelta(hours=1), datetime.timedelta(hours=2)}
    days = {s.date().isoformat() for s in starts}
    assert {s["on"] for s in twice[0][who]["sessions"] if s["of"] == "course"} <= days
    text = Path(twice[0][who]["ics"]).read_text().lower()
    assert not any(word in text for word in ("back", "neck", "pain", "infrared", "heat"))


@pytest.mark.slow
def test_the_pages_of_both_are_there_afterwards(twice: list[dict[str, Any]]) -> None:
    code = (
        "import sys\nfrom irtherapy.edge.cli import keep\nkeep.ready()\nfrom django.test import Client\n"
        "for address in sys.argv[1:]: print(Client(SERVER_NAME='localhost').get(address).content.decode())"
    )
    addresses = [twice[0][who]["outcome_page"] for who in WHO]
    environment = {**os.environ, "IRTHERAPY_HOME": twice[0]["folder"], "TZ": ZONE}
    command = [sys.executable, "-c", code, *addresses, "/course/", "/"]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout
    for words in (
        "Lower back: does it help?",
        "More pain the next day",
        "Week by week",
        "Skin that stayed red for hours",
    ):
        assert words in shown


def test_it_never_writes_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("x")
    for words, says in (
        (("--out", str(tmp_path / "letters")), "holds something else"),
        (("--first-day", "2999-01-01"), "First day must be from 2000-01-01"),
        (("--first-day", "soon"), "as YYYY-MM-DD"),
        (("--seed", "-1"), "Seed must be"),
    ):
        run = demo(tmp_path / "own", *words, "--json")
        told, _ = run.communicate(timeout=60)
        assert run.returncode == 2 and says in json.loads(told)["error"]["message"], told
    assert [p.name for p in (tmp_path / "letters").iterdir()] == ["dear.txt"]
