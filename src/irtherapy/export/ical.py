"""The days of a course as a calendar (RFC 5545): a neutral word, a time and a place in time, and nothing of the body.

Each session of the course keeps its UID for good, whatever day it moves to, so that reading the file again moves events
and doubles none. What was told of each is remembered (``published``); one that moves or falls away gets a higher
SEQUENCE, and one that fell away is told as CANCELLED. Times are local, with their zone and its rules in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

SUMMARY = "Session"
NAME = "Sessions"
PRODID = "-//irtherapy//course//EN"
HOST = "irtherapy.invalid"  # never a real host (RFC 2606)
CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"
TOOK_PLACE = ("done", "part", "stopped")
ZONE_MARGIN = timedelta(days=366)


@dataclass(frozen=True)
class CalendarEvent:
    """One session of the calendar; ``start`` is local time without its zone, ``stamp`` when it last changed (UTC)."""

    uid: str
    start: datetime
    minutes: int
    status: str
    sequence: int
    stamp: datetime


def events(
    course_id: str,
    slots: Iterable[Mapping[str, Any]],
    at: time,
    minutes: int,
    published: Mapping[str, Sequence[Any]],
    now: datetime,
) -> tuple[tuple[CalendarEvent, ...], dict[str, list[Any]]]:
    """Return the events of a course, and what is published now.

    ``slots``: the JSON of ``values.Slot``. ``published``: what this function returned the last time (number: start,
    minutes, status, sequence, stamp). ``now``: an aware time; it is kept of what changed and left of what did not.
    """
    out, told = [], {}
    for slot in slots:
        key = str(slot["number"])
        before = list(published.get(key, ()))
        day = slot["done_on"] if slot["state"] in TOOK_PLACE else slot["planned_on"]
        if day is None and not before:
            continue  # it was never told, so there is nothing to take back
        start = before[0] if day is None else datetime.combine(date.fromisoformat(str(day)), at).isoformat()
        status = CANCELLED if day is None else CONFIRMED
        lasts = before[1] if day is None else minutes
        if before[:3] != [start, lasts, status]:
            stamp = now.astimezone(UTC).replace(microsecond=0).isoformat()
            before = [start, lasts, status, before[3] + 1 if before else 0, stamp]
        told[key] = before
        out.append(_event(f"{course_id}-{key}@{HOST}", before))
    return tuple(out), told


def _event(uid: str, told: Sequence[Any]) -> CalendarEvent:
    start, minutes, status, sequence, stamp = told
    return CalendarEvent(
        uid, datetime.fromisoformat(start), int(minutes), str(status), int(sequence), datetime.fromisoformat(stamp)
    )


def calendar(found: Iterable[CalendarEvent], zone: tzinfo, zone_name: str) -> bytes:
    """Return the file: the same events give the same bytes. ``zone_name``: the zone's name in the IANA database."""
    every = tuple(found)
    out = Calendar()
    out.add("prodid", PRODID)
    out.add("version", "2.0")
    out.add("calscale", "GREGORIAN")
    out.add("x-wr-calname", NAME)
    out.add("x-published-ttl", "PT6H")
    if zone_name != "UTC" and every:
        days = [event.start.date() for event in every]
        out.add_component(_zone(zone, zone_name, min(days) - ZONE_MARGIN, max(days) + ZONE_MARGIN))
    for one in every:
        out.add_component(_component(one, UTC if zone_name == "UTC" else zone))
    return out.to_ical()


def _component(one: CalendarEvent, zone: tzinfo) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.stamp)
    event.add("last-modified", one.stamp)
    event.add("sequence", one.sequence)
    event.add("summary", SUMMARY)
    event.add("dtstart", one.start.replace(tzinfo=zone))
    event.add("dtend", (one.start + timedelta(minutes=one.minutes)).replace(tzinfo=zone))
    event.add("status", one.status)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if one.status == CANCELLED else "OPAQUE")
    return event


def _zone(zone: tzinfo, name: str, first: date, last: date) -> Timezone:
    """Return the rules of a zone between two days: one part for each change of its clocks.

    The start of a part is told in the time before the change, as the standard has it (RFC 5545, 3.6.5).
    """
    out = Timezone()
    out.add("tzid", name)
    at = datetime.combine(first, time(), UTC)
    end = datetime.combine(last, time(), UTC)
    out.add_component(_part(at.astimezone(zone), at.astimezone(zone)))
    while at < end:
        following = at + timedelta(days=1)
        if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            moment = _change(zone, at, following)
            out.add_component(_part((moment - timedelta(seconds=1)).astimezone(zone), moment.astimezone(zone)))
        at = following
    return out


def _change(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    """Return the first second with the clocks of ``high``, by halving."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high


def _part(before: datetime, after: datetime) -> TimezoneDaylight | TimezoneStandard:
    part = TimezoneDaylight() if after.dst() else TimezoneStandard()
    was, now = before.utcoffset() or timedelta(), after.utcoffset() or timedelta()
    part.add("dtstart", (after.astimezone(UTC) + was).replace(tzinfo=None))
    part.add("tzoffsetfrom", was)
    part.add("tzoffsetto", now)
    part.add("tzname", after.tzname())
    return part
