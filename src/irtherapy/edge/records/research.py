"""The finished sessions of this database as days of the data set without names."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.utils import timezone

from irtherapy import pathway
from irtherapy.edge.records import comparisons, visits
from irtherapy.evidence.registration import Day

CONDITIONS = {True: "with", False: "without"}
THE_PERSON = "the person of this installation"  # who uses it at home; a clinic's patients have ids


def key() -> bytes:
    """Return the key of the codes and shifted dates: made from the secret of this installation."""
    return hashlib.sha256(b"irtherapy data set:" + settings.SECRET_KEY.encode()).digest()


def days() -> list[Day]:
    """Return every finished session that was no try-out, oldest first.

    Sessions of a comparison whose arms are hidden are left out until they are told.
    """
    out = []
    told = visits.finished().filter(demo=False).exclude(pk__in=comparisons.hidden_visits())
    for visit in told.order_by("created").select_related("compared__comparison"):
        record = visit.record or {}
        part = getattr(visit, "compared", None)
        out.append(
            Day(
                person=THE_PERSON if visit.patient_id is None else str(visit.patient_id),
                date=timezone.localtime(visit.created).date(),
                region=pathway.main_site(visit.site_values).region.value,
                heat_min=float(record["heat_s"]) / 60.0,
                pain_before=visit.pain_before,
                pain_after=visit.pain_after,
                age_years=visit.person_value.age_years,
                block=None if part is None else part.block + 1,
                condition="" if part is None else CONDITIONS[part.comparison.order[part.block]],
            )
        )
    return out
