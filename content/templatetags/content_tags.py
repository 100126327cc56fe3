"""Tags that only this app's templates need."""

import json

from django import template
from django.template.defaultfilters import truncatewords
from django.utils.safestring import mark_safe

from content.wording import plain

register = template.Library()

# Editor text may hold “</script>”; escaped like this, no HTML parser sees a tag, and JSON reads the same text.
JSON_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.simple_tag
def json_ld(data):
    """A dict as an inert <script type="application/ld+json"> block."""
    text = json.dumps(data, ensure_ascii=False).translate(JSON_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


@register.filter
def first_words(record):
    """How a row of a page's form begins, to find it while it is folded; "" for rows that say it in their name."""
    texts = (getattr(record, name, "") for name in ("body", "text", "meaning", "do"))
    return truncatewords(plain(next((text for text in texts if text), "")), 9)
