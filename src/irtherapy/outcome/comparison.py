"""The plan of a comparison of one person with themselves: pairs of blocks with and without infrared, fixed beforehand.

    secret --> order of the blocks (the first bit of SHA-256 for each pair), so anybody can draw it again
    plan   --> one text that tells everything which could be changed afterwards; its SHA-256 is kept before the first
               session, with that of the secret in it, so that neither plan nor order can be changed unseen

A block is some days with so many sessions; between blocks there are days without any. Each pair has one block of both
kinds. The days are counted from the first day, which is 0.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from enum import StrEnum

from irtherapy.outcome.autocorrelation import PRIOR_SD_POINTS, RHO_MAX, SPREAD_POINTS
from irtherapy.outcome.pairs import PAIRS_LEAST, PAIRS_MOST
from irtherapy.values import InputError, Region, in_range

SEEN_W_M2 = 0.01  # less light than this on the skin cannot be seen in a lit room
PLAN_VERSION = 1
HEAD = f"irtherapy comparison, plan version {PLAN_VERSION}"
SWITCHED_BY_US = ("simulated", "mqtt", "esphome")


class Outcome(StrEnum):
    """The rating that is compared."""

    PAIN_AFTER = "pain_after"
    NEXT_MORNING = "next_morning"


class Concealment(StrEnum):
    """Whether the person knows which block is which, and why."""

    HIDDEN = "hidden"  # switched by the program, and no light to be seen
    SIMULATED = "simulated"  # nothing warms, so nothing gives it away
    BY_HAND = "by_hand"  # the person switches
    LIGHT_SEEN = "light_seen"  # the emitter glows


OUTCOME_WORDS = {
    Outcome.PAIN_AFTER: "pain from 0 to 10, told after the session",
    Outcome.NEXT_MORNING: "pain from 0 to 10, told on the next morning",
}


@dataclass(frozen=True)
class Design:
    """What is fixed before the first session.

    ``pairs`` 3 to 12 of blocks; ``sessions`` 1 to 7 in a block, one every ``every_days`` (2 to 7, or 1 in a clinic's
    hands); ``washout_days`` 0 to 14 between blocks; ``worthwhile``: the smallest difference that would matter to the
    person, in points. Raises InputError on a figure out of range.
    """

    region: Region
    outcome: Outcome
    starts_on: datetime.date
    concealment: Concealment
    pairs: int = 6
    sessions: int = 2
    every_days: int = 2
    washout_days: int = 2
    worthwhile: float = 1.0

    def __post_init__(self) -> None:
        for name, field, low, high in (
            ("Pairs of blocks", self.pairs, PAIRS_LEAST, PAIRS_MOST),
            ("Sessions in a block", self.sessions, 1, 7),
            ("Days from session to session", self.every_days, 1, 7),
            ("Days between blocks", self.washout_days, 0, 14),
        ):
            if in_range(name, field, low, high) != int(field):
                raise InputError(name, f"{name} must be a whole number from {low} to {high}; got {field}.")
        in_range("Smallest difference", self.worthwhile, 0.5, 5, "points")

    @property
    def concealed(self) -> bool:
        """Whether the person is not told which block is which before the end."""
        return self.concealment in (Concealment.HIDDEN, Concealment.SIMULATED)

    @property
    def block_days(self) -> int:
        """The days of a block."""
        return self.sessions * self.every_days

    def first_day(self, block: int) -> datetime.date:
        """Return the first day of a block, counted from 0."""
        return self.starts_on + datetime.timedelta(days=block * (self.block_days + self.washout_days))

    def last_day(self, block: int) -> datetime.date:
        """Return the last day of a block."""
        return self.first_day(block) + datetime.timedelta(days=self.block_days - 1)

    def block_on(self, day: datetime.date) -> int | None:
        """Return the block that a day lies in, or None before, after and between."""
        passed = (day - self.starts_on).days
        block, within = divmod(passed, self.block_days + self.washout_days)
        return block if 0 <= block < 2 * self.pairs and within < self.block_days else None

    def steps(self, day: datetime.date) -> float:
        """Return the time of a day in steps between two planned sessions."""
        return (day - self.starts_on).days / self.every_days


def concealment(driver: str, visible_w_m2: float) -> Concealment:
    """Return whether the blocks can be told apart by sight.

    ``visible_w_m2``: light up to 780 nm on the skin with the device on.
    """
    if driver == "simulated":
        return Concealment.SIMULATED
    if driver not in SWITCHED_BY_US:
        return Concealment.BY_HAND
    return Concealment.HIDDEN if visible_w_m2 < SEEN_W_M2 else Concealment.LIGHT_SEEN


def order(secret: str, pairs: int) -> tuple[bool, ...]:
    """Return for each block whether it is with infrared. A pair begins with it where the drawn bit is 1."""
    out: list[bool] = []
    for pair in range(pairs):
        first = hashlib.sha256(f"irtherapy comparison {checked(secret)} pair {pair + 1}".encode()).digest()[0] >= 128
        out += [first, not first]
    return tuple(out)


def checked(secret: str) -> str:
    """Return a secret of 32 hexadecimal digits. Raises InputError on anything else."""
    if len(secret) != 32 or any(c not in "0123456789abcdef" for c in secret):
        raise InputError("Secret", "The secret must be 32 hexadecimal digits.")
    return secret


def seal(secret: str) -> str:
    """Return the SHA-256 of the secret: it can be shown beforehand and proves afterwards that nothing was changed."""
    return hashlib.sha256(f"irtherapy comparison {checked(secret)}".encode()).hexdigest()


def plan_text(of: Design, device: str, sealed: str) -> str:
    """Return everything that is fixed beforehand, as a text in English whose hash is kept.

    Its wording changes only together with ``PLAN_VERSION``.
    """
    know = {
        Concealment.HIDDEN: "not told before the end; the program switches and the device gives no light to be seen",
        Concealment.SIMULATED: "not told before the end; the lamp is simulated",
        Concealment.BY_HAND: "known: the person switches the device",
        Concealment.LIGHT_SEEN: "known: the device gives light that can be seen",
    }[of.concealment]
    return f"""{HEAD}
