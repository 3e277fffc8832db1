"""A device of one's own on the page: told, measured, shown, chosen, forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
import web_walk as walk
from django.test import Client
from django.urls import reverse

from irtherapy.edge import devices

pytestmark = pytest.mark.django_db
LAMP = {"name": "My lamp", "glow": "red_glass", "watts": "150", "claimed": "60", "claimed_at_cm": "30"}
READINGS = {"meter": "thermal", "cm_0": "30", "mw_0": "42,5", "cm_1": "60", "mw_1": "17"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path))


def test_told_measured_shown_chosen_and_forgotten(client: Client) -> None:
    page = reverse("own-device-new", args=["lamp"])
    shelf = client.post(page, {**LAMP, **READINGS}, follow=True).content.decode()
    assert "My lamp is kept" in shelf and "Claimed: 60 mW/cm² at 30 cm" in shelf and "Measured: 42.6 mW/cm²" in shelf
    assert "<svg" in shelf and "1.4 times what was measured" in shelf
    visit = walk.to_device(client, demo=False)
    listed = client.get(reverse("device", args=[visit.id])).content.decode()
    assert "My lamp" in listed
    told = {"distance_cm": "50", "room_c": "22"}
    told["device"] = next(iter(devices.load()))
    plan = client.post(reverse("device", args=[visit.id]), told, follow=True)
    assert plan.status_code == 200 and "minutes" in plan.content.decode()
    visit.refresh_from_db()
    assert visit.device_value is not None and visit.device_value.id == told["device"]
    gone = client.post(reverse("own-device-forget"), {"device": told["device"]}, follow=True).content.decode()
    assert "forgotten" in gone and devices.load() == {}


def test_from_a_visit_it_leads_back_to_the_visit(client: Client) -> None:
    visit = walk.to_device(client, demo=False)
    page = reverse("own-device-new", args=["lamp"]) + f"?visit={visit.id}"
    assert client.post(page, LAMP).headers["Location"] == reverse("device", args=[visit.id])
    assert client.post(reverse("own-device-new", args=["lamp"]) + "?visit=//evil", LAMP).headers["Location"] == reverse(
        "own-devices"
    )


@pytest.mark.parametrize(
    ("kind", "changes", "says"),
    [
        ("lamp", {"name": ""}, "Name must have 1 to 60"),
        ("lamp", {"glow": "blue"}, "what its glass looks like"),
        ("lamp", {**READINGS, "mw_1": "80"}, "Between 30 and 60 cm the reading rises"),
        ("lamp", {**READINGS, "meter": ""}, "which meter"),
        ("lamp", {"cm_0": "30"}, "what the meter showed"),
        ("lamp", {"mw_0": "30", "meter": "thermal"}, "distance of this reading"),
        ("lamp", {"mw_0": "nan", "cm_0": "30", "meter": "thermal"}, "Reading"),
        ("led_panel", {"led_nm": "red"}, "LED wavelengths must be numbers"),
        ("led_panel", {"led_nm": "20"}, "LED wavelength"),
        ("wrap", {"surface_c": "200"}, "Surface temperature"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(
    client: Client, kind: str, changes: dict[str, str], says: str
) -> None:
    answer = client.post(reverse("own-device-new", args=[kind]), {**LAMP, **changes})
    assert answer.status_code == 422 and says in answer.content.decode() and devices.load() == {}


def test_every_kind_has_its_page_and_no_other_has(client: Client) -> None:
    for kind in ("lamp", "led_panel", "led_pads", "wrap", "heating_pad", "chair", "hand_held"):
        assert client.get(reverse("own-device-new", args=[kind])).status_code == 200
    assert client.get(reverse("own-device-new", args=["stove"])).status_code == 404
    assert "You have added none yet" in client.get(reverse("own-devices")).content.decode()
