"""What a person and their therapist rely on in a course, for any programme, any pauses and any sessions."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy import limits
from irtherapy.outcome import course as logic
from irtherapy.outcome import ladder, schedule
from irtherapy.outcome.days import monday
from irtherapy.values import Away, Course, InputError, Progress, Setting, SlotState, from_json

FOLDER = Path(__file__).parents[1] / "scenarios" / "course"
FILES = sorted(FOLDER.glob("*.json"))
DAY = timedelta(days=1)
START = date(2026, 11, 23)  # a Monday
ENDS = ("completed", "stopped", "too_hot", "never_started")


def session(on: date, **told: Any) -> dict[str, Any]:
    usual = {"ended": "completed", "heat_s": 600.0, "region": "lower_back", "warm_min": 6.0, "skin_check": "clean"}
    return {"on": on.isoformat(), "id": on.isoformat(), "pain_before": 5.0, "pain_after": 4.0, **usual, **told}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_scenario(path: Path) -> None:
    """Each file is a course that a therapist can read: what was agreed, what happened, what is expected on a day."""
    told = json.loads(path.read_text(encoding="utf-8"))
    course = from_json(Course, told["course"])
    for expect in told["expect"]:
        progress = logic.state(course, told["records"], expect["today"])
        found = {
            "days": {s.due_on: s.planned_on or s.state.value for s in progress.slots},
            "next_on": progress.next_on,
            "says": progress.sentence,
            "minutes": progress.minutes,
            "rule": getattr(progress.held, "rule", None),
            "rescreen": progress.rescreen,
            "end": progress.end.kind if progress.end else None,
            "exercise_week": progress.exercise_week,
            "ends_on": progress.ends_on,
            "over": progress.over,
            "warm": {w.region.value: [w.warm_min, w.most_min] for w in progress.warm},
        }
        for key, wanted in expect.items():
            if key == "days":
                assert {day: found["days"].get(day) for day in wanted} == wanted, expect["today"]
            elif key == "says":
                assert wanted in found["says"]
            elif key not in ("today", "why"):
                assert found[key] == wanted, (expect["today"], key)


def test_there_are_scenarios() -> None:
    assert len(FILES) >= 14


@st.composite
def courses(draw: st.DrawFn) -> Course:
    per_week, start = draw(st.integers(1, 7)), START + draw(st.integers(0, 6)) * DAY
    away = []
    for _ in range(draw(st.integers(0, 2))):
        first = start + draw(st.integers(0, 40)) * DAY
        last = draw(st.none() | st.integers(0, 20))
        kind = "pause" if last is None else draw(st.sampled_from(["pause", "holiday"]))
        away.append(Away(first.isoformat(), None if last is None else (first + last * DAY).isoformat(), kind))
    return Course(
        setting=draw(st.sampled_from(list(Setting))),
        per_week=per_week,
        weeks=draw(st.integers(1, 6)),
        heat_min=draw(st.sampled_from([10.0, 20.0, 30.0])),
        started_on=start.isoformat(),
        weekdays=schedule.even_weekdays(start, per_week),
        slack_days=draw(st.integers(0, 6)),
        away=tuple(away),
        taper=draw(st.booleans()),
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[Course, list[dict[str, Any]], date]:
    """Return a course, any sessions and records in it, and a day."""
    course = draw(courses())
    start = date.fromisoformat(course.started_on)
    days = sorted(draw(st.lists(st.integers(0, 60), max_size=25, unique=True)))
    records = [
        session(
            start + n * DAY,
            ended=draw(st.sampled_from(ENDS)),
            skin_check=draw(st.sampled_from(["clean", "clean", "red_fading", "marks", None])),
            pain_after=draw(st.sampled_from([3.0, 5.0, 7.0])),
            warm_min=draw(st.sampled_from([0.0, 10.0, 20.0])),
        )
        for n in days
    ]
    resumed = tuple((start + n * DAY).isoformat() for n in draw(st.lists(st.integers(0, 60), max_size=3)))
    return (Course(**{**vars(course), "resumed_on": resumed}), records, start + draw(st.integers(0, 70)) * DAY)


def planned(progress: Progress) -> list[date]:
    return [date.fromisoformat(s.planned_on) for s in progress.slots if s.planned_on is not None]


@given(lives())
def test_no_two_planned_sessions_are_closer_than_the_rest_and_no_week_is_fuller_than_the_programme(
    life: tuple[Course, list[dict[str, Any]], date],
) -> None:
    course, records, today = life
    progress = logic.state(course, records, today.isoformat())
    took = [date.fromisoformat(r["on"]) for r in records if r["ended"] != "never_started" and r["on"] <= str(today)]
    gap = schedule.rest_gap_days(course.per_week) * DAY
    for day in planned(progress):
        assert day >= today
        assert all(abs(day - other) >= gap for other in took)
        full = sum(1 for other in (*took, *planned(progress)) if monday(other) == monday(day))
        assert full <= course.per_week
        assert not all(day - n * DAY in {*took, *planned(progress)} for n in range(1, 8))  # eight in a row
    assert all(b - a >= gap for a, b in pairwise(planned(progress)))


@given(lives())
def test_a_missed_session_is_never_made_up_by_another(life: tuple[Course, list[dict[str, Any]], date]) -> None:
    course, records, today = life
    progress = logic.state(course, records, today.isoformat())
    taper = sum(schedule.taper_weeks(course.per_week)) if course.taper else 0
    assert len(progress.slots) == course.per_week * course.weeks + taper == sum(progress.counts.values())
    weeks = Counter(s.week for s in progress.slots)
    assert all(n <= course.per_week for n in weeks.values())
    sessions = [s.session for s in progress.slots if s.session is not None]
    assert len(set(sessions)) == len(sessions)  # one session settles one day of the plan
    for slot in progress.slots:
        if slot.state is SlotState.MISSED:
            assert slot.last_on < str(today) and slot.planned_on is None


@given(lives())
def test_minutes_rise_only_by_two_and_only_after_a_clean_check(
    life: tuple[Course, list[dict[str, Any]], date],
) -> None:
    course, records, _ = life
    ceiling = limits.ceilings(course.setting)
    for index, record in enumerate(records):
        day = date.fromisoformat(record["on"])
        before = logic.state(course, records[:index], day.isoformat(), "lower_back").minutes
        after = logic.state(course, records[: index + 1], day.isoformat(), "lower_back").minutes
        assert after <= min(course.heat_min, ceiling.heat_min)
        clean = record["skin_check"] == "clean" and record["ended"] == "completed"
        assert after <= before + (ladder.STEP_MIN if clean else 0.0)


@given(lives(), st.integers(-60, 60))
def test_the_same_life_some_weeks_later_is_the_same_course(
    life: tuple[Course, list[dict[str, Any]], date], weeks: int
) -> None:
    course, records, today = life
    shift = 7 * weeks * DAY

    def moved(text: str) -> str:
        return (date.fromisoformat(text) + shift).isoformat()

    away = tuple(Away(moved(a.first_on), a.last_on and moved(a.last_on), a.kind, a.reason) for a in course.away)
    later = Course(**{
        **vars(course), "started_on": moved(course.started_on), "away": away,
        "resumed_on": tuple(map(moved, course.resumed_on)),
    })  # fmt: skip
    one = logic.state(course, records, today.isoformat())
    other = logic.state(later, [{**r, "on": moved(r["on"])} for r in records], moved(today.isoformat()))
    assert [(moved(s.due_on), s.planned_on and moved(s.planned_on), s.state) for s in one.slots] == [
        (s.due_on, s.planned_on, s.state) for s in other.slots
    ]
    assert (one.minutes, one.counts, one.rescreen) == (other.minutes, other.counts, other.rescreen)
    assert (one.next_on and moved(one.next_on)) == other.next_on


@given(lives())
def test_while_a_course_is_held_no_day_is_planned_and_none_of_the_days_away_is_missed(
    life: tuple[Course, list[dict[str, Any]], date],
) -> None:
    course, records, today = life
    progress = logic.state(course, records, today.isoformat())
    if progress.held is not None:
        assert planned(progress) == [] and progress.next_on is None and progress.pause_reason
    for one in course.away:
        if one.last_on is not None:
            assert not any(one.first_on <= s.due_on <= one.last_on for s in progress.slots)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"per_week": 8}, "Sessions a week must be a number from 1 to 7"),
        ({"weeks": 0}, "Weeks must be a number from 1 to 26"),
        ({"weekdays": (0, 2)}, "Weekdays must be 3 different days"),
        ({"weekdays": (0, 1, 3)}, "Weekdays must have a day of rest"),
        ({"weekdays": (0, 3, 6)}, "Weekdays must have a day of rest"),  # Sunday and Monday
        ({"started_on": "23.11.2026"}, "First day must be a day"),
        ({"away": (Away("2026-11-25", "2030-01-01", "holiday"),)}, "Away until must be from"),
        ({"away": (Away("2026-11-25", "2026-11-20", "holiday"),)}, "Away until must be from"),
    ],
)
def test_a_course_that_cannot_be_is_told_in_one_sentence(change: dict[str, Any], says: str) -> None:
    usual = {"setting": Setting.HOME, "per_week": 3, "weeks": 4, "heat_min": 20.0, "started_on": str(START)}
    with pytest.raises(InputError, match=says):
        logic.state(Course(**{"weekdays": (0, 2, 4), **usual, **change}), [], str(START))


def test_it_reminds_once_again_once_and_then_is_quiet_until_a_session() -> None:
    course = Course(Setting.HOME, 3, 4, 20.0, str(START), (0, 2, 4))
    shown: list[str] = []
    told = []
    for n in range(10):
        today = (START + n * DAY).isoformat()
        line = logic.reminder(logic.state(course, [], today), shown)
        told.append(line is not None)
        if line is not None:
            assert line == logic.reminder(logic.state(course, [], today), [*shown, today])
            shown.append(today)
    assert told == [True, True] + [False] * 8
    back = [session(START + 9 * DAY)]
    due = (START + 11 * DAY).isoformat()
    assert logic.reminder(logic.state(course, back, due), shown) is not None
    words = " ".join(filter(None, [logic.reminder(logic.state(course, back, due), shown)]))
    assert not any(word in words.lower() for word in ("missed", "streak", "should", "again", "late"))


@pytest.mark.parametrize(
    ("held", "today", "says"),
    [
        (["2026-11-23"], "2026-11-24", "Today is a rest day in your course. The next session is on Wednesday"),
        (["2026-11-23"], "2026-11-23", "There was a session today already. The next in your course is on Wednesday"),
        (["2026-11-23", "2026-11-25", "2026-11-27"], "2026-11-29", "Your course has had its sessions of this week."),
        (["2026-11-23"], "2026-11-25", ""),
        ([], "2026-11-24", ""),
    ],
)
def test_a_day_that_comes_too_early_is_told_with_the_next(held: list[str], today: str, says: str) -> None:
    course = Course(Setting.HOME, 3, 4, 20.0, "2026-11-23", (0, 2, 4))
    found = logic.state(course, [session(date.fromisoformat(day)) for day in held], today)
    assert found.early.startswith(says) and bool(found.early) == bool(says)


def test_a_held_course_tells_of_no_rest_day() -> None:
    course = Course(Setting.HOME, 3, 4, 20.0, "2026-11-23", (0, 2, 4))
    found = logic.state(course, [session(START), {"on": "2026-11-24", "illness": True}], "2026-11-24")
    assert found.early == "" and getattr(found.held, "rule", None) == "illness"


@pytest.mark.parametrize(
    ("effect", "rules"),
    [
        ({"grade": 2, "rule": "marks"}, ["marks"]),
        ({"grade": 3, "rule": "marks"}, ["marks", "severe_effect"]),
        ({"grade": 2, "rule": ""}, ["effect"]),
        ({"grade": 1, "rule": ""}, []),
    ],
)
def test_marks_told_as_a_side_effect_hold_as_marks(effect: dict[str, Any], rules: list[str]) -> None:
    course = Course(Setting.HOME, 3, 4, 20.0, "2026-11-23", (0, 2, 4))
    found = logic.state(course, [session(START, effects=[effect])], "2026-11-24")
    assert [one.rule for one in found.breaks] == rules