Place: {of.region.value}
Device: {device}
With: the session as planned. Without: the same routine, time, massage and stretches, the device off.
Which is which: {know}
First day: {of.starts_on.isoformat()}
Blocks: {of.pairs:g} pairs, each with one block with and one without, {of.sessions:g} sessions a block, one every \
{of.every_days:g} days, {of.washout_days:g} days between blocks
Order: in each pair, with comes first where the first byte of SHA-256("irtherapy comparison <secret> pair <n>") is \
128 or more
Seal of the secret: {sealed}
Outcome: {OUTCOME_WORDS[of.outcome]}
Smallest difference that matters: {of.worthwhile:g} points
First analysis, as drawn: for each pair the mean of the block with minus the mean of the block without; over the \
pairs the mean and its 95 % interval by Student's t. Sessions without a rating are left out; a pair counts when both \
blocks have a rating; {PAIRS_LEAST} pairs are the least.
Test: all orders that could have been drawn, two-sided.
Second analysis: the same ratings with an effect of each pair and first-order autocorrelation (REML, Kenward-Roger).
Posterior: the difference is normal around 0 with SD {PRIOR_SD_POINTS:g} points before, autocorrelation uniform from 0 \
to {RHO_MAX:g}, SD of a day log-uniform from {SPREAD_POINTS[0]:g} to {SPREAD_POINTS[1]:g} points.
As done: the same mean over pairs by what was really on.
No look at the result before the end.
"""


def plan_hash(text: str) -> str:
    """Return the SHA-256 of a plan."""
    return hashlib.sha256(text.encode()).hexdigest()
