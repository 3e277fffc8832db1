"""The language of tests, switched on for pages, streams and the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import messages
import pseudo_language
import pytest
from django.test import Client, override_settings

from irtherapy.edge.languages import shelf
from irtherapy.edge.web import live


@pytest.fixture(scope="session")
def pseudo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    messages.prepare()
    pseudo_language.write(messages.template_of_all(), folder)
    return folder


@pytest.fixture
def pseudo(pseudo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German is the language of tests here."""
    monkeypatch.setattr(shelf, "FOLDER", pseudo_folder)
    shelf.catalogue.cache_clear()
    shelf.offered.cache_clear()
    with override_settings(LANGUAGES=[("en", "English"), ("de", "Deutsch")], LOCALE_PATHS=[pseudo_folder]):
        yield
    shelf.catalogue.cache_clear()
    shelf.offered.cache_clear()


@pytest.fixture
def reader(pseudo: None) -> Client:
    """A browser that asks for the language of tests."""
    return Client(headers={"accept-language": "de"})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, and no runner that outlives the test."""
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    for handle in list(live._running.values()):
        handle.close()
    live._running.clear()
