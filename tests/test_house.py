"""The house rules of docs/explanation/architecture.md, kept by machine: size, purity, no addresses, no skips."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "irtherapy"
SOURCES = sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts)
PURE = [p for p in SOURCES if "edge" not in p.relative_to(SRC).parts]
NAMES_NOBODY_CAN_FIND = {"utils.py", "helpers.py", "manager.py", "common.py"}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval"}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_holds_one_subject_in_at_most_400_lines_and_a_function_60(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 60, f"{node.name} is too long"
    assert path.name not in NAMES_NOBODY_CAN_FIND


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_pure_rooms_touch_no_file_clock_or_unseeded_chance(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Global):
            pytest.fail(f"line {node.lineno}: global state")
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name):
            assert called.id not in IMPURE_CALLS, f"line {node.lineno}: {called.id}()"
        last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if last == "default_rng":
            assert node.args or node.keywords, f"line {node.lineno}: default_rng() without a seed"
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            clock = called.value.id in {"datetime", "date", "time"} and last in CLOCKS
            assert not clock, f"line {node.lineno}: a clock"


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name != "__init__.py"], ids=name_of)
def test_public_functions_and_modules_say_what_they_are(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module has no docstring"
    if "edge" in path.relative_to(SRC).parts:
        return
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node) or _is_enum(node), node.name


def _is_enum(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(getattr(b, "id", "").endswith("Enum") for b in node.bases)


def test_no_test_is_skipped_in_silence() -> None:
    # One may say why it could not run: the program that it asks exists for one Python alone.
    told = "tests/edge/home_assistant/test_home_assistant.py: pytest.skip("
    words = re.compile(r"pytest\.skip\(|mark\.skip|mark\.xfail|importorskip|unittest\.skip")
    found = [
        f"{name_of(p)}: {line.strip()}"
        for p in (ROOT / "tests").rglob("*.py")
        if p != Path(__file__)
        for line in p.read_text(encoding="utf-8").splitlines()
        if words.search(line)
    ]
    assert [line for line in found if not line.startswith(told)] == []


def test_pages_load_nothing_from_another_host() -> None:
    loads = re.compile(r"""(?:src|href|action|url)\s*[=(]\s*["']?(?:https?:)?//""", re.IGNORECASE)
    web = SRC / "edge" / "web"
    found = [
        f"{name_of(p)}: {line.strip()[:100]}"
        for p in web.rglob("*")
        if p.suffix in {".html", ".css", ".js", ".svg"}
        for line in p.read_text(encoding="utf-8").splitlines()
        if loads.search(line) and "www.w3.org" not in line
    ]
    assert found == []


def test_locks_name_no_address() -> None:
    for lock in (*ROOT.glob("requirements*.lock"), *SRC.rglob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text


def test_people_are_not_shouted_at_and_nothing_is_promised() -> None:
    promise = re.compile(r"\b(cures?|heals|guaranteed|AI)\b")
    for page in (SRC / "edge" / "web").rglob("*.html"):
        body = re.sub(r"\{[%#{].*?[%#}]\}|<[^>]+>|<!--.*?-->", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "!" not in body, name_of(page)
        assert not promise.search(body), name_of(page)
