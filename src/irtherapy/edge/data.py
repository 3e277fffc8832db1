"""Reads the shipped tables of ``data/`` and hands them, checked and built once, to whoever needs them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irtherapy.body.optics import BodyTables
    from irtherapy.outcome.effects import Kind
    from irtherapy.outcome.motion import Motion
    from irtherapy.outcome.scores import Measure
    from irtherapy.programme.exercises import Exercise
    from irtherapy.screening.questions import Questionnaire
    from irtherapy.values import Device, Programme


@cache
def read(name: str) -> str:
    """Return the text of ``data/<name>``; raises FileNotFoundError when it is not shipped."""
    return files("irtherapy").joinpath("data", name).read_text(encoding="utf-8")


@cache
def questionnaire() -> Questionnaire:
    """Return the screening questions built from the red flags and contraindications."""
    from irtherapy.screening import questions

    return questions.load({name: read(name) for name in questions.DATA_FILES})


@cache
def catalogue() -> dict[str, Device]:
    """Return every device of the catalogue by id, the simulated lamp included."""
    from irtherapy.device import catalogue as room

    lamp = room.simulated_lamp()
    return {**room.load(read("devices.csv")), lamp.id: lamp}


@cache
def exercises() -> tuple[Exercise, ...]:
    """Return every exercise of the table."""
    from irtherapy.programme import exercises as room

    return room.load(read("exercises.csv"))


@cache
def programmes() -> dict[str, Programme]:
    """Return every shipped programme by id."""
    from irtherapy.programme import protocols

    return protocols.load(read("programmes.csv"))


@cache
def body_tables() -> BodyTables:
    """Return the optical and thermal tables of the body."""
    from irtherapy.body import optics

    return optics.tables_from({name: read(name) for name in optics.DATA_FILES})


@cache
def measures() -> dict[str, Measure]:
    """Return every questionnaire by id, those of which only the result is kept included."""
    from irtherapy.outcome import scores

    return scores.load({name: read(name) for name in scores.DATA_FILES})


@cache
def motions() -> dict[str, Motion]:
    """Return every movement that can be measured, by id."""
    from irtherapy.outcome import motion

    return motion.load(read(motion.DATA_FILE))


@cache
def effect_kinds() -> dict[str, Kind]:
    """Return every kind of side effect by id."""
    from irtherapy.outcome import effects

    return effects.load(read(effects.DATA_FILE))
