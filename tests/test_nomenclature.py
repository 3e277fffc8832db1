"""docs/nomenclature.md owns each name with a unit once."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from irtherapy import limits, values

PAGE = (Path(__file__).parents[1] / "docs" / "nomenclature.md").read_text(encoding="utf-8")
NAMES = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
UNIT = re.compile(r"_(s|min|c|k|m|mm|nm|m2|w|hz|kg|years|w_m2|j_m2|per_m|per_s|kg_m2)$")


def fields() -> set[str]:
    classes = [c for m in (values, limits) for c in vars(m).values() if dataclasses.is_dataclass(c)]
    return {f.name for c in classes for f in dataclasses.fields(c) if UNIT.search(f.name)}


def test_every_name_stands_once_and_in_order() -> None:
    assert sorted(set(NAMES)) == NAMES


def test_every_field_with_a_unit_is_explained() -> None:
    assert fields() - set(NAMES) == set()
