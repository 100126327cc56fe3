"""The part of the publish gate that reads rich text: headings in order, links that say where they lead. Pure."""

import re

from django.utils.translation import gettext as _

from content.anatomy import Layout
from content.errors import Problem
from content.wording import is_blank, plain, words_of

HEADING = re.compile(r"<(h[34])>(.*?)</\1>", re.DOTALL)
LINK = re.compile(r'<a(?: href="([^"]*)")?>(.*?)</a>', re.DOTALL)
BARE_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# What a link says when it says nothing: people who hear a page hear its links one after the other.
EMPTY_WORDS = {
    "en": (
        *("click here", "click", "here", "press here", "tap here", "see here", "go here", "click this link"),
        *("more", "read more", "learn more", "find out more", "see more", "more info", "more information", "details"),
        *("this", "this link", "link", "this page", "page", "this article", "this site", "website", "go", "continue"),
    ),
    "es": (
        *("haga clic aquí", "haz clic aquí", "clic aquí", "aquí", "pulse aquí", "más", "leer más", "ver más"),
        *("más información", "este enlace", "enlace", "esta página", "página", "siga", "continuar"),
    ),
}
SAYS_NOTHING = frozenset(words for language in EMPTY_WORDS.values() for words in language)


def rich_texts(data):
    """(field, section or None, sanitised HTML) of every rich text of a draft."""
    for index, section in enumerate(data["sections"]):
        yield f"sections-{index}-body", section, section["body"]
    for index, rated in enumerate(data["rated_treatments"]):
        yield f"rated_treatments-{index}-text", None, rated["text"]


def links_of(html):
    """(address, words) of every link of sanitised rich text."""
    return [(address.replace("&amp;", "&"), plain(words)) for address, words in LINK.findall(html)]


def heading_problems(data, layout_of):
    """Headings that are empty, skip a level, or stand where only a few words may stand.

    `layout_of(data, section)` is the section's Layout, or None. A section's own heading is the level above h3.
    """
    for name, section, html in rich_texts(data):
        headings = [(tag, plain(words)) for tag, words in HEADING.findall(html)]
        if any(is_blank(words) for _tag, words in headings):
            yield Problem(name, _("There is a heading without words. Write it, or take it out."))
        elif headings and (section is None or layout_of(data, section) == Layout.CARE):
            yield Problem(
                name, _("The heading “%(words)s” may not stand here. Make it plain text.") % {"words": headings[0][1]}
            )
        elif headings and headings[0][0] == "h4":
            yield Problem(
                name,
                _("“%(words)s” is a small heading without a larger one above it. Make it the larger kind.")
                % {"words": headings[0][1]},
            )


def link_problems(data):
    """Links without an address, without words, or with words that do not say where they lead."""
    for name, _section, html in rich_texts(data):
        for address, words in links_of(html):
            said = words_of(words)
            if is_blank(words):
                yield Problem(name, _("A link has no words. Write them, or take the link out."))
            elif address in ("", "#", "/#"):
                yield Problem(name, _("The link “%(words)s” leads nowhere. Give it an address.") % {"words": words})
            elif said in SAYS_NOTHING or not said:
                yield Problem(
                    name,
                    _("The link “%(words)s” does not say where it leads. Put the link on words that do.")
                    % {"words": words},
                )
            elif BARE_ADDRESS.fullmatch(words):
                yield Problem(
                    name,
                    _("The link shows its address, “%(words)s”. Put the link on words that say what is there.")
                    % {"words": f"{words[:40]}…" if len(words) > 40 else words},
                )
