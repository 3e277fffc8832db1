"""`irtherapy bioheat`: the bare heat solver on a layered medium, for checking against one's own tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError

if TYPE_CHECKING:
    from irtherapy.dose.medium_heat import Blood, Edge, Law, Layer, Problem, Source

CELSIUS = (-100.0, 300.0)
FLUX = (-1e6, 1e6)
EDGES = {"convective": ("h_w_m2_k", "ambient_c"), "flux": ("w_m2",), "temperature": ("c",), "adiabatic": ()}
BELL = {"muscle": (0.45, 3.55), "fat": (0.36, 0.36)}  # kg/m3/s at rest and what warmth adds: Lang et al. 1999
SKIN_PER_S = 106.4e-6 * 1109.0 / 60.0  # 106.4 ml/min/kg at 1109 kg/m3: IT'IS database v4


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy bioheat skin.json --json   |   irtherapy bioheat - < skin.json",
    )
    def bioheat(
        file: str = typer.Argument(..., help="A JSON file, or - for standard input. See docs/howto/solvers.md."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Solve the Pennes equation in plane layers: temperature by time and depth."""
        _run(show.read_json(file, "Bioheat file", any_number=True), as_json)


def _run(told: Any, as_json: bool) -> None:
    from irtherapy.dose import medium_heat

    problem, times, depths = _problem(told)
    answer = medium_heat.solve(problem, times, depths)
    if as_json:
        show.emit({**vars(answer), "temperature_c": answer.temperature_c.tolist()})
        return
    head = "  ".join(f"{d * 1000:7.2f}" for d in depths)
    show.rows(
        [
            ("depth mm", head),
            *(
                (f"{t:g} s", "  ".join(f"{v:7.3f}" for v in row))
                for t, row in zip(times, answer.temperature_c, strict=True)
            ),
            ("settled to", f"{answer.settled_k:.1e} K with {answer.cells} cells"),
        ],
        title="Temperature in \u00b0C",
    )


def _problem(told: Any) -> tuple[Problem, tuple[float, ...], tuple[float, ...]]:
    from irtherapy.dose.medium_heat import Blood, Problem
    from irtherapy.edge.cli.fields import Fields

    known = ("layers", "blood", "surface", "surface_flux_w_m2", "deep", "source", "initial", "times_s", "depths_m")
    top = Fields(told, "", known)
    fluid = Fields(top.get("blood"), "blood", ("density_kg_m3", "heat_capacity_j_kg_k", "temperature_c"))
    blood = Blood(
        fluid.number("density_kg_m3", 1.0, 20_000.0),
        fluid.number("heat_capacity_j_kg_k", 1.0, 20_000.0),
        fluid.number("temperature_c", *CELSIUS),
    )
    layers = top.layers(lambda value, path: _layer(value, path, blood))
    times = top.numbers("times_s", 0.0, 1e7, 10_000)
    for i, (one, two) in enumerate(zip(times[:-1], times[1:], strict=True)):
        if two <= one:
            raise InputError(f"times_s[{i + 1}]", f"times_s[{i + 1}] must be later than {one:g} s; got {two:g}.")
    if not times:
        raise InputError("times_s", "times_s must hold at least one time in seconds.")
    depths = top.depths(sum(layer.thickness_m for layer in layers))
    problem = Problem(
        layers,
        blood,
        _edge(top.get("surface"), "surface", ("convective", "flux", "temperature", "adiabatic")),
        _edge(top.get("deep"), "deep", ("temperature", "adiabatic")),
        top.number("surface_flux_w_m2", *FLUX, 0.0),
        _source(top.get("source", None)),
        _initial(top.get("initial", {"kind": "steady"})),
    )
    return problem, times, depths


def _layer(value: Any, path: str, blood: Blood) -> Layer:
    from irtherapy.dose.medium_heat import Layer
    from irtherapy.edge.cli.fields import Fields

    names = ("thickness_m", "conductivity_w_m_k", "density_kg_m3", "heat_capacity_j_kg_k", "metabolic_w_m3")
    layer = Fields(value, path, (*names, "perfusion"))
    return Layer(
        layer.number("thickness_m", 1e-6, 10.0),
        layer.number("conductivity_w_m_k", 1e-4, 1e4),
        layer.number("density_kg_m3", 0.1, 30_000.0),
        layer.number("heat_capacity_j_kg_k", 1.0, 20_000.0),
        layer.number("metabolic_w_m3", -1e9, 1e9, 0.0),
        _law(layer.get("perfusion", {"kind": "constant", "per_s": 0.0}), f"{path}.perfusion", blood),
    )


def _law(value: Any, path: str, blood: Blood) -> Law:
    from irtherapy.dose import medium_heat as heat
    from irtherapy.edge.cli.fields import Fields

    law = Fields(value, path, ("kind", "per_s", "gain", "from_c", "slope_per_k", "max_ratio"))
    kind = law.choice("kind", ("constant", "muscle", "fat", "skin", "linear"))
    if kind in BELL:
        law.only("kind")
        return heat.bell(*BELL[kind], blood)
    if kind == "skin":
        law.only("kind", "per_s", "gain")
        return heat.sigmoid(law.number("per_s", 0.0, 1.0, SKIN_PER_S), law.number("gain", 1.0, 50.0, 5.0))
    per_s = law.number("per_s", 0.0, 1.0)
    if kind == "linear":
        law.only("kind", "per_s", "from_c", "slope_per_k", "max_ratio")
        slope, most = law.number("slope_per_k", 0.0, 100.0), law.number("max_ratio", 1.0, 1000.0)
        return heat.linear(per_s, law.number("from_c", *CELSIUS), slope, most)
    law.only("kind", "per_s")
    return heat.constant(per_s)


def _edge(value: Any, path: str, kinds: tuple[str, ...]) -> Edge:
    from irtherapy.dose.medium_heat import Edge
    from irtherapy.edge.cli.fields import Fields

    edge = Fields(value, path, ("kind", "h_w_m2_k", "ambient_c", "w_m2", "c"))
    kind = edge.choice("kind", kinds)
    edge.only("kind", *EDGES[kind])
    if kind == "convective":
        return Edge(edge.number("h_w_m2_k", 0.0, 1e6), edge.number("ambient_c", *CELSIUS))
    if kind == "flux":
        return Edge(flux_w_m2=edge.number("w_m2", *FLUX))
    if kind == "temperature":
        return Edge(math.inf, edge.number("c", *CELSIUS))
    return Edge()


def _source(value: Any) -> Source | None:
    from irtherapy.dose.medium_heat import Source
    from irtherapy.edge.cli.fields import Fields

    if value is None:
        return None
    source = Fields(value, "source", ("kind", "irradiance_w_m2", "mua_per_m"))
    source.choice("kind", ("exponential",))
    return Source(source.number("irradiance_w_m2", 0.0, 1e6), source.number("mua_per_m", 0.0, 1e7))


def _initial(value: Any) -> float | None:
    from irtherapy.edge.cli.fields import Fields

    initial = Fields(value, "initial", ("kind", "c"))
    if initial.choice("kind", ("uniform", "steady")) == "steady":
        initial.only("kind")
        return None
    return initial.number("c", *CELSIUS)
