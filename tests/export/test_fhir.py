"""The FHIR bundle: right in the eyes of others, the same every time, and true to what happened."""

import copy
import json

import pytest
from fhir_judges import problems

from irtherapy.export import fhir
from irtherapy.export.chart import Chart

START = "2026-03-02T18:00:00.000+01:00"
LAMP = {"id": "r125_150w", "name": "Red bulb", "maker": "anybody", "kind": "lamp", "note": "A note."}
PROGRAMME = {
    "id": "home-20-10",
    "version": "2",
    "title": "Heat at home, then stretching",
    "source": "The programme's own paper",
    "per_week": 3,
    "weeks": 4,
    "heat_min": 20,
    "parts": ["Heat", "Massage", "Stretching"],
}


def event(at_s, kind, **data):
    return {"at_s": at_s + 7.0, "kind": kind, "data": data}  # seven seconds of checks before START


def session(key, **changes):
    """Return a session of ten minutes of heat and ten of stretching, as it is kept."""
    record = {
        "session_id": key,
        "order": {"region": "lower_back", "heat_s": 600.0, "stretch": [{"exercise_id": "a"}]},
        "started_at": START,
        "ended": "completed",
        "ended_text": "The session was finished as planned.",
        "heat_s": 600.0,
        "massage_s": 60.0,
        "stretch_s": 600.0,
        "skin_peak_c": 38.25,
        "cem43_min": 0.0012,
        "note": "Felt good.",
        "events": [
            event(0, "start"),
            event(0, "heat_on"),
            event(420, "massage_start"),
            event(480, "massage_end"),
            event(600, "heat_off"),
            event(620, "phase", phase="stretching"),
            event(1220, "phase", phase="rating"),
            event(1225, "ended"),
        ],
    }
    whole = {
        "id": key,
        "created": START,
        "sites": [{"region": "neck", "side": "left"}, {"region": "lower_back", "side": "both"}],
        "device": LAMP,
        "placement": {"distance_m": 0.6},
        "plan": {"irradiance_w_m2": 278.52, "muscle_rise_c": 0.53},
        "record": {**record, **changes.pop("record", {})},
        "pain_before": 5.0,
        "pain_after": 3.0,
        "skin_check": "clean",
        "course": "course",
    }
    return {**whole, **changes}


def too_hot():
    events = [event(0, "start"), event(0, "heat_on"), event(200, "guard", name="skin_cutoff", text="Skin at 42.1 °C.")]
    record = {"ended": "skin_cutoff", "ended_text": "The skin was too warm.", "heat_s": 200.0, "stretch_s": 0.0}
    return session(
        "hot", skin_check="marks", pain_after=None, record={**record, "events": [*events, event(201, "ended")]}
    )


def never_begun():
    record = {"ended": "checks", "ended_text": "A check was not met.", "heat_s": 0.0, "started_at": None, "events": []}
    return session("none", device=None, pain_after=None, skin_check="", record=record)


def chart(*sessions):
    """Return a person with everything that can be told."""
    course = {
        "id": "course",
        "programme": PROGRAMME,
        "started_on": "2026-03-02",
        "ends_on": "2026-03-29",
        "status": "on-hold",
        "planned": ["2026-03-02", "2026-03-04"],
        "missed": [{"on": "2026-03-04", "reason": "Holiday"}],
        "note": "Paused for a week.",
        "created": "2026-03-01T09:00:00+01:00",
        "pauses": [{"from": "2026-03-09", "until": "2026-03-15", "reason": "Away"},
                   {"from": "2026-03-20", "until": None}],
        "breaks": [{"id": "course:marks:1", "at": "2026-03-09", "rule": "skin_marks", "text": "Marks on the skin.",
                    "advice": "No heat there until the marks are gone."}],
    }  # fmt: skip
    at = "2026-03-03T07:00:00+01:00"
    return Chart(
        "person",
        sessions or (session("first"), too_hot(), never_begun()),
        [course],
        pains=[{"id": "p", "at": at, "site": {"region": "neck", "side": "left"}, "value": 3, "when": "next morning"}],
        answers=[
            {"id": "a", "measure": "peg", "version": "1", "at": at, "items": _items(4, 5, 4.5), "score": 4.5},
            {"id": "b", "measure": "odi", "at": "2026-03-03", "score": 24},
            {"id": "c", "measure": "psfs", "at": at, "items": _items("Gardening", True), "score": 6},
        ],
        motions=[{"id": "m", "at": at, "name": "Bending forward", "value": 5.25, "unit": "cm", "of_first": 1.1}],
        effects=[{"id": "e", "at": at, "text": "Skin red for two hours", "grade": 3, "session": "first"}],
    )


