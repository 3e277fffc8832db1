"""The validation report as one HTML page with its charts, and as markdown for the docs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from irtherapy.edge.validation.rows import Judged, Row, Study

HEADS = ("case", "what", "expected or measured", "within", "ours", "difference", "")
MARKS = {Judged.AGREES: "\u2713 agrees", Judged.DIFFERS: "\u2717 differs", Judged.NOT_JUDGED: "\u2013 not judged"}
CSS = """
* { box-sizing: border-box; }
:root { color-scheme: light; }
body { font: 18px/1.5 system-ui, sans-serif; color: #221d19; background: #f8f1e4; max-width: 70rem; margin: 0 auto;
  padding: 2rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 0.5rem; }
h2 { font-size: 1.4rem; margin: 3rem 0 0.25rem; }
p { max-width: 42rem; }
.muted { color: #5b5149; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 2px solid #b9aea2; }
td { padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid #dccfbc; vertical-align: top; }
td:nth-child(4), td:nth-child(n+6) { white-space: nowrap; }
td:nth-child(2) { min-width: 12rem; }
td:nth-child(3), td:nth-child(5) { min-width: 7rem; }
.differs td { font-weight: 600; }
.charts { columns: 24rem 2; column-gap: 1rem; margin: 1rem 0; }
figure { margin: 0 0 1rem; break-inside: avoid; background: #fffdf8; border-radius: 12px; padding: 1rem; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; }
@media (max-width: 46rem) {
  body { font-size: 16px; }
  table, tbody { display: block; font-size: 1rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: grid; grid-template-columns: 1fr 1fr; gap: 0 0.75rem; padding: 0.5rem 0;
    border-bottom: 1px solid #dccfbc; }
  td, td:nth-child(n) { border: 0; padding: 0.1rem 0; min-width: 0; white-space: normal; }
  td:nth-child(1) { display: none; }
  td:nth-child(2) { grid-column: 1 / -1; font-weight: 600; }
  td:nth-child(2)::before { content: attr(data-case) " "; }
  td:nth-child(n+3):nth-child(-n+6)::before { content: attr(data-head) " "; color: #5b5149; font-weight: 400; }
  td:empty { display: none; }
}
@media print { body { background: #fff; font-size: 10pt; } .wide { overflow: visible; } }
"""


def tally(studies: Sequence[Study]) -> dict[str, int]:
    """Return how many rows came out each way."""
    rows = [row.judged for study in studies for row in study.rows]
    return {judged.value: rows.count(judged) for judged in Judged}


def sentence(studies: Sequence[Study]) -> str:
    """Return the tally in words."""
    n = tally(studies)
    return (
        f"{n['agrees']} of {n['agrees'] + n['differs']} comparisons agree, {n['differs']} differ, "
        f"{n['not judged']} could not be judged."
    )


def html(studies: Sequence[Study], version: str, day: str) -> str:
    """Return the page."""
    parts = [_section(study) for study in studies]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>irtherapy: validation</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{CSS}</style></head><body>'
        f"<h1>What the dose engine computes, beside what is known</h1>"
        f"<p>{escape(sentence(studies))}</p>"
        f'<p class="muted">irtherapy {escape(version)}, {escape(day)}. Nothing here is '
        f"tuned to come out right; where it does not, the row says so.</p>{''.join(parts)}</body></html>"
    )


def _section(study: Study) -> str:
    head = "".join(f'<th scope="col">{name or "came out"}</th>' for name in HEADS)
    rows = "".join(_row(row) for row in study.rows)
    charts = "".join(f"<figure><figcaption>{_title(chart)}</figcaption>{chart}</figure>" for chart in study.charts)
    notes = "".join(f"<p>{escape(note)}</p>" for note in study.notes)
    shown = f'<div class="charts">{charts}</div>' if charts else ""
    return (
        f'<section><h2>{escape(study.title)}</h2><p class="muted">{escape(study.about)}</p>{shown}'
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(study.title)}"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>{notes}</section>"
    )


def _row(row: Row) -> str:
    cells = (row.case, row.what, row.expected, row.within, row.ours, row.difference, MARKS[row.judged])
    heads = ("", "", "expected", "within", "ours", "off", "")
    told = "".join(
        f'<td data-case="{row.case}">{escape(cell)}</td>' if i == 1 else f'<td data-head="{head}">{escape(cell)}</td>'
        for i, (head, cell) in enumerate(zip(heads, cells, strict=True))
    )
    return f'<tr class="{row.judged.value.replace(" ", "-")}">{told}</tr>'


def _title(chart: str) -> str:
    return chart.split("<title>", 1)[1].split("</title>", 1)[0]


def markdown(studies: Sequence[Study]) -> str:
    """Return the tables for docs/validation.md."""
    out = [sentence(studies), ""]
    for study in studies:
        out += [f"## {study.title}", "", study.about, "", f"| {' | '.join(h or 'came out' for h in HEADS)} |"]
        out.append("|" + "---|" * len(HEADS))
        for row in study.rows:
            cells = (row.case, row.what, row.expected, row.within, row.ours, row.difference, MARKS[row.judged])
            out.append(f"| {' | '.join(cells)} |")
        out += ["", *[f"{note}\n" for note in study.notes]]
    return "\n".join(out).rstrip() + "\n"
