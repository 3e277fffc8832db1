"""Everything out, everything away, everything back: the same to the byte; and nothing half of a damaged file."""

from __future__ import annotations

import datetime
import json

import pytest
import web_walk as walk
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtherapy.edge.records import archive, charts, columns, rated, visits
from irtherapy.edge.records.models import Clearance, Patient, Samples, Visit
from irtherapy.values import InputError

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
PLANNED = {"planned_time_s": [], "planned_skin_c": [], "stretch": [], "checks": [], "skin_cutoff_c": 42.0}


def kept() -> str:
    return "".join(archive.lines())


@pytest.fixture
def clinic() -> str:
    """Return what is kept of a person at home and of a patient, as text."""
    record = {
        "ended": "completed",
        "ended_text": "Done.",
        "order": {"region": "neck", "heat_s": 600.0},
        "heat_s": 600.0,
    }
    for number, patient in enumerate((None, Patient.objects.create(code="P-7 \u00fc"))):
        visit = Visit.objects.create(
            patient=patient, step="done", record={**record, "note": 'a "b",\n],'}, skin_check="clean", pain_after=3.0,
            sites=[{"region": "neck", "side": "left", "pain_0_10": 5.0}], answered_on=timezone.localdate() - DAY,
            created=timezone.now() - number * DAY,
        )  # fmt: skip
        rows = [(float(s), s < 600, 33.0 + s / 100, None if s % 7 else 150.0) for s in range(900)]
        Samples.objects.create(visit=visit, count=len(rows), packed=columns.pack(rows))
        today = timezone.localdate()
        Clearance.objects.create(visit=visit, who="Dr A", given_on=today - 9 * DAY, until=today - DAY, covers=["x"])
    return kept()


def test_out_away_and_back_is_the_same_to_the_byte(clinic: str) -> None:
    samples = rated.samples(Visit.objects.first())
    visits.delete_all()
    assert archive.count() == 0 and json.loads(kept())["count"] == 0
    assert archive.read(clinic.splitlines(keepends=True)) == (7, 0)
    assert kept() == clinic
    assert rated.samples(Visit.objects.first()) == samples and len(samples) == 900
    assert archive.read(clinic.splitlines(keepends=True)) == (0, 7)  # twice makes nothing double
    assert kept() == clinic


def test_it_is_json_that_others_read(clinic: str) -> None:
    whole = json.loads(clinic)
    assert whole["schema_version"] == archive.schema_version() and len(whole["records"]) == whole["count"] == 7
    assert {record["model"] for record in whole["records"]} == {"patient", "visit", "samples", "clearance"}


def test_every_kind_of_record_is_in_it_and_none_before_what_it_leans_on() -> None:
    order = archive.kinds()
    assert len(order) == len(set(order)) >= 4
    for place, model in enumerate(order):
        assert {to for to in archive._pointed_to(model) if to is not model} <= set(order[:place])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_refused_and_changes_nothing(clinic: str, data: st.DataObject) -> None:
    visits.delete_all()
    at = data.draw(st.integers(0, len(clinic) - 2))
    other = data.draw(st.sampled_from(["", "x", '"', "}", "\n"]))
    spoiled = clinic[:at] + other + clinic[at + 1 :]
    if spoiled == clinic:
        return
    try:
        archive.read(spoiled.splitlines(keepends=True))
    except InputError as refused:
        assert "\n" not in str(refused) and archive.count() == 0
    else:
        assert kept() == clinic  # a space more or less outside of the records


@pytest.mark.parametrize("end", [0, 1, 2, 5])
def test_a_file_cut_short_is_refused(clinic: str, end: int) -> None:
    visits.delete_all()
    with pytest.raises(InputError, match=r"cut short|no export"):
        archive.read(clinic.splitlines(keepends=True)[:end])
    assert archive.count() == 0


def signed(text: str) -> list[str]:
    """Return a changed export with the right count and digest: what somebody wrote by hand."""
    import hashlib

    head, *body, _ = text.splitlines()
    digest = hashlib.sha256("".join(line.removesuffix(",") for line in body).encode()).hexdigest()
    return [head, *body, f'], "count": {len(body)}, "sha256": "{digest}"}}']


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"pain_after": 3.0', '"pain_after": 11.0', "0 to 10"),
        ('"pain_after": 3.0', '"pain_after": NaN', "damaged"),
        ('"skin_check": "clean"', '"skin_check": "fine"', "skin check"),
        ('"model": "patient"', '"model": "heater"', "no such kind"),
        ('"region": "neck"', '"region": "knee"', "cannot be kept"),
    ],
)
def test_what_could_not_have_been_kept_is_refused_by_name(clinic: str, old: str, new: str, says: str) -> None:
    visits.delete_all()
    assert old in clinic
    with pytest.raises(InputError, match=says):
        archive.read(signed(clinic.replace(old, new)))
    assert archive.count() == 0


def test_the_future_a_newer_program_and_another_story_are_refused(clinic: str) -> None:
    later = clinic.replace(timezone.now().strftime('"created": "%Y-'), '"created": "2999-')
    newer = clinic.replace(f'"schema_version": {archive.schema_version()}', '"schema_version": 99')
    other = clinic.replace('"pain_after": 3.0', '"pain_after": 4.0')
    for text, says in ((later, "future"), (newer, "newer irtherapy"), (other, "says something else")):
        if says == "future":
            visits.delete_all()
        with pytest.raises(InputError, match=says):
            archive.read(signed(text))
        if says == "future":
            archive.read(clinic.splitlines())
    assert kept() == clinic


def test_charts_are_of_one_person_each_and_leave_try_outs_out(clinic: str) -> None:
    Visit.objects.create(demo=True, record={"ended": "completed"})
    home, patient = charts.charts()
    assert [len(list(c.sessions)) for c in (home, patient)] == [1, 1] and home.person_id != patient.person_id
    (alone,) = charts.charts(charts.patient_of("P-7 \u00fc"), everybody=False)
    (session,) = alone.sessions
    assert len(list(session["samples"])) == 900 and alone.person_id == patient.person_id
    with pytest.raises(InputError, match="no patient 'P-8'"):
        charts.patient_of("P-8")


def test_a_record_that_was_brought_back_is_shown_without_its_session_folder(client: Client) -> None:
    visit = walk.to_plan(client)
    visit.record = {
        "ended": "completed", "ended_text": "Finished as planned.",
        "order": {"region": "lower_back", "heat_s": 600.0, "sensor": False, "driver": "manual", **PLANNED},
        "heat_s": 600.0, "massage_s": 0.0, "stretch_s": 600.0, "skin_peak_c": 37.5, "cem43_min": 0.0, "events": [],
        "started_at": timezone.now().isoformat(), "note": "", "skin_check": "clean",
    }  # fmt: skip
    visit.step, visit.session_id, visit.skin_check = Visit.Step.DONE, "elsewhere", "clean"
    visit.save()
    told = kept().splitlines()
    visits.delete_all()
    archive.read(told)
    for page in ("record", "doctor"):
        answer = client.get(reverse(page, args=[visit.id]))
        assert answer.status_code == 200 and "Finished as planned." in answer.content.decode()
    assert client.get(reverse("after", args=[visit.id])).headers["Location"] == reverse("record", args=[visit.id])
