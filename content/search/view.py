"""/search/?q=: what somebody typed is literal text everywhere, is never logged, and leaves with the answer."""

import logging

from django.db import DatabaseError
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clinic.site import site_of
from content.anatomy import PageKind
from content.listing import conditions
from content.rendering import emergency_card
from content.safety import live_library
from content.search.alarm import alarm
from content.search.documents import PERSON, PLACE, SITE, TERM
from content.search.finding import Answer, search, search_url
from content.search.misses import count_miss, countable
from content.search.text import MOST_CHARACTERS, clean, cut
from content.states import FlagGroup
from content.views import LANGUAGE

logger = logging.getLogger(__name__)

KINDS = {
    PageKind.CONDITION: _("Condition"),
    PageKind.TREATMENT: _("Treatment"),
    PageKind.ARTICLE: _("Article"),
    PageKind.INFO: _("Practical information"),
    PageKind.GLOSSARY: _("Glossary"),
    TERM: _("What a word means"),
    SITE: _("Page of this site"),
    PLACE: _("Location"),
    PERSON: _("Our team"),
}


@require_safe
def search_page(request):
    typed = request.GET.get("q", "")
    site = site_of(request)
    danger, answer = _danger_and_answer(typed, site)
    query, is_danger = answer.query, _is_grave(danger)
    if query and not answer.total and not is_danger and _was_searched_here(request):
        _count(query, site.today)
    context = {
        "crumbs": [(_("Home"), reverse("home")), (_("Search"), reverse("content:search"))],
        "query": query,
        "most_characters": MOST_CHARACTERS,
        "answer": answer,
        "results": [(KINDS[result.kind], result) for result in answer.results],
        "suggestion_url": search_url(answer.suggestion),
        "conditions": () if answer.results else conditions(),
        "crisis": danger.is_crisis,
        "card": _card(danger) if danger.is_emergency else None,
        "same_day": _same_day(danger) if danger.is_same_day and not is_danger else (),
        "hide_phone_on_small": is_danger,
    }
    response = render(request, "content/search.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _danger_and_answer(typed, site):
    """(the Alarm, the Answer). With danger, the page of emergency signs is the first result.

    What was typed is asked first, all of it and as it stands: nothing after that may cost anybody the card. What it was
    corrected to is asked too, for words that are misspelled beyond what the alarm itself understands.
    """
    danger = alarm(clean(typed))
    try:
        answer = _search(typed, site, danger)
        if answer.corrected and not _is_grave(danger) and _is_grave(alarm(answer.corrected)):
            danger = alarm(answer.corrected)
            answer = _search(typed, site, danger)
    except Exception:
        if not _is_grave(danger):
            raise
        logger.exception("search failed beside an emergency card")
        answer = Answer(query=cut(typed)[0])
    return danger, answer


def _search(typed, site, danger):
    first = reverse("content:get_help_now") if _is_grave(danger) else ""
    return search(typed, site=site, language=LANGUAGE, first=first)


def _is_grave(danger):
    return danger.is_emergency or danger.is_crisis


def _card(danger):
    """The emergency card of the live signs that were named, those first, and of the signs of the same areas."""
    signs = live_library().of_group(FlagGroup.EMERGENCY)
    named = [sign for sign in signs if sign.key in danger.emergency]
    areas = {sign.area for sign in named}
    return emergency_card(
        [*named, *(sign for sign in signs if sign.area in areas and sign not in named)], by_area=False
    )


def _same_day(danger):
    return live_library().pick(danger.same_day, FlagGroup.SAME_DAY)


def _was_searched_here(request):
    """Whether a person sent our own box just now: no HEAD, no fetch ahead of a click, no link on another's page.

    Browsers say so themselves, and scripts cannot make them lie; a program that can leaves counters up by a little.
    """
    return (
        request.method == "GET"
        and request.headers.get("Sec-Fetch-Site") == "same-origin"
        and not any(name in request.headers for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    )


def _count(query, today):
    # A GET that writes: a counter, and nothing that anybody could want to happen or not to happen.
    plain = countable(query)
    if not plain:
        return
    try:
        count_miss(plain, today=today)
    except DatabaseError as error:
        logger.warning("a search without a result was not counted: %s", type(error).__name__)
