"""One visit of a simulated person: the questions, the plan, the session on the simulated lamp, and how it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.cli.four_weeks.clock import Days
from irtherapy.edge.cli.four_weeks.people import Pain, Simulated
from irtherapy.edge.records import clinic, courses, programmed, rated, visits
from irtherapy.edge.web.stages import changing_questions
from irtherapy.screening import pages_for, prestart_checks
from irtherapy.values import Decision, Event, InputError, Placement, SessionRecord

if TYPE_CHECKING:
    from irtherapy.edge.drivers.interface import Driver
    from irtherapy.edge.records.comparisons import Part
    from irtherapy.edge.records.models import Course, Patient, Visit

DEVICE = "simulated_lamp"
PLACEMENT = Placement(0.6, 22.0)
AT_FULL_SPEED = 1e9  # the stepped clock never sleeps
STOP_AT = 0.4  # of the heat, where somebody stops early


class Written(list[Event]):
    """A journal in memory: this session is done in a second, and its record is what is kept."""


class Sitting:
    """Somebody who answers everything, and presses stop when the heat is at ``stop_at_s``."""

    def __init__(self, stop_at_s: float | None) -> None:
        from irtherapy.edge.runner import Scripted

        self.stop_at_s, self.script = stop_at_s, Scripted()

    def poll(self, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Return the wishes that the snapshot asks for."""
        if self.stop_at_s is not None and snapshot["heat_s"] >= self.stop_at_s and snapshot["phase"] == "heating":
            return [{"kind": "stop"}]
        if snapshot["phase"] == "rating":
            return [{"kind": "finish"}]  # how it was is told on the page after it
        return self.script.poll(snapshot)


def visit(who: Simulated, patient: Patient | None, course: Course | None, days: Days, pain: Pain, day: int) -> Visit:
    """Return a visit whose plan is made, as the pages leave it before START. Raises InputError when it is no go."""
    if patient is not None:
        programme = data.programmes()[who.programme]
        prescribed = replace(programmed.prescribed(programme), set_by=who.set_by)
        made = clinic.begin(patient, programme, prescribed, changing_questions())
    else:
        in_full = course is not None and courses.progress(course).rescreen
        made = visits.next_visit(False, changing_questions(), None, course, in_full=in_full)
    site, device = who.site(pain.told(day)), data.catalogue()[DEVICE]
    made.tell_where((site,), who.person, device.kind.value)
    asked = data.questionnaire()
    age = who.person.age_years
    assert age is not None
    pages = pages_for(asked, {site.region}, {device.kind}, age)
    made.answer({question.id: "no" for page in pages for question in page.items})
    verdict = pathway.screen(asked, (site,), device.kind, age, made.answers, visits.today(), None)
    made.decide(verdict, frozenset())
    if verdict.decision is not Decision.GO:
        raise InputError("Screening", f"The simulated person may not have heat: {verdict.next_step}")
    made.place(who.person, device, PLACEMENT)
    programmed.keep_plan(made, programmed.make_plan(made))
    return made


def heat(made: Visit, who: Simulated, days: Days, stop: bool, part: Part | None = None) -> SessionRecord:
    """Run the session of a visit by the real runner on the simulated lamp at full speed; return its record."""
    from irtherapy.dose import twin
    from irtherapy.edge.drivers.simulated import InProcess
    from irtherapy.edge.drivers.unlit import Unlit
    from irtherapy.edge.runner import SteppedClock, run

    plan, device = made.plan_value, made.device_value
    assert plan is not None and device is not None
    programme = programmed.programme_of(made)
    stretch = programmed.exercises_of(made, programme, days.seed)
    checks = prestart_checks(device.kind, plan.site.region, device.has_timer)
    name = days.name("session").hex
    set_here = made.prescription is not None
    order = pathway.make_order(name, plan, device, "simulated", checks, stretch, True, programme, set_here)
    began = days.now
    made.start_session(order.session_id, began)
    clock, written = SteppedClock(AT_FULL_SPEED), Written()
    body = twin.new(who.person, plan.site, device, PLACEMENT, data.body_tables(), days.seed)
    driver: Driver = InProcess(body, clock.now_s, device.electrical_power_w or 100.0)
    if part is not None:
        order = pathway.make_compared_order(order, part.with_heat, part.hidden)
        driver = driver if part.with_heat else Unlit(driver)
    run(order, driver, clock, Sitting(STOP_AT * order.heat_s if stop else None), written)
    return pathway.make_record(order, written, began.isoformat(timespec="milliseconds"))


def rate(made: Visit, record: SessionRecord, pain: Pain, day: int, eased: bool = True) -> None:
    """Keep the record, and what the person says of skin and pain afterwards."""
    visits.attach_record(made, record)
    rated.rate(made, "clean", pain.after(day, eased), "")
