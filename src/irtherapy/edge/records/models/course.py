"""A course as it is kept: what was agreed, what was changed since, and its calendar feed."""

from __future__ import annotations

import datetime
import secrets
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from irtherapy.edge.records.models.visit import Patient
from irtherapy.values import Away, InputError, Setting, from_json
from irtherapy.values import Course as CourseValue

PROGRAMME_KEYS = ("id", "version", "title", "setting", "per_week", "weeks", "heat_min", "minutes", "parts", "source")


def new_token() -> str:
    """Return the secret part of a calendar's address: 256 bits of chance."""
    return secrets.token_urlsafe(32)


class Course(models.Model):
    """A course of one programme for one person; ``patient`` is None for the person at home.

    ``programme``: a copy of what was prescribed (``PROGRAMME_KEYS``), so that a later change of it changes no course.
    ``away``, ``skipped``, ``resumed``: as in ``values.Course``. ``published``: what the calendar told of each session
    ({number: [start, status, sequence]}). ``before``: what ``undo`` brings back.
    """

    class Status(models.TextChoices):
        """Where the course stands by the person's own word; a break rule may hold an active one."""

        ACTIVE = "active", "Running"
        ON_HOLD = "on-hold", "Paused"
        COMPLETED = "completed", "Finished"
        REVOKED = "revoked", "Ended early"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, related_name="courses")
    created = models.DateTimeField(default=timezone.now, editable=False)
    demo = models.BooleanField(default=False)
    programme: Any = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    time_of_day = models.TimeField(default=datetime.time(18, 0))
    zone = models.CharField(max_length=60, default="UTC")
    weekdays: Any = models.JSONField(default=list)
    slack_days = models.PositiveSmallIntegerField(default=2)
    taper = models.BooleanField(default=False)
    away: Any = models.JSONField(default=list)
    skipped: Any = models.JSONField(default=list)
    resumed: Any = models.JSONField(default=list)
    reminded: Any = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    feed_token = models.CharField(max_length=64, null=True, unique=True, default=new_token)
    sequence = models.PositiveIntegerField(default=0)
    published: Any = models.JSONField(default=dict)
    before = models.JSONField(null=True)

    class Meta:
        """Newest first."""

        ordering = ("-created",)

    def __str__(self) -> str:
        return f"course {self.id} ({self.status})"

    @property
    def title(self) -> str:
        """What the programme is called."""
        return str(self.programme.get("title", ""))

    @property
    def is_running(self) -> bool:
        """True until it was finished or ended."""
        return self.status in (self.Status.ACTIVE, self.Status.ON_HOLD)

    def value(self, setting: Setting | None = None) -> CourseValue:
        """Return what was agreed as the course logic takes it; ``setting``: that of the last verdict, if any."""
        return CourseValue(
            setting=setting or Setting(self.programme["setting"]),
            per_week=int(self.programme["per_week"]),
            weeks=int(self.programme["weeks"]),
            heat_min=float(self.programme["heat_min"]),
            started_on=str(self.started_on),
            weekdays=tuple(self.weekdays),
            slack_days=self.slack_days,
            away=tuple(from_json(Away, one) for one in self.away),
            skipped=tuple((str(day), str(reason)) for day, reason in self.skipped),
            resumed_on=tuple(map(str, self.resumed)),
            taper=self.taper,
            ended_on=None if self.ended_on is None else str(self.ended_on),
        )

    def clean(self) -> None:
        """Refuse what the course logic does not accept."""
        missing = [key for key in PROGRAMME_KEYS if key not in self.programme]
        if missing:
            raise ValidationError(f"The programme of a course must tell its {missing[0]}.")
        try:
            self.value()
        except (InputError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(str(error)) from None
