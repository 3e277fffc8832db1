"""A page as PDF: tagged (PDF/UA-1), the same bytes for the same page, and nothing fetched from anywhere."""

from __future__ import annotations

from typing import Any, NoReturn

from irtherapy.values import InputError

END = 'id="front-end"'


def _nothing(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError(f"a report loads nothing, but asked for {url}")


def pdf_bytes(html: str) -> bytes:
    """Return the PDF of a whole HTML page. Raises InputError when the system library for it is missing."""
    try:
        from weasyprint import HTML
    except OSError:
        raise InputError(
            "PDF", "PDF needs the system library pango: on Debian or Ubuntu, apt-get install libpangoft2-1.0-0."
        ) from None
    document = HTML(string=html, url_fetcher=_nothing)
    if END in html and not _fits(document):
        document = HTML(string=html.replace('class="front"', 'class="front tight"', 1), url_fetcher=_nothing)
    written: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return written


def _fits(document: Any) -> bool:
    """Return whether the end of the front page lies on the first page: long words of a language may push it over."""
    first = document.render(pdf_variant="pdf/ua-1").pages[0]
    return "front-end" in first.anchors
