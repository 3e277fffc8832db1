"""The pathway walked in the terminal: from options to a verdict, a plan, a session and a kept record."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irtherapy import pathway
from irtherapy.edge import data, home, journal
from irtherapy.edge.cli import arguments
from irtherapy.screening import exercise_flags, pages_for, prestart_checks
from irtherapy.values import (
    Clearance,
    Device,
    InputError,
    Person,
    Placement,
    Plan,
    SessionOrder,
    SessionRecord,
    Site,
    Verdict,
)

if TYPE_CHECKING:
    from irtherapy.edge.plugs import OwnPlug

DEMO_AGE_YEARS = 45.0


@dataclass(frozen=True)
class Walk:
    """Everything of one visit before its session."""

    sites: tuple[Site, ...]
    person: Person
    device: Device
    placement: Placement
    answers: dict[str, str]
    verdict: Verdict
    plan: Plan
    order: SessionOrder
    seed: int
    demo: bool
    clean_sessions: int = 0
    with_heat: bool | None = None  # of a session of a comparison: as it was drawn


def prepare(
    sites: tuple[Site, ...],
    person: Person,
    device: Device,
    placement: Placement,
    answers: dict[str, str],
    clearance: Clearance | None,
    driver: str,
    clean_sessions: int,
    seed: int,
    demo: bool = False,
    sensor: bool = False,
) -> Walk:
    """Return the walk up to START. Raises InputError on a verdict other than go."""
    asked = data.questionnaire()
    verdict = pathway.screen(asked, sites, device.kind, person.age_years, answers, arguments.today(), clearance)
    site = pathway.main_site(sites)
    plan = pathway.make_plan(person, site, device, placement, verdict, clean_sessions, data.body_tables(), seed=seed)
    stretch = pathway.make_stretch(data.exercises(), sites, exercise_flags(asked, answers), seed)
    checks = prestart_checks(device.kind, site.region, device.has_timer)
    order = pathway.make_order(
        uuid.uuid4().hex, plan, device, driver, checks, stretch, sensor=sensor or driver == "simulated"
    )
    return Walk(sites, person, device, placement, answers, verdict, plan, order, seed, demo, clean_sessions)


def healthy(site_texts: Sequence[str], device_id: str, distance_cm: float | None, seed: int) -> Walk:
    """Return the walk of a healthy person of 45 with a pain of 5 who answers no to every question."""
    sites = arguments.sites(site_texts, 5.0)
    device = arguments.device(device_id)
    pages = pages_for(data.questionnaire(), {s.region for s in sites}, {device.kind}, DEMO_AGE_YEARS)
    answers = {question.id: "no" for page in pages for question in page.items}
    person = Person(age_years=DEMO_AGE_YEARS)
    placement = arguments.placement(device, distance_cm, 22.0)
    return prepare(sites, person, device, placement, answers, None, "simulated", 0, seed, demo=True)


def compared(walk: Walk, with_heat: bool, hidden: bool) -> Walk:
    """Return the walk as a session of a comparison."""
    return replace(walk, order=pathway.make_compared_order(walk.order, with_heat, hidden), with_heat=with_heat)


def _drawn(walk: Walk, driver: Any) -> Any:
    """Return the driver, or one that never switches it on when a session without heat was drawn."""
    from irtherapy.edge.drivers.unlit import Unlit

    return Unlit(driver) if walk.with_heat is False else driver


def folder_of(walk: Walk) -> Path:
    """Return the session folder, with its order written."""
    folder = home.sessions_folder() / walk.order.session_id
    journal.write_order(folder, walk.order)
    return folder


def run_simulated(
    walk: Walk,
    speed: float,
    on_snapshot: Callable[[dict[str, Any]], None],
    inbox: Any = None,
    closed_loop: bool = False,
) -> SessionRecord:
    """Run the session on the simulated device in this process and return its record."""
    from irtherapy.dose import twin
    from irtherapy.edge.drivers.simulated import InProcess
    from irtherapy.edge.runner import Scripted, SteppedClock, run

    body = twin.new(walk.person, walk.plan.site, walk.device, walk.placement, data.body_tables(), walk.seed)
    clock = SteppedClock(speed)
    driver = _drawn(walk, InProcess(body, clock.now_s, walk.device.electrical_power_w or 100.0))
    return _run(walk, driver, clock, inbox or Scripted(), on_snapshot, run, closed_loop)


def run_manual(walk: Walk, on_snapshot: Callable[[dict[str, Any]], None], inbox: Any) -> SessionRecord:
    """Run the session with the person as the switch, at the pace of the clock."""
    from irtherapy.edge.drivers.manual import Manual
    from irtherapy.edge.runner import MonotonicClock, run

    return _run(walk, _drawn(walk, Manual()), MonotonicClock(), inbox, on_snapshot, run)


def run_plug(
    walk: Walk, plug: OwnPlug, on_snapshot: Callable[[dict[str, Any]], None], inbox: Any, closed_loop: bool = False
) -> SessionRecord:
    """Run the session with a plug that switches the device. Raises InputError when it may not, or does not answer."""
    from irtherapy.edge import plugs
    from irtherapy.edge.drivers import registry
    from irtherapy.edge.drivers.interface import DriverError
    from irtherapy.edge.runner import MonotonicClock, run

    folder = folder_of(walk)
    plugs.write_device(folder, plug)
    if walk.with_heat is not None:
        registry.write_emitter(folder, walk.with_heat)
    try:
        firmware = plugs.firmware_of(plug)
        if (why_not := plug.why_not(datetime.datetime.now(datetime.UTC), firmware)) is not None:
            raise InputError("Plug", f"{plug.name} may not switch heat. {why_not}")
        driver = registry.open_driver(walk.order, folder)
    except DriverError as error:
        raise InputError("Plug", str(error)) from None
    return _run(walk, driver, MonotonicClock(), inbox, on_snapshot, run, closed_loop)


def _run(
    walk: Walk, driver: Any, clock: Any, inbox: Any, on_snapshot: Any, run: Any, closed_loop: bool = False
) -> SessionRecord:
    from irtherapy.edge.runner import announce

    steering = None
    if closed_loop:
        from irtherapy.edge.runner import steering as estimator

        told = walk.person, walk.plan, walk.device, walk.placement
        steering = estimator.begun(*told, walk.clean_sessions, walk.seed)
    path = folder_of(walk) / journal.JOURNAL
    writer = journal.Journal(path)
    try:
        with announce.beside(walk.order, inbox, on_snapshot) as (heard, shown):
            run(walk.order, driver, clock, heard, writer, shown, steering=steering)
    finally:
        writer.close()
    return pathway.make_record(walk.order, journal.read(path), journal.started_at(path))
