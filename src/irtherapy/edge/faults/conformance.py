"""What every driver must do: the public suite that a new one has to pass before it may hold a heater.

A writer of a driver makes a ``Case``: how the driver is opened, and how the truth about the device is seen. Then
``check(case)`` runs every rule and returns what was found; docs/howto/drivers.md shows it.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from irtherapy.edge.drivers.interface import Driver, DriverError
from irtherapy.edge.faults.parts import wait_for

LEASE_S = 2.0  # a short one, to be quick; sessions have up to 5 s
LATE_S = 1.0
NO_TIMES = (0.0, -1.0, math.nan, math.inf, -math.inf)


@dataclass(frozen=True)
class Case:
    """A driver to be looked at. ``open`` returns a new one each time, of the same device, which is off.

    ``is_on`` tells the truth about the device, not by way of the driver; None where a person is the switch.
    """

    name: str
    open: Callable[[], Driver]
    is_on: Callable[[], bool] | None = None
    lease_s: float = LEASE_S


@dataclass(frozen=True)
class Found:
    """What a rule found; ``said`` is empty when all is well."""

    rule: str
    says: str
    said: str

    @property
    def passed(self) -> bool:
        """Whether the rule is kept."""
        return not self.said


Rule = Callable[[Case, Driver], str]
RULES: dict[str, Rule] = {}
SWITCHING: set[str] = set()  # rules that only a driver that switches by itself can be asked


def _rule(switching: bool = True) -> Callable[[Rule], Rule]:
    def keep(rule: Rule) -> Rule:
        RULES[rule.__name__] = rule
        if switching:
            SWITCHING.add(rule.__name__)
        return rule

    return keep


def check(case: Case, rules: tuple[str, ...] = ()) -> list[Found]:
    """Return what each rule found; a rule that does not apply to a person's own switch is left out."""
    return list(_checked(case, rules or tuple(RULES)))


def _checked(case: Case, rules: tuple[str, ...]) -> Iterator[Found]:
    for name in rules:
        if case.is_on is None and name in SWITCHING:
            continue
        rule = RULES[name]
        says = " ".join((rule.__doc__ or "").split())
        driver = case.open()
        try:
            said = rule(case, driver)
        except DriverError as error:
            said = f"DriverError: {error}"
        except TimeoutError as error:
            said = f"too late: {error}"
        except Exception as error:
            said = f"an error that is no DriverError: {type(error).__name__}: {error}"
        finally:
            with contextlib.suppress(DriverError):
                driver.off()
            driver.close()
            if case.is_on is not None:
                with contextlib.suppress(TimeoutError):
                    wait_for(lambda: not case.is_on or not case.is_on(), case.lease_s + LATE_S)
        yield Found(name, says, said)


def _on(case: Case) -> bool:
    assert case.is_on is not None
    return case.is_on()


def _off_within(case: Case, seconds: float) -> str:
    try:
        wait_for(lambda: not _on(case), seconds)
    except TimeoutError:
        return f"the device was still on after {seconds:g} s"
    return ""


@_rule()
def no_on_without_a_time(case: Case, driver: Driver) -> str:
    """``on`` refuses a lease that is no time above 0 with a DriverError, and the device stays off."""
    for lease_s in NO_TIMES:
        try:
            driver.on(lease_s)
        except DriverError:
            pass
        else:
            return f"on({lease_s}) was taken"
        if _on(case):
            return f"on({lease_s}) was refused, and the device is on"
    return ""


@_rule()
def on_is_on_and_told(case: Case, driver: Driver) -> str:
    """After ``on`` returns the device is on, and ``read`` says so."""
    driver.on(case.lease_s)
    wait_for(lambda: _on(case), LATE_S)
    wait_for(lambda: driver.read(0.0).heat_on is True, LATE_S)
    return ""


@_rule()
def it_ends_by_itself(case: Case, driver: Driver) -> str:
    """Without ``renew`` the device is off within its lease, whatever is read meanwhile."""
    driver.on(case.lease_s)
    until = time.monotonic() + case.lease_s + LATE_S
    while time.monotonic() < until and _on(case):
        with contextlib.suppress(DriverError):
            driver.read(0.0)
        time.sleep(0.1)
    return _off_within(case, 0.05)


@_rule()
def renewed_it_stays_on(case: Case, driver: Driver) -> str:
    """Renewed often it stays on for longer than one lease, and ends within one after the last."""
    driver.on(case.lease_s)
    until = time.monotonic() + 2.0 * case.lease_s
    while time.monotonic() < until:
        driver.renew(case.lease_s)
        driver.read(0.0)
        if not _on(case):
            return "it went off although it was renewed"
        time.sleep(0.2)
    return _off_within(case, case.lease_s + LATE_S)


@_rule()
def what_ran_out_is_not_revived(case: Case, driver: Driver) -> str:
    """``renew`` does not light a device again whose lease has run out."""
    driver.on(case.lease_s)
    said = _off_within(case, case.lease_s + LATE_S)
    for _ in range(5):
        with contextlib.suppress(DriverError):
            driver.renew(case.lease_s)
        time.sleep(0.1)
        if _on(case):
            return "renew lit it again"
    return said


@_rule()
def off_is_off_at_once(case: Case, driver: Driver) -> str:
    """``off`` ends the heat within a second, is told by ``read``, and may be said twice."""
    driver.on(case.lease_s)
    driver.off()
    said = _off_within(case, LATE_S)
    driver.off()
    wait_for(lambda: driver.read(0.0).heat_on is False, LATE_S)
    return said


@_rule()
def off_means_off(case: Case, driver: Driver) -> str:
    """After ``off`` a ``renew`` does not light it."""
    driver.on(case.lease_s)
    driver.off()
    for _ in range(5):
        with contextlib.suppress(DriverError):
            driver.renew(case.lease_s)
        time.sleep(0.1)
    return "renew after off lit it" if _on(case) else ""


@_rule()
def closed_it_ends_in_time(case: Case, driver: Driver) -> str:
    """A driver that is let go of leaves the device to its lease, and never lights it."""
    driver.on(case.lease_s)
    driver.close()
    return _off_within(case, case.lease_s + LATE_S)


@_rule(switching=False)
def reading_is_quick_and_lights_nothing(case: Case, driver: Driver) -> str:
    """``read`` answers within a second, before anything was switched, and lights nothing."""
    for now_s in (0.0, 1.0, math.nan):
        began_s = time.monotonic()
        found = driver.read(now_s)
        if time.monotonic() - began_s > LATE_S:
            return f"read took {time.monotonic() - began_s:.1f} s"
        if found.heat_on is True:
            return "read said on before it was on"
        if found.skin_c is not None and not isinstance(found.skin_c, float):
            return "the skin is no number"
    return "it is on" if case.is_on is not None and _on(case) else ""


@_rule(switching=False)
def closing_twice_is_nothing(case: Case, driver: Driver) -> str:
    """``close`` may be said twice, and lights nothing."""
    driver.close()
    driver.close()
    return "it is on" if case.is_on is not None and _on(case) else ""
