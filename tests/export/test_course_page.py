"""The doctor's page of a course: one A4 page in front whatever is in it, tagged, and the same figures everywhere."""

from __future__ import annotations

import datetime
import io
import re
from typing import Any

import course_told as told
import pytest
from pdf_tags import missing
from pypdf import PdfReader

from irtherapy.edge.pdf import pdf_bytes
from irtherapy.export.chart import Chart
from irtherapy.export.course_page import FRONT, READERS, SECTIONS, chosen, course_page, digest
from irtherapy.export.course_page.words import letters, short
from irtherapy.values import InputError

TODAY = datetime.date(2026, 4, 1)


def html(chart: Chart | None = None, **how: Any) -> str:
    """Return the page of a chart, by default of the whole course."""
    return course_page(chart or told.told(), TODAY, told.ZONE, **{"judged": told.JUDGED, **how})


def pages(page: str) -> list[str]:
    """Return the text of each page of the PDF."""
    return [" ".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(pdf_bytes(page))).pages]


def test_the_front_page_is_one_page_and_has_what_a_doctor_asks_for() -> None:
    front, *behind = pages(html(called="P-7"))
    for figure in (
        "Course of infrared heat: lower back, left", "P-7", "2 March 2026 to 29 March 2026", "10 of 12",
        "52 years, female, BMI 24.9", "3 times a week for 4 weeks, 20 min of heat", "You stopped the session", "A cold",
        "157 min in 11 sessions", "278 W/m² (28 mW/cm²)", "39.3 °C at most", "CEM43 0.11 min",
        "6.1 to 3.4 (−2.7; 95 %: −3.5 to −1.9; 1.8 matters)", "4 to 5.35 cm",
        "PEG 5.3 to 3.7 (3 times, too few to judge; 1.0 matters)", "−1.0 points of pain on average",
        "mild: Skin red for two hours (6 Mar)", "The course is over. Go on, taper, stop, or something else?",
        "it does not treat", "1 / 3",
    ):  # fmt: skip
        assert figure in front, figure
    assert behind[0].startswith("Every session") and "not done: A cold" in behind[0]
    assert " ".join(behind).count("next morning") == 1 and "29 Mar" in behind[-1]


def test_the_front_page_is_one_page_even_where_every_text_is_too_long() -> None:
    chart = told.too_long()
    for page in (html(chart, judged=told.JUDGED_TOO_LONG, called="W" * 90), html(chart, judged=())):
        front, behind, *_ = pages(page)
        assert "it does not treat" in front and "Every session" not in front
        assert behind.startswith("Every session")
    only = course_page(chart, TODAY, told.ZONE, judged=told.JUDGED_TOO_LONG, sections=tuple(FRONT))
    assert len(pages(only)) == 1


def longer(page: str, share: float) -> str:
    """Return a page whose every text is longer by a share, as other languages are."""

    def more(text: re.Match[str]) -> str:
        return f">{text[1]} {('abcde ' * 20)[: int(len(text[1].strip()) * share)]}<" if len(text[1]) > 4 else text[0]

    head, body = page.split("<body>")
    parts = re.split(r"(<svg.*?</svg>)", body, flags=re.DOTALL)
    return head + "<body>" + "".join(p if i % 2 else re.sub(">([^<>]+)<", more, p) for i, p in enumerate(parts))


def test_it_is_one_page_in_a_language_that_needs_more_room_too() -> None:
    for page in (html(called="P-7"), html(told.too_long(), judged=told.JUDGED_TOO_LONG, called="W" * 90)):
        front, behind, *_ = pages(longer(page, 0.3))
        assert "it does not treat" in front and behind.startswith("Every session")


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_s_pdf_is_tagged_as_pdf_ua_asks_and_repeats_to_the_byte(reader: str) -> None:
    page = html(reader=reader, called="P-7")
    made = pdf_bytes(page)
    assert missing(made) == [] and made == pdf_bytes(page)


def test_the_check_of_tags_bites() -> None:
    good = html(sections=("when", "chart", "sessions"))
    assert missing(pdf_bytes(good)) == []
    spoiled = {
        "language": good.replace('<html lang="en">', "<html>"),
        "headings": good.replace("<h2>", "<h3>").replace("</h2>", "</h3>"),
        "figure": re.sub(r"<title>Pain.*?</title>", "", good),
        "header": good.replace('<th scope="row">', "<td>").replace('<th scope="col">', "<td>"),
    }
    for what, page in spoiled.items():
        assert any(what in one for one in missing(pdf_bytes(page))), what


