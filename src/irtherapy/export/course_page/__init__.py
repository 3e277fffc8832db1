"""The doctor's page of a course: one A4 page read in a minute, then the details, for the reader it is meant for.

The same HTML is shown on screen and made into a tagged PDF. Everything comes from a person's ``Chart`` and, judged by
the outcome room, the changes against what matters; nothing of the clock is read.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from irtherapy.export import page
from irtherapy.export.chart import Chart
from irtherapy.export.course_page.detail import detail
from irtherapy.export.course_page.digest import Digest, digest
from irtherapy.export.course_page.front import front
from irtherapy.export.course_page.sections import DETAIL, FRONT, GIVEN, READERS, SECTIONS, chosen

__all__ = ["CSS", "DETAIL", "FRONT", "GIVEN", "READERS", "SECTIONS", "Digest", "chosen", "course_page", "digest"]

CSS = (
    page.CSS
    + """
@page { margin: 10mm 15mm 14mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 8pt "DejaVu Sans", system-ui, sans-serif; color: #5b5149; } }
.front { font-size: 8.4pt; line-height: 1.27; }
.front h1 { font-size: 15pt; }
.front h2, .front .foot { margin-top: 5pt; }
.front h2 { font-size: 9.5pt; }
.front .foot { font-size: 7.6pt; padding-top: 2pt; }
.tight { font-size: 7.2pt; line-height: 1.18; }
.tight h1 { font-size: 12pt; }
.tight h2 { font-size: 8pt; margin-top: 3pt; }
.tight .foot { font-size: 6.8pt; }
.tight .s-chart figure svg { max-height: 30mm; }
.headline { font-weight: 600; }
.two { display: flex; flex-wrap: wrap; gap: 0 10mm; }
.two > div { flex: 1 1 80mm; min-width: 0; }
.facts th { width: 27mm; white-space: normal; padding-right: 4pt; }
.facts td { width: auto; overflow-wrap: anywhere; }
.front th, .front td { padding-top: 0.8pt; padding-bottom: 0.8pt; }
.s-response .facts th { width: 42mm; }
.s-trial .facts th { width: 72mm; }
.front li, .front p, h1 { overflow-wrap: anywhere; }
.s-chart figure svg { max-height: 36mm; }
h3 { font-size: 9.5pt; margin: 6pt 0 2pt; }
h2 { break-after: avoid; }
.rows { font-size: 8.5pt; }
.rows th, .rows td { width: auto; padding: 2pt 7pt 2pt 0; border-bottom: 1px solid #e3dbd0; white-space: normal;
  overflow-wrap: break-word; }
.rows thead th { vertical-align: bottom; border-bottom-color: #b9aea2; }
.rows tbody th { white-space: nowrap; color: #221d19; }
.rows tr { break-inside: avoid; }
li { overflow-wrap: anywhere; }
@media print { .first { break-before: page; } }
@media screen {
  body { font-size: 16px; line-height: 1.5; max-width: 54rem; }
  .front { font-size: 16px; line-height: 1.5; }
  .front h1 { font-size: 26px; line-height: 1.2; margin-bottom: 8px; }
  .front h2, h2 { font-size: 18px; margin-top: 22px; }
  h3, .rows { font-size: 15px; }
  .front .foot { font-size: 14px; margin-top: 22px; }
  .front th, .front td { padding-top: 3px; padding-bottom: 3px; }
  .facts th { width: min(8.5rem, 32vw); }
  .s-response .facts th { width: min(11rem, 32vw); }
  .s-trial .facts th { width: min(22rem, 60vw); }
  .two { gap: 0 2.5rem; }
  .two > div { flex-basis: 20rem; }
  .wide, figure { overflow-x: auto; }
  .rows { min-width: 38rem; }
  figure svg, .s-chart figure svg { min-width: 34rem; max-height: none; }
}
"""
)
FOOT = (
    "irtherapy times, guides, records and explains; it does not treat. Pain also comes and goes by itself. Every limit "
    "is the program's own careful proposal, not a standard. CEM43 after Sapareto and Dewey 1984."
)


def course_page(
    chart: Chart,
    today: datetime.date,
    zone: datetime.tzinfo = datetime.UTC,
    course_id: str | None = None,
    judged: Sequence[Mapping[str, Any]] = (),
    sections: Sequence[str] = (),
    reader: str = "doctor",
    called: str = "",
    say: Callable[[str], str] = str,
) -> str:
    """Return the whole HTML page of a course, or of all sessions where there is none.

    ``judged``: what the outcome room says, each with key ("pain" or a measure's name), first, last, change, low, high
    (the 95 % interval) and matters, as figures or None, and sentence. ``called``: what the person is called here.
    ``say`` translates a text that is cut to its room, before it is cut; the rest is told once the page stands.
    Raises InputError for a section or a reader that there is not.
    """
    wanted = chosen(sections, reader)
    d = digest(chart, today, zone, course_id)
    body = f'<div class="front">{front(d, judged, wanted, called, say)}'
    body += f'<p class="foot" id="front-end">For: {escape(READERS[reader].lower())}. {escape(FOOT)}</p></div>'
    body += detail(d, judged, wanted, say)
    who = READERS[reader].lower()
    title = f"Course of infrared heat, a page for the {who}"
    if reader == "yourself":
        title = "Course of infrared heat, your own page"
    return page.document(title, body, CSS)
