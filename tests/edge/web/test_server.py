"""Starting the browser application: ports, two starts at once, the key, and listening beyond this machine."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtherapy.edge.web import server

START = "from irtherapy.edge.web.server import serve; serve({host!r}, {port}, False)"


def start(home: Path, port: int, host: str = "127.0.0.1") -> subprocess.Popen[str]:
    """Start a server as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", START.format(host=host, port=port)],
        env={**os.environ, "IRTHERAPY_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def address(process: subprocess.Popen[str]) -> str:
    """Return the address in the one line that a server prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://[^ ]+/", line)
    assert found, line + (process.stderr.read() if process.poll() is not None and process.stderr else "")
    return found.group()


@contextlib.contextmanager
def taken() -> Iterator[int]:
    """Hold a port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        yield int(sock.getsockname()[1])


def stop(process: subprocess.Popen[str]) -> int:
    """Stop a server as the terminal does and return its exit status."""
    process.send_signal(signal.SIGTERM)
    return process.wait(10)


def test_two_starts_on_one_data_folder_both_serve_and_stop_cleanly(tmp_path: Path) -> None:
    with taken() as port:
        pass
    processes = [start(tmp_path, port), start(tmp_path, port)]
    try:
        pages = [urllib.request.urlopen(address(p), timeout=10) for p in processes]
        assert [p.status for p in pages] == [200, 200]
        assert len({p.url for p in pages}) == 2
    finally:
        ends = [stop(p) for p in processes]
    assert ends == [0, 0]
    assert not (processes[0].stderr.read() + processes[1].stderr.read())  # type: ignore[union-attr]
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_port_in_use_gives_the_next_free_one() -> None:
    with taken() as port:
        sock = server.free_socket("127.0.0.1", port)
        assert port < sock.getsockname()[1] <= port + server.PORTS_TRIED
        sock.close()


def test_listening_beyond_this_machine_needs_a_pass_phrase(tmp_path: Path) -> None:
    process = start(tmp_path, 8000, "0.0.0.0")
    out, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert out == "" and "pass-phrase" in err and err.count("\n") == 1


@pytest.mark.parametrize("host,own", [
    ("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.8.8.8", True),
    ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("example.org", False), ("", False),
])  # fmt: skip
def test_what_counts_as_this_machine(host: str, own: bool) -> None:
    assert server.is_loopback(host) is own


class Terminal:
    """A standard input that a person sits at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def phrases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What a person types, in an empty data folder."""
    typed: list[str] = []
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path))
    monkeypatch.setattr(server.sys, "stdin", Terminal())
    monkeypatch.setattr(server.getpass, "getpass", lambda prompt: typed.pop(0))
    return typed


def test_a_pass_phrase_is_asked_once_and_kept_as_a_hash(phrases: list[str], tmp_path: Path) -> None:
    phrases += ["a long enough one"] * 2
    hashed = server.pass_phrase_hash()
    kept = tmp_path / server.PASS_PHRASE_FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "long enough" not in kept.read_text()
    assert server.pass_phrase_hash() == hashed


@pytest.mark.parametrize("typed", [["short"], ["a long enough one", "another long one"]])
def test_a_short_or_different_pass_phrase_starts_nothing(phrases: list[str], tmp_path: Path, typed: list[str]) -> None:
    phrases += typed
    with pytest.raises(SystemExit) as end:
        server.pass_phrase_hash()
    assert end.value.code == 2
    assert not (tmp_path / server.PASS_PHRASE_FILE).exists()
