"""A clinic's patients: off at home, by code, with what a clinician sets; ceilings hold, and nobody's visits mix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import web_walk as walk
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from irtherapy.edge import home
from irtherapy.edge.cli import build
from irtherapy.edge.records import clinic, programmed, visits
from irtherapy.edge.records.models import Patient, Visit
from irtherapy.values import InputError, Prescription, Setting, to_json

pytestmark = pytest.mark.django_db
SET = {"programme": "clinic_30", "heat_min": "10", "first_min": "8", "level_max": "3", "set_by": "KL"}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))


@pytest.fixture
def patient() -> Patient:
    home.switch_clinic(True)
    return clinic.add("2041")


def begun(client: Client, patient: Patient, **changes: str) -> Visit:
    """Begin a visit of a patient and walk to the plan."""
    answer = client.post(reverse("patient-visit", args=[patient.pk]), {**SET, **changes})
    assert answer.status_code == 302, answer.content.decode()
    visit = patient.visits.order_by("-created")[0]
    kind = "led_pads" if changes.get("programme") == "mire_pads" else "lamp"
    walk.tell_where(client, visit, kind=kind)
    walk.answer(client, visit)
    visit.refresh_from_db()
    assert visit.may_heat
    return visit


def plan_of(client: Client, visit: Visit, **device: str) -> str:
    told = client.post(reverse("device", args=[visit.id]), {**walk.DEVICE, **device}, follow=True).content.decode()
    visit.refresh_from_db()
    return told


def test_at_home_there_is_no_clinic_until_it_is_switched_on(client: Client) -> None:
    assert "Patients of your clinic" not in client.get(reverse("start")).content.decode()
    assert "switch it on" in client.get(reverse("clinic")).content.decode()
    with pytest.raises(InputError, match="switched off"):
        clinic.add("1")
    client.post(reverse("clinic-switch"), {"clinic": "on"})
    assert "No patient is kept yet" in client.get(reverse("clinic")).content.decode()
    assert "Patients of your clinic" in client.get(reverse("start")).content.decode()


def test_a_patient_is_added_visited_by_what_was_set_and_removed(client: Client) -> None:
    home.switch_clinic(True)
    for code, says in (("", "1 to 60 characters"), ("x" * 61, "1 to 60 characters")):
        refused = client.post(reverse("clinic"), {"code": code})
        assert refused.status_code == 422 and says in refused.content.decode()
    assert client.post(reverse("clinic"), {"code": " 2041 "}).status_code == 302
    assert "There is a patient 2041 already" in client.post(reverse("clinic"), {"code": "2041"}).content.decode()
    patient = Patient.objects.get(code="2041")
    visit = begun(client, patient, demo="yes")
    told = plan_of(client, visit)
    plan = visit.plan_value
    assert plan is not None and plan.setting is Setting.CLINIC and plan.minutes == 8
    assert plan.limit.name == "clinician_first" and "Set by KL: 10 minutes of heat at most, 8 in a first" in told
    assert "Then 20 minutes of exercises." in told and "Heat and exercise in the clinic" in told and ">2041</a>" in told
    assert visits.latest_unfinished() is None and visits.latest_unfinished(patient) == visit
    listed = client.get(reverse("patient", args=[patient.pk])).content.decode()
    assert "A visit begun on" in listed and 'value="KL"' in listed
    gone = reverse("patient-remove", args=[patient.pk])
    assert client.post(gone).status_code == 422 and Patient.objects.exists()
    assert "2041 is deleted" in client.post(gone, {"sure": "yes"}, follow=True).content.decode()
    assert not Patient.objects.exists() and not Visit.objects.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"heat_min": "31"}, "Minutes of heat must be a number from 2 to 30 min"),
        ({"heat_min": "41", "programme": "mire_pads"}, "Minutes of heat must be a number from 2 to 40 min"),
        ({"first_min": "11"}, "Minutes of a first session must be a number from 2 to 10 min"),
        ({"heat_min": "nan"}, "Minutes of heat must be a number"),
        ({"heat_min": ""}, "Please set the minutes."),
        ({"level_max": "4"}, "Level of exercise must be a number from 1 to 3"),
        ({"set_by": " "}, "Please write who sets it"),
        ({"programme": "home_20_10"}, "Please choose a programme."),
    ],
)
def test_what_passes_a_ceiling_begins_no_visit(
    client: Client, patient: Patient, changes: dict[str, str], says: str
) -> None:
    refused = client.post(reverse("patient-visit", args=[patient.pk]), {**SET, **changes})
    assert refused.status_code == 422 and says in refused.content.decode() and not Visit.objects.exists()


def test_pads_get_forty_minutes_only_as_set_and_another_device_never(client: Client, patient: Patient) -> None:
    visit = begun(client, patient, programme="mire_pads", heat_min="40", first_min="40")
    pads = next(one for one in visit_devices("led_pads") if one.timer_min is None)
    plan_of(client, visit, device=pads.id, distance_cm="0")
    plan = visit.plan_value
    assert plan is not None and {s.name: s.minutes for s in plan.limit_chain}["session_ceiling"] == 40
    assert plan.minutes <= 40
    visit.prescribed = to_json(Prescription(30, 30, "KL"))
    visit.plan = None
    assert {s.name: s.minutes for s in programmed.make_plan(visit).limit_chain}["clinician"] == 30
    visit.prescribed = to_json(Prescription(40, 40, "KL"))
    lamp = visit_devices("lamp")[0]
    visit.device = to_json(lamp)
    with pytest.raises(InputError, match="from 2 to 30 min"):
        programmed.make_plan(visit)


def visit_devices(kind: str) -> list[object]:
    from irtherapy.edge.data import catalogue

    return [one for one in catalogue().values() if one.kind.value == kind]


def test_a_visit_of_a_patient_stands_still_while_the_clinic_is_off(client: Client, patient: Patient) -> None:
    visit = begun(client, patient, demo="yes")
    home.switch_clinic(False)
    told = plan_of(client, visit)
    assert visit.plan is None and "switched off" in told


def test_at_home_minutes_can_be_chosen_and_never_pass_the_limits(client: Client) -> None:
    visit = walk.to_plan(client)
    told = client.get(reverse("plan", args=[visit.id])).content.decode()
    visit.refresh_from_db()
    usual = visit.plan_value
    assert usual is not None and usual.minutes == 10 and "Heat and stretching at home" in told
    assert "Then 10 minutes of stretching." in told and "Heat and exercise in the clinic" not in told
    choose = reverse("plan-choose", args=[visit.id])
    client.post(choose, {"programme": "home_20_10", "chosen_min": "6"}, follow=True)
    visit.refresh_from_db()
    assert visit.plan_value is not None and (visit.plan_value.minutes, visit.plan_value.limit.name) == (6, "chosen")
    for given, says in (
        ({"programme": "home_20_10", "chosen_min": "25"}, "from 2 to 20 min"),
        ({"programme": "clinic_30", "chosen_min": ""}, "no programme"),
        ({"programme": "heat_massage", "chosen_min": "5"}, "no programme"),
    ):
        refused = client.post(choose, given)
        assert refused.status_code == 422 and says in refused.content.decode()
    client.post(choose, {"programme": "home_20_10", "chosen_min": "19"}, follow=True)
    visit.refresh_from_db()
    assert visit.plan_value is not None and visit.plan_value.minutes == usual.minutes


def test_at_home_twenty_minutes_after_three_clean_skin_checks(client: Client) -> None:
    visit = walk.to_plan(client)
    visit.refresh_from_db()
    assert visit.placement is not None
    visit.placement["distance_m"] = 0.9  # so far that the skin sets no limit
    visit.save()
    record = {"ended": "completed", "heat_s": 600, "order": {"region": visit.site_values[0].region.value}}
    for done in range(4):
        client.post(reverse("plan-choose", args=[visit.id]), {"programme": "home_20_10", "chosen_min": "20"})
        client.get(reverse("plan", args=[visit.id]))
        visit.refresh_from_db()
        assert visit.plan_value is not None
        assert visit.plan_value.minutes == (10, 15, 15, 20)[done]
        Visit.objects.create(demo=visit.demo, record=record, skin_check="clean", step=Visit.Step.DONE)


def run(*words: str) -> str:
    done = CliRunner().invoke(build(("clinic", "session")), list(words))
    if isinstance(done.exception, InputError):
        return f"refused: {done.exception}"
    assert done.exit_code == 0, done.output
    return done.stdout


def answers(tmp_path: Path) -> str:
    from irtherapy.edge.data import questionnaire

    file = tmp_path / "answers.json"
    file.write_text(json.dumps(dict.fromkeys(questionnaire().questions, "no")))
    return str(file)


def test_the_terminal_leads_a_patient_by_the_same_rules(tmp_path: Path) -> None:
    words = ("session", "--age", "45", "--answers", answers(tmp_path), "--scripted", "--speed", "1000", "--json")
    set_ = ("--patient", "2041", "--minutes", "5", "--first-minutes", "3", "--set-by", "KL")
    assert "refused: The clinic's pages are switched off" in run(*words, *set_)
    run("clinic", "on")
    assert "There is no patient '2041'" in run(*words, *set_)
    assert "2041 is kept" in run("clinic", "add", "2041")
    assert "--patient needs --minutes" in run(*words, "--patient", "2041")
    assert "from 2 to 30 min" in run(*words, "--patient", "2041", "--minutes", "31", *set_[4:])
    assert "a clinician's" in run(*words, "--set-by", "KL")
    assert "It is for a clinic." in run(*words, "--programme", "clinic_30")
    record = json.loads(run(*words, *set_))["record"]
    assert (record["ended"], record["order"]["setting"], record["order"]["programme"]) == (
        "completed", "clinic", "clinic_30 1"
    )  # fmt: skip
    assert record["heat_s"] == pytest.approx(180, abs=2)
    assert {item["block"] for item in record["order"]["stretch"]} == {"stretch", "core", "posture"}
    assert json.loads(run("clinic", "list", "--json"))["patients"] == [{"code": "2041", "sessions": 0, "last_at": None}]
    visit = Visit.objects.get()
    assert visit.patient is not None and visit.prescription == Prescription(5.0, 3.0, "KL", 3)
    assert "with 1 visits" in run("clinic", "remove", "2041", "--yes") and not Visit.objects.exists()


def test_a_clinic_of_many_is_shown_in_pages_and_found_by_code(client: Client, patient: Patient) -> None:
    Patient.objects.bulk_create([Patient(code=f"B{n:03}") for n in range(120)])
    first = client.get(reverse("clinic")).content.decode()
    assert "Page 1 of 3" in first and "B049" not in first and "B048" in first
    last = client.get(reverse("clinic"), {"page": "3"}).content.decode()
    assert "B119" in last and "B099" in last and "B098" not in last
    found = client.get(reverse("clinic"), {"find": "b11"}).content.decode()
    assert "B110" in found and "2041" not in found and "Page 1" not in found
    nobody = client.get(reverse("clinic"), {"find": "<x>"}).content.decode()
    assert "No code has &quot;&lt;x&gt;&quot; in it." in nobody or 'No code has "&lt;x&gt;" in it.' in nobody
