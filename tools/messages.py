"""Collects every sentence that is shown, and keeps the catalogues: `make messages`.

Three readers: templates (asked from Django itself, so that the keys are those of run time), Python (whole strings and
f-strings, whose values become named places) and the tables of ``data/`` by column. docs/howto/languages.md.
"""

from __future__ import annotations

import ast
import csv
import datetime
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "irtherapy"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("de", "es", "zh_Hans")

NO_DAY = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # the same bytes for the same sentences
COLUMNS = {  # of the tables, those that are shown
    "screening_pages.csv": ("title", "intro"),
    "screening_questions.csv": ("text", "help"),
    "contraindications.csv": ("text", "action", "doctor"),
    "red_flags.csv": ("text", "action", "doctor"),
    "exercises.csv": ("name", "position", "start", "movement", "easier", "harder", "stop_rule"),
    "devices.csv": ("name", "note"),
    "programmes.csv": ("title", "say"),
    "coverage.csv": ("payer_name", "needed"),
    "effects.csv": ("name", "advice"),
    "measures.csv": ("name", "title", "matters", "recall", "instruction", "terms"),
    "motions.csv": ("name", "unit", "exact", "how"),
    "cards.csv": ("claim", "seen", "limits"),
    "card_studies.csv": ("found",),
}
# Python that nobody reads in their language: figures for studies, drafts for a registry, the machine's own talk.
NOT_READ = (
    "edge/validation/", "edge/faults/", "edge/languages/", "edge/records/migrations/", "edge/records/columns.py",
    "edge/web/settings.py", "edge/web/server.py", "edge/web/middleware.py",
    "edge/web/telling.py", "edge/runner/process.py", "edge/runner/topics.py", "edge/cohort.py", "edge/home.py",
    "edge/journal.py", "edge/drivers/twin.py", "edge/drivers/simulated.py", "edge/cli/bioheat.py",
    "edge/cli/optics.py", "edge/cli/population.py", "edge/cli/fields.py", "edge/cli/faults.py", "edge/cli/validate.py",
    "edge/cli/announce.py", "edge/cli/export.py", "edge/cli/__init__.py",
    "export/fhir/", "export/tables.py", "evidence/registration.py", "body/", "tables.py",
    "dose/local/", "dose/eigen.py", "dose/light.py", "dose/heat.py", "dose/medium", "dose/cohort.py",
    "dose/evaporation.py", "dose/exposure.py", "dose/injury.py", "dose/pad.py", "dose/simulate.py", "dose/twin.py",
    "device/spectrum.py", "programme/protocols.py", "screening/rules.py", "evidence/claims.py",
)  # fmt: skip
# Single words are names for people where they stand in these files, or in these places of a call.
WORDS_IN = (
    "edge/web/words.py", "edge/web/steps.py", "edge/web/reach.py", "edge/web/views/", "edge/web/claims.py",
    "edge/records/rated.py", "edge/records/models/", "edge/settle.py", "evidence/", "outcome/", "export/page.py",
    "export/course_page/", "programme/exercises.py", "edge/cli/course.py", "edge/cli/demo.py", "edge/cli/programmes.py",
    "edge/cli/show.py",
)  # fmt: skip
# Whole pages that are made here, without a template: the text between two tags is a key, and every name of a row.
PAGES_IN = ("export/page.py", "export/course_page/")
# Words that are shown alone and stand nowhere else as such.
LONE_WORDS = (
    "disagreement", "indirectness", "points", "neuropathy", "arthritis", "wounds", "oral mucositis",
    "acute low back pain", "none", "modelled", "measured", "claimed", "go", "ask first", "not now", "female", "male",
    "unknown",
    "back", "once", "outline:", "doctor", "physical therapist", "insurer", "yourself",  # of the page of a course
    # of the terminal
    "runner-up", "muscle", "ended", "heat", "massage", "stretching", "stretch", "core", "posture", "Ask", "Catalogue",
    "dates", "for", "under", "needed", "codes", "source", "Source", "week", "sessions", "told", "runs", "(your own)",
    "never", "Kept.", "calendar", "tape", "angle", "Enter", "Paused.", "Rest.",
)  # fmt: skip
WORDS_OF_CALL: dict[str, tuple[Any, ...]] = {
    "Series": (0, "label"), "Band": (3, "label"), "line_chart": (1, 2, 3), "number": (1, 4, "unit"), "in_range": (0, 4),
    "_section": (0,), "_": (0,), "gettext": (0,), "gettext_lazy": (0,), "rows": ("title",),
}  # fmt: skip
# What is typed, the same in every language.
COMMANDS = re.compile(r"Examples?:  |irtherapy [a-z]+(?: [a-z]+)?(?: --.*)?$")
UNITS = {"W", "cm", "mm", "nm", "kg", "s", "min", "K", "W/m2", "h"}
NOT_WORDS = {"FIELD_OF", "FIRST"}
NOT_SHOWN_KEYWORDS = {"help", "epilog", "rich_help_panel", "class_", "type", "encoding", "format"}
NOT_SHOWN_CALLS = {"compile", "getattr", "setattr", "import_module", "setdefault", "encode", "startswith", "Bound"}
PLACE = re.compile(r"\{[A-Za-z_]\w*\}")
MARKUP = re.compile(
    r"</?[a-z!]|\{%|^\s*--|[{};]\s*$|=\"|://|^[a-z_]+\.[a-z_.]+$|[a-z]_[a-z]+ |\\|^@|[{\[]\"|charset=|-src "
)


