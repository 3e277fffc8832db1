"""What every driver of a plug must do, on the words of each make and a real broker: the conformance suite.

A new make: its driver in ``edge/drivers``, a pretended plug in ``plugs/``, its name in ``registry.PLUGS``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import paho.mqtt.publish as publish
import pytest

from irtherapy.edge.drivers import registry
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.drivers.mqtt import Address
from irtherapy.edge.drivers.plug import Plug
from irtherapy.edge.faults.parts import Broker, Pretended, Wire, wait_for
from irtherapy.values import InputError

LEASE_S = 2.0  # a short one, to be quick; sessions have up to 5 s

Pretend = Callable[..., Pretended]
Opened = Callable[..., Plug]


def kept_on(driver: Plug, seconds: float) -> None:
    """Keep a plug on as the runner does, five times a second."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        driver.renew(LEASE_S)
        assert driver.read(0.0).heat_on is True
        time.sleep(0.2)


def test_on_is_promised_renewed_and_told_off(kind: str, pretend: Pretend, opened: Opened) -> None:
    plug = pretend(kind)
    driver = opened(plug)
    driver.on(LEASE_S)
    assert plug.is_on
    kept_on(driver, 2.2 * LEASE_S)  # longer than one lease: it is renewed
    assert plug.is_on and driver.read(0.0).power_w in (None, 148.0)
    before_s = time.time()
    driver.off()
    assert plug.seconds_to_off(before_s, 1.0) < 1.0
    assert driver.read(0.0).heat_on is False


def test_without_renewal_the_plug_ends_it_itself_and_an_old_promise_is_not_revived(
    kind: str, pretend: Pretend, opened: Opened
) -> None:
    plug = pretend(kind)
    driver = opened(plug)
    driver.on(LEASE_S)
    assert plug.seconds_to_off(time.time(), LEASE_S + 1.0) <= LEASE_S + 0.5
    with pytest.raises(DriverError):
        driver.renew(LEASE_S)
    time.sleep(0.3)
    assert not plug.is_on


def test_asking_a_plug_does_not_undo_its_promise(kind: str, pretend: Pretend, opened: Opened) -> None:
    plug = pretend(kind)
    driver = opened(plug)
    driver.on(LEASE_S)
    lit_s = time.time()
    for _ in range(6):
        driver.read(0.0)  # asks once a second
        time.sleep(0.2)
    assert driver.read(0.0).power_w == 148.0
    assert plug.seconds_to_off(lit_s, LEASE_S + 1.0) <= LEASE_S + 0.5


@pytest.mark.parametrize("fault", ["no_timer", "mute"])
def test_no_on_without_a_promise_that_was_read_back(kind: str, fault: str, pretend: Pretend, opened: Opened) -> None:
    plug = pretend(kind, fault)
    with pytest.raises(DriverError):
        opened(plug).on(LEASE_S)
    assert not any(line["on"] for line in plug.truth())


def test_a_plug_that_is_away_or_no_broker_is_refused(
    kind: str, broker: Broker, opened: Opened, pretend: Pretend
) -> None:
    plug = pretend(kind)
    driver = opened(plug)
    driver.arm(LEASE_S)
    plug.kill()
    wait_for(lambda: refused(driver), 8.0)  # the broker tells its will
    with pytest.raises(DriverError, match="cannot be reached"):
        registry.open_plug(Address(port=1), kind, "nobody")


def refused(driver: Plug) -> bool:
    try:
        driver.on(LEASE_S)
    except DriverError as error:
        return "offline" in str(error) or "not" in str(error)
    return False


def test_an_on_that_the_broker_keeps_is_refused_and_told(
    kind: str, broker: Broker, pretend: Pretend, opened: Opened
) -> None:
    topic, word = {"tasmota": ("cmnd/tasmota-1/POWER", "ON"), "shelly": ("shelly-1/command/switch:0", "on")}[kind]
    publish.single(topic, word, qos=1, retain=True, hostname="127.0.0.1", port=broker.port)
    plug = pretend(kind)
    with pytest.raises(DriverError, match="keeps an ON"):
        opened(plug).on(LEASE_S)


def test_nothing_that_is_sent_is_kept_by_the_broker(
    kind: str, broker: Broker, pretend: Pretend, opened: Opened
) -> None:
    driver = opened(pretend(kind))
    driver.on(LEASE_S)
    driver.off()
    late = opened(pretend(kind))  # a new listener hears only what was kept
    time.sleep(0.3)
    kept = {topic for topic, heard in late.line._heard.items() if heard.retained}
    assert kept <= {f"tele/{kind}-1/LWT", f"{kind}-1/online"}


def test_power_comes_back_to_off(kind: str, pretend: Pretend, opened: Opened) -> None:
    plug = pretend(kind)
    opened(plug).on(LEASE_S)
    assert plug.is_on
    plug.kill()
    plug.start()
    wait_for(lambda: plug.truth()[-1]["why"] == "boot")
    time.sleep(0.5)
    assert not plug.is_on


def test_a_plug_that_does_not_go_off_is_told(kind: str, pretend: Pretend, opened: Opened) -> None:
    plug = pretend(kind, "stuck")
    driver = opened(plug)
    driver.on(LEASE_S)
    with pytest.raises(DriverError, match="did not say that it is off"):
        driver.off()


def test_a_plug_that_says_on_when_told_off_never_gets_an_on(kind: str, pretend: Pretend, opened: Opened) -> None:
    plug = pretend(kind, "liar")
    with pytest.raises(DriverError, match="did not say that it is off"):
        opened(plug).on(LEASE_S)
    assert not plug.is_on


def test_a_cut_wire_ends_in_off_within_the_lease(kind: str, broker: Broker, pretend: Pretend, opened: Opened) -> None:
    plug, wire = pretend(kind), Wire(broker.port)
    driver = opened(plug, wire.port)
    driver.on(LEASE_S)
    kept_on(driver, 1.0)
    wire.cut, cut_s = True, time.time()
    assert plug.seconds_to_off(cut_s, LEASE_S + 1.5) <= LEASE_S + 1.0
    with pytest.raises(DriverError):
        for _ in range(40):
            driver.renew(LEASE_S)
            driver.read(0.0)
            time.sleep(0.1)
    wire.cut = False
    time.sleep(1.5)
    assert not plug.is_on  # what was sent into the cut does not come out later


def test_a_dead_broker_ends_in_off_within_the_lease(
    kind: str, broker: Broker, pretend: Pretend, opened: Opened
) -> None:
    plug = pretend(kind)
    driver = opened(plug)
    driver.on(LEASE_S)
    broker.kill()
    died_s = time.time()
    assert plug.seconds_to_off(died_s, LEASE_S + 1.5) <= LEASE_S + 1.0
    with pytest.raises(DriverError):
        for _ in range(30):
            driver.renew(LEASE_S)
            time.sleep(0.1)
    broker.start()
    time.sleep(2.0)  # plug and driver come back
    assert not plug.is_on


@pytest.mark.parametrize("topic", ["", "a/#", "two words", "+"])
def test_a_topic_that_is_none_is_refused(topic: str) -> None:
    with pytest.raises(InputError, match="Topic must be"):
        registry.open_plug(Address(), "tasmota", topic)
