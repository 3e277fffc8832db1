"""The session as a state machine: state x event -> state + commands. Standard library only; time is an argument.

This is the file that decides whether something hot is on beside a person. Its rules, in the order in which they matter:

1. Heat is OFF unless everything says otherwise. It is wanted in HEATING alone, which only START reaches, and START
   waits for every check. There is no other way on than START, RESUME and a manual device's own ON.
2. ``step`` is total. An event that has no place in a phase changes nothing and is written down as refused. Anything
   unexpected inside, and a clock that goes back or is no number, ends in OFF for good, whatever the event was: a STOP
   is never lost to a bad clock.
3. An end reason is fixed once. Only a device that fails (``driver_error``, ``relay_stuck``) is told over another
   reason, since the person must act on it. Afterwards only the skin check, the pain and a note are taken; they are
   asked for whenever there was heat, however it ended.
4. Every guard is tried on every sample, and the gap in time at every event, so that no wish can hide that the program
   was held up. Minutes, dose and temperature ceilings are applied here again (``bounds``), below every interface.
5. Questions run on heat time. An are-you-awake question that is not answered in time means OFF. It comes when it is due
   even if another question is still open: the ceiling on the time without a sign of life is not negotiable.
6. The state changes on journalled events alone (a sample each second is the clock), so that the live session, crash
   recovery, the page, the record and the tests are one and the same fold.
7. A guard never asks whether it runs in simulation, and nobody outvotes one.

A device that a person switches (``confirm_off``) is believed on from "on_confirmed" until "off_confirmed"; its heat
time counts until then, gaps included, and the question to switch it off comes again and again. When the program stops
while it is believed on, the record says that nobody knows.

    state     what a session is at one moment          acts     what one move does
    bounds    an order under the ceilings              guards   what ends heat
    machine   what is allowed when (TABLE), and time   replay   the fold, the snapshot, the record
    closed_loop   research: what a live forecast may change
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

from irtherapy.session import acts, closed_loop, guards
from irtherapy.session.acts import SKIN_CHECKS as SKIN_CHECKS
from irtherapy.session.bounds import bounded
from irtherapy.session.state import Command, Phase, State, dose_min, end_text
from irtherapy.values import Event, InputError, SessionOrder

GET_READY_S = 20.0  # from heat end to the first stretch
ASK_OFF_EVERY_S = 15.0
PAUSE_MAX_S = 900.0
CHECKS_MAX_S = 3600.0
RATING_MAX_S = 1800.0

Handler = Callable[[State, Mapping[str, Any]], State]


def new(order: SessionOrder) -> State:
    """Return the state before anything has happened, the order bounded by the compiled ceilings."""
    safe = bounded(order)
    return State(
        order=safe,
        checks_left=frozenset(name for name, _ in safe.checks),
        awake_due_s=safe.wake_every_s,
        comfort_due_s=safe.comfort_every_s,
    )


def step(state: State, event: Event, now_s: float) -> tuple[State, tuple[Command, ...]]:
    """Return the state after ``event`` at ``now_s`` and what the runner does. Total: never raises.

    Commands: at most one ``on`` or ``off``, then notes (``phase``, ``ask_awake``, ``guard``, ``refused``, ``ended``).
    """
    before = dataclasses.replace(state, notes=())
    try:
        if not math.isfinite(now_s) or now_s < state.now_s:
            after = _trip(before, "clock_back", "clock_gap")
        else:
            after = _switched(before, _handle(before, event, now_s))
    except Exception as error:  # anything unexpected ends in OFF
        after = acts.note(acts.end(before, "driver_error"), "guard", name="unexpected", text=type(error).__name__)
    return after, _commands(state, after)


def _switched(before: State, after: State) -> State:
    """Keep the skin temperature at which heat came on or went off. What trips a guard now does not come on at all."""
    if after.resting and (after.phase is not Phase.HEATING or after.lamp_on):
        after = dataclasses.replace(after, resting=False)
    if after.lamp_on == before.lamp_on:
        return after
    fresh = after.now_s - after.skin_at_s <= 2.0 * guards.SENSOR_STALE_S
    skin_c = after.skin_c if fresh else None
    rest_c = after.skin_rest_c if after.skin_rest_c is not None or not after.lamp_on else skin_c
    after = dataclasses.replace(after, skin_at_switch_c=skin_c, skin_rest_c=rest_c)
    if after.lamp_on:
        found = guards.tripped(after, guards.Reading(after.now_s, None, skin_c))
        if found and found[1] != guards.HEAT_OVER:
            return _trip(after, *found)
    return after


def _commands(before: State, after: State) -> tuple[Command, ...]:
    out: list[Command] = []
    if after.lamp_on and not before.lamp_on:
        lit = [] if after.order.comparison == "without" else [Command("on")]
        out += [*lit, Command("heat_time" if after.order.comparison else "heat_on")]
    elif before.lamp_on and not after.lamp_on:
        known = all(note.kind != "heat_unknown" for note in after.notes)
        out.append(Command("off"))
        told = "heat_time_over" if after.order.comparison else "heat_off"
        out += [Command(told, {"reason": after.why or after.phase.value})] if known else []
    elif not after.lamp_on and after.why != before.why:
        out.append(Command("off"))
    out += after.notes
    if after.massage != before.massage:
        out.append(Command("massage_start" if after.massage else "massage_end"))
    if after.phase is not before.phase:
        out.append(Command("phase", {"phase": after.phase.value}))
        if after.phase is Phase.ENDED:
            reason = after.why or "never_started"
            out.append(Command("ended", {"reason": reason, "text": _told_end(after, reason)}))
    return tuple(out)


def _told_end(state: State, reason: str) -> str:
    return end_text(reason, state.order.confirm_off, state.order.comparison)


def _trip(state: State, guard: str, reason: str) -> State:
    """Name the guard in the record and end."""
    if state.phase is Phase.ENDED:
        return state
    return acts.end(acts.note(state, "guard", name=guard, text=guards.SEEN[guard]), reason)


def _handle(state: State, event: Event, now_s: float) -> State:
    if event.kind == "sample":
        return _on_sample(state, event, now_s)
    held_up = (state.lamp_on or state.resting) and guards.clock_gap(state, guards.Reading(now_s, None, None))
    state = dataclasses.replace(_elapse(state, now_s), now_s=now_s)
    if held_up:
        state = _trip(state, "clock_gap", "clock_gap")
    if event.kind == "driver_error":
        return acts.end(state, "driver_error")
    if event.kind == "program_stopped":
        return acts.program_stopped(state)
    handler = PROGRAM.get(event.kind) or TABLE.get((state.phase, event.kind))
    if handler is None:
        known = any(event.kind == kind for _, kind in TABLE)
        why = f"not while {state.phase.value}" if known else "not a word this session knows"
        return acts.note(state, "refused", kind=event.kind, why=why)
    try:
        after = handler(state, event.data)
        if event.kind == "comfort" and guards.comfort_too_hot(event.data.get("value")):
            return acts.note(after, "guard", name="comfort_too_hot", text=guards.SEEN["comfort_too_hot"])
        return after
    except InputError as error:
        return acts.note(state, "refused", kind=event.kind, why=str(error))


def _elapse(state: State, now_s: float) -> State:
    """Count the time since the last event. A device of ours was on for at most one lease of it; a person's for all."""
    passed_s = now_s - state.now_s
    dt = min(passed_s, state.order.lease_s)
    heat = (passed_s if state.order.confirm_off else dt) if state.lamp_on else 0.0
    return dataclasses.replace(
        state,
        heat_s=state.heat_s + heat,
        massage_s=state.massage_s + (heat if state.massage else 0.0),
        stretch_s=state.stretch_s + (dt if state.phase is Phase.STRETCHING else 0.0),
        rest_s=state.rest_s + (dt if state.resting else 0.0),
        cem43_min=state.cem43_min + dose_min(state.skin_c, dt),
    )


