"""Tissue of a place and a person: figures of the tables, and a population consistent with what was told."""

from __future__ import annotations

import numpy as np
import pytest

from irtherapy.body import layers, optics, perfusion, population
from irtherapy.edge import data
from irtherapy.values import InputError, Person, Region, Site

BODY = data.body_tables()
SITE = Site(Region.LOWER_BACK)


@pytest.mark.parametrize(
    ("nm", "per_cm"),
    [(660, 0.00366), (850, 0.0438), (890, 0.0626), (940, 0.293), (975, 0.4485), (1200, 1.256), (1450, 31.5),
     (1940, 124), (2940, 12000), (10000, 638)],
)  # fmt: skip
def test_water_spot_checks(nm, per_cm):
    assert float(BODY.water.at(np.array([nm]))[0]) / 100 == pytest.approx(per_cm, rel=0.02)


# facts: physics 1.4, worked values (1/cm): layer, wavelength, mu_a, mu_s'
WORKED = [
    ("epidermis", 660, 5.24, 45.5),
    ("epidermis", 850, 2.18, 35.2),
    ("dermis", 660, 0.130, 27.9),
    ("dermis", 850, 0.130, 21.2),
    ("dermis", 890, 0.153, 20.4),
    ("dermis", 940, 0.304, 19.5),
    ("fat", 850, 0.037, 13.0),
    ("fat", 940, 0.138, 12.3),
    ("muscle", 850, 0.185, 6.1),
    ("muscle", 940, 0.392, 5.2),
]


@pytest.mark.parametrize(("layer", "nm", "mu_a", "reduced"), WORKED)
def test_the_recipes_give_the_worked_values(layer, nm, mu_a, reduced):
    one = np.ones(1)
    absorption, scattering = optics.coefficients(BODY, np.array([nm]), 0.02 * one, one, one)
    i = optics.LIGHT_LAYERS.index(layer)
    assert absorption[0, 0, i] / 100 == pytest.approx(mu_a, rel=0.03)
    assert scattering[0, 0, i] * (1 - optics.ANISOTROPY) / 100 == pytest.approx(reduced, rel=0.02)


def test_darker_skin_absorbs_more():
    people = [population.median(Person(skin_tone=tone), SITE, BODY).melanin[0] for tone in range(1, 7)]
    assert people == sorted(people) and people[-1] <= 0.12


def test_fat_follows_body_mass_and_sex():
    rule = BODY.sites[Region.LOWER_BACK]
    assert layers.fat_m(rule, 22, "male") == pytest.approx(0.006)
    assert layers.fat_m(rule, 22, "female") == pytest.approx(0.009)
    assert layers.fat_m(rule, 16, "male") >= layers.FAT_MIN_M


def test_the_same_seed_draws_the_same_people():
    first, again = (population.ensemble(Person(), SITE, BODY, np.random.default_rng(7), 50) for _ in range(2))
    assert all(np.array_equal(v, getattr(again, k)) for k, v in vars(first).items())


def test_what_was_told_narrows_the_spread():
    rng = np.random.default_rng
    told = population.ensemble(Person(fat_m=0.010, skin_tone=3), SITE, BODY, rng(1), 400)
    untold = population.ensemble(Person(), SITE, BODY, rng(1), 400)
    assert np.std(np.log(told.fat_m)) < np.std(np.log(untold.fat_m))
    assert np.std(np.log(told.melanin)) < np.std(np.log(untold.melanin))
    assert np.median(told.fat_m) == pytest.approx(0.010, rel=0.05)


def test_people_differ_as_much_as_the_facts_say():
    people = population.ensemble(Person(), SITE, BODY, np.random.default_rng(3), 4000)
    assert np.std(np.log(people.scatter_factor)) == pytest.approx(0.28, abs=0.02)  # scattering +-30 %
    assert np.mean(np.abs(people.scatter_factor - 1.0) < 0.3) == pytest.approx(0.72, abs=0.05)
    assert 120.0 < np.median(people.lag_s) < 180.0 and np.quantile(people.lag_s, 0.025) > 100.0
    assert 3.0 < np.median(people.gain) < 7.0 and people.gain.max() <= 12.0
    assert np.std(np.log(people.surface_factor)) == pytest.approx(0.2, abs=0.02)
    assert np.std(np.log(people.blood_factor)) == pytest.approx(0.4, abs=0.03)
    assert np.std(np.log(people.perfusion_factor)) == pytest.approx(0.3, abs=0.03)


def test_everyone_drawn_could_be_real():
    people = population.ensemble(Person(), Site(Region.NECK), BODY, np.random.default_rng(1), 2000)
    assert len(people) == 2000
    assert people.epidermis_m.min() > 4e-5 and people.epidermis_m.max() < 2.7e-4
    assert people.core_c.min() > 36 and people.core_c.max() < 37.6
    assert people.spine_m.min() > 0.02 and people.spine_m.max() < 0.16
    assert people.melanin.max() < 0.30


@pytest.mark.parametrize("person", [Person(age_years=70), Person(conditions=frozenset({"C28"}))])
def test_older_people_and_people_with_a_condition_answer_less_to_warmth(person):
    assert perfusion.typical_gain(person) < perfusion.typical_gain(Person(age_years=30))


def test_a_missing_table_is_named():
    texts = {name: data.read(name) for name in optics.DATA_FILES}
    del texts["optics_fat.csv"]
    with pytest.raises(InputError, match="optics_fat.csv is missing"):
        optics.tables_from(texts)
