"""`irtherapy announce` at a real broker, with and without a password."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path

import announced_bench as bench
import pytest
from typer.testing import CliRunner

from irtherapy.edge import cli
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.faults.parts import Broker, free_port, wait_for
from irtherapy.edge.runner import announced, broker_line, topics
from irtherapy.values import InputError


def told(*words: str, text: str | None = None) -> dict:
    result = CliRunner().invoke(cli.build(("announce",)), ["announce", *words, "--json"], input=text)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout[result.stdout.index("{") :])


def test_a_broker_is_set_shown_and_forgotten(broker: Broker, somebody: bench.Listener, tmp_path: Path) -> None:
    announced.forget()
    assert told("show") == {"broker": None}
    first = told("set", "127.0.0.1", "--port", str(broker.port))
    name = first["device_id"]
    path = tmp_path / "home" / announced.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    wait_for(lambda: somebody.last(topics.discovery(name)))
    device = json.loads(somebody.last(topics.discovery(name)) or b"")
    assert device["dev"]["name"] == "irtherapy" and device["dev"]["ids"] == [name]
    assert told("set", "127.0.0.1", "--port", str(broker.port))["device_id"] == name, "the same device as before"
    shown = told("show")
    assert shown["topics"]["command"] == f"irtherapy/{name}/command" and shown["words"] == ["stop", "pause", "confirm"]
    assert told("forget") == {"broker": None} and announced.load() is None
    wait_for(lambda: somebody.last(topics.discovery(name)) == b"")  # an empty one takes a kept one back
    late = bench.Listener(broker.port)
    assert late.last(topics.discovery(name)) is None
    late.close()


def test_a_broker_that_is_not_there_is_refused_and_changes_nothing(broker: Broker) -> None:
    before = announced.load()
    with pytest.raises(InputError, match="cannot be reached.*Nothing was changed"):
        told("set", "127.0.0.1", "--port", str(free_port()))
    assert announced.load() == before
    broker.kill()
    with pytest.raises(InputError, match="--here-alone"):
        told("forget")
    assert told("forget", "--here-alone") == {"broker": None} and announced.load() is None


def test_a_wrong_password_is_refused_and_a_right_one_kept_unshown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    word = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(word), "me", "right"], check=True, capture_output=True)
    word.chmod(0o644)
    locked = LockedBroker(tmp_path, word)
    try:
        with pytest.raises(InputError, match="does not let us in"):
            told("set", "127.0.0.1", "--port", str(locked.port), "--user", "me", text="wrong\n")
        told("set", "127.0.0.1", "--port", str(locked.port), "--user", "me", text="right\n")
        assert "right" not in json.dumps(told("show"))
        kept = announced.load()
        assert kept is not None and kept.password == "right"
        broker_line.introduced(kept)
        with pytest.raises(DriverError):
            broker_line.introduced(announced.Announced("127.0.0.1", locked.port))
    finally:
        locked.kill()


class LockedBroker(Broker):
    """mosquitto that wants a password."""

    def __init__(self, folder: Path, passwords: Path) -> None:
        self.passwords = passwords
        super().__init__(folder)

    def start(self) -> None:
        conf = self.folder / "mosquitto.conf"
        asks = f"user root\npassword_file {self.passwords}"  # root: else one started by root could not read the file
        conf.write_text(conf.read_text().replace("allow_anonymous true", asks))
        super().start()


@pytest.mark.parametrize("wrong", [{"host": ""}, {"host": "a b"}, {"port": 0}, {"port": 70_000}, {"device_id": "a/#"}])
def test_a_wrong_address_is_named(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        announced.Announced(**{"host": "h", **wrong})  # type: ignore[arg-type]
