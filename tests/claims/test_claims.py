"""Every sentence about benefit or safety rests on a card, each card on a source, and none is past its day."""

from __future__ import annotations

import ast
import datetime
import re
from pathlib import Path

import pytest
import visible_text
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.edge import cards as shelf
from irtherapy.edge import data
from irtherapy.evidence import cards, claims
from irtherapy.values import InputError

PACKAGE = Path(__file__).parents[2] / "src" / "irtherapy"
TAG = re.compile(r"\{% claim \"([^\"]+)\" %\}")


def test_no_sentence_about_benefit_or_safety_is_without_a_card() -> None:
    assert visible_text.without_card(PACKAGE, shelf.bound()) == []


def test_every_card_holds_today() -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    assert [card.id for card in cards.overdue(shelf.all_cards().values(), today)] == []


def test_every_tag_names_a_card_and_every_card_is_named() -> None:
    named = {row.card for row in shelf.bound() if row.card} | set(visible_text.WARNING_TABLES.values())
    for path in PACKAGE.rglob("*.html"):
        named |= set(TAG.findall(path.read_text(encoding="utf-8")))
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in shelf.all_cards():
                named.add(node.value)
    assert named == set(shelf.all_cards())


def test_no_row_of_the_list_has_grown_stale() -> None:
    shown: dict[str, list[str]] = {}
    for where, _, text in visible_text.texts(PACKAGE):
        shown.setdefault(where, []).append(" ".join(text.split()))
    stale = [
        row.id
        for row in shelf.bound()
        if row.text != claims.EVERYTHING and not any(row.text in text for text in shown.get(row.where, ()))
    ]
    stale += [row.id for row in shelf.bound() if not (PACKAGE / row.where).exists()]
    assert stale == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.html", "<p>Infrared relieves back pain.</p>"),
        ("page.html", '<img src="a.svg" alt="Heat eases the neck">'),
        ("page.html", '{% include "number.html" with hint="It is proven and safe for all" %}'),
        ("page.html", "<p>Heat <strong>raises circulation</strong> {{ deep }} in the back.</p>"),
        ("page.html", '{% claim "gale-2006" %}No adverse events.{% endclaim %}<p>And it is effective.</p>'),
        ("words.py", 'ADVICE = "Twenty minutes are harmless."'),
        ("words.py", 'def say(n):\n    return f"{n} minutes help the muscle to recover."\n'),
        ("cli.py", '@app.command()\ndef dose():\n    """Show how heat improves your back."""\n'),
        ("say.js", 'const told = "Heat reduces pain.";'),
        ("table.csv", "id,text,source,mark\na,Pads burn nobody,somewhere,seen\n"),
    ],
)
def test_a_claim_without_a_card_breaks_the_build(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(visible_text.without_card(tmp_path, shelf.bound())) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.html", '<p>{% claim "gale-2006" %}No adverse events.{% endclaim %} Look here.</p>'),
        ("page.html", "{# heat helps #}<!-- heat helps --><p class='safe-area'>Sit down.</p>"),
        ("words.py", '"""How heat helps."""\n\n# heat helps\nsafe_minutes = 3\n'),
        ("say.js", "// heat helps\nconst safe = 3; /* it is effective */"),
    ],
)
def test_what_nobody_reads_or_what_has_a_card_passes(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert visible_text.without_card(tmp_path, ()) == []


HEAD = "id,claim,certainty,seen,limits,read_on,review_by,source,mark\n"
GOOD = "a,Heat helps.,low,Abstract.,Small.,2026-01-01,2026-12-31,Gale 2006,seen\n"
NO_STUDIES = "id,card,study,year,direction,found,source,mark\n"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (GOOD.replace("Gale 2006", ""), "source is empty"),
        (GOOD.replace("Small.", ""), "limits is empty"),
        (GOOD.replace(",seen\n", ",unverified\n"), "its mark is unverified"),
        (GOOD.replace(",low,", ",certain,"), "certainty must be one of"),
        (GOOD.replace("2026-12-31", "2027-12-31"), "review_by must be 1 to 400 days after read_on"),
        (GOOD.replace("2026-12-31", "2025-12-31"), "review_by must be 1 to 400 days after read_on"),
        (GOOD.replace("2026-01-01", "spring"), "read_on must be a day as YYYY-MM-DD"),
        (GOOD + GOOD, "id a appears twice"),
    ],
)
def test_a_card_without_source_or_day_is_refused(row: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        cards.load(HEAD + row, NO_STUDIES)


def test_a_card_past_its_day_is_overdue_and_not_a_day_before() -> None:
    made = cards.load(HEAD + GOOD, NO_STUDIES)
    assert cards.overdue(made.values(), datetime.date(2026, 12, 31)) == ()
    assert [c.id for c in cards.overdue(made.values(), datetime.date(2027, 1, 1))] == ["a"]


def test_a_study_hangs_on_a_card_that_exists() -> None:
    study = NO_STUDIES + "s,nowhere,Gale,2006,for,Less pain.,doi,seen\n"
    with pytest.raises(InputError, match="there is no card 'nowhere'"):
        cards.load(HEAD + GOOD, study)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("r,a.py,heat helps,no-such-card,,x,seen", "there is no card 'no-such-card'"),
        ("r,a.py,heat helps,gale-2006,because,x,seen", "either a card or a reason"),
        ("r,a.py,heat helps,,,x,seen", "either a card or a reason"),
        ("r,a.py,sit down,,a reason,x,seen", "hold no claim word"),
    ],
)
def test_a_row_that_binds_badly_is_refused(row: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        claims.load("id,where,text,card,reason,source,mark\n" + row + "\n", shelf.all_cards())


def test_the_trial_of_2006_stands_beside_those_without_a_difference() -> None:
    card = shelf.all_cards()["gale-2006"]
    directions = {study.study: study.direction for study in card.studies}
    assert directions["Gale"] == "for" and directions["Guimaraes"] == directions["Lavery"] == "null"
    assert list(directions.values()).count("null") >= 3 and card.certainty is cards.Certainty.VERY_LOW


def test_what_the_cards_say_of_the_studies_is_what_the_facts_say() -> None:
    """The figures of the Gale card, by hand from the abstract: 6.9 to 3.0 and 7.4 to 6.0."""
    card = shelf.all_cards()["gale-2006"]
    for figure in ("6.9 to 3.0", "7.4 to 6.0", "39 analysed"):
        assert figure in card.seen


@given(st.text(alphabet="abcdefgh .", max_size=40), st.sampled_from(["relieves", "is effective", "No adverse events"]))
def test_a_claim_word_is_found_in_any_company(around: str, word: str) -> None:
    assert claims.words(f"{around} {word}. {around}")


def test_a_finished_sentence_finds_its_card() -> None:
    line = "Through clothes the heat cannot be seen or felt well. Bare skin is safer."
    assert shelf.card_of(line) == "bare-skin" and shelf.card_of("Sit down.") is None


def test_the_tables_that_are_bound_as_a_whole_name_a_source_in_each_row() -> None:
    from irtherapy import tables

    for name, card in visible_text.WARNING_TABLES.items():
        assert card in shelf.all_cards()
        assert tables.rows(name, data.read(name), ())
