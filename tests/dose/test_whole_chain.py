"""The course of a person by other means: the equations of the facts written out again, and SciPy's LSODA in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from irtherapy.body import layers, population
from irtherapy.dose import depth, ensemble, exposure, medium_light, plan
from irtherapy.dose.simulate import Phase, simulate
from irtherapy.values import Emitter, Person, Placement, Region, Setting, Site, SpectrumKind

BACK = Site(Region.LOWER_BACK)
BLOOD = 1050.0 * 3617.0
ROOM = 22.0
PERSON = Person(age_years=45, skin_tone=3)


def by_lsoda(who: population.Persons, ex: exposure.Exposure, body, minutes: float) -> np.ndarray:
    """Return (times, skin then muscle surface) each half minute on the cells of ``ex``, perfusion lagging."""
    counts = [exposure.CELLS[name][0] for name in layers.LAYERS]
    thermal = [body.thermal[name] for name in np.repeat(layers.LAYERS, counts)]
    k, c, w0, qm = (
        np.array([getattr(t, name) for t in thermal])
        for name in ("conductivity_w_m_k", "heat_capacity_j_m3_k", "perfusion_per_s", "metabolic_w_m3")
    )
    kind, dz, core = np.array([t.response for t in thermal]), ex.tissue.dz_m[0], who.core_c[0]
    w0 = w0 * who.perfusion_factor[0]
    rule = body.sites[BACK.region]
    h = (rule.convection_w_m2_k + rule.radiation_w_m2_k) * who.surface_factor[0]
    half = 2.0 * k / dz
    between = 1.0 / (1.0 / half[1:] + 1.0 / half[:-1])

    def target(t: np.ndarray) -> np.ndarray:
        bell = np.exp(-((np.minimum(t, 45.0) - 45.0) ** 2) / 12.0)
        skin = 1.0 + (who.gain[0] - 1.0) / (1.0 + np.exp(39.5 - t))
        answers = {"skin": skin, "muscle": (0.45 + 3.55 * bell) / 0.45, "fat": 1.0 + bell, "constant": np.ones_like(t)}
        return w0 * np.select([kind == name for name in answers], list(answers.values()))

    def skin_c(t: np.ndarray) -> np.ndarray:
        return (half[0] * t[0] + h * ROOM - 7.0) / (half[0] + h)

    def rate(t: np.ndarray, w: np.ndarray, light: np.ndarray) -> np.ndarray:
        flow = (qm + w * BLOOD * (core - t)) * dz + light
        across = between * np.diff(t)
        flow[:-1] += across
        flow[1:] -= across
        flow[0] += half[0] * (skin_c(t) - t[0])
        flow[-1] += half[-1] * (core - t[-1])
        return flow / (c * dz)

    many = len(dz)
    still = solve_ivp(
        lambda _, t: rate(t, target(t), 0.0 * dz), (0.0, 3e5), np.full(many, 36.0), "LSODA", rtol=1e-8, atol=1e-8
    ).y[:, -1]
    light = ex.source_w_m2[0]

    def both(_: float, y: np.ndarray) -> np.ndarray:
        t, w = y[::2], y[1::2]
        out = np.empty_like(y)
        out[::2], out[1::2] = rate(t, w, light), (target(t) - w) / who.lag_s[0]
        return out

    begin = np.empty(2 * many)
    begin[::2], begin[1::2] = still, target(still)
    marks = np.arange(0.0, minutes * 60.0 + 1.0, 30.0)
    y = solve_ivp(both, (0.0, marks[-1]), begin, "LSODA", marks, rtol=1e-8, atol=1e-9, lband=3, uband=3).y
    temp, below = y[::2], int(np.sum(counts[:3]))
    muscle = (half[below - 1] * temp[below - 1] + half[below] * temp[below]) / (half[below - 1] + half[below])
    return np.stack([skin_c(temp), muscle], axis=1)


@pytest.mark.parametrize(("device", "distance_m", "seed"), [("r125_150w", 0.4, 1), ("hooga_saunapro", 0.1524, 4)])
def test_the_course_of_a_person_is_that_of_the_equations(devices, body, device, distance_m, seed):
    who = population.ensemble(Person(), BACK, body, np.random.default_rng(seed), 1)
    lamp = devices[device]
    dose = exposure.light_dose(who, body, lamp.emitter)
    ex = exposure.expose(who, body, BACK, lamp, Placement(distance_m, ROOM), exposure.tissue_of(who, body), dose)
    ours = ensemble.heating(ex, 15.0)
    want = by_lsoda(who, ex, body, 15.0)
    assert want[-1, 0] > want[0, 0] + 3.0
    np.testing.assert_allclose(ours.skin_c[0], want[:, 0], atol=0.02)
    np.testing.assert_allclose(ours.muscle_c[0], want[:, 1], atol=0.01)


def test_light_is_absorbed_where_the_reference_has_it_and_none_is_lost(devices, body):
    lamp = devices["hooga_saunapro"].emitter
    who = population.ensemble(Person(), BACK, body, np.random.default_rng(3), 3)
    thin = replace(who, fat_m=np.full(3, 0.002), muscle_m=np.full(3, 0.003))  # so thin that light passes the muscle
    for people in (who, thin):
        dose = exposure.light_dose(people, body, lamp)
        np.testing.assert_allclose(dose.absorbed.sum(axis=1) + dose.reflected, 1.0, atol=1e-5)
    nm, share = exposure.spectrum_bins(lamp, body)
    mu_a, mu_s = exposure.optics.coefficients(body, nm, thin.melanin, thin.blood_factor, thin.scatter_factor)
    left = 0.0
    for i, part in enumerate(share):
        thick = exposure.thicknesses_m(thin)[0, :4]
        medium = [
            medium_light.Layer(*map(float, (d, a, s)), exposure.optics.ANISOTROPY, exposure.optics.INDEX)
            for d, a, s in zip(thick, mu_a[i, 0], mu_s[i, 0], strict=True)
        ]
        left += part * medium_light.solve(medium, 1.0, exposure.optics.INDEX, False, ()).transmittance
    deep = exposure.first_cell("deep")
    assert dose.absorbed[0, deep] == pytest.approx(left, abs=1e-3) and left > 0.02


def test_what_is_told_of_a_course_follows_from_its_curves(devices, body):
    thin = Person(fat_m=0.0039)  # the muscle begins at 6 mm
    done = simulate(thin, BACK, devices["r125_150w"], Placement(0.45), [Phase(15)], body, persons=300, cooling_min=20)
    minutes, temp = np.array(done.time_s) / 60.0, np.array(done.temperature_c)
    rise = temp - temp[:, :1]
    for name, mm in (("10_mm", 10.0), ("20_mm", 20.0), ("30_mm", 30.0)):
        at = rise[done.depth_mm.index(mm)]
        assert done.rise_k[name] == pytest.approx(at.max(), abs=1e-9)
    assert rise[done.depth_mm.index(30.0)].argmax() > minutes.searchsorted(16.0)  # the warmth goes on sinking in
    muscle = rise[done.depth_mm.index(6.0)]
    assert done.layer_depths_mm["muscle"] == pytest.approx(6.0)
    assert done.muscle_warm_min == pytest.approx(np.sum(muscle >= 1.0) * 0.5, abs=1.0)
    assert np.sum(muscle >= 1.0) < np.sum(muscle >= 0.5) - 2
    hot = np.array(done.skin_c.p97_5)
    assert done.skin_warm_min == pytest.approx(np.sum(hot >= 39.0) * 0.5, abs=0.75)
    assert np.sum(hot >= 39.0) < np.sum(hot >= 38.0) - 2
    end = minutes.searchsorted(15.0)
    assert done.reach_mm["rise_1k"] == pytest.approx(np.interp(-1.0, -rise[:, end], done.depth_mm), abs=1e-6)


def test_limits_reckon_with_the_claim_and_the_muscle_with_what_was_measured(devices, body):
    claimed = devices["rlt_home_ultra"]  # prints twice what a laboratory found
    honest = replace(claimed, claimed_irradiance_w_m2=None)
    place = Placement(0.9)
    asked = (PERSON, BACK, place, body)

    def planned(device):
        return plan.make_plan(asked[0], asked[1], device, asked[2], Setting.HOME, 0, asked[3], persons=60)

    def done(device):
        return simulate(asked[0], asked[1], device, asked[2], [Phase(planned(claimed).minutes)], asked[3], persons=60)

    assert 0.0 < planned(claimed).minutes < planned(honest).minutes
    much, real = done(claimed), done(honest)
    for name in (
        "muscle_c",
        "temperature_c",
        "rise_k",
        "reach_mm",
        "irradiance_w_m2",
        "fluence_rate_w_m2",
        "muscle_rise_c",
    ):
        assert getattr(much, name) == getattr(real, name), name
    assert much.skin_peak_c > real.skin_peak_c + 1.0 and much.cem43_min > real.cem43_min
    assert much.eye_irradiance_w_m2 == pytest.approx(real.eye_irradiance_w_m2 * 1740.0 / 857.0)
    told = planned(claimed)
    assert told.irradiance_w_m2 == pytest.approx(real.irradiance_w_m2) and told.skin_peak_c > 38.0
    assert told.muscle_rise_c == pytest.approx(much.muscle_rise_c, abs=0.01)
    assert told.reach_mm == pytest.approx(much.reach_mm, abs=0.05)


def test_far_infrared_reaches_what_warmth_does_and_no_light_goes_in(devices, body):
    plate = Emitter(SpectrumKind.FAR_INFRARED, surface_temp_c=250.0)
    lamp = replace(devices["r125_150w"], emitter=plate, irradiance_profile=((0.5, 300.0),), irradiance_basis="measured")
    far, near = (
        simulate(PERSON, BACK, device, Placement(0.5), [Phase(10)], body, persons=20)
        for device in (lamp, replace(lamp, emitter=devices["r125_150w"].emitter))
    )
    assert far.reach_mm["light_10pct"] < 0.2 and far.reach_mm["light_1pct"] < 1.0
    assert far.absorbed_w_m2 == pytest.approx(300.0 * (1 - (0.4 / 2.4) ** 2), rel=0.02)  # all but the mirror
    assert far.skin_c.p50[20] > near.skin_c.p50[20] and far.rise_k["20_mm"] < 0.5


def test_a_depth_between_two_points_is_interpolated_and_the_last_one_counts():
    mm, value = np.array([0.0, 10.0, 20.0, 30.0]), np.array([1.0, 3.0, 0.0, 0.0])
    assert depth.deepest_mm(mm, value, 0.6) == pytest.approx(18.0)
    assert depth.deepest_mm(mm, value, 4.0) == 0.0 and depth.deepest_mm(mm, value, 0.0) == 30.0


def test_a_warm_surface_is_as_warm_and_as_close_as_each_persons_own_draw_says(devices, body):
    who = population.ensemble(Person(), BACK, body, np.random.default_rng(6), 400)
    for name in ("thermacare_wrap", "heating_pad_low"):
        pad = devices[name]
        ex = exposure.expose(who, body, BACK, pad, Placement(0.0), exposure.tissue_of(who, body), None)
        sd = exposure.WARM_SURFACE_SD_K[pad.irradiance_basis]
        off = ex.on.ambient_c - pad.emitter.surface_temp_c
        assert off.std() == pytest.approx(sd, rel=0.1) and np.corrcoef(off, who.output_normal)[0, 1] > 0.999
        spread = np.log(ex.on.h_w_m2_k / exposure.CONTACT_W_M2_K)
        assert spread.std() == pytest.approx(exposure.CONTACT_SPREAD_LN, rel=0.1)
