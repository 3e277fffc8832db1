"""Your own plugs: kept, tested by letting go of them, refused when the test is old, failed, or of other firmware."""

from __future__ import annotations

import datetime
import json
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from irtherapy.edge import home, plugs
from irtherapy.edge.cli import build
from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.drivers.mqtt import Address
from irtherapy.edge.faults.parts import Broker, Pretended, wait_for
from irtherapy.values import InputError

NOW = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def online(plug: Pretended, broker: Broker) -> plugs.OwnPlug:
    """Return a plug that has said it is there."""
    told = plugs.OwnPlug("desk", plug.kind, plug.topic, "r125_150w", Address(port=broker.port))

    def there() -> bool:
        try:
            return bool(plugs.firmware_of(told))
        except DriverError:
            return False

    wait_for(there, 10.0)
    return told


def test_the_test_measures_the_plugs_own_off_and_keeps_it(
    kind: str, broker: Broker, pretend: Callable[..., Pretended]
) -> None:
    plug = pretend(kind)
    done = plugs.try_out(online(plug, broker), lambda: NOW)
    assert done.tested is not None and done.tested.passed and done.tested.seconds_to_off is not None
    went = [line for line in plug.truth() if line["why"] == "own timer"]
    assert len(went) == 1 and 3.0 < done.tested.seconds_to_off <= 6.0
    kept = plugs.find("desk")
    assert kept == done and kept.why_not(NOW) is None
    assert kept.why_not(NOW + datetime.timedelta(days=31)) == "Its test is older than 30 days."
    assert kept.why_not(NOW, "another") == "Its firmware has changed since its test."
    assert stat.S_IMODE((home.data_home() / plugs.FILE).stat().st_mode) == 0o600


def test_a_plug_that_stays_on_fails_its_test_and_is_switched_off(
    kind: str, broker: Broker, pretend: Callable[..., Pretended]
) -> None:
    plug = pretend(kind, "ignores_timer")
    done = plugs.try_out(online(plug, broker), lambda: NOW)
    assert done.tested is not None and not done.tested.passed and done.tested.seconds_to_off is None
    assert done.why_not(NOW) == "It did not switch itself off in its test."
    assert not plug.is_on


def test_what_cannot_be_tested_counts_as_not_tested(
    kind: str, broker: Broker, pretend: Callable[..., Pretended]
) -> None:
    told = online(pretend(kind), broker)
    plugs.keep(replace(told, tested=plugs.Tested(NOW.isoformat(), "x", 5.0, 5.0)))
    nobody = replace(plugs.find("desk"), topic="nobody")
    with pytest.raises(DriverError):
        plugs.try_out(nobody, lambda: NOW)
    assert plugs.find("desk").tested is None


def test_the_commands_add_show_test_watch_and_forget(broker: Broker, pretend: Callable[..., Pretended]) -> None:
    plug = pretend("tasmota")
    online(plug, broker)
    app, run = build(("devices",)), CliRunner()

    def devices(*words: str) -> str:
        done = run.invoke(app, ["devices", *words])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    where = ("--topic", plug.topic, "--port", str(broker.port), "--device", "r125_150w")
    devices("add", "desk", *where, "--thermometer", f"tasmota:tele/{plug.topic}/SENSOR:DS18B20.Temperature")
    assert "not been tested" in devices("list")
    assert json.loads(devices("test", "desk", "--json"))["passed"] is True
    told = devices("monitor", "desk", "--seconds", "2")
    assert "skin_c 33.5" in told and "heat_on False" in told
    assert json.loads(devices("show", "desk", "--json"))["tested"]["passed"] is True
    devices("remove", "desk")
    assert plugs.load() == {}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "smart"}, "Plug must be"),
        ({"topic": ""}, "Topic must be"),
        ({"topic": "a/#"}, "Topic must be"),
        ({"name": " "}, "Name must be"),
        ({"broker": {"port": 0}}, "Port must be"),
    ],
)
def test_a_plug_told_wrongly_is_refused_and_nothing_is_kept(changes: dict[str, object], says: str) -> None:
    told = {"name": "desk", "kind": "tasmota", "topic": "t", "device_id": "r125_150w", **changes}
    with pytest.raises(InputError, match=says):
        plugs.keep(plugs.from_json(plugs.OwnPlug, told))
    assert plugs.load() == {}


def test_every_driver_of_the_registry_is_told_when_another_is_asked_for(order_of: Callable[..., object]) -> None:
    with pytest.raises(InputError, match=", ".join(registry.DRIVERS)):
        registry.open_driver(order_of("bluetooth"), Path("."))  # type: ignore[arg-type]


def test_a_session_without_a_plug_loads_neither_the_mqtt_library_nor_the_solver() -> None:
    code = (
        "import sys, irtherapy.edge.runner; print({m.split('.')[0] for m in sys.modules} & {'paho', 'numpy', 'django'})"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "set()"
