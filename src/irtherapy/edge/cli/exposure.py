"""The short test exposure in the terminal: heat switched by the person, the skin typed in, OFF asked for until told."""

from __future__ import annotations

import select
import sys
import time
from typing import Protocol

from irtherapy.dose import rise
from irtherapy.edge.cli import show
from irtherapy.edge.cli.spoken import told
from irtherapy.values import InputError, in_range

ANSWER_S = 40.0  # without a reading for this long nobody may be watching
BELL = "\a"


class Place(Protocol):
    """Where the person is asked."""

    def ask(self, text: str, most_s: float | None) -> str | None:
        """Return the answer, or None when ``most_s`` seconds have passed without one."""

    def say(self, text: str) -> None:
        """Say something."""

    def now_s(self) -> float:
        """Return monotonic seconds."""


class Terminal:
    """Asks on the terminal; a waiting question ends when its time is over."""

    def ask(self, text: str, most_s: float | None) -> str | None:
        """Return a typed line. Raises InputError at the end of the input."""
        sys.stdout.write(f"{told(text)} ")
        sys.stdout.flush()
        if most_s is not None and sys.stdin.isatty() and not select.select([sys.stdin], [], [], most_s)[0]:
            sys.stdout.write("\n")
            return None
        line = sys.stdin.readline()
        if not line:
            raise InputError("Skin reading", "Nobody answers any more. Switch the device off now.")
        return line.strip()

    def say(self, text: str) -> None:
        """Print a line."""
        show.console.print(text, markup=False)

    def now_s(self) -> float:
        """Return the seconds of the monotonic clock."""
        return time.monotonic()


def led(place: Place, most_c: float) -> list[tuple[float, float]]:
    """Lead one test exposure and return its (seconds, skin in degrees C) pairs.

    It ends at ``most_c``, after three minutes, when something hurts (any word), or when no reading comes; then OFF is
    asked for until it is told. Raises InputError when the first reading is none.
    """
    place.say(
        f"Fix the thermometer on the skin, shaded from the light. The device goes off at {most_c:g} °C, after "
        f"{rise.LONGEST_S / 60:g} minutes, or at once when it feels too hot."
    )
    before = in_range("Skin before the heat", place.ask("Skin before the heat, in °C:", None), *rise.SKIN_C, "°C")
    place.ask("Switch the device on and press Enter at once.", None)
    began_s = place.now_s()
    pairs = [(0.0, before)]
    try:
        why = _read(place, began_s, most_c, pairs)
    finally:
        place.say(f"{BELL}Switch the device off now.")
    place.say(why)
    while place.ask("Is it off? Press y and Enter:", None) not in ("y", "yes"):
        place.say(f"{BELL}Switch the device off now. Pull its plug if it has no switch.")
    return pairs


def _read(place: Place, began_s: float, most_c: float, pairs: list[tuple[float, float]]) -> str:
    """Take readings until the exposure is over, and return why it is."""
    while (left_s := rise.LONGEST_S - (place.now_s() - began_s)) > 0.0:
        answer = place.ask(f"Skin now, in °C ({left_s:.0f} s left; any word: too hot):", min(left_s, ANSWER_S))
        passed_s = round(place.now_s() - began_s, 1)
        if answer is None:
            return "The time is over." if passed_s >= rise.LONGEST_S - 1.0 else "No reading came, so the test is over."
        try:
            skin_c = in_range("Skin", answer.replace(",", "."), 15, 50)
        except InputError:
            if not answer:
                continue
            return "It felt too hot, or was no figure: the test is over."
        if passed_s > rise.LONGEST_S:
            break
        pairs.append((passed_s, skin_c))
        if skin_c >= most_c:
            return f"The skin has reached {skin_c:g} °C, which ends the test."
    return "The time is over."
