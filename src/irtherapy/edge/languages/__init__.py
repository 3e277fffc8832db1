"""English sentences in the reader's language: looked up whole, by pattern, or sentence by sentence.

English is the key. The rooms of the program, the tables, journals and records speak English; only what is shown is
translated, at the last moment. How a sentence becomes a key: docs/howto/languages.md.
"""

from irtherapy.edge.languages.shelf import (
    FOLDER,
    LANGUAGES,
    chosen,
    is_right_to_left,
    offered,
    told,
    told_line,
    told_markup,
    told_page,
)

__all__ = [
    "FOLDER",
    "LANGUAGES",
    "chosen",
    "is_right_to_left",
    "offered",
    "told",
    "told_line",
    "told_markup",
    "told_page",
]
