"""`irtherapy serve`: the browser application on this machine."""

from __future__ import annotations

import typer


def start(host: str = "127.0.0.1", port: int = 8000, browser: bool = True) -> None:
    """Start the server and stay until it is stopped."""
    from irtherapy.edge.web.server import serve

    serve(host, port, browser)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy serve   |   irtherapy serve --port 8080 --no-browser",
    )
    def serve(
        host: str = typer.Option(
            "127.0.0.1", help="Address to listen on; another than loopback asks for a pass-phrase."
        ),
        port: int = typer.Option(8000, min=1, max=65535, help="The next free port is taken when this one is in use."),
        browser: bool = typer.Option(True, help="Open the browser if there is one."),
    ) -> None:
        """Open irtherapy in the browser (also what `irtherapy` alone does)."""
        start(host, port, browser)
