"""The page of a course in the language of tests: nothing is left in English, however full it is and however cut."""

from __future__ import annotations

import datetime
import re
from functools import partial

import course_told as told
import pytest
from pseudo_language import english_left

from irtherapy.edge import languages
from irtherapy.export.course_page import READERS, course_page

TODAY = datetime.date(2026, 4, 1)
OF_PEOPLE = re.compile(
    r"A cold|Skin red for two hours|facts of the programme's own paper|Red bulb|[WM]{2,}|anybody|"
    "Dark skin in the field|Bending forward|Paused: you told of an illness|Roland-Morris|then stretching|"
    "Over 27 days it went from its start by"
)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("full", [False, True], ids=["as it is", "too long"])
def test_a_course_s_page_is_told(pseudo: None, reader: str, full: bool) -> None:
    chart, judged = (told.too_long(), told.JUDGED_TOO_LONG) if full else (told.told(), told.JUDGED)
    say = partial(languages.told, language="de")
    page = course_page(chart, TODAY, told.ZONE, judged=judged, reader=reader, say=say)
    left = english_left(OF_PEOPLE.sub("", languages.told_page(page, "de").replace("&#x27;", "'")))
    assert not left, "English is left:\n" + "\n".join(f"  {text[:200]}" for text in left)
