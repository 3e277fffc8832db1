"""The pages of a comparison in the language of tests, from its set-up to what came out."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import test_comparisons as made
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from test_every_page import check

from irtherapy.edge.records import comparisons
from irtherapy.edge.records.models import Visit
from irtherapy.outcome.comparison import Concealment

pytestmark = pytest.mark.django_db


def test_a_comparison(reader: Client, home: Path) -> None:
    check(reader.post(reverse("trial-new"), {"pairs": "99", "starts_on": "x"}), "set-up sent back")
    of = made.made()
    for days in (0, 4, 400):
        made.back(of, days)
        check(reader.get(reverse("trial-one", args=[of.pk])), f"running, day {days}")
        made.back(of, -days)
    made.whole(of, 1.0)
    made.ComparedSession.objects.filter(block__gte=10).delete()
    of.outcome = "next_morning"
    made.back(of, 0)
    check(reader.get(reverse("trial-one", args=[of.pk])), "mornings to be told")
    of.outcome = "pain_after"
    made.back(of, 0)
    visit = Visit.objects.filter(compared__comparison=of).first()
    assert visit is not None
    visit.record = {**(visit.record or {}), "ended_text": "The session was finished as planned."}
    visit.save()
    check(reader.get(reverse("record", args=[visit.pk])), "a hidden record")
    check(reader.get("/"), "the first page")
    for act in ("trial-end", "trial-go-on", "trial-end"):
        check(reader.post(reverse(act, args=[of.pk]), follow=True), act)
    check(reader.post(reverse("trial-reveal", args=[of.pk]), {"guess_0": "with"}, follow=True), "what came out")
    check(reader.post(reverse("trial-remove", args=[of.pk])), "removed")
    open_ = made.made(starts_on=timezone.localdate() + datetime.timedelta(days=3), concealment=Concealment.BY_HAND)
    check(reader.get(reverse("trial-one", args=[open_.pk])), "an open one, not begun")
    comparisons.end(open_)
    check(reader.get(reverse("trial-one", args=[open_.pk])), "too few")
    check(reader.get(reverse("trial")), "overview")
