"""A course in its third week, made in the data folder of IRTHERAPY_HOME: run as a program beside a server."""

from __future__ import annotations

import datetime
import sys

from irtherapy.edge.web.server import prepare


def live(marks: bool = False) -> None:
    """Make a course that began on the Monday two weeks ago, with most of its sessions done."""
    prepare()
    from django.utils import timezone

    from irtherapy import pathway
    from irtherapy.edge import data
    from irtherapy.edge.records import courses
    from irtherapy.edge.records.models import Visit

    today, day = timezone.localdate(), datetime.timedelta(days=1)
    monday = today - today.weekday() * day - 14 * day
    course = courses.start(pathway.programme_json(data.programmes()["home_20_10"]), monday, (0, 2, 4))
    holiday = (monday + 23 * day, monday + 27 * day)
    courses.holiday(course, max(holiday[0], today), max(holiday[1], today + day))
    ends = {0: "completed", 2: "completed", 5: "too_hot", 7: "completed", 9: "stopped", 14: "completed"}
    for offset, ended in ends.items():
        when = timezone.now().replace(hour=12) - (today - monday).days * day + offset * day
        if when.date() > today:
            continue
        order = {"region": "lower_back", "heat_s": 720.0, "sensor": False}
        record = {"ended": ended, "ended_text": "Done.", "heat_s": 700.0, "order": order}
        Visit.objects.create(
            course=course, created=when, step="done", record=record, pain_after=4.0,
            skin_check="marks" if marks and offset == 14 else "clean", answers={"x": "no"},
            sites=[{"region": "lower_back", "side": "both", "pain_0_10": 5.0}],
        )  # fmt: skip


if __name__ == "__main__":
    live(marks="marks" in sys.argv)
