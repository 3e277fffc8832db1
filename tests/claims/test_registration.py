"""The pre-registration holds every figure of the plan; the data set holds no name, no true date, no exact age."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.edge import cards
from irtherapy.evidence import designs, planner, proposal, registration
from irtherapy.evidence.planner import Kind, Sham
from irtherapy.evidence.registration import Day
from irtherapy.values import InputError

KEY = b"sixteen bytes or more"
TODAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize("condition", designs.CONDITIONS.values(), ids=lambda c: c.id)
@pytest.mark.parametrize("kind", Kind)
def test_the_text_holds_the_plan(condition: designs.Condition, kind: Kind) -> None:
    trial = replace(proposal.default(condition), kind=kind)
    size = planner.size(trial)
    text = registration.text(condition, trial, size, TODAY)
    for part in (condition.name, condition.who, condition.function, str(size.per_arm), str(size.total), "2026-11-23",
                 f"{size.power:.1%}", "Harms", "smallest", "10.1097/j.pain.0000000000002189"):  # fmt: skip
        assert part in text
    assert ("second question" in text) == (kind is Kind.PARALLEL)
    assert ("borrowed" in text) == condition.borrowed and set(condition.cards) <= set(cards.all_cards())
    assert "!" not in text and "None" not in text


def test_the_sham_is_told_as_chosen() -> None:
    back = designs.condition("chronic_low_back_pain")
    cold = replace(proposal.default(back), sham=Sham.COLD, arms=2)
    text = registration.text(back, cold, planner.size(cold), TODAY)
    assert "a device that does not warm" in text and "2 arms" in text and "second question" not in text


def test_an_unknown_condition_is_one_sentence() -> None:
    with pytest.raises(InputError, match="Condition must be one of chronic_low_back_pain, "):
        designs.condition("knee")


names = st.sampled_from(["Ada Lovelace", "Bo", "Čeněk", "o'Neill, =1+1"])
pain = st.none() | st.integers(0, 10).map(float)
days = st.builds(
    Day,
    person=names,
    date=st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 12, 31)),
    region=st.sampled_from(["neck", "lower_back"]),
    heat_min=st.floats(0, 30),
    pain_before=pain,
    pain_after=pain,
    age_years=st.none() | st.floats(18, 104),
    block=st.none() | st.integers(1, 8),
    condition=st.sampled_from(["", "with", "without"]),
)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@given(st.lists(days, max_size=12))
def test_nobody_is_told_and_distances_in_time_stay(kept: list[Day]) -> None:
    text = registration.data_set(kept, KEY)
    rows = read(text)
    assert len(rows) == len(kept)
    for day in kept:
        assert day.person not in text
    for person in {day.person for day in kept}:
        own = sorted(d.date for d in kept if d.person == person)
        told = sorted(r["shifted_date"] for r in rows if r["person"] == registration.pseudonym(person, KEY))
        shifts = {(a - datetime.date.fromisoformat(b)).days for a, b in zip(own, told, strict=True)}
        assert len(shifts) == 1 and 1 <= shifts.pop() <= registration.SHIFT_DAYS_MAX
        assert sorted(int(r["day"]) for r in rows if r["person"] == registration.pseudonym(person, KEY)) == [
            (d - own[0]).days for d in own
        ]


def test_order_of_the_store_and_another_key_change_what_they_should() -> None:
    kept = [Day(p, datetime.date(2026, m, 1), "neck", 10, 5, 4, 41) for p in ("a", "b") for m in (1, 2)]
    assert registration.data_set(kept, KEY) == registration.data_set(kept[::-1], KEY)
    assert registration.data_set(kept, KEY) != registration.data_set(kept, KEY + b"x")
    with pytest.raises(InputError, match="Key must have at least 16 bytes"):
        registration.data_set(kept, b"short")


def test_the_dictionary_tells_every_column_of_the_data_set() -> None:
    told = [row["column"] for row in read(registration.dictionary())]
    assert told == registration.data_set([], KEY).strip().split(",")
    assert not {"name", "date", "age", "birth", "note"} & set(told)


@pytest.mark.parametrize(
    ("years", "group"), [(None, ""), (18, "10-19"), (39.9, "30-39"), (40, "40-49"), (90, "90+"), (104, "90+")]
)
def test_an_age_is_told_as_ten_years(years: float | None, group: str) -> None:
    assert registration.age_group(years) == group


@pytest.mark.parametrize(
    ("change", "says"),
    [({"condition": "sham"}, "with, without or empty"), ({"pain_after": 11.0}, "Pain must be a number from 0 to 10")],
)
def test_a_bad_day_is_one_sentence(change: dict[str, object], says: str) -> None:
    day = Day("a", TODAY, "neck", 10, 5, 4)
    with pytest.raises(InputError, match=says):
        registration.data_set([replace(day, **change)], KEY)  # type: ignore[arg-type]