def _items(*values):
    return [{"id": str(n), "text": f"Question {n}", "value": value} for n, value in enumerate(values)]


@pytest.fixture(scope="module")
def whole():
    """Return the bundle of one person."""
    return fhir.bundle([chart()], "0.1.0")


def of(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


PLANTED = {
    "a status that is none": ("Observation", lambda r: r.update(status="finall")),
    "no status": ("Procedure", lambda r: r.pop("status")),
    "no code": ("Observation", lambda r: r.pop("code")),
    "a property that is none": ("Procedure", lambda r: r.update(bodyPart="back")),
    "two values": ("Observation", lambda r: r.update(valueString="5")),
    "a number as text": ("Observation", lambda r: r["valueQuantity"].update(value="five")),
    "a list that is none": ("Procedure", lambda r: r.update(bodySite={"text": "back"})),
    "a day that is none": ("Procedure", lambda r: r["performedPeriod"].update(start="2026-02-31")),
    "a subject that cannot be one": ("Procedure", lambda r: r.update(subject={"reference": "Bundle/1"})),
    "an intent that is none": ("CarePlan", lambda r: r.update(intent="hope")),
    "a unit without a system": ("Observation", lambda r: r["valueQuantity"].pop("system")),
    "an agent that is nobody": ("Provenance", lambda r: r["agent"][0].pop("who")),
    "an instant that is a day": ("Provenance", lambda r: r.update(recorded="2026-03-02")),
    "an issue of nobody's": ("DetectedIssue", lambda r: r.update(patient="me")),
    "an issue without status": ("DetectedIssue", lambda r: r.pop("status")),
    "a severity that is none": ("DetectedIssue", lambda r: r.update(severity="bad")),
    "an event that may have been": ("AdverseEvent", lambda r: r.update(actuality="perhaps")),
    "an event of nobody": ("AdverseEvent", lambda r: r.pop("subject")),
    "an item without a name": ("QuestionnaireResponse", lambda r: r["item"][0].pop("linkId")),
    "an answer of two kinds": ("QuestionnaireResponse", lambda r: r["item"][0]["answer"][0].update(valueString="4")),
    "a plan without status": ("PlanDefinition", lambda r: r.pop("status")),
    "a unit of time that is none": (
        "ActivityDefinition",
        lambda r: r["timingTiming"]["repeat"].update(periodUnit="week"),
    ),
    "a name of no type": ("Device", lambda r: r["deviceName"][0].update(type="nickname")),
}


def test_others_find_it_right_and_find_what_is_planted(whole, tmp_path):
    wrong = {}
    for name, (kind, spoil) in PLANTED.items():
        needed = {"Procedure": "performedPeriod", "Observation": "valueQuantity"}.get(kind, "id")
        one = next(r for r in of(whole, kind) if needed in r)
        spoil(one := copy.deepcopy(one))
        wrong[name.replace(" ", "_")] = one
    found = problems(tmp_path, whole=whole, **wrong)
    assert found.pop("whole") == []
    assert [name for name, told in found.items() if not told] == []


def test_every_resource_the_record_needs_is_there_once(whole):
    kinds = {entry["resource"]["resourceType"] for entry in whole["entry"]}
    assert kinds == {
        "PlanDefinition", "ActivityDefinition", "CarePlan", "Procedure", "Device", "Observation", "DetectedIssue",
        "QuestionnaireResponse", "AdverseEvent", "Provenance", "Patient", "CodeSystem",
    }  # fmt: skip
    addresses = [entry["fullUrl"] for entry in whole["entry"]]
    assert len(addresses) == len(set(addresses))
    named = {"/".join(address.rsplit("/", 2)[1:]) for address in addresses}
    assert set(_references(whole)) <= named
    own = {c["code"] for c in of(whole, "CodeSystem")[0]["concept"]}
    assert {c for system, c in _codings(whole) if system == fhir.elements.CODES} <= own


def _references(part):
    if isinstance(part, dict):
        yield from ([part["reference"]] if isinstance(part.get("reference"), str) else [])
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _codings(part):
    if isinstance(part, dict):
        yield from ((c.get("system"), c["code"]) for c in part.get("coding", ()))
        for value in part.values():
            yield from _codings(value)
    elif isinstance(part, list):
        for value in part:
            yield from _codings(value)


def test_a_session_says_what_was_done_stopped_and_left_out(whole):
    parents = [p for p in of(whole, "Procedure") if "partOf" not in p]
    assert [p["status"] for p in parents] == ["not-done", "completed", "stopped", "not-done"]
    assert [p.get("statusReason", {}).get("text") for p in parents] == [
        "Holiday", None, "The skin was too warm.", "A check was not met.",
    ]  # fmt: skip
    first, hot = (
        {r["code"]["coding"][0]["code"]: r for r in of(whole, "Procedure") if _part_of(r, p)} for p in parents[1:3]
    )
    assert {code: part["status"] for code, part in first.items()} == dict.fromkeys(
        ("heat", "massage", "stretch"), "completed"
    )
    assert {code: part["status"] for code, part in hot.items()} == {"heat": "stopped", "stretch": "not-done"}
    assert first["stretch"]["performedPeriod"] == {
        "start": "2026-03-02T18:10:20.000+01:00", "end": "2026-03-02T18:20:20.000+01:00",
    }  # fmt: skip
    rule, guard = of(whole, "DetectedIssue")
    assert (rule["detail"], guard["detail"]) == ("Marks on the skin.", "Skin at 42.1 °C.")
    plan = of(whole, "CarePlan")[0]
    assert rule["implicated"] == [{"reference": f"CarePlan/{plan['id']}"}] and "until the marks" in json.dumps(rule)
    assert [n["text"] for n in plan["note"]] == [
        "Paused for a week.", "No sessions from 2026-03-09 to 2026-03-15: Away",
        "No sessions since 2026-03-20: no reason was told",
    ]  # fmt: skip
    assert sorted(e["event"]["text"] for e in of(whole, "AdverseEvent")) == [
        "Marks on the skin",
        "Skin red for two hours",
    ]


def _part_of(part, whole):
    return part.get("partOf") == [{"reference": f"Procedure/{whole['id']}"}]


def test_somebody_vouches_for_everything_that_was_done_or_told(whole):
    vouched = {t["reference"] for p in of(whole, "Provenance") for t in p["target"]}
    shared = {"PlanDefinition", "ActivityDefinition", "Device", "Patient", "CodeSystem", "Provenance"}
    everything = {f"{r['resourceType']}/{r['id']}" for r in (e["resource"] for e in whole["entry"])}
    assert {name for name in everything if name.split("/")[0] not in shared} == vouched
    authors = [a for p in of(whole, "Provenance") for a in p["agent"] if a["who"]["reference"].startswith("Patient/")]
    assert len(authors) == 1


def test_pain_and_dose_are_coded_with_units(whole):
    values = {
        (c["code"], r["valueQuantity"]["code"]): r["valueQuantity"]["value"]
        for r in of(whole, "Observation")
        if "valueQuantity" in r
        for c in r["code"]["coding"]
        if r["effectiveDateTime"] < "2026-03-02T18:20:30"
    }
    assert values[("72514-3", "{score}")] in (3, 5)
    assert values[("heat-duration", "min")] in (10, 3.3333)
    assert values[("irradiance", "W/m2")] == 278.52
    assert values[("cem43", "min")] == 0.0012


def test_the_same_thing_has_the_same_id_and_nothing_of_the_clock_is_in_it(whole):
    assert fhir.bundle([chart()], "0.1.0") == whole
    alone = fhir.bundle([chart(session("first"))], "0.1.0")
    ids = {entry["fullUrl"] for entry in whole["entry"]}
    assert {entry["fullUrl"] for entry in alone["entry"]} <= ids


def test_it_is_written_piece_by_piece():
    asked = []

    def many():
        for n in range(1000):
            asked.append(n)
            yield session(f"s{n}")

    pieces = fhir.bundle_text([chart()] + [Chart("other", many())], "0.1.0")
    for _ in range(100):
        next(pieces)
    assert 0 < len(asked) < 20
    text = "".join(fhir.bundle_text([Chart("other", [session("s1"), session("s2")])], "0.1.0"))
    assert len(json.loads(text)["entry"]) == len(text.splitlines()) - 2  # the first line and the last
