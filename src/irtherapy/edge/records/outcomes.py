"""Telling how it is going: pain, forms, motion, side effects and illness are kept, corrected and taken back here."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from types import EllipsisType
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from irtherapy.edge import data
from irtherapy.edge.records import visits
from irtherapy.edge.records.models import Answer, Effect, Illness, Motion, PainEntry, Patient, Told, Visit
from irtherapy.edge.records.models.outcome import WHEN, measure, motion
from irtherapy.outcome import effects
from irtherapy.outcome import motion as motion_room
from irtherapy.values import InputError, Region, Side, in_range

KINDS: tuple[type[Told], ...] = (PainEntry, Answer, Motion, Effect, Illness)
MEANWHILE = datetime.timedelta(minutes=5)  # clocks of a phone and of this machine differ
LONG_AGO = datetime.timedelta(days=3660)
DRAFT_FOR = datetime.timedelta(days=1)
AnyTold = TypeVar("AnyTold", bound=Told)


def kept(model: type[AnyTold], patient: Patient | None, demo: bool = False) -> QuerySet[AnyTold]:
    """Return what one person told of a kind, newest first, without what was taken back."""
    return model._default_manager.filter(patient=patient, demo=demo, deleted_at__isnull=True)


def any_told(patient: Patient | None, demo: bool = False) -> bool:
    """Return whether one person told anything."""
    return any(kept(model, patient, demo).exists() for model in KINDS)


def moment(at: datetime.datetime | str | None) -> datetime.datetime:
    """Return a time that may be told of: not of the future, at most ten years back. Raises InputError."""
    now = timezone.now()
    if at is None or at == "":
        return now
    if isinstance(at, str):
        try:
            at = datetime.datetime.fromisoformat(at)
        except ValueError:
            raise InputError("Time", f"Time must be written as 2026-03-31 or 2026-03-31T08:30; got {at!r}.") from None
    if timezone.is_naive(at):
        at = timezone.make_aware(at)
    if at > now + MEANWHILE:
        raise InputError("Time", f"Time must not lie in the future; got {timezone.localtime(at):%Y-%m-%d %H:%M}.")
    if at < now - LONG_AGO:
        raise InputError("Time", f"Time must be within the last ten years; got {at:%Y-%m-%d}.")
    return min(at, now)


def _keep(told: AnyTold) -> AnyTold:
    try:
        told.clean()
    except ValidationError as error:
        raise InputError("Entry", " ".join(error.messages)) from None
    told.save(force_insert=True)
    return told


def log_pain(
    region: str,
    value: object,
    *,
    side: str = "both",
    when: str = "",
    at: datetime.datetime | str | None = None,
    patient: Patient | None = None,
    visit: Visit | None = None,
    demo: bool = False,
) -> PainEntry:
    """Keep one rating of pain; a second "next morning" of the same session and place corrects the first.

    Raises InputError on a value outside 0 to 10, an unknown place, side or ``when``, or a time of the future.
    """
    known = (("Place", region, [r.value for r in Region]), ("Side", side, [s.value for s in Side]))
    for name, word, allowed in (*known, ("When", when, list(WHEN))):
        if word not in allowed:
            shown = ", ".join(w for w in allowed if w)
            raise InputError(name, f"{name} must be one of {shown}; got {str(word)[:40]!r}.")
    pain = in_range("Pain", value, 0, 10)
    told = PainEntry(
        region=region, side=side, value=pain, when=when, at=moment(at), patient=patient, visit=visit, demo=demo
    )
    with transaction.atomic():
        if when == "next_morning" and visit is not None:
            before = kept(PainEntry, patient, demo).filter(visit=visit, region=region, when=when).first()
            if before is not None:
                told.corrects = before.pk
                remove(before)
        return _keep(told)


def correct_pain(entry: PainEntry, value: object, at: datetime.datetime | str | None = None) -> PainEntry:
    """Keep a corrected rating in place of ``entry``, which is put out of sight. Raises InputError as ``log_pain``."""
    pain, when = in_range("Pain", value, 0, 10), moment(at) if at else entry.at
    with transaction.atomic():
        remove(entry)
        return _keep(
            PainEntry(
                region=entry.region, side=entry.side, value=pain, when=entry.when, at=when, corrects=entry.pk,
                patient=entry.patient, visit=entry.visit, demo=entry.demo,
            )
        )  # fmt: skip


def remove(told: Told) -> None:
    """Put what was told out of sight; ``restore`` brings it back."""
    told.deleted_at = timezone.now()
    told.save(update_fields=["deleted_at"])


def restore(told: Told) -> None:
    """Bring back what was taken back or corrected; what corrected it goes out of sight instead."""
    with transaction.atomic():
        for newer in type(told)._default_manager.filter(corrects=told.pk, deleted_at__isnull=True):
            remove(newer)
        told.deleted_at = None
        told.save(update_fields=["deleted_at"])


def find(told_id: str | uuid.UUID, patient: Patient | None | EllipsisType = ...) -> Told:
    """Return what was told under an id, of one person or (left out) of anybody, taken back or not.

    Raises InputError when there is none.
    """
    try:
        key = uuid.UUID(str(told_id))
    except ValueError:
        raise InputError("Id", f"Id must be that of an entry; got {str(told_id)[:40]!r}.") from None
    for model in KINDS:
        found = model._default_manager.filter(pk=key)
        told = (found if patient is ... else found.filter(patient=patient)).first()
        if told is not None:
            return told
    raise InputError("Id", f"There is no entry {key}.")


# -- questionnaires ---------------------------------------------------------------------------------------------------


def draft(name: str, patient: Patient | None = None, demo: bool = False) -> Answer:
    """Return the questionnaire that was begun within the last day, or a new one that is not kept yet.

    A new PSFS begins with the activities of the last one. Raises InputError on an unknown measure.
    """
    kind = measure(name)
    told = kept(Answer, patient, demo).filter(measure=name)
    begun = told.filter(finished=False, created__gte=timezone.now() - DRAFT_FOR).first()
    if begun is not None:
        return begun
    last = told.filter(finished=True).first() if kind.kind == "own" else None
    items = {} if last is None else {key: word for key, word in last.items.items() if key.endswith("_text")}
    return Answer(measure=name, version=kind.version, items=items, patient=patient, demo=demo)


def fill(answer: Answer, items: Mapping[str, Any]) -> Answer:
    """Keep what is filled in so far. Raises InputError, and keeps nothing, when an item is none."""
    given = {key: value for key, value in items.items() if value is not None and value != ""}
    before, answer.items = answer.items, given
    try:
        answer.items = dict(answer.value.values) if given else {}
    except InputError:
        answer.items = before
        raise
    answer.at = timezone.now() if answer._state.adding else answer.at
    answer.save()
    return answer


def finish(answer: Answer, items: Mapping[str, Any] | None = None, at: datetime.datetime | str | None = None) -> Answer:
    """Keep a questionnaire as finished, with its score. Raises InputError, saying what is missing, without one."""
    if items is not None:
        answer.items = dict(items)
    result = answer.value
    if result.value is None:
        raise InputError("Answers", result.sentence)
    answer.items, answer.score, answer.finished, answer.at = dict(result.values), result.value, True, moment(at)
    try:
        answer.clean()
    except ValidationError as error:
        raise InputError("Answers", " ".join(error.messages)) from None
    answer.save()
    return answer


# -- motion and side effects ------------------------------------------------------------------------------------------


def measure_motion(
    name: str,
    reading: object,
    *,
    at: datetime.datetime | str | None = None,
    patient: Patient | None = None,
    demo: bool = False,
) -> Motion:
    """Keep how far a movement went, from what was read off the tape or the phone. Raises InputError out of range."""
    value = motion_room.value_of(motion(name), reading)
    return _keep(Motion(name=name, value=value, at=moment(at), patient=patient, demo=demo))


def note_effect(
    kind: str,
    grade: object,
    text: str = "",
    *,
    at: datetime.datetime | str | None = None,
    patient: Patient | None = None,
    visit: Visit | None = None,
    demo: bool = False,
) -> Effect:
    """Keep a side effect; without ``visit`` it goes with the last session of the two days before it, if there was one.

    Raises InputError on an unknown kind or grade, or a time of the future.
    """
    found, number, words = effects.told(data.effect_kinds(), kind, grade, text)
    when = moment(at)
    if visit is None:
        heat_or_compared = Q(heat_s__gt=0) | Q(compared__isnull=False)  # else a missing link would tell the arm
        near = visits.finished(patient).filter(heat_or_compared, demo=demo, created__lte=when)
        visit = near.filter(created__gte=when - datetime.timedelta(days=2)).first()
    told = Effect(kind=found.id, grade=number, text=words, at=when, patient=patient, visit=visit, demo=demo)
    return _keep(told)


def note_illness(
    text: str = "", *, at: datetime.datetime | str | None = None, patient: Patient | None = None, demo: bool = False
) -> Illness:
    """Keep that a person was ill; a running course pauses. Raises InputError on a time of the future or a long text."""
    return _keep(Illness(text=effects.words(text), at=moment(at), patient=patient, demo=demo))
