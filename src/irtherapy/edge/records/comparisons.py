"""Comparisons with and without: setting one up, whose turn it is today, ending, revealing, and what it tells."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge.records.models import HIDDEN, ComparedSession, Comparison, PainEntry, Patient, Visit
from irtherapy.outcome import comparison as room
from irtherapy.outcome import self_trial
from irtherapy.outcome.comparison import Concealment, Design
from irtherapy.values import Device, InputError

HEATED_SHARE = 0.5  # of the planned minutes: from here on a session counts as one with heat, as done
FIRST_DAY_LATEST = 60


@dataclass(frozen=True)
class Part:
    """What a session of today is in a comparison: its block (from 0), and whether heat may come on."""

    comparison: Comparison
    block: int
    with_heat: bool

    @property
    def hidden(self) -> bool:
        """Whether the person is not told."""
        return self.comparison.concealed


def kept(patient: Patient | None = None) -> QuerySet[Comparison]:
    """Return the comparisons of one person that were not removed, newest first."""
    return Comparison.objects.filter(patient=patient, deleted_at__isnull=True)


def running(patient: Patient | None, demo: bool) -> Comparison | None:
    """Return the comparison that runs, or None."""
    return kept(patient).filter(demo=demo, ended_at__isnull=True).first()


def find(which: Any) -> Comparison:
    """Return a comparison that was not removed. Raises InputError on an unknown one."""
    try:
        found = Comparison.objects.filter(pk=which, deleted_at__isnull=True).first()
    except (ValueError, TypeError, ValidationError):
        found = None
    if found is None:
        raise InputError("Comparison", "There is no such comparison here.")
    return found


def begin(
    design: Design, device: Device, driver: str, plug: str = "", patient: Patient | None = None, demo: bool = False
) -> Comparison:
    """Draw the order, seal it with the plan, and keep both before the first session.

    Raises InputError when one runs already or the first day is past or far ahead.
    """
    today = timezone.localdate()
    if running(patient, demo) is not None:
        raise InputError("Comparison", "A comparison runs already. End it before you begin another.")
    if not 0 <= (design.starts_on - today).days <= FIRST_DAY_LATEST:
        raise InputError("First day", f"First day must be from today to {FIRST_DAY_LATEST} days ahead.")
    secret = secrets.token_hex(16)
    sealed = room.seal(secret)
    text = room.plan_text(design, device.name, sealed)
    made = Comparison(
        patient=patient, demo=demo, region=design.region.value, outcome=design.outcome.value,
        concealment=design.concealment.value, starts_on=design.starts_on, pairs=int(design.pairs),
        sessions=int(design.sessions), every_days=int(design.every_days), washout_days=int(design.washout_days),
        worthwhile=float(design.worthwhile), device_id=device.id, device_name=device.name, driver=driver, plug=plug,
        secret=secret, sealed=sealed, plan=text, plan_sha256=room.plan_hash(text),
    )  # fmt: skip
    made.clean()
    made.save()
    return made


# -- a session of today


def members(of: Comparison) -> QuerySet[ComparedSession]:
    """Return the sessions of a comparison, oldest first; removed records are left out."""
    shown = of.members.filter(visit__deleted_at__isnull=True).select_related("visit")
    return shown.order_by("visit__created", "visit_id")


def done_in(of: Comparison, block: int) -> int:
    """Return how many sessions of a block were begun, those that never started left out."""
    return members(of).filter(block=block).exclude(visit__ended="never_started").count()


def due(of: Comparison, day: datetime.date) -> int | None:
    """Return the block that a session of this day belongs to, or None when none is due."""
    block = of.design.block_on(day)
    if of.ended_at is not None or block is None or done_in(of, block) >= of.sessions:
        return None
    return block


def next_day(of: Comparison, day: datetime.date) -> datetime.date | None:
    """Return the next day from ``day`` on that has a session to do, or None when there is none any more."""
    design = of.design
    last = design.last_day(2 * of.pairs - 1)
    day = max(day, design.starts_on)
    while day <= last:
        if due(of, day) is not None:
            return day
        day += datetime.timedelta(days=1)
    return None


def part_of(visit: Visit, day: datetime.date | None = None) -> Part | None:
    """Return what a session of this visit is in the comparison that runs, or None when it is no part of it."""
    of = running(visit.patient, visit.demo)
    if of is None or not fits(visit, of):
        return None
    block = due(of, day or timezone.localdate())
    return None if block is None else Part(of, block, of.order[block])


def fits(visit: Visit, of: Comparison) -> bool:
    """Return whether a visit is about the place and with the device of the comparison."""
    told = (visit.device or {}).get("id")
    return bool(visit.sites) and told == of.device_id and pathway.main_site(visit.site_values).region == of.region


def join(visit: Visit, part: Part) -> None:
    """Keep that the visit belongs to its block."""
    ComparedSession.objects.create(visit=visit, comparison=part.comparison, block=part.block)


def mornings(of: Comparison) -> dict[Any, float]:
    """Return the pain at the place of the comparison on the morning after, by the key of the session."""
    told = PainEntry.objects.filter(visit__compared__comparison=of, deleted_at__isnull=True)
    return dict(told.filter(when="next_morning", region=of.region).order_by("at").values_list("visit_id", "value"))


def hidden(visit: Visit) -> bool:
    """Return whether nobody is to be told if this visit had heat: its comparison has not been revealed yet."""
    one = ComparedSession.objects.filter(visit=visit).select_related("comparison").first()
    return one is not None and not one.comparison.may_tell


def hidden_visits() -> QuerySet[ComparedSession, Any]:
    """Return the keys of all visits of which nobody is to be told yet, for a query to leave out."""
    kept_back = ComparedSession.objects.filter(comparison__revealed_at__isnull=True, comparison__concealment__in=HIDDEN)
    return kept_back.values("visit_id")


def hidden_keys(patient: Patient | None) -> set[Any]:
    """Return the keys of the visits of one person of which nobody is to be told yet."""
    return set(hidden_visits().filter(visit__patient=patient).values_list("visit_id", flat=True))


# -- the end


def end(of: Comparison) -> None:
    """End the comparison, early or not; ``go_on`` takes it back until the arms are revealed."""
    if of.ended_at is None:
        of.ended_at = timezone.now()
        of.save(update_fields=["ended_at"])


def go_on(of: Comparison) -> None:
    """Take the end back. Raises InputError once the arms were told, or when another one runs."""
    if of.revealed_at is not None:
        raise InputError("Comparison", "Which was which is told already, so it cannot go on.")
    if running(of.patient, of.demo) not in (None, of):
        raise InputError("Comparison", "Another comparison runs. End it first.")
    of.ended_at = None
    of.save(update_fields=["ended_at"])


def remove(of: Comparison) -> None:
    """Put a comparison out of sight; its sessions stay. ``restore`` brings it back.

    Raises InputError while arms of a session are hidden: they would stay so for good.
    """
    if not of.may_tell and members(of).exists():
        raise InputError("Comparison", "End it and see which was which first. Then it can be removed.")
    of.deleted_at = timezone.now()
    of.save(update_fields=["deleted_at"])


def restore(which: Any) -> Comparison:
    """Bring a removed comparison back. Raises InputError on an unknown one, or when another one runs."""
    of = Comparison.objects.filter(pk=which).first()
    if of is None:
        raise InputError("Comparison", "There is no such comparison here.")
    if of.ended_at is None and running(of.patient, of.demo) not in (None, of):
        raise InputError("Comparison", "Another comparison runs. End it first.")
    of.deleted_at = None
    of.save(update_fields=["deleted_at"])
    return of


def reveal(of: Comparison, guesses: Mapping[int, bool] | None = None) -> None:
    """Tell which block was which, and put the records of its sessions right. Raises InputError before the end.

    ``guesses``: for a block (from 0) whether the person thinks that it was with infrared; kept as how many were right.
    """
    if of.ended_at is None:
        raise InputError("Comparison", "Which was which is told after the end, not before.")
    if of.revealed_at is not None:
        return
    told = {block: guess for block, guess in (guesses or {}).items() if 0 <= block < 2 * of.pairs}
    with transaction.atomic():
        if told:
            of.guesses_told = len(told)
            of.guesses_right = sum(of.order[block] is guess for block, guess in told.items())
        of.revealed_at = timezone.now()
        of.save()
        if of.concealed:
            for one in of.members.select_related("visit"):
                _put_right(one.visit, of.order[one.block])


def _put_right(visit: Visit, with_heat: bool) -> None:
    """Say in the record what was hidden: heat that was on, or that only the time of it had passed."""
    if visit.record is None:
        return
    if with_heat:
        names = {"heat_time": "heat_on", "heat_time_over": "heat_off"}
        events = [{**e, "kind": names.get(e["kind"], e["kind"])} for e in visit.record.get("events", [])]
        visit.record = {**visit.record, "events": events}
    else:
        visit.record = without_heat(visit.record)
    visit.save()


def without_heat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record whose heat time passed without heat: 0 s of heat, ``routine_s`` of the same routine."""
    return {**record, "routine_s": record.get("heat_s", 0.0), "heat_s": 0.0}


