"""What one move does to a session: the small steps, and each thing that a person may do.

Which of these is allowed when stands in the table of ``machine``. All are pure; a bad value raises InputError, and the
machine then writes it down as refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from irtherapy.session.state import Command, Phase, State
from irtherapy.values import InputError, in_range

TOO_HOT = 8.0
WARM_ENOUGH = 6.0
SKIN_CHECKS = ("clean", "red_fading", "marks")
DEVICE_FAILED = ("driver_error", "relay_stuck")  # in rising order; both outrank every other reason


def note(state: State, kind: str, /, **data: Any) -> State:
    """Return the state with one more line for the journal."""
    return dataclasses.replace(state, notes=(*state.notes, Command(kind, data)))


def goto(state: State, phase: Phase, **changes: Any) -> State:
    """Return the state at the beginning of a phase."""
    return dataclasses.replace(state, phase=phase, phase_at_s=state.now_s, **changes)


def ask(state: State, question: str) -> State:
    """Return the state with a question put to the person."""
    return note(dataclasses.replace(state, question=question, question_at_s=state.now_s), f"ask_{question}")


def switch_off(state: State) -> State:
    """Heat off: at once where we switch; a device that a person switches is asked for until confirmed."""
    if state.lamp_on and state.order.confirm_off:
        asked = dataclasses.replace(state, question="confirm_off", question_at_s=state.now_s, massage=False)
        return note(dataclasses.replace(asked, off_asked_at_s=state.now_s), "ask_off")
    switched = state.now_s if state.lamp_on else state.switched_at_s
    return dataclasses.replace(state, lamp_on=False, massage=False, question=None, switched_at_s=switched)


def heat_over(state: State) -> State:
    """The minutes are spent: heat off, and on to the stretching."""
    return goto(switch_off(state), Phase.HEAT_ENDED)


def end(state: State, reason: str) -> State:
    """Fix the end reason (once) and leave heat. Skin check and pain may still be given when there was heat.

    A device that fails is told even when another reason came first: the person has to act on it.
    """
    if state.phase is Phase.ENDED:
        return switch_off(state)
    if state.why is not None:
        return dataclasses.replace(switch_off(state), why=reason if outranks(reason, state.why) else state.why)
    state = dataclasses.replace(switch_off(state), why=reason)
    if state.lamp_on:
        return goto(state, Phase.HEAT_ENDED)
    if state.heat_s <= 0.0 and state.phase in (Phase.CHECKS, Phase.HEATING):
        return goto(dataclasses.replace(state, why="never_started" if reason == "stopped" else reason), Phase.ENDED)
    return goto(state, Phase.RATING)


def outranks(reason: str, fixed: str | None) -> bool:
    """Return whether an end reason takes the place of the one that stands."""
    if fixed is None:
        return True
    return reason in DEVICE_FAILED and (
        fixed not in DEVICE_FAILED or DEVICE_FAILED.index(reason) > DEVICE_FAILED.index(fixed)
    )


def program_stopped(state: State) -> State:
    """The program is gone: nobody is asked any more. The lease has switched the heater off.

    A device that a person switches has no lease: nobody knows whether it is on, and the record says so.
    """
    if state.phase is Phase.ENDED:
        return state
    if state.lamp_on and state.order.confirm_off:
        state = note(state, "heat_unknown", reason="program_stopped")
    why = state.why or ("never_started" if state.phase is Phase.CHECKS else "program_stopped")
    return goto(dataclasses.replace(state, lamp_on=False, massage=False, question=None, why=why), Phase.ENDED)


# --- what a person may do, by phase


def check(state: State, data: Mapping[str, Any]) -> State:
    """One item before START is confirmed."""
    name = data.get("id")
    if not isinstance(name, str) or name not in {c for c, _ in state.order.checks}:
        raise InputError("Check", f"There is no check named {name!r}.")
    return dataclasses.replace(state, checks_left=state.checks_left - {name})


def start(state: State, data: Mapping[str, Any]) -> State:
    """START: allowed when every check is confirmed. An order without heat goes straight to its stretches."""
    if state.checks_left:
        raise InputError("Checks", f"{len(state.checks_left)} of the checks are not confirmed yet.")
    if state.order.heat_s <= 0 and state.order.stretch:
        return start_stretch(state, {})  # an order for stretching alone
    if state.order.heat_s <= 0:
        raise InputError("Minutes", "This plan has no safe minutes of heat.")
    if state.order.confirm_off:
        return goto(ask(state, "confirm_on"), Phase.HEATING)
    return goto(switch_on(state), Phase.HEATING)


def switch_on(state: State) -> State:
    """Heat on, or believed on when a person switches."""
    changes = {"question": None, "switched_at_s": state.now_s, "skin_high_c": None, "advice": ""}
    return dataclasses.replace(state, lamp_on=True, **changes)  # type: ignore[arg-type]


def on_confirmed(state: State, data: Mapping[str, Any]) -> State:
    """The person has switched the device on."""
    if not state.order.confirm_off or state.lamp_on:
        raise InputError("Device", "This device is switched by the program.")
    return switch_on(state)


def off_confirmed(state: State, data: Mapping[str, Any]) -> State:
    """The person has switched the device off."""
    if not state.order.confirm_off or not state.lamp_on:
        raise InputError("Device", "The device is off already.")
    off = dataclasses.replace(state, lamp_on=False, question=None, switched_at_s=state.now_s)
    if state.phase is Phase.HEATING:
        return end(dataclasses.replace(off, massage=False), "stopped")
    return dataclasses.replace(off, phase_at_s=state.now_s)


def pause(state: State, data: Mapping[str, Any]) -> State:
    """Pause is OFF."""
    return goto(switch_off(state), Phase.PAUSED)


def resume(state: State, data: Mapping[str, Any]) -> State:
    """Heat again, after a pause."""
    if state.lamp_on:
        raise InputError("Device", "Confirm first that the device is off.")
    if state.order.confirm_off:
        return goto(ask(state, "confirm_on"), Phase.HEATING)
    return goto(switch_on(state), Phase.HEATING)


def stop(state: State, data: Mapping[str, Any]) -> State:
    """STOP: heat off, and the end reason is the person's."""
    return end(state, "stopped")


