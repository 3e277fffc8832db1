"""What is kept of a visit: each stage of the pathway as the JSON that ``values.to_json`` writes."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from irtherapy.values import Clearance as ClearanceValue
from irtherapy.values import (
    Decision,
    Device,
    DeviceKind,
    InputError,
    Person,
    Placement,
    Plan,
    Prescription,
    Programme,
    Site,
    Verdict,
    from_json,
    in_range,
    to_json,
)

SKIN_CHECKS = ("", "clean", "red_fading", "marks")
CLEARANCE_MAX_DAYS = 366


class Patient(models.Model):
    """Somebody whose courses are kept here by a clinic; at home there is nobody but the person themselves.

    ``code``: what they are called here. A number of the clinic does; a name is not needed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=60, unique=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        """By their codes."""

        ordering = ("code",)

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Refuse an empty code."""
        self.code = self.code.strip()
        if not self.code:
            raise ValidationError({"code": "Please give a code of 1 to 60 characters."})


class Visit(models.Model):
    """One way through the pathway, from "where does it hurt" to the record; later stages are empty until reached."""

    class Step(models.TextChoices):
        """The stage that comes next for this visit."""

        WHERE = "where", "Where and how much"
        SCREENING = "screening", "Is it right for me?"
        VERDICT = "verdict", "The answer"
        DEVICE = "device", "Your device"
        PLAN = "plan", "Your plan"
        SESSION = "session", "The session"
        AFTER = "after", "Afterwards"
        DONE = "done", "Done"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, related_name="visits")
    course = models.ForeignKey("Course", on_delete=models.SET_NULL, null=True, related_name="visits")
    created = models.DateTimeField(default=timezone.now, editable=False)
    demo = models.BooleanField(default=False)
    step = models.CharField(max_length=12, choices=Step.choices, default=Step.WHERE)
    sites = models.JSONField(default=list)
    person = models.JSONField(default=dict)
    device_kind = models.CharField(max_length=20, blank=True, default="")
    answers = models.JSONField(default=dict)
    answered_on = models.DateField(null=True)
    carried: Any = models.JSONField(default=list)
    verdict = models.JSONField(null=True)
    device = models.JSONField(null=True)
    placement = models.JSONField(null=True)
    plan = models.JSONField(null=True)
    # What is prescribed: a copy of the programme, what a clinician set for this visit, fewer minutes set by anybody.
    programme = models.JSONField(null=True)
    prescribed = models.JSONField(null=True)
    chosen_min = models.FloatField(null=True)
    session_id = models.CharField(max_length=64, blank=True, default="", db_index=True)
    started_at = models.DateTimeField(null=True)
    record = models.JSONField(null=True)
    # Of the record (``save``), so that a page need not read thousands of them to find or count some.
    ended = models.CharField(max_length=40, blank=True, default="")
    region = models.CharField(max_length=12, blank=True, default="")
    heat_s = models.FloatField(default=0.0)
    pain_after = models.FloatField(null=True)
    skin_check = models.CharField(max_length=12, blank=True, default="")
    next_on = models.DateField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first."""

        ordering = ("-created",)
        indexes = (
            models.Index(fields=("patient", "-created"), name="visit_of_patient"),
            # A clinic's list counts from this alone, without a look at the large rows.
            models.Index(fields=("patient", "demo", "deleted_at", "ended", "created"), name="visit_counted"),
        )

    def __str__(self) -> str:
        return f"visit {self.id} ({self.step})"

    def save(self, **how: Any) -> None:
        """Keep the visit, and of its record what pages look for."""
        record = self.record or {}
        self.ended = str(record.get("ended") or "unknown") if self.record else ""
        self.region = str((record.get("order") or {}).get("region", ""))
        self.heat_s = float(record.get("heat_s") or 0.0)
        super().save(**how)

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def site_values(self) -> tuple[Site, ...]:
        """The sore places, checked again."""
        return tuple(from_json(Site, s) for s in self.sites)

    @property
    def pain_before(self) -> float | None:
        """Pain at the site that is heated, before the session, or None when it was not told."""
        told = [s.pain_0_10 for s in self.site_values if s.pain_0_10 is not None]
        return max(told, default=None)

    @property
    def person_value(self) -> Person:
        """What is known of the person."""
        return from_json(Person, self.person)

    @property
    def verdict_value(self) -> Verdict | None:
        """The outcome of screening, or None before it."""
        return None if self.verdict is None else from_json(Verdict, self.verdict)

    @property
    def device_value(self) -> Device | None:
        """The chosen device, or None before the choice."""
        return None if self.device is None else from_json(Device, self.device)

    @property
    def placement_value(self) -> Placement | None:
        """How the device is used today, or None before the choice."""
        return None if self.placement is None else from_json(Placement, self.placement)

    @property
    def plan_value(self) -> Plan | None:
        """The minutes and what they will do, or None before the plan."""
        return None if self.plan is None else from_json(Plan, self.plan)

    @property
    def prescription(self) -> Prescription | None:
        """What a clinician set for this visit in the clinic, or None."""
        return None if self.prescribed is None else from_json(Prescription, self.prescribed)

    @property
    def may_heat(self) -> bool:
        """True only after a verdict of go from answers given today."""
        told_today = self.answered_on == timezone.localdate()
        return told_today and self.verdict is not None and self.verdict.get("decision") == Decision.GO.value

    @property
    def is_open(self) -> bool:
        """True as long as no session belongs to the visit: until then everything told can be changed."""
        return not self.session_id and self.record is None

    def clean(self) -> None:
        """Refuse a stage that its own value type does not accept."""
        try:
            for name in ("site", "person", "verdict", "device", "placement", "plan"):
                getattr(self, f"{name}_value{'s' if name == 'site' else ''}")
            if self.programme is not None:
                from_json(Programme, self.programme)
            if self.prescription is not None and self.patient is None:
                raise ValidationError("Minutes are prescribed to a patient of a clinic.")
            if self.device_kind:
                DeviceKind(self.device_kind)
            if self.pain_after is not None:
                in_range("Pain", self.pain_after, 0, 10)
        except (InputError, ValueError) as error:
            raise ValidationError(str(error)) from None
        if self.skin_check not in SKIN_CHECKS:
            raise ValidationError("The skin check must be clean, red_fading or marks.")

    # -- each stage writes its own result and empties the later ones ---------------------------------------------

    def tell_where(self, sites: tuple[Site, ...], person: Person, device_kind: str) -> None:
        """Keep the sore places, the person and the kind of device; anything decided from earlier ones is dropped."""
        if device_kind != self.device_kind:
            self.device = self.placement = None
        self.sites = to_json(sites)
        self.person = to_json(person)
        self.device_kind = device_kind
        self.verdict = self.plan = None
        self.step = self.Step.SCREENING
        self.save()

    def answer(self, answers: dict[str, str]) -> None:
        """Lay the answers of one page over the earlier ones; the verdict and what follows must be made again."""
        self.answers = {**self.answers, **answers}
        self.answered_on = timezone.localdate()
        self.verdict = self.plan = None
        self.step = self.Step.SCREENING
        self.save()

    def answer_all_again(self) -> None:
        """Ask every question again, also those whose answers were carried over; the earlier answers stay marked."""
        self.carried = []
        self.verdict = self.plan = None
        self.step = self.Step.SCREENING
        self.save()

    def renew(self, changing: frozenset[str]) -> bool:
        """Drop the answers of another day to the questions in ``changing``, and what followed; return whether it did.

        A plan is good for the day of its answers: tablets, sleep and skin change from day to day.
        """
        if not self.is_open or self.answered_on in (None, timezone.localdate()):
            return False
        kept = {key: value for key, value in self.answers.items() if key not in changing}
        self.answers, self.carried, self.answered_on = kept, sorted(kept), None
        self.verdict = self.plan = None
        if self.step != self.Step.WHERE:
            self.step = self.Step.SCREENING
        self.save()
        return True

    def decide(self, verdict: Verdict, conditions: frozenset[str]) -> None:
        """Keep the verdict and the conditions it saw."""
        self.verdict = to_json(verdict)
        self.person = {**self.person, "conditions": sorted(conditions)}
        self.plan = None
        self.step = self.Step.DEVICE if verdict.decision is Decision.GO else self.Step.VERDICT
        self.save()

    def place(self, person: Person, device: Device, placement: Placement) -> None:
        """Keep the device, how it is used and what was added about the person."""
        self.person = to_json(person)
        self.device = to_json(device)
        self.placement = to_json(placement)
        self.plan = None
        self.step = self.Step.PLAN
        self.save()

    def keep_plan(self, plan: Plan) -> None:
        """Keep the plan that is shown."""
        self.plan = to_json(plan)
        self.step = self.Step.PLAN
        self.save()

    def start_session(self, session_id: str, started_at: datetime.datetime) -> None:
        """Name the session folder that belongs to this visit."""
        self.session_id = session_id
        self.started_at = started_at
        self.step = self.Step.SESSION
        self.save()

    def remove(self) -> None:
        """Put the visit out of sight; ``restore`` brings it back."""
        self.deleted_at = timezone.now()
        self.save(update_fields=["deleted_at"])

    def restore(self) -> None:
        """Bring a removed visit back."""
        self.deleted_at = None
        self.save(update_fields=["deleted_at"])


