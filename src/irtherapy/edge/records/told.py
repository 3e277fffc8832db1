"""What was told of how it is going, read together: by day and place, as series, and as a chart takes it.

Pain before and after a session is kept with the visit and is read from there; nothing is counted twice.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from irtherapy.edge import data
from irtherapy.edge.records import outcomes, visits
from irtherapy.edge.records.models import Answer, Effect, Motion, PainEntry, Patient, Visit
from irtherapy.outcome import motion as motion_room
from irtherapy.values import DayOutcome, Region, SideEffect

ONE_DAY = datetime.timedelta(days=1)
NOON = 12  # a side effect told before it belongs to the day before
BEFORE, AFTER, NEXT_MORNING = "before", "after", "next_morning"
OF_PAGES = ("id", "created", "sites", "region", "heat_s", "ended", "pain_after", "patient", "demo")


@dataclass(frozen=True)
class Rating:
    """One rating of pain: when, where, how much, and around what; ``entry`` is its record, None for a session's own."""

    at: datetime.datetime
    region: str
    value: float
    when: str
    entry: PainEntry | None = None
    visit: Visit | None = None

    @property
    def day(self) -> datetime.date:
        """The local day."""
        return timezone.localtime(self.at).date()


def sessions(patient: Patient | None, demo: bool = False, since: datetime.datetime | None = None) -> list[Visit]:
    """Return the finished visits that had heat, oldest first, with the columns that are looked at here.

    Those without heat of a comparison are sessions too.
    """
    heat_or_compared = Q(heat_s__gt=0) | Q(compared__isnull=False)
    found = visits.finished(patient).filter(heat_or_compared, demo=demo).only(*OF_PAGES)
    return list((found if since is None else found.filter(created__gte=since)).order_by("created"))


def ratings(patient: Patient | None, demo: bool = False) -> list[Rating]:
    """Return every rating of pain of a person, oldest first: those told, and those of the sessions."""
    out = [
        Rating(entry.at, entry.region, entry.value, entry.when, entry, entry.visit)
        for entry in outcomes.kept(PainEntry, patient, demo).select_related("visit").defer(*visits.LARGE_OF_VISIT)
    ]
    for visit in sessions(patient, demo):
        for site in visit.sites:
            if site.get("pain_0_10") is not None:
                out.append(Rating(visit.created, site["region"], float(site["pain_0_10"]), BEFORE, None, visit))
        if visit.pain_after is not None and visit.region:
            out.append(Rating(visit.created, visit.region, visit.pain_after, AFTER, None, visit))
    return sorted(out, key=lambda r: r.at)


def places(patient: Patient | None, demo: bool = False) -> list[dict[str, str]]:
    """Return the places that this person told of (region, side), those of the last session first."""
    found: dict[str, str] = {}
    for visit in reversed(sessions(patient, demo)):
        for site in visit.sites:
            found.setdefault(site["region"], site.get("side", "both"))
    for entry in outcomes.kept(PainEntry, patient, demo):
        found.setdefault(entry.region, entry.side)
    return [{"region": region, "side": side} for region, side in found.items()]


def daily(told: Iterable[Rating], region: str) -> list[tuple[float, float]]:
    """Return (ordinal day, pain) of one place for the trend over days.

    Left out is what was told right after a session: it is lower for an hour and would stand in for the day.
    """
    return [(float(r.day.toordinal()), r.value) for r in told if r.region == region and r.when != AFTER]


def around(told: Iterable[Rating]) -> list[dict[str, float | None]]:
    """Return pain before and after of each session at its own place, oldest first."""
    found: dict[Any, dict[str, float | None]] = {}
    for r in told:
        if r.visit is not None and r.entry is None and r.region == r.visit.region:
            pair = found.setdefault(r.visit.pk, {"pain_before": None, "pain_after": None})
            pair[f"pain_{r.when}"] = r.value
    return list(found.values())


def days(patient: Patient | None, demo: bool = False) -> tuple[DayOutcome, ...]:
    """Return what was told, one entry a day and place, oldest first: what the rules of a course read.

    A next morning belongs to the day of its session (or the day before it). A side effect goes to the day and place of
    its session, and without one to the day it was noticed, or the day before when that was before noon.
    """
    found: dict[tuple[datetime.date, str], dict[str, list[Any]]] = {}

    def of(day: datetime.date, region: str) -> dict[str, list[Any]]:
        keys = (BEFORE, AFTER, NEXT_MORNING, "other", "effects", "visits")
        return found.setdefault((day, region), {key: [] for key in keys})

    all_ratings = ratings(patient, demo)
    for r in all_ratings:
        day = r.day
        if r.when == NEXT_MORNING:
            day = _day(r.visit) if r.visit is not None else day - ONE_DAY
        of(day, r.region)[r.when or "other"].append(r.value)
    for visit in sessions(patient, demo):
        of(_day(visit), visit.region)["visits"].append(visit)
    known = places(patient, demo)
    noted = outcomes.kept(Effect, patient, demo).select_related("visit").defer(*visits.LARGE_OF_VISIT)
    for effect in noted.order_by("at"):
        day, region = _of_effect(effect, known)
        of(day, region)["effects"].append(side_effect(effect))
    return tuple(
        DayOutcome(
            day=day.isoformat(),
            region=Region(region),
            before=_first(told[BEFORE]),
            after=_last(told[AFTER]),
            next_morning=_last(told[NEXT_MORNING]),
            other=_mean(told["other"]),
            effects=tuple(told["effects"]),
            sessions=len(told["visits"]),
        )
        for (day, region), told in sorted(found.items())
    )