def test_each_reader_gets_what_is_meant_for_them_and_ticks_go_first() -> None:
    assert "notes" in chosen() and "notes" not in chosen(reader="therapist")
    insurer = html(told.told(), reader="insurer")
    assert "52 years" not in insurer and "Open questions" not in insurer and "Heat in all" in insurer
    assert chosen(("diary", "who")) == ("who", "diary")
    assert "<h2>Who" in html(sections=("who",)) and "<h2>When" not in html(sections=("who",))
    with pytest.raises(InputError, match="Sections must be among who, what"):
        chosen(("whom",))
    with pytest.raises(InputError, match="Reader must be one of doctor"):
        chosen(reader="neighbour")
    assert set(SECTIONS) >= set(FRONT)


def test_what_is_missing_is_said() -> None:
    empty = html(Chart("nobody"), judged=())
    assert "No session is recorded yet." in empty and "None was told." in empty
    for word in ("None<", ">None", "nan", "{", "['"):
        assert word not in empty.split("</style>")[1].replace("None was told", "")
    assert missing(pdf_bytes(empty)) == []


def test_figures_come_from_the_sessions_and_the_diary_alone() -> None:
    d = digest(told.told(), TODAY, told.ZONE)
    assert (d.completed, d.due, len(d.missed)) == (10, 12, 1)
    assert d.heat_min == pytest.approx(10 * 15 + 400 / 60)
    assert dict(d.weekly_min) == {
        (told.FIRST + datetime.timedelta(days=7 * n), "lower_back"): pytest.approx(minutes)
        for n, minutes in enumerate((45, 15 + 400 / 60, 45, 45))
    }
    first, last = d.weeks_pain("lower_back") or (0.0, 0.0)
    # The seven days' means: a day with heat has the morning's rating and the one before heat.
    days = [[6.2, 6.0], [6.1], [6.0, 5.8], [5.9], [5.8, 5.5], [5.7], [5.6]]
    assert first == pytest.approx(sum(sum(v) / len(v) for v in days) / 7) and last < first
    assert len(d.pains) == 28 + 22  # none twice, none lost


def test_the_ceilings_are_those_that_held_and_a_rule_that_paused_is_told() -> None:
    set_here = {"order": {"region": "neck", "heat_s": 900.0, "driver": "mqtt", "setting": "clinic"}}
    clinic = html(Chart("p", [told.session(0, 0, record=set_here)]), judged=())
    assert "<td>clinic</td>" in clinic and "nobody was heated" not in clinic
    course = {**told.told().courses[0], "pauses": []}
    assert "Paused: you told of an illness (from 9 Mar)" in html(told.told(courses=[course]))


def test_days_are_those_of_the_person_s_clock() -> None:
    late = told.session(0, 0, record={"started_at": "2026-03-02T23:30:00+00:00"})
    assert digest(Chart("p", [late]), TODAY, told.ZONE).sessions[0].day == datetime.date(2026, 3, 3)


def test_alarms_are_asked_first_and_no_gain_is_said() -> None:
    marks = html(Chart("p", [told.session(0, 0, skin_check="marks")]))
    assert "Marks on the skin on 2 Mar: should heat at this site stop for good?" in marks
    flat = [
        {"id": str(n), "at": told.on(n), "site": {"region": "lower_back"}, "value": 5, "when": ""} for n in range(28)
    ]
    rising = [{**p, "value": 3 + n / 7} for n, p in enumerate(flat)]
    course = {**told.told().courses[0], "status": "active"}
    page = html(Chart("p", (), [course], pains=rising), judged=())
    assert "Pain rose by 3.0 points" in page
    page = html(Chart("p", (), [course], pains=flat), judged=())
    assert "the pain at the lower back is not less by as much as matters" in page


def test_words_of_people_are_text_and_are_cut_by_width() -> None:
    assert "&lt;b&gt;" in html(told.told(effects=[{"id": "e", "at": told.on(1), "text": "<b>", "grade": 1}]))
    assert short("a plain word", 40) == "a plain word" and short("one two three four", 12) == "one two…"
    assert letters(short("W" * 90, 30)) <= 30 and letters(short("熱" * 90, 30)) <= 30
