"""State, snapshot and record from a journal: one fold for the live page, crash recovery, the record and the tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from irtherapy.session import machine
from irtherapy.session.state import INPUT_EVENTS, Phase, State, end_text
from irtherapy.values import Event, Sample, SessionOrder, SessionRecord, StretchItem


def fold(order: SessionOrder, events: Iterable[Event]) -> State:
    """Return the state after a journal's events; notes written for the reader are passed over."""
    state = machine.new(order)
    for event in events:
        if event.kind in INPUT_EVENTS:
            state, _ = machine.step(state, event, event.at_s)
    return state


def record(order: SessionOrder, events: Sequence[Event], started_at: str | None) -> SessionRecord:
    """Return the record of a session; a journal that does not reach its end counts as ``program_stopped``.

    ``started_at`` is the ISO time of START, or None when it was never pressed.
    """
    state = fold(order, events)
    if state.phase is not Phase.ENDED:
        stop = Event(state.now_s, "program_stopped")
        state, _ = machine.step(state, stop, state.now_s)
    reason = state.why or "never_started"
    samples = tuple(
        Sample(e.at_s, bool(e.data.get("heat_on")), figure(e.data.get("skin_c")), figure(e.data.get("power_w")))
        for e in events
        if e.kind == "sample"
    )
    return SessionRecord(
        session_id=order.session_id,
        order=state.order,
        started_at=started_at,
        phase=state.phase.value,
        ended=reason,
        ended_text=end_text(reason, order.confirm_off, order.comparison),
        heat_s=round(state.heat_s, 3),
        massage_s=round(state.massage_s, 3),
        stretch_s=round(state.stretch_s, 3),
        skin_peak_c=state.skin_peak_c,
        cem43_min=round(state.cem43_min, 6),
        samples=samples,
        events=tuple(e for e in events if e.kind != "sample"),
        pain_before_0_10=order.pain_before_0_10,
        pain_after_0_10=state.pain_after_0_10,
        skin_check=state.skin_check,
        note=state.note,
        hurt=tuple(dict.fromkeys(state.hurt)),
        skipped=tuple(dict.fromkeys(state.skipped)),
        eased=tuple(dict.fromkeys(order.stretch[i].exercise_id for i in state.eased if i <= state.item)),
    )


def left_over(order: SessionOrder, events: Iterable[Event]) -> tuple[StretchItem, ...]:
    """Return the stretches that were still to come when the program stopped; none after any other end."""
    state, left = machine.new(order), tuple(order.stretch)
    for event in events:
        if event.kind in INPUT_EVENTS:
            state, _ = machine.step(state, event, event.at_s)
            left = order.stretch[state.item :] if state.phase is Phase.STRETCHING else left
            if state.phase is Phase.RATING:
                left = ()
    reached = state.phase_at_s > 0.0 and state.heat_s >= order.heat_s
    return left if state.why == "program_stopped" and reached else ()


def figure(value: object) -> float | None:
    """Return a figure of a sample, or None; what a device said that is no number stands there as text."""
    return float(value) if isinstance(value, int | float) else None


def snapshot(state: State, now_s: float | None = None) -> dict[str, Any]:
    """Return what a page or a terminal shows at session time ``now_s`` (default: the last event's).

    In a session of a comparison ``heat_on`` says that the heat time runs; what could tell the arm is left out.
    """
    now_s = state.now_s if now_s is None else max(now_s, state.now_s)
    order, stretching = state.order, state.phase is Phase.STRETCHING
    item_left_s = None
    if stretching:
        item_left_s = max(0.0, order.stretch[state.item].duration_s - (now_s - state.item_at_s))
    question_left_s = None
    if state.question in ("awake", "comfort"):
        question_left_s = max(0.0, order.wake_answer_s - (now_s - state.question_at_s))
    get_ready_s = None
    if state.phase is Phase.HEAT_ENDED and not state.lamp_on and not state.why:
        get_ready_s = max(0.0, machine.GET_READY_S - (now_s - state.phase_at_s))
    return {
        "now_s": now_s,
        "phase": state.phase.value,
        "heat_on": state.lamp_on,
        "heat_s": state.heat_s,
        "heat_left_s": max(0.0, order.heat_s - state.heat_s),
        "massage": state.massage,
        "massage_s": state.massage_s,
        "comparison": order.comparison,
        "skin_c": None if order.comparison else state.skin_c,
        "resting": state.resting,
        "safe_s": state.forecast.safe_s if state.forecast is not None else None,
        "forecast_lost": state.forecast_lost,
        "cem43_min": 0.0 if order.comparison else state.cem43_min,
        "question": state.question,
        "question_left_s": question_left_s,
        "advice": state.advice,
        "checks_left": sorted(state.checks_left),
        "item_index": state.item if stretching else None,
        "items_total": len(order.stretch),
        "item_left_s": item_left_s,
        "eased": stretching and state.item in state.eased,
        "stretch_s": state.stretch_s,
        "get_ready_s": get_ready_s,
        "resume_allowed": state.phase is Phase.PAUSED and not state.lamp_on,
        "skin_check": state.skin_check,
        "pain_after_0_10": state.pain_after_0_10,
        "ended": state.why,
        "ended_text": end_text(state.why, order.confirm_off, order.comparison) if state.why else None,
    }
