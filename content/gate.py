"""The publish gate: what must be true before patients read a page. Pure rules over the values of content/drafts.py.

It blocks publishing, never saving. Each problem is one plain sentence with the field of the form it belongs to:
`title`, `sections-3-body` (the fourth section), `sources-0-year`, `rated_treatments-1-text`.
"""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from content.anatomy import DRAWINGS, SECTIONS, Layout, PageKind, Rating, section_kind
from content.errors import Problem
from content.gate_cards import card_problems
from content.gate_pictures import picture_problems
from content.gate_texts import heading_problems, link_problems
from content.states import FlagGroup, Region
from content.wording import (
    EMERGENCY_TOKEN,
    PHONE_TOKEN,
    cited_numbers,
    has_typed,
    is_blank,
    lines,
    plain,
    shown_or_dialed,
)

MIN_SEARCH_DESCRIPTION = 50  # characters
# Where else than in sections a page shows words.
PAGE_TEXTS = ("title", "medical_name", "tagline", "summary", "search_description")
OWN_TEXTS = ("also_called", "good_for", "feels_like", "visits", "done_by", "cost_note", "key_points")
SECTION_TEXTS = ("heading", "unlikely_if", "do", "dont", "number_text", "number_note", "caption")
TERM_TEXTS = ("name", "also", "meaning")
MOVEMENT_TEXTS = ("name", "leave_out_if", "why", "swap_for", "fine_again")
# Practical pages and definitions state no medical claim of their own.
WITHOUT_SOURCES = {PageKind.INFO, PageKind.GLOSSARY}
# Right above the emergency card or in it: the clinic's own phone may not stand there (design.md).
BESIDE_CARD = ("title", "medical_name", "tagline", "summary")


YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Facts:
    """What the rules need to know beside the page itself.

    `flag_groups` maps the keys of live warning signs to their group; `emergency_number` and `clinic_phone` are digits
    (the phone in its national form), empty when unknown; `address_is_free` is false when the page's address leads to
    another part of the site or to another live page. `broken_links` are the problems of links within the site.
    """

    flag_groups: dict = field(default_factory=dict)
    emergency_number: str = ""
    clinic_phone: str = ""
    address_is_free: bool = True
    spine_pages: frozenset = frozenset()
    broken_links: tuple = ()


def page_problems(data, facts):
    """Every reason why this draft may not be published, those of one rule together. None: it may."""
    return [
        *_basics(data, facts),
        *_own_fields(data),
        *card_problems(data, flag_groups=facts.flag_groups, spine_pages=facts.spine_pages, layout_of=_layout),
        *_sections(data),
        *picture_problems(data, facts),
        *_sources(data),
        *_rated_treatments(data),
        *_movements(data),
        *_terms(data),
        *_citations(data),
        *_numbers(data, facts),
        *heading_problems(data, _layout),
        *link_problems(data),
        *facts.broken_links,
    ]


def library_problems(flags, *, facts, pages):
    """Every reason why these warning signs may not be published.

    `flags` are dicts of content.safety.Flag, `pages` (title, keys, needs a card) of every live page.
    """
    problems = []
    emergency = {flag["key"] for flag in flags if flag["group"] == FlagGroup.EMERGENCY}
    if not emergency:
        problems.append(Problem("group", _("Keep at least one emergency sign.")))
    for flag in flags:
        name = flag["key"]
        if is_blank(flag["text"]):
            problems.append(Problem("text", _("The sign “%(name)s” has no words.") % {"name": name}))
        if "all of the following" in flag["text"].lower():
            problems.append(
                Problem("text", _("In “%(name)s”: any one sign is enough, never “all of them”.") % {"name": name})
            )
        if PHONE_TOKEN in flag["text"] or has_typed(flag["text"], facts.emergency_number, facts.clinic_phone):
            problems.append(Problem("text", _("Take the phone number out of “%(name)s”.") % {"name": name}))
    problems.extend(
        Problem("group", _("The live page “%(title)s” would be left without an emergency sign.") % {"title": title})
        for title, keys, needs_card in pages
        if needs_card and not emergency.intersection(keys)
    )
    return problems


