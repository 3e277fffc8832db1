"""Motion against one's own first measurement, the angle of a phone, and side effects with their grade."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.edge import data
from irtherapy.outcome import effects, motion
from irtherapy.values import InputError

MOTIONS, KINDS = data.motions(), data.effect_kinds()


def rotation(beta: float, gamma: float, alpha: float) -> np.ndarray:
    """The matrix of the W3C draft, by its three turns."""
    b, g, a = (math.radians(v) for v in (beta, gamma, alpha))
    z = np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]])
    x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    y = np.array([[math.cos(g), 0, math.sin(g)], [0, 1, 0], [-math.sin(g), 0, math.cos(g)]])
    return z @ x @ y


@given(
    *(st.floats(-179, 179) for _ in range(2)),
    *(st.floats(-89, 89) for _ in range(2)),
    *(st.floats(0, 360) for _ in range(2)),
)
def test_the_angle_is_that_between_the_two_ups_whatever_the_compass_says(
    b1: float, b2: float, g1: float, g2: float, a1: float, a2: float
) -> None:
    one, two = (rotation(b, g, a).T @ np.array([0, 0, 1]) for b, g, a in ((b1, g1, a1), (b2, g2, a2)))
    expected = math.degrees(math.acos(max(-1.0, min(1.0, float(one @ two)))))
    assert motion.angle_between((b1, g1), (b2, g2)) == pytest.approx(expected, abs=1e-5)


def test_a_phone_that_tips_by_so_much_says_so() -> None:
    assert motion.angle_between((90, 0), (50, 0)) == pytest.approx(40)
    assert motion.angle_between((90, 0), (90, 35)) == pytest.approx(0, abs=1e-6)  # a turn about the upright
    assert motion.angle_between((0, 0), (0, 35)) == pytest.approx(35)
    with pytest.raises(InputError, match="Gamma must be a number from -90 to 90"):
        motion.angle_between((0, 91), (0, 0))


def test_the_tape_counts_from_fifteen_centimetres_and_knows_what_is_chance() -> None:
    tape = MOTIONS["back_forward_tape"]
    assert motion.value_of(tape, "20,5".replace(",", ".")) == 5.5
    with pytest.raises(InputError, match="Bending forward, by tape must be a number from 15 to 35 cm; got 14"):
        motion.value_of(tape, 14)
    assert "less than the 1 cm" in motion.against_first(tape, 5.0, 5.5)[1]
    assert "more than chance" in motion.against_first(tape, 5.0, 6.5)[1]
    assert "less motion" in motion.against_first(tape, 5.0, 3.5)[1]


def test_where_nobody_knows_how_exact_it_is_that_is_said() -> None:
    change, sentence = motion.against_first(MOTIONS["back_side_left"], 20.0, 34.0)
    assert change == 14 and "has not been looked at" in sentence
    assert MOTIONS["neck_turn_left"].detect == 7 and "hardly be finer" in MOTIONS["neck_turn_left"].exact
    assert motion.shares({"a": 40.0, "b": 50.0}) == {"a": 1.0, "b": 1.25}
    assert motion.shares({"a": 0.0}) == {"a": None}


def test_a_side_effect_has_a_kind_a_grade_and_an_advice() -> None:
    kind, grade, _ = effects.told(KINDS, "blister", 1)
    assert grade == effects.MODERATE and "cool water" in effects.advice(kind, grade)
    assert effects.ADVICE[3] in effects.advice(kind, 3) and "cool water" in effects.advice(kind, 3)
    assert effects.advice(KINDS["tired"], 1) == effects.ADVICE[1]


@pytest.mark.parametrize(
    ("kind", "grade", "text", "says"),
    [
        ("hives", 1, "", "Side effect must be one of red_skin, blister"),
        ("tired", 4, "", "Grade must be a number from 1 to 3; got 4"),
        ("tired", 1.5, "", "Grade must be 1, 2 or 3; got 1.5"),
        ("other", 1, "  ", "Text must say what it was"),
        ("tired", 1, "x" * 501, "Text must have at most 500 characters; got 501"),
    ],
)
def test_a_side_effect_that_is_none_is_refused(kind: str, grade: object, text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        effects.told(KINDS, kind, grade, text)
    assert str(refused.value).startswith(says)
