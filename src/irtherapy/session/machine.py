"""The session as a state machine: state x event -> state + commands. Standard library only; time is an argument.

The rules, in the order in which they matter:

1. Heat is OFF unless everything says otherwise. It is wanted in HEATING alone, which only START reaches, and START
   waits for every check. There is no other way on than START, RESUME and a manual device's own ON.
2. ``step`` is total. An event that has no place in a phase changes nothing and is written down as refused. Anything
   unexpected inside ends in OFF for good.
3. An end reason is fixed once and never changed. Afterwards only the skin check, the pain and a note are taken.
4. Every guard is tried on every sample; minutes, dose and temperature ceilings are applied here again (``bounded``),
   below every interface, whatever the order asks.
5. Questions run on heat time. An are-you-awake question that is not answered in time means OFF.
6. The state changes on journalled events alone (a sample each second is the clock), so that the live session, crash
   recovery, the page, the record and the tests are one and the same fold.

A device that a person switches (``confirm_off``) is believed on from "on_confirmed" until "off_confirmed"; its heat
time counts until then, and the question to switch it off comes again and again.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

from irtherapy import limits
from irtherapy.session import guards
from irtherapy.session.state import PROGRAM_EVENTS, Command, Phase, State, end_text
from irtherapy.values import Event, InputError, SessionOrder, in_range

GET_READY_S = 20.0  # from heat end to the first stretch
ASK_OFF_EVERY_S = 15.0
PAUSE_MAX_S = 900.0
CHECKS_MAX_S = 3600.0
RATING_MAX_S = 1800.0
TOO_HOT = 8.0
WARM_ENOUGH = 6.0
SKIN_CHECKS = ("clean", "red_fading", "marks")

Handler = Callable[[State, Mapping[str, Any]], State]


def bounded(order: SessionOrder) -> SessionOrder:
    """Return the order with every ceiling of its setting applied. Raises InputError on a figure that is not one."""
    ceiling = limits.ceilings(order.setting)
    heat_s = in_range("Heat", order.heat_s, 0, 7200, "s")
    return dataclasses.replace(
        order,
        heat_s=min(heat_s, ceiling.heat_min * 60.0),
        skin_cutoff_c=min(in_range("Skin cut-off", order.skin_cutoff_c, 30, 60, "°C"), ceiling.skin_cutoff_c),
        skin_target_c=min(in_range("Skin target", order.skin_target_c, 30, 60, "°C"), ceiling.skin_target_c),
        cem43_max_min=min(in_range("CEM43", order.cem43_max_min, 0, 100, "min"), ceiling.cem43_min),
        lease_s=min(in_range("Lease", order.lease_s, 0.5, 60, "s"), limits.LEASE_MAX_S),
        wake_every_s=min(in_range("Wake question", order.wake_every_s, 1, 3600, "s"), limits.WAKE_EVERY_MAX_S),
        wake_answer_s=min(in_range("Wake answer", order.wake_answer_s, 1, 600, "s"), 60.0),
        comfort_every_s=in_range("Comfort question", order.comfort_every_s, 1, 3600, "s"),
    )


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
            raise InputError("Time", f"The clock went back from {state.now_s:g} s to {now_s:g} s.")
        after = _handle(before, event, now_s)
    except InputError as error:
        if event.kind in PROGRAM_EVENTS:
            after = _end(before, "driver_error")
        else:
            after = _note(before, "refused", kind=event.kind, why=str(error))
    except Exception as error:  # anything unexpected ends in OFF
        after = _note(_end(before, "driver_error"), "guard", name="unexpected", text=type(error).__name__)
    return after, _commands(state, after)


def _commands(before: State, after: State) -> tuple[Command, ...]:
    out: list[Command] = []
    if after.lamp_on and not before.lamp_on:
        out += [Command("on"), Command("heat_on")]
    elif before.lamp_on and not after.lamp_on:
        out += [Command("off"), Command("heat_off", {"reason": after.why or after.phase.value})]
    elif not after.lamp_on and after.why and not before.why:
        out.append(Command("off"))
    out += after.notes
    if after.massage != before.massage:
        out.append(Command("massage_start" if after.massage else "massage_end"))
    if after.phase is not before.phase:
        out.append(Command("phase", {"phase": after.phase.value}))
        if after.phase is Phase.ENDED:
            reason = after.why or "never_started"
            out.append(Command("ended", {"reason": reason, "text": end_text(reason)}))
    return tuple(out)


def _note(state: State, kind: str, /, **data: Any) -> State:
    return dataclasses.replace(state, notes=(*state.notes, Command(kind, data)))


def _goto(state: State, phase: Phase, **changes: Any) -> State:
    return dataclasses.replace(state, phase=phase, phase_at_s=state.now_s, **changes)


def _handle(state: State, event: Event, now_s: float) -> State:
    if event.kind == "sample":
        return _on_sample(state, event, now_s)
    state = dataclasses.replace(_elapse(state, now_s), now_s=now_s)
    if event.kind == "driver_error":
        return _end(state, "driver_error")
    if event.kind == "program_stopped":
        return _program_stopped(state)
    handler = TABLE.get((state.phase, event.kind))
    if handler is None:
        known = any(event.kind == kind for _, kind in TABLE)
        why = f"not while {state.phase.value}" if known else "not a word this session knows"
        return _note(state, "refused", kind=event.kind, why=why)
    return handler(state, event.data)


def _elapse(state: State, now_s: float) -> State:
    """Count the time since the last event, at most one lease of it: longer gaps are the clock guard's."""
    dt = min(now_s - state.now_s, state.order.lease_s)
    heat = dt if state.lamp_on else 0.0
    dose = 0.0
    if state.skin_c is not None and state.skin_c > 39.0:  # Sapareto & Dewey 1984; 39 degrees C is the common cut
        dose = dt / 60.0 * (0.5 if state.skin_c >= 43.0 else 0.25) ** (43.0 - state.skin_c)
    return dataclasses.replace(
        state,
        heat_s=state.heat_s + heat,
        massage_s=state.massage_s + (heat if state.massage else 0.0),
        stretch_s=state.stretch_s + (dt if state.phase is Phase.STRETCHING else 0.0),
        cem43_min=state.cem43_min + dose,
    )


