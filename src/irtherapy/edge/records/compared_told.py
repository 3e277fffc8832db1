"""What pages and the terminal show of a comparison: what is due, its blocks, its result in rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from irtherapy.edge.records import comparisons, outcomes
from irtherapy.edge.records.models import ComparedSession, Comparison, Patient, Visit
from irtherapy.export import difference
from irtherapy.outcome.comparison import Outcome
from irtherapy.outcome.self_trial import Estimate, Result
from irtherapy.values import InputError


def dates(of: Comparison, block: int) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day of a block."""
    return of.design.first_day(block), of.design.last_day(block)


def blocks(of: Comparison, today: datetime.date) -> list[dict[str, Any]]:
    """Return the blocks with their days, what they were when that may be told, and how many sessions were done."""
    out = []
    for block in range(2 * of.pairs):
        first, last = dates(of, block)
        over = today > last or of.ended_at is not None
        out.append(
            {
                "number": block + 1,
                "pair": block // 2 + 1,
                "first": first,
                "last": last,
                "with_heat": of.order[block] if of.may_tell else None,
                "done": comparisons.done_in(of, block),
                "state": "over" if over else "now" if first <= today else "later",
            }
        )
    return out


def mornings(of: Comparison) -> list[ComparedSession]:
    """Return the sessions whose next morning has not been told yet and can be."""
    if of.outcome != Outcome.NEXT_MORNING.value or of.revealed_at is not None:
        return []
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = comparisons.members(of).filter(visit__created__lt=midnight).exclude(visit__ended="never_started")
    told = comparisons.mornings(of)
    return [one for one in waiting if one.visit_id not in told]


def tell_morning(of: Comparison, visit_id: Any, pain: object) -> None:
    """Keep the pain on the morning after a session. Raises InputError before that morning, or on no such session."""
    try:
        one = of.members.filter(visit_id=visit_id).select_related("visit").first()
    except (ValueError, ValidationError):
        one = None
    if one is None:
        raise InputError("Session", "This session is no part of the comparison.")
    if timezone.localdate() <= timezone.localtime(one.visit.created).date():
        raise InputError("Pain", "Pain of the next morning can be told from the next day on.")
    if of.revealed_at is not None:
        raise InputError("Pain", "Which was which is told already, so nothing more is added.")
    outcomes.log_pain(of.region, pain, when="next_morning", patient=of.patient, visit=one.visit, demo=of.demo)


def today(of: Comparison) -> dict[str, Any]:
    """Return what is due today: the block (from 1) or None, the next day, a sentence, and mornings to be told."""
    day = timezone.localdate()
    block, after = comparisons.due(of, day), comparisons.next_day(of, day)
    if of.ended_at is not None:
        sentence = "It is ended."
    elif block is not None:
        sentence = (
            f"A session is due today, in block {block + 1}. Begin it as always: it becomes part of the comparison."
        )
    elif after is not None:
        sentence = f"No session today. The next one is due from {after.isoformat()}."
    else:
        sentence = "All sessions are done or past. End it and see."
    waiting = [
        {"session": str(one.visit_id), "on": timezone.localdate(one.visit.created).isoformat()} for one in mornings(of)
    ]
    return {
        "block": None if block is None else block + 1,
        "next_day": None if after is None else after.isoformat(),
        "sentence": sentence,
        "mornings": waiting,
    }


def whole(of: Comparison) -> dict[str, Any]:
    """Return a comparison as the terminal tells it; arms that may not be told are "not told yet"."""
    arm = {True: "with", False: "without", None: "not told yet"}
    rows = blocks(of, timezone.localdate())
    return {
        "id": str(of.pk),
        "demo": of.demo,
        "device": of.device_name,
        "region": of.region,
        "outcome": of.outcome,
        "concealment": of.concealment,
        "ended": of.ended_at is not None,
        "told": of.may_tell,
        "blocks": [
            {**row, "arm": arm[row["with_heat"]], "first": row["first"].isoformat(), "last": row["last"].isoformat()}
            for row in rows
        ],
        "today": today(of),
        "plan": of.plan,
        "plan_sha256": of.plan_sha256,
        "seal": of.sealed,
        "secret": of.secret if of.may_tell and of.ended_at else None,
    }


