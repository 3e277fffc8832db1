"""How it is going, put together for a page, the terminal and a report: what was told, the change, and what is due."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from irtherapy.edge import data
from irtherapy.edge.records import outcomes, told
from irtherapy.edge.records.models import Answer, Effect, Illness, Motion, Patient
from irtherapy.outcome import motion as motion_room
from irtherapy.outcome import scores, trend
from irtherapy.outcome.motion import Motion as Movement
from irtherapy.outcome.trend import Change
from irtherapy.values import Region, Summary

NO_RANGE = "A range cannot be told from so few."


@dataclass(frozen=True)
class Place:
    """One sore place: what was told of it, the change over the days, and the change around its sessions."""

    region: str
    side: str
    ratings: tuple[told.Rating, ...]
    daily: tuple[tuple[float, float], ...]
    change: Change
    around: Summary | None


@dataclass(frozen=True)
class Filled:
    """A questionnaire and its finished answers, oldest first; ``due`` when the next is worth while."""

    measure: scores.Measure
    answers: tuple[Answer, ...] = ()
    change: Change | None = None
    sentences: tuple[str, ...] = ()
    begun: bool = False
    due: bool = False

    @property
    def last(self) -> Answer | None:
        """The newest answer."""
        return self.answers[-1] if self.answers else None


@dataclass(frozen=True)
class Moved:
    """A movement and its measurements, oldest first, with what may be said of the change."""

    motion: Movement
    measured: tuple[Motion, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def last(self) -> Motion | None:
        """The newest measurement."""
        return self.measured[-1] if self.measured else None


@dataclass(frozen=True)
class Going:
    """Everything of one person."""

    places: tuple[Place, ...]
    sessions: tuple[datetime.date, ...]
    filled: tuple[Filled, ...]
    moved: tuple[Moved, ...]
    effects: tuple[Effect, ...]
    illnesses: tuple[Illness, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True before anything was told."""
        return not (self.places or any(f.answers for f in self.filled) or any(m.measured for m in self.moved)
                    or self.effects or self.illnesses)  # fmt: skip


def going(patient: Patient | None, demo: bool = False) -> Going:
    """Return how it is going with one person."""
    ratings = told.ratings(patient, demo)
    known = told.places(patient, demo)
    regions = [p["region"] for p in known]
    return Going(
        places=tuple(_place(p, ratings) for p in known),
        sessions=tuple(timezone.localtime(v.created).date() for v in told.sessions(patient, demo)),
        filled=_filled(patient, demo, regions),
        moved=_moved(patient, demo, regions),
        effects=tuple(outcomes.kept(Effect, patient, demo)),
        illnesses=tuple(outcomes.kept(Illness, patient, demo)),
    )


def _place(place: dict[str, str], ratings: list[told.Rating]) -> Place:
    here = [r for r in ratings if r.region == place["region"]]
    daily = trend.by_day(told.daily(here, place["region"]))
    around = [pair for pair in told.around(here) if None not in pair.values()]
    return Place(
        region=place["region"],
        side=place["side"],
        ratings=tuple(here),
        daily=tuple(daily),
        change=trend.pain_over_days(daily),
        around=trend.trend(around) if around else None,
    )


def _filled(patient: Patient | None, demo: bool, regions: list[str]) -> tuple[Filled, ...]:
    everything = list(outcomes.kept(Answer, patient, demo).order_by("at"))
    fitting = {m.id for m in scores.for_regions(data.measures(), regions)}
    out = []
    for measure in data.measures().values():
        of_it = [a for a in everything if a.measure == measure.id]
        done = tuple(a for a in of_it if a.finished)
        if measure.id in fitting or done:
            begun = any(not a.finished and a.created >= timezone.now() - outcomes.DRAFT_FOR for a in of_it)
            out.append(Filled(measure, done, *_change_of(measure, done), begun=begun, due=_is_due(measure, done)))
    return tuple(out)


def _is_due(measure: scores.Measure, done: tuple[Answer, ...]) -> bool:
    if measure.every_days is None or not done:
        return False
    return timezone.localdate() - done[-1].day >= datetime.timedelta(days=measure.every_days)


def _change_of(measure: scores.Measure, done: tuple[Answer, ...]) -> tuple[Change | None, tuple[str, ...]]:
    """Return the change of a questionnaire; PSFS is compared over the activities of the first and the last."""
    series = [(float(a.day.toordinal()), float(a.score or 0.0)) for a in done]
    if len(series) < 2:
        return None, ()
    change = trend.over_days(series, measure.points, measure.share, measure.matters, measure.better)
    if change.judged != "too_few":
        return change, change.sentences
    pair = scores.paired(measure, done[0].items, done[-1].items)
    if pair is None:
        return change, ("The first and the last name no activity in common, so they cannot be compared.",)
    first, last = pair
    return change, (f"First {first:.1f}, last {last:.1f}. {NO_RANGE}", measure.matters)


def _moved(patient: Patient | None, demo: bool, regions: list[str]) -> tuple[Moved, ...]:
    everything = list(outcomes.kept(Motion, patient, demo).order_by("at"))
    out = []
    for movement in data.motions().values():
        of_it = tuple(m for m in everything if m.name == movement.id)
        near = {Region.UPPER_BACK.value: Region.LOWER_BACK.value}
        if of_it or not regions or movement.region.value in {near.get(r, r) for r in regions}:
            out.append(Moved(movement, of_it, _motion_words(movement, of_it)))
    return tuple(out)


def _motion_words(movement: Movement, of_it: tuple[Motion, ...]) -> tuple[str, ...]:
    if len(of_it) < 2:
        return ()
    return (motion_room.against_first(movement, of_it[0].value, of_it[-1].value)[1],)


def as_json(found: Going) -> dict[str, Any]:
    """Return it as plain data: what `irtherapy outcome show --json` prints."""

    def of(change: Change | None) -> dict[str, Any] | None:
        if change is None:
            return None
        names = ("points", "span_days", "first", "last", "change", "low", "high", "needed", "judged")
        return {name: getattr(change, name) for name in names} | {"sentences": list(change.sentences)}

    return {
        "places": [
            {
                "region": p.region,
                "side": p.side,
                "ratings": [
                    {
                        "id": None if r.entry is None else str(r.entry.pk),
                        "at": r.at.isoformat(),
                        "value": r.value,
                        "when": r.when,
                    }
                    for r in p.ratings
                ],
                "over_days": of(p.change),
                "around_sessions": None if p.around is None else p.around.sentence,
            }
            for p in found.places
        ],
        "questionnaires": [
            {
                "measure": f.measure.id,
                "answers": [{"id": str(a.pk), "at": a.at.isoformat(), "score": a.score} for a in f.answers],
                "change": of(f.change),
                "sentences": list(f.sentences),
            }
            for f in found.filled
            if f.answers
        ],
        "motions": [
            {
                "name": m.motion.id,
                "unit": m.motion.unit,
                "measured": [{"id": str(x.pk), "at": x.at.isoformat(), "value": x.value} for x in m.measured],
                "sentences": list(m.sentences),
            }
            for m in found.moved
            if m.measured
        ],
        "effects": [
            {"id": str(e.pk), "at": e.at.isoformat(), "kind": e.kind, "grade": e.grade, "text": told.effect_text(e)}
            for e in found.effects
        ],
        "illnesses": [{"id": str(i.pk), "at": i.at.isoformat(), "text": i.text} for i in found.illnesses],
        "sessions": [day.isoformat() for day in found.sessions],
    }
