"""A small order that a test can read at a glance."""

from __future__ import annotations

import pytest

from irtherapy.values import Region, SessionOrder, Setting, Side, StretchItem


def stretch(name: str, seconds: float = 10.0) -> StretchItem:
    return StretchItem(name, name.title(), Side.BOTH, 5, 1, 5, seconds, "sitting", "Sit tall.", "Stop if it hurts.")


@pytest.fixture
def order() -> SessionOrder:
    return SessionOrder(
        session_id="test",
        setting=Setting.HOME,
        region=Region.LOWER_BACK,
        device_id="simulated_lamp",
        driver="simulated",
        heat_s=600.0,
        skin_cutoff_c=42.0,
        skin_target_c=41.0,
        cem43_max_min=2.0,
        lease_s=5.0,
        checks=(("skin", "The skin is bare."), ("eyes", "Eyes are away.")),
        stretch=(stretch("chin_tuck"), stretch("knee_roll")),
        pain_before_0_10=5.0,
    )
