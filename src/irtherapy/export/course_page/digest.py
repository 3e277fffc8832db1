"""The figures of a course, from a person's chart: who, what, when, how much heat, what came of it, what is open.

Everything on the doctor's page of a course is computed here once, so that its front page, its tables and its charts
cannot say different things. Days are days where the person lives (``zone``).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from irtherapy.export.chart import Chart

Json = Mapping[str, Any]
NO_SESSION = ("never_started",)
WORSE_POINTS = 2.0  # facts: outcome_measures 2


@dataclass(frozen=True)
class Told:
    """One rating of pain: when, where, how much (0 to 10), and before, after, next_morning or at any other time."""

    at: datetime.datetime
    region: str
    value: float
    when: str


@dataclass(frozen=True)
class Done:
    """One session: minutes planned and done, temperatures in °C, dose as CEM43 minutes, pain 0 to 10."""

    at: datetime.datetime
    region: str
    planned_min: float
    heat_min: float
    ended: str
    ended_text: str
    skin_peak_c: float | None
    cem43_min: float | None
    pain_before: float | None
    pain_after: float | None
    skin_check: str
    note: str
    guards: tuple[str, ...]

    @property
    def day(self) -> datetime.date:
        """The day it was on."""
        return self.at.date()


@dataclass(frozen=True)
class Pair:
    """The first and the last of something that was told or measured more than once; ``unit`` as it is shown."""

    name: str
    unit: str
    first: float
    last: float
    times: int
    first_on: datetime.date
    last_on: datetime.date
    of_first: float | None = None


@dataclass(frozen=True)
class Digest:
    """Everything the page says. ``course`` is None where sessions were had outside of one."""

    chart: Chart
    today: datetime.date
    course: Json | None
    person: Json
    verdict: Json
    setting: str
    devices: tuple[Json, ...]
    sites: tuple[Json, ...]
    sessions: tuple[Done, ...]
    irradiances_w_m2: tuple[float, ...]
    distances_m: tuple[float, ...]
    pains: tuple[Told, ...]
    scores: tuple[Pair, ...]
    score_days: Mapping[str, tuple[tuple[datetime.date, float], ...]]
    motions: tuple[Pair, ...]
    missed: tuple[Json, ...]
    due: int
    simulated: bool
    weekly_min: Mapping[tuple[datetime.date, str], float] = field(default_factory=dict)

    @property
    def completed(self) -> int:
        """How many sessions were done as planned."""
        return sum(s.ended == "completed" for s in self.sessions)

    @property
    def heat_min(self) -> float:
        """Minutes of heat in all."""
        return sum(s.heat_min for s in self.sessions)

    @property
    def median_min(self) -> float:
        """Minutes of heat of the session in the middle."""
        return median([s.heat_min for s in self.sessions]) if self.sessions else 0.0

    @property
    def first_day(self) -> datetime.date | None:
        """The first day of the course, else of its sessions."""
        if self.course:
            return _day(str(self.course["started_on"]))
        return self.sessions[0].day if self.sessions else None

    @property
    def last_day(self) -> datetime.date | None:
        """The last day of the course, else of its sessions."""
        if self.course and self.course.get("ends_on"):
            return _day(str(self.course["ends_on"]))
        return self.sessions[-1].day if self.sessions else None

    @property
    def region(self) -> str:
        """The site that was heated most often, else that of the ratings."""
        told = [s.region for s in self.sessions] or [p.region for p in self.pains] or [""]
        return max(dict.fromkeys(told), key=told.count)

    def daily_pain(self, region: str) -> list[tuple[datetime.date, float]]:
        """Return the mean pain of each day on which some was told of a site, ratings right after heat left out."""
        by_day: dict[datetime.date, list[float]] = defaultdict(list)
        for one in self.pains:
            if one.when != "after" and one.region == region:
                by_day[one.at.date()].append(one.value)
        return [(day, fmean(values)) for day, values in sorted(by_day.items())]

    def scored(self, name: str) -> tuple[tuple[datetime.date, float], ...]:
        """Return the scores of a questionnaire by day, oldest first."""
        return self.score_days.get(name, ())

    def weeks_pain(self, region: str) -> tuple[float, float] | None:
        """Return the mean pain of the first and of the last seven days of its ratings, if these do not touch."""
        daily = self.daily_pain(region)
        if not daily or (daily[-1][0] - daily[0][0]).days < 13:
            return None
        first = [v for d, v in daily if (d - daily[0][0]).days < 7]
        last = [v for d, v in daily if (daily[-1][0] - d).days < 7]
        return fmean(first), fmean(last)


def digest(
    chart: Chart, today: datetime.date, zone: datetime.tzinfo = datetime.UTC, course_id: str | None = None
) -> Digest:
    """Return the figures of a course of a chart (its newest when none is named), or of all its sessions without one."""
    named = [c for c in chart.courses if course_id is None or str(c["id"]) == course_id]
    course = max(named, key=lambda c: str(c["started_on"]), default=None)
    kept = [s for s in chart.sessions if course is None or _belongs(s, str(course["id"]))]
    kept = [s for s in kept if s.get("record") and s["record"].get("ended") not in NO_SESSION]
    kept.sort(key=lambda s: _begun(s, zone))
    sessions = tuple(_done(s, zone) for s in kept)
    last: Json = kept[-1] if kept else {}
    planned = [_day(str(d)) for d in (course or {}).get("planned", ())]
    begin, end = _span(course, sessions, today)
    answers = _by_name(chart.answers, "measure", "score", zone, begin, end)
    return Digest(
        chart=chart,
        today=today,
        course=course,
        person=last.get("person") or {},
        verdict=last.get("verdict") or {},
        setting=_setting(last),
        devices=_each(s.get("device") for s in kept),
        sites=_each(site for s in kept for site in s.get("sites", ()) if site.get("region") == _region(s)),
        sessions=sessions,
        irradiances_w_m2=_numbers(kept, "plan", "irradiance_w_m2"),
        distances_m=_numbers(kept, "placement", "distance_m"),
        pains=_pains(chart, sessions, zone, begin, end),
        scores=_pairs(answers),
        score_days={name: tuple((at.date(), v) for at, v, _ in told) for name, told in answers.items()},
        motions=_pairs(_by_name(chart.motions, "name", "value", zone, begin, end)),
        missed=tuple((course or {}).get("missed", ())),
        due=sum(d <= today for d in planned),
        simulated=bool(kept) and all((s["record"].get("order") or {}).get("driver") == "simulated" for s in kept),
        weekly_min=_weekly(sessions),
    )


def _belongs(session: Json, course_id: str) -> bool:
    return str(session.get("course")) == course_id


def _span(
    course: Json | None, sessions: Sequence[Done], today: datetime.date
) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the days between which ratings count as the course's: a week before it to two weeks after its end."""
    if course is None:
        return None, None
    begin = _day(str(course["started_on"])) - datetime.timedelta(days=7)
    ends = [_day(str(course["ends_on"]))] if course.get("ends_on") else [today]
    return begin, max([*ends, *(s.day for s in sessions)]) + datetime.timedelta(days=14)