def _basics(data, facts):
    if is_blank(data["title"]):
        yield Problem("title", _("Give the page a title."))
    if is_blank(data["slug"]):
        yield Problem("slug", _("Give the page an address."))
    elif not facts.address_is_free:
        yield Problem("slug", _("This address is taken by another part of the site. Choose another one."))
    if is_blank(data["summary"]):
        yield Problem("summary", _("Write the opening lines: what it is, how it usually goes, what matters most."))
    if is_blank(data["search_description"]):
        yield Problem("search_description", _("Write the description that search engines show."))
    elif len(data["search_description"].strip()) < MIN_SEARCH_DESCRIPTION:
        yield Problem("search_description", _("The description for search engines needs at least 50 characters."))


def _own_fields(data):
    own = data["own"]
    if data["kind"] == PageKind.CONDITION and own["region"] not in Region.values:
        yield Problem("region", _("Say where it hurts: the list of conditions is ordered by it."))
    if data["kind"] == PageKind.CONDITION and own["also_region"] == own["region"] != "":
        yield Problem("also_region", _("The second place must be another one than the first."))
    if data["kind"] == PageKind.TREATMENT and own["rating"] not in Rating.values:
        yield Problem("rating", _("Say how sure we are that this treatment helps."))


def _sections(data):
    kinds = SECTIONS[PageKind(data["kind"])]
    seen = {}
    for index, section in enumerate(data["sections"]):
        kind = _kind(data, section)
        if kind is None:
            yield Problem(f"sections-{index}-key", _("This kind of page has no such part."))
            continue
        if section["key"] in seen and not kind.repeats:
            yield Problem(f"sections-{index}-key", _("“%(name)s” is there twice.") % {"name": kind.heading})
        seen.setdefault(section["key"], index)
        yield from _section(index, section, kind, data)
    for kind in kinds:
        if kind.required and kind.key not in seen:
            yield Problem("sections", _("The part “%(name)s” is missing.") % {"name": kind.heading})
    free = next((kind for kind in kinds if kind.repeats), None)
    if free and not any(section["key"] == free.key for section in data["sections"]):
        yield Problem("sections", _("Write at least one section with a heading of its own."))


def _section(index, section, kind, data):
    name = section["heading"] or kind.heading
    if kind.repeats and is_blank(section["heading"]):
        yield Problem(f"sections-{index}-heading", _("Give this section a heading."))
    if not _has_content(section, kind.layout, data):
        column = "do" if kind.layout == Layout.DO_DONT else "body"
        if kind.key == "contraindications":
            text = _("Say who should not have it. If nobody is known, write “None known.”")
        else:
            text = _("“%(name)s” is empty. Write it, or remove the section.") % {"name": name or section["key"]}
        yield Problem(f"sections-{index}-{column}", text)
    if section["number"] is not None and is_blank(section["number_text"]):
        yield Problem(f"sections-{index}-number_text", _("Say what happened to that many people in 100."))
    if section["number"] is not None and is_blank(section["number_note"]):
        yield Problem(f"sections-{index}-number_note", _("Say who the 100 people were, with the source."))
    if section["drawing"] and section["drawing"] not in DRAWINGS:
        yield Problem(f"sections-{index}-drawing", _("There is no such drawing."))
    elif section["drawing"] and is_blank(section["caption"]):
        yield Problem(f"sections-{index}-caption", _("Say what to conclude from the drawing."))


def _has_content(section, layout, data):
    if layout == Layout.DO_DONT:
        return bool(lines(section["do"]) or lines(section["dont"]))
    if layout == Layout.RATED and data["rated_treatments"]:
        return True
    if layout == Layout.MOVEMENTS:
        return bool(data["movements"])
    if layout == Layout.TERMS:
        return bool(data["terms"])
    return not is_blank(plain(section["body"]))


