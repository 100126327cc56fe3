"""The part of the publish gate that asks for the emergency card: never “none” where bodies are moved. Pure."""

import re

from django.utils.translation import gettext as _

from content.anatomy import ALWAYS_WITH_CARD, Layout, PageKind
from content.errors import Problem
from content.states import FlagGroup

# Word beginnings that make a page one about a spine, exercise, manual therapy or an operation (medical-facts: such a
# page never goes without its card). English, then Spanish.
TOPICS = (
    *("exercis", "stretch", "strengthen", "workout", "yoga", "pilates", "gym", "deadlift", "squat"),
    *("manual therap", "massage", "manipulation", "mobilization", "chiropract", "traction", "dry needling"),
    *("surger", "surgical", "before your operation", "after your operation", "fusion", "discectom", "laminectom"),
    *("spine", "spinal", "sciatica", "stenosis", "herniat", "slipped dis", "back pain", "neck pain", "leg pain"),
    *("physical therap", "physiotherap", "rehab", "prehab"),
    *("ejercici", "estiramient", "masaje", "terapia manual", "cirug", "columna", "ciátic", "dolor de espalda"),
)
TOPIC = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, TOPICS))})", re.IGNORECASE)


def card_problems(data, *, flag_groups, spine_pages, layout_of):
    """Whether the page shows at least one live emergency sign, or may and does say that it needs none.

    `flag_groups` maps keys of live signs to their group, `spine_pages` are the ids of conditions and treatments.
    """
    groups = {flag_groups.get(key) for key in data["flags"]}
    if not data["no_emergency_card"]:
        if FlagGroup.EMERGENCY not in groups:
            yield Problem(
                "red_flags",
                _("Choose at least one published emergency sign, or tick that the page needs no emergency card."),
            )
        return
    if data["kind"] in ALWAYS_WITH_CARD or any(layout_of(data, row) == Layout.MOVEMENTS for row in data["sections"]):
        yield Problem("no_emergency_card", _("This kind of page always needs its emergency card. Take the tick away."))
    elif word := card_topic(data):
        yield Problem(
            "no_emergency_card",
            _("A page about “%(word)s” always needs its emergency card. Take the tick away.") % {"word": word},
        )
    elif data["kind"] == PageKind.ARTICLE and spine_pages.intersection(data["related"]):
        yield Problem(
            "no_emergency_card",
            _("An article that leads on to a condition or treatment needs its emergency card. Take the tick away."),
        )
    if FlagGroup.EMERGENCY in groups:
        yield Problem(
            "no_emergency_card", _("The page has emergency signs and says that it needs no card. Change one of them.")
        )


def card_topic(data):
    """The words that say the page is about a spine, exercise, manual therapy or an operation, or "".

    Of an article: its names, series, search words and headings; of a practical page only its names. The glossary
    explains such words and treats nobody.
    """
    if data["kind"] not in (PageKind.ARTICLE, PageKind.INFO):
        return ""
    for text in _names(data) + (_article_texts(data) if data["kind"] == PageKind.ARTICLE else []):
        if found := TOPIC.search(text):
            end = re.compile(r"\w*").match(text, found.end()).end()
            return text[found.start() : end]
    return ""


def _names(data):
    return [data["title"], data["medical_name"], data["slug"].replace("-", " ")]


def _article_texts(data):
    return [data["own"]["series"], data["search_words"], *(section["heading"] for section in data["sections"])]
