"""The course, and whether it helps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where the course stands: how each session ended, when the next may be, and why it may be paused."""

    done: int
    part: int
    stopped: int
    next_on: str | None
    pause_reason: str | None
    clean_skin_checks: int


@dataclass(frozen=True)
class Summary:
    """Change in pain against what matters, or the honest sentence that there are too few days to tell."""

    sessions: int
    mean_change: float | None
    meaningful_change: float
    sentence: str
