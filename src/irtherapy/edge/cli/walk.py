"""The pathway walked in the terminal: from options to a verdict, a plan, a session and a kept record."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irtherapy import limits, pathway
from irtherapy.edge import data, home, journal
from irtherapy.edge.cli import arguments
from irtherapy.programme import protocols
from irtherapy.screening import exercise_flags, pages_for, prestart_checks
from irtherapy.values import (
    Clearance,
    Device,
    InputError,
    LimitStep,
    Person,
    Placement,
    Plan,
    Prescription,
    Programme,
    SessionOrder,
    SessionRecord,
    Setting,
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
    programme: Programme
    prescription: Prescription | None = None
    with_heat: bool | None = None  # of a session of a comparison: as it was drawn


@dataclass(frozen=True)
class Asked:
    """What was prescribed, and what earlier sessions say. ``programme``: None is the usual one for the device."""

    programme: Programme | None = None
    prescription: Prescription | None = None
    chosen_min: float | None = None
    further: tuple[LimitStep, ...] = ()
    recent: frozenset[str] = frozenset()
    hurt: frozenset[str] = frozenset()
    sessions: Mapping[str, int] = field(default_factory=dict)  # finished ones, by programme
    of_course: tuple[str, int] | None = None  # the programme of the running course, and the week it has come to

    def chosen(self, verdict: Verdict, device: Device) -> Programme:
        """Return the programme of this session. Raises InputError when the one asked for is not for this."""
        setting = verdict.setting if self.prescription is None else Setting.CLINIC
        if self.programme is None:
            return pathway.usual_programme(data.programmes(), setting, device)
        why_not = protocols.why_not(self.programme, setting, device.kind, device.has_massage)
        if why_not is not None:
            raise InputError("Programme", f"The programme {self.programme.id} is not for this. {why_not}")
        return self.programme

    def week(self, programme: Programme) -> int:
        """Return the week of a programme, from 1: that of the running course, else by its finished sessions."""
        if self.of_course is not None and self.of_course[0] == programme.id:
            return self.of_course[1]
        return self.sessions.get(programme.id, 0) // programme.per_week + 1


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
    told: Asked = Asked(),
) -> Walk:
    """Return the walk up to START. Raises InputError on a verdict other than go."""
    asked = data.questionnaire()
    verdict = pathway.screen(asked, sites, device.kind, person.age_years, answers, arguments.today(), clearance)
    site = pathway.main_site(sites)
    programme = told.chosen(verdict, device)
    further = (*limits.programme_limits(programme.heat_min, told.chosen_min), *told.further)
    plan = pathway.make_plan(
        person, site, device, placement, verdict, clean_sessions, data.body_tables(), seed=seed, further=further,
        prescription=told.prescription, chosen_min=told.chosen_min,
    )  # fmt: skip
    level_max = protocols.LEVEL_MAX if told.prescription is None else told.prescription.level_max
    stretch = pathway.make_exercises(
        data.exercises(), programme, sites, exercise_flags(asked, answers), seed, told.recent, told.hurt,
        told.week(programme), level_max,
    )  # fmt: skip
    checks = prestart_checks(device.kind, site.region, device.has_timer)
    order = pathway.make_order(
        uuid.uuid4().hex, plan, device, driver, checks, stretch, sensor or driver == "simulated", programme,
        clinician_set=told.prescription is not None,
    )  # fmt: skip
    return Walk(
        sites, person, device, placement, answers, verdict, plan, order, seed, demo, programme, told.prescription
    )


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
        steering = estimator.begun(*told, walk.seed)
    path = folder_of(walk) / journal.JOURNAL
    writer = journal.Journal(path)
    try:
        with announce.beside(walk.order, inbox, on_snapshot) as (heard, shown):
            run(walk.order, driver, clock, heard, writer, shown, steering=steering)
    finally:
        writer.close()
    return pathway.make_record(walk.order, journal.read(path), journal.started_at(path))
