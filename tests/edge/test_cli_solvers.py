"""`irtherapy optics` and `irtherapy bioheat`: the JSON in and out, and one sentence for each wrong field."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest

SLAB = {"layers": [{"thickness_m": 2e-4, "mua_per_m": 1000, "mus_per_m": 9000, "g": 0.75, "n": 1.0}], "depths_m": [0]}
BODY = {
    "layers": [
        {
            "thickness_m": 0.05,
            "conductivity_w_m_k": 0.5,
            "density_kg_m3": 1050,
            "heat_capacity_j_kg_k": 3600,
            "metabolic_w_m3": 0,
            "perfusion": {"kind": "linear", "per_s": 5e-4, "from_c": 37, "slope_per_k": 0.2, "max_ratio": 4},
        }
    ],
    "blood": {"density_kg_m3": 1050, "heat_capacity_j_kg_k": 3617, "temperature_c": 37},
    "surface": {"kind": "convective", "h_w_m2_k": 10, "ambient_c": 24},
    "surface_flux_w_m2": 0,
    "deep": {"kind": "adiabatic"},
    "source": {"kind": "exponential", "irradiance_w_m2": 400, "mua_per_m": 300},
    "initial": {"kind": "steady"},
    "times_s": [0, 600],
    "depths_m": [0, 0.01, 0.03],
}


def run(command, problem):
    text = problem if isinstance(problem, str) else json.dumps(problem)
    call = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", command, "-", "--json"]
    done = subprocess.run(call, input=text, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def changed(problem, path, value):
    out = copy.deepcopy(problem)
    *way, last = path
    place = out
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return out


def test_optics_of_van_de_hulst():
    code, out = run("optics", SLAB)
    assert code == 0
    assert out["diffuse_reflectance"] == pytest.approx(0.09739, abs=1e-5)
    assert out["transmittance"] == pytest.approx(0.66096, abs=1e-5)
    assert len(out["absorbed"]) == 1 and len(out["fluence_rate"]) == 1 and out["specular"] == 0


def test_the_last_depth_is_within_whatever_the_sum_rounds_to():
    thin = [{**SLAB["layers"][0], "thickness_m": d} for d in (0.0001, 0.0001, 0.0006)]
    assert sum(x["thickness_m"] for x in thin) < 0.0008
    code, out = run("optics", {"layers": thin, "depths_m": [0.0008]})
    assert code == 0 and out["fluence_rate"][0] > 0


def test_bioheat_is_times_by_depths_and_warms():
    code, out = run("bioheat", BODY)
    assert code == 0
    before, after = out["temperature_c"]
    assert len(before) == len(after) == 3
    assert before[0] < before[1] < before[2] <= 37.0
    assert after[0] > before[0] + 4.0 and after[0] - before[0] > after[2] - before[2] > 0.0


@pytest.mark.parametrize(
    ("command", "problem", "path", "value", "says"),
    [
        ("optics", SLAB, ("layers", 0, "mua_per_m"), -1, "layers[0].mua_per_m must be a number from 0 to 1e+07"),
        ("optics", SLAB, ("layers", 0, "g"), 1, "layers[0].g must be a number from -0.99 to 0.99"),
        ("optics", SLAB, ("layers", 0, "n"), ..., "layers[0].n is missing"),
        ("optics", SLAB, ("layers",), [], "layers must be a list of 1 to 50 items"),
        ("optics", SLAB, ("depths_m",), [0.3], "depths_m[0] must be a number from 0 to 0.0002"),
        ("optics", SLAB, ("incidence",), "slanted", "incidence must be collimated or diffuse"),
        ("optics", SLAB, ("colour",), 1, "colour is not known"),
        ("bioheat", BODY, ("times_s",), [10, 10], "times_s[1] must be later than 10 s"),
        (
            "bioheat",
            BODY,
            ("surface", "kind"),
            "windy",
            "surface.kind must be convective, flux, temperature or adiabatic",
        ),
        ("bioheat", BODY, ("layers", 0, "perfusion", "kind"), "none", "layers[0].perfusion.kind must be"),
        ("bioheat", BODY, ("layers", 0, "perfusion", "kind"), "muscle", "layers[0].perfusion.per_s is not known here"),
        ("bioheat", BODY, ("times_s",), [-1], "times_s[0] must be a number from 0 to 1e+07"),
        ("bioheat", BODY, ("blood",), ..., "blood is missing"),
        ("optics", SLAB, ("n_below",), float("nan"), "n_below must be a number from 1 to 3; got nan"),
        ("optics", SLAB, ("layers", 0, "mus_per_m"), float("inf"), "layers[0].mus_per_m must be a number"),
        ("bioheat", BODY, ("surface", "h_w_m2_k"), float("-inf"), "surface.h_w_m2_k must be a number from 0"),
        ("bioheat", BODY, ("surface", "c"), 40, "surface.c is not known here; known are kind, h_w_m2_k, ambient_c"),
        ("bioheat", BODY, ("deep", "c"), 37, "deep.c is not known here"),
        ("bioheat", BODY, ("initial", "c"), 37, "initial.c is not known here"),
        ("bioheat", BODY, ("deep",), 37, "deep must be a JSON object"),
        ("bioheat", BODY, ("layers", 0, "density_kg_m3"), "heavy", "layers[0].density_kg_m3 must be a number"),
    ],
)
def test_one_sentence_names_the_field(command, problem, path, value, says):
    code, out = run(command, changed(problem, path, value))
    assert code == 2
    assert out["error"]["message"].startswith(says)


def test_not_a_number_and_broken_json():
    for text in ('{"layers": [', "NaN NaN", "[" * 200_000):
        code, out = run("optics", text)
        assert code == 2 and "not valid JSON" in out["error"]["message"]