def awake(state: State, data: Mapping[str, Any]) -> State:
    """The person is awake: the next such question comes a whole period later."""
    asked = state.question if state.question != "awake" else None
    return dataclasses.replace(state, question=asked, awake_due_s=state.heat_s + state.order.wake_every_s)


def comfort(state: State, data: Mapping[str, Any]) -> State:
    """How hot it feels: 8 or more is the end of heat, 6 or more a pause to move the device away.

    ``{"fine": true}`` is a tap with closed eyes: comfortable, without a number.
    """
    value = 0.0 if data.get("fine") is True else in_range("How hot it feels", data.get("value"), 0, 10)
    asked = state.question if state.question != "comfort" else None
    state = dataclasses.replace(state, question=asked, comfort_due_s=state.heat_s + state.order.comfort_every_s)
    if value >= TOO_HOT:
        return end(state, "too_hot")
    if value >= WARM_ENOUGH:
        advice = "Move the device further away or set it lower, then go on."
        return dataclasses.replace(pause(state, {}), advice=advice)
    return state


def start_stretch(state: State, data: Mapping[str, Any]) -> State:
    """The first stretch, once the device is off."""
    if state.lamp_on:
        raise InputError("Device", "Confirm first that the device is off.")
    if not state.order.stretch:
        return goto(dataclasses.replace(state, why=state.why or "completed"), Phase.RATING)
    return goto(dataclasses.replace(state, item=0, item_at_s=state.now_s), Phase.STRETCHING)


def next_item(state: State) -> State:
    """The next stretch, or the end of the block; further sets of one that hurt are left out."""
    items, i = state.order.stretch, state.item + 1
    while i < len(items) and items[i].set_number > 1 and items[i].exercise_id in state.hurt:
        i += 1
    if i >= len(items):
        return goto(dataclasses.replace(state, why=state.why or "completed"), Phase.RATING)
    return dataclasses.replace(state, item=i, item_at_s=state.now_s)


def stretch_done(state: State, data: Mapping[str, Any]) -> State:
    """The stretch on show is done."""
    return next_item(state)


def stretch_skip(state: State, data: Mapping[str, Any]) -> State:
    """The stretch on show is left out."""
    name = state.order.stretch[state.item].exercise_id
    return next_item(dataclasses.replace(state, skipped=(*state.skipped, name)))


def stretch_hurt(state: State, data: Mapping[str, Any]) -> State:
    """The stretch on show hurt; it is remembered and left."""
    name = state.order.stretch[state.item].exercise_id
    return next_item(dataclasses.replace(state, hurt=(*state.hurt, name)))


def stretch_easier(state: State, data: Mapping[str, Any]) -> State:
    """The stretch on show goes on in its easier version, and so does what is left of it: the other side, its sets."""
    items = state.order.stretch
    if not items[state.item].easier:
        raise InputError("Stretch", "There is no easier version of this one.")
    name = items[state.item].exercise_id
    same = {i for i in range(state.item, len(items)) if items[i].exercise_id == name}
    return dataclasses.replace(state, eased=tuple(sorted({*state.eased, *same})))


def skin_check(state: State, data: Mapping[str, Any]) -> State:
    """How the skin looks afterwards."""
    value = data.get("value")
    if value not in SKIN_CHECKS:
        raise InputError("Skin check", f"Skin check must be one of {', '.join(SKIN_CHECKS)}; got {value!r}.")
    return dataclasses.replace(state, skin_check=value)


def pain_after(state: State, data: Mapping[str, Any]) -> State:
    """How much it hurts afterwards, 0 to 10."""
    return dataclasses.replace(state, pain_after_0_10=in_range("Pain", data.get("value"), 0, 10))


def take_note(state: State, data: Mapping[str, Any]) -> State:
    """A remark in the person's own words, at most 2000 characters."""
    return dataclasses.replace(state, note=str(data.get("text", ""))[:2000])


def finish(state: State, data: Mapping[str, Any]) -> State:
    """Nothing more to tell: the session ends."""
    return goto(state, Phase.ENDED)
