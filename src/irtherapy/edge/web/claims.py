"""The template tag that binds a sentence to its evidence card, and the filter that marks sentences made in code.

``{% claim "card-id" %}Heat helps some people and not others.{% endclaim %}`` writes the sentence and a small mark that
leads to the card. ``{{ line|carded }}`` does the same for a sentence that ``claims.csv`` binds, and translates it;
others it only translates. A template that names a card which does not exist cannot be loaded.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template import TemplateSyntaxError
from django.template.base import Node, NodeList, Parser, Token
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from irtherapy.edge import cards
from irtherapy.edge.web.telling import told

register = template.Library()
RESTS_ON = "What this rests on"


def mark(card_id: str) -> SafeString:
    """Return the small mark that leads to a card."""
    return format_html(
        '<a class="claim-mark" href="{}" title="{}"><span aria-hidden="true">i</span>'
        '<span class="unseen">{}: {}</span></a>',
        reverse("card", args=[card_id]),
        told(RESTS_ON),
        told(RESTS_ON),
        told(cards.all_cards()[card_id].claim),
    )


class ClaimNode(Node):
    """A sentence and its mark."""

    def __init__(self, card_id: str, inside: NodeList) -> None:
        self.card_id = card_id
        self.nodelist = inside

    def render(self, context: Any) -> SafeString:
        """Return the sentence, then the mark."""
        return format_html("{}{}", SafeString(self.nodelist.render(context)), mark(self.card_id))


@register.tag("claim")
def claim(parser: Parser, token: Token) -> ClaimNode:
    """Bind what stands between claim and endclaim to a card. The card must exist when the template is loaded."""
    parts = token.split_contents()
    if len(parts) != 2 or parts[1][0] not in "\"'" or parts[1][-1] != parts[1][0]:
        raise TemplateSyntaxError('claim takes one card id in quotes, such as {% claim "gale-2006" %}')
    card_id = parts[1][1:-1]
    if card_id not in cards.all_cards():
        raise TemplateSyntaxError(f"claim names the card {card_id!r}, which does not exist")
    inside = parser.parse(("endclaim",))
    parser.delete_first_token()
    return ClaimNode(card_id, inside)


@register.filter
def carded(sentence: str) -> SafeString:
    """Return a sentence in the reader's language, with the mark of its card when it makes a claim."""
    found = cards.card_of(sentence)
    return format_html("{}{}", conditional_escape(told(sentence)), mark(found) if found else "")
