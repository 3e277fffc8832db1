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

SIZE = os.environ.get("IRTHERAPY_CLINIC", "200x50")

FILL = """
import sys, uuid, datetime
from irtherapy.edge.cli import keep
keep.ready()
from django.utils import timezone
from irtherapy.edge.records import columns
from irtherapy.edge.records.models import Patient, Samples, Visit
persons, each = map(int, sys.argv[1].split("x"))
source = Visit.objects.exclude(ended="").first()
packed = bytes(source.samples.packed); count = source.samples.count
record = source.record
for block in range(0, persons, 50):
    people = [Patient(code=f"P{n:05}") for n in range(block, min(block + 50, persons))]
    Patient.objects.bulk_create(people)
    visits = [Visit(patient=p, step="done", created=timezone.now() - datetime.timedelta(days=n), record=record,
                    session_id=uuid.uuid4().hex,
                    ended="completed", region="lower_back", heat_s=600.0, skin_check="clean", pain_after=3.0,
                    sites=source.sites, person=source.person, device=source.device, placement=source.placement,
                    plan=source.plan, verdict=source.verdict) for p in people for n in range(each)]
    Visit.objects.bulk_create(visits, batch_size=500)
    Samples.objects.bulk_create([Samples(visit=v, count=count, packed=packed) for v in visits], batch_size=500)
print(Visit.objects.count(), count * Visit.objects.count())
"""
EXPORT = """
import resource, sys, time
from irtherapy.edge.cli import keep
keep.ready()
from pathlib import Path
from irtherapy.edge.cli import export
began = time.perf_counter()
export.WRITERS["fhir"](Path(sys.argv[1]), "")
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
PAGES = """
import sys, time
from irtherapy.edge.cli import keep
keep.ready()
from django.test import Client
from irtherapy.edge.records.models import Visit
client = Client(SERVER_NAME="localhost")
one = Visit.objects.order_by("-created").exclude(patient=None).first()
for address in ("/", f"/visit/{one.id}/record/", f"/visit/{one.id}/doctor/"):
    client.get(address)
    began = time.perf_counter()
    answer = client.get(address)
    print(address.split("/")[-2] or "start", answer.status_code, (time.perf_counter() - began) * 1000)
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
        name, status, took_ms = line.split()
        tell(f"  page {name}: {float(took_ms):.0f} ms ({status})")
        assert status == "200" and float(took_ms) > 0.0
    out = tmp_path / "all.json"
    seconds, memory_mb = map(float, run(tmp_path, EXPORT, str(out)).split())
    tell(f"  FHIR of everybody: {seconds:.0f} s, {out.stat().st_size / 2**20:.0f} MB, {memory_mb:.0f} MB of memory")
    benchmark.pedantic(lambda: json.loads(run(tmp_path, demo, "report", "--list", "--json")), rounds=1)
    assert memory_mb < 300.0 and resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
