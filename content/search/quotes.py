"""What a result says about itself: the passage and the sentence that answer best, with the found words marked. Pure."""

import re
from dataclasses import dataclass

from content.search.text import stem_set, words

LONGEST_QUOTE = 220  # characters
MOST_COMPARED = 400  # sentences of one document
ASKED_FOR = 1.0  # what it is worth that a section answers just this kind of question
IN_HEADING = 0.8
IN_TITLE = 0.5  # what is left of the worth of a word that the title says already
FRAGMENT = 0.5  # what it costs that a line comes from a box and says little without it
ELLIPSIS = "…"


@dataclass(frozen=True)
class Piece:
    text: str
    is_found: bool


@dataclass(frozen=True)
class Quote:
    """`pieces` of one sentence; the section it stands in, when that is worth a link of its own, else both empty."""

    pieces: tuple[Piece, ...]
    section_id: str = ""
    heading: str = ""


def quote(passages, question, *, rarity, title_stems):
    """The best Quote out of `passages` (content.search.documents.Passage as dicts), empty when there are none.

    `rarity` gives for each concept what finding it is worth. Where the title says all that was asked, the opening lines
    tell more than any sentence that says it again.
    """
    says_all = not question.parts and all(_is_in(title_stems, concept) for concept in question.concepts)
    if not says_all:
        rarity = [
            worth * (IN_TITLE if _is_in(title_stems, concept) else 1)
            for concept, worth in zip(question.concepts, rarity, strict=True)
        ]
    best, best_value = None, 0.0
    for place, passage in enumerate(passages):
        bonus = _standing(passage, question, rarity, says_all)
        for row, line in enumerate(passage["lines"][:MOST_COMPARED]):
            # Of two sentences that say as much, the earlier one.
            value = bonus + _worth(line, question, rarity) - 0.001 * row - 0.0005 * place
            if best is None or value > best_value:
                best, best_value = (passage, line), value
    if best is None:
        return Quote(())
    passage, line = best
    pieces = marked(line, question)
    if passage["id"] and passage["heading"] and _leads_there(passage, line, question, title_stems):
        return Quote(pieces, passage["id"], passage["heading"])
    return Quote(pieces)


def _standing(passage, question, rarity, says_all):
    if passage["key"] in question.parts:
        return ASKED_FOR * (1 + sum(rarity)) + IN_HEADING * _worth(passage["heading"], question, rarity)
    if not passage["heading"]:
        # The opening lines, or a fragment of a box.
        return (0 if passage["key"] else sum(rarity) * says_all) - FRAGMENT * bool(passage["key"])
    return IN_HEADING * _worth(passage["heading"], question, rarity)


def _is_in(stems, concept):
    return any(stems.issuperset(wanted) for wanted, _weight in concept.alternatives)


def _leads_there(passage, line, question, title_stems):
    """Whether the section answers something that the title does not promise."""
    if passage["key"] in question.parts:
        return True
    there = stem_set(passage["heading"]) | stem_set(line)
    return any(not _is_in(title_stems, concept) and _is_in(there, concept) for concept in question.concepts)


def _worth(text, question, rarity):
    """What the concepts are worth that a text has: the best alternative of each counts."""
    there = stem_set(text)
    return sum(
        next((weight for stems, weight in concept.alternatives if there.issuperset(stems)), 0) * worth
        for concept, worth in zip(question.concepts, rarity, strict=True)
        if not there.isdisjoint(concept.stems)
    )


def marked(text, question):
    """The pieces of a plain text, at most LONGEST_QUOTE characters around the first word found, found words apart."""
    there = stem_set(text)
    # “Nerve” is no find for “pinched nerve” unless it is pinched there.
    whole = {
        stem
        for concept in question.concepts
        for stems, _weight in concept.alternatives
        if there.issuperset(stems)
        for stem in stems
    }
    found = [word for word in words(text) if word.stem in whole]
    start, end = _window(text, found[0].start if found else 0)
    pieces, position = [], start
    for word in found:
        if word.start < start or word.end > end:
            continue
        if word.start > position:
            pieces.append(Piece(text[position : word.start], False))
        pieces.append(Piece(text[word.start : word.end], True))
        position = word.end
    if position < end:
        pieces.append(Piece(text[position:end], False))
    if start > 0:
        pieces.insert(0, Piece(ELLIPSIS + " ", False))
    if end < len(text):
        pieces.append(Piece(" " + ELLIPSIS, False))
    return tuple(pieces)


def _window(text, first):
    if len(text) <= LONGEST_QUOTE:
        return 0, len(text)
    start = 0 if first < LONGEST_QUOTE // 2 else text.rfind(" ", 0, first - LONGEST_QUOTE // 4) + 1
    end = min(len(text), start + LONGEST_QUOTE)
    if end < len(text):
        cut = re.search(r"\s\S*$", text[start:end])
        end = start + cut.start() if cut else end
    return start, end
