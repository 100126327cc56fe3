"""Words of the glossary inside a text: each opens in place where a page first uses it. Pure, over plain values.

No hover, no script: the word is a link to its meaning, which stands in a <details> right after the paragraph or list.
Browsers open it when the link is followed; where one does not, the summary below the paragraph does the same.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.utils.html import escape
from django.utils.text import slugify
from django.utils.translation import gettext as _

from content.wording import TAG, is_blank

# More would make a page look like a dictionary, and every one of them is a stop in a sentence.
MOST_IN_SECTION = 2
MOST_ON_PAGE = 8
# Elements whose words stay as they are: a link in a link is no HTML, a heading is for finding, a citation is a number.
UNTOUCHED = frozenset({"a", "h3", "h4", "sup"})
BLOCKS = frozenset({"p", "ul", "ol", "li", "h3", "h4"})
TAG_NAME = re.compile(r"</?([a-z0-9]+)")
OTHER_LETTER = "#"


@dataclass(frozen=True)
class Term:
    """A word with its other forms. `id` is unique in its glossary: the anchor of its meaning on any page."""

    id: str
    name: str
    also: tuple[str, ...]
    meaning: str

    @property
    def forms(self):
        return (self.name, *self.also)


def terms_of(rows):
    """Terms of the `terms` rows of content/drafts.py; those without a word or a meaning are left out."""
    terms, ids = [], set()
    for row in rows:
        if is_blank(row["name"]) or is_blank(row["meaning"]):
            continue
        wanted = f"word-{slugify(row['name']) or len(terms) + 1}"
        name = wanted
        while name in ids:
            name += "-x"
        ids.add(name)
        also = tuple(form.strip() for form in row["also"].split(",") if not is_blank(form))
        terms.append(Term(name, row["name"].strip(), also, row["meaning"].strip()))
    return tuple(terms)


def alphabet(terms):
    """[(letter, terms)] from A to Z by their first letter without accents; digits and other scripts under “#”, last."""
    ordered = sorted(terms, key=lambda term: (_letter(term) == OTHER_LETTER, _letter(term), term.name.casefold()))
    return [(letter, tuple(group)) for letter, group in groupby(ordered, key=_letter)]


class Marker:
    """Marks the first use of each term on one page. Make a new one for every page.

    `own_names` are what the page itself explains: its title is not a word to look up. `meaning_html(term)` gives safe
    HTML without blocks.
    """

    def __init__(self, terms, *, own_names=(), meaning_html):
        own = {name.casefold() for name in own_names}
        self.terms = tuple(term for term in terms if not own & {form.casefold() for form in term.forms})
        self.pattern, self.term_of_group = _pattern(self.terms)
        self.meaning_html = meaning_html
        self.used = set()

    def mark(self, html):
        """The safe HTML of one section with its first terms as links, their meanings after the block they stand in."""
        if not self.terms:
            return html
        parts, found, block_found = [], [], []
        open_blocks = untouched = position = 0
        for tag in TAG.finditer(html):
            parts.append(self._mark_text(html[position : tag.start()], untouched, found, block_found))
            parts.append(tag.group())
            position = tag.end()
            name = TAG_NAME.match(tag.group())[1]
            step = -1 if tag.group().startswith("</") else 1
            untouched += step * (name in UNTOUCHED)
            open_blocks += step * (name in BLOCKS)
            if open_blocks == 0 and block_found:
                parts += map(self._explanation, block_found)
                block_found.clear()
        parts.append(self._mark_text(html[position:], untouched, found, block_found))
        return "".join([*parts, *map(self._explanation, block_found)])

    def _mark_text(self, text, untouched, found, block_found):
        if untouched:
            return text

        def link(match):
            term = self.term_of_group[match.lastindex - 1]
            if term.id in self.used or len(found) >= MOST_IN_SECTION or len(self.used) >= MOST_ON_PAGE:
                return match.group()
            self.used.add(term.id)
            found.append(term)
            block_found.append(term)
            return f'<a class="word-link" href="#{term.id}">{match.group()}</a>'

        return self.pattern.sub(link, text)

    def _explanation(self, term):
        question = escape(_("What does “%(word)s” mean?") % {"word": term.name})
        meaning = self.meaning_html(term)
        return f'<details class="word"><summary>{question}</summary><p id="{term.id}">{meaning}</p></details>'


@lru_cache(maxsize=64)
def _pattern(terms):
    """(pattern, the term of each of its groups): whole words in escaped text, the longest form first."""
    forms = [(_as_in_html(form), term) for term in terms for form in term.forms]
    forms.sort(key=lambda pair: (pair[0][0].lower(), -len(pair[0])))
    # Tried by first letter: a page has thousands of words, a glossary hundreds of forms.
    letters = groupby(forms, key=lambda pair: pair[0][0].lower())
    branches = (
        f"(?=(?i:{re.escape(letter)}))(?:{'|'.join(f'({_form_pattern(form)})' for form, _term in group)})"
        for letter, group in letters
    )
    # Part of a word, of a hyphenated word or of an entity like &amp; is no use of the term.
    pattern = re.compile(rf"(?<![\w&-])(?:{'|'.join(branches)})(?![\w-])")
    return pattern, [term for _form, term in forms]


def _form_pattern(form):
    pattern = re.sub(r"['’]", "['’]", r"\s+".join(map(re.escape, form.split())))
    # An abbreviation is a word only in capitals: “US” is a picture made with sound, “us” is not.
    return pattern if form.isupper() else f"(?i:{pattern})"


def _as_in_html(form):
    return form.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _letter(term):
    first = unicodedata.normalize("NFKD", term.name)[0].upper()
    return first if "A" <= first <= "Z" else OTHER_LETTER
