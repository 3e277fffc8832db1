"""A node with real ESPHome firmware: its own heartbeat, OFF at the start, and what the driver makes of it."""

from __future__ import annotations

import asyncio
import datetime
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aioesphomeapi import APIClient
from typer.testing import CliRunner

from irtherapy.edge import plugs
from irtherapy.edge.cli import build
from irtherapy.edge.drivers import esphome, registry
from irtherapy.edge.drivers.esphome_line import Node as Where
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.faults import firmware
from irtherapy.edge.faults.firmware import Node
from irtherapy.edge.faults.parts import Wire, wait_for
from irtherapy.limits import LEASE_MAX_S
from irtherapy.values import InputError

pytestmark = pytest.mark.slow
LEASE_S = 2.0
NOW = datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC)
Open = Callable[..., esphome.EspHome]


@pytest.fixture
def opened(node: Node) -> Iterator[Open]:
    drivers: list[esphome.EspHome] = []

    def open_(port: int | None = None) -> esphome.EspHome:
        told = {"kind": registry.ESPHOME, "node": {"host": "127.0.0.1", "port": port or node.port}}
        drivers.append(registry.open_switch(told))  # type: ignore[arg-type]
        return drivers[-1]

    wait_for(node.truth, 10.0)
    yield open_
    for driver in drivers:
        driver.close()


def lit(node: Node) -> int:
    return sum(bool(line["on"]) for line in node.truth())


async def said_to(node: Node, action: str, late_s: int) -> None:
    """Send an action as somebody whose command has been on its way for so long."""
    client = APIClient("127.0.0.1", node.port, None)
    await client.connect(login=True)
    entities, actions = await client.list_entities_services()
    clock = next(one.key for one in entities if one.name == "Node clock")
    told: asyncio.Queue[float] = asyncio.Queue()
    client.subscribe_states(lambda one: told.put_nowait(one.state) if one.key == clock else None)
    while math.isnan(clock_s := await told.get()):  # it has just started
        pass
    node_s = int(clock_s) - late_s
    await client.execute_service(next(one for one in actions if one.name == action), {"node_s": node_s, "word": 1})
    await asyncio.sleep(0.3)
    await client.disconnect()


def test_what_comes_late_does_nothing_and_a_renewal_lights_nothing(node: Node) -> None:
    wait_for(node.truth, 10.0)
    asyncio.run(said_to(node, "heat", late_s=4))
    asyncio.run(said_to(node, "heat", late_s=-4))
    asyncio.run(said_to(node, "renew", late_s=0))
    assert lit(node) == 0
    asyncio.run(said_to(node, "heat", late_s=0))
    assert lit(node) == 1, "the same command in time does light it"
    lit_s = float(str(node.truth()[-1]["at_s"]))
    while node.is_on:
        asyncio.run(said_to(node, "renew", late_s=4))
    assert node.seconds_to_off(lit_s, 0.1) <= LEASE_MAX_S + 0.5, "a late renewal does not lengthen it"


def test_whoever_switches_it_on_it_is_off_within_the_lease(node: Node) -> None:
    wait_for(node.truth, 10.0)
    firmware.switch_by_another(node)
    assert node.is_on
    lit_s = float(str(node.truth()[-1]["at_s"]))
    assert node.seconds_to_off(lit_s, LEASE_MAX_S + 1.0) == pytest.approx(LEASE_MAX_S, abs=0.3)


def test_stop_is_off_in_a_second_and_told(node: Node, opened: Open) -> None:
    driver = opened()
    driver.on(LEASE_S)
    assert node.is_on
    wait_for(lambda: driver.read(0.0).power_w == 148.0, 1.0)
    since_s = time.time()
    driver.off()
    took_s = node.seconds_to_off(since_s, 1.0)
    sys.stdout.write(f"measured: OFF by a node {took_s:.3f} s\n")
    assert took_s < 1.0 and driver.read(0.0).heat_on is False


def test_a_lease_that_the_node_does_not_take_is_refused(node: Node, opened: Open) -> None:
    with pytest.raises(DriverError, match="did not take its own switching off"):
        opened().on(LEASE_MAX_S + 1.0)
    assert lit(node) == 0


def test_power_comes_back_to_off_and_the_session_is_not_taken_up_again(node: Node, opened: Open) -> None:
    driver = opened()
    driver.on(LEASE_S)
    node.kill()
    node.start()
    wait_for(lambda: driver.line.alive and driver.line.since_s > driver._lit_s, 8.0)
    with pytest.raises(DriverError, match="was away while it was on"):
        driver.renew(LEASE_S)
    assert not node.is_on and lit(node) == 1