def had_heat(of: Comparison, one: ComparedSession) -> bool | None:
    """Return whether a session had heat, as it was done; None when it broke off before half of the minutes."""
    record = one.visit.record
    if record is None:
        return None
    if not of.order[one.block]:
        return False
    planned_s = float((record.get("order") or {}).get("heat_s") or 0.0)
    heat_s = float(record.get("heat_s") or 0.0)
    if planned_s > 0.0 and heat_s >= HEATED_SHARE * planned_s:
        return True
    return None if heat_s > 0.0 else False


def result(of: Comparison) -> self_trial.Result:
    """Return what the comparison tells. Raises InputError before its end, or before the arms were told."""
    if of.ended_at is None or (of.concealed and of.revealed_at is None):
        raise InputError(
            "Comparison", "The result is told after the end, not before: a look would change what follows."
        )
    design, waking = of.design, mornings(of)
    rated = [
        self_trial.Rated(
            one.block,
            design.steps(timezone.localtime(one.visit.created).date()),
            one.visit.pain_after if design.outcome is room.Outcome.PAIN_AFTER else waking.get(one.visit_id),
            had_heat(of, one),
        )
        for one in members(of)
        if one.visit.ended != "never_started"
    ]
    last = design.last_day(2 * of.pairs - 1)
    early = timezone.localtime(of.ended_at).date() < last and len(rated) < 2 * of.pairs * of.sessions
    return self_trial.analyse(design, of.order, rated, early, _outside(of))


def _outside(of: Comparison) -> int:
    """Return how many sessions with heat at the place were done in these days and are no part of the comparison."""
    first = timezone.make_aware(datetime.datetime.combine(of.starts_on, datetime.time()))
    near = Visit.objects.filter(patient=of.patient, demo=of.demo, region=of.region, heat_s__gt=0, deleted_at=None)
    return near.filter(created__gte=first, created__lte=of.ended_at, compared__isnull=True).count()


def told_of_arms(of: Comparison) -> str:
    """Return in one sentence whether the person knows which block is which."""
    return {
        Concealment.HIDDEN: "You are not told which block is which before the end. The program switches the heat, and "
        "your device gives no light that you could see.",
        Concealment.SIMULATED: "You are not told which block is which before the end. The lamp is a simulated one.",
        Concealment.BY_HAND: "You know which block is which, since you switch the device yourself.",
        Concealment.LIGHT_SEEN: "You know which block is which, since your device gives light that you can see.",
    }[Concealment(of.concealment)]