def _on_sample(state: State, event: Event, now_s: float) -> State:
    skin_c = event.data.get("skin_c")
    reading = guards.Reading(now_s, event.data.get("heat_on"), skin_c)
    state = _elapse(state, now_s)
    found = guards.tripped(state, reading)
    if skin_c is not None:
        changed = now_s if skin_c != state.skin_c else state.skin_changed_at_s
        peak = skin_c if state.skin_peak_c is None else max(state.skin_peak_c, skin_c)
        state = dataclasses.replace(state, skin_c=skin_c, skin_at_s=now_s, skin_changed_at_s=changed, skin_peak_c=peak)
    state = dataclasses.replace(state, now_s=now_s)
    if found and state.why != found[1]:
        name, reason = found
        state = _note(state, "guard", name=name, text=end_text(reason))
        if state.why is None:
            return _end(state, reason)
    return _on_time(state)


def _on_time(state: State) -> State:
    """What time alone brings: the end of heat, questions, the next stretch, the end of waiting."""
    order, waited_s = state.order, state.now_s - state.phase_at_s
    if state.phase is Phase.HEATING:
        return _heating_time(state)
    if state.phase is Phase.HEAT_ENDED:
        if state.lamp_on:  # a manual device: ask until it is confirmed off
            if state.now_s - state.off_asked_at_s >= ASK_OFF_EVERY_S:
                state = _note(dataclasses.replace(state, off_asked_at_s=state.now_s), "ask_off")
            return state
        if state.why:
            return _goto(state, Phase.RATING)
        return _start_stretch(state, {}) if waited_s >= GET_READY_S else state
    if state.phase is Phase.PAUSED:
        if state.lamp_on and state.now_s - state.off_asked_at_s >= ASK_OFF_EVERY_S:
            return _note(dataclasses.replace(state, off_asked_at_s=state.now_s), "ask_off")
        return _end(state, "stopped") if waited_s > PAUSE_MAX_S else state
    if state.phase is Phase.STRETCHING:
        if state.now_s - state.item_at_s >= order.stretch[state.item].duration_s:
            return _next_item(state)
        return state
    if state.phase is Phase.CHECKS and waited_s > CHECKS_MAX_S:
        return _end(state, "never_started")
    if state.phase is Phase.RATING and waited_s > RATING_MAX_S:
        return _goto(state, Phase.ENDED)
    return state


