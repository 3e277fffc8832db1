"""The calendar as two other programs read it: days, hours across a change of clocks, and no event twice."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dateutil.tz
import icalendar
import pytest
import recurring_ical_events

from irtherapy.export import ical
from irtherapy.outcome import course as logic
from irtherapy.values import Course, Setting, to_json

DAY = timedelta(days=1)
NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
AGREED: dict[str, Any] = {
    "setting": Setting.HOME, "per_week": 3, "weeks": 2, "heat_min": 20.0, "started_on": "2026-10-20",
    "weekdays": (1, 3, 6),
}  # fmt: skip


def slots(today: str = "2026-10-20", records: Any = (), **change: Any) -> Any:
    return to_json(logic.state(Course(**{**AGREED, **change}), records, today).slots)


def written(zone: str, at: time = time(18, 30), published: Any = None, **of: Any) -> tuple[bytes, dict[str, Any]]:
    found, told = ical.events("c0ffee", slots(**of), at, 30, published or {}, NOW)
    return ical.calendar(found, ZoneInfo(zone), zone), told


def read(data: bytes) -> dict[str, icalendar.Event]:
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(data).walk("VEVENT")}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
def test_a_second_program_finds_every_day_at_the_hour_of_the_wall(zone: str) -> None:
    """On 25 October Berlin's clocks go back: 18:30 stays 18:30, an hour later in the world's time."""
    data, _ = written(zone)
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(data)).between((2026, 10, 1), (2026, 12, 1))
    starts = sorted(event["DTSTART"].dt for event in found)
    days = ["2026-10-20", "2026-10-22", "2026-10-25", "2026-10-27", "2026-10-29", "2026-11-01"]
    assert [start.replace(tzinfo=None).isoformat() for start in starts] == [f"{day}T18:30:00" for day in days]
    wall = [datetime.combine(date.fromisoformat(day), time(18, 30), ZoneInfo(zone)) for day in days]
    assert [start.astimezone(UTC) for start in starts] == [one.astimezone(UTC) for one in wall]
    assert all(event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30) for event in found)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_the_rules_of_the_zone_in_the_file_are_the_rules_of_the_zone(zone: str) -> None:
    """A program that knows no zone by name reads the same hours from the file's rules, each half hour of a change."""
    theirs = ZoneInfo(zone)
    event = ical.CalendarEvent("x", datetime.fromisoformat("2026-07-01T18:30"), 30, ical.CONFIRMED, 0, NOW)
    (rules,) = icalendar.Calendar.from_ical(ical.calendar([event], theirs, zone)).walk("VTIMEZONE")
    mine = dateutil.tz.tzical(io.StringIO(rules.to_ical().decode())).get()
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    changes = [day for day in days if day.astimezone(theirs).utcoffset() != (day + DAY).astimezone(theirs).utcoffset()]
    assert len(changes) >= 2
    for moment in (day + timedelta(minutes=30 * n) for day in changes for n in range(48)):
        wall = moment.astimezone(theirs).replace(tzinfo=None)
        if not dateutil.tz.datetime_ambiguous(wall, tz=theirs):
            assert wall.replace(tzinfo=mine).utcoffset() == moment.astimezone(theirs).utcoffset(), moment


def test_a_change_of_clocks_is_told_in_the_time_before_it() -> None:
    """As in the examples of RFC 5545, 3.6.5: Berlin goes on at 2 and back at 3."""
    text = written("Europe/Berlin")[0].decode().replace("\r\n", " ")
    assert "BEGIN:DAYLIGHT DTSTART:20260329T020000 TZNAME:CEST TZOFFSETFROM:+0100 TZOFFSETTO:+0200" in text
    assert "BEGIN:STANDARD DTSTART:20261025T030000 TZNAME:CET TZOFFSETFROM:+0200 TZOFFSETTO:+0100" in text


def test_read_again_it_moves_events_and_doubles_none() -> None:
    """A late session moves the next; the same names come back with a higher SEQUENCE, the others as they were."""
    first, told = written("Europe/Berlin")
    again, same = written("Europe/Berlin", published=told)
    assert again == first and same == told  # to the byte, whatever the time is
    late = [{"on": "2026-10-21", "ended": "completed", "heat_s": 600.0, "id": "a"}]
    moved, now = written("Europe/Berlin", published=told, today="2026-10-21", records=late)
    shelf = read(first) | read(moved)  # what a calendar keeps: one event a UID, the newer one wins
    assert len(shelf) == len(read(first)) == 6
    assert {str(e["DTSTART"].dt.date()) for e in shelf.values()} >= {"2026-10-21", "2026-10-23"}
    changed = {key for key in now if now[key] != told[key]}
    assert changed == {"1", "2"} and all(now[key][3] == told[key][3] + 1 for key in changed)


def test_what_falls_away_is_cancelled_and_what_was_never_told_is_left_out() -> None:
    first, told = written("Europe/Berlin")
    ended, now = written("Europe/Berlin", published=told, today="2026-10-23", ended_on="2026-10-21",
                         records=[{"on": "2026-10-20", "ended": "completed", "heat_s": 600.0, "id": "a"}])  # fmt: skip
    status = [str(event["STATUS"]) for event in read(ended).values()]
    assert status == ["CONFIRMED"] + ["CANCELLED"] * 5
    assert set(read(ended)) == set(read(first))
    fresh, _ = written("Europe/Berlin", today="2026-10-23", ended_on="2026-10-21")
    assert read(fresh) == {}
    back, after = written("Europe/Berlin", published=now)  # undone: the same events stand again
    assert {str(e["STATUS"]) for e in read(back).values()} == {"CONFIRMED"}
    assert [after[key][3] for key in ("1", "2", "3")] == [0, 2, 2]


def test_it_tells_a_time_and_one_neutral_word_and_nothing_of_the_body() -> None:
    told = {"on": "2026-10-20", "ended": "too_hot", "heat_s": 300.0, "id": "record-7", "region": "neck",
            "pain_before": 7, "pain_after": 6, "skin_check": "clean"}  # fmt: skip
    data, _ = written("Europe/Berlin", records=[told])
    text = data.decode()
    for word in ("pain", "neck", "back", "heat", "skin", "record-7", "too_hot", "minutes"):
        assert word not in text.lower()
    (event, *_) = read(data).values()
    assert set(event) == {"UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "STATUS",
                          "CLASS", "TRANSP"}  # fmt: skip
    assert str(event["SUMMARY"]) == "Session" and str(event["CLASS"]) == "PRIVATE"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
