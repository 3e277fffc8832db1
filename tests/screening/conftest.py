"""The shipped questionnaire and a way to answer it."""

from __future__ import annotations

import pytest

from irtherapy import screening
from irtherapy.edge.data import read


@pytest.fixture(scope="session")
def questionnaire() -> screening.Questionnaire:
    return screening.load({name: read(name) for name in screening.DATA_FILES})


@pytest.fixture(scope="session")
def answered(questionnaire):
    """Return a function giving "no" to every question asked, except the words given by question id."""

    def answer(regions, kinds, age, when="before", **words):
        pages = screening.pages_for(questionnaire, regions, kinds, age, when)
        return {q.id: "no" for page in pages for q in page.items} | words

    return answer
