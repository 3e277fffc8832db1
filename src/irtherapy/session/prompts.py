"""What a session says aloud, and when: so that it can be done with closed eyes, by ear alone.

Prompts follow from the fold as everything else does: ``due`` compares two states and returns what came due between
them, ``now`` returns what somebody who comes back has to hear. The browser and the terminal are two mouths for the
same words. ``TEXT`` holds the English sentences with their places; who speaks puts in the values, translated or not.

A stretch has a timeline: its name and how it is done while one changes over, "get ready", then for every repetition
"go into it", "hold", half way in long holds, a count to the end of the hold, and "come back".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from irtherapy.session import machine
from irtherapy.session.state import Phase, State, end_text
from irtherapy.values import Side, StretchItem

COUNT_S = 3  # counted down aloud before a hold ends and before the first stretch
LONG_HOLD_S = 15.0  # from here on half way is told
COUNTED_HOLD_S = 8.0  # shorter holds end without a count
READY_S = 3.0
READY_FROM_S = 7.0  # a change over shorter than this has no room for "get ready"
ASK_AGAIN_S = 10.0
LEFT_MIN = (20, 15, 10, 5, 2, 1)

TEXT: Mapping[str, str] = {
    "checks": "Before you start, go through the checks. Then press start.",
    "switch_on": "Switch your device on now, and confirm it.",
    "switch_off": "Switch your device off now, and confirm it.",
    "heat_on": "Heat is on for {minutes} minutes. Rest. Tap, or press any key, to stop. The space bar pauses.",
    "heat_again": "Heat is on again. {minutes} minutes are left.",
    "heat_left": "{minutes} minutes of heat are left.",
    "heat_left_one": "One minute of heat is left.",
    "massage_start": "The muscle is warm. Gentle massage may begin.",
    "massage_end": "Stop the massage now.",
    "ask_awake": "Are you awake? Tap, or press any key.",
    "ask_comfort": "Is the heat comfortable? Tap, or press any key, for yes. Press S, or hold down, to stop.",
    "paused": "Paused. The heat is off. Press the space bar, or tap, to go on.",
    "paused_far": "The heat is off. Move the device further away or set it lower. Then press the space bar, or tap.",
    "heat_ended": "The heat is off. The first stretch begins in {seconds} seconds.",
    "position": "Next, {position}.",
    "item": "{name}. {say}",
    "item_left": "{name}, left side. {say}",
    "item_right": "{name}, right side. {say}",
    "other_side": "The same on the other side.",
    "set": "Set {number} of {of}: {reps} times.",
    "set_left": "Set {number} of {of}, left side: {reps} times.",
    "block_stretch": "Now stretching.",
    "block_core": "Now core strength.",
    "block_posture": "Now posture.",
    "easier": "The easier way: {easier}",
    "ready": "Get ready.",
    "into": "Go into it.",
    "again": "Again, {number} of {of}.",
    "hold": "Hold for {seconds} seconds.",
    "halfway": "Half way.",
    "count": "{number}",
    "back": "Come back slowly.",
    "stretch_over": "That was the last stretch.",
    "exercise_over": "That was the last exercise.",
    "ended": "{why}",
    "rate": "Open your eyes, look at your skin, and tell how it is.",
    # In place of the sentence without the ending, in a session of a comparison.
    "heat_on_hidden": "This session is part of your comparison; the heat may be on or off. It lasts {minutes} minutes. "
    "Rest. Tap, or press any key, to stop. The space bar pauses.",
    "heat_on_without": "This session is part of your comparison; the heat stays off. Rest for {minutes} minutes. "
    "Tap, or press any key, to stop. The space bar pauses.",
    "heat_again_compared": "It goes on. {minutes} minutes are left.",
    "heat_left_compared": "{minutes} minutes are left.",
    "heat_left_one_compared": "One minute is left.",
    "massage_start_compared": "Gentle massage may begin.",
    "ask_comfort_compared": "Is it comfortable? Tap, or press any key, for yes. Press S, or hold down, to stop.",
    "paused_compared": "Paused. Press the space bar, or tap, to go on.",
    "paused_far_compared": "Paused. Move the device further away or set it lower. Then press the space bar, or tap.",
    "heat_ended_compared": "This part is over. The first stretch begins in {seconds} seconds.",
}

LOW, MIDDLE, HIGH = "low", "middle", "high"  # tones that go with words, and stand alone where there is no voice


@dataclass(frozen=True)
class Prompt:
    """One thing to say: ``key`` names the sentence in ``TEXT``, ``values`` fill its places.

    ``tone`` is heard before it, or alone; ``urgent`` breaks off what is being said.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    tone: str = ""
    urgent: bool = False

    @property
    def text(self) -> str:
        """The sentence in English."""
        return TEXT[self.key].format(**self.values)