def _sources(data):
    if data["kind"] not in WITHOUT_SOURCES and not any(YEAR.search(source["year"]) for source in data["sources"]):
        field_name = "sources-0-year" if data["sources"] else "sources"
        yield Problem(field_name, _("Name at least one source with its year."))
    numbers = set()
    for index, source in enumerate(data["sources"]):
        if source["number"] in numbers:
            yield Problem(
                f"sources-{index}-number", _("Two sources have the number %(number)s.") % {"number": source["number"]}
            )
        numbers.add(source["number"])
        if is_blank(source["citation"]):
            yield Problem(f"sources-{index}-citation", _("Say which source this is."))


def _rated_treatments(data):
    for index, rated in enumerate(data["rated_treatments"]):
        if rated["rating"] not in Rating.values:
            yield Problem(
                f"rated_treatments-{index}-rating",
                _("Say how sure we are that “%(name)s” helps.") % {"name": rated["name"]},
            )
        if is_blank(plain(rated["text"])):
            yield Problem(
                f"rated_treatments-{index}-text", _("Say what is known about “%(name)s”.") % {"name": rated["name"]}
            )


def _movements(data):
    for index, movement in enumerate(data["movements"]):
        for column in MOVEMENT_TEXTS:
            if is_blank(movement[column]):
                yield Problem(
                    f"movements-{index}-{column}",
                    _("“%(name)s” needs when to leave it out, why, what instead and when it is fine again.")
                    % {"name": movement["name"]},
                )
                break


def _terms(data):
    for index, term in enumerate(data["terms"]):
        if is_blank(term["meaning"]):
            yield Problem(f"terms-{index}-meaning", _("Say what “%(name)s” means.") % {"name": term["name"]})


def _citations(data):
    known = {source["number"] for source in data["sources"]}
    for name, text in _texts(data):
        for number in dict.fromkeys(cited_numbers(text)):
            if number not in known:
                yield Problem(name, _("The text cites [%(number)s], but there is no such source.") % {"number": number})


def _numbers(data, facts):
    for name, text in _texts(data):
        if has_typed(text, facts.emergency_number, ""):
            yield Problem(
                name, _("Write %(token)s instead of the emergency number itself.") % {"token": EMERGENCY_TOKEN}
            )
        if has_typed(text, "", facts.clinic_phone):
            yield Problem(name, _("Write %(token)s instead of the clinic's phone number.") % {"token": PHONE_TOKEN})
        if name in BESIDE_CARD and PHONE_TOKEN in text:
            yield Problem(name, _("The clinic's phone may not stand right above the emergency card."))


def _texts(data):
    """(field, plain text) of everything that a reader sees and an editor wrote, sources apart."""
    yield from ((name, data[name]) for name in PAGE_TEXTS)
    yield from ((name, data["own"][name]) for name in OWN_TEXTS if name in data["own"])
    for index, section in enumerate(data["sections"]):
        yield f"sections-{index}-body", shown_or_dialed(section["body"])
        yield from ((f"sections-{index}-{name}", section[name]) for name in SECTION_TEXTS)
    for index, rated in enumerate(data["rated_treatments"]):
        yield f"rated_treatments-{index}-name", rated["name"]
        yield f"rated_treatments-{index}-text", shown_or_dialed(rated["text"])
    for index, movement in enumerate(data["movements"]):
        yield from ((f"movements-{index}-{name}", movement[name]) for name in MOVEMENT_TEXTS)
    for index, term in enumerate(data["terms"]):
        yield from ((f"terms-{index}-{name}", term[name]) for name in TERM_TEXTS)


def _kind(data, section):
    try:
        return section_kind(data["kind"], section["key"])
    except KeyError:
        return None


def _layout(data, section):
    kind = _kind(data, section)
    return kind.layout if kind else None
