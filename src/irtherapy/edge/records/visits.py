"""Making, finding and finishing visits; reads what the runner left behind and never touches the heater."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from types import EllipsisType
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from irtherapy.edge import journal
from irtherapy.edge.home import sessions_folder
from irtherapy.edge.records import columns
from irtherapy.edge.records.comparisons import hidden_visits, without_heat
from irtherapy.edge.records.models import (
    Answer,
    Clearance,
    Comparison,
    Course,
    Effect,
    Illness,
    Motion,
    PainEntry,
    Patient,
    Samples,
    Visit,
)
from irtherapy.session import replay
from irtherapy.session.state import Phase
from irtherapy.values import Clearance as ClearanceValue
from irtherapy.values import InputError, Region, SessionRecord, StretchItem, to_json

# The large columns of a visit: a page that lists many leaves them in the database.
LARGE = ("record", "plan", "verdict", "answers", "device", "placement", "person", "carried")
LARGE_OF_VISIT = tuple(f"visit__{name}" for name in LARGE)
FINISH_WITHIN = datetime.timedelta(days=1)  # stretches of a session that broke off are offered for so long


def visible(patient: Patient | None | EllipsisType = ...) -> QuerySet[Visit]:
    """Return the visits that were not removed, newest first: of one patient, of the person at home (None), or all."""
    shown = Visit.objects.filter(deleted_at__isnull=True)
    return shown if patient is ... else shown.filter(patient=patient)


def new_visit(demo: bool = False, patient: Patient | None = None) -> Visit:
    """Return a new visit at its first page."""
    return Visit.objects.create(demo=demo, patient=patient)


def next_visit(
    demo: bool,
    changing: Collection[str],
    patient: Patient | None = None,
    course: Course | None = None,
    in_full: bool = False,
) -> Visit:
    """Return a new visit that starts from the last finished one: places, person and kind, and the lasting answers.

    ``changing``: the questions asked before every session; their answers, and the pain, are asked afresh. ``in_full``:
    on return from a pause all of them are asked again.
    """
    visit = Visit(demo=demo, patient=patient, course=course)
    last = finished(patient).filter(demo=demo).first()
    if last is not None:
        visit.sites = [{**site, "pain_0_10": None} for site in last.sites]
        visit.person = last.person
        visit.device_kind = last.device_kind
        visit.device, visit.placement = last.device, last.placement
        visit.programme, visit.chosen_min = last.programme, last.chosen_min
        lasting = {} if in_full else last.answers
        visit.answers = {key: value for key, value in lasting.items() if key not in changing}
        visit.carried = sorted(visit.answers)
    visit.save()
    return visit


def valid_clearance(visit: Visit) -> ClearanceValue | None:
    """Return the clearances that count today as one, or None; what was tried in a demo never counts for real heat."""
    day = timezone.localdate()
    of_theirs = Clearance.objects.filter(visit__demo=visit.demo, visit__patient=visit.patient)
    valid = list(of_theirs.filter(given_on__lte=day, until__gte=day))
    if not valid:
        return None
    return ClearanceValue(
        who=", ".join(dict.fromkeys(c.who.strip() for c in valid)),
        given_on=max(c.given_on for c in valid).isoformat(),
        covers=frozenset(reason for c in valid for reason in c.covers),
        until=min(c.until for c in valid).isoformat(),
    )


def latest_unfinished(patient: Patient | None = None) -> Visit | None:
    """Return the newest visit that has told at least where it hurts and has no record yet, or None."""
    return visible(patient).filter(record__isnull=True).exclude(step__in=(Visit.Step.WHERE, Visit.Step.DONE)).first()


def finished(patient: Patient | None | EllipsisType = ...) -> QuerySet[Visit]:
    """Return the visits with a record, newest first; of whom, as in ``visible``."""
    return visible(patient).exclude(ended="")


def in_short(found: QuerySet[Visit]) -> QuerySet[Visit, Any]:
    """Return visits for a list: their large columns stay in the database, what a line says is taken out of the record.

    That is ``ended_text`` and ``before``, the pain before heat.
    """
    said = {"ended_text": F("record__ended_text"), "before": F("record__pain_before_0_10")}
    return found.defer(*LARGE).annotate(**said)


def broken_off(patient: Patient | None = None) -> tuple[Visit, tuple[StretchItem, ...]] | None:
    """Return the newest visit and its stretches left, when its program stopped during them within the last day."""
    last = visible(patient).exclude(session_id="").first()
    if last is None or last.record is None or timezone.now() - last.created > FINISH_WITHIN:
        return None
    folder = sessions_folder() / last.session_id
    try:
        order = journal.read_order(folder)
    except InputError:
        return None
    left = replay.left_over(order, journal.read(folder / journal.JOURNAL))
    return (last, left) if left else None


def rest_visit(before: Visit) -> Visit:
    """Return a new visit of the same day, device and answers for the stretches that ``before`` had left."""
    told = ("patient", "course", "demo", "sites", "person", "device_kind", "answers", "answered_on")
    decided = ("verdict", "device", "placement", "plan", "programme", "prescribed", "chosen_min")
    return Visit.objects.create(**{name: getattr(before, name) for name in (*told, *decided)})


def clean_session_count(region: Region | str, demo: bool = False, patient: Patient | None = None) -> int:
    """Return how many completed sessions on this region had a clean skin check; demos never count for real ones.

    A session of a comparison whose arms are hidden counts for nothing: it may have had no heat.
    """
    clean = finished(patient).filter(ended="completed", heat_s__gt=0, region=Region(region).value, skin_check="clean")
    return clean.filter(demo=demo).exclude(pk__in=hidden_visits()).count()


def at_rest(folders: Iterable[Path]) -> None:
    """Raise InputError while a session in one of these folders runs in this or another program."""
    for folder in folders:
        path = folder / journal.JOURNAL
        if not path.exists():
            continue
        try:
            journal.Journal(path).close()
        except journal.JournalBusy:
            raise InputError("Session", "A session is running. Stop it first, then delete.") from None


def delete_all() -> int:
    """Delete every visit, clearance and session folder of this person for good; return how many visits there were.

    Raises InputError, and deletes nothing, while a session runs in this or another program.
    """
    folders = [folder for folder in sessions_folder().iterdir() if folder.is_dir()]
    at_rest(folders)
    count = Visit.objects.count()
    for told in (PainEntry, Answer, Motion, Effect, Illness):
        told.objects.all().delete()
    Visit.objects.all().delete()
    Course.objects.all().delete()
    Comparison.objects.all().delete()
    Patient.objects.all().delete()
    for folder in folders:
        shutil.rmtree(folder)
    return count


def attach_record(visit: Visit, record: SessionRecord) -> Visit:
    """Keep what happened; samples, one a second, go packed into a table of their own."""
    kept = to_json(record)
    kept.pop("samples", None)
    visit.record = without_heat(kept) if record.order.comparison == "without" else kept
    visit.session_id = record.session_id
    if record.pain_after_0_10 is not None:
        visit.pain_after = record.pain_after_0_10
    if record.skin_check is not None:
        visit.skin_check = record.skin_check
    if visit.step != Visit.Step.DONE:
        visit.step = Visit.Step.AFTER
    rows = [(s.at_s, s.heat_on, s.skin_c, s.power_w) for s in record.samples]
    with transaction.atomic():
        visit.save()
        Samples.objects.update_or_create(visit=visit, defaults={"count": len(rows), "packed": columns.pack(rows)})
    journal.put_away(sessions_folder() / visit.session_id / journal.JOURNAL)
    return visit


def samples(visit: Visit) -> list[dict[str, Any]]:
    """Return the samples of a visit as JSON data."""
    kept = Samples.objects.filter(visit=visit).first()
    if kept is None:  # of a record from before samples were packed
        events = journal.read(sessions_folder() / visit.session_id / journal.JOURNAL) if visit.session_id else []
        rows = [columns.row(e.at_s, e.data) for e in events if e.kind == "sample"]
    else:
        rows = columns.unpack(bytes(kept.packed))
    return [{"at_s": at_s, "heat_on": on, "skin_c": skin_c, "power_w": w} for at_s, on, skin_c, w in rows]


def ended_record(folder: Path) -> SessionRecord | None:
    """Return the record of a session that reached its end, or None while it runs or cannot be read."""
    try:
        order = journal.read_order(folder)
    except InputError:
        return None
    events = journal.read(folder / journal.JOURNAL)
    if replay.fold(order, events).phase is not Phase.ENDED:
        return None
    return replay.record(order, events, journal.started_at(folder / journal.JOURNAL))


def import_finished() -> int:
    """Attach the record of every session that ended while nobody was looking; return how many."""
    count = 0
    for visit in Visit.objects.filter(record__isnull=True).exclude(session_id=""):
        record = ended_record(sessions_folder() / visit.session_id)
        if record is None:
            continue
        with transaction.atomic():
            fresh = Visit.objects.select_for_update().get(pk=visit.pk)
            if fresh.record is None:
                attach_record(fresh, record)
                count += 1
    return count


def today() -> str:
    """Return today's ISO day where this machine stands."""
    return timezone.localdate().isoformat()