def _heating_time(state: State) -> State:
    order = state.order
    if state.lamp_on and state.heat_s >= order.heat_s:
        return _heat_over(state)
    if state.question == "confirm_on":
        return _end(state, "stopped") if state.now_s - state.question_at_s > PAUSE_MAX_S else state
    if state.question == "awake" and state.now_s - state.question_at_s >= order.wake_answer_s:
        return _end(state, "no_answer")
    if state.question == "comfort" and state.now_s - state.question_at_s >= order.wake_answer_s:
        return _ask(state, "awake")  # silence on the one becomes the other
    if state.lamp_on and order.massage_from_s is not None and state.heat_s >= order.massage_from_s:
        state = dataclasses.replace(state, massage=True)
    if state.lamp_on and state.question is None:
        if state.heat_s >= state.awake_due_s:
            return _ask(state, "awake")
        if state.heat_s >= state.comfort_due_s:
            return _ask(state, "comfort")
    return state


def _ask(state: State, question: str) -> State:
    return _note(dataclasses.replace(state, question=question, question_at_s=state.now_s), f"ask_{question}")


def _off(state: State) -> State:
    """Heat off: at once where we switch; a device that a person switches is asked for until confirmed."""
    if state.lamp_on and state.order.confirm_off:
        asked = dataclasses.replace(state, question="confirm_off", question_at_s=state.now_s, massage=False)
        return _note(dataclasses.replace(asked, off_asked_at_s=state.now_s), "ask_off")
    switched = state.now_s if state.lamp_on else state.switched_at_s
    return dataclasses.replace(state, lamp_on=False, massage=False, question=None, switched_at_s=switched)


def _heat_over(state: State) -> State:
    return _goto(_off(state), Phase.HEAT_ENDED)


def _end(state: State, reason: str) -> State:
    """Fix the end reason (once) and leave heat. Skin check and pain may still be given when there was heat."""
    if state.why is not None or state.phase is Phase.ENDED:
        return _off(state)
    state = dataclasses.replace(_off(state), why=reason)
    if state.lamp_on:
        return _goto(state, Phase.HEAT_ENDED)
    if state.heat_s <= 0.0 and state.phase in (Phase.CHECKS, Phase.HEATING):
        return _goto(dataclasses.replace(state, why="never_started" if reason == "stopped" else reason), Phase.ENDED)
    return _goto(state, Phase.RATING)


def _program_stopped(state: State) -> State:
    """The program is gone: nobody is asked any more. The lease has switched the heater off."""
    if state.phase is Phase.ENDED:
        return state
    why = state.why or ("never_started" if state.phase is Phase.CHECKS else "program_stopped")
    return _goto(dataclasses.replace(state, lamp_on=False, massage=False, question=None, why=why), Phase.ENDED)


# --- what a person may do, by phase


def _check(state: State, data: Mapping[str, Any]) -> State:
    name = data.get("id")
    if name not in {c for c, _ in state.order.checks}:
        raise InputError("Check", f"There is no check named {name!r}.")
    return dataclasses.replace(state, checks_left=state.checks_left - {name})


def _start(state: State, data: Mapping[str, Any]) -> State:
    if state.checks_left:
        raise InputError("Checks", f"{len(state.checks_left)} of the checks are not confirmed yet.")
    if state.order.heat_s <= 0:
        raise InputError("Minutes", "This plan has no safe minutes of heat.")
    if state.order.confirm_off:
        return _goto(_ask(state, "confirm_on"), Phase.HEATING)
    return _goto(_on(state), Phase.HEATING)


def _on(state: State) -> State:
    return dataclasses.replace(state, lamp_on=True, question=None, switched_at_s=state.now_s, advice="")


def _on_confirmed(state: State, data: Mapping[str, Any]) -> State:
    if not state.order.confirm_off or state.lamp_on:
        raise InputError("Device", "This device is switched by the program.")
    return _on(state)


def _off_confirmed(state: State, data: Mapping[str, Any]) -> State:
    if not state.order.confirm_off or not state.lamp_on:
        raise InputError("Device", "The device is off already.")
    off = dataclasses.replace(state, lamp_on=False, question=None, switched_at_s=state.now_s)
    if state.phase is Phase.HEATING:
        return _end(dataclasses.replace(off, massage=False), "stopped")
    return dataclasses.replace(off, phase_at_s=state.now_s)


def _pause(state: State, data: Mapping[str, Any]) -> State:
    return _goto(_off(state), Phase.PAUSED)


def _resume(state: State, data: Mapping[str, Any]) -> State:
    if state.lamp_on:
        raise InputError("Device", "Confirm first that the device is off.")
    if state.order.confirm_off:
        return _goto(_ask(state, "confirm_on"), Phase.HEATING)
    return _goto(_on(state), Phase.HEATING)


