"""What a person tells of how it is going: pain, questionnaires, motion, side effects. Nothing is overwritten.

A correction is a new record that names the one it ``corrects``; the old one is put out of sight and comes back by undo.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from irtherapy.edge import data
from irtherapy.edge.records.models.visit import Patient, Visit
from irtherapy.outcome import effects, scores
from irtherapy.values import InputError, Region, Side, in_range

CLOCKS_DIFFER = datetime.timedelta(days=1)
WHEN = ("", "before", "after", "next_morning")
REGIONS = [(r.value, r.value) for r in Region]
SIDES = [(s.value, s.value) for s in Side]


class Told(models.Model):
    """What all of them have: whose, when, of which visit if any; ``patient`` None is the person at home."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, null=True, related_name="+")
    demo = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(default=timezone.now, editable=False)
    corrects = models.UUIDField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first."""

        abstract = True
        ordering = ("-at", "-created")

    def clean(self) -> None:
        """Refuse the future, what the pure rooms refuse, and a visit of somebody else."""
        if self.at > timezone.now() + CLOCKS_DIFFER:
            raise ValidationError("The time lies in the future.")
        if self.visit is not None and self.visit.patient_id != self.patient_id:
            raise ValidationError("The visit is not of this person.")
        try:
            self.check_told()
        except InputError as error:
            raise ValidationError(str(error)) from None

    def check_told(self) -> None:
        """Raise InputError where a figure is not one."""

    @property
    def day(self) -> datetime.date:
        """The local day it was told of."""
        return timezone.localtime(self.at).date()


class PainEntry(Told):
    """Pain 0 to 10 at one place; ``when`` is before, after, next_morning (of ``visit``), or empty: at another time."""

    region = models.CharField(max_length=12, choices=REGIONS)
    side = models.CharField(max_length=8, choices=SIDES, default=Side.BOTH.value)
    value = models.FloatField()
    when = models.CharField(max_length=12, blank=True, default="", choices=[(w, w) for w in WHEN])

    class Meta(Told.Meta):
        """Found by person and time."""

        indexes = (models.Index(fields=("patient", "-at"), name="pain_of_patient"),)

    def __str__(self) -> str:
        return f"{self.region} {self.value:g}"

    def check_told(self) -> None:
        """Refuse a figure outside 0 to 10."""
        in_range("Pain", self.value, 0, 10)


class Answer(Told):
    """A questionnaire: ``items`` by id as they are filled in, ``score`` when it was ``finished`` and can be made."""

    measure = models.CharField(max_length=20)
    version = models.CharField(max_length=20, blank=True, default="")
    items: Any = models.JSONField(default=dict)
    score = models.FloatField(null=True)
    finished = models.BooleanField(default=False)

    class Meta(Told.Meta):
        """Found by person and measure."""

        indexes = (models.Index(fields=("patient", "measure", "-at"), name="answer_of_patient"),)

    def __str__(self) -> str:
        return f"{self.measure} {self.score}"

    @property
    def value(self) -> scores.Score:
        """The score with what is missing, worked out again."""
        return scores.score(measure(self.measure), self.items)

    def check_told(self) -> None:
        """Refuse items that are none, and a score that does not come out of them."""
        if not isinstance(self.items, dict):
            raise InputError("Items", "Items must be a JSON object of item id to answer.")
        worked_out = self.value.value if self.finished else None
        if (worked_out is None) != (self.score is None) or (
            worked_out is not None and self.score is not None and abs(worked_out - self.score) > 1e-9
        ):
            raise InputError("Score", f"Score must be {worked_out}, by the measure's rule; got {self.score!r}.")


class Motion(Told):
    """How far a movement went, in its unit (data/motions.csv)."""

    name = models.CharField(max_length=30)
    value = models.FloatField()

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}"

    def check_told(self) -> None:
        """Refuse an unknown movement, and a value outside its range."""
        kind = motion(self.name)
        in_range(kind.name, self.value, kind.low - kind.zero, kind.high - kind.zero)


class Effect(Told):
    """A side effect: its kind (data/effects.csv), its grade 1 to 3, and in one's own words."""

    kind = models.CharField(max_length=20)
    grade = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=effects.TEXT_MAX, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.kind}, grade {self.grade}"

    def check_told(self) -> None:
        """Refuse an unknown kind or grade."""
        effects.told(data.effect_kinds(), self.kind, self.grade, self.text)


class Illness(Told):
    """A day on which the person was ill, with fever, an infection or the like, in their own words if they gave any."""

    text = models.CharField(max_length=effects.TEXT_MAX, blank=True, default="")

    def __str__(self) -> str:
        return f"ill, {self.day}"

    def check_told(self) -> None:
        """Refuse a text that is too long."""
        effects.words(self.text)


def measure(name: str) -> scores.Measure:
    """Return a measure. Raises InputError listing what there is."""
    return _one_of("Measure", data.measures(), name)


def motion(name: str) -> Any:
    """Return a movement. Raises InputError listing what there is."""
    return _one_of("Movement", data.motions(), name)


def _one_of(field: str, known: dict[str, Any], name: str) -> Any:
    if name not in known:
        raise InputError(field, f"{field} must be one of {', '.join(known)}; got {name[:40]!r}.")
    return known[name]
