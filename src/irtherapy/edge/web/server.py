"""Starts the browser application on this machine: one database, one port, one line that says where it is."""

from __future__ import annotations

import contextlib
import getpass
import ipaddress
import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import NoReturn

from irtherapy.edge.home import data_home, sessions_folder

PORTS_TRIED = 50
PASS_PHRASE_FILE = "pass-phrase"
PASS_PHRASE_MIN = 10


def serve(host: str, port: int, open_browser: bool) -> None:
    """Prepare the database, put right what an earlier crash left, and serve until stopped."""
    wanted = "" if is_loopback(host) else pass_phrase_hash()
    prepare()
    if wanted:
        from django.conf import settings

        settings.PASS_PHRASE_HASH = wanted
        settings.ALLOWED_HOSTS = ["*"]
    listening = free_socket(host, port)
    taken = int(listening.getsockname()[1])
    address = url(host, taken)
    note = "" if taken == port else f" (port {port} was in use)"
    say(f"irtherapy is at {address}{note}. Press Ctrl+C to stop.")
    remind()
    if open_browser and has_browser():
        Timer(0.6, webbrowser.open, args=[address]).start()
    run(listening)


def prepare() -> None:
    """Set Django up, bring the database up to date, and finish the records of sessions that were interrupted."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "irtherapy.edge.web.settings")
    django.setup()
    from django.core.management import call_command

    with lock(data_home() / "migrate.lock"):
        call_command("migrate", verbosity=0, interactive=False)
        from irtherapy.edge import runner
        from irtherapy.edge.records import visits

        runner.recover(sessions_folder())
        visits.import_finished()


def remind() -> None:
    """Say that today is a day of the course, if it is: on two days at most, and then no more until a session."""
    from irtherapy.edge.records import courses

    course = courses.current()
    line = None if course is None else courses.remind(course, courses.progress(course))
    if line is not None:
        say(line)


def run(listening: socket.socket) -> None:
    """Serve on the open socket; returns after a stop signal, so that everything is closed in order."""
    import uvicorn

    logging.getLogger("uvicorn.error").addFilter(quiet_cancelled)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # uvicorn raises the signal again after its shutdown
    config = uvicorn.Config(
        "irtherapy.edge.web.asgi:application",
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listening])


def quiet_cancelled(record: logging.LogRecord) -> bool:
    """Drop the report of live streams that were still open when the server stopped."""
    raised = record.exc_info[0] if record.exc_info else None
    return not (raised is not None and raised.__name__ == "CancelledError") and "CancelledError" not in str(record.msg)


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the file lock at ``path``; a second start waits here until the first has prepared the database."""
    with path.open("a+b") as file:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_loopback(host: str) -> bool:
    """Return True for an address that only this machine can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def free_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket on ``port`` or the next free one. Exits with one sentence when there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last: OSError | None = None
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        sock = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host.strip("[]"), candidate))
            sock.listen(128)
        except OSError as error:
            sock.close()
            last = error
            continue
        return sock
    stop(f"irtherapy cannot listen on {host} from port {port} on: {last}. Choose another with --host or --port.")


def url(host: str, port: int) -> str:
    """Return the address to type into a browser."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"http://[{name}]:{port}/" if ":" in name and "[" not in name else f"http://{name}:{port}/"


def has_browser() -> bool:
    """Return True when this machine can show a page to the person at it."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def pass_phrase_hash() -> str:
    """Return the hash of the pass-phrase that others must give; asks for it once and keeps only the hash."""
    path = data_home() / PASS_PHRASE_FILE
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    if not sys.stdin.isatty():
        stop(
            "Listening beyond this machine needs a pass-phrase: start once in a terminal to set it, "
            "or leave --host at 127.0.0.1."
        )
    say("Others on your network will be able to open irtherapy. Choose a pass-phrase for them to give.")
    phrase = getpass.getpass("Pass-phrase: ")
    if len(phrase) < PASS_PHRASE_MIN:
        stop(f"A pass-phrase has at least {PASS_PHRASE_MIN} characters. Nothing was started.")
    if getpass.getpass("Once more: ") != phrase:
        stop("The two pass-phrases differ. Nothing was started.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "irtherapy.edge.web.settings")
    from django.contrib.auth.hashers import make_password

    hashed = make_password(phrase)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(hashed)
    return hashed


def say(sentence: str) -> None:
    """Write one line for the person at the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def stop(sentence: str) -> NoReturn:
    """Write one sentence and leave with exit status 2."""
    sys.stderr.write(sentence + "\n")
    raise SystemExit(2)
