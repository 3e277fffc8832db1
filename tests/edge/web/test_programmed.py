"""What earlier sessions say about the exercises of today, and the week of a programme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import web_walk as walk
from django.test import Client

from irtherapy.edge import data
from irtherapy.edge.records import programmed
from irtherapy.edge.records.models import Visit
from irtherapy.values import to_json

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))


def record(*names: str, hurt: tuple[str, ...] = (), skipped: tuple[str, ...] = ()) -> dict[str, Any]:
    items = [{"exercise_id": name} for name in names]
    return {"ended": "completed", "order": {"stretch": items}, "hurt": list(hurt), "skipped": list(skipped)}


def test_what_hurt_when_it_was_last_done_counts_and_not_what_was_better_since() -> None:
    newest_first = [
        record("a", "b", skipped=("b",)),
        record("c", "d", hurt=("d",)),
        record("a", "b", "d", "e", hurt=("a", "b", "e")),
        record("d"),
    ]
    found = programmed.told(newest_first)
    assert found.hurt == {"b", "d", "e"}  # a was done again since, and did not hurt
    assert found.recent == {"a", "c", "d"}


def test_the_exercises_of_today_know_the_sessions_before(client: Client) -> None:
    visit = walk.to_plan(client)
    programme = programmed.programme_of(visit)
    first = programmed.exercises_of(visit, programme)
    name = next(item.exercise_id for item in first if item.easier)
    Visit.objects.create(demo=True, step="done", record=record(*(i.exercise_id for i in first), hurt=(name,)))
    after = programmed.exercises_of(visit, programme)
    eased = {item.exercise_id for item in after if item.say.startswith("Easier today")}
    assert eased <= {name}
    assert {i.exercise_id for i in after} != {i.exercise_id for i in first}, "varied"
    Visit.objects.create(demo=False, step="done", record=record(hurt=tuple({i.exercise_id for i in after})))
    assert programmed.exercises_of(visit, programme) == after, "a session of another kind does not count"


def test_the_week_goes_by_sessions_that_were_finished() -> None:
    programme = data.programmes()["clinic_30"]
    weeks = []
    for number in range(8):
        weeks.append(programmed.week_of(programme, None, demo=False))
        ended = "stopped" if number == 1 else "completed"
        Visit.objects.create(step="done", programme=to_json(programme), record={**record(), "ended": ended})
    assert weeks == [1, 1, 1, 1, 2, 2, 2, 3]
