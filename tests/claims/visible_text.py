"""Everything a person may read, taken out of the program's own files, for the scanner of claims.

Each reader yields (line, text). What is not shown (docstrings, comments, names, addresses) is left out.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from irtherapy.evidence import claims

Text = tuple[int, str]
CLAIM_BLOCK = re.compile(r"\{% claim \"[^\"]+\" %\}.*?\{% endclaim %\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->|<script.*?</script>|<style.*?</style>", re.DOTALL)
QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
SHOWN_ATTRIBUTE = re.compile(r"\b(?:aria-label|alt|title|placeholder|data-told|data-busy|content|value)=\"([^\"]*)\"")
SCRIPT_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|\s//\s.*?$", re.DOTALL | re.MULTILINE)
NOT_SHOWN_COLUMNS = {"id", "source", "mark"}
# Tables whose every row is a warning or a rule with a source of its own: words of harm rest on one card for the table.
WARNING_TABLES = {
    "contraindications.csv": "heat-warnings",
    "red_flags.csv": "red-flags",
    "exercises.csv": "stretch-choice",
    "screening_questions.csv": "screening",
    "screening_pages.csv": "screening",
}
# Tables that are the evidence itself: each row carries its own source and date, and is shown with them.
EVIDENCE_TABLES = {"cards.csv", "card_studies.csv", "claims.csv", "coverage.csv", "trials.csv"}


def of_template(text: str) -> Iterator[Text]:
    """Yield the words between tags, the attributes that are shown or read aloud, and words given to a tag."""
    blank = re.compile(r"[^\n]")
    text = CLAIM_BLOCK.sub(lambda m: blank.sub(" ", m[0]), COMMENT.sub(lambda m: blank.sub(" ", m[0]), text))
    for tag in TAG.finditer(text):
        for quoted in QUOTED.finditer(tag[0]):
            if " " in (words := quoted[1] or quoted[2] or ""):
                yield text.count("\n", 0, tag.start()) + 1, words
    plain = TAG.sub(lambda m: re.sub(r"[^\n]", "\x00", m[0]), text)
    for attribute in SHOWN_ATTRIBUTE.finditer(plain):
        yield plain.count("\n", 0, attribute.start()) + 1, attribute[1].replace("\x00", "")
    bare = re.sub(r"<[^>]*>", lambda m: blank.sub("\x01", m[0]), plain)
    for block in re.finditer(r"[^\x01]+", bare):
        if words := re.sub(r"\x00+", " ", block[0]).strip():
            yield bare.count("\n", 0, block.start()) + 1, words


def of_python(text: str) -> Iterator[Text]:
    """Yield every string of two words or more that is no docstring."""
    tree = ast.parse(text)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        word = node.value if isinstance(node, ast.Constant) and id(node) not in documents else None
        if isinstance(word, str) and " " in word.strip():
            yield node.lineno, word
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_command(node):
            yield node.lineno, ast.get_docstring(node) or ""


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A command of the terminal shows its docstring as help."""
    return any(isinstance(d, ast.Call) and getattr(d.func, "attr", "") == "command" for d in node.decorator_list)


def of_script(text: str) -> Iterator[Text]:
    """Yield the strings of a script that hold two words or more."""
    text = SCRIPT_COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    for found in SCRIPT_STRING.finditer(text):
        if " " in (words := (found[1] or found[2] or found[3] or "").strip()):
            yield text.count("\n", 0, found.start()) + 1, words


def of_table(text: str) -> Iterator[Text]:
    """Yield the cells of a table that may be shown."""
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        for column, value in row.items():
            if column not in NOT_SHOWN_COLUMNS and " " in (value or ""):
                yield line, value


READERS = {".html": of_template, ".svg": of_template, ".py": of_python, ".js": of_script, ".csv": of_table}


def texts(package: Path) -> Iterator[tuple[str, int, str]]:
    """Yield (file, line, text) of everything shown in the package."""
    for path in sorted(package.rglob("*")):
        where = path.relative_to(package).as_posix()
        if path.suffix not in READERS or "vendor" in path.parts or "migrations" in path.parts:
            continue
        if path.name not in EVIDENCE_TABLES:
            for line, text in READERS[path.suffix](path.read_text(encoding="utf-8")):
                yield where, line, text


def without_card(package: Path, bound: tuple[claims.Bound, ...]) -> list[str]:
    """Return each text with claim words that rest on no card: "file:line: words: text"."""
    out = []
    for where, line, text in texts(package):
        harm = where.rsplit("/", 1)[-1] not in WARNING_TABLES
        if words := claims.unbound(text, where, bound, harm):
            out.append(f"{where}:{line}: {', '.join(words)}: {' '.join(text.split())[:160]}")
    return out