def test_a_cut_wire_ends_in_off_and_nothing_old_comes_out_of_it(node: Node, opened: Open) -> None:
    wire = Wire(node.port)
    driver = opened(wire.port)
    driver.on(LEASE_S)
    wire.cut, cut_s = True, time.time()
    with pytest.raises(DriverError):
        while time.time() < cut_s + 5.0:
            driver.renew(LEASE_S)
            driver.read(0.0)
            time.sleep(0.2)
    assert node.seconds_to_off(cut_s, LEASE_S + 1.0) <= LEASE_S + 0.5
    wire.cut = False
    time.sleep(1.5)
    assert lit(node) == 1


def test_a_figure_of_unknown_age_does_not_count(node: Node, opened: Open) -> None:
    driver = opened()
    wait_for(lambda: driver.read(0.0).skin_c == pytest.approx(33.2), 5.0)
    node.feel("none")
    time.sleep(0.6)  # the node has said its last
    found = opened().read(0.0)
    assert (found.skin_c, found.age_s) == (None, math.inf)


def test_another_node_is_refused(node: Node, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esphome, "PROJECT", "somebody.else")
    with pytest.raises(DriverError, match="has no irtherapy heater"):
        opened().on(LEASE_S)
    assert lit(node) == 0


def test_nobody_there_and_no_library_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"kind": registry.ESPHOME, "node": {"host": "127.0.0.1", "port": 1}}
    with pytest.raises(DriverError, match="cannot be reached"):
        registry.open_switch(told)
    monkeypatch.setitem(sys.modules, "aioesphomeapi", None)
    with pytest.raises(DriverError, match=r"pip install 'irtherapy\[esphome\]'"):
        registry.open_switch(told)


def test_a_session_by_a_node_loads_neither_mqtt_nor_django(node: Node) -> None:
    wait_for(node.truth, 10.0)
    code = (
        "import sys, irtherapy.edge.runner; from irtherapy.edge.drivers import registry; "
        "'aioesphomeapi' in sys.modules and print('too early'); "
        f"registry.open_switch({{'kind': 'esphome', 'node': {{'host': '127.0.0.1', 'port': {node.port}}}}}).close(); "
        "print({m.split('.')[0] for m in sys.modules} & {'paho', 'numpy', 'django'})"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "set()"


def test_the_commands_add_test_watch_and_show_without_the_key(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    wait_for(node.truth, 10.0)
    app, run = build(("devices",)), CliRunner()

    def devices(*words: str, **more: str) -> str:
        done = run.invoke(app, ["devices", *words], **more)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    where = ("--make", "esphome", "--host", "127.0.0.1", "--port", str(node.port), "--device", "r125_150w")
    devices("add", "desk", *where, input="c2VjcmV0\n")
    assert "c2VjcmV0" not in devices("show", "desk", "--json") + devices("list", "--json")
    devices("add", "desk", *where, "--no-key")
    assert not plugs.find("desk").has_thermometer and "not been tested" in devices("list")
    tested = json.loads(devices("test", "desk", "--json"))
    sys.stdout.write(f"measured: set-up test of a node {tested['seconds_to_off']} s\n")
    assert tested["passed"] is True and tested["skin"] is True and 4.0 < tested["seconds_to_off"] <= 5.5
    kept = plugs.find("desk")
    assert kept.has_thermometer and kept.driver == registry.ESPHOME and kept.why_not(NOW) is None
    assert kept.why_not(NOW + datetime.timedelta(days=31)) == "Its test is older than 30 days."
    assert kept.why_not(NOW, plugs.firmware_of(kept)) is None
    assert kept.why_not(NOW, "irtherapy.heater 1, built anew") == "Its firmware has changed since its test."
    assert "skin_c 33.2" in devices("monitor", "desk", "--seconds", "2")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"kind": "esphome"}, "Host must be told"),
        ({"kind": "tasmota", "topic": "t", "node": Where("10.0.0.1")}, "Host must be told"),
    ],
)
def test_a_node_without_a_host_and_a_plug_with_one_are_refused(told: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        plugs.OwnPlug("desk", str(told.pop("kind")), str(told.pop("topic", "")), "r125_150w", **told)  # type: ignore[arg-type]


def test_the_yaml_that_is_given_out_is_one_that_esphome_takes(tmp_path: Path) -> None:
    folder = tmp_path / "heater"
    done = CliRunner().invoke(build(("devices",)), ["devices", "node", str(folder)])
    assert done.exit_code == 0 and {one.name for one in folder.iterdir()} == {"irtherapy-heater.yaml", "node.yaml"}
    again = CliRunner().invoke(build(("devices",)), ["devices", "node", str(folder)])
    assert again.exit_code != 0
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    (folder / "secrets.yaml").write_text(
        f"wifi_ssid: home\nwifi_password: a-test-only\napi_key: {key}\nota_password: a-test-only\n"
    )
    firmware.checked(folder / "node.yaml")
    (folder / "node.yaml").write_text((folder / "node.yaml").read_text().replace("id: relay", "id: another"))
    with pytest.raises(RuntimeError, match="relay"):
        firmware.checked(folder / "node.yaml")
