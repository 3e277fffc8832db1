"""One page for the doctor: every figure on it, tagged, the same bytes twice, whatever is missing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from irtherapy.edge.pdf import pdf_bytes
from irtherapy.export.page import ask_list_page, doctor_page, record_rows
from irtherapy.export.svg import Series, line_chart, ticks


def record(**changes: Any) -> dict[str, Any]:
    times = [30.0 * k for k in range(41)]
    order = {
        "heat_s": 600.0,
        "skin_cutoff_c": 42.0,
        "planned_time_s": times,
        "planned_skin_c": [34 + 6 * min(t, 600) / 600 for t in times],
    }
    samples = [{"at_s": 10.0 + k, "heat_on": k < 540, "skin_c": 34 + k / 100} for k in range(540)]
    base = {
        "order": order,
        "samples": samples,
        "events": [{"at_s": 10.0, "kind": "heat_on", "data": {}}],
        "started_at": "2026-11-23T10:00:00+00:00",
        "ended": "stopped",
        "ended_text": "You stopped the session.",
        "heat_s": 540.0,
        "massage_s": 0.0,
        "stretch_s": 590.0,
        "skin_peak_c": 39.4,
        "cem43_min": 0.07,
        "pain_before_0_10": 6.0,
        "pain_after_0_10": 3.5,
        "skin_check": "red_fading",
        "note": "Felt <b>good</b>",
    }
    return base | changes


def html(**changes: Any) -> str:
    device = {"name": "Lamp 150 W", "contact": False, "irradiance_basis": "modelled"}
    plan = {
        "placement": {"distance_m": 0.55},
        "irradiance_w_m2": 401.0,
        "skin_peak_c": 40.9,
        "muscle_rise_c": 0.61,
        "limit": {"text": "a first session is short"},
    }
    verdict = {"decision": "go", "setting": "home", "precautions": [{"text": "Dark skin in the field."}], "cleared": []}
    sites = [{"region": "lower_back", "side": "left", "pain_0_10": 6}]
    return doctor_page(
        {"age_years": 45}, sites, verdict, device, plan, record(**changes), "Not before Wednesday.", "2026-11-23"
    )


def test_the_pdf_is_one_tagged_page_with_every_figure_and_repeats_to_the_byte() -> None:
    first, second = pdf_bytes(html()), pdf_bytes(html())
    assert first == second
    reader = PdfReader(io.BytesIO(first))
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"]
    text = " ".join(reader.pages[0].extract_text().split())
    for figure in (
        "lower back, left",
        "401 W/m²",
        "40.1 mW/cm²",
        "9.0 min",
        "39.4 °C",
        "−2.5 points",
        "Not before Wednesday",
    ):
        assert figure in text


def test_what_a_person_wrote_is_text_and_no_markup() -> None:
    assert "Felt &lt;b&gt;good&lt;/b&gt;" in html()


@pytest.mark.parametrize(
    "changes",
    [
        {"samples": [], "events": [], "started_at": None, "heat_s": 0.0, "skin_peak_c": None, "ended": "never_started"},
        {"pain_before_0_10": None, "pain_after_0_10": None, "skin_check": None, "note": ""},
        {"skin_check": "marks", "pain_after_0_10": 9.0, "ended": "program_stopped"},
    ],
)
def test_what_is_missing_is_said_and_the_page_stays_one(changes: dict[str, Any]) -> None:
    page = html(**changes)
    assert "None" not in page and "nan" not in page
    assert len(PdfReader(io.BytesIO(pdf_bytes(page))).pages) == 1


def test_the_table_beside_the_chart_has_the_chart_s_figures() -> None:
    rows = record_rows(record(), record()["samples"])
    assert rows[0] == ("0", "34.0", "34.0") and rows[5] == ("5", "37.0", "37.0") and rows[10] == ("10", "40.0", "–")


def test_a_chart_names_its_lines_on_the_lines() -> None:
    lines = [Series("planned", [0, 10], [34, 40], soft=True), Series("measured", [0, 10], [34, 40.1], ember=True)]
    chart = line_chart(lines, "min", "°C", "T", "D", limits=[(42, "cut-off 42 °C")])
    assert all(word in chart for word in ("planned", "measured", "cut-off 42 °C", "<title>T</title>", "<desc>D</desc>"))
    assert "style=" not in chart
    assert ticks(30, 42) == [30, 32.5, 35, 37.5, 40] or ticks(30, 42)[0] == 30


def test_the_list_for_the_doctor_prints() -> None:
    page = ask_list_page(
        {"next_step": "Ask first."}, ["Ask your doctor: is heat all right with a blood thinner?"], "2026-11-23"
    )
    assert b"%PDF" in pdf_bytes(page)[:8]