def _on_sample(state: State, event: Event, now_s: float) -> State:
    reading = guards.reading(now_s, event.data)
    found = guards.tripped(state, reading)
    state = _with_reading(_elapse(state, now_s), reading)
    state = dataclasses.replace(state, now_s=now_s)
    if found and found[1] == guards.HEAT_OVER:
        if state.phase is not Phase.HEATING:
            return _on_time(state)
        state = closed_loop.aged(state)  # says so when it is for want of a forecast
        return acts.heat_over(state) if state.phase is Phase.HEATING else state
    if found and acts.outranks(found[1], state.why):
        return _trip(state, *found)
    return _on_time(state)


def _with_reading(state: State, reading: guards.Reading) -> State:
    """Take in what a reading showed; a temperature that is no number, or not of now, is left out."""
    skin_c, now_s = guards.good_skin(reading), reading.at_s
    since_s = (
        (now_s if state.disagree_since_s is None else state.disagree_since_s) if guards.disagreeing(reading) else None
    )
    drawn_w = state.power_on_w
    if state.lamp_on and reading.power_w is not None and math.isfinite(reading.power_w):
        drawn_w = max(drawn_w or 0.0, reading.power_w)
    state = dataclasses.replace(state, disagree_since_s=since_s, power_on_w=drawn_w)
    if skin_c is None:
        return state
    if state.lamp_on and state.skin_at_switch_c is None:  # heat came on before the thermometer had spoken
        rest_c = skin_c if state.skin_rest_c is None else state.skin_rest_c
        state = dataclasses.replace(state, skin_at_switch_c=skin_c, skin_rest_c=rest_c)
    changed, grain, moves = state.skin_changed_at_s, state.skin_grain_k, state.skin_moves
    if skin_c != state.skin_c:
        changed = now_s
        if state.skin_c is not None:
            moved = abs(skin_c - state.skin_c)
            grain, moves = moved if grain is None else min(grain, moved), moves + 1
    peak = skin_c if state.skin_peak_c is None else max(state.skin_peak_c, skin_c)
    high = state.skin_high_c
    if state.lamp_on and now_s - state.switched_at_s >= guards.SENSOR_SETTLE_S:
        high = skin_c if high is None else max(high, skin_c)
    skins = (*(s for s in state.skins if now_s - s[0] <= guards.KEPT_S), (now_s, skin_c))
    seen = {
        "skin_c": skin_c,
        "skin_at_s": now_s - max(reading.skin_age_s, 0.0),
        "skin_changed_at_s": changed,
        "skin_grain_k": grain,
        "skin_moves": moves,
    }
    return dataclasses.replace(state, **seen, skin_peak_c=peak, skin_high_c=high, skins=skins)  # type: ignore[arg-type]


