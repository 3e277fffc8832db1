"""The pages in US units: nothing metric is left on the way through, and what is typed in inches is that distance."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import web_walk as walk
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.edge import us_units
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web import measures
from irtherapy.values import DeviceKind

pytestmark = pytest.mark.django_db

METRIC_LEFT = re.compile(r"°C|(?<![A-Za-z/])cm\b(?!²| \(6 inches\))|\bkg\b")
LAMP_US = {
    "units": "us",
    "device": "r125_150w",
    "distance_cm": "24",
    "room_c": "72",
    "height_cm": "70",
    "weight_kg": "165",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def us() -> Client:
    """A browser whose person chose US units."""
    client = Client()
    client.post(reverse("set-units"), {"units": "us"})
    return client


def shown(html: str) -> str:
    """Return the texts and spoken attributes of a page."""
    html = re.sub(r"<(style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'\b(?:aria-label|title|alt|data-told)="([^"]*)"', html))
    return re.sub(r"<[^>]+>", " ", html) + spoken


def check(response: Any, what: str) -> str:
    """Fail with what is still metric on a page; return its text."""
    text = shown(response.content.decode())
    left = [text[max(0, m.start() - 50) : m.end() + 20] for m in METRIC_LEFT.finditer(text)]
    assert not left, f"metric on {what}: {left}"
    assert us_units.DIFFERENCE not in text
    return text


def test_nothing_metric_is_left_from_the_first_page_to_the_plan(us: Client, home: Path) -> None:
    visit = walk.begin(us, demo=False)
    check(us.get(reverse("where", args=[visit.id])), "where")
    walk.tell_where(us, visit)
    walk.answer(us, visit)
    address = reverse("device", args=[visit.id])
    text = check(us.get(address), "device")
    assert "86 to 167" not in text and "°F" in text and re.search(r"\bin\b", text) and "lb" in text
    check(us.post(address, {**LAMP_US, "distance_cm": "300", "room_c": "10", "height_cm": "9"}), "device sent back")
    text = check(us.post(address, LAMP_US, follow=True), "plan")
    assert "at 24 in from the skin" in text
    visit.refresh_from_db()
    assert visit.placement["distance_m"] == pytest.approx(0.6096)
    assert visit.placement["room_c"] == pytest.approx((72 - 32) / 1.8)
    assert visit.person["height_m"] == pytest.approx(1.778)
    assert visit.person["weight_kg"] == pytest.approx(74.8427, abs=1e-4)


@pytest.mark.parametrize("language", ["de", "es", "zh-hans"])
def test_in_every_language(us: Client, home: Path, language: str) -> None:
    visit = walk.to_plan(us)
    address = reverse("plan", args=[visit.id])
    us.cookies["irtherapy_units"] = "metric"
    english = shown(us.get(address).content.decode())
    rise = float(re.findall(r"grows\s+([\d.]+)", english)[0])
    us.cookies["irtherapy_units"] = "us"
    us.cookies["django_language"] = language
    text = check(us.get(address), f"plan, {language}")
    decimal = "." if language == "zh-hans" else ","
    warmer = f"{rise * 1.8:.1f}".rstrip("0").rstrip(".").replace(".", decimal)
    assert re.search(rf"(?<![\d.,]){re.escape(warmer)}(?:&nbsp;|\s)*°F", text)
    assert f"0{decimal}9 °F" in text  # half a degree, as a difference
    check(us.get(reverse("device", args=[visit.id])), f"device, {language}")
    check(us.get(reverse("explore")), f"explore, {language}")


@pytest.mark.parametrize("kind", list(DeviceKind))
def test_the_device_pages_of_each_kind(us: Client, home: Path, kind: DeviceKind) -> None:
    visit = walk.to_device(us, demo=False, kind=kind.value)
    check(us.get(reverse("device", args=[visit.id])), f"device, {kind}")
    address = reverse("own-device-new", args=[kind.value])
    check(us.get(address), f"own device, {kind}")
    wrong = {"units": "us", "surface_c": "900", "claimed_at_cm": "900", "width_cm": "90", "cm_0": "900", "mw_0": "5"}
    check(us.post(address, wrong), f"own device sent back, {kind}")


def test_a_device_of_ones_own_told_in_inches_is_shown_in_inches(us: Client, home: Path) -> None:
    address = reverse("own-device-new", args=["lamp"])
    told = {"units": "us", "name": "Mine", "watts": "150", "glow": "red_glass", "claimed": "40", "claimed_at_cm": "12",
            "meter": "thermal", "cm_0": "12", "mw_0": "30", "cm_1": "24", "mw_1": "12"}  # fmt: skip
    text = check(us.post(address, told, follow=True), "own devices")
    assert "40 mW/cm² at 12 in" in text and "inches from the device" in text


def test_the_difference_on_the_plan_and_the_chart_are_in_fahrenheit(us: Client, client: Client, home: Path) -> None:
    visit = walk.to_plan(client)
    address = reverse("plan", args=[visit.id])
    metric, text = shown(client.get(address).content.decode()), check(us.get(address), "plan of a try-out")
    rise = re.compile(r"grows\s+([\d.]+)(?:&nbsp;|\s)+°([CF]) warmer")
    (kelvin, _), (fahrenheit, _) = rise.findall(metric)[0], rise.findall(text)[0]
    assert float(fahrenheit) == pytest.approx(float(kelvin) * 1.8, abs=0.06)
    assert "switched off at 108 °F" in text
    axis = {float(t) for t in re.findall(r"<text[^>]*>(\d+)</text>", us.get(address).content.decode())}
    assert axis & {95.0, 100.0, 105.0, 110.0}


@pytest.mark.parametrize(
    "query", ["", "?distance_cm=30&minutes=30&room_c=30", "?distance_cm=900", "?device=thermacare_wrap"]
)
def test_explore(us: Client, query: str) -> None:
    text = check(us.get(reverse("explore") + query), f"explore {query}")
    assert "°F" in text
    if not query:
        assert re.search(r"Distance:\s+24\s*&nbsp;in", text) and re.search(r"Room:\s+72\s*&nbsp;°F", text)


def test_the_units_are_those_chosen_else_those_of_the_browsers_language() -> None:
    address = reverse("explore")
    for wish, us_first in (
        ("en-US,en;q=0.9", True),
        ("en-GB,en-US;q=0.9", False),
        ("de", False),
        ("", False),
        ("en-us;q=0.8", True),
    ):
        assert ("°F" in Client(headers={"accept-language": wish}).get(address).content.decode()) is us_first
    client = Client(headers={"accept-language": "en-US"})
    client.post(reverse("set-units"), {"units": "metric"})
    assert "°F" not in client.get(address).content.decode()
    refused = client.post(reverse("set-units"), {"units": "furlong", "next": "//elsewhere.example/"})
    assert refused.url == "/" and measures.COOKIE not in refused.cookies


def test_the_page_says_which_units_are_chosen(us: Client) -> None:
    page = us.get(reverse("preferences")).content.decode()
    assert re.search(r'value="us" checked', page)
    assert "Metric: °C, cm and kg" in page


def test_a_form_is_read_in_the_units_in_which_it_was_shown(us: Client, client: Client, home: Path) -> None:
    """The units were changed in another window between the form and its answer: 24 in stay 24 in."""
    visit = walk.to_device(client, demo=False)
    address = reverse("device", args=[visit.id])
    back = client.post(address, {**LAMP_US, "room_c": "x"}).content.decode()
    assert re.search(r'name="distance_cm"[^>]*value="24"[^>]*><span class="unit">in<', back)
    assert 'name="units" value="us"' in back
    back = us.post(address, {**walk.DEVICE, "units": "metric", "room_c": "x"}).content.decode()
    assert re.search(r'name="distance_cm"[^>]*value="50"[^>]*><span class="unit">cm<', back)
    client.post(address, LAMP_US)
    visit.refresh_from_db()
    assert visit.placement["distance_m"] == pytest.approx(0.6096)


def fields(html: str) -> dict[str, str]:
    """Return the named fields of a form with their values, as a browser would post them untouched."""
    found = re.findall(r"<input[^>]*>", html)
    out = {}
    for tag in found:
        kind, name, value = (re.search(rf'\b{a}="([^"]*)"', tag) for a in ("type", "name", "value"))
        if name and value and (not kind or kind[1] not in ("radio", "checkbox") or " checked" in tag):
            out[name[1]] = value[1]
    return out


@settings(max_examples=12)
@given(cm=st.integers(250, 1500), room=st.integers(150, 320), height=st.integers(1400, 2000), kg=st.integers(450, 1200))
def test_a_form_shown_in_us_units_and_posted_untouched_keeps_every_figure(
    cm: int, room: int, height: int, kg: int
) -> None:
    client = Client()
    visit = walk.to_device(client, demo=False)
    address = reverse("device", args=[visit.id])
    typed = {"device": "r125_150w", "distance_cm": f"{cm / 10}", "room_c": f"{room / 10}"}
    client.post(address, {**typed, "height_cm": f"{height / 10}", "weight_kg": f"{kg / 10}"})
    before = Visit.objects.get(id=visit.id)
    client.post(reverse("set-units"), {"units": "us"})
    client.post(address, fields(client.get(address).content.decode()))
    after = Visit.objects.get(id=visit.id)
    assert (after.placement, after.person, after.device) == (before.placement, before.person, before.device)


SOME_VISIT = "3b7c1d52-6f0e-4c55-9f6d-0a4f3e8b2c11"


@pytest.mark.parametrize(
    ("address", "told"),
    [(f"/visit/{SOME_VISIT}/doctor/", "40 °C"), ("/evidence/", "40 °C"), ("/course-report/page/", "40 °C"),
     ("/outcome/", "40 °C"), ("/course/", "104 °F"), (f"/visit/{SOME_VISIT}/plan/", "104 °F")],
)  # fmt: skip
def test_pages_for_a_doctor_and_studies_stay_metric(rf: RequestFactory, address: str, told: str) -> None:
    request = rf.get(address)
    request.resolver_match = resolve(address)
    with measures.told_in(measures.US):
        assert measures.finished(request, HttpResponse("<p>40 °C</p>")).content.decode() == f"<p>{told}</p>"
        kept = measures.finished(request, HttpResponse("40 °C", content_type="text/csv"))
        assert kept.content.decode() == "40 °C"


def test_every_figure_of_a_chart_is_converted_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, Any] = {}
    monkeypatch.setattr(measures.svg, "line_chart", lambda s, x, y, *_, **more: drawn.update(s=s, x=x, **more) or "")
    line, band = measures.svg.Series("skin", [10.0], [40.0, None]), measures.svg.Band([10.0], [0.0], [100.0], "")
    with measures.told_in(measures.US):
        measures.line_chart([line], "minutes", "°C", "", "", band=band, limits=[(42.0, "off")], y_range=(30.0, 45.0))
        assert (drawn["s"][0].y, drawn["band"].low, drawn["band"].high) == ([104.0, None], [32.0], [212.0])
        assert (drawn["limits"][0][0], drawn["y_range"]) == (pytest.approx(107.6), (86.0, 113.0))
        measures.line_chart([line], "cm from the device", "mW/cm²", "", "", band=band)
    assert drawn["s"][0].x == drawn["band"].x == [pytest.approx(3.937, abs=1e-3)]
    assert drawn["s"][0].y == [40.0, None]
