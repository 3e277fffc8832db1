"""A comparison with and without: its plan cannot be changed unseen, and what it tells is told plainly."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.device import catalogue, spectrum
from irtherapy.outcome import comparison, self_trial
from irtherapy.outcome.comparison import Concealment, Design, Outcome
from irtherapy.outcome.self_trial import Rated
from irtherapy.values import DeviceKind, Emitter, InputError, Region, SpectrumKind

FIRST = datetime.date(2026, 1, 5)
SECRET = "0123456789abcdef" * 2
PLAN = Design(Region.NECK, Outcome.PAIN_AFTER, FIRST, Concealment.SIMULATED, pairs=4)
ORDER = (True, False, False, True, True, False, False, True)


def rated(values: dict[int, list[float | None]], order: tuple[bool, ...] = ORDER) -> list[Rated]:
    return [
        Rated(block, block * 3.0 + i, value, order[block])
        for block, found in values.items()
        for i, value in enumerate(found)
    ]


WORKED = {0: [3, 4], 1: [5, 5], 2: [6, 5], 3: [4, 3], 4: [2, 3], 5: [4, 4], 6: [5, 4], 7: [3, 4]}


def test_a_worked_example_by_hand() -> None:
    """With minus without: -1.5, -2, -1.5, -1 (3.5-5, 3.5-5.5, 2.5-4, 3.5-4.5); mean -1.5, SD 0.408248, t 3.182446."""
    found = self_trial.analyse(PLAN, ORDER, rated(WORKED))
    assert [row.lower for row in found.rows] == [1.5, 2.0, 1.5, 1.0]
    assert found.estimate is not None
    half = 3.182446 * 0.408248 / 2
    assert found.estimate.lower == pytest.approx(1.5)
    assert (found.estimate.low, found.estimate.high) == (
        pytest.approx(1.5 - half, abs=1e-5),
        pytest.approx(1.5 + half, abs=1e-5),
    )
    assert found.p == 2 / 16 == found.least_p
    assert found.answer == "lower" and found.sentence == "With infrared your pain was 1.5 points lower (0.9 to 2.1)."
    assert found.belief is not None and found.belief.low < found.belief.lower < found.belief.high
    assert found.as_done == found.estimate and found.missing == 0 and found.rated == 16
    assert any("cannot reach 5 in 100" in note for note in found.notes)


def test_the_same_with_the_arms_changed_about_has_the_other_sign() -> None:
    flipped = tuple(not half for half in ORDER)
    found = self_trial.analyse(PLAN, flipped, rated(WORKED, flipped))
    assert found.answer == "higher"
    assert found.sentence == "With infrared your pain was 1.5 points higher (0.9 to 2.1)."
    assert found.serial is not None and found.serial.lower < 0


def test_what_is_not_sure_is_said_to_be_not_sure() -> None:
    open_ = {**WORKED, 5: [1, 1], 7: [8, 6]}
    found = self_trial.analyse(PLAN, ORDER, rated(open_))
    assert found.answer == "open" and found.sentence.endswith("of difference to you; not enough to be sure.")
    same = {block: [5, 5 + 0.1 * (block % 3)] for block in range(8)}
    assert self_trial.analyse(PLAN, ORDER, rated(same)).answer == "no_difference_that_matters"


def test_missing_and_stopped_are_said_plainly() -> None:
    few = {block: WORKED[block] for block in range(5)}
    found = self_trial.analyse(PLAN, ORDER, rated(few), stopped=True)
    assert found.answer == "too_few" and "2 of 4 pairs" in found.sentence and found.belief is None
    assert found.estimate is found.p is found.standard_error is None
    some = {**WORKED, 6: [None, 4], 7: [None, None]}
    found = self_trial.analyse(PLAN, ORDER, rated(some), stopped=True)
    assert found.missing == 3 and found.estimate is not None and found.estimate.pairs == 3
    assert found.notes[:3] == (
        "It was ended before its last block. That was planned for, and it makes the answer less sure.",
        "3 of 16 planned sessions have no rating. They are left out; nothing takes their place.",
        "3 of 4 pairs have ratings both with and without, and only those count.",
    )
    assert not self_trial.analyse(PLAN, ORDER, []).rated


def test_as_drawn_and_as_done_are_told_apart() -> None:
    """In two sessions of blocks with, the heat did not come on: as drawn they count with, as done without."""
    sessions = rated(WORKED)
    sessions[1] = Rated(0, 1.0, 4, False)
    sessions[4] = Rated(2, 6.0, 6, None)
    found = self_trial.analyse(PLAN, ORDER, sessions)
    assert found.estimate is not None and found.estimate.lower == pytest.approx(1.5)
    assert found.as_done is not None
    by_hand = (((5 + 5 + 4) / 3 - 3), (5 - 3.5), 1.5, 1.0)
    assert found.as_done.lower == pytest.approx(sum(by_hand) / 4)


@given(st.text("0123456789abcdef", min_size=32, max_size=32), st.integers(3, 12))
def test_each_pair_has_both_and_the_order_follows_from_the_secret(secret: str, pairs: int) -> None:
    drawn = comparison.order(secret, pairs)
    assert len(drawn) == 2 * pairs and all(drawn[2 * k] != drawn[2 * k + 1] for k in range(pairs))
    for k in range(pairs):  # as anybody can draw it again
        digest = hashlib.sha256(f"irtherapy comparison {secret} pair {k + 1}".encode()).digest()
        assert drawn[2 * k] == (digest[0] >= 128)


def test_with_comes_first_about_as_often_as_second() -> None:
    first = [comparison.order(hashlib.md5(str(i).encode()).hexdigest(), 12)[::2] for i in range(500)]
    assert sum(map(sum, first)) / 6000 == pytest.approx(0.5, abs=0.025)


def test_plan_and_order_cannot_be_changed_unseen() -> None:
    sealed = comparison.seal(SECRET)
    text = comparison.plan_text(PLAN, "Simulated lamp", sealed)
    assert sealed in text and SECRET not in text
    for other in (
        comparison.plan_text(PLAN, "Another lamp", sealed),
        comparison.plan_text(
            Design(Region.NECK, Outcome.NEXT_MORNING, FIRST, Concealment.SIMULATED, 4), "Simulated lamp", sealed
        ),
        comparison.plan_text(PLAN, "Simulated lamp", comparison.seal(SECRET[::-1])),
    ):
        assert comparison.plan_hash(other) != comparison.plan_hash(text)
    # The wording is part of what was promised: this digest changes only together with PLAN_VERSION.
    assert comparison.PLAN_VERSION == 1
    assert comparison.plan_hash(text).startswith("38a76dbf3ae08e5c")


def test_the_calendar_of_blocks() -> None:
    plan = Design(
        Region.NECK, Outcome.PAIN_AFTER, FIRST, Concealment.BY_HAND, 3, sessions=2, every_days=2, washout_days=2
    )
    day = datetime.timedelta(days=1)
    assert plan.block_on(FIRST - day) is None and plan.block_on(FIRST) == 0 == plan.block_on(FIRST + 3 * day)
    assert plan.block_on(FIRST + 4 * day) is None and plan.block_on(FIRST + 6 * day) == 1
    assert plan.first_day(5) == FIRST + 30 * day and plan.last_day(5) == FIRST + 33 * day
    assert plan.block_on(FIRST + 34 * day) is None and plan.steps(FIRST + 3 * day) == 1.5


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"pairs": 2}, "Pairs"),
        ({"pairs": 13}, "Pairs"),
        ({"pairs": 3.5}, "Pairs"),
        ({"sessions": 0}, "Sessions in a block"),
        ({"washout_days": -1}, "Days between blocks"),
        ({"every_days": 8}, "Days from session to session"),
        ({"worthwhile": 0.1}, "Smallest difference"),
    ],
)
def test_a_plan_out_of_range_is_refused(change: dict[str, float], name: str) -> None:
    with pytest.raises(InputError, match=name):
        Design(Region.NECK, Outcome.PAIN_AFTER, FIRST, Concealment.BY_HAND, **change)  # type: ignore[arg-type]


def test_a_secret_and_an_order_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="Secret|secret"):
        comparison.order("abc", 3)
    with pytest.raises(InputError, match="Order|order"):
        self_trial.analyse(PLAN, (True, True) * 4, [])
    with pytest.raises(InputError, match="Pain"):
        self_trial.analyse(PLAN, ORDER, [Rated(0, 0.0, 11.0, True)])


@pytest.mark.parametrize(
    ("driver", "device", "told"),
    [
        ("simulated", "simulated_lamp", Concealment.SIMULATED),
        ("manual", "wrap", Concealment.BY_HAND),
        ("mqtt", "wrap", Concealment.HIDDEN),
        ("mqtt", "red_panel", Concealment.LIGHT_SEEN),
        ("mqtt", "dark_panel", Concealment.HIDDEN),
        ("mqtt", "simulated_lamp", Concealment.LIGHT_SEEN),  # a filament glows
    ],
)
def test_what_can_be_hidden_follows_from_who_switches_and_from_the_spectrum(
    driver: str, device: str, told: Concealment
) -> None:
    devices = {
        "simulated_lamp": catalogue.simulated_lamp(),
        "wrap": catalogue.described(DeviceKind.WRAP),
        "red_panel": catalogue.described(DeviceKind.LED_PANEL, claimed_irradiance_w_m2=500.0),
        "dark_panel": replace(
            catalogue.described(DeviceKind.LED_PANEL, claimed_irradiance_w_m2=500.0),
            emitter=Emitter(SpectrumKind.LED, lines=((940.0, 1.0),)),
        ),
    }
    visible = spectrum.visible_share(devices[device].emitter) * 500.0
    assert comparison.concealment(driver, visible) is told
