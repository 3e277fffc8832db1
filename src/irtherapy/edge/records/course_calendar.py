"""The calendar of a course: a file, and a feed under an address that nobody can guess and that can be taken back."""

from __future__ import annotations

import hmac
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from irtherapy.edge.records import courses
from irtherapy.edge.records.models import Course
from irtherapy.edge.records.models.course import new_token
from irtherapy.export import ical
from irtherapy.values import to_json

TOKEN_MOST = 64


def ics(course: Course) -> bytes:
    """Return the calendar of a course as it stands now; what was told is kept, so that a change is known as one."""
    slots = to_json(courses.progress(course).slots)
    with transaction.atomic():
        fresh = Course.objects.select_for_update().get(pk=course.pk)
        minutes = round(float(fresh.programme["minutes"]))
        found, told = ical.events(str(fresh.pk), slots, fresh.time_of_day, minutes, fresh.published, timezone.now())
        if told != fresh.published:
            fresh.published = told
            fresh.save(update_fields=["published"])
    return ical.calendar(found, ZoneInfo(fresh.zone), fresh.zone)


def by_token(token: str) -> Course | None:
    """Return the course whose feed has this address, or None."""
    if not token or len(token) > TOKEN_MOST:
        return None
    found = Course.objects.filter(feed_token=token).first()
    return found if found is not None and hmac.compare_digest(str(found.feed_token), token) else None


def new_address(course: Course) -> Course:
    """Give the feed another address; the one before finds nothing any more."""
    course.feed_token = new_token()
    course.save(update_fields=["feed_token"])
    return course


def no_address(course: Course) -> Course:
    """Take the feed away; the file can still be downloaded."""
    course.feed_token = None
    course.save(update_fields=["feed_token"])
    return course