FIELD = re.compile(r"\{\d*(?::[^{}]*)?\}")  # a place without a name, of str.format
TAG = re.compile(r"</?[a-zA-Z][^>]*>")


class Found(NamedTuple):
    """A sentence and where it stands; ``plural`` for two forms."""

    key: str
    place: str
    plural: str = ""
    comment: str = ""


# ---- Python ---------------------------------------------------------------------------------------------------------


def name_of(node: ast.expr) -> str:
    """Return the name of the place that a value of an f-string becomes: the last word of what is written there."""
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call):
        inner = node.args[0] if node.args else node.func
        return name_of(inner if not isinstance(node.func, ast.Attribute) or node.args else node.func.value)
    if isinstance(node, ast.BinOp):
        return name_of(node.left)
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return node.slice.value
        return name_of(node.value)
    if isinstance(node, ast.IfExp):
        return name_of(node.body)
    if isinstance(node, ast.UnaryOp):
        return name_of(node.operand)
    return "value"


def key_of(node: ast.expr) -> str | None:
    """Return the key of a string or an f-string; None for anything else."""
    if isinstance(node, ast.Constant):
        return FIELD.sub("{value}", node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = key_of(node.left), key_of(node.right)
        return None if left is None or right is None else left + right
    if not isinstance(node, ast.JoinedStr):
        return None
    out, used = [], dict[str, int]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            out.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            name = re.sub(r"\W", "", name_of(part.value)) or "value"
            used[name] = used.get(name, 0) + 1
            suffix = f"_{used[name]}" if used[name] > 1 else ""
            percent = "%" if _percent(part) else ""
            out.append(f"{{{name}{suffix}}}{percent}")
    return "".join(out)


def _percent(part: ast.FormattedValue) -> bool:
    spec = part.format_spec
    last = spec.values[-1] if isinstance(spec, ast.JoinedStr) and spec.values else None
    return isinstance(last, ast.Constant) and str(last.value).endswith("%")


def is_sentence(key: str) -> bool:
    """Return whether a string is for reading: words with a space between, and no code."""
    bare = re.sub(r"\{\w+\}", "0", re.sub(r"\[/?[a-z_ ]*\]", "", key))  # marks of style are no words
    words = [w for w in re.findall(r"[A-Za-z’']{2,}", bare) if w not in UNITS and w != "mW"]
    if "}{" in key:
        return False  # nobody could tell where one value ends
    if COMMANDS.match(key):
        return False
    said = bool(words) or len(PLACE.findall(key)) > 1 and "(" in key
    return " " in key.strip() and said and not MARKUP.search(bare) and key == key.strip()


def of_python(path: Path, words: bool = False) -> Iterator[Found]:
    """Yield the sentences of a Python file, and its single words where they are names for people."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(n) for n in _not_shown(tree)}
    whole = str(path.relative_to(PACKAGE)).startswith(PAGES_IN)
    for node in tree.body:
        yield from _walk(node, path, skipped, words and (whole or _is_list_of_words(node)), shown_word=False)


def _is_list_of_words(node: ast.stmt) -> bool:
    """Return whether a statement gives a public name to a table of words, or is a class with choices."""
    if isinstance(node, ast.ClassDef):
        return True
    names = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(
        isinstance(name, ast.Name) and name.id.isupper() and name.id[0] != "_" and name.id not in NOT_WORDS
        for name in names
    )


def _not_shown(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for statement in body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    yield statement.value
        if isinstance(node, ast.keyword) and node.arg in NOT_SHOWN_KEYWORDS:
            yield node.value
        if isinstance(node, ast.Call) and _called(node) in NOT_SHOWN_CALLS:
            yield from node.args
        if isinstance(node, ast.Call) and _called(node) == "InputError" and node.args:
            yield node.args[0]
        if isinstance(node, ast.Call) and _called(node) == "LimitStep":
            yield from node.args[3:]
        if isinstance(node, (ast.Compare, ast.Assert)):
            yield node
        if isinstance(node, ast.Subscript):
            yield node.slice


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _walk(node: ast.AST, path: Path, skipped: set[int], words: bool, shown_word: bool) -> Iterator[Found]:
    if id(node) in skipped:
        return
    key = key_of(node) if isinstance(node, ast.expr) else None
    if key is not None:
        if str(path.relative_to(PACKAGE)).startswith("edge/cli/"):  # an empty line before or after it, or some space
            key = key.strip() if key.startswith("  ") else key.strip("\n")
        if str(path.relative_to(PACKAGE)).startswith(PAGES_IN) and TAG.search(key):
            pieces = (piece.strip() for piece in TAG.split(key))
            for piece in pieces:
                if is_sentence(piece) or (_is_word(piece) and piece[0].isupper()):
                    yield Found(piece, f"{path.relative_to(ROOT)}:{node.lineno}")
        elif is_sentence(key) or (shown_word and _is_word(key)) or (words and _is_word(key) and key[0].isupper()):
            yield Found(key, f"{path.relative_to(ROOT)}:{node.lineno}")
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _walk(part.value, path, skipped, words, shown_word=False)
        return
    shown = WORDS_OF_CALL.get(_called(node), ()) if isinstance(node, ast.Call) else ()
    if isinstance(node, ast.Call):
        yield from _walk(node.func, path, skipped, words, shown_word=False)
        for i, argument in enumerate(node.args):
            yield from _walk(argument, path, skipped, words, shown_word=i in shown)
        for keyword in node.keywords:
            yield from (
                ()
                if id(keyword.value) in skipped
                else _walk(keyword.value, path, skipped, words, shown_word=keyword.arg in shown)
            )
        return
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _walk(value, path, skipped, words, shown_word or words)
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        words = str(path.relative_to(PACKAGE)).startswith(PAGES_IN)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, path, skipped, words, shown_word=False)


def _is_word(key: str) -> bool:
    return key not in UNITS and bool(re.fullmatch(r"[A-Za-z][\w ,/²-]*", key)) and not re.search(r"[a-z][A-Z]|_", key)


# ---- tables ---------------------------------------------------------------------------------------------------------


def of_table(path: Path) -> Iterator[Found]:
    """Yield the cells of the shown columns."""
    for line, row in enumerate(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))), start=2):
        for column in COLUMNS.get(path.name, ()):
            if re.search(r"[A-Za-z]", row[column]):
                yield Found(row[column].strip(), f"{path.relative_to(ROOT)}:{line}", comment=column)


# ---- templates ------------------------------------------------------------------------------------------------------


def of_template(path: Path) -> Iterator[Found]:
    """Yield the keys of a template as Django itself makes them when it shows the page."""
    from django.template import engines
    from django.template.base import Node
    from django.templatetags.i18n import BlockTranslateNode

    made = engines["django"].engine.from_string(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    for node in made.nodelist.get_nodes_by_type(Node):
        place = f"{path.relative_to(ROOT)}:{node.token.lineno if node.token else 1}"
        if isinstance(node, BlockTranslateNode):
            key = node.render_token_list(node.singular)[0]
            plural = node.render_token_list(node.plural)[0] if node.plural else ""
            yield Found(key, place, plural)
        for key in dict.fromkeys(_marked(node)):
            yield Found(key, place)


def _marked(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the words that a tag or filter is to translate: those given to translate, and _("...")."""
    from django.template.base import FilterExpression, Node, NodeList, Variable
    from django.utils.functional import Promise

    if isinstance(value, Promise):  # _("..."), which English leaves as it is
        yield str(value)
    elif isinstance(value, FilterExpression):
        yield from _marked(value.var, depth)
        for _, arguments in value.filters:
            for _, argument in arguments:
                yield from _marked(argument, depth)
    elif isinstance(value, Node) and depth == 0:
        filtered = getattr(value, "filter_expression", None)
        if type(value).__name__ == "TranslateNode" and isinstance(filtered.var, Variable):
            yield str(filtered.var.literal)
        for name, inner in vars(value).items():
            if name not in ("token", "origin"):
                yield from _marked(inner, 1)
    elif isinstance(value, (list, tuple)) and not isinstance(value, NodeList):
        for inner in value:
            yield from _marked(inner, depth)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _marked(inner, depth)


# ---- all together ---------------------------------------------------------------------------------------------------


def prepare() -> None:
    """Set Django up, so that templates can be read."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "irtherapy.edge.web.settings")
    django.setup()


def collect() -> Iterator[Found]:
    """Yield every sentence that is shown, in the order of the files."""
    from irtherapy.edge.languages import catalogue

    words = (*catalogue.DAYS.values(), *catalogue.WORDS, *LONE_WORDS)
    yield from (Found(word, "src/irtherapy/edge/languages/catalogue.py:1") for word in words)
    for path in sorted((PACKAGE / "edge" / "web" / "templates").rglob("*.*")):
        if path.suffix in (".html", ".svg", ".txt"):
            yield from of_template(path)
    for path in sorted((PACKAGE / "data").glob("*.csv")):
        yield from of_table(path)
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE).as_posix()
        if not where.startswith(NOT_READ):
            yield from of_python(path, words=where.startswith(WORDS_IN))


def template_of_all() -> Any:
    """Return every sentence as a Babel catalogue without translations."""
    from babel.messages.catalog import Catalog

    pot = Catalog(project="irtherapy", charset="utf-8", copyright_holder="the makers of irtherapy", fuzzy=False)
    pot.header_comment = "# Sentences of irtherapy. Written by `make messages`; English is the key."
    for found in collect():
        file, line = found.place.rsplit(":", 1)
        key: Any = (found.key, found.plural) if found.plural else found.key
        flags = ["python-brace-format"] if re.search(r"\{[A-Za-z_]\w*\}", found.key) else []
        pot.add(key, None, [(file.removeprefix("src/irtherapy/"), int(line))], flags=flags,
                auto_comments=[found.comment] if found.comment else [])  # fmt: skip
    return pot


def written(catalog: Any) -> bytes:
    """Return a catalogue as the text of a .po file, without line numbers, which would change every day."""
    from babel.messages.pofile import write_po

    for message in catalog:
        message.locations = [(file, None) for file in dict.fromkeys(file for file, _ in message.locations)]
    out = io.BytesIO()
    write_po(out, catalog, width=110, omit_header=False, sort_output=False, ignore_obsolete=True, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith('"POT-Creation-Date')).encode()


def compiled(po: bytes) -> bytes:
    """Return the .mo of a .po; what is marked fuzzy is left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    out = io.BytesIO()
    catalog = read_po(io.BytesIO(po), charset="utf-8")
    catalog.creation_date = catalog.revision_date = NO_DAY
    for message in list(catalog):
        if message.id and isinstance(message.string, tuple) and not all(message.string):
            catalog.delete(message.id, message.context)  # of two forms one is missing: English then, not nothing
    write_mo(out, catalog)
    return out.getvalue()


def main() -> None:
    """Bring every .po up to date, and compile the .mo files."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    prepare()
    pot = template_of_all()
    LOCALE.mkdir(exist_ok=True)
    for language in LANGUAGES:
        folder = LOCALE / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "django.po"
        po = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
        po.update(pot, no_fuzzy_matching=True)
        path.write_bytes(written(po))
        path.with_suffix(".mo").write_bytes(compiled(path.read_bytes()))
        missing = sum(1 for m in po if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string))
        sys.stdout.write(f"{language}: {len(po)} sentences, {missing} still English\n")


if __name__ == "__main__":
    main()
