"""Scores by the rules of the papers; missing answers exactly; a wrong answer is named with its range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.edge import data
from irtherapy.outcome import scores
from irtherapy.values import InputError

MEASURES = data.measures()


def ticks(*numbers: int) -> dict[str, bool]:
    return {f"rmdq_{n}": True for n in numbers}


def peg(*values: object) -> dict[str, object]:
    return {f"peg_{n}": v for n, v in enumerate(values, 1)}


def psfs(**numbers: object) -> dict[str, object]:
    out: dict[str, object] = {}
    for n, (name, number) in enumerate(numbers.items(), 1):
        out |= {f"psfs_{n}_text": name, f"psfs_{n}": number}
    return out


@pytest.mark.parametrize(
    ("measure", "answers", "expected"),
    [
        ("peg", peg(4, 5, 6), 5.0),  # Krebs 2009: the mean of the three
        ("peg", peg(0, 0, 1), 1 / 3),
        ("peg", peg(10, 10, 10), 10.0),
        ("peg", peg(4, None, 6), None),  # all three are needed
        ("rmdq", ticks(), 0.0),  # Roland and Morris 1983: the number of sentences ticked; blank is 0
        ("rmdq", ticks(1, 9, 24), 3.0),
        ("rmdq", ticks(*range(1, 25)), 24.0),
        ("psfs", psfs(walk=4, cook=5, read=9), 6.0),  # Stratford 1995: the mean of what the person named
        ("psfs", psfs(a=0, b=10, c=5, d=5, e=5), 5.0),
        ("psfs", psfs(walk=4, cook=None, read=9), 6.5),  # a missing activity is left out
        ("psfs", psfs(walk=4, cook=5), None),  # fewer than three are named
        ("pgic", {"pgic": 2}, 2.0),
        ("pgic", {}, None),
        ("odi", {"points": 16}, 32.0),  # total over five times the sections answered, in percent
        ("odi", {"points": 16, "sections": 9}, 16 / 45 * 100),
        ("odi", {"points": 50, "sections": 10}, 100.0),
        ("ndi", {"points": 18}, 18.0),
        ("ndi", {"points": 18, "sections": 9}, 20.0),  # the mean of the others (2) for the one that is missing
        ("promis_pi", {"score": 61.5}, 61.5),
    ],
)
def test_the_rules_of_the_papers(measure: str, answers: dict[str, object], expected: float | None) -> None:
    found = scores.score(MEASURES[measure], answers)
    assert found.value == (None if expected is None else pytest.approx(expected))
    assert bool(found.sentence) == (expected is None)


@pytest.mark.parametrize(
    ("measure", "answers", "says"),
    [
        ("peg", peg(4, 11, 6), "PEG question 2 must be a number from 0 to 10; got 11."),
        ("peg", peg(4, 4.5, 6), "PEG question 2 must be a whole number from 0 to 10; got 4.5."),
        ("peg", peg(float("nan"), 5, 6), "PEG question 1 must be a number from 0 to 10"),
        ("peg", peg(True, 5, 6), "PEG question 1 must be a number"),
        ("peg", {"peg_4": 1}, "PEG has no item 'peg_4'"),
        ("rmdq", {"rmdq_3": "yes"}, "RMDQ sentence 3 must be true"),
        ("rmdq", {"rmdq_25": True}, "RMDQ has no item"),
        ("psfs", {"psfs_1": 4}, "Activity 1 has a number but no name"),
        ("psfs", {"psfs_1_text": "x" * 121}, "Activity 1 must have a name of 1 to 120"),
        ("psfs", psfs(a=11, b=1, c=1), "PSFS activity 1 must be a number from 0 to 10"),
        ("pgic", {"pgic": 0}, "PGIC answer must be a number from 1 to 7"),
        ("odi", {"points": 46, "sections": 9}, "ODI points must be a number from 0 to 45; got 46."),
        ("odi", {"points": 1, "sections": 0}, "ODI answered sections must be a number from 1 to 10"),
        ("ndi", {"points": 1, "sections": 8}, "NDI answered sections must be a number from 9 to 10; got 8."),
        ("promis_pf", {"score": 4}, "PROMIS physical function score must be a number from 10 to 90"),
    ],
)
def test_a_wrong_answer_is_named_with_its_range(measure: str, answers: dict[str, object], says: str) -> None:
    with pytest.raises(InputError) as refused:
        scores.score(MEASURES[measure], answers)
    assert str(refused.value).startswith(says)


def test_what_is_missing_is_named() -> None:
    found = scores.score(MEASURES["peg"], peg(4, None, None))
    assert found.missing == ("peg_2", "peg_3") and found.answered == 1
    assert found.sentence == "PEG needs all of its answers: 1 of 3 are told, so there is no score yet."


def test_two_days_of_own_activities_are_compared_over_those_on_both() -> None:
    first, last = psfs(walk=2, cook=4, read=9), psfs(walk=6, cook=None, read=9)
    assert scores.paired(MEASURES["psfs"], first, last) == ((2 + 9) / 2, (6 + 9) / 2)
    assert scores.paired(MEASURES["psfs"], psfs(walk=2, cook=None, read=9), first) == ((2 + 9) / 2, (2 + 9) / 2)
    assert scores.paired(MEASURES["psfs"], first, psfs(run=1, swim=2, ski=3)) is None
    assert scores.paired(MEASURES["peg"], peg(3, 3, 3), peg(1, 1, 1)) == (3.0, 1.0)
    assert scores.paired(MEASURES["peg"], peg(3, 3), peg(1, 1, 1)) is None


@given(st.lists(st.integers(0, 10), min_size=3, max_size=3), st.integers(0, 2))
def test_a_higher_answer_never_gives_a_lower_score(values: list[int], which: int) -> None:
    raised = [min(10, v + (n == which)) for n, v in enumerate(values)]
    low, high = (scores.score(MEASURES["peg"], peg(*v)).value for v in (values, raised))
    assert low is not None and high is not None and 0 <= low <= high <= 10


def test_texts_that_are_not_ours_to_ship_are_not_shipped() -> None:
    for measure in MEASURES.values():
        shipped = measure.terms.startswith("Shipped")
        assert shipped == (measure.kind != "total") == bool(measure.items), measure.id
    assert len(MEASURES["rmdq"].items) == 24 and len(MEASURES["peg"].items) == 3


def test_what_matters_is_the_smaller_of_points_and_share_and_unknown_where_nobody_knows() -> None:
    assert MEASURES["rmdq"].needed(20.0) == 5 and MEASURES["rmdq"].needed(10.0) == pytest.approx(3.0)
    assert MEASURES["odi"].needed(0.0) == 10 and MEASURES["psfs"].needed(4.0) is None
    assert MEASURES["ndi"].needed(30.0) == 10 and MEASURES["ndi"].possible == 5


def test_questionnaires_go_with_their_place() -> None:
    neck = {m.id for m in scores.for_regions(MEASURES, ["neck"])}
    assert "ndi" in neck and "rmdq" not in neck and "peg" in neck
    assert {m.id for m in scores.for_regions(MEASURES, [])} == set(MEASURES)


def test_a_table_that_does_not_fit_is_refused() -> None:
    texts = {name: data.read(name) for name in scores.DATA_FILES}
    with pytest.raises(InputError, match="there is no measure 'nobody'"):
        scores.load({**texts, "measure_items.csv": texts["measure_items.csv"] + "n_1,nobody,Text,,,here,derived\n"})
    with pytest.raises(InputError, match="kind or better is unknown"):
        scores.load({**texts, "measures.csv": texts["measures.csv"].replace(",mean,", ",guess,")})
