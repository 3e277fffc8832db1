"""Until it is told, no page and no file for others differs between a session with heat and one without."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import test_comparisons as made
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.records import charts, columns, comparisons, courses, research
from irtherapy.edge.records.models import ComparedSession, Comparison, Course, Samples, Visit
from irtherapy.outcome.comparison import Concealment
from irtherapy.values import InputError

pytestmark = pytest.mark.django_db
VISIT = uuid.UUID(int=7)
OF = uuid.UUID(int=8)
COURSE = uuid.UUID(int=9)
# Drawn anew for each look, or of the clock: tokens, the hash of a style, the times of a calendar.
ANEW = r'csrfmiddlewaretoken" value="[^"]*"|calendar/[\w-]{20,}|sha256-[^ ;]*|(DTSTAMP|LAST-MODIFIED|CREATED):\w+'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))


def plain_addresses(patterns: Any) -> list[str]:
    out: list[str] = []
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            out += plain_addresses(pattern.url_patterns)
        elif "<" not in str(pattern.pattern):
            out.append(f"/{pattern.pattern}")
    return out


def world(with_heat: bool) -> None:
    """One comparison that runs, a course, and a session of it as the runner leaves it with heat and without."""
    Visit.objects.all().delete()
    Comparison.objects.all().delete()
    Course.objects.all().delete()
    of = made.made(pairs=3, sessions=1, concealment=Concealment.HIDDEN)
    made.back(of, 1)
    Comparison.objects.filter(pk=of.pk).update(id=OF, secret="0" * 32, sealed="1" * 64, plan="p", plan_sha256="2" * 64)
    of = Comparison.objects.get(pk=OF)
    course = courses.start(pathway.programme_json(data.programmes()["home_20_10"]), timezone.localdate())
    Course.objects.filter(pk=course.pk).update(id=COURSE, started_on=of.starts_on, created=of.created)
    visit = made.did(of, 0, 0, 4.0)
    visit.delete()
    visit.pk, visit.step, visit.region = VISIT, "done", "neck"
    visit.record = {
        **(visit.record or {}),
        "ended_text": "The session was finished as planned.",
        "stretch_s": 600.0, "massage_s": 0.0, "note": "", "pain_before_0_10": 5.0, "pain_after_0_10": 4.0,
        "skin_check": "clean", "skin_peak_c": 40.3 if with_heat else None, "cem43_min": 0.2 if with_heat else 0.0,
        "order": {
            "heat_s": 600.0, "region": "neck", "comparison": "hidden", "sensor": with_heat, "planned_time_s": [],
            "planned_skin_c": [], "stretch": [], "checks": [], "skin_cutoff_c": 42.0,
        },
    }  # fmt: skip
    visit.save(force_insert=True)
    ComparedSession.objects.create(visit=visit, comparison=of, block=0)
    rows = [
        (float(s), with_heat, 33.0 + s / 100 if with_heat else None, 150.0 if with_heat else None) for s in range(600)
    ]
    Samples.objects.create(visit=visit, count=len(rows), packed=columns.pack(rows))


def seen(client: Client) -> dict[str, str]:
    """Return what every page says, without what is drawn anew for each look."""
    own = [("record", VISIT), ("doctor", VISIT), ("doctor-pdf", VISIT), ("trial-one", OF), ("trial-plan", OF)]
    out = {}
    for address in [
        *sorted(set(plain_addresses(get_resolver().url_patterns))),
        *(reverse(n, args=[k]) for n, k in own),
    ]:
        answer = client.get(address)
        if answer.streaming or answer.headers["Content-Type"].startswith(("application/pdf", "application/zip")):
            continue
        text = re.sub(ANEW, "", answer.content.decode())
        out[address] = f"{answer.status_code} {text}"
    return out


def test_nothing_shown_differs_between_with_and_without(client: Client) -> None:
    told = {}
    for with_heat in (True, False):
        world(with_heat)
        told[with_heat] = seen(client)
        assert comparisons.hidden(Visit.objects.get(pk=VISIT)) and research.days() == []
        assert not list(charts.chart(None).sessions)
        with pytest.raises(InputError):
            comparisons.result(Comparison.objects.get(pk=OF))
    assert len(told[True]) > 25 and "part of your comparison" in told[True][reverse("record", args=[VISIT])]
    differing = [address for address, text in told[True].items() if text != told[False][address]]
    assert differing == []
