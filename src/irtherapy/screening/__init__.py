"""Is heat right for me: questions, the rules they feed, and a verdict with reasons."""

from irtherapy.screening.checks import prestart_checks
from irtherapy.screening.filters import conditions, exercise_flags
from irtherapy.screening.questions import DATA_FILES, FLAGS, Page, Question, Questionnaire, load, pages_for
from irtherapy.screening.verdict import questions_for_doctor, screen

__all__ = [
    "DATA_FILES",
    "FLAGS",
    "Page",
    "Question",
    "Questionnaire",
    "conditions",
    "exercise_flags",
    "load",
    "pages_for",
    "prestart_checks",
    "questions_for_doctor",
    "screen",
]
