"""Light: published slabs, independent Monte Carlo runs, and light measured in tissue."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from irtherapy.body import optics, population
from irtherapy.body.optics import BodyTables
from irtherapy.dose import exposure, light, medium_light
from irtherapy.dose.medium_light import Layer
from irtherapy.edge import data
from irtherapy.edge.validation import cases
from irtherapy.edge.validation.rows import Row, Study, band, not_judged, number, worst
from irtherapy.export import svg
from irtherapy.tables import rows as table_rows
from irtherapy.values import Person, Region, Site

SLOPE_CM, SLOPE_PER_CM = (0.39, 0.99), 5.60  # A9: where, and what the Monte Carlo shows


def _exact(case: dict[str, Any], depths_m: list[float]) -> medium_light.Answer:
    layers = [Layer(d / 100, a * 100, s * 100, case["g"], case["index"]) for a, s, d in case["layers_per_cm"]]
    return medium_light.solve(layers, 1.0, 1.0 if case["open_bottom"] else case["index"], False, depths_m)


def tables() -> Study:
    """Compare shares reflected, transmitted and absorbed: the batched solver of the plan, and the reference."""
    found: list[Row] = []
    for case in cases.read("light"):
        field, exact = cases.solve_light(case), _exact(case, [])
        for name, want in case["values"].items():
            value, within = want["value"], want["tolerance"]
            told = _in_words(name)
            found.append(number(case["id"], f"{told}, as in the plan", value, cases.light_value(field, name), within))
            found.append(number(case["id"], f"{told}, reference solver", value, _share(exact, name), within))
    return Study(
        "Light: what is reflected, transmitted and absorbed",
        "Tables of van de Hulst and Giovanelli, adding-doubling, an independent Monte Carlo of 1 to 4 million photons.",
        tuple(found),
    )


def _in_words(name: str) -> str:
    return f"absorbed in layer {int(name[-1]) + 1}" if name.startswith("absorbed_") else name


def _share(answer: medium_light.Answer, name: str) -> float:
    if name.startswith("absorbed_"):
        return answer.absorbed[int(name.removeprefix("absorbed_"))]
    shares = {
        "specular": answer.specular,
        "diffuse": answer.diffuse_reflectance,
        "reflected": answer.specular + answer.diffuse_reflectance,
        "transmitted": answer.transmittance,
    }
    return shares[name]


def depths() -> Study:
    """Compare the fluence rate by depth."""
    found, charts = [], []
    for case in cases.read("light"):
        if not case["depth_mm"]:
            continue
        ours = cases.solve_light(case).fluence_rate_at(np.array(case["depth_mm"]) / 1000.0)
        for mm, want, got in zip(case["depth_mm"], case["fluence_rate"], ours, strict=True):
            what = f"fluence rate at {mm:g} mm"
            found.append(number(case["id"], what, want, float(got), case["fluence_tolerance"], share=True))
        if case["id"] in ("A8", "A10", "A11"):
            charts.append(_chart(case))
    return Study(
        "Light: how much there is at a depth",
        "Fluence rate over what falls on the skin, against the independent Monte Carlo.",
        tuple(found),
        tuple(charts),
    )


def _chart(case: dict[str, Any]) -> str:
    deepest = max(case["depth_mm"])
    depth = np.linspace(0.0, deepest, 60)
    ours = cases.solve_light(case).fluence_rate_at(depth / 1000.0)
    series = [
        svg.Series("Monte Carlo", case["depth_mm"], [math.log10(v) for v in case["fluence_rate"]], dots=True),
        svg.Series("ours", depth.tolist(), np.log10(ours).tolist(), ember=True),
    ]
    title = f"{case['id']}: fluence rate by depth"
    told = "The line lies on the rings."
    return svg.line_chart(series, "depth in mm", "log10 of the fluence rate", title, told, width=420, height=290)


def laws() -> Study:
    """Compare what holds whatever the tissue: the slope deep down, the closure of energy, how water absorbs."""
    found: list[Row] = []
    light_cases = cases.read("light")
    (deep,) = (case for case in light_cases if case["id"] == "A8")
    for solver, phi in (
        ("as in the plan", cases.solve_light(deep).fluence_rate_at(np.array(SLOPE_CM) / 100)),
        ("reference solver", np.array(_exact(deep, [z / 100 for z in SLOPE_CM]).fluence_rate)),
    ):
        slope = float(np.log(phi[0] / phi[1])) / (SLOPE_CM[1] - SLOPE_CM[0])
        what = f"slope of ln fluence rate in A8, {SLOPE_CM[0]} to {SLOPE_CM[1]} cm, {solver}"
        found.append(number("A9", what, SLOPE_PER_CM, slope, 0.01, unit="/cm", share=True))
    planned = [cases.solve_light(case) for case in light_cases]
    exact = [_exact(case, []) for case in light_cases]
    one = [1.0] * len(light_cases)
    shares = [float(field.reflected + field.transmitted + field.absorbed.sum()) for field in planned]
    found.append(worst("A12", "all shares of a case together, as in the plan", one, shares, 1e-3, ""))
    shares = [
        answer.specular + answer.diffuse_reflectance + answer.transmittance + sum(answer.absorbed) for answer in exact
    ]
    found.append(worst("A12", "all shares of a case together, reference solver", one, shares, 1e-3, ""))
    body = data.body_tables()
    name, columns = "validation_water.csv", ("wavelength_nm", "mua_per_cm", "within_share")
    for row in table_rows(name, data.read(name), columns):
        nm, want, within = (float(row[column]) for column in columns)
        ours = float(body.water.at(np.array([nm]))[0]) / 100
        found.append(number("water", f"absorption of water at {nm:g} nm", want, ours, within, 5, "/cm", True))
    return Study(
        "Light: what holds whatever the tissue",
        "The slope of the independent Monte Carlo deep down (diffusion theory would be 2 % steeper); energy, each case "
        "of the tables; the absorption of water, of which most of the far infrared hangs.",
        tuple(found),
    )


def _through(body: BodyTables) -> Row:
    """A16: what of 830 nm comes through flesh, over what of 633 nm."""
    one = np.ones(1)
    mua, mus = optics.coefficients(body, np.array([830.0, 633.0]), 0.02 * one, one, one)
    i = optics.LIGHT_LAYERS.index("muscle")
    fields = [
        light.solve(a[[i]], s[[i]], optics.ANISOTROPY, np.array([0.03]), optics.INDEX, open_bottom=True)
        for a, s in zip(mua[:, 0], mus[:, 0], strict=True)
    ]
    ratio = float(fields[0].transmitted / fields[1].transmitted)
    what = "light through flesh (Jagdeo 2012), ours 30 mm of muscle: 830 nm over 633 nm"
    return band("A16", what, 10.0, math.inf, ratio, "times", "measurable over negligible")


def _thrown_back(nm: float, tone_melanin: float) -> float:
    """Return what typical skin of the lower back throws back at a wavelength, by its melanosomes."""
    body = data.body_tables()
    site = Site(Region.LOWER_BACK)
    who = replace(population.median(Person(), site, body), melanin=np.full(1, tone_melanin))
    return float(exposure.solve_light(who, body, np.array([nm])).reflected[0, 0])


def _melanin() -> tuple[Row, Row]:
    """A16: the pigment of skin matters to about 900 nm; and what of 660 nm passes 50 mm of flesh."""
    pale, dark = population.MELANIN[0], population.MELANIN[-1]
    change = {nm: 1.0 - _thrown_back(nm, dark) / _thrown_back(nm, pale) for nm in (650.0, 1100.0)}
    what = "what type 6 throws back less than type 1 (Piazena 2017), at 1100 nm over at 650 nm"
    body, one = data.body_tables(), np.ones(1)
    mua, mus = optics.coefficients(body, np.array([660.0]), 0.02 * one, one, one)
    i = optics.LIGHT_LAYERS.index("muscle")
    deep = light.solve(mua[0, 0, [i]], mus[0, 0, [i]], optics.ANISOTROPY, np.array([0.05]), optics.INDEX)
    left = f"{1e5 * float(deep.fluence_rate_at(np.array([0.05]))[0]):.1f} \u00b5W/cm\u00b2"
    return (
        band("A16", what, 0.0, 0.5, change[1100.0] / change[650.0], "", "matters to about 900 nm"),
        not_judged("A16", "660 nm, 100 mW/cm\u00b2, through 50 mm (2019)", "measurable", left),
    )


def measured() -> Study:
    """Compare how deep light was measured in muscle."""
    body = data.body_tables()
    nm, one = np.array([808.0, 980.0]), np.ones(1)
    mua, mus = optics.coefficients(body, nm, 0.02 * one, one, one)
    muscle = optics.LIGHT_LAYERS.index("muscle")
    found: list[float] = []
    depth = np.linspace(0.0, 0.12, 1201)
    for i in range(len(nm)):
        field = light.solve(
            mua[i, 0, [muscle]], mus[i, 0, [muscle]], optics.ANISOTROPY, np.array([0.12]), optics.INDEX, nodes=16
        )
        found.append(float(np.interp(-math.log(1e-3), -np.log(field.fluence_rate_at(depth)), depth * 100.0)))
    rows = (
        band("A15", "depth of 0.1 % at 808 nm", 3.4 * 0.6, 3.4 * 1.4, found[0], "cm", "3.4 cm"),
        band("A15", "depth of 0.1 % at 980 nm", 2.2 * 0.6, 2.2 * 1.4, found[1], "cm", "2.2 cm"),
        band("A15", "ratio of the two depths", 1.25, 1.75, found[0] / found[1], "", "1.55"),
        _through(body),
        *_melanin(),
    )
    about = "Bovine tissue, 1 W/cm\u00b2 down to 1 mW/cm\u00b2: Hudson 2013 (doi 10.1089/pho.2012.3284)."
    notes = (
        "A15: ours is the fluence rate of a broad beam in muscle of our recipe, over what falls on the skin. The "
        "measured beam spread and a detector saw it, both of which make the measured depth smaller; the ratio, which "
        "hangs on them less, agrees.",
    )
    return Study("Light measured in tissue", about, rows, notes=notes)
