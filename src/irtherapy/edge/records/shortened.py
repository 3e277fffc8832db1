"""Many sessions for one page: only the figures that a page about a course shows are taken out of each record.

A record with its plan is tens of kilobytes of JSON; a page about fifty of them reads a hundred letters of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from irtherapy.edge.records import comparisons, visits
from irtherapy.edge.records.models import Course, Patient, Visit

RECORD = ("started_at", "ended", "ended_text", "heat_s", "skin_peak_c", "cem43_min", "note")
ORDER = ("region", "heat_s", "driver", "setting")
COLUMNS = ("id", "created", "sites", "person", "device", "pain_after", "skin_check", "course_id")
OF_PLAN, OF_PLACEMENT = "plan__irradiance_w_m2", "placement__distance_m"
BY_ITSELF = ("completed", "stopped")  # no guard ended these


def sessions(patient: Patient | None, course: Course | None) -> Iterator[dict[str, Any]]:
    """Yield the real sessions of a person, of one course where one is given, oldest first, as ``Chart.sessions``.

    ``record`` and ``plan`` hold what a page about a course shows, the verdict is that of the last session alone.
    """
    kept = visits.finished(patient).filter(demo=False).exclude(pk__in=comparisons.hidden_visits())
    if course is not None:
        kept = kept.filter(course=course)
    wanted = (*(f"record__{name}" for name in RECORD), *(f"record__order__{name}" for name in ORDER))
    rows = list(kept.order_by("created", "pk").values(*COLUMNS, OF_PLAN, OF_PLACEMENT, *wanted))
    guarded = dict(kept.exclude(ended__in=BY_ITSELF).values_list("pk", "record__events"))
    last = None if not rows else kept.values_list("verdict", flat=True).get(pk=rows[-1]["id"])
    for row in rows:
        yield _session(row, guarded.get(row["id"]) or [], last if row is rows[-1] else None)


def _session(row: Mapping[str, Any], events: list[Any], verdict: Any) -> dict[str, Any]:
    record = {name: row[f"record__{name}"] for name in RECORD}
    order = {name: row[f"record__order__{name}"] for name in ORDER}
    return {
        "id": str(row["id"]),
        "created": row["created"].isoformat(),
        "sites": row["sites"],
        "person": row["person"],
        "verdict": verdict,
        "device": row["device"],
        "placement": {"distance_m": row[OF_PLACEMENT]},
        "plan": {"irradiance_w_m2": row[OF_PLAN]},
        "record": {**record, "order": order, "events": events},
        "pain_before": Visit(sites=row["sites"]).pain_before,
        "pain_after": row["pain_after"],
        "skin_check": row["skin_check"],
        "course": None if row["course_id"] is None else str(row["course_id"]),
    }
