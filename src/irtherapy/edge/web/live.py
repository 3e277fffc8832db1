"""The running sessions of this server: starting one, sending wishes to it, and streaming what its journal says."""

from __future__ import annotations

import asyncio
import json
import subprocess
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from django.db import transaction
from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge import journal, languages, plugs
from irtherapy.edge.drivers import registry, twin
from irtherapy.edge.drivers.interface import DriverError
from irtherapy.edge.home import sessions_folder
from irtherapy.edge.records import comparisons, courses, programmed, visits
from irtherapy.edge.records.models import Visit
from irtherapy.edge.runner import RunnerHandle, recover, start, steering
from irtherapy.screening import prestart_checks
from irtherapy.session import machine, prompts, replay
from irtherapy.session.state import INPUT_EVENTS, PERSON_EVENTS, Phase, State
from irtherapy.values import Device, Event, InputError, SessionOrder, StretchItem, in_range

LOOK_EVERY_S = 0.2
FINISH_S = 5.0
GONE = "The program stopped. The heat goes off by itself within 5 seconds."
GONE_MANUAL = "The program stopped. If your device is still on, switch it off now."
_running: dict[str, RunnerHandle] = {}
_lock = Lock()


def folder_of(visit: Visit) -> Path:
    """Return the session folder of a visit."""
    return sessions_folder() / visit.session_id


def begin(
    visit: Visit,
    driver: str,
    speed: float,
    plug: str = "",
    closed_loop: bool = False,
    outside: bool = False,
    early: bool = False,
) -> None:
    """Lay out the order of a visit's session and start its runner. Raises InputError; then nothing was started.

    ``plug`` names the person's plug or node that switches the device; the driver is then its own. ``closed_loop``:
    research, the skin thermometer steers the heat. ``outside``: no part of the comparison that runs, though one is due
    today. ``early``: the person wants it though it comes too early in their course.
    """
    with _lock:
        visit.refresh_from_db()  # a second press of the button waited here
        if visit.session_id and is_running(visit):
            return
        part = None if outside else comparisons.part_of(visit)
        if part is not None:
            driver, plug = part.comparison.driver, part.comparison.plug
            closed_loop = False  # its rests and its forecast would tell the arm
        if not visit.is_open:
            raise InputError("Session", "This visit has had its session. Begin a new one from the first page.")
        courses.check_may_begin(visit, early)
        _begin(visit, driver, speed, plug, closed_loop, part)


def _begin(
    visit: Visit, driver: str, speed: float, plug: str, closed_loop: bool, part: comparisons.Part | None
) -> None:
    plan, device, placement = visit.plan_value, visit.device_value, visit.placement_value
    if not visit.may_heat or plan is None or device is None or placement is None:
        raise InputError("Session", "There is no plan to start from. Go through the questions and the plan first.")
    if driver not in registry.DRIVERS:
        raise InputError("Driver", f"Driver must be one of {', '.join(registry.DRIVERS)}; got {driver!r}.")
    switch = _ready_plug(plug, device) if plug else None
    if switch is None and driver in (registry.MQTT, registry.ESPHOME):
        raise InputError("Plug", "Choose the plug that switches the device.")
    driver = driver if switch is None else switch.driver
    if closed_loop and not _has_sensor(driver, switch):
        raise InputError("Closed loop", "A closed loop needs a skin thermometer and a device switched for you.")
    session_id = uuid.uuid4().hex
    if programmed.setting_of(visit) is not plan.setting:
        raise InputError("Setting", "The plan was made for another setting. Look at the plan again.")
    seed, programme = visit.created.toordinal(), programmed.programme_of(visit)
    stretch = programmed.exercises_of(visit, programme)
    checks = prestart_checks(device.kind, plan.site.region, device.has_timer)
    sensor, set_here = _has_sensor(driver, switch), visit.prescription is not None
    order = pathway.make_order(session_id, plan, device, driver, checks, stretch, sensor, programme, set_here)
    if part is not None:
        order = pathway.make_compared_order(order, part.with_heat, part.hidden)
    machine.bounded(order)
    folder = sessions_folder() / session_id
    journal.write_order(folder, order)
    if driver == "simulated":
        twin.write_spec(folder, visit.person_value, plan.site, device, placement, seed)
    if switch is not None:
        plugs.write_device(folder, switch)
    if part is not None and part.hidden:
        registry.write_emitter(folder, part.with_heat)
    if closed_loop:
        steering.write(folder, visit.person_value, plan.site, device, placement, seed, steering.longest_s(plan))
    pace = in_range("Speed", speed, 1, 100, "times") if order.driver == "simulated" else 1.0
    _running[session_id] = start(folder, pace)
    with transaction.atomic():
        visit.start_session(session_id, timezone.now())
        if part is not None:
            comparisons.join(visit, part)


