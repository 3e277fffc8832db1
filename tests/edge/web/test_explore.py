"""The Explore page without a script, and what it refuses."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def allowed(client: Client, **query: str) -> float:
    page = client.get("/explore/", query).content.decode()
    found = re.search(r"<strong>([\d.]+)</strong> minutes would be allowed", page)
    assert found, page[:500]
    return float(found.group(1))


def test_a_plain_form_answers(client: Client) -> None:
    page = client.get("/explore/", {"distance_cm": "80", "minutes": "10", "device": "r125_150w"})
    text = page.content.decode()
    assert page.status_code == 200 and text.count("<svg") == 4 and "at 80&nbsp;cm" in text
    assert 'value="80"' in text and "In 10 minutes" in text
    assert client.get("/explore/", headers={"X-Part": "answer"}).content.decode().count("<html") == 0


def test_nearer_and_darker_is_never_longer(client: Client) -> None:
    assert allowed(client, distance_cm="80") >= allowed(client, distance_cm="60") >= allowed(client, distance_cm="45")
    assert allowed(client, skin_tone="1") >= allowed(client, skin_tone="6")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"distance_cm": "-3"}, "Distance must be a number from 5 to 200 cm"),
        ({"minutes": "nan"}, "Minutes of heat must be a number from 1 to 30 min"),
        ({"skin_tone": "7"}, "Skin type must be a number from 1 to 6"),
        ({"fat_mm": "x" * 500}, "Fat over the muscle must be a number"),
        ({"device": "toaster"}, "is not in the catalogue"),
        ({"site": "knee"}, "Site must be one of neck, upper_back, lower_back"),
    ],
)
def test_a_wrong_figure_is_one_sentence(client: Client, query: dict[str, str], says: str) -> None:
    page = client.get("/explore/", query)
    assert page.status_code == 400 and says in page.content.decode()
    part = client.get("/explore/", query, headers={"X-Part": "answer"})
    assert part.status_code == 400 and says in part.content.decode()


def test_a_pad_lies_on_the_skin(client: Client) -> None:
    text = client.get("/explore/", {"device": "heating_pad_low", "minutes": "10"}).content.decode()
    assert "Light by depth" not in text and 'id="row-distance_cm" hidden' in text


def test_the_slider_goes_where_the_device_is_known(client: Client) -> None:
    text = client.get("/explore/", {"device": "bestqool_pro300", "distance_cm": "60"}).content.decode()
    slider = re.search(r'<input type="range" id="distance_cm"[^>]*>', text)
    assert (
        slider and 'min="16"' in slider[0] and 'max="30" step="1" value="30"' in slider[0] and "at 30&nbsp;cm" in text
    )
    assert re.search(r'value="r125_150w"[^>]*data-near="20" data-far="150"', text)


def test_what_is_far_too_hot_is_drawn_whole_and_said(client: Client) -> None:
    hot = client.get("/explore/", {"device": "r40_250w", "distance_cm": "20", "minutes": "30"}).content.decode()
    assert "Above 45 \u00b0C nobody was measured" in hot
    for points in re.findall(r'points="([^"]+)"', hot):
        assert all(float(pair.split(",")[1]) >= 0.0 for pair in points.split())
    usual = client.get("/explore/").content.decode()
    assert "nobody was measured" not in usual


def test_a_spine_deeper_than_the_curve_is_in_the_picture(client: Client) -> None:
    text = client.get("/explore/", {"fat_mm": "40"}).content.decode()
    by_depth = text[text.index("Temperature by depth") :]
    assert ">spine<" in by_depth[: by_depth.index("</svg>")]