def _on_time(state: State) -> State:
    """What time alone brings: the end of heat, questions, the next stretch, the end of waiting."""
    order, waited_s = state.order, state.now_s - state.phase_at_s
    if state.phase is Phase.HEATING:
        return _heating_time(state)
    if state.phase is Phase.HEAT_ENDED:
        if state.lamp_on:  # a manual device: ask until it is confirmed off
            if state.now_s - state.off_asked_at_s >= ASK_OFF_EVERY_S:
                state = acts.note(dataclasses.replace(state, off_asked_at_s=state.now_s), "ask_off")
            return state
        if state.why:
            return acts.goto(state, Phase.RATING)
        return acts.start_stretch(state, {}) if waited_s >= GET_READY_S else state
    if state.phase is Phase.PAUSED:
        if state.lamp_on and state.now_s - state.off_asked_at_s >= ASK_OFF_EVERY_S:
            return acts.note(dataclasses.replace(state, off_asked_at_s=state.now_s), "ask_off")
        return acts.end(state, "stopped") if waited_s > PAUSE_MAX_S else state
    if state.phase is Phase.STRETCHING:
        if state.now_s - state.item_at_s >= order.stretch[state.item].duration_s:
            return acts.next_item(state)
        return state
    if state.phase is Phase.CHECKS and waited_s > CHECKS_MAX_S:
        return acts.end(state, "never_started")
    if state.phase is Phase.RATING and waited_s > RATING_MAX_S:
        return acts.goto(state, Phase.ENDED)
    return state


def _heating_time(state: State) -> State:
    order, waited_s = state.order, state.now_s - state.question_at_s
    if state.question == "confirm_on":
        return acts.end(state, "stopped") if waited_s > PAUSE_MAX_S else state
    state = closed_loop.aged(state)
    if not state.lamp_on:
        return state
    if order.massage_from_s is not None and state.heat_s >= order.massage_from_s:
        ends_s = math.inf if order.massage_to_s is None else order.massage_to_s
        state = dataclasses.replace(state, massage=state.heat_s < ends_s)
    if state.question == "awake":
        return state
    unanswered = state.question == "comfort" and waited_s >= order.wake_answer_s
    if unanswered or state.heat_s >= state.awake_due_s:  # silence on the one becomes the other
        return acts.ask(state, "awake")
    if state.question is None and state.heat_s >= state.comfort_due_s:
        return acts.ask(state, "comfort")
    return state


PROGRAM: Mapping[str, Handler] = {"closed_loop": closed_loop.opt_in, "forecast": closed_loop.told}
TABLE: Mapping[tuple[Phase, str], Handler] = {
    (Phase.CHECKS, "check"): acts.check,
    (Phase.CHECKS, "start"): acts.start,
    (Phase.CHECKS, "stop"): acts.stop,
    (Phase.HEATING, "pause"): acts.pause,
    (Phase.HEATING, "stop"): acts.stop,
    (Phase.HEATING, "awake"): acts.awake,
    (Phase.HEATING, "comfort"): acts.comfort,
    (Phase.HEATING, "on_confirmed"): acts.on_confirmed,
    (Phase.HEATING, "off_confirmed"): acts.off_confirmed,
    (Phase.PAUSED, "resume"): acts.resume,
    (Phase.PAUSED, "stop"): acts.stop,
    (Phase.PAUSED, "off_confirmed"): acts.off_confirmed,
    (Phase.HEAT_ENDED, "off_confirmed"): acts.off_confirmed,
    (Phase.HEAT_ENDED, "stretch_start"): acts.start_stretch,
    (Phase.HEAT_ENDED, "stop"): acts.stop,
    (Phase.STRETCHING, "stretch_done"): acts.stretch_done,
    (Phase.STRETCHING, "stretch_skip"): acts.stretch_skip,
    (Phase.STRETCHING, "stretch_hurt"): acts.stretch_hurt,
    (Phase.STRETCHING, "stretch_easier"): acts.stretch_easier,
    (Phase.STRETCHING, "stop"): acts.stop,
    (Phase.RATING, "skin_check"): acts.skin_check,
    (Phase.RATING, "pain_after"): acts.pain_after,
    (Phase.RATING, "note"): acts.take_note,
    (Phase.RATING, "finish"): acts.finish,
}