def _has_sensor(driver: str, switch: plugs.OwnPlug | None) -> bool:
    return driver == "simulated" or (switch is not None and switch.has_thermometer)


def _ready_plug(name: str, device: Device) -> plugs.OwnPlug:
    """Return a plug that may switch this device now. Raises InputError with the reason when it may not."""
    switch = plugs.find(name)
    if switch.device_id != device.id:
        raise InputError("Plug", f"{name} switches another device. Choose it, or switch by hand.")
    try:
        firmware = plugs.firmware_of(switch)
    except DriverError as error:
        raise InputError("Plug", f"{name} cannot be used now. {error}") from None
    if (why_not := switch.why_not(timezone.now(), firmware)) is not None:
        raise InputError("Plug", f"{name} may not switch heat. {why_not}")
    return switch


def begin_rest(before: Visit, left: tuple[StretchItem, ...]) -> Visit:
    """Start a session of the stretches that ``before`` had left; return its visit. Raises InputError on none."""
    with _lock:
        session_id = uuid.uuid4().hex
        order = pathway.make_rest_order(session_id, journal.read_order(folder_of(before)), left)
        visit = visits.rest_visit(before)
        folder = sessions_folder() / session_id
        journal.write_order(folder, order)
        _running[session_id] = start(folder)
        visit.start_session(session_id, timezone.now())
        return visit


def is_running(visit: Visit) -> bool:
    """Return whether the runner of a visit's session is alive in this server."""
    handle = _running.get(visit.session_id)
    return handle is not None and handle.alive


def send(visit: Visit, kind: str, value: Any) -> None:
    """Pass one wish to the runner. Raises InputError on a word or a value that no session knows."""
    if kind not in PERSON_EVENTS:
        raise InputError("Wish", f"A session does not know {kind!r}.")
    extra: dict[str, Any] = {}
    if kind == "check":
        extra = {"id": str(value)[:100]}
    elif kind == "comfort" and value == "fine":
        extra = {"fine": True}
    elif kind in ("comfort", "pain_after"):
        name = "How hot it feels" if kind == "comfort" else "Pain"
        extra = {"value": in_range(name, value, 0, 10)}
    elif kind == "skin_check":
        if value not in machine.SKIN_CHECKS:
            raise InputError("Skin check", f"Skin check must be one of {', '.join(machine.SKIN_CHECKS)}.")
        extra = {"value": value}
    elif kind == "note":
        extra = {"text": str(value)[:2000]}
    handle = _running.get(visit.session_id)
    if handle is None or not handle.send(kind, **extra):
        raise InputError("Session", GONE if visit.demo else GONE_MANUAL)


def finish(visit: Visit) -> None:
    """Wait until the runner has written its last line, and keep the record. At most a few seconds."""
    handle = _running.get(visit.session_id)
    if handle is not None:
        try:
            handle.process.wait(FINISH_S)
        except subprocess.TimeoutExpired:
            handle.close()
        _running.pop(visit.session_id, None)
    visits.import_finished()