def _done(session: Json, zone: datetime.tzinfo) -> Done:
    record = session["record"]
    order = record.get("order") or {}
    peak = record.get("skin_peak_c")
    return Done(
        at=_begun(session, zone),
        region=_region(session),
        planned_min=float(order.get("heat_s") or 0.0) / 60.0,
        heat_min=float(record.get("heat_s") or 0.0) / 60.0,
        ended=str(record.get("ended") or "unknown"),
        ended_text=str(record.get("ended_text") or ""),
        skin_peak_c=peak,
        cem43_min=None if peak is None else record.get("cem43_min"),
        pain_before=session.get("pain_before"),
        pain_after=session.get("pain_after"),
        skin_check=str(session.get("skin_check") or ""),
        note=str(record.get("note") or ""),
        guards=tuple(_guard(e.get("data") or {}) for e in record.get("events", ()) if e["kind"] == "guard"),
    )


def _guard(told: Json) -> str:
    return str(told.get("text") or told.get("name") or "A guard ended the heat.")


def _setting(session: Json) -> str:
    """Return whose ceilings held: those of the order, which a clinician may have set, else the verdict's."""
    order = (session.get("record") or {}).get("order") or {}
    return str(order.get("setting") or (session.get("verdict") or {}).get("setting") or "home")


