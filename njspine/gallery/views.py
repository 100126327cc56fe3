"""/_components/: every component in every state on one page. For whoever builds the site: with DEBUG alone."""

import re

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from clinic.site import site_of
from njspine.gallery.examples import sections

NAMES = re.compile(r'(?<= )(id|for|aria-labelledby|aria-describedby)="([^"]+)"')
# Left as they are, several alerts would fight for the focus.
TAKES_FOCUS = " autofocus"
# A page has one title, and here it is the gallery's own; below each example's name, of level 3, comes level 4.
TITLE, BELOW_NAME = re.compile(r"<h1\b"), '<h1 aria-level="4"'


@require_safe
def gallery(request):
    if not settings.DEBUG:
        raise Http404
    shown = []
    for number, (title, examples) in enumerate(sections(site_of(request))):
        parts = [
            (example.name, apart(render_to_string(example.template, example.context, request), f"g{number}-{n}-"))
            for n, example in enumerate(examples)
        ]
        shown.append((f"part-{number}", title, parts))
    response = render(request, "gallery/gallery.html", {"shown": shown})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def apart(html, prefix):
    """The HTML of one example with ids of its own, so that two of a kind can stand on one page.

    A title in it becomes a heading below the example's name.
    """
    html = NAMES.sub(lambda m: f'{m[1]}="{" ".join(prefix + name for name in m[2].split())}"', html)
    html = re.sub(r'(href="|url\()#(?=[\w-])', rf"\1#{prefix}", html).replace(TAKES_FOCUS, "")
    html = TITLE.sub(BELOW_NAME, html)
    return mark_safe(html)  # noqa: S308  rendered by our own templates, which have escaped it
