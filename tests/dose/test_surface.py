"""What lies on the skin and what leaves it: pads with heat of their own, and sweat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import erfcx

from irtherapy.body import population
from irtherapy.dose import ensemble, evaporation, exposure, heat, pad, simulate
from irtherapy.edge import data
from irtherapy.values import InputError, Person, Placement, Region, Site

LOWER, ROOM = Site(Region.LOWER_BACK), 22.0
LAMP, WARM = data.catalogue()["r125_150w"], data.catalogue()["heating_pad_low"]


@pytest.fixture(scope="module")
def ex() -> exposure.Exposure:
    """Five people with bare skin in a room."""
    body = data.body_tables()
    people = population.ensemble(Person(), LOWER, body, np.random.default_rng(2), 5)
    return exposure.expose(people, body, LOWER, WARM, Placement(0.0), exposure.tissue_of(people, body, 2), None)


def rest_of(ex: exposure.Exposure) -> heat.State:
    return heat.Bioheat(ex.tissue, ex.off).rest()


@pytest.mark.parametrize(("name", "distance_m"), [("r125_150w", 0.45), ("led_belt_generic", 0.0)])
def test_what_cloth_takes_of_the_light_leaves_it_on_both_sides(name: str, distance_m: float) -> None:
    body, device = data.body_tables(), data.catalogue()[name]
    people = population.ensemble(Person(), LOWER, body, np.random.default_rng(2), 5)
    tissue = exposure.tissue_of(people, body)
    dose = exposure.light_dose(people, body, device.emitter)
    worn, bare = (
        exposure.expose(people, body, LOWER, device, Placement(distance_m, ROOM, clothed), tissue, dose)
        for clothed in (True, False)
    )
    loss = exposure.surface_loss(people, body, LOWER)
    away = np.full(5, exposure.PAD_BACK_W_M2_K) if device.contact else loss
    for skin_c in (30.0, 36.0, 42.0):
        into_skin = worn.on.h_w_m2_k * (worn.on.ambient_c - skin_c)
        cloth_c = skin_c + into_skin / exposure.CLOTH_W_M2_K
        np.testing.assert_allclose(into_skin + away * (cloth_c - ROOM), worn.irradiance_w_m2)
        through = worn.off.h_w_m2_k * (skin_c - ROOM)  # with the device off: the same through cloth and air
        np.testing.assert_allclose(through, loss * (skin_c - through / exposure.CLOTH_W_M2_K - ROOM))
    assert not worn.source_w_m2.any() and not worn.absorbed_w_m2.any() and bare.source_w_m2.all(axis=0).any()
    np.testing.assert_allclose(worn.irradiance_w_m2, bare.irradiance_w_m2)


def test_a_pad_on_dead_matter_follows_the_closed_form() -> None:
    # A well-stirred layer on a half space: T = T0 exp(a^2 t) erfc(a sqrt t), a = sqrt(k rho c)/C (Carslaw & Jaeger).
    widths = np.full((1, 400), 1.25e-4)
    k, c, store = 0.5, 3.6e6, 20_000.0
    ones = np.ones_like(widths)
    dead = heat.Tissue(
        widths, k * ones, c * ones, 0.0 * ones, 0.0 * ones, np.zeros(400, dtype=np.int64),
        np.ones(1), np.full(1, 60.0), np.zeros(1),
    )  # fmt: skip
    still = heat.Surface(np.zeros(1), np.zeros(1), np.zeros(1))
    nothing = exposure.Exposure(dead, 0.0 * ones, still, still, np.zeros(1), np.zeros(1), np.zeros(1))
    cold = heat.State(0.0 * ones, 0.0 * ones)
    course = pad.heating(nothing, cold, pad.Pad(store, 50.0, 1e6, back_w_m2_k=0.0), 0.0, 5.0, 0.5)
    root = np.sqrt(k * c * course.time_s[1:]) / store
    np.testing.assert_allclose(course.skin_c[0, 1:], 50.0 * erfcx(root), atol=0.05)


def test_a_pad_that_never_cools_is_the_held_surface(ex: exposure.Exposure) -> None:
    endless = pad.heating(ex, rest_of(ex), pad.Pad(1e7, 45.0, 80.0, back_w_m2_k=0.0), ROOM, 10.0)
    held = replace(ex, on=heat.Surface(np.full(5, 80.0), np.full(5, 45.0), np.zeros(5)))
    np.testing.assert_allclose(
        endless.skin_c[:, 1:], ensemble.heating(held, 10.0, rest_of(ex)).skin_c[:, 1:], atol=0.02
    )


def test_an_electric_pad_warms_up_and_its_thermostat_holds(ex: exposure.Exposure) -> None:
    electric = pad.Pad(5_000.0, ROOM, 100.0, power_w_m2=600.0, thermostat_c=45.0)
    course = pad.heating(ex, rest_of(ex), electric, ROOM, 30.0)
    held = pad.heating(ex, rest_of(ex), pad.Pad(1e7, 45.0, 100.0, back_w_m2_k=0.0), ROOM, 30.0)
    assert np.all(course.skin_c[:, 2] < held.skin_c[:, 2] - 1.0)  # a cold pad at first
    assert np.all(course.skin_c <= held.skin_c + 0.3)  # the thermostat overshoots by a step at most
    assert np.all(np.abs(course.skin_c[:, -1] - held.skin_c[:, -1]) < 0.7)


@given(st.floats(2e3, 1e5), st.floats(1.1, 5.0), st.floats(50.0, 300.0))
@settings(max_examples=20)
def test_a_heavier_heated_pad_is_never_warmer_sooner(store: float, heavier: float, power: float) -> None:
    body = data.body_tables()
    person = population.median(Person(), LOWER, body)
    one = exposure.expose(person, body, LOWER, WARM, Placement(0.0), exposure.tissue_of(person, body), None)
    rest = rest_of(one)
    light, heavy = (
        pad.heating(one, rest, pad.Pad(c, ROOM, 100.0, power_w_m2=power), ROOM, 5.0).skin_c[0]
        for c in (store, store * heavier)
    )
    assert np.all(heavy <= light + 1e-6)


def test_the_heat_of_a_pad_is_kept_account_of() -> None:
    # Dead matter far deeper than the heat comes: what is stored = power while it was on, less what left by the back.
    widths = np.full((1, 400), 2.5e-4)
    k, c, store, back, room = 0.5, 3.6e6, 20_000.0, 12.0, 5.0
    ones = np.ones_like(widths)
    dead = heat.Tissue(
        widths, k * ones, c * ones, 0.0 * ones, 0.0 * ones, np.zeros(400, dtype=np.int64),
        np.ones(1), np.full(1, 60.0), np.zeros(1),
    )  # fmt: skip
    still = heat.Surface(np.zeros(1), np.zeros(1), np.zeros(1))
    nothing = exposure.Exposure(dead, 0.0 * ones, still, still, np.zeros(1), np.zeros(1), np.zeros(1))
    towels = (pad.Layer(40.0, 3_000.0), pad.Layer(25.0, 6_000.0))
    told = pad.Pad(store, 40.0, 80.0, power_w_m2=250.0, back_w_m2_k=back, layers=towels)
    course, above = pad.courses(nothing, heat.State(0.0 * ones, 0.0 * ones), told, room, 20.0, 0.5)
    pads, first, second = above[:, 0, 0], above[:, 0, 1:5].mean(axis=1), above[:, 0, 5:9].mean(axis=1)
    stored = store * (pads - 40.0) + 3_000.0 * first + 6_000.0 * second + course.temp_c[:, 0].sum(axis=1) * c * 2.5e-4
    left = back * np.concatenate([[0.0], np.cumsum((pads[1:] + pads[:-1]) / 2.0 - room) * 30.0])
    np.testing.assert_allclose(stored + left, 250.0 * course.time_s, atol=0.002 * 250.0 * 1200.0)


def test_towels_between_are_conductances_in_series(ex: exposure.Exposure) -> None:
    towels = (pad.Layer(40.0, 1.0), pad.Layer(25.0, 1.0))
    through = pad.heating(ex, rest_of(ex), pad.Pad(1e7, 60.0, 80.0, back_w_m2_k=0.0, layers=towels), ROOM, 10.0)
    series = 1.0 / (1.0 / 40.0 + 1.0 / 25.0 + 1.0 / 80.0)
    held = replace(ex, on=heat.Surface(np.full(5, series), np.full(5, 60.0), np.zeros(5)))
    np.testing.assert_allclose(
        through.skin_c[:, 1:], ensemble.heating(held, 10.0, rest_of(ex)).skin_c[:, 1:], atol=0.03
    )


@pytest.mark.parametrize(
    ("device", "clothed"), [("heating_pad_low", True), ("heating_pad_low", False), ("chair", True)]
)
def test_a_pad_lies_on_each_person_as_the_plan_has_it(device: str, clothed: bool) -> None:
    body = data.body_tables()
    found = next(d for d in data.catalogue().values() if d.id == device or d.kind.value == device)
    warm = found if found.emitter.surface_temp_c else replace(found, emitter=WARM.emitter)
    people = population.ensemble(Person(), LOWER, body, np.random.default_rng(3), 8)
    place = Placement(0.0, clothed=clothed)
    ex = exposure.expose(people, body, LOWER, warm, place, exposure.tissue_of(people, body), None)
    rest = rest_of(ex)
    endless = pad.at_each(pad.Pad(1e7, ROOM, power_w_m2=0.0, back_w_m2_k=0.0), ex)
    for person in range(8):  # a pad that never cools, at each one's own temperature, is the held surface of the plan
        one = replace(endless, start_c=float(ex.on.ambient_c[person]))
        kept = pad.heating(ex, rest, one, ROOM, 10.0).skin_c[person, -1]
        assert kept == pytest.approx(ensemble.heating(ex, 10.0, rest).skin_c[person, -1], abs=0.03)


def test_a_pad_with_heat_of_its_own_starts_slower_in_the_answer_and_ends_with_the_same_spread() -> None:
    body = data.body_tables()
    ask = (Person(), LOWER, WARM, Placement(0.0), [simulate.Phase(30.0)], body, 60)
    slow = simulate.simulate(*ask, pad=pad.Pad(5_000.0, ROOM, power_w_m2=800.0))
    held = simulate.simulate(*ask)
    assert slow.skin_c.p50[4] < held.skin_c.p50[4] - 0.3
    assert slow.skin_c.p97_5[60] == pytest.approx(held.skin_c.p97_5[60], abs=0.25)
    assert slow.skin_c.p2_5[60] == pytest.approx(held.skin_c.p2_5[60], abs=0.25)
    with pytest.raises(InputError, match="warm device"):
        simulate.simulate(Person(), LOWER, LAMP, Placement(0.5), *ask[4:], pad=pad.Pad(1e4, ROOM))
    with pytest.raises(InputError, match="Heat capacity of the pad must be"):
        pad.Pad(float("nan"), ROOM)
    with pytest.raises(InputError, match="Contact must be"):
        pad.Pad(1e4, ROOM, np.array([100.0, 0.0]))


@pytest.mark.parametrize(("temp_c", "kpa"), [(0.01, 0.6117), (20.0, 2.3393), (35.0, 5.6286), (50.0, 12.352)])
def test_the_vapour_pressure_is_that_of_the_steam_tables(temp_c: float, kpa: float) -> None:
    assert evaporation.saturation_kpa(temp_c) == pytest.approx(kpa, rel=1.5e-3)  # IAPWS-95


def test_sweat_cools_warm_skin_and_leaves_cool_skin_alone() -> None:
    sweat = evaporation.Sweat()
    lost = sweat.extra_w_m2(np.array([33.0, 36.0, 37.0, 40.0]), np.full(4, ROOM), np.full(4, 3.9))
    assert lost[0] == lost[1] == 0.0 < lost[2] < lost[3]
    by_hand = (0.3 - 0.06) * 16.5 * 3.9 * (evaporation.saturation_kpa(40.0) - 0.5 * evaporation.saturation_kpa(ROOM))
    assert lost[3] == pytest.approx(float(by_hand))
    with pytest.raises(InputError, match="Humidity must be"):
        evaporation.Sweat(humidity=1.5)


@given(st.floats(0.07, 1.0), st.floats(0.0, 1.0), st.floats(0.35, 0.8))
@settings(max_examples=12)
def test_more_sweat_or_drier_air_is_never_hotter(most: float, humidity: float, distance_m: float) -> None:
    body, ten = data.body_tables(), [simulate.Phase(10.0)]
    ask = (Person(), LOWER, LAMP, Placement(distance_m), ten, body, 20)
    wet = simulate.simulate(*ask, sweat=evaporation.Sweat(most=most, humidity=humidity))
    dry = simulate.simulate(*ask)
    humid = simulate.simulate(*ask, sweat=evaporation.Sweat(most=most, humidity=1.0))
    assert wet.skin_peak_c <= humid.skin_peak_c + 1e-9 and humid.skin_peak_c <= dry.skin_peak_c + 1e-9


def test_the_steps_of_the_plan_are_fine_enough_for_sweat(ex: exposure.Exposure) -> None:
    hot = replace(ex, on=replace(ex.off, flux_w_m2=ex.off.flux_w_m2 + 500.0))
    sweat = evaporation.Sweat(most=0.6)

    def lost(skin_c: np.ndarray) -> np.ndarray:
        return sweat.extra_w_m2(skin_c, np.full(5, ROOM), np.full(5, 3.9))

    operator, state = heat.Bioheat(hot.tissue, hot.on), rest_of(hot)
    told = ensemble.march(hot, operator, hot.source_w_m2, state, 10.0, lost)
    for mark in range(1, 21):
        for _ in range(60):
            now = np.zeros_like(hot.source_w_m2)
            now[:, 0] -= operator.share * lost(operator.skin_c(state.temp_c))
            state = operator.step(state, now, 0.5)
        assert np.abs(operator.skin_c(state.temp_c) - told.skin_c[:, mark]).max() < 0.03, mark


def test_sweat_under_heat_settles_where_its_own_loss_holds_the_balance(ex: exposure.Exposure) -> None:
    hot = replace(ex, on=replace(ex.off, flux_w_m2=ex.off.flux_w_m2 + 400.0))
    sweat = evaporation.Sweat(most=0.6)

    def lost(skin_c: np.ndarray) -> np.ndarray:
        return sweat.extra_w_m2(skin_c, np.full(5, ROOM), np.full(5, 3.9))

    course = ensemble.march(hot, heat.Bioheat(hot.tissue, hot.on), hot.source_w_m2, rest_of(hot), 300.0, lost)
    skin = course.skin_c[:, -1]
    taken = lost(skin)
    assert np.all(taken > 20.0)
    balanced = heat.Bioheat(hot.tissue, replace(hot.on, flux_w_m2=hot.on.flux_w_m2 - taken))
    steady = balanced.skin_c(balanced.rest().temp_c)
    np.testing.assert_allclose(skin, steady, atol=0.05)


def test_no_sweat_leaves_the_skin_under_a_pad() -> None:
    body, ten = data.body_tables(), [simulate.Phase(10.0)]
    ask = (Person(), LOWER, WARM, Placement(0.0), ten, body, 20)
    wet, dry = simulate.simulate(*ask, sweat=evaporation.Sweat(most=1.0)), simulate.simulate(*ask)
    assert wet.skin_c.p50[:21] == dry.skin_c.p50[:21]  # covered
    assert wet.skin_c.p97_5[22] < dry.skin_c.p97_5[22]  # bare again, and still warm
