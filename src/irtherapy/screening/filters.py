"""What the answers mean beyond the verdict: conditions of the person, and stretches to leave out."""

from __future__ import annotations

from collections.abc import Mapping

from irtherapy.screening import rules
from irtherapy.screening.questions import Questionnaire


def conditions(
    questionnaire: Questionnaire, answers: Mapping[str, str], age_years: float | None = None
) -> frozenset[str]:
    """Return the contraindication ids (C28 ...) that the answers make true or possible, for ``Person.conditions``.

    Place and device kind play no part: a condition belongs to the person. Rows that depend on age count only when
    ``age_years`` is given. Matters of the moment (group "today") are left out.
    """
    age = float("nan") if age_years is None else age_years  # every comparison with NaN is false
    return frozenset(
        row.id
        for row in questionnaire.rows
        if not row.red_flag and row.group != "today" and rules.worth(row.rule, answers, age)
    )


def exercise_flags(questionnaire: Questionnaire, answers: Mapping[str, str]) -> frozenset[str]:
    """Return the slugs of ``questions.FLAGS`` set by an answer of yes or not_sure; they filter the stretches."""
    return frozenset(
        flag
        for question in questionnaire.questions.values()
        if answers.get(question.id, "no") != "no"
        for flag in question.flags
    )
