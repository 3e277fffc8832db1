"""Answers to a Verdict: go, ask first or not now, each with its reasons and one next step."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping

from irtherapy.limits import AT_RISK_AGE_YEARS
from irtherapy.screening import rules
from irtherapy.screening.questions import Questionnaire, applicable, where_and_who
from irtherapy.screening.rules import Row
from irtherapy.values import (
    Clearance,
    Decision,
    DeviceKind,
    InputError,
    Mark,
    Reason,
    Region,
    Setting,
    Urgency,
    Verdict,
)

ASK = "Ask your doctor or physical therapist: "
CLEARANCE_MAX_DAYS = 366
NOT_VERIFIED = "not verified; asked to be on the safe side"

_RANK = {Decision.NOT_NOW: 0, Decision.ASK_FIRST: 1, Decision.GO: 2}
_SPEED = {Urgency.EMERGENCY: 0, Urgency.URGENT: 1, Urgency.SEE_DOCTOR: 2, Urgency.NONE: 3}
_UNSURE_EMERGENCY = (
    "Call a doctor or a medical helpline now and tell them about it. If it is there, or gets worse, call your "
    "emergency number. Do not use heat, massage or stretching."
)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def screen(
    questionnaire: Questionnaire,
    regions: Iterable[Region],
    device_kinds: Iterable[DeviceKind],
    age_years: float,
    answers: Mapping[str, str],
    today: str,
    clearance: Clearance | None = None,
    when: str = "before",
) -> Verdict:
    """Return the verdict for one person, place and set of device kinds.

    ``answers`` maps question ids to "yes", "no" or "not_sure" and must hold every question of ``pages_for``; answers to
    questions that do not apply are left aside. ``today`` is an ISO day. Raises InputError naming the field on a missing
    answer, an unknown question or word, a bad age, region, kind or day, or a clearance that names an unknown row.
    """
    places, kinds, age, when = where_and_who(regions, device_kinds, age_years, when)
    asked = _checked_answers(questionnaire, places, kinds, age, answers, when)
    day = _day("Today", today)
    found: list[tuple[Row, Reason]] = []
    for row in questionnaire.rows:
        if rules.applies(row, places, kinds, when):
            worth = rules.worth(row.rule, asked, age)
            if worth:
                found.append((row, _reason(row, worth, _unsure_text(questionnaire, row, asked))))
    found.sort(key=lambda pair: _order(*pair))
    precautions = tuple(reason for row, reason in found if row.level == "precaution")
    blocking = tuple(reason for row, reason in found if row.level != "precaution")
    problem, covers = _clearance(questionnaire, clearance, day)
    cleared = tuple(r for r in blocking if r.clearable and r.id in covers)
    reasons = tuple(r for r in blocking if r not in cleared)
    risky = age >= AT_RISK_AGE_YEARS or any(row.at_risk for row, _ in found)
    risky = risky or any(row.level != "precaution" and row.group != "today" for row, _ in found)
    decision = reasons[0].decision if reasons else Decision.GO
    return Verdict(
        decision=decision,
        reasons=reasons,
        precautions=precautions,
        setting=Setting.HOME_AT_RISK if risky else Setting.HOME,
        next_step=_next_step(decision, reasons, precautions, cleared, clearance, problem),
        urgency=min((r.urgency for r in reasons), key=_SPEED.__getitem__, default=Urgency.NONE),
        cleared=cleared,
    )


def questions_for_doctor(verdict: Verdict) -> tuple[str, ...]:
    """Return what to ask the doctor, ready to print, when the decision is "ask first"; otherwise nothing."""
    if verdict.decision is not Decision.ASK_FIRST:
        return ()
    asked = dict.fromkeys(r.action.removeprefix(ASK) for r in verdict.reasons if r.decision is Decision.ASK_FIRST)
    return (
        *asked,
        "Which limits should I keep: how many minutes, how warm, and which places should I leave out?",
        "Until what date does this advice hold? The program accepts at most one year.",
    )


def _checked_answers(
    questionnaire: Questionnaire,
    places: frozenset[Region],
    kinds: frozenset[DeviceKind],
    age: float,
    answers: Mapping[str, str],
    when: str,
) -> dict[str, str]:
    """Return the answers to the questions that apply; raises InputError on a missing or unknown one."""
    for name, word in answers.items():
        if name not in questionnaire.questions:
            raise InputError(str(name), f"There is no question {name!r}.")
        if word not in rules.WORTH:
            raise InputError(name, f"The answer to {name} must be yes, no or not_sure; got {word!r}.")
    asked = applicable(questionnaire, places, kinds, age, when)
    for question in asked:
        if question.id not in answers:
            raise InputError(question.id, f"Please answer this question first: {question.text}")
    return {q.id: answers[q.id] for q in asked}


def _reason(row: Row, worth: int, unsure_text: str) -> Reason:
    """Return what a row that is true (worth 2) or may be true (worth 1) means for the decision."""
    decision, urgency, action = {
        "emergency": (Decision.NOT_NOW, Urgency.EMERGENCY, row.action),
        "urgent": (Decision.NOT_NOW, Urgency.URGENT, row.action),
        "see_doctor": (Decision.NOT_NOW, Urgency.SEE_DOCTOR, row.action),
        "not_now": (Decision.NOT_NOW, Urgency.NONE, row.action),
        "ask_first": (Decision.ASK_FIRST, Urgency.NONE, f"Ask your doctor or physical therapist: {row.doctor}"),
        "precaution": (Decision.GO, Urgency.NONE, row.action),
    }[row.level]
    if worth == 1:
        if row.level == "emergency":
            urgency, action = Urgency.URGENT, _UNSURE_EMERGENCY
        elif decision is Decision.NOT_NOW and row.group != "today" and row.when == "before":
            decision = Decision.ASK_FIRST
            action = (
                "Ask your doctor or physical therapist: I am not sure about this: "
                f'"{unsure_text}" Can you help me to find out?'
            )
    return Reason(
        id=row.id,
        decision=decision,
        urgency=urgency,
        text=row.text,
        action=action,
        source=NOT_VERIFIED if row.mark is Mark.UNVERIFIED else row.source,
        answer=rules.WORD[worth],
        clearable=decision is Decision.ASK_FIRST and (row.level == "ask_first" or not row.red_flag),
    )


def _unsure_text(questionnaire: Questionnaire, row: Row, answers: Mapping[str, str]) -> str:
    """Return the text of the first question of the row that was answered not sure."""
    for alternative in row.rule:
        for term in alternative:
            if answers.get(term) == "not_sure":
                return questionnaire.questions[term].text
    return ""


def _order(row: Row, reason: Reason) -> tuple[int, int, bool, bool]:
    """Sort key, worst first: decision, speed, lasting before today, yes before not sure."""
    return _RANK[reason.decision], _SPEED[reason.urgency], row.group == "today", reason.answer != "yes"


def _clearance(
    questionnaire: Questionnaire, clearance: Clearance | None, today: datetime.date
) -> tuple[str, frozenset[str]]:
    """Return (why it does not count, or "", the row ids it covers today)."""
    if clearance is None:
        return "", frozenset()
    unknown = sorted(clearance.covers - {row.id for row in questionnaire.rows})
    if unknown:
        raise InputError("Clearance", f"The clearance names {unknown[0]!r}, which is no row of the tables.")
    given, until = _day("Clearance given on", clearance.given_on), _day("Clearance until", clearance.until)
    if not clearance.who.strip():
        return "The clearance does not count, because it does not say who gave it.", frozenset()
    if given > today:
        return f"The clearance does not count yet: it is dated {given}.", frozenset()
    if until < given:
        return "The clearance does not count: it ends before it was given.", frozenset()
    if (until - given).days > CLEARANCE_MAX_DAYS:
        return "The clearance does not count: it may last at most one year from the day it was given.", frozenset()
    if until < today:
        return f"The clearance ran out on {until}. Ask for a new one.", frozenset()
    return "", clearance.covers


def _day(field: str, text: str) -> datetime.date:
    """Return an ISO day; raises InputError naming the field."""
    try:
        if not isinstance(text, str) or not _ISO_DAY.fullmatch(text):
            raise ValueError(text)
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(field, f"{field} must be a day such as 2026-03-31; got {text!r}.") from None


def _next_step(
    decision: Decision,
    reasons: tuple[Reason, ...],
    precautions: tuple[Reason, ...],
    cleared: tuple[Reason, ...],
    clearance: Clearance | None,
    problem: str,
) -> str:
    """Return the one sentence or two that say what to do now."""
    if decision is Decision.NOT_NOW:
        return reasons[0].action
    if decision is Decision.GO:
        words = ["You can go on to choose your device and plan the first session."]
        if cleared and clearance is not None:
            words.append(f"{clearance.who.strip()} agreed to heat until {clearance.until}.")
            words.append("Your sessions keep to the milder limits.")
        if precautions:
            words.append("Please read the points to take care with first.")
        return " ".join(words)
    if not all(r.clearable for r in reasons):
        words = ["Ask a doctor before the first session, then answer these questions again."]
        if any(r.urgency is Urgency.URGENT for r in reasons):
            words = ["Speak with a doctor today, before any heat, then answer these questions again."]
    else:
        words = ["Ask your doctor or physical therapist before the first session, and record the answer here."]
    words.append("You can print the questions and take them with you.")
    if problem:
        words.append(problem)
    elif clearance is not None and any(r.clearable for r in reasons):
        words.append(f"The clearance does not cover {', '.join(r.id for r in reasons if r.clearable)}.")
    return " ".join(words)
