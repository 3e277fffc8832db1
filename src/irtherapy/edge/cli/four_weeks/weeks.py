"""The days of a course, one after another: mornings, questionnaires, sessions, pauses, and what the rules say."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

from irtherapy import pathway
from irtherapy.edge import data
from irtherapy.edge.cli.four_weeks import sitting
from irtherapy.edge.cli.four_weeks.clock import Days
from irtherapy.edge.cli.four_weeks.people import Pain, Simulated
from irtherapy.edge.records import courses, outcomes, told
from irtherapy.values import Break, Progress

if TYPE_CHECKING:
    from irtherapy.edge.records.models import Course, Patient

DAYS = 28
WEEKLY = "peg"
EVERY_TWO_WEEKS = (0, 14, DAYS - 1)
MORNING, NOON, EVENING = 8, 12, 18


class Weeks:
    """Four weeks of one person. ``on_day`` is told of each day that is over."""

    def __init__(
        self, who: Simulated, patient: Patient | None, first: datetime.date, days: Days, on_day: Callable[[], None]
    ) -> None:
        self.who, self.patient, self.first, self.days, self.on_day = who, patient, first, days, on_day
        self.pain = Pain(who, days.seed, DAYS)
        self.sessions = 0
        self.course: Course | None = None

    def run(self) -> Course:
        """Live through the four weeks and return the course."""
        self.days.at(self.first, MORNING - 1)
        programme = pathway.programme_json(data.programmes()[self.who.programme])
        weekdays = pathway.even_weekdays(self.first, int(programme["per_week"]))
        self.course = courses.start(programme, self.first, weekdays, patient=self.patient)
        for day in range(DAYS):
            self._morning(day)
            self._noon(day)
            self._evening(day)
            self.on_day()
        self.days.at(self.first + datetime.timedelta(days=DAYS), MORNING)
        found = courses.progress(self.course)
        courses.finish_if_over(self.course, found)
        return self.course

    def _at(self, day: int, hour: int, minute: int = 0) -> datetime.datetime:
        return self.days.at(self.first + datetime.timedelta(days=day), hour, minute)

    def _morning(self, day: int) -> None:
        """Tell the pain of the morning, and what else there is to tell."""
        self._at(day, MORNING)
        due = told.due_morning(self.patient)
        outcomes.log_pain(
            self.who.region.value, self.pain.told(day), side=self.who.side.value, patient=self.patient,
            when="" if due is None else "next_morning", visit=due,
        )  # fmt: skip
        if day in self.who.effects:
            kind, grade, text = self.who.effects[day]
            outcomes.note_effect(kind, grade, text, patient=self.patient)
        for name in self.who.measures:
            if day in EVERY_TWO_WEEKS or (name == WEEKLY and day % 7 == 0):
                outcomes.finish(outcomes.draft(name, self.patient), self.pain.answers(data.measures()[name], day))
        if day == DAYS - 1:
            outcomes.finish(outcomes.draft("pgic", self.patient), self.pain.answers(data.measures()["pgic"], day))
        if day in EVERY_TWO_WEEKS:
            for name, begin, by_day in self.who.motions:
                outcomes.measure_motion(name, round(begin + by_day * day, 1), patient=self.patient)

    def _noon(self, day: int) -> None:
        """Pause, go on or skip, as it befalls them; go on after a rule as soon as it allows."""
        assert self.course is not None
        self._at(day, NOON)
        self.course.refresh_from_db()
        for begin, end, reason in self.who.pauses:
            if day == begin:
                courses.pause(self.course, reason)
            elif day == end:
                courses.resume(self.course)
        found = courses.progress(self.course)
        held = found.held
        if isinstance(held, Break) and found.today >= held.not_before:
            courses.resume(self.course)
        elif day in self.who.skips and held is None:
            courses.skip(self.course, self.who.skips[day])

    def _evening(self, day: int) -> None:
        """Have a session when one is due and they come."""
        assert self.course is not None
        self._at(day, EVENING)
        self.course.refresh_from_db()
        found = courses.progress(self.course)
        if day in self.who.away or not _due(found):
            return
        made = sitting.visit(self.who, self.patient, self.course, self.days, self.pain, day)
        self._at(day, EVENING, 10)
        record = sitting.heat(made, self.who, self.days, self.sessions in self.who.stops)
        self._at(day, EVENING + 1)
        sitting.rate(made, record, self.pain, day)
        self.sessions += 1


def _due(found: Progress) -> bool:
    return found.held is None and found.next_on is not None and found.next_on <= found.today