def plain(prompt: Prompt) -> dict[str, Any]:
    """Return a prompt as a page or a terminal takes it."""
    return {"key": prompt.key, "text": prompt.text, "tone": prompt.tone, "urgent": prompt.urgent}


def due(before: State, after: State) -> tuple[Prompt, ...]:
    """Return what came due between two states of one session, in the order in which it is to be said."""
    said = (*_phase(before, after), *_questions(before, after), *_heat(before, after), *_stretch(before, after))
    return tuple(_compared(prompt, after.order.comparison) for prompt in said)


def _compared(prompt: Prompt, comparison: str) -> Prompt:
    """Return the words for a session of a comparison, which tell nothing of the heat."""
    for key in (f"{prompt.key}_{comparison}", f"{prompt.key}_compared") if comparison else ():
        if key in TEXT:
            return replace(prompt, key=key)
    return prompt


def now(state: State) -> tuple[Prompt, ...]:
    """Return what somebody who comes back in the middle has to hear: where the session stands."""
    return tuple(_compared(prompt, state.order.comparison) for prompt in _now(state))


def _now(state: State) -> tuple[Prompt, ...]:
    if state.question:
        return (_question(state),)
    if state.phase is Phase.HEATING and state.lamp_on:
        return (Prompt("heat_again", {"minutes": _minutes(state)}),)
    if state.phase is Phase.STRETCHING:
        return tuple(_introduced(state.order.stretch[state.item], None, state.item in state.eased))
    found = {Phase.CHECKS: "checks", Phase.RATING: "rate"}.get(state.phase)
    if state.phase is Phase.PAUSED:
        found = "paused_far" if state.advice else "paused"
    return (Prompt(found),) if found else ()


def timeline(item: StretchItem, eased: bool = False) -> tuple[tuple[float, Prompt], ...]:
    """Return (seconds into the item, prompt) after its introduction; resting has none."""
    work_s = item.reps * (item.hold_s + item.move_s)
    change_s = item.duration_s - work_s
    if item.hold_s == 0.0 and item.reps == 1:
        return ()
    out: list[tuple[float, Prompt]] = []
    if change_s >= READY_FROM_S:
        out.append((change_s - READY_S, Prompt("ready", tone=MIDDLE)))
    for rep in range(item.reps):
        at_s = change_s + rep * (item.hold_s + item.move_s)
        again = Prompt("again", {"number": rep + 1, "of": item.reps})
        out.append((at_s, again if rep else Prompt("into", tone=HIGH)))
        if item.hold_s:
            out += _held(at_s + 0.5 * item.move_s, item.hold_s)
    return tuple(out)


def _held(from_s: float, hold_s: float) -> Iterator[tuple[float, Prompt]]:
    yield from_s, Prompt("hold", {"seconds": f"{hold_s:g}"}, tone=HIGH)
    if hold_s >= LONG_HOLD_S:
        yield from_s + 0.5 * hold_s, Prompt("halfway")
    if hold_s >= COUNTED_HOLD_S:
        for left in range(COUNT_S, 0, -1):
            yield from_s + hold_s - left, Prompt("count", {"number": left}, tone=MIDDLE)
    yield from_s + hold_s, Prompt("back", tone=LOW)