def _region(session: Json) -> str:
    region = (session["record"].get("order") or {}).get("region")
    sites = session.get("sites") or [{}]
    return str(region or sites[0].get("region", ""))


def _begun(session: Json, zone: datetime.tzinfo) -> datetime.datetime:
    return _moment(str(session["record"].get("started_at") or session["created"]), zone)


def _moment(text: str, zone: datetime.tzinfo) -> datetime.datetime:
    """Return a time where the person lives; a day alone is its noon."""
    moment = datetime.datetime.fromisoformat(text)
    if len(text) == 10:
        return moment.replace(hour=12, tzinfo=zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text[:10])


def _each(parts: Iterable[Json | None]) -> tuple[Json, ...]:
    """Return what differs, each once, in the order of its first time."""
    out: dict[str, Json] = {}
    for one in parts:
        if one:
            out.setdefault(str(one.get("id") or (one.get("region"), one.get("side"))), one)
    return tuple(out.values())


def _numbers(sessions: Sequence[Json], part: str, name: str) -> tuple[float, ...]:
    found = ((s.get(part) or {}).get(name) for s in sessions)
    return tuple(float(v) for v in found if v is not None)


def _pains(
    chart: Chart,
    sessions: Sequence[Done],
    zone: datetime.tzinfo,
    begin: datetime.date | None,
    end: datetime.date | None,
) -> tuple[Told, ...]:
    """Return every rating once: those of the diary, and of each session those that the diary does not have."""
    told = [
        Told(_moment(str(p["at"]), zone), str((p.get("site") or {}).get("region", "")), float(p["value"]), _when(p))
        for p in chart.pains
    ]
    told = [t for t in told if begin is None or end is None or begin <= t.at.date() <= end]
    here = {(t.at.date(), t.region, t.when) for t in told}
    for s in sessions:
        for when, value in (("before", s.pain_before), ("after", s.pain_after)):
            if value is not None and (s.day, s.region, when) not in here:
                late = datetime.timedelta(minutes=s.heat_min + 15.0 if when == "after" else 0.0)
                told.append(Told(s.at + late, s.region, float(value), when))
    return tuple(sorted(told, key=lambda t: (t.at, t.when)))


def _when(pain: Json) -> str:
    return str(pain.get("when") or "").replace(" ", "_")


def _by_name(
    told: Sequence[Json],
    name: str,
    value: str,
    zone: datetime.tzinfo,
    begin: datetime.date | None,
    end: datetime.date | None,
) -> dict[str, list[tuple[datetime.datetime, float, Json]]]:
    """Return what has a figure and belongs to the course, by its name, oldest first."""
    out: dict[str, list[tuple[datetime.datetime, float, Json]]] = defaultdict(list)
    for one in told:
        at = _moment(str(one["at"]), zone)
        if one.get(value) is not None and (begin is None or end is None or begin <= at.date() <= end):
            out[str(one[name])].append((at, float(one[value]), one))
    return {key: sorted(found, key=lambda f: f[0]) for key, found in out.items()}


def _pairs(told: Mapping[str, list[tuple[datetime.datetime, float, Json]]]) -> tuple[Pair, ...]:
    out = []
    for key, found in told.items():
        (first_at, first, _), (last_at, last, what) = found[0], found[-1]
        days = first_at.date(), last_at.date()
        out.append(Pair(key, str(what.get("unit") or ""), first, last, len(found), *days, what.get("of_first")))
    return tuple(out)


def _weekly(sessions: Sequence[Done]) -> Mapping[tuple[datetime.date, str], float]:
    """Return the minutes of heat by the Monday of the week and the site."""
    out: dict[tuple[datetime.date, str], float] = defaultdict(float)
    for s in sessions:
        out[s.day - datetime.timedelta(days=s.day.weekday()), s.region] += s.heat_min
    return dict(out)
