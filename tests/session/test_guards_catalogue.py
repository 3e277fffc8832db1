"""The bounds of the guards that judge a rise, beside every device of the catalogue: where their figures come from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from irtherapy.body import population
from irtherapy.device import geometry
from irtherapy.dose import exposure, heat
from irtherapy.dose.plan import make_plan
from irtherapy.edge import data
from irtherapy.limits import GUARDS
from irtherapy.values import Device, InputError, Person, Placement, Region, Setting, Site

SITE, PERSONS, SECONDS = Site(Region.LOWER_BACK), 40, 180


def placements(device: Device) -> list[Placement]:
    """Return bare and clothed for a device on the skin, else its nearest, middle and farthest distance."""
    if device.contact:
        return [Placement(0.0), Placement(0.0, clothed=True)]
    near, far = geometry.distance_range_m(device)
    whole = (math.ceil(near * 100 + 1e-6), (near + far) * 50, math.floor(far * 100 - 1e-6))
    return [Placement(round(cm) / 100) for cm in whole]


def rates_and_shares(device: Device, place: Placement) -> tuple[float, float, float]:
    """Return the plan's minutes, the most K/s over 5 s, and the least share of the planned rise that any skin shows.

    The share is taken where the flat guard would ask: from its time on, once enough rise is planned (else infinite).
    """
    tables = data.body_tables()
    plan = make_plan(Person(), SITE, device, place, Setting.HOME, 1, tables, persons=PERSONS)
    people = population.ensemble(Person(), SITE, tables, np.random.default_rng(5), PERSONS)
    dose = exposure.light_dose(people, tables, device.emitter) if exposure.has_light(device) else None
    ex = exposure.expose(people, tables, SITE, device, place, exposure.tissue_of(people, tables), dose)
    off, on = heat.Bioheat(ex.tissue, ex.off), heat.Bioheat(ex.tissue, ex.on)
    rest = off.rest()
    skin = heat.run(on, rest, ex.source_w_m2, np.full(SECONDS, 1.0)).skin_c
    skin[:, 0] = off.skin_c(rest.temp_c)
    over = round(GUARDS["skin_rate_over"].value)
    rate = float((skin[:, over:] - skin[:, :-over]).max() / over)
    share = math.inf
    for at_s, planned_c in zip(plan.time_s, plan.skin_c.p50, strict=True):
        rise = planned_c - plan.skin_c.p50[0]
        heated = GUARDS["sensor_flat"].value <= at_s <= min(SECONDS, plan.minutes * 60)
        if heated and rise >= GUARDS["sensor_flat_planned"].value:
            share = min(share, float((skin[:, round(at_s)] - skin[:, 0]).min()) / rise)
    return plan.minutes, rate, share


@pytest.fixture(scope="module")
def found() -> list[tuple[str, float, float, float]]:
    out = []
    for device in data.catalogue().values():
        try:
            out += [(device.id, *rates_and_shares(device, place)) for place in placements(device)]
        except InputError:  # a device whose output nobody knows has no plan, and so no session
            continue
    return out


def test_no_device_that_a_plan_allows_warms_skin_as_fast_as_the_rate_guard(
    found: list[tuple[str, float, float, float]],
) -> None:
    allowed = [rate for _, minutes, rate, _ in found if minutes > 0]
    refused = [rate for _, minutes, rate, _ in found if minutes == 0]
    assert len(allowed) > 40 and max(allowed) < 0.8 * GUARDS["skin_rate"].value
    assert np.median(refused) > GUARDS["skin_rate"].value, "and it would notice most of those that no plan allows"


def test_no_skin_rises_as_little_as_the_flat_guard_asks(found: list[tuple[str, float, float, float]]) -> None:
    shares = [share for *_, share in found if math.isfinite(share)]
    assert len(shares) > 10 and min(shares) > 2.0 * GUARDS["sensor_flat_share"].value
