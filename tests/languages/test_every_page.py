"""Every page in the language of tests: no English word is left. What to do when it fails: docs/howto/languages.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import session_walk
import web_walk as walk
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from pseudo_language import english_left

from irtherapy.edge import data
from irtherapy.edge.records.models import Visit
from irtherapy.values import DeviceKind

pytestmark = pytest.mark.django_db

OWN_NAME = "Ļămƥ"  # a name that a person gave, which nobody translates


def check(response: Any, what: str) -> Any:
    """Fail with the list of what is still English on a page."""
    left = english_left(response.content.decode())
    assert not left, f"English is left on {what}:\n" + "\n".join(f"  {text[:200]}" for text in left)
    return response


def plain_addresses() -> list[str]:
    """Return every address of the program that takes no argument."""

    def of(patterns: Any) -> list[str]:
        out = []
        for pattern in patterns:
            if not isinstance(pattern, URLPattern):
                out += of(pattern.url_patterns)
            elif "<" not in str(pattern.pattern):
                out.append(f"/{pattern.pattern}")
        return out

    return sorted(set(of(get_resolver().url_patterns)))


@pytest.mark.parametrize("address", plain_addresses())
def test_a_page_without_a_visit(reader: Client, home: Path, address: str) -> None:
    response = reader.get(address, follow=True)
    if response.headers["Content-Type"].startswith("text/html"):
        check(response, address)


@pytest.mark.parametrize("address", ["/nothing-here/", "/visit/00000000-0000-0000-0000-000000000000/plan/"])
def test_a_page_that_is_not_there(reader: Client, address: str) -> None:
    assert check(reader.get(address), address).status_code == 404


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "500.html"])
def test_the_pages_of_what_went_wrong(pseudo: None, template: str, rf: Any) -> None:
    from django.http import HttpResponse
    from django.template.loader import render_to_string
    from django.utils import translation

    with translation.override("de"):
        check(HttpResponse(render_to_string(template, {}, rf.get("/"))), template)


def test_where(reader: Client) -> None:
    visit = walk.begin(reader, demo=False)
    check(reader.get(reverse("where", args=[visit.id])), "where")
    for wrong in ({"age": "7"}, {"side_lower_back": ""}, {"pain_lower_back": "x"}, {"pain_lower_back": "", "kind": ""}):
        response = walk.tell_where(reader, visit, **wrong)
        assert response.status_code == 422
        check(response, f"where with {wrong}")


def all_questions(client: Client, visit: Visit, **yes: str) -> None:
    """Look at every page of questions, sent back and answered, to the verdict."""
    response = client.get(reverse("screening", args=[visit.id]), follow=True)
    while response.context.get("page") is not None:
        address = response.redirect_chain[-1][0]
        check(response, address)
        check(client.post(address, {}), f"{address} sent back")
        response = client.post(address, {"rest": "no", **{f"q_{k}": word for k, word in yes.items()}}, follow=True)
    check(response, f"verdict after {yes}")


@pytest.mark.parametrize("kind", list(DeviceKind))
def test_all_questions_and_the_device_of_each_kind(reader: Client, home: Path, kind: DeviceKind) -> None:
    visit = walk.begin(reader, demo=False)
    every = {f"{name}_{region}": value for region in ("neck", "upper_back", "lower_back")
             for name, value in (("side", "left"), ("pain", "4"))}  # fmt: skip
    walk.tell_where(reader, visit, **every, age="70", kind=kind.value)
    all_questions(reader, visit)
    check(reader.get(reverse("device", args=[visit.id])), f"device, {kind}")
    response = reader.post(
        reverse("device", args=[visit.id]),
        {
            "device": "unlisted",
            "watts": "9",
            "claimed": "999",
            "distance_cm": "x",
            "room_c": "",
            "height_cm": "5",
            "surface_c": "900",
            "timer_min": "-",
        },
    )
    check(response, f"device sent back, {kind}")
    first = next((d for d in data.catalogue().values() if d.kind is kind and d.id != "simulated_lamp"), None)
    chosen = {"device": first.id if first else "unlisted", "watts": "100", "room_c": "32", "distance_cm": "60"}
    response = reader.post(reverse("device", args=[visit.id]), chosen, follow=True)
    check(response, f"plan, {kind}")


@pytest.mark.parametrize("yes", [{"diabetes": "yes"}, {"numb": "yes"}, {"bladder": "yes"}, {"bladder": "not_sure"}])
def test_the_verdicts(reader: Client, yes: dict[str, str]) -> None:
    visit = walk.begin(reader, demo=False)
    walk.tell_where(reader, visit)
    all_questions(reader, visit, **yes)
    response = reader.post(reverse("verdict", args=[visit.id]), {"who": "", "given_on": "", "until": ""})
    check(response, "verdict sent back")


def test_every_reason_in_every_answer(reader: Client, home: Path) -> None:
    """Each question answered yes, and each not sure: all reasons, actions and questions for a doctor."""
    for word in ("yes", "not_sure"):
        visit = walk.begin(reader, demo=False)
        walk.tell_where(reader, visit, side_neck="both", pain_neck="3", side_upper_back="both", pain_upper_back="3")
        all_questions(reader, visit, **dict.fromkeys(data.questionnaire().questions, word))


def test_the_plan_with_its_advice(reader: Client, home: Path) -> None:
    visit = walk.to_device(reader, demo=False)
    for chosen in ({"device": "r125_150w", "distance_cm": "30", "room_c": "33"},
                   {"device": "unlisted", "watts": "600", "distance_cm": "20", "room_c": "22"}):  # fmt: skip
        response = reader.post(reverse("device", args=[visit.id]), chosen, follow=True)
        check(response, f"plan with {chosen}")


def test_the_session_and_all_after_it(reader: Client, home: Path) -> None:
    visit = session_walk.to_plan(reader)
    check(reader.get(reverse("plan", args=[visit.id])), "plan of a try-out")
    session_walk.start(reader, visit, "60")
    check(reader.get(reverse("session", args=[visit.id])), "session")
    session_walk.heat_on(reader, visit, 20.0)
    check(reader.get(reverse("session", args=[visit.id])), "session under heat")
    session_walk.do(reader, visit, "stop")
    session_walk.wait_for(lambda: session_walk.phase(visit) == "rating")
    address = reverse("after", args=[visit.id])
    check(reader.get(address), "after")
    check(reader.post(address, {"skin_check": "", "pain_after": ""}), "after sent back")
    check(reader.post(address, {"skin_check": "marks", "pain_after": "8", "note": ""}, follow=True), "record")
    for name in ("doctor", "record"):
        check(reader.get(reverse(name, args=[visit.id])), name)
    check(reader.get("/"), "first page with a record")
    check(reader.post(reverse("remove", args=[visit.id])), "removed")


def test_what_is_said_in_a_session(reader: Client, home: Path) -> None:
    from irtherapy.edge import languages
    from irtherapy.edge.web import live
    from irtherapy.session import machine, prompts, replay
    from irtherapy.session.state import END_TEXT, END_TEXT_MANUAL

    visit = session_walk.start(reader, session_walk.to_plan(reader), "60")
    order = live.journal.read_order(live.folder_of(visit))
    said = [p for item in order.stretch for _, p in prompts.timeline(item)]
    state = machine.new(order)
    said += prompts.now(state)
    said += [
        p
        for i, item in enumerate(order.stretch)
        for p in prompts._introduced(item, None, eased=bool(i % 2 and item.easier))
    ]
    values = {
        "minutes": "12.5",
        "seconds": "20",
        "number": 2,
        "of": 3,
        "name": "Chin to chest",
        "say": "Stay up for ten seconds.",
        "position": "sitting",
        "easier": "Go only half as far.",
        "reps": 8,
        "why": END_TEXT["stopped"],
    }
    said += [prompts.Prompt(key, values) for key in prompts.TEXT]
    texts = [prompts.plain(p)["text"] for p in said] + [*END_TEXT.values(), *END_TEXT_MANUAL.values()]
    assert replay.snapshot(state)
    left = [t for t in dict.fromkeys(texts) if english_left(f"<p>{languages.told(t, 'de')}</p>")]
    assert left == []


def test_own_devices(reader: Client, home: Path) -> None:
    for kind, told in (
        ("lamp", {"glow": "red_glass", "watts": "150", "claimed": "60", "claimed_at_cm": "30", "meter": "silicon",
                  "cm_0": "30", "mw_0": "50", "cm_1": "60", "mw_1": "20", "cm_2": "90", "mw_2": "9"}),
        ("wrap", {"watts": "60", "surface_c": "45", "measured_surface_c": "43", "width_cm": "20"}),
    ):  # fmt: skip
        address = reverse("own-device-new", args=[kind])
        check(reader.get(address), f"own device, {kind}")
        check(
            reader.post(address, {"name": "", "watts": "9", "cm_0": "5", "led_nm": "x"}),
            f"own device sent back, {kind}",
        )
        check(reader.post(address, {"name": f"{OWN_NAME} {kind[0]}", **told}, follow=True), f"own device kept, {kind}")
    check(reader.get(reverse("own-devices")), "own devices")


@pytest.mark.parametrize("kind", list(DeviceKind))
def test_the_page_for_an_own_device_of_each_kind(reader: Client, home: Path, kind: DeviceKind) -> None:
    check(reader.get(reverse("own-device-new", args=[kind.value])), f"own device, {kind}")


def test_explore_with_each_device(reader: Client, home: Path) -> None:
    for device in ("r125_150w", next(d.id for d in data.catalogue().values() if d.contact)):
        check(reader.get(f"/explore/?device={device}"), f"explore, {device}")
    check(reader.get("/explore/?device=0"), "explore without a device")
