"""Ten minutes that fit the person: the time holds, nothing unsafe, sides equal, nobody gets up and down."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.edge.data import exercises as every
from irtherapy.programme.compose import REST_ID, compose
from irtherapy.programme.exercises import load
from irtherapy.screening import FLAGS
from irtherapy.values import InputError, Region, Side

ALL = every()
BY_ID = {e.id: e for e in ALL}
PEOPLE = st.tuples(
    st.frozensets(st.sampled_from(list(Region)), min_size=1),
    st.frozensets(st.sampled_from(sorted(FLAGS))),
    st.integers(0, 10**6),
)


def test_the_table_is_whole() -> None:
    assert len(ALL) == 34
    assert {e.block for e in ALL} == {"stretch", "core", "posture"}
    assert frozenset().union(*(e.exclude for e in ALL)) <= FLAGS


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(PEOPLE)
def test_what_every_person_relies_on(person: tuple[frozenset[Region], frozenset[str], int]) -> None:
    regions, flags, seed = person
    items = compose(ALL, regions, flags, seed)
    assert sum(i.duration_s for i in items) == pytest.approx(600, abs=20)
    done = [i for i in items if i.exercise_id != REST_ID]
    assert not any(BY_ID[i.exercise_id].exclude & flags for i in done)
    for _, same in groupby(sorted(done, key=lambda i: i.exercise_id), key=lambda i: i.exercise_id):
        pair = list(same)
        if BY_ID[pair[0].exercise_id].sides == 2:
            assert [p.side for p in pair] == [Side.LEFT, Side.RIGHT] and pair[0].reps == pair[1].reps
    positions = [position for position, _ in groupby(i.position for i in done)]
    assert len(positions) == len(set(positions)), "up and down"
    assert "standing" not in positions[:-1]
    assert items == compose(ALL, regions, flags, seed)


@pytest.mark.parametrize("region", list(Region))
def test_every_safe_direction_is_covered(region: Region) -> None:
    items = {BY_ID[i.exercise_id].direction for i in compose(ALL, {region}, frozenset(), 1) if i.exercise_id in BY_ID}
    assert {e.direction for e in ALL if e.region is region and e.block == "stretch"} <= items


def test_the_neck_comes_before_the_back() -> None:
    regions = [BY_ID[i.exercise_id].region for i in compose(ALL, set(Region), frozenset(), 3) if i.exercise_id in BY_ID]
    assert regions[0] is Region.NECK
    assert max(k for k, r in enumerate(regions) if r is Region.NECK) < min(
        k for k, r in enumerate(regions) if r is Region.LOWER_BACK
    )


def test_days_differ_and_what_hurt_is_easier() -> None:
    plans = {tuple(i.exercise_id for i in compose(ALL, {Region.LOWER_BACK}, frozenset(), seed)) for seed in range(12)}
    assert len(plans) > 3
    items = compose(ALL, {Region.NECK}, frozenset(), 1, hurt=frozenset({"neck_rotation"}))
    assert any(i.exercise_id == "neck_rotation" and i.say.startswith("Easier today") for i in items)


def test_nothing_allowed_is_rest_with_the_reason() -> None:
    none = tuple(e for e in ALL if e.exclude)
    items = compose(none, {Region.NECK}, FLAGS, 1)
    assert [i.exercise_id for i in items] == [REST_ID] and "no stretch that is safe" in items[0].say
    assert items[0].duration_s == 600


def test_a_bad_table_names_the_row() -> None:
    head = "id,name,block,region,direction,sides,position,start,movement,hold_s,reps,move_s,level,"
    text = head + "easier,harder,stop_rule,exclude,source,mark\n"
    with pytest.raises(InputError, match="Exercise x, hold must be a number from 0 to 60"):
        load(text + "x,X,stretch,neck,flexion,1,sitting,Sit.,Move.,nan,1,2,1,E.,H.,Stop.,,S,seen\n")


def test_a_broken_bone_or_uncleared_surgery_means_rest() -> None:
    for region in Region:
        items = compose(ALL, {region}, frozenset({"recent_surgery"}), 1)
        assert [i.exercise_id for i in items] == [REST_ID]


def test_a_neck_that_may_be_unstable_is_left_alone() -> None:
    items = compose(ALL, {Region.NECK}, frozenset({"neck_instability"}), 1)
    assert not [i for i in items if i.exercise_id in BY_ID and BY_ID[i.exercise_id].region is Region.NECK]