def on_start() -> dict[str, Any] | None:
    """Return what the first page says of the comparison that runs, or None."""
    of = comparisons.running(None, demo=False)
    if of is None:
        return None
    today = timezone.localdate()
    told = {"of": of, "due": comparisons.due(of, today), "next_day": comparisons.next_day(of, today)}
    return {**told, "mornings": len(mornings(of))}


def on_plan(visit: Visit) -> dict[str, Any] | None:
    """Return what the plan of a visit says of the comparison that runs, or None when none does."""
    of = comparisons.running(visit.patient, visit.demo)
    if of is None:
        return None
    part, today = comparisons.part_of(visit), timezone.localdate()
    openly = None if part is None or part.hidden else part.with_heat
    told = {"of": of, "due": part is not None, "block": None if part is None else part.block + 1, "openly": openly}
    return {**told, "fits": comparisons.fits(visit, of), "next_day": comparisons.next_day(of, today)}


# -- the result


def chart(of: Result, width: int = 360) -> str:
    """Return the drawing of a result, or nothing when there were too few blocks."""
    if of.estimate is None or of.belief is None:
        return ""
    words = {
        "title": "How much lower the pain was with infrared, pair by pair",
        "desc": of.sentence,
        "mean": "all pairs",
        "belief": "likely here",
        "axis": "points lower with infrared",
        "left": "lower without",
        "right": "lower with",
    }
    pairs = [(f"pair {row.number}", row.lower) for row in of.rows if row.lower is not None]
    drawn = difference.Drawn(
        pairs, of.estimate.lower, of.estimate.low, of.estimate.high, of.belief.points, of.belief.density
    )
    return difference.chart(drawn, words, width)


def signed(points: float) -> str:
    """Return points with one digit and a real minus."""
    rounded = round(points, 1) + 0.0
    return f"{rounded:.1f}".replace("-", "\u2212")


def ways(of: Result) -> list[tuple[str, str, str]]:
    """Return each way to look at it: its name, how much lower, and the interval."""

    def row(name: str, found: Estimate | None) -> list[tuple[str, str, str]]:
        if found is None:
            return []
        return [(name, signed(found.lower), f"{signed(found.low)} to {signed(found.high)}")]

    out = row("As drawn", of.estimate) + row("As done", of.as_done)
    out += row("With days that lean on each other", of.serial)
    if of.belief is not None:
        ends = f"{signed(of.belief.low)} to {signed(of.belief.high)}"
        out.append(("With the doubt from before", signed(of.belief.lower), ends))
    return out


def chances(of: Comparison, found: Result) -> list[tuple[str, str]]:
    """Return the chances and the test, as (what, figure)."""
    if found.belief is None or found.p is None or found.least_p is None:
        return []
    out = [
        ("Chance that your pain is lower with it at all", f"{found.belief.chance_lower:.0%}"),
        (
            f"Chance that it is lower by {of.worthwhile:g} of 10 or more",
            f"{found.belief.chance_worthwhile:.0%}",
        ),
        (
            "Drawn orders that would show as much by chance alone",
            f"{100 * found.p:.1f} of 100 (at least {100 * found.least_p:.1f})",
        ),
    ]
    if of.guesses_told:
        out.append(("Blocks that you guessed right", f"{of.guesses_right} of {of.guesses_told}"))
    return out


# -- for the chart


def charted(patient: Patient | None) -> Iterator[dict[str, Any]]:
    """Yield each real comparison that has ended and may be told, as ``Chart.trials``."""
    for of in comparisons.kept(patient).filter(demo=False, ended_at__isnull=False).order_by("starts_on", "pk"):
        if not of.may_tell or of.ended_at is None:
            continue
        found = comparisons.result(of)
        facts = [("Pairs of blocks", str(of.pairs)), ("Sessions in a block", str(of.sessions))]
        facts += [(name, f"{lower} ({spread})") for name, lower, spread in ways(found)] + chances(of, found)
        yield {
            "id": str(of.pk),
            "started_on": of.starts_on.isoformat(),
            "ended_on": timezone.localtime(of.ended_at).date().isoformat(),
            "sentence": found.sentence,
            "facts": facts,
        }