def _of_effect(effect: Effect, known: list[dict[str, str]]) -> tuple[datetime.date, str]:
    if effect.visit is not None:
        return _day(effect.visit), effect.visit.region or Region.LOWER_BACK.value
    when = timezone.localtime(effect.at)
    day = when.date() - ONE_DAY if when.hour < NOON else when.date()
    return day, known[0]["region"] if known else Region.LOWER_BACK.value


def side_effect(effect: Effect) -> SideEffect:
    """Return a side effect as the value that travels."""
    return SideEffect(effect.kind, data.effect_kinds()[effect.kind].name, effect.grade, effect.text)


def after_sessions(of: Iterable[Visit]) -> dict[Any, dict[str, Any]]:
    """Return by visit id what was told later of each: ``pain_next_morning`` and ``effects`` (``for_course``)."""
    keys = [visit.pk for visit in of]
    out: dict[Any, dict[str, Any]] = {key: {"pain_next_morning": None, "effects": []} for key in keys}
    mornings = PainEntry.objects.filter(visit__in=keys, when=NEXT_MORNING, deleted_at__isnull=True)
    for entry in mornings.select_related("visit").defer(*visits.LARGE_OF_VISIT).order_by("at"):
        if entry.visit is not None and entry.region == entry.visit.region:
            out[entry.visit_id]["pain_next_morning"] = entry.value
    for effect in Effect.objects.filter(visit__in=keys, deleted_at__isnull=True).order_by("at"):
        out[effect.visit_id]["effects"].append(for_course(effect))
    return out


def for_course(effect: Effect) -> dict[str, Any]:
    """Return a side effect as the rules of a course read it: its text, grade, rule and day."""
    rule = data.effect_kinds()[effect.kind].rule
    return {"text": effect_text(effect), "grade": effect.grade, "rule": rule, "on": effect.day.isoformat()}


def due_morning(patient: Patient | None, demo: bool = False) -> Visit | None:
    """Return yesterday's last session when its next morning is not told yet, else None."""
    yesterday = timezone.localdate() - ONE_DAY
    recent = sessions(patient, demo, since=timezone.now() - 3 * ONE_DAY)
    last = next((v for v in reversed(recent) if _day(v) == yesterday and v.region), None)
    if last is None:
        return None
    told = outcomes.kept(PainEntry, patient, demo).filter(visit=last, when=NEXT_MORNING, region=last.region)
    return None if told.exists() else last


def _day(visit: Visit) -> datetime.date:
    return timezone.localtime(visit.created).date()


def _first(values: list[float]) -> float | None:
    return values[0] if values else None


def _last(values: list[float]) -> float | None:
    return values[-1] if values else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


# -- as a chart takes it ----------------------------------------------------------------------------------------------


def charted_pains(patient: Patient | None) -> Iterator[dict[str, Any]]:
    """Yield the ratings outside of sessions' own, as ``Chart.pains``."""
    for one in outcomes.kept(PainEntry, patient).order_by("at", "pk"):
        site = {"region": one.region, "side": one.side}
        yield {"id": str(one.pk), "at": _iso(one.at), "site": site, "value": one.value, "when": one.when}


def charted_answers(patient: Patient | None) -> Iterator[dict[str, Any]]:
    """Yield the finished questionnaires; the items only of those whose text may be passed on."""
    for one in outcomes.kept(Answer, patient).filter(finished=True).order_by("at", "pk"):
        told = {"id": str(one.pk), "measure": one.measure, "version": one.version, "at": _iso(one.at)}
        yield {**told, "items": charted_items(one), "score": one.score}


def charted_items(answer: Answer) -> list[dict[str, Any]]:
    """Return the answers with their questions; none where only the result may be kept, since no question is here."""
    measure = data.measures()[answer.measure]
    if measure.kind == "choice":
        chosen = next(i.text for i in measure.items if i.id == f"{measure.id}_{int(answer.items[measure.id])}")
        return [{"id": measure.id, "text": chosen, "value": answer.items[measure.id]}]
    texts = {item.id: str(answer.items.get(f"{item.id}_text", item.text)) for item in measure.items}
    return [{"id": i, "text": text, "value": answer.items[i]} for i, text in texts.items() if i in answer.items]


def charted_motions(patient: Patient | None) -> Iterator[dict[str, Any]]:
    """Yield the measured movements, each with its share of the first of its kind."""
    found = list(outcomes.kept(Motion, patient).order_by("at", "pk"))
    shares: dict[str, float | None] = {}
    for name in {one.name for one in found}:
        shares |= motion_room.shares({str(one.pk): one.value for one in found if one.name == name})
    for one in found:
        kind = data.motions()[one.name]
        told = {"id": str(one.pk), "at": _iso(one.at), "name": kind.name, "value": one.value, "unit": kind.unit}
        yield {**told, "of_first": shares[str(one.pk)]}


def charted_effects(patient: Patient | None) -> Iterator[dict[str, Any]]:
    """Yield the side effects, each with the session it followed."""
    for one in outcomes.kept(Effect, patient).order_by("at", "pk"):
        session = None if one.visit_id is None else str(one.visit_id)
        yield {
            "id": str(one.pk), "at": _iso(one.at), "text": effect_text(one), "grade": one.grade, "session": session,
        }  # fmt: skip


def effect_text(effect: Effect) -> str:
    """Return what a side effect was, in the program's and the person's words."""
    name = data.effect_kinds()[effect.kind].name
    return f"{name}: {effect.text}" if effect.text and effect.kind != "other" else effect.text or name


def _iso(at: datetime.datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")
