"""What may follow a course: go on, fewer sessions, stop, or see someone; from the pain before its sessions.

The pain before the sessions of the first third is set against that of the last third. A fall by 2 points or 30 %
matters to most people with back pain (Ostelo 2008; Farrar 2001); after four weeks a smaller one counts as no gain
(facts: outcome_measures 3). Under six sessions nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irtherapy.outcome.schedule import NO_SESSION
from irtherapy.outcome.trend import MEANINGFUL_POINTS, MEANINGFUL_SHARE, SESSIONS_MIN
from irtherapy.values import EndAdvice, Slot, SlotState

LITTLE_PAIN = 3.0  # up to here a taper is offered, above it another course (our proposal)


def end_advice(slots: Sequence[Slot], records: Sequence[Mapping[str, Any]]) -> EndAdvice:
    """Return what may follow, with its reason; ``records`` oldest first with ``pain_before`` and ``ended``."""
    told = [
        float(r["pain_before"])
        for r in records
        if r.get("ended") not in NO_SESSION and r.get("pain_before") is not None
    ]
    if len(told) < SESSIONS_MIN:
        return EndAdvice(
            "too_few",
            f"Too few days to tell: pain was told in {len(told)} sessions, and {SESSIONS_MIN} are needed. "
            "Another course is up to you.",
        )
    third = max(2, len(told) // 3)
    first, last = sum(told[:third]) / third, sum(told[-third:]) / third
    change = last - first
    if change >= MEANINGFUL_POINTS:
        return EndAdvice(
            "see_someone",
            f"The pain before a session went from {first:.1f} to {last:.1f}. Stop, and see your doctor or therapist.",
        )
    if -change >= min(MEANINGFUL_POINTS, MEANINGFUL_SHARE * first) and change < 0:
        if last <= LITTLE_PAIN and not any(s.taper for s in slots):
            return EndAdvice(
                "taper",
                f"The pain before a session went from {first:.1f} to {last:.1f}. "
                "You may go down to fewer sessions a week.",
            )
        return EndAdvice(
            "continue",
            f"The pain before a session went from {first:.1f} to {last:.1f}. You may go on with another course.",
        )
    done = sum(1 for s in slots if s.state in (SlotState.DONE, SlotState.PART))
    if 2 * done < len(slots):
        return EndAdvice(
            "too_few", f"You did {done} of {len(slots)} sessions: too few to tell. Another course is up to you."
        )
    return EndAdvice(
        "stop",
        f"The pain before a session went from {first:.1f} to {last:.1f}: no gain that matters. "
        "It is reasonable to stop. If the pain limits you, ask your doctor or therapist what else there is.",
    )
