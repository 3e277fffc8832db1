"""A clinic's years on one machine: pages, samples and the full FHIR export, with the memory they take.

The size is told by IRTHERAPY_CLINIC (persons x sessions each, default 200 x 50; a clinic's ten years are 2000 x 50).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PAGE_MS = 300.0
SIZE = os.environ.get("IRTHERAPY_CLINIC", "200x50")

FILL = """
import datetime, sys, uuid
from irtherapy.edge.cli import keep
keep.ready()
from django.utils import timezone
from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.records.models import Answer, Course, Effect, PainEntry, Patient, Samples, Visit
from irtherapy.edge.records.models.course import PROGRAMME_KEYS, new_token
persons, each = map(int, sys.argv[1].split("x"))
source = Visit.objects.exclude(ended="").first()
packed, count, record = bytes(source.samples.packed), source.samples.count, source.record
shared = {name: getattr(source, name) for name in ("sites", "person", "device", "placement", "plan", "verdict")}
shared |= {"device_kind": source.device_kind, "answers": source.answers, "step": "done", "record": record}
shared |= {"ended": "completed", "region": "lower_back", "heat_s": 600.0, "skin_check": "clean", "pain_after": 3.0}
programme = pathway.programme_json(data.programmes()["home_20_10"])
programme = {key: programme[key] for key in PROGRAMME_KEYS}
now, day, one_course = timezone.now(), datetime.timedelta(days=1), 12
years = 3650 - 3 * each


def of(person, first):
    rows = {kind: [] for kind in (Course, Visit, PainEntry, Answer, Effect)}
    course = None
    for n in range(each):
        at = now - first * day + (2 * n + n // one_course * 7) * day
        if n % one_course == 0:
            running = n + one_course >= each
            course = Course(patient=person, programme=programme, started_on=at.date(), weekdays=[0, 2, 4],
                            status="active" if running else "completed", feed_token=new_token(), created=at)
            rows[Course].append(course)
        visit = Visit(patient=person, course=course, created=at, session_id=uuid.uuid4().hex, **shared)
        rows[Visit].append(visit)
        rows[PainEntry] += [
            PainEntry(patient=person, visit=visit if when else None, at=at + hours * day / 24, created=at,
                      region="lower_back", value=(n * 7 + hours) % 6 + 2, when=when)
            for hours, when in ((14, "next_morning"), (36, ""))
        ]
        if n % 3 == 0:
            items = {"peg_1": 4, "peg_2": 5, "peg_3": 6}
            rows[Answer].append(Answer(patient=person, at=at, created=at, measure="peg", version="1", items=items,
                                       score=5.0, finished=True))
        if n % 25 == 7:
            rows[Effect].append(Effect(patient=person, visit=visit, at=at, created=at, kind="red_skin", grade=1))
    return rows


people = [None, *(Patient(code=f"P{n:05}") for n in range(persons - 1))]
Patient.objects.bulk_create(people[1:])
for block in range(0, persons, 50):
    whole = {kind: [] for kind in (Course, Visit, PainEntry, Answer, Effect)}
    for n, person in enumerate(people[block : block + 50], block):
        spread = 3 * each - each // 2 + (n * 37) % max(1, years)
        for kind, rows in of(person, spread if n else 3 * each - each // 2).items():
            whole[kind] += rows
    for kind, rows in whole.items():
        kind.objects.bulk_create(rows, batch_size=500)
    Samples.objects.bulk_create(
        [Samples(visit=v, count=count, packed=packed) for v in whole[Visit]], batch_size=500)
print(Visit.objects.count(), count * Visit.objects.count())
"""
EXPORT = """
import resource, sys, time
from irtherapy.edge.cli import keep
keep.ready()
from pathlib import Path
from irtherapy.edge.cli import export
began, worked = time.perf_counter(), time.process_time()
export.WRITERS["fhir"](Path(sys.argv[1]), "")
memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(time.perf_counter() - began, time.process_time() - worked, memory_mb)
"""
PAGES = """
import statistics, sys, time
from irtherapy.edge.cli import keep
keep.ready()
from django.test import Client
from irtherapy.edge import home
from irtherapy.edge.records.models import Patient, Visit
home.switch_clinic(True)
client = Client(SERVER_NAME="localhost")
code = Patient.objects.order_by("code")[Patient.objects.count() // 2].code
one = Visit.objects.filter(patient__code=code).order_by("-created").first()
pages = {
    "start": "/", "record": f"/visit/{one.id}/record/", "doctor": f"/visit/{one.id}/doctor/",
    "clinic": "/clinic/", "clinic-last": "/clinic/?page=40", "patient": f"/clinic/{one.patient_id}/",
    "course": "/course/", "outcome": "/outcome/", "outcome-patient": f"/outcome/?patient={code}",
    "course-report": f"/course-report/?patient={code}", "course-page": f"/course-report/page/?patient={code}",
}
for name, address in pages.items():
    client.get(address)
    took = []
    for _ in range(9):
        began = time.perf_counter()
        answer = client.get(address)
        took.append((time.perf_counter() - began) * 1000)
    print(name, answer.status_code, statistics.median(took), max(took))
"""


def run(home: Path, code: str, *words: str) -> str:
    """Return what a program of its own prints on a home."""
    environment = {**os.environ, "IRTHERAPY_HOME": str(home)}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_clinic_of_years(tell: Any, tmp_path: Path, benchmark: Any) -> None:
    demo = "from irtherapy.edge.cli import main; main()"
    run(tmp_path, demo, "demo", "--speed", "1000", "--json")
    began_s = time.perf_counter()
    visits, samples = map(int, run(tmp_path, FILL, SIZE).split())
    size_mb = (tmp_path / "irtherapy.sqlite3").stat().st_size / 2**20
    tell(f"records, {SIZE}: {visits} sessions, {samples / 1e6:.1f} million samples, {size_mb:.0f} MB on disk; "
         f"filled in {time.perf_counter() - began_s:.0f} s")  # fmt: skip
    for line in run(tmp_path, PAGES).splitlines():
        name, status, median_ms, worst_ms = line.split()
        tell(f"  page {name}: {float(median_ms):.0f} ms, at worst {float(worst_ms):.0f} ({status})")
        assert status == "200" and float(median_ms) < PAGE_MS, name
    out = tmp_path / "all.json"
    seconds, worked_s, memory_mb = map(float, run(tmp_path, EXPORT, str(out)).split())
    tell(
        f"  FHIR of everybody: {seconds:.0f} s ({worked_s:.0f} of work), {out.stat().st_size / 2**20:.0f} MB, "
        f"{memory_mb:.0f} MB of memory"
    )
    benchmark.pedantic(lambda: json.loads(run(tmp_path, demo, "report", "--list", "--json")), rounds=1)
    assert memory_mb < 300.0 and resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