def _phase(before: State, after: State) -> Iterator[Prompt]:
    if before.massage and not after.massage and after.lamp_on:
        yield Prompt("massage_end")
    switched_on = after.lamp_on and not before.lamp_on and not before.resting  # a rest is not told each time
    if switched_on:
        yield Prompt("heat_again" if before.heat_s > 0.0 else "heat_on", {"minutes": _minutes(after)}, HIGH, True)
    if after.massage and not before.massage:
        yield Prompt("massage_start", tone=HIGH)
    off_now = before.lamp_on and not after.lamp_on
    if after.phase is before.phase and not (off_now and after.phase is Phase.HEAT_ENDED):
        return
    if after.phase is Phase.PAUSED and not after.lamp_on:
        yield Prompt("paused_far" if after.advice else "paused", tone=LOW, urgent=True)
    elif after.phase is Phase.HEAT_ENDED and not after.lamp_on and not after.why:
        yield Prompt("heat_ended", {"seconds": f"{machine.GET_READY_S:g}"}, LOW, True)
    elif after.phase in (Phase.RATING, Phase.ENDED) and before.phase not in (Phase.RATING, Phase.ENDED):
        if after.why == "completed":
            last = after.order.stretch[-1].block if after.order.stretch else "stretch"
            yield Prompt("stretch_over" if last == "stretch" else "exercise_over", tone=LOW)
        else:
            why = end_text(after.why or "never_started", after.order.confirm_off, after.order.comparison)
            yield Prompt("ended", {"why": why}, LOW, True)
        if after.phase is Phase.RATING:
            yield Prompt("rate")


def _questions(before: State, after: State) -> Iterator[Prompt]:
    if after.question is None:
        return
    asked_s, was_s = after.now_s - after.question_at_s, before.now_s - after.question_at_s
    new = after.question != before.question or after.question_at_s != before.question_at_s
    if new or asked_s // ASK_AGAIN_S > was_s // ASK_AGAIN_S:
        yield _question(after)


def _question(state: State) -> Prompt:
    key = {"confirm_on": "switch_on", "confirm_off": "switch_off"}.get(str(state.question), f"ask_{state.question}")
    return Prompt(key, tone=HIGH, urgent=True)


def _heat(before: State, after: State) -> Iterator[Prompt]:
    if after.phase is Phase.HEATING and before.lamp_on and after.lamp_on and after.question is None:
        for minutes in LEFT_MIN:
            if _left_s(before) > minutes * 60.0 >= _left_s(after) > 0.0:
                yield Prompt("heat_left_one") if minutes == 1 else Prompt("heat_left", {"minutes": minutes})
                return
    if after.phase is Phase.HEAT_ENDED and before.phase is after.phase and not after.lamp_on and not after.why:
        yield from _counted(before.now_s - before.phase_at_s, after.now_s - after.phase_at_s, machine.GET_READY_S)


def _counted(was_s: float, is_s: float, end_s: float) -> Iterator[Prompt]:
    for left in range(COUNT_S, 0, -1):
        if was_s < end_s - left <= is_s:
            yield Prompt("count", {"number": left}, tone=MIDDLE)


def _stretch(before: State, after: State) -> Iterator[Prompt]:
    if after.phase is not Phase.STRETCHING:
        return
    items, i = after.order.stretch, after.item
    fresh = before.phase is not after.phase or before.item != i
    eased = i in after.eased
    if fresh:
        yield from _introduced(items[i], items[i - 1] if i else None, eased)
    elif eased and i not in before.eased:
        yield Prompt("easier", {"easier": items[i].easier}, urgent=True)
    was_s = -1.0 if fresh else before.now_s - after.item_at_s
    for at_s, prompt in timeline(items[i], eased):
        if was_s < at_s <= after.now_s - after.item_at_s:
            yield prompt


def _introduced(item: StretchItem, last: StretchItem | None, eased: bool) -> Iterator[Prompt]:
    if last is not None and last.exercise_id == item.exercise_id:
        if item.set_number == last.set_number:
            yield Prompt("other_side", tone=HIGH, urgent=True)
            return
        of = {"number": item.set_number, "of": item.sets, "reps": item.reps}
        yield Prompt("set" if item.side is Side.BOTH else "set_left", of, HIGH, True)
        return
    another = item.block != (last.block if last else "stretch")
    if another:
        yield Prompt(f"block_{item.block}", tone=HIGH, urgent=True)
    if last is None or last.position != item.position:
        yield Prompt("position", {"position": item.position}, HIGH, urgent=not another)
    key = {Side.LEFT: "item_left", Side.RIGHT: "item_right"}.get(item.side, "item")
    yield Prompt(key, {"name": item.name, "say": item.say})
    if eased:
        yield Prompt("easier", {"easier": item.easier})


def _left_s(state: State) -> float:
    return state.order.heat_s - state.heat_s


def _minutes(state: State) -> str:
    return f"{round(_left_s(state) / 30.0) / 2:g}"
