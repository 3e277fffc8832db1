"""The tables: complete, in plain words, asked where they apply, and short enough to answer."""

from __future__ import annotations

import itertools
import re

import pytest

from irtherapy import screening
from irtherapy.edge.data import read
from irtherapy.screening import rules
from irtherapy.screening.questions import ITEMS_MAX, applicable
from irtherapy.values import DeviceKind, InputError, Mark, Region

ALL_ROWS = {f"R{i:02d}" for i in range(1, 35)} | {f"C{i:02d}" for i in range(1, 71)}
AGES = (6, 16, 19, 40, 57, 70, 90)
CASES = tuple(itertools.product(Region, DeviceKind, AGES))


def syllables(word: str) -> int:
    """Count syllables roughly: groups of vowels, less a silent e or ed."""
    count = len(re.findall(r"[aeiouy]+", word.lower()))
    if count > 1 and re.search(r"([^le]e|[^aeiouytd]ed)$", word.lower()):
        count -= 1
    return max(count, 1)


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid 1975)."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(len(re.findall(r"[.?:;]", text)), 1)
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_every_row_of_the_facts_is_here(questionnaire):
    assert {row.id for row in questionnaire.rows} == ALL_ROWS


def test_every_row_is_reached_by_a_question_or_by_age(questionnaire):
    reached = set()
    for region, kind, age in CASES:
        for when in rules.WHEN:
            asked = {q.id for q in applicable(questionnaire, region, kind, age, when)}
            for row in questionnaire.rows:
                if rules.applies(row, frozenset({region}), frozenset({kind}), when) and rules.worth(
                    row.rule, dict.fromkeys(asked, "yes"), age
                ):
                    reached.add(row.id)
    assert reached == ALL_ROWS


def test_every_question_leads_somewhere(questionnaire):
    assert [q.id for q in questionnaire.questions.values() if not (q.rows or q.flags)] == []
    assert {f for q in questionnaire.questions.values() for f in q.flags} == screening.FLAGS


@pytest.mark.parametrize("region", Region)
def test_pages_are_few_and_short(questionnaire, region):
    for kind, age in itertools.product(DeviceKind, AGES):
        pages = screening.pages_for(questionnaire, region, kind, age)
        items = [q.id for page in pages for q in page.items]
        assert 6 <= len(pages) <= 9
        assert all(1 <= len(page.items) <= ITEMS_MAX for page in pages)
        assert len(items) == len(set(items)) <= 72
        assert pages[0].id == "emergency"


def test_many_places_and_kinds_split_pages_evenly(questionnaire):
    pages = screening.pages_for(questionnaire, Region, DeviceKind, 70)
    assert all(len(page.items) <= ITEMS_MAX for page in pages)
    assert len({page.id for page in pages}) == len(pages)
    assert {q.id for p in pages for q in p.items} >= {"bladder", "sudden_neck", "epilepsy", "oxygen"}


def test_emergencies_are_asked_first(questionnaire):
    emergency = {row.id for row in questionnaire.rows if row.level == "emergency"}
    for question in questionnaire.questions.values():
        assert (question.page == "emergency") == bool(emergency & set(question.rows))


def test_next_sessions_ask_only_what_changes(questionnaire):
    first = screening.pages_for(questionnaire, Region.NECK, DeviceKind.LAMP, 40)
    again = screening.pages_for(questionnaire, Region.NECK, DeviceKind.LAMP, 40, again=True)
    ids = {q.id for page in again for q in page.items}
    assert {"sudden_neck", "drowsy", "mottled", "fever"} <= ids < {q.id for page in first for q in page.items}
    assert len(ids) <= 20


def test_age_is_not_asked_twice(questionnaire):
    def asked(age):
        return {q.id for q in applicable(questionnaire, Region.UPPER_BACK, DeviceKind.WRAP, age)}

    assert "first_time" not in asked(40) and "first_time" in asked(19) & asked(56)
    assert "vessel_risk" not in asked(60) and "vessel_risk" in asked(61)
    assert "morning_stiff" not in asked(55) and "morning_stiff" in asked(54)
    assert "pregnant" not in asked(60) and "pregnant" in asked(40)


def test_kinds_change_what_is_asked(questionnaire):
    def asked(kind):
        return {q.id for q in applicable(questionnaire, Region.NECK, kind, 40)}

    assert "epilepsy" in asked(DeviceKind.LED_PANEL) - asked(DeviceKind.WRAP)
    assert "oxygen" in asked(DeviceKind.WRAP) - asked(DeviceKind.LED_PADS)
    assert "trapped" in asked(DeviceKind.HEATING_PAD) | asked(DeviceKind.CHAIR)
    assert "eyes" not in asked(DeviceKind.CHAIR)


def test_questions_are_plain(questionnaire):
    for q in questionnaire.questions.values():
        assert q.text.endswith("?") and q.text.count("?") == 1
        assert reading_grade(q.text) <= 8, (q.id, reading_grade(q.text), q.text)
        assert len(q.text.split()) <= 20, q.id


def test_words_are_calm_and_promise_nothing(questionnaire):
    shown = [q.text + q.help for q in questionnaire.questions.values()]
    shown += [row.text + row.action + row.doctor for row in questionnaire.rows]
    shown += [page.title + page.intro for page in questionnaire.pages]
    for text in shown:
        assert "!" not in text
        assert not re.search(r"\b(cures?|heals you|guarantee)", text)
    for row in questionnaire.rows:
        assert reading_grade(row.text) <= 10, (row.id, row.text)
        assert row.doctor if row.level == "ask_first" else row.action


def test_unverified_rows_state_no_figure(questionnaire):
    unverified = [row for row in questionnaire.rows if row.mark is Mark.UNVERIFIED]
    assert {row.id for row in unverified} == {"R26", "R27", "C37", "C46", "C58", "C66", "C69", "C70"}
    assert not any(re.search(r"\d", row.text + row.action) for row in unverified)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("red_flags.csv", ",bladder,", ",bladdr,"),
        ("red_flags.csv", ",emergency,", ",soonish,"),
        ("contraindications.csv", ",history,", ",someday,"),
        ("screening_questions.csv", "bladder,emergency,", "bladder,nowhere,"),
        ("screening_questions.csv", ",osteoporosis,", ",bones,"),
    ],
)
def test_a_broken_table_is_refused_by_name(name, old, new):
    texts = {n: read(n) for n in screening.DATA_FILES}
    texts[name] = texts[name].replace(old, new, 1)
    with pytest.raises(InputError) as error:
        screening.load(texts)
    assert error.value.field == name


def test_a_missing_table_is_refused():
    with pytest.raises(InputError, match="red_flags.csv is missing"):
        screening.load({n: read(n) for n in screening.DATA_FILES if n != "red_flags.csv"})
