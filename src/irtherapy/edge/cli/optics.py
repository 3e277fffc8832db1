"""`irtherapy optics`: the bare light solver on a layered medium, for checking against one's own tables."""

from __future__ import annotations

from typing import Any

import typer

from irtherapy.edge.cli import show

INDEX = (1.0, 3.0)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog='Examples:  irtherapy optics slab.json --json   |   echo \'{"layers": [{"thickness_m": 2e-4, '
        '"mua_per_m": 1000, "mus_per_m": 9000, "g": 0.75, "n": 1}]}\' | irtherapy optics -',
    )
    def optics(
        file: str = typer.Argument(..., help="A JSON file, or - for standard input. See docs/howto/solvers.md."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Solve light in plane layers: reflected, transmitted, absorbed, and the fluence rate by depth."""
        _run(show.read_json(file, "Optics file", any_number=True), as_json)


def _run(told: Any, as_json: bool) -> None:
    from irtherapy.dose import medium_light
    from irtherapy.edge.cli.fields import Fields

    top = Fields(told, "", ("layers", "n_above", "n_below", "incidence", "depths_m"))
    layers = top.layers(_layer)
    thick = sum(layer.thickness_m for layer in layers)
    depths = top.depths(thick, ())
    answer = medium_light.solve(
        layers,
        top.number("n_above", *INDEX, 1.0),
        top.number("n_below", *INDEX, 1.0),
        top.choice("incidence", ("collimated", "diffuse"), "collimated") == "diffuse",
        depths,
    )
    if as_json:
        show.emit(answer)
        return
    show.rows(
        [
            ("specular", f"{answer.specular:.5f}"),
            ("diffuse reflectance", f"{answer.diffuse_reflectance:.5f}"),
            ("transmittance", f"{answer.transmittance:.5f}"),
            *((f"absorbed in layer {i + 1}", f"{a:.5f}") for i, a in enumerate(answer.absorbed)),
            *((f"fluence rate at {d:g} m", f"{v:.5g}") for d, v in zip(depths, answer.fluence_rate, strict=True)),
            ("settled to", f"{answer.settled:.1e} with {answer.nodes} ordinates"),
        ],
        title="Per unit incident irradiance",
    )


def _layer(value: Any, path: str) -> Any:
    from irtherapy.dose.medium_light import Layer
    from irtherapy.edge.cli.fields import Fields

    layer = Fields(value, path, ("thickness_m", "mua_per_m", "mus_per_m", "g", "n"))
    return Layer(
        layer.number("thickness_m", 1e-7, 100.0),
        layer.number("mua_per_m", 0.0, 1e7),
        layer.number("mus_per_m", 0.0, 1e7),
        layer.number("g", -0.99, 0.99),
        layer.number("n", *INDEX),
    )
