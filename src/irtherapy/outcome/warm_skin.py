"""How long the skin of a site was warm in the last seven days, against the most there may be.

Skin that is warmed again and again below the burn level can take on a lasting net-like pattern (erythema ab igne;
StatPearls; facts: safety 2.4). No study gives a figure in minutes: counting those at 39 degrees C or more, and the most
of them in a week, are our own careful proposal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from irtherapy import limits
from irtherapy.outcome.days import DAY, day_of
from irtherapy.values import Region, Setting, WarmSkin

WEEK_DAYS = 7
ROOM_MIN = 5.0  # a session needs at least this much; five minutes is where warming starts to matter (protocols 5)


def measured_min(samples: Iterable[tuple[float, float | None]]) -> float | None:
    """Return the minutes at 39 degrees C or more from (second, skin in degrees C), or None when nothing was measured.

    A gap in the readings counts as the reading before it.
    """
    told = [(at_s, skin_c) for at_s, skin_c in samples if skin_c is not None]
    if len(told) < 2:
        return None
    return sum(b[0] - a[0] for a, b in pairwise(told) if a[1] >= limits.WARM_SKIN_C) / 60.0


def planned_min(time_s: Sequence[float], skin_c: Sequence[float], planned_s: float, heat_s: float) -> float:
    """Return the minutes at 39 degrees C or more that a plan of ``planned_s`` of heat expects of ``heat_s`` of it.

    ``skin_c`` should be the warm side of the plan (19 of 20 people stay below it), for nothing was measured. Heat that
    ended early is counted as the plan's up to there, and then cools as long as the plan does.
    """
    warm = [(a[0], b[0]) for a, b in pairwise(zip(time_s, skin_c, strict=True)) if a[1] >= limits.WARM_SKIN_C]
    heated = sum(max(0.0, min(end, heat_s, planned_s) - start) for start, end in warm)
    cooling = sum(max(0.0, end - max(start, planned_s)) for start, end in warm)
    return (heated + cooling) / 60.0 if heated > 0.0 else 0.0


def weekly(records: Iterable[Mapping[str, Any]], setting: Setting, today: date) -> tuple[WarmSkin, ...]:
    """Return each site that was warmed (``region``, ``warm_min``), with the minutes of the last seven days."""
    by_site: dict[Region, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for record in records:
        if record.get("region") and record.get("warm_min"):
            by_site[Region(record["region"])][day_of("Session day", str(record["on"]))] += float(record["warm_min"])
    most = limits.warm_skin_most_min(setting)
    out = []
    for region in Region:
        if region in by_site:
            days = by_site[region]
            free = next(
                today + n * DAY
                for n in range(WEEK_DAYS + 1)
                if _within(days, today + n * DAY) <= most - min(ROOM_MIN, most)
            )
            out.append(WarmSkin(region, _within(days, today), most, free.isoformat()))
    return tuple(out)


def _within(days: Mapping[date, float], last: date) -> float:
    return sum(minutes for day, minutes in days.items() if last - WEEK_DAYS * DAY < day <= last)
