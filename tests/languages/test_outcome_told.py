"""The pages of how it is going in the language of tests, with everything on them that can be told."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from test_every_page import check

from irtherapy.edge import data
from irtherapy.edge.records import outcomes
from irtherapy.edge.records.models import Visit

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def everything() -> None:
    record = {"ended": "completed", "ended_text": "Done.", "order": {"region": "neck", "heat_s": 600.0}, "heat_s": 600}
    for n in range(8):
        Visit.objects.create(
            record=record, step="done", created=timezone.now() - (1 + 2 * n) * DAY, pain_after=3,
            sites=[{"region": "neck", "side": "left", "pain_0_10": 4 + n % 3}],
        )  # fmt: skip
        outcomes.log_pain("neck", 3 + n % 4, at=timezone.now() - 2 * n * DAY)
        outcomes.measure_motion("neck_turn_left", 40 + 3 * n, at=timezone.now() - n * DAY)
        outcomes.finish(outcomes.draft("peg"), {"peg_1": n, "peg_2": 4, "peg_3": 4}, at=timezone.now() - 7 * n * DAY)
    for n in range(2):
        outcomes.measure_motion("back_forward_tape", 20 + 2 * n, at=timezone.now() - (2 - n) * DAY)
        outcomes.measure_motion("back_side_left", 20 + 2 * n, at=timezone.now() - (2 - n) * DAY)
        outcomes.finish(outcomes.draft("rmdq"), {"rmdq_1": True}, at=timezone.now() - (20 - n) * DAY)
        outcomes.finish(outcomes.draft("ndi"), {"points": 20 - n}, at=timezone.now() - (20 - n) * DAY)
    for kind in data.effect_kinds():
        outcomes.note_effect(kind, 1, "Ļámƥ")
    outcomes.fill(outcomes.draft("pgic"), {"pgic": 2})


def test_the_page_with_everything_and_its_notices(reader: Client) -> None:
    everything()
    check(reader.get(reverse("outcome")), "outcome")
    entry = outcomes.log_pain("neck", 3)
    check(reader.get(reverse("outcome"), {"kept": str(entry.pk)}), "outcome, kept")
    check(reader.get(reverse("outcome-change", args=[entry.pk])), "change")
    check(reader.post(reverse("outcome-change", args=[entry.pk]), {"pain": "40"}), "change sent back")
    check(reader.get(reverse("start")), "first page the next morning")
    for grade in (1, 2, 3):
        effect = outcomes.note_effect("nerve" if grade > 1 else "tired", grade)
        check(reader.get(reverse("outcome"), {"noted": str(effect.pk)}), f"outcome, noted {grade}")
    for given in ({}, {"kind": "other", "grade": "1"}, {"kind": "tired", "grade": "1", "at": "2999-01-01"}):
        check(reader.post(reverse("outcome-effect"), given), f"effect with {given}")
    for given in ({"region": "neck"}, {"region": "neck", "pain": "12"}, {"region": "neck", "pain": "1", "at": "x"}):
        check(reader.post(reverse("outcome-pain"), given, follow=True), f"pain with {given}")


@pytest.mark.parametrize("name", list(data.measures()))
def test_every_form(reader: Client, name: str) -> None:
    address = reverse("outcome-form", args=[name])
    check(reader.get(address), name)
    for wrong in ({"peg_1": "4"}, {"psfs_1": "4"}, {"points": "99"}, {"score": "1"}):
        if name != "rmdq":
            check(reader.post(address, wrong), f"{name} with {wrong}")


@pytest.mark.parametrize("name", list(data.motions()))
def test_every_movement(reader: Client, name: str) -> None:
    address = reverse("outcome-motion", args=[name])
    check(reader.get(address), name)
    check(reader.post(address, {"reading": ""}), f"{name} sent back")
    check(reader.post(address, {"reading": "999"}), f"{name} with 999")
