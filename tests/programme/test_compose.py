"""Ten minutes that fit the person: the time holds, nothing unsafe, sides equal, nobody gets up and down."""

from __future__ import annotations

import random
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irtherapy.edge.data import exercises as every
from irtherapy.edge.data import programmes
from irtherapy.programme.compose import REST_ID, Today, compose, session
from irtherapy.programme.exercises import load
from irtherapy.screening import FLAGS
from irtherapy.values import InputError, Region, Side, StretchItem

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


def directions(items: tuple[StretchItem, ...]) -> set[tuple[Region, str]]:
    return {(BY_ID[i.exercise_id].region, BY_ID[i.exercise_id].direction) for i in items if i.exercise_id in BY_ID}


def safe(regions: frozenset[Region], flags: frozenset[str]) -> set[tuple[Region, str]]:
    return {
        (e.region, e.direction)
        for e in ALL
        if e.block == "stretch" and e.region in regions and not e.exclude & flags
    }  # fmt: skip


def fits(items: list[StretchItem], flags: frozenset[str]) -> None:
    """What holds for any block: nothing that the answers forbid, equal sides, positions grouped, standing last."""
    assert not any(BY_ID[i.exercise_id].exclude & flags for i in items)
    worked: dict[str, list[tuple[Side, int, float]]] = {}
    for item in items:
        worked.setdefault(item.exercise_id, []).append((item.side, item.reps, item.hold_s))
    for name, sides in worked.items():
        if BY_ID[name].sides == 2:
            left, right = sides[::2], sides[1::2]
            assert [s[1:] for s in left] == [s[1:] for s in right]
            assert {s[0] for s in left} == {Side.LEFT} and {s[0] for s in right} == {Side.RIGHT}
        reps = [s[1] for s in sides]
        assert reps == sorted(reps, reverse=True), "sets fall"
    positions = [position for position, _ in groupby(i.position for i in items)]
    assert len(positions) == len(set(positions)), "up and down"
    assert "standing" not in positions[:-1]


def anybody(chance: random.Random) -> tuple[frozenset[Region], frozenset[str], int]:
    """Return somebody drawn at random: from no flag at all to most of them."""
    share = chance.choice((0.0, 0.1, 0.3, 0.7))
    regions = frozenset(chance.sample(list(Region), chance.randint(1, 3)))
    return regions, frozenset(f for f in sorted(FLAGS) if chance.random() < share), chance.randrange(10**6)


def ten_minutes(person: tuple[frozenset[Region], frozenset[str], int], before: frozenset[str]) -> None:
    """``before``: exercises of the last days, which hurt as well."""
    regions, flags, seed = person
    items = compose(ALL, regions, flags, seed, recent=before, hurt=before)
    assert sum(i.duration_s for i in items) == pytest.approx(600, abs=20)
    done = [i for i in items if i.exercise_id != REST_ID]
    fits(done, flags)
    assert safe(regions, flags) <= directions(items)
    for _, same in groupby(done, key=lambda i: i.position):
        order = [list(Region).index(BY_ID[i.exercise_id].region) for i in same]
        assert order == sorted(order), "the neck before the back"
    assert all(i.say.startswith("Easier today") == (i.exercise_id in before) for i in done)


@settings(max_examples=500)
@given(PEOPLE, st.frozensets(st.sampled_from(sorted(BY_ID)), max_size=4))
def test_what_every_person_relies_on(
    person: tuple[frozenset[Region], frozenset[str], int], before: frozenset[str]
) -> None:
    ten_minutes(person, before)


@pytest.mark.slow
def test_what_ten_thousand_persons_rely_on() -> None:
    chance = random.Random(5)
    for _ in range(10_000):
        ten_minutes(anybody(chance), frozenset(chance.sample(sorted(BY_ID), chance.randint(0, 4))))


def twenty_minutes(
    person: tuple[frozenset[Region], frozenset[str], int], week: int, pain: float | None, name: str
) -> None:
    regions, flags, seed = person
    programme = programmes()[name]
    today = Today(regions, flags, seed, week=week, pain_0_10=pain)
    items = session(ALL, programme.exercise, today)
    assert sum(i.duration_s for i in items) == pytest.approx(1200, abs=20)
    done = [i for i in items if i.exercise_id != REST_ID]
    blocks = [block for block, _ in groupby(i.block for i in done)]
    assert blocks == [b for b in ("stretch", "core", "posture") if b in blocks]
    seen: set[str] = set()
    for phase in programme.exercise:
        own = [i for i in done if i.block == phase.kind.value]
        fits(own, flags)
        names = {i.exercise_id for i in own}
        assert not names & seen, "nothing twice"
        seen |= names
        assert all(BY_ID[n].level <= phase.level(week) for n in names)
        if not flags:
            assert sum(i.duration_s for i in own) == pytest.approx(60 * phase.minutes, abs=20)
            assert names
    harder = [i for i in done if "A step harder" in i.say]
    assert bool(harder) <= (week >= 4 and pain is not None and pain <= 3)
    assert week >= 3 or all(i.sets == 1 for i in done)
    if not flags:
        assert bool(harder) == (week >= 4 and pain is not None and pain <= 3)
        assert [i.reps for i in done if i.sets == 3 and i.side is not Side.RIGHT] == ([6, 4, 2] if week >= 3 else [])
    assert items == session(ALL, programme.exercise, today)


WEEKS, PAINS, CLINICS = range(1, 7), (None, 0.0, 3.0, 3.5, 8.0), ("clinic_30", "mire_pads")


@settings(max_examples=300)
@given(PEOPLE, st.sampled_from(WEEKS), st.sampled_from(PAINS), st.sampled_from(CLINICS))
def test_what_every_patient_of_a_clinic_relies_on(
    person: tuple[frozenset[Region], frozenset[str], int], week: int, pain: float | None, name: str
) -> None:
    twenty_minutes(person, week, pain, name)


@pytest.mark.slow
def test_what_two_thousand_patients_rely_on() -> None:
    chance = random.Random(6)
    for _ in range(2_000):
        twenty_minutes(anybody(chance), chance.choice(WEEKS), chance.choice(PAINS), chance.choice(CLINICS))


@pytest.mark.parametrize("regions", [{r} for r in Region] + [set(Region)], ids=lambda r: "+".join(sorted(r)))
def test_seven_minutes_cover_one_place_at_once_and_all_places_over_two_days(regions: set[Region]) -> None:
    phases = programmes()["clinic_30"].exercise
    first = session(ALL, phases, Today(frozenset(regions), frozenset(), 1))
    recent = frozenset(i.exercise_id for i in first)
    second = session(ALL, phases, Today(frozenset(regions), frozenset(), 2, recent))
    level = {(e.region, e.direction) for e in ALL if e.block == "stretch" and e.level == 1 and e.region in regions}
    assert level <= directions(first) | directions(second)
    assert len(regions) > 1 or level <= directions(first)


def test_what_hurt_in_the_clinic_is_easier_and_grows_no_harder() -> None:
    hurt = frozenset(BY_ID)
    items = session(
        ALL, programmes()["clinic_30"].exercise, Today(frozenset(Region), frozenset(), 1, frozenset(), hurt, 4, 0.0)
    )
    assert all(i.say.startswith("Easier today") and i.sets == 1 for i in items if i.exercise_id != REST_ID)


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
