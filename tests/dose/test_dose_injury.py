"""CEM43 (B8), the burn integral (safety 2.2) and the eye limit (safety 1.1) against their tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from irtherapy.dose import injury
from irtherapy.values import InputError


@pytest.mark.parametrize(
    ("temp_c", "minutes", "want"),
    [(42, 60, 15.0), (41, 60, 3.75), (40, 60, 0.9375), (44, 10, 20.0), (43.5, 30, 42.426)],
)
def test_b8_cem43_at_a_steady_temperature(temp_c, minutes, want):
    got = injury.cem43_min(np.array([0.0, minutes * 60.0]), np.full((1, 2), float(temp_c)))
    assert got[0, -1] == pytest.approx(want, rel=1e-3)


def test_b8_cem43_while_warming():
    time = np.linspace(0, 1800, 3601)
    assert injury.cem43_min(time, 37 + 6 * (1 - np.exp(-time / 300)))[-1] == pytest.approx(16.624, rel=1e-3)


TABLE = [
    (44, 16260, 5547),
    (45, 7732, 2195),
    (46, 3694, 873.8),
    (47, 1773, 349.8),
    (48, 854.9, 140.9),
    (49, 414.1, 57.03),
    (50, 201.5, 23.22),
    (51, 98.46, 13.75),
    (55, 5.867, 3.159),
    (60, 0.190, 0.528),
]


@pytest.mark.parametrize(("temp_c", "henriques", "weaver"), TABLE)
def test_seconds_to_a_burn_follow_the_table(temp_c, henriques, weaver):
    assert 1 / injury.burn_rate_per_s(np.array(float(temp_c))) == pytest.approx(henriques, rel=5e-3)
    assert 1 / injury.burn_rate_per_s(np.array(float(temp_c)), "weaver_stoll") == pytest.approx(weaver, rel=5e-3)


@pytest.mark.parametrize(
    ("time_s", "want"), [(1, 18000), (10, 3201), (60, 834.9), (300, 249.7), (600, 148.5), (1000, 101.2)]
)
def test_the_eye_limit(time_s, want):
    assert injury.eye_limit_w_m2(time_s) == pytest.approx(want, rel=1e-3)


@pytest.mark.parametrize(("irradiance", "want"), [(150, 592), (300, 235), (1000, 47)])
def test_the_eye_time(irradiance, want):
    assert injury.eye_time_s(irradiance) == pytest.approx(want, abs=0.6)


def test_edges():
    assert injury.eye_limit_w_m2(1001) == 100.0
    assert injury.eye_time_s(100.0) == math.inf
    with pytest.raises(InputError):
        injury.eye_limit_w_m2(0)
    with pytest.raises(InputError):
        injury.burn_rate_per_s(np.array(45.0), "unknown")
