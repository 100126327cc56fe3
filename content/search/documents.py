"""What can be found: a page, a word of the glossary or a fact, as words with weights and as passages to quote."""

import math
import re
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import lru_cache

from content.anatomy import Layout, Rating, section_kind
from content.glossary import terms_of
from content.rendering import ClinicFacts, page_view
from content.safety import Library
from content.search.text import words
from content.wording import CITATION, EMERGENCY_TOKEN, PHONE_TOKEN, lines, plain, without_do_not

TERM, SITE, PLACE, PERSON = "term", "site", "place", "person"  # kinds beside content.anatomy.PageKind
LONGEST_STEM = 40  # as content.models.search stores it

SPACED_CITATION = re.compile(r"\s*" + CITATION.pattern)
LIST_AFTER_COLON = re.compile(r":\s*</p>\s*<(ul|ol)>(.*?)</\1>", re.DOTALL)
END_OF_ITEM = re.compile(r"</li>\s*(?=<li)")
BLOCK = re.compile(r"</(?:p|li|ul|ol|h3|h4)>|<br ?/?>")
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[“\"(]?[A-Z0-9])")
# Ids and headings of sections hold nothing about the clinic.
NO_FACTS = ClinicFacts(emergency_number="", phone="", phone_href="", is_sample=False)


class Field(StrEnum):
    TITLE = "title"
    NAMES = "names"  # medical name, also called, what editors say that people type
    TAGLINE = "tagline"
    LEAD = "lead"
    HEADING = "heading"
    BODY = "body"


WEIGHTS = {
    Field.TITLE: 10,
    Field.NAMES: 8,
    Field.TAGLINE: 4,
    Field.LEAD: 3,
    Field.HEADING: 3,
    Field.BODY: 1,
}
HALF = 6  # the sum of weights that is worth half of what can be reached
USUAL_BODY = 700  # words; in a longer text a single use says less


@dataclass(frozen=True)
class Passage:
    """One section to quote from. `id` is its anchor on the page, `key` its kind; both empty for the opening lines."""

    lines: tuple[str, ...]
    id: str = ""
    key: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Document:
    """One thing to find. `anchor` is what to add to the address of its page; `url` stands alone without a page."""

    kind: str
    title: str
    tagline: str = ""
    names: str = ""
    anchor: str = ""
    url: str = ""
    passages: tuple[Passage, ...] = ()
    more: str = field(default="", repr=False)  # found, but never quoted

    def stored_passages(self):
        return [asdict(passage) | {"lines": list(passage.lines)} for passage in self.passages]

    def texts(self):
        """(Field, text) of everything by which it is found."""
        yield Field.TITLE, self.title
        yield Field.NAMES, self.names
        yield Field.TAGLINE, self.tagline
        yield Field.BODY, self.more
        for passage in self.passages:
            yield Field.HEADING, passage.heading
            for line in passage.lines:
                yield Field.BODY if passage.heading else Field.LEAD, line


@lru_cache(maxsize=256)
def weights(document):
    """{stem: (weight between 0 and 1, how it is written most often)} of every word of a Document.

    Remembered, because the clinic's facts are documents anew at each search and hardly ever change.
    """
    counts, spelled, body = defaultdict(Counter), defaultdict(Counter), 0
    for name, text in document.texts():
        found = words(text)
        body += len(found) if name == Field.BODY else 0
        for word in found:
            counts[word.stem[:LONGEST_STEM]][name] += 1
            spelled[word.stem[:LONGEST_STEM]][word.text[:LONGEST_STEM]] += 1
    dilution = 0.5 + 0.5 * max(1, body / USUAL_BODY)
    return {stem: (_weight(found, dilution), spelled[stem].most_common(1)[0][0]) for stem, found in counts.items()}


def _weight(found, dilution):
    total = sum(
        WEIGHTS[name] * (1 + math.log(times)) / (dilution if name == Field.BODY else 1) for name, times in found.items()
    )
    return round(total / (HALF + total), 4)


def documents_of(data):
    """Documents of PageVersion.data: the page, and for a glossary each of its words."""
    own = data["own"]
    yield Document(
        kind=data["kind"],
        title=data["title"],
        tagline=data["tagline"],
        names=", ".join(filter(None, (data["medical_name"], own.get("also_called", ""), data["search_words"]))),
        passages=tuple(_passages(data)),
        more=" ".join((data["search_description"], own.get("series", ""))),
    )
    for term in terms_of(data["terms"]):
        yield Document(
            kind=TERM,
            title=term.name,
            tagline="",
            names=", ".join(term.also),
            anchor=term.id,
            passages=(Passage(lines=tuple(sentences(term.meaning))),),
        )


def _passages(data):
    yield Passage(lines=tuple(line for text in lines(data["summary"]) for line in sentences(text)))
    own = data["own"]
    if own.get("key_points"):
        yield Passage(id="short", key="short", heading="", lines=tuple(lines(own["key_points"])))
    glance = [own.get(name, "") for name in ("good_for", "feels_like", "visits", "done_by", "cost_note")]
    if any(glance):
        yield Passage(id="glance", key="glance", heading="", lines=tuple(filter(None, glance)))
    known = [section for section in data["sections"] if _is_known(data["kind"], section["key"])]
    # The page itself says under which anchors and headings its sections stand.
    views = page_view(data, library=Library(), facts=NO_FACTS).sections
    for section, view in zip(known, views, strict=True):
        texts = [text for part in _section_lines(section, view.layout, data) for text in sentences(part)]
        yield Passage(id=view.id, key=section["key"], heading=view.heading, lines=tuple(texts))


def _is_known(kind, key):
    try:
        return bool(section_kind(kind, key))
    except KeyError:
        return False


def _section_lines(section, layout, data):
    yield from blocks(section["body"])
    if section["unlikely_if"]:
        yield f"You probably do not have this if {section['unlikely_if'].strip().rstrip('.')}."
    for line in lines(section["do"]):
        yield line[:1].upper() + line[1:]
    for line in lines(section["dont"]):
        # Without the first two words it would say the opposite.
        yield f"Do not {without_do_not(line)}"
    if section["number"] is not None and section["number_text"]:
        yield f"{section['number']} in 100 {section['number_text']}."
    yield section["number_note"]
    yield section["caption"]
    if layout == Layout.RATED:
        for rated in data["rated_treatments"]:
            rating = Rating(rated["rating"]).label if rated["rating"] in Rating.values else ""
            yield f"{rated['name']}: {rating}. {plain(rated['text'])}"
    if layout == Layout.MOVEMENTS:
        for move in data["movements"]:
            yield f"{move['name']}: leave it out for now if {move['leave_out_if']}".rstrip(": ")
            yield from (move["why"], move["swap_for"], move["fine_again"])


def blocks(html):
    """The paragraphs of rich text as plain texts; a list after “…:” makes one sentence with what introduces it."""
    html = LIST_AFTER_COLON.sub(lambda found: ": " + END_OF_ITEM.sub("; ", found[2]) + "</p>", html)
    return [text for block in BLOCK.split(html) if (text := plain(block))]


def sentences(text):
    """The sentences of a plain text, without citations; those with a phone number to come are left out."""
    text = SPACED_CITATION.sub("", text).strip()
    return [
        sentence
        for sentence in END_OF_SENTENCE.split(text)
        if sentence and EMERGENCY_TOKEN not in sentence and PHONE_TOKEN not in sentence
    ]
