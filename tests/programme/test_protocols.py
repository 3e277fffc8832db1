"""Programmes hold to their ceilings, block after block, and a clinic's own stands beside the shipped ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy import limits, pathway
from irtherapy.edge import programmes as shelf
from irtherapy.edge.data import catalogue, read
from irtherapy.export.fhir import courses
from irtherapy.programme import protocols
from irtherapy.programme.protocols import load, public, usual, why_not
from irtherapy.values import WITH_HEAT, DeviceKind, InputError, Mark, PhaseKind, Programme, Setting, from_json, to_json

TEXT = read("programmes.csv")
SHIPPED = load(TEXT)


def own(text: str, name: str = "ours") -> str:
    """Return the lines of the clinic's programme under another id."""
    rows = [line for line in text.splitlines() if line.startswith(("id,", "clinic_30"))]
    return "\n".join(rows).replace("clinic_30", name) + "\n"


def test_the_four_programmes_are_what_their_sources_say() -> None:
    home, massage = SHIPPED["home_20_10"], SHIPPED["heat_massage"]
    clinic, pads = SHIPPED["clinic_30"], SHIPPED["mire_pads"]
    assert (home.heat_min, home.massage_min, home.phases[-1].minutes * 60) == (20, None, limits.STRETCH_S)
    assert (massage.heat_min, massage.massage_min, massage.minutes) == (20, (5, 15), 30)
    assert (clinic.heat_min, clinic.minutes, clinic.per_week, clinic.weeks) == (10, 30, 3, 4)
    assert [(p.kind.value, p.minutes) for p in clinic.exercise] == [("stretch", 7), ("core", 8), ("posture", 5)]
    assert [clinic.exercise[1].level(week) for week in range(6)] == [1, 1, 1, 2, 3, 3]
    assert (pads.heat_min, pads.kinds) == (limits.MIRE_CLINIC_MAX_MIN, {DeviceKind.LED_PADS})
    assert pads.mark is Mark.DERIVED and "NCT01920971" in pads.source


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("heat,5,,\"Heat only, then", "heat,6,,\"Heat only, then", "line 6 makes 21 minutes of heat; the most is 20"),
        ("heat,10,,Heat before", "heat,31,,Heat before", "line 8 makes 31 minutes of heat; the most is 30"),
        ("clinic,led_pads,3,4,heat", "clinic,led_pads,3,4,massage", "line 12: massage begins after 5 minutes"),
        ("heat,40,", "heat,41,", "line 12 makes 41 minutes of heat; the most is 40"),
        ("massage,10,", "massage,nan,", "line 5, minutes must be a number"),
        ("massage,10,", "sauna,10,", "line 5: phase must be one of heat, massage"),
        ("home,,3,4,massage", "clinic,,3,4,massage", "line 5: setting must be the same"),
        ("clinic_30,1,Heat and exercise in the clinic,clinic,,3,4,core,8,1;1;2;3", "clinic_30,1,Heat and exercise "
         "in the clinic,clinic,,3,4,core,8,2;1", "line 10: levels must rise"),
        ("clinic_30,1,Heat and exercise in the clinic,clinic,,3,4,posture", "clinic_30,1,Heat and exercise in the "
         "clinic,clinic,,3,4,heat", "levels are for exercises"),
        ("clinic_30,1,Heat and exercise in the clinic,clinic,,3,4,posture,5,", "clinic_30,1,Heat and exercise in the "
         "clinic,clinic,,3,4,posture,66,", "line 11 makes 91 minutes; a session has 90"),
        ("heat,20,", "heat,20,1", "levels are for exercises"),
    ],
)  # fmt: skip
def test_the_line_that_is_wrong_is_named(old: str, new: str, words: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(InputError, match=words):
        load(TEXT.replace(old, new))


def test_heat_after_exercise_and_massage_twice_are_refused() -> None:
    rows = own(TEXT).splitlines()
    late = rows[1].replace("ours.heat", "ours.late")
    with pytest.raises(InputError, match="c.csv, line 6: heat comes before the exercises"):
        load("\n".join([*rows, late]), "c.csv")
    head, heat = rows[0], rows[1].replace(",heat,10,", ",heat,6,")
    twice = [heat.replace("ours.heat", f"ours.{n}") for n in range(4)]
    twice[1], twice[3] = (twice[n].replace(",heat,6,", ",massage,6,") for n in (1, 3))
    with pytest.raises(InputError, match="line 5: massage is one block"):
        load("\n".join([head, *twice]), "c.csv")


@given(
    st.sampled_from(["home", "clinic"]),
    st.sampled_from(["", *(kind.value for kind in DeviceKind)]),
    st.lists(st.tuples(st.sampled_from([k.value for k in PhaseKind]), st.integers(0, 50)), min_size=1, max_size=6),
)
def test_whatever_a_file_says_no_programme_passes_a_ceiling(
    setting: str, devices: str, blocks: list[tuple[str, int]]
) -> None:
    rows = [f"{n},x1,1,T,{setting},{devices},3,4,{kind},{min_},,S,src,derived" for n, (kind, min_) in enumerate(blocks)]
    try:
        made = load("\n".join([TEXT.splitlines()[0], *rows]), "x.csv")["x1"]
    except InputError as error:
        assert "x.csv, line" in str(error)
        return
    most = 20 if setting == "home" else 40 if devices == "led_pads" else 30
    assert made.heat_min <= most and made.minutes <= protocols.SESSION_MAX_MIN
    kinds = [phase.kind in WITH_HEAT for phase in made.phases]
    assert kinds == sorted(kinds, reverse=True)


def test_the_usual_programme_is_the_one_made_for_the_device() -> None:
    every = SHIPPED.values()
    for device in catalogue().values():
        home = usual(every, Setting.HOME_AT_RISK, device.kind, device.has_massage)
        assert home.id == ("heat_massage" if device.has_massage else "home_20_10")
        clinic = pathway.usual_programme(SHIPPED, Setting.CLINIC, device)
        assert clinic.id == ("mire_pads" if device.kind is DeviceKind.LED_PADS else "clinic_30")
    assert why_not(SHIPPED["clinic_30"], Setting.HOME, DeviceKind.LAMP, False) == "It is for a clinic."
    assert why_not(SHIPPED["heat_massage"], Setting.HOME, DeviceKind.CHAIR, False) is not None
    with pytest.raises(InputError, match="no programme for this device"):
        usual([SHIPPED["mire_pads"]], Setting.CLINIC, DeviceKind.LAMP, False)


@pytest.mark.parametrize("one", SHIPPED.values(), ids=lambda one: one.id)
def test_a_programme_survives_json_and_is_what_a_course_is_exported_from(one: Programme) -> None:
    assert from_json(Programme, json.loads(json.dumps(to_json(one)))) == one
    plain = json.loads(json.dumps(public(one)))
    assert {"id", "version", "title", "setting", "per_week", "weeks", "heat_min", "parts", "source", "mark"} <= {*plain}
    plan, activity = courses.programme_resources(plain)
    assert len(plan["action"][0]["action"]) == len(one.phases)
    assert activity["timingTiming"]["repeat"]["duration"] == one.heat_min


@pytest.fixture
def home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    return tmp_path


def test_an_own_programme_stands_beside_and_never_in_the_place_of_a_shipped_one(home_folder: Path) -> None:
    file = home_folder / "c.csv"
    file.write_text(own(TEXT, "clinic_30"))
    with pytest.raises(InputError, match="clinic_30 is shipped. Give yours an id of its own"):
        shelf.add(file)
    assert not shelf.folder().exists()
    file.write_text(own(TEXT) + own(TEXT, "theirs").split("\n", 1)[1])
    assert [one.id for one in shelf.add(file)] == ["ours", "theirs"]
    assert list(shelf.known()) == [*SHIPPED, "ours", "theirs"]
    file.write_text(own(TEXT).replace(",1,Heat", ",2,Heat"))
    shelf.add(file)
    assert shelf.find("ours").version == "2" and shelf.find("theirs").version == "1"
    assert load(shelf.table_of(shelf.find("ours")), "again")["ours"] == shelf.find("ours")
    assert shelf.remove("ours").id == "ours" and list(shelf.own()[0]) == ["theirs"]
    with pytest.raises(InputError, match="shipped and stays"):
        shelf.remove("clinic_30")
    with pytest.raises(InputError, match="Known: theirs"):
        shelf.remove("ours")


def test_a_file_laid_there_by_hand_is_checked_as_any_other(home_folder: Path) -> None:
    shelf.folder().mkdir(parents=True)
    (shelf.folder() / "a.csv").write_text(own(TEXT, "mine"))
    (shelf.folder() / "b.csv").write_text(own(TEXT).replace(",heat,10,", ",heat,45,"))
    (shelf.folder() / "c.csv").write_text(own(TEXT, "home_20_10"))
    (shelf.folder() / "d.csv").write_bytes(b"\xff\xfe\x00")
    (shelf.folder() / "e.csv").write_text(own(TEXT, "mine"))
    found, wrong = shelf.own()
    assert list(found) == ["mine"] and len(wrong) == 4
    assert "b.csv, line 2 makes 45 minutes of heat; the most is 30" in wrong[0] and "is shipped" in wrong[1]
    assert "cannot be read as text" in wrong[2] and "stands here already" in wrong[3]
