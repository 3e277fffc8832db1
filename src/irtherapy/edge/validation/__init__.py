"""Our numbers beside those of tables, closed forms and measured people, good or bad."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from irtherapy.edge.validation import heat, light, people
from irtherapy.edge.validation.rows import Study

STUDIES: tuple[tuple[str, Callable[[], Study]], ...] = (
    ("light", light.tables),
    ("light by depth", light.depths),
    ("laws of light", light.laws),
    ("measured light", light.measured),
    ("closed forms of heat", heat.closed_forms),
    ("layers and balances", heat.layers),
    ("thermal dose", heat.thermal_dose),
    ("people and animals", people.measured),
)


def run(told: Callable[[str], None] = lambda name: None) -> Iterator[Study]:
    """Yield each study as it is done; ``told`` is called with its name before."""
    for name, study in STUDIES:
        told(name)
        yield study()