def _stop(state: State, data: Mapping[str, Any]) -> State:
    return _end(state, "stopped")


def _awake(state: State, data: Mapping[str, Any]) -> State:
    asked = state.question if state.question != "awake" else None
    return dataclasses.replace(state, question=asked, awake_due_s=state.heat_s + state.order.wake_every_s)


def _comfort(state: State, data: Mapping[str, Any]) -> State:
    value = in_range("How hot it feels", data.get("value"), 0, 10)
    asked = state.question if state.question != "comfort" else None
    state = dataclasses.replace(state, question=asked, comfort_due_s=state.heat_s + state.order.comfort_every_s)
    if value >= TOO_HOT:
        return _end(state, "too_hot")
    if value >= WARM_ENOUGH:
        advice = "Move the device further away or set it lower, then go on."
        return dataclasses.replace(_pause(state, {}), advice=advice)
    return state


def _start_stretch(state: State, data: Mapping[str, Any]) -> State:
    if state.lamp_on:
        raise InputError("Device", "Confirm first that the device is off.")
    if not state.order.stretch:
        return _goto(dataclasses.replace(state, why=state.why or "completed"), Phase.RATING)
    return _goto(dataclasses.replace(state, item=0, item_at_s=state.now_s), Phase.STRETCHING)


def _next_item(state: State) -> State:
    if state.item + 1 >= len(state.order.stretch):
        return _goto(dataclasses.replace(state, why=state.why or "completed"), Phase.RATING)
    return dataclasses.replace(state, item=state.item + 1, item_at_s=state.now_s)


def _stretch_done(state: State, data: Mapping[str, Any]) -> State:
    return _next_item(state)


def _stretch_skip(state: State, data: Mapping[str, Any]) -> State:
    name = state.order.stretch[state.item].exercise_id
    return _next_item(dataclasses.replace(state, skipped=(*state.skipped, name)))


def _stretch_hurt(state: State, data: Mapping[str, Any]) -> State:
    name = state.order.stretch[state.item].exercise_id
    return _next_item(dataclasses.replace(state, hurt=(*state.hurt, name)))


def _skin_check(state: State, data: Mapping[str, Any]) -> State:
    value = data.get("value")
    if value not in SKIN_CHECKS:
        raise InputError("Skin check", f"Skin check must be one of {', '.join(SKIN_CHECKS)}; got {value!r}.")
    return dataclasses.replace(state, skin_check=value)


def _pain_after(state: State, data: Mapping[str, Any]) -> State:
    return dataclasses.replace(state, pain_after_0_10=in_range("Pain", data.get("value"), 0, 10))


def _take_note(state: State, data: Mapping[str, Any]) -> State:
    return dataclasses.replace(state, note=str(data.get("text", ""))[:2000])


def _finish(state: State, data: Mapping[str, Any]) -> State:
    return _goto(state, Phase.ENDED)


TABLE: Mapping[tuple[Phase, str], Handler] = {
    (Phase.CHECKS, "check"): _check,
    (Phase.CHECKS, "start"): _start,
    (Phase.CHECKS, "stop"): _stop,
    (Phase.HEATING, "pause"): _pause,
    (Phase.HEATING, "stop"): _stop,
    (Phase.HEATING, "awake"): _awake,
    (Phase.HEATING, "comfort"): _comfort,
    (Phase.HEATING, "on_confirmed"): _on_confirmed,
    (Phase.HEATING, "off_confirmed"): _off_confirmed,
    (Phase.PAUSED, "resume"): _resume,
    (Phase.PAUSED, "stop"): _stop,
    (Phase.PAUSED, "off_confirmed"): _off_confirmed,
    (Phase.HEAT_ENDED, "off_confirmed"): _off_confirmed,
    (Phase.HEAT_ENDED, "stretch_start"): _start_stretch,
    (Phase.HEAT_ENDED, "stop"): _stop,
    (Phase.STRETCHING, "stretch_done"): _stretch_done,
    (Phase.STRETCHING, "stretch_skip"): _stretch_skip,
    (Phase.STRETCHING, "stretch_hurt"): _stretch_hurt,
    (Phase.STRETCHING, "stop"): _stop,
    (Phase.RATING, "skin_check"): _skin_check,
    (Phase.RATING, "pain_after"): _pain_after,
    (Phase.RATING, "note"): _take_note,
    (Phase.RATING, "finish"): _finish,
}
