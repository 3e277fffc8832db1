"""The table of trials: what it must say, what it refuses, and that unlike is never pooled with unlike."""

from __future__ import annotations

import pytest
import trial_table

from irtherapy.evidence import trials
from irtherapy.evidence.trials import Comparator, Condition, Finding, Kind, Modality
from irtherapy.values import InputError, Mark

POOLED = {"pool": "p", "apart": ""}


def test_every_shipped_row_carries_source_day_and_what_was_seen() -> None:
    rows = trial_table.shipped()
    assert {c for t in rows for c in t.conditions} == set(Condition)
    for t in rows:
        assert t.source and t.seen and t.looked_on.year >= 2026 and t.mark is not Mark.UNVERIFIED
        assert any(c.isdigit() for c in t.source) or "year" in t.notes.lower(), t.id


def test_null_results_stand_beside_positive_ones() -> None:
    found = {c: {t.finding for t in trial_table.shipped() if c in t.conditions} for c in Condition}
    for each in found.values():
        assert Finding.FAVOURS_ACTIVE in each and Finding.NO_DIFFERENCE in each


def test_gale_2006_is_in_no_pool_and_never_with_light_that_does_not_warm() -> None:
    gale = next(t for t in trial_table.shipped() if t.study == "Gale 2006")
    assert gale.pool == "" and "SD" in gale.apart and gale.se_active is None and gale.ci_low is None
    assert (gale.effect, gale.n_active, gale.n_control, gale.n_analysed) == (-2.5, 21, 18, 39)


@pytest.mark.parametrize(
    ("row", "figures"),
    [
        ("T11", (0.01, -0.94, 0.96, 148)),  # Guimaraes 2021, Pain 162:1612
        ("T36", (1.06, 0.68, 1.45, 258)),  # French 2006, Cochrane CD004750
        ("T38", (-13.57, -17.42, -9.72, None)),  # Huang 2015
        ("T48", (0.49, 0.30, 0.68, None)),  # Robinson 2017
        ("T60", (0.72, 0.15, 1.29, 100)),  # Chabal 2020, J Pain Res 13:2083
        ("T62", (-16.0, -26.07, -5.92, 50)),  # heat pad at home, Eur J Integr Med 2012
        ("T64", (-13.5, -21.3, -5.7, None)),  # Abdel Shaheed 2014, J Pain 15:2
    ],
)
def test_figures_are_those_of_the_abstracts(row: str, figures: tuple[float, ...]) -> None:
    t = next(t for t in trial_table.shipped() if t.id == row)
    assert (t.effect, t.ci_low, t.ci_high, t.people) == figures


def test_the_one_shipped_pool_is_the_one_cochrane_pooled() -> None:
    """French 2006: heat wrap against oral placebo, 2 trials, 258 people."""
    members = [t for t in trial_table.shipped() if t.pool]
    assert sum(t.people or 0 for t in members) == 258 and len(members) == 2
    assert all(t.modality is Modality.HEAT_WRAP and t.comparator is Comparator.ORAL_PLACEBO for t in members)


def test_what_is_not_verified_is_left_out() -> None:
    rows = {t.id: t for t in trial_table.shipped()}
    assert rows["T03"].year is None  # a guess from the number of the registration
    assert all(t.kind is not Kind.UNCONTROLLED or t.effect is None for t in rows.values())


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("light", "890 nm"),
        ("heat", "none intended"),
        ("minutes", "40"),
        ("modality", "laser"),
        ("comparator", "oral_placebo"),
        ("conditions", "arthritis"),
    ],
)
def test_unlike_trials_are_not_pooled(column: str, other: str) -> None:
    trials.load(trial_table.text(POOLED, POOLED))
    with pytest.raises(InputError, match=f"{column} differs .* not added together"):
        trials.load(trial_table.text(POOLED, POOLED | {column: other}))


def test_the_same_people_are_not_counted_twice_and_one_is_no_pool() -> None:
    with pytest.raises(InputError, match="counted twice"):
        trials.load(trial_table.text(POOLED, POOLED | {"cohort": "a0"}))
    with pytest.raises(InputError, match="at least 2 trials"):
        trials.load(trial_table.text(POOLED))
    share = {"measure": "risk_difference", "unit": "share of people", "outcome_kind": "other"}
    with pytest.raises(InputError, match="shares of people and points"):
        trials.load(trial_table.text(POOLED | {"outcome_kind": "other"}, POOLED | share))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": ""}, "source is empty"),
        ({"mark": "unverified"}, "leave it out"),
        ({"looked_on": "last spring"}, "looked_on must be a date"),
        ({"looked_on": "2026-13-01"}, "looked_on must be a date"),
        ({"modality": "sun"}, "modality must be one of .*heat_wrap"),
        ({"conditions": "neck_pain;love"}, "conditions must be one of"),
        ({"effect": "nan"}, "effect must be a number from -1000 to 1000"),
        ({"effect": "1"}, "inside its interval"),
        ({"ci_high": ""}, "needs both ends"),
        ({"p_value": "0"}, "p_value must be a number"),
        ({"n_active": "30.5"}, "n_active must be a whole number"),
        ({"pedro": "11"}, "pedro must be a number from 0 to 10"),
        ({"better": "sideways"}, "better must be one of nothing, higher, lower"),
        ({"better": "higher"}, "of pain, lower is the good way"),
        ({"unit": ""}, "an effect needs unit"),
        ({"rule": "p", "p_value": "0.03"}, "is marked derived"),
        ({"rule": "p", "mark": "derived", "ci_low": "", "ci_high": ""}, "the rule p needs p_value"),
        (
            {"rule": "p", "p_value": "0.1", "mark": "derived", "ci_low": "", "ci_high": "", "n_analysed": "3"},
            "at least 4",
        ),
        ({"kind": "uncontrolled"}, "without a control arm there is no effect"),
        ({"kind": "registered"}, "has the finding no_result"),
        ({"pool": "p"}, "either its pool, or in apart"),
        ({"apart": ""}, "either its pool, or in apart"),
        ({"kind": "review", "pool": "p", "apart": ""}, "only a trial with a known spread"),
        ({"maker_funded": "perhaps"}, "maker_funded must be one of"),
    ],
)
def test_a_bad_row_is_refused_in_a_sentence(change: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        trials.load(trial_table.text(change), "mine.csv")


def test_a_table_without_rows_or_without_a_column_is_refused() -> None:
    with pytest.raises(InputError, match="has no rows"):
        trials.load(trial_table.text())
    lacking = "\n".join(line.rsplit(",", 1)[0] for line in trial_table.text({}).splitlines())
    with pytest.raises(InputError, match="lacks the column"):
        trials.load(lacking)