class Clearance(models.Model):
    """A clinician's word that heat is all right despite the named reasons, as told by the person."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="clearances")
    recorded = models.DateTimeField(default=timezone.now, editable=False)
    who = models.CharField(max_length=120)
    given_on = models.DateField()
    until = models.DateField()
    covers: Any = models.JSONField(default=list)

    class Meta:
        """Newest first."""

        ordering = ("-recorded",)

    def __str__(self) -> str:
        return f"{self.who}, until {self.until}"

    def clean(self) -> None:
        """Refuse a clearance without a name, of the future, or longer than a year."""
        if not self.who.strip():
            raise ValidationError({"who": "Please write who said so: a name and what they are."})
        if self.given_on > timezone.localdate():
            raise ValidationError({"given_on": "This day lies in the future."})
        if self.until < timezone.localdate():
            raise ValidationError({"until": "This day is past. Ask for a new word if it ran out."})
        if (self.until - self.given_on).days > CLEARANCE_MAX_DAYS:
            raise ValidationError({"until": "A clearance lasts one year at most. Choose an earlier day."})
        if not self.covers:
            raise ValidationError({"covers": "Please mark what the clinician agreed to."})

    @property
    def value(self) -> ClearanceValue:
        """The clearance as screening takes it."""
        return ClearanceValue(
            who=self.who,
            given_on=self.given_on.isoformat(),
            covers=frozenset(self.covers),
            until=self.until.isoformat(),
        )


class Samples(models.Model):
    """What was measured in a session, packed (``records.columns``): a few kilobytes instead of a row each second."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, primary_key=True, related_name="samples")
    count = models.PositiveIntegerField()
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.count} samples of {self.visit_id}"