def settle(visit: Visit) -> State | None:
    """Return the state of a visit's session from its journal; close it first when its program is gone."""
    if not visit.session_id:
        return None
    folder = folder_of(visit)
    if not is_running(visit):
        recover(sessions_folder())
        visits.import_finished()
        visit.refresh_from_db()
    try:
        order = journal.read_order(folder)
    except InputError:
        return None
    return replay.fold(order, journal.read(folder / journal.JOURNAL))


def plain(prompt: prompts.Prompt, say: Callable[[str], str]) -> dict[str, Any]:
    """Return a prompt as the page takes it, its sentence translated."""
    found = prompts.plain(prompt)
    return {**found, "text": say(found["text"])}


class Follower:
    """Follows one journal from its first line: the state, and the samples for the chart. ``say`` translates."""

    def __init__(self, order: SessionOrder, path: Path, say: Callable[[str], str] = str) -> None:
        self.path, self.offset, self.say = path, 0, say
        self.state = machine.new(order)
        self.said: list[prompts.Prompt] = []  # what came due in the last catching up

    def catch_up(self, seen: int = 0) -> list[list[float | None]]:
        """Read what is new; return its samples as [session s, skin, 1 if heat on], those up to ``seen`` left out."""
        fresh: list[list[float | None]] = []
        self.said = []
        for offset, line in journal.lines(self.path, self.offset):
            self.offset = offset
            event = journal.event(line)
            if event.kind in INPUT_EVENTS:
                before = self.state
                self.state, _ = machine.step(self.state, event, event.at_s)
                if offset > seen:
                    self.said += prompts.due(before, self.state)
            if offset > seen and event.kind == "sample" and self.state.phase not in (Phase.CHECKS, Phase.RATING):
                fresh.append([round(event.at_s, 1), self._skin(event), int(self.state.lamp_on)])
        return fresh

    def _skin(self, event: Event) -> float | None:
        """Return the skin of a sample; in a comparison it could tell the arm."""
        return None if self.state.order.comparison else replay.figure(event.data.get("skin_c"))

    def snapshot(self, samples: list[list[float | None]], said: Iterable[prompts.Prompt]) -> bytes:
        """Return the ``snapshot`` event of the present state."""
        now = replay.snapshot(self.state)
        for name in ("advice", "ended_text"):
            now[name] = self.say(now[name]) if now[name] else now[name]
        spoken = [plain(p, self.say) for p in said]
        return event("snapshot", {**now, "samples": samples, "prompts": spoken}, self.offset)


async def stream(
    order: SessionOrder, path: Path, alive: Callable[[], bool], seen: int = 0, language: str = "en"
) -> AsyncIterator[bytes]:
    """Yield server-sent events: ``history`` once, then a ``snapshot`` whenever the journal has grown.

    Everything is computed from the journal, so a page that comes back is in the right second at once. ``seen`` is the
    offset a page that lost the line had reached: the history goes on from there. Sentences are in ``language``.
    """

    def say(text: str) -> str:
        return languages.told(text, language)

    follower = Follower(order, path, say)
    yield event("history", {"samples": follower.catch_up(seen)}, follower.offset)
    missed = follower.said[-1:] if seen else prompts.now(follower.state)
    yield follower.snapshot([], missed)
    quiet = 0.0
    while follower.state.phase is not Phase.ENDED:
        before, running = follower.offset, alive()  # asked first: the last line is written before the program ends
        samples = follower.catch_up()
        if follower.offset != before:
            quiet = 0.0
            yield follower.snapshot(samples, follower.said)
        elif not running:
            yield event("gone", {"text": say(GONE_MANUAL if order.confirm_off else GONE)}, follower.offset)
            return
        else:
            quiet += LOOK_EVERY_S
            if quiet >= 10.0:
                quiet = 0.0
                yield b": still here\n\n"
        await asyncio.sleep(LOOK_EVERY_S)


def event(name: str, payload: Mapping[str, Any], offset: int) -> bytes:
    """Return one server-sent event; its id is the journal offset."""
    return f"id: {offset}\nevent: {name}\ndata: {json.dumps(payload, allow_nan=False)}\n\n".encode()
