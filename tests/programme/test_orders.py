"""A session's order comes from its programme: heat, massage and exercises; ceilings hold below it."""

from __future__ import annotations

import dataclasses

import pytest

from irtherapy import limits, pathway
from irtherapy.edge import data
from irtherapy.edge.runner import steering
from irtherapy.session import machine, prompts
from irtherapy.session.bounds import bounded
from irtherapy.session.state import Phase
from irtherapy.values import (
    Decision,
    DeviceKind,
    Event,
    Person,
    Placement,
    Plan,
    Prescription,
    Programme,
    Region,
    SessionOrder,
    Setting,
    Site,
    Urgency,
    Verdict,
)

SITES = (Site(Region.LOWER_BACK, pain_0_10=4.0),)
GO = Verdict(Decision.GO, (), (), Setting.HOME, "", Urgency.NONE)
DEVICE = {DeviceKind.CHAIR: "massage_chair_generic", DeviceKind.LAMP: "r125_150w"}


def plan_of(kind: DeviceKind, programme: Programme, prescription: Prescription | None = None) -> Plan:
    device = data.catalogue()[DEVICE[kind]]
    return pathway.make_plan(
        Person(45), SITES[0], device, Placement(0.0 if device.contact else 0.6, clothed=device.contact), GO, 3,
        data.body_tables(), persons=40, further=limits.programme_limits(programme.heat_min), prescription=prescription,
    )  # fmt: skip


def order_of(kind: DeviceKind, name: str) -> SessionOrder:
    programme, device = data.programmes()[name], data.catalogue()[DEVICE[kind]]
    items = pathway.make_exercises(data.exercises(), programme, SITES, frozenset(), 1)
    made = pathway.make_order("s", plan_of(kind, programme), device, "simulated", (), items, programme=programme)
    return dataclasses.replace(made, heat_s=1200.0)


def test_massage_is_cued_in_its_block_and_ends_before_the_heat() -> None:
    order = order_of(DeviceKind.CHAIR, "heat_massage")
    assert order.massage_from_s is not None and order.massage_from_s >= 300 and order.massage_to_s == 900
    assert order.programme == "heat_massage 1" and sum(i.duration_s for i in order.stretch) == pytest.approx(
        600, abs=20
    )
    state = machine.step(machine.new(order), Event(0.0, "start", {}), 0.0)[0]
    massaged, said = 0.0, []
    while state.phase is Phase.HEATING:
        before, now_s = state, state.now_s + 1.0
        for kind in ("awake", "comfort"):
            state = machine.step(state, Event(now_s, kind, {"fine": True}), now_s)[0]
        state = machine.step(state, Event(now_s, "sample", {"heat_on": True, "skin_c": None}), now_s)[0]
        massaged += state.massage
        said += [(state.heat_s, p.key) for p in prompts.due(before, state) if p.key.startswith("massage")]
    assert said == [(order.massage_from_s, "massage_start"), (900.0, "massage_end")]
    assert massaged == pytest.approx(900 - order.massage_from_s, abs=1)


def test_a_programme_without_massage_cues_none() -> None:
    assert order_of(DeviceKind.CHAIR, "home_20_10").massage_from_s is None
    assert order_of(DeviceKind.LAMP, "home_20_10").massage_from_s is None


def test_the_programme_bounds_the_plan_and_a_closed_loop_too() -> None:
    short = dataclasses.replace(data.programmes()["home_20_10"], phases=data.programmes()["heat_massage"].phases[:1])
    plan = plan_of(DeviceKind.LAMP, short)
    assert (plan.minutes, plan.limit.name) == (5.0, "programme")
    assert steering.longest_s(plan) == 300.0
    clinic = plan_of(DeviceKind.LAMP, data.programmes()["clinic_30"], Prescription(7, 7, "KL"))
    assert (clinic.minutes, clinic.limit.name, clinic.setting) == (7.0, "clinician", Setting.CLINIC)
    assert steering.longest_s(clinic) == 420.0


@pytest.mark.parametrize(
    ("setting", "kind", "set_by_clinician", "most_min"),
    [
        (Setting.HOME, DeviceKind.LED_PADS, True, 20),
        (Setting.HOME_AT_RISK, DeviceKind.LAMP, True, 15),
        (Setting.CLINIC, DeviceKind.LAMP, True, 30),
        (Setting.CLINIC, DeviceKind.LED_PADS, False, 30),
        (Setting.CLINIC, DeviceKind.LED_PADS, True, 40),
        (Setting.CLINIC, None, True, 30),
    ],
)
def test_the_machine_holds_the_ceiling_whatever_the_order_says(
    setting: Setting, kind: DeviceKind | None, set_by_clinician: bool, most_min: float
) -> None:
    order = order_of(DeviceKind.LAMP, "home_20_10")
    asked = dataclasses.replace(
        order, setting=setting, device_kind=kind, clinician_set=set_by_clinician, heat_s=7200.0, skin_cutoff_c=60.0
    )
    assert bounded(asked).heat_s == most_min * 60
    assert bounded(asked).skin_cutoff_c == limits.ceilings(setting).skin_cutoff_c
