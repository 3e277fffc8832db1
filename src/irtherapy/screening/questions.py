"""The questions of "Is it right for me?", and which of them one person is asked, page by page.

A question is asked once, whatever number of table rows it answers, and only when one of those rows applies to the
place, the kind of device and the age already told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from irtherapy import tables
from irtherapy.screening import rules
from irtherapy.screening.rules import Row
from irtherapy.values import DeviceKind, InputError, Mark, Region, in_range

DATA_FILES = ("screening_pages.csv", "screening_questions.csv", "red_flags.csv", "contraindications.csv")
ITEMS_MAX = 8  # questions on one page
Choice = TypeVar("Choice", bound=StrEnum)

FLAGS = frozenset(
    {
        "osteoporosis",
        "stenosis",
        "spondylolisthesis",
        "disc_flexion",
        "neck_radiculopathy",
        "neck_instability",
        "pregnancy",
        "recent_surgery",
        "hypermobility",
        "uncontrolled_bp",
        "wrist_knee",
        "unsteady",
    }
)


@dataclass(frozen=True)
class Question:
    """One thing asked, answered yes, no or not_sure. ``rows`` are the table rows it can make true.

    ``flags`` are the exercise filters it sets; ``regions`` and ``ages`` say for whom it is asked because of those
    flags alone. ``again``: it can change from day to day and is asked before each session.
    """

    id: str
    text: str
    help: str = ""
    rows: tuple[str, ...] = ()
    page: str = ""
    flags: frozenset[str] = frozenset()
    regions: frozenset[Region] = frozenset()
    ages: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Page:
    """One screen of at most eight questions, to be answered together with "None of these" or one by one."""

    id: str
    title: str
    intro: str
    items: tuple[Question, ...]


@dataclass(frozen=True)
class Questionnaire:
    """The loaded tables: pages in order (without items), questions by id in order, and every row."""

    pages: tuple[Page, ...] = field(repr=False)
    questions: Mapping[str, Question] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)


def load(texts: Mapping[str, str]) -> Questionnaire:
    """Return the questionnaire from the table texts named in DATA_FILES.

    Raises InputError naming the table when a text is missing or a row names something that does not exist.
    """
    for name in DATA_FILES:
        if name not in texts:
            raise InputError(name, f"Table {name} is missing.")
    pages = tuple(
        Page(r["id"], r["title"], r["intro"], ())
        for r in tables.rows(*_table(texts, DATA_FILES[0]), ("title", "intro"))
    )
    raw = tables.rows(*_table(texts, DATA_FILES[1]), ("page", "again", "text"))
    ids = frozenset(r["id"] for r in raw)
    rows = tuple(
        _row(name, r, ids, levels)
        for name, levels in (
            (DATA_FILES[2], rules.RED_FLAG_LEVELS),
            (DATA_FILES[3], rules.CONTRAINDICATION_LEVELS),
        )
        for r in tables.rows(*_table(texts, name), ("regions", "level", "rule", "text"))
    )
    known_pages = {p.id for p in pages}
    questions = {r["id"]: _question(r, rows, known_pages) for r in raw}
    return Questionnaire(pages, questions, rows)


def pages_for(
    questionnaire: Questionnaire,
    regions: Iterable[Region],
    device_kinds: Iterable[DeviceKind],
    age_years: float,
    when: str = "before",
    again: bool = False,
) -> tuple[Page, ...]:
    """Return the pages this person is asked, in order, each of at most ITEMS_MAX questions.

    ``when`` is "before", "during" or "after" a session. ``again=True`` keeps only what can change from day to day, for
    the next sessions; its answers are laid over the earlier ones before screening. Raises InputError on an unknown or
    empty region or device kind, an age outside 0 to 110, or another ``when``.
    """
    asked = applicable(questionnaire, regions, device_kinds, age_years, when)
    if again:
        asked = tuple(q for q in asked if q.again)
    out: list[Page] = []
    for page in questionnaire.pages:
        out.extend(_split(page, tuple(q for q in asked if q.page == page.id)))
    return tuple(out)


def applicable(
    questionnaire: Questionnaire,
    regions: Iterable[Region],
    device_kinds: Iterable[DeviceKind],
    age_years: float,
    when: str = "before",
) -> tuple[Question, ...]:
    """Return every question this person must answer, in table order; raises as ``pages_for``."""
    places, kinds, age, when = where_and_who(regions, device_kinds, age_years, when)
    wanted = {
        q
        for row in questionnaire.rows
        if rules.applies(row, places, kinds, when)
        for alternative in rules.live(row.rule, age)
        for q in alternative
    }
    if when == "before":
        wanted |= {
            q.id
            for q in questionnaire.questions.values()
            if q.flags and q.regions & places and all(rules.age_holds(t, age) for t in q.ages)
        }
    return tuple(q for q in questionnaire.questions.values() if q.id in wanted)


def where_and_who(
    regions: Iterable[Region], device_kinds: Iterable[DeviceKind], age_years: float, when: str
) -> tuple[frozenset[Region], frozenset[DeviceKind], float, str]:
    """Return the checked place, kinds, age and moment; one region or kind may stand alone.

    Raises InputError naming the field.
    """
    if when not in rules.WHEN:
        raise InputError("when", f"when must be one of {', '.join(rules.WHEN)}; got {when!r}.")
    age = in_range("Age", age_years, 0, 110, "years")
    return _choice("Place", regions, Region), _choice("Device kind", device_kinds, DeviceKind), age, when


def _choice(field: str, given: Iterable[str], kind: type[Choice]) -> frozenset[Choice]:
    """Return ``given`` as a non-empty set of the enum ``kind``."""
    values = (given,) if isinstance(given, str) else tuple(given)
    names = ", ".join(m.value for m in kind)
    if not values:
        raise InputError(field, f"{field} must be at least one of {names}.")
    try:
        return frozenset(kind(v) for v in values)
    except ValueError:
        raise InputError(field, f"{field} must be one of {names}; got {list(map(str, values))}.") from None


def _table(texts: Mapping[str, str], name: str) -> tuple[str, str]:
    return name, texts[name]


def _set(name: str, text: str, kind: type[Choice]) -> frozenset[Choice]:
    """Return a cell ("all" or values parted by semicolons) as a set of an enum."""
    return frozenset(kind) if text == "all" else _choice(name, text.split(";"), kind)


def _row(name: str, r: Mapping[str, str], questions: frozenset[str], levels: tuple[str, ...]) -> Row:
    """Return one Row of the table ``name``, checked."""
    if r["level"] not in levels:
        raise InputError(name, f"Table {name}, row {r['id']}: level must be one of {', '.join(levels)}.")
    when, group = r.get("when", "before"), r.get("group", "history")
    if when not in rules.WHEN or group not in ("history", "today"):
        raise InputError(name, f"Table {name}, row {r['id']}: when or group is not known.")
    if not r["doctor" if r["level"] == "ask_first" else "action"]:
        raise InputError(name, f"Table {name}, row {r['id']}: what to do is empty.")
    return Row(
        id=r["id"],
        regions=_set(name, r["regions"], Region),
        kinds=_set(name, r.get("kinds", "all"), DeviceKind),
        when=when,
        group=group,
        level=r["level"],
        at_risk=r.get("at_risk") == "yes",
        rule=rules.parse(name, r["rule"], questions),
        text=r["text"],
        action=r["action"],
        doctor=r["doctor"],
        source=r["source"],
        mark=Mark(r["mark"]),
    )


def _question(r: Mapping[str, str], rows: tuple[Row, ...], pages: set[str]) -> Question:
    """Return one Question with the ids of the rows whose rules name it."""
    name = DATA_FILES[1]
    flags = frozenset(f for f in r["flags"].split(";") if f)
    if r["page"] not in pages or not flags <= FLAGS or r["again"] not in ("yes", "no"):
        raise InputError(name, f"Table {name}, row {r['id']}: page, flags or again is not known.")
    ages = tuple(t for t in r["ages"].split("+") if t)
    if any(rules.age_holds(t, 0) is None for t in ages):
        raise InputError(name, f"Table {name}, row {r['id']}: ages must be age conditions.")
    return Question(
        id=r["id"],
        text=r["text"],
        help=r["help"],
        rows=tuple(row.id for row in rows if any(r["id"] in alternative for alternative in row.rule)),
        page=r["page"],
        flags=flags,
        regions=_set(name, r["regions"], Region) if r["regions"] else frozenset(),
        ages=ages,
        again=r["again"] == "yes",
    )


def _split(page: Page, items: tuple[Question, ...]) -> list[Page]:
    """Return the page with its items, as several pages of even length when there are more than ITEMS_MAX."""
    if not items:
        return []
    parts = -(-len(items) // ITEMS_MAX)
    if parts == 1:
        return [Page(page.id, page.title, page.intro, items)]
    size = -(-len(items) // parts)
    return [
        Page(
            page.id if i == 0 else f"{page.id}-{i + 1}",
            f"{page.title} ({i + 1} of {parts})",
            page.intro,
            items[i * size : (i + 1) * size],
        )
        for i in range(parts)
    ]
