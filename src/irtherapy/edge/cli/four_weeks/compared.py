"""The weeks before the course at home: with or without heat, drawn by lot, and nobody told which till the end.

How much heat eases is known here (``people.RELIEF``), so that what the comparison says can be held against it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

from irtherapy.edge import data
from irtherapy.edge.cli.four_weeks import sitting
from irtherapy.edge.cli.four_weeks.clock import Days
from irtherapy.edge.cli.four_weeks.people import Pain, Simulated
from irtherapy.edge.records import comparisons
from irtherapy.edge.records.models import Comparison
from irtherapy.outcome.comparison import Design, Outcome, concealment

PAIRS, SESSIONS, EVERY_DAYS, WASHOUT_DAYS = 3, 2, 2, 1
REST_DAYS = 3  # between the last of them and the course
DAYS = 2 * PAIRS * (SESSIONS * EVERY_DAYS + WASHOUT_DAYS)
MORNING, EVENING = 7, 18


def live(who: Simulated, first: datetime.date, days: Days, on_day: Callable[[], None]) -> Comparison:
    """Live through a comparison that ends before ``first``, the first day of the course; return it ended and told."""
    begin = first - datetime.timedelta(days=DAYS + REST_DAYS)
    pain = Pain(replace(who, by_day=0.0, by_session=0.0, flares={}), days.seed + 1000, DAYS)
    days.at(begin, MORNING)
    lamp = data.catalogue()[sitting.DEVICE]
    design = Design(
        who.region, Outcome.PAIN_AFTER, begin, concealment("simulated", 0.0), PAIRS, SESSIONS, EVERY_DAYS, WASHOUT_DAYS
    )
    of = comparisons.begin(design, lamp, "simulated")
    for number in range(DAYS):
        today = begin + datetime.timedelta(days=number)
        block = design.block_on(today)
        if block is not None and (today - design.first_day(block)).days % EVERY_DAYS == 0:
            _session(who, today, number, days, pain)
        on_day()
    days.at(begin + datetime.timedelta(days=DAYS), MORNING)
    comparisons.end(of)
    comparisons.reveal(of)
    return of


def _session(who: Simulated, today: datetime.date, number: int, days: Days, pain: Pain) -> None:
    days.at(today, EVENING)
    made = sitting.visit(who, None, None, days, pain, number)
    part = comparisons.part_of(made)
    assert part is not None  # the day, the place and the device are those of the comparison
    days.at(today, EVENING, 10)
    record = sitting.heat(made, who, days, False, part)
    comparisons.join(made, part)
    days.at(today, EVENING + 1)
    sitting.rate(made, record, pain, number, part.with_heat)
