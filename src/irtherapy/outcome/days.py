"""ISO days read and told, and the days on which a course has no sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from irtherapy.values import Away, InputError

DAY = timedelta(days=1)
AWAY_MAX_DAYS = 366


def day_of(name: str, text: str) -> date:
    """Return the day of an ISO text. Raises InputError naming ``name``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(name, f"{name} must be a day as YYYY-MM-DD; got {text!r}.") from None


def words(day: date) -> str:
    """Return a day as it is read: "Friday, 27 November"."""
    return f"{day:%A}, {day.day} {day:%B}"


def monday(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - DAY * day.weekday()


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date


class Off:
    """The days without sessions: pauses, breaks and holidays. A pause without an end lasts through ``today``."""

    def __init__(self, away: Iterable[Away], today: date) -> None:
        self.spans = tuple(_span(one, today) for one in away)

    def __contains__(self, day: date) -> bool:
        return any(span.first <= day <= span.last for span in self.spans)


def _span(one: Away, today: date) -> Span:
    first = day_of("Away from", one.first_on)
    last = max(first, today) if one.last_on is None else day_of("Away until", one.last_on)
    if not first - DAY <= last <= first + AWAY_MAX_DAYS * DAY and one.last_on is not None:
        raise InputError(
            "Away until", f"Away until must be from {first} to {first + AWAY_MAX_DAYS * DAY}; got {one.last_on}."
        )
    return Span(first, last)
