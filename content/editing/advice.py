"""What is worth another look before patients read a page. It never blocks publishing. Pure, English only.

Like the problems of content/gate.py: one sentence each, with the field of the form it belongs to. Words in quotation
marks are somebody else's and are left alone; so is a promise that the text asks about or takes back (“no cure”).
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.anatomy import PageKind
from content.editing.plain_words import BLAME_WORDS, EASE_WORDS, MEDICAL_WORDS, NEGATIONS, PROMISE_WORDS
from content.errors import Problem
from content.gate_pictures import picture_advice
from content.gate_texts import links_of, rich_texts
from content.reading_level import SENTENCE_END, WORD, page_reading_level, reading_level
from content.wording import CITATION, lines, plain

MOST_WORDS = 20  # in a sentence
MOST_SENTENCES = 3  # in a paragraph
HARDEST_GRADE = 8  # US school years (Flesch-Kincaid)
FEWEST_WORDS_FOR_A_GRADE = 60  # shorter texts swing by several grades
BEFORE_WORDS = 45  # characters before a word in which a “not” turns it round
PARAGRAPH = re.compile(r"<(p|li|h3|h4)>(.*?)(?=</?(?:p|li|ul|ol|h3|h4)>|\Z)", re.DOTALL)
FULL_STOP = re.compile(r"(?<=[.!?])[”\")]*\s+")
END_OF_SENTENCE = re.compile(r"[.!?\n]|$")
BOLD_LINE = re.compile(r"<p><(?:strong|b)>([^<]{1,90}[^<.:!?\s])</(?:strong|b)></p>(?=<(?:p|ul|ol)>)")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’(?!\w)")
# Pages that menus and footers lead to.
LINKED_BY_MENUS = {PageKind.INFO, PageKind.GLOSSARY}


@dataclass(frozen=True)
class AdviceFacts:
    """`terms` are all words and forms of the live glossary, `dead_links` addresses of other sites that do not answer.

    `is_linked` is false when no live page leads to this one.
    """

    terms: frozenset = frozenset()
    dead_links: frozenset = frozenset()
    is_linked: bool = True


def page_advice(data, facts):
    """Everything worth a look in a draft (the values of content/drafts.py), field by field as in the form."""
    found = [
        *_sentences(data),
        *_paragraphs(data),
        *_grade(data),
        *_words(data),
        *_jargon(data, facts.terms),
        *_headings(data),
        *picture_advice(data),
        *_dead_links(data, facts.dead_links),
        *_nowhere(data, facts),
    ]
    order = {name: place for place, (name, _blocks) in enumerate(_texts(data))}
    return sorted(found, key=lambda advice: order.get(advice.field, len(order)))


def _texts(data):
    """(field, paragraphs of plain text) of everything that a reader reads as running text."""
    own = data["own"]
    yield "title", [data["title"]]
    yield "tagline", [data["tagline"]]
    yield "summary", lines(data["summary"])
    for name in ("key_points", "good_for", "feels_like", "visits", "cost_note"):
        if name in own:
            yield name, lines(own[name])
    for index, section in enumerate(data["sections"]):
        yield f"sections-{index}-heading", [section["heading"]]
        yield f"sections-{index}-body", _blocks(section["body"])
        for name in ("unlikely_if", "do", "dont", "number_text", "caption"):
            yield f"sections-{index}-{name}", lines(section[name])
    for index, rated in enumerate(data["rated_treatments"]):
        yield f"rated_treatments-{index}-text", _blocks(rated["text"])
    for index, movement in enumerate(data["movements"]):
        for name in ("leave_out_if", "why", "swap_for", "fine_again"):
            yield f"movements-{index}-{name}", lines(movement[name])
    for index, term in enumerate(data["terms"]):
        yield f"terms-{index}-meaning", lines(term["meaning"])


def _blocks(html):
    return [plain(words) for _tag, words in PARAGRAPH.findall(html)] or [plain(html)]


def _sentences_of(paragraph):
    return [part.strip() for part in SENTENCE_END.split(CITATION.sub("", paragraph)) if WORD.search(part)]


def _sentences(data):
    for name, paragraphs in _texts(data):
        lengths = [
            (len(WORD.findall(sentence)), sentence)
            for paragraph in paragraphs
            for sentence in _sentences_of(QUOTED.sub("", paragraph))
        ]
        long = [entry for entry in lengths if entry[0] > MOST_WORDS]
        if long:
            count, sentence = max(long, key=lambda entry: entry[0])
            text = ngettext(
                "A sentence of %(words)s words is hard to follow: “%(start)s”.",
                "%(count)s sentences have more than 20 words. The longest has %(words)s: “%(start)s”.",
                len(long),
            )
            yield Problem(name, text % {"count": len(long), "words": count, "start": _start(sentence)})


def _paragraphs(data):
    for name, paragraphs in _texts(data):
        for paragraph in paragraphs:
            # What follows a colon belongs to its sentence here: a label or an example.
            sentences = [part for part in FULL_STOP.split(CITATION.sub("", paragraph)) if WORD.search(part)]
            if len(sentences) > MOST_SENTENCES:
                yield Problem(
                    name,
                    _("A paragraph of %(count)s sentences looks long on a phone: “%(start)s”.")
                    % {"count": len(sentences), "start": _start(sentences[0])},
                )
                break


def _grade(data):
    level = page_reading_level(data)
    if level.grade is None or level.words < FEWEST_WORDS_FOR_A_GRADE or level.grade <= HARDEST_GRADE:
        return
    levels = [(reading_level(paragraphs), name) for name, paragraphs in _texts(data)]
    hardest = [(part.grade, name) for part, name in levels if part.words >= FEWEST_WORDS_FOR_A_GRADE]
    yield Problem(
        max(hardest)[1] if hardest else "summary",
        _("The page reads at grade %(grade)s. Aim for 6 to 8: shorter words and sentences, starting here.")
        % {"grade": level.grade},
    )


def _words(data):
    for name, paragraphs in _texts(data):
        text = QUOTED.sub("…", "\n".join(paragraphs))
        for word in _found(PROMISE_WORDS, text):
            yield Problem(name, _("“%(word)s” promises more than we can know.") % {"word": word})
        for word in _found(EASE_WORDS, text):
            yield Problem(name, _("“%(word)s” may not be so for somebody in pain.") % {"word": word})
        for word in _found(BLAME_WORDS, text, may_be_denied=False):
            yield Problem(name, _("“%(word)s” can blame or frighten. Say what happens instead.") % {"word": word})


def _found(pattern, text, *, may_be_denied=True):
    found = {}
    for match in pattern.finditer(text):
        before = re.split(r"[.!?;:\n]", text[max(0, match.start() - BEFORE_WORDS) : match.start()])[-1]
        is_question = END_OF_SENTENCE.search(text, match.end()).group() == "?"
        if not (may_be_denied and (is_question or NEGATIONS.search(before))):
            found.setdefault(match.group().lower(), " ".join(match.group().split()))
    return found.values()


def _jargon(data, terms):
    explained = {form.casefold() for form in terms}
    explained |= {data["title"].casefold(), data["medical_name"].casefold()}
    explained |= {row["name"].casefold() for row in data["terms"]}
    names = f"{data['title']} {data['medical_name']}".casefold()
    for name, paragraphs in _texts(data):
        words = []
        for match in MEDICAL_WORDS.finditer(_without_explained("\n".join(paragraphs), explained)):
            word = match.group().casefold()
            if word not in explained and word.rstrip("s") not in explained and word not in names:
                explained.add(word)
                words.append(match.group())
        if words:
            text = ngettext(
                "Patients may not know %(words)s, and the glossary does not explain it.",
                "Patients may not know %(words)s, and the glossary does not explain them.",
                len(words),
            )
            yield Problem(name, text % {"words": ", ".join(f"“{word}”" for word in words)})


def _without_explained(text, explained):
    """The text without longer terms that explain a medical word inside them, like “lumbar spine”."""
    longer = [form for form in explained if " " in form and form in text.casefold()]
    for form in longer:
        text = re.sub(re.escape(form), "…", text, flags=re.IGNORECASE)
    return text


def _headings(data):
    for name, _section, html in rich_texts(data):
        for words in BOLD_LINE.findall(html):
            yield Problem(
                name, _("“%(words)s” looks like a heading. Make it one, so that it can be found.") % {"words": words}
            )


def _dead_links(data, dead_links):
    for name, address in _addresses(data):
        if address in dead_links:
            yield Problem(name, _("This link did not answer when we last tried: %(address)s.") % {"address": address})


def addresses_of(data):
    """Every address of another site that a draft links to, without what stands after #."""
    return {address for _name, address in _addresses(data)}


def _addresses(data):
    linked = [(name, address) for name, _section, html in rich_texts(data) for address, _words in links_of(html)]
    linked += [(f"sources-{index}-url", source["url"]) for index, source in enumerate(data["sources"])]
    return [(name, address.partition("#")[0]) for name, address in linked if address.startswith(("https:", "http:"))]


def _nowhere(data, facts):
    if not facts.is_linked and data["kind"] not in LINKED_BY_MENUS:
        yield Problem(
            "related", _("No other page leads here. Name it in a text, or under “read next” of another page.")
        )


def _start(sentence):
    words = sentence.split()
    return " ".join(words[:7]) + ("…" if len(words) > 7 else "")
