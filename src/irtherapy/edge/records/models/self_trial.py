"""A comparison with and without infrared, and the sessions that belong to its blocks."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from irtherapy.edge.records.models.visit import Patient, Visit
from irtherapy.outcome import comparison as room
from irtherapy.values import InputError, Region

HIDDEN = (room.Concealment.HIDDEN.value, room.Concealment.SIMULATED.value)


class Comparison(models.Model):
    """One person's comparison. What was fixed beforehand stays as it was: plan, its hash, the secret and its seal.

    The order of the blocks is not kept: it follows from ``secret``, and is told when ``revealed_at`` is set.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, related_name="comparisons")
    demo = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    region = models.CharField(max_length=12)
    outcome = models.CharField(max_length=20)
    concealment = models.CharField(max_length=20)
    starts_on = models.DateField()
    pairs = models.PositiveSmallIntegerField()
    sessions = models.PositiveSmallIntegerField()
    every_days = models.PositiveSmallIntegerField()
    washout_days = models.PositiveSmallIntegerField()
    worthwhile = models.FloatField()
    device_id = models.CharField(max_length=80)
    device_name = models.CharField(max_length=200)
    driver = models.CharField(max_length=20)
    plug = models.CharField(max_length=60, blank=True, default="")
    secret = models.CharField(max_length=32)
    sealed = models.CharField(max_length=64)
    plan = models.TextField()
    plan_sha256 = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    guesses_right = models.PositiveSmallIntegerField(null=True)
    guesses_told = models.PositiveSmallIntegerField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first."""

        ordering = ("-created",)

    def __str__(self) -> str:
        return f"comparison {self.id}"

    @property
    def design(self) -> room.Design:
        """What was fixed beforehand, checked again."""
        return room.Design(
            Region(self.region),
            room.Outcome(self.outcome),
            self.starts_on,
            room.Concealment(self.concealment),
            self.pairs,
            self.sessions,
            self.every_days,
            self.washout_days,
            self.worthwhile,
        )

    @property
    def order(self) -> tuple[bool, ...]:
        """For each block whether it is with infrared. Not to be shown before ``may_tell``."""
        return room.order(self.secret, self.pairs)

    @property
    def concealed(self) -> bool:
        """Whether the person is not told which block is which before the end."""
        return self.concealment in HIDDEN

    @property
    def may_tell(self) -> bool:
        """Whether the arms may be shown: openly from the first day, else once they were revealed."""
        return not self.concealed or self.revealed_at is not None

    @property
    def last_day_over(self) -> bool:
        """Whether the last block is over."""
        return timezone.localdate() > self.design.last_day(2 * self.pairs - 1)

    def clean(self) -> None:
        """Refuse a plan that is out of range or that does not fit its seal and its hash."""
        try:
            plan = self.design
            fits = room.seal(self.secret) == self.sealed and room.plan_hash(self.plan) == self.plan_sha256
            if self.plan.startswith(f"{room.HEAD}\n"):  # an older wording is held by its hash alone
                fits = fits and room.plan_text(plan, self.device_name, self.sealed) == self.plan
        except (InputError, ValueError) as error:
            raise ValidationError(str(error)) from None
        if not fits:
            raise ValidationError("The plan does not fit its seal: it was changed after it was made.")


class ComparedSession(models.Model):
    """A visit that belongs to a block (from 0) of a comparison."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, primary_key=True, related_name="compared")
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="members")
    block = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"block {self.block + 1} of {self.comparison_id}"
