"""The page of a course in the browser and in the terminal: whose it is, what is ticked, and what is refused."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from typer.testing import CliRunner

from irtherapy.edge.cli import build
from irtherapy.edge.records.models import Answer, Patient, Visit

pytestmark = pytest.mark.django_db


def finished(patient: Patient | None = None, days_ago: int = 3, **changes: Any) -> Visit:
    """Return a session of twelve minutes, with pain from 6 to 4."""
    created = timezone.now() - datetime.timedelta(days=days_ago)
    record = {
        "ended": "completed", "ended_text": "Finished.", "heat_s": 720.0, "skin_peak_c": 38.5, "cem43_min": 0.02,
        "order": {"region": "neck", "heat_s": 720.0, "driver": "manual"}, "started_at": created.isoformat(),
        "note": "Slept well", "events": [],
    }  # fmt: skip
    return Visit.objects.create(**{
        "patient": patient, "created": created, "step": "done", "record": record, "skin_check": "clean",
        "sites": [{"region": "neck", "side": "left", "pain_0_10": 6.0}], "pain_after": 4.0,
        "person": {"age_years": 47.0}, "verdict": {"setting": "home"}, **changes,
    })  # fmt: skip


def pdf_text(answer: Any) -> str:
    """Return the words of a PDF that was sent."""
    return " ".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages)


def test_somebody_chooses_the_reader_and_gets_page_and_pdf_without_what_is_not_theirs(client: Client) -> None:
    finished()
    finished(Patient.objects.create(code="P 7/ü"), days_ago=1)
    asked = client.get(reverse("course-report"), {"reader": "insurer"}).content.decode()
    assert 'value="notes">' in asked and 'value="exposure" checked' in asked and "1 session is on it." in asked
    page = client.get(reverse("course-report-page"))
    assert "47 years" in page.content.decode() and "Slept well" in page.content.decode()
    assert "sha256-" in page.headers["Content-Security-Policy"]
    told = pdf_text(client.get(reverse("course-report-pdf"), {"reader": "insurer"}))
    assert "47 years" not in told and "Slept well" not in told and "12 min in 1 sessions" in told
    sent = client.get(reverse("course-report-pdf"), {"patient": "P 7/ü", "sections": ["when", "notes"]})
    assert "P 7/ü" in pdf_text(sent) and "Exposure" not in pdf_text(sent)
    assert sent.headers["Content-Disposition"].startswith('inline; filename="irtherapy-course-P-7-')


def test_pain_and_questionnaires_are_judged_against_what_matters(client: Client) -> None:
    for n in range(24):
        finished(days_ago=24 - n, pain_after=3.0, sites=[{"region": "neck", "side": "left", "pain_0_10": 7.0 - n / 6}])
    for n in (20, 1):
        at = timezone.now() - datetime.timedelta(days=n)
        Answer.objects.create(measure="peg", version="1", items={"peg_1": 5, "peg_2": 5, "peg_3": 5}, score=5.0,
                              finished=True, at=at)  # fmt: skip
    page = client.get(reverse("course-report-page")).content.decode()
    assert "Pain was 7.0 of 10 at the beginning and 3.2 at the end." in page
    assert "better by at least as much as matters" in page and "7.0 to 3.2 (−3.8; 95 %: −" in page
    assert "5.0 to 5.0 (2 times, too few to judge; 1.0 matters)" in page


@pytest.mark.parametrize("name", ["course-report", "course-report-page", "course-report-pdf"])
@pytest.mark.parametrize(
    ("asked", "says"),
    [({"patient": "nobody"}, "no patient"), ({"course": "x"}, "no course"), ({"reader": "x"}, "Reader must be one of"),
     ({"sections": "x"}, "Sections must be among")],
)  # fmt: skip
def test_an_address_that_names_what_is_not_there_is_answered_in_a_sentence(
    client: Client, name: str, asked: dict[str, str], says: str
) -> None:
    assert says in client.get(reverse(name), asked, follow=True).content.decode()


def test_without_a_session_it_says_so(client: Client) -> None:
    finished(demo=True)
    assert "no session to tell of yet" in client.get(reverse("course-report")).content.decode()


def test_the_terminal_writes_the_same_page(tmp_path: Path) -> None:
    finished(Patient.objects.create(code="P-8"))
    run = lambda *words: CliRunner().invoke(build(("report",)), ["report", *words])  # noqa: E731
    out = tmp_path / "course.html"
    told = run("--course", "--patient", "P-8", "--sections", "when, response", "--out", str(out), "--json")
    figures = json.loads(told.stdout)
    assert (figures["sessions"], figures["completed"], figures["heat_min"]) == (1, 1, 12.0)
    assert figures["files"] == [str(out)] and "<h2>When" in out.read_text() and "<h2>Who" not in out.read_text()
    for words, says in (
        (("--course", "--out", "x.doc"), "--out must end in"),
        (("--course", "--patient", "P-9"), "no patient"),
        (("no-course", "--course", "--patient", "P-8"), "no course"),
        (("--reader", "insurer"), "go with --course"),
    ):
        assert says in str(run(*words).exception)
    assert not Path("x.doc").exists()
