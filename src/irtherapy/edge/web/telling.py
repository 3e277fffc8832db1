"""The reader's language on a page: the filters for sentences that were made in code or kept in the database.

``{{ sentence|told }}`` translates a sentence (and escapes it as ever); ``{{ drawing|told_markup }}`` translates the
texts of a drawing or page that was made in code. Words that stand in a template go through ``{% translate %}``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from irtherapy.edge import languages

register = template.Library()


@register.filter
def told(text: Any) -> str:
    """Return a text in the language of this request; a number with its decimal mark, nothing for None."""
    if text is None:
        return ""
    if not isinstance(text, str):
        return str(localize(text))
    return languages.told(str(text), get_language() or "en")


@register.filter
def told_each(texts: Iterable[Any], between: str) -> str:
    """Return several texts, each in the language of this request, with ``between`` between them."""
    return between.join(told(text) for text in texts)


@register.filter
def told_markup(markup: str) -> SafeString:
    """Return HTML or SVG of the program's own making with its texts in the language of this request."""
    return mark_safe(languages.told_markup(markup, get_language() or "en"))


@register.filter
def weekday(day: date) -> str:
    """Return a day with its weekday, such as "Friday, 27 November", in the language of this request."""
    local = timezone.localtime(day) if isinstance(day, datetime) else day
    return told(f"{local:%A}, {local.day} {local:%B}")


def whole_page(html: str) -> str:
    """Return a whole HTML document that was made in English, in the language of this request, and marked so."""
    return languages.told_page(html, get_language() or "en")
