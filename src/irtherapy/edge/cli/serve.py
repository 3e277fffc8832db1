"""`irtherapy serve`: the browser application on this machine."""

from __future__ import annotations

import typer


def start(host: str = "127.0.0.1", port: int = 8000, browser: bool = True, clinic: bool = False) -> None:
    """Start the server and stay until it is stopped; ``clinic`` switches the clinic's pages on."""
    from irtherapy.edge.web.server import serve

    if clinic:
        from irtherapy.edge import home

        home.switch_clinic(True)
    serve(host, port, browser)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy serve   |   irtherapy serve --port 8080 --no-browser   |   "
        "irtherapy serve --clinic",
    )
    def serve(
        host: str = typer.Option(
            "127.0.0.1", help="Address to listen on; another than loopback asks for a pass-phrase."
        ),
        port: int = typer.Option(8000, min=1, max=65535, help="The next free port is taken when this one is in use."),
        browser: bool = typer.Option(True, help="Open the browser if there is one."),
        clinic: bool = typer.Option(False, "--clinic", help="Switch the pages for patients on; they stay on."),
    ) -> None:
        """Open irtherapy in the browser (also what `irtherapy` alone does)."""
        start(host, port, browser, clinic)
