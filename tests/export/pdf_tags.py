"""Reads the tags of a PDF as a screen reader does, and tells what PDF/UA-1 asks for and is not there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

STANDARD = {
    "/Document", "/Part", "/Sect", "/Div", "/NonStruct", "/P", "/H1", "/H2", "/H3", "/L", "/LI", "/Lbl", "/LBody",
    "/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/Span", "/Link", "/Figure", "/Strong", "/Caption",
}  # fmt: skip


def nodes(part: Any, parent: str = "") -> Iterator[tuple[DictionaryObject, str]]:
    """Yield each element of the structure tree and the tag of its parent, in the order of reading."""
    part = part.get_object() if hasattr(part, "get_object") else part
    if isinstance(part, list):
        for one in part:
            yield from nodes(one, parent)
    elif isinstance(part, DictionaryObject) and part.get("/Type") not in ("/MCR", "/OBJR"):
        tag = str(part.get("/S", ""))
        if tag:
            yield part, parent
        yield from nodes(part.get("/K"), tag)


def missing(pdf: bytes) -> list[str]:
    """Return what is wrong with the tags of a PDF; nothing when it is right."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    found = list(nodes(root.get("/StructTreeRoot")))
    tags = [str(n["/S"]) for n, _ in found]
    wrong = []
    if not (root.get("/MarkInfo") or {}).get("/Marked"):
        wrong.append("not marked as tagged")
    if not root.get("/Lang"):
        wrong.append("no language")
    if not (root.get("/ViewerPreferences") or {}).get("/DisplayDocTitle"):
        wrong.append("the title is not shown")
    told = root["/Metadata"].get_object().get_data().decode() if root.get("/Metadata") else ""
    if 'pdfuaid:part="1"' not in told or "<dc:title>" not in told:
        wrong.append("no PDF/UA-1 in the metadata, or no title")
    wrong += [f"tag {t}" for t in set(tags) - STANDARD]
    levels = [int(t[2]) for t in tags if t in ("/H1", "/H2", "/H3")]
    if levels[:1] != [1] or levels.count(1) != 1 or any(b > a + 1 for a, b in zip(levels, levels[1:], strict=False)):
        wrong.append(f"headings {levels}")
    wrong += [
        f"a figure without words at {n}" for n, (f, _) in enumerate(found) if f["/S"] == "/Figure" and not _alt(f)
    ]
    heads = {str(f.get("/ID")) for f, _ in found if f["/S"] == "/TH"}
    for f, parent in found:
        if f["/S"] == "/TD" and not _headed(f, heads):
            wrong.append("a cell without a header")
        if f["/S"] in ("/TD", "/TH") and parent != "/TR":
            wrong.append(f"a cell in {parent}")
        if f["/S"] == "/LI" and parent != "/L":
            wrong.append(f"an item in {parent}")
    wrong += [f"page {n}: no order of tabs" for n, p in enumerate(reader.pages) if p.get("/Tabs") != "/S"]
    for n, page in enumerate(reader.pages):
        fonts = page["/Resources"].get("/Font", {}).values()
        wrong += [f"page {n}: a font that is not inside" for f in fonts if not _embedded(f.get_object())]
        wrong += [f"page {n}: letters without meaning" for f in fonts if "/ToUnicode" not in f.get_object()]
    return wrong


def _alt(figure: DictionaryObject) -> bool:
    return len(str(figure.get("/Alt", ""))) > 20


def _headed(cell: DictionaryObject, heads: set[str]) -> bool:
    told = cell.get("/A")
    told = told if isinstance(told, list) else [told]
    named = [str(h) for a in told if a for h in a.get_object().get("/Headers", ())]
    return bool(named) and set(named) <= heads


def _embedded(font: DictionaryObject) -> bool:
    inner = font.get("/DescendantFonts")
    font = inner[0].get_object() if inner else font
    told = font["/FontDescriptor"].get_object()
    return any(name in told for name in ("/FontFile", "/FontFile2", "/FontFile3"))
