"""One search: from what somebody typed to results in order, in a fixed number of queries."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from content.search.lexicon import lexicon
from content.search.question import literal, question
from content.search.quotes import Quote, quote
from content.search.ranking import rarities, scores, with_title
from content.search.reading import Index
from content.search.spelling import corrected
from content.search.text import cut, words

MOST_RESULTS = 15
MOST_RANKED = 60  # of which the titles are read
LEAST_SHARE = 0.12  # of the best result's score: what is below only mentions it
ALWAYS = 3  # results are shown, however far behind the best they are


@dataclass(frozen=True)
class Result:
    """One line of the list. `section_url` leads to the part of the page that answers; empty when none does."""

    kind: str
    title: str
    url: str
    tagline: str
    quote: Quote

    @property
    def section_url(self):
        return f"{self.url}#{self.quote.section_id}" if self.quote.section_id else ""


@dataclass(frozen=True)
class Answer:
    """What a search found.

    `query` is what was typed, cleaned and cut; `corrected` what was searched instead, empty when that was not needed;
    `suggestion` words that would find something, when nothing was found; `unknown` typed words that no text has.
    `total` counts all results, `results` are those to show.
    """

    query: str = ""
    was_cut: bool = False
    corrected: str = ""
    suggestion: str = ""
    unknown: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    total: int = 0


def search(typed, *, site, language, first="", most=MOST_RESULTS):
    """The Answer to what somebody typed: seven queries beside those of `site` (clinic.site.Site), one
    more when the index changed since this process read its words, and one more to suggest others.

    `first` is the address of a page of the site that comes before all others, whatever the words say.
    """
    query, was_cut = cut(typed)
    if not words(query):
        return Answer(query=query, was_cut=was_cut)
    index = Index(site=site, language=language)
    spelled = _spelled(query, index)
    asked = _question(spelled)
    postings = index.postings(asked.stems)
    ranked = _ranked(asked, postings, index)
    if first:
        page = index.site_page(first)
        ranked = [page, *(key for key in ranked if key != page)]
    return Answer(
        query=query,
        was_cut=was_cut,
        corrected=spelled if spelled != query else "",
        suggestion="" if ranked else _suggestion(query, index),
        unknown=tuple(concept.typed for concept in asked.concepts if not concept.stems & postings.keys()),
        results=tuple(_results(ranked[:most], asked, postings, index)),
        total=len(ranked),
    )


def search_url(query):
    return f"{reverse('content:search')}?{urlencode({'q': query})}"


def _question(query):
    typed = words(query)
    asked = question(typed, lexicon())
    return asked if asked.concepts else literal(typed)


def _spelled(query, index, *, loose=False):
    """The query with known words in the place of unknown ones that are close to them."""
    parts, position = [], 0
    for word in words(query):
        if lexicon().is_stop(word) or index.vocabulary.knows(word) or word.text in lexicon().vocabulary:
            continue
        better = corrected(word.text, index.vocabulary, lexicon().vocabulary, never=lexicon().stop, loose=loose)
        if better:
            parts += [query[position : word.start], better]
            position = word.end
    return "".join([*parts, query[position:]])


def _suggestion(query, index):
    spelled = _spelled(query, index, loose=True)
    return spelled if spelled != query and index.postings(_question(spelled).stems) else ""


def _ranked(asked, postings, index):
    """Keys of the documents that answer, best first, without those that hardly do."""
    best = scores(asked, postings, index.vocabulary.total)
    heads = index.heads({score.document for score in best[:MOST_RANKED]})
    valued = []
    for score in best:
        head = heads.get(score.document)
        value = score.value * 0.5 if head is None else with_title(score, asked, head.kind, _telling(head.title))
        valued.append((-value, score.document))
    valued.sort()
    least = LEAST_SHARE * valued[0][0] if valued else 0
    return [key for place, (value, key) in enumerate(valued) if place < ALWAYS or value <= least]


def _results(keys, asked, postings, index):
    heads, passages = index.heads(keys), index.passages(keys)
    worth = rarities(asked, postings, index.vocabulary.total)
    for key in keys:
        # Whoever takes a page off the site meanwhile takes it out of this list too.
        if key in heads and key in passages:
            head = heads[key]
            stems = set(_telling(head.title))
            found = quote(passages[key], asked, rarity=worth, title_stems=stems)
            yield Result(head.kind, head.title, head.url, head.tagline, found)


def _telling(title):
    """Stems of what a title is about, in their order."""
    return [word.stem for word in words(title) if not lexicon().is_stop(word)]
