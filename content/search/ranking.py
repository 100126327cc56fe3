"""Which documents answer a question best. Pure.

Like BM25 with fields and synonyms: a concept counts by how few documents have it and by how much a document is about
it; whatever a document leaves out of the question costs more, the rarer it is.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

ABOUT = 0.5  # how much a title that says all of the question, and nothing else, adds
BEGINS = 0.1  # and how much, when the title begins with it
# A word's own page and its glossary entry say the same; the page helps more.
STANDING = {"term": 0.55, "glossary": 0.5}
ASKED = 1.0  # unless it was the meaning of the word that was asked for


@dataclass(frozen=True)
class Score:
    document: int
    value: float


def scores(question, postings, total):
    """Scores of all documents that have anything of the question, best first.

    `postings` maps a stem to {document: weight between 0 and 1}; `total` is the number of documents there are.
    """
    found = [_weights(concept, postings) for concept in question.concepts]
    rarity = rarities(question, postings, total)
    whole = sum(rarity)
    values, shares = defaultdict(float), defaultdict(float)
    for weights, worth in zip(found, rarity, strict=True):
        for document, weight in weights.items():
            values[document] += worth * weight
            shares[document] += worth / whole
    ranked = [Score(document, value * shares[document]) for document, value in values.items()]
    return sorted(ranked, key=lambda score: (-score.value, score.document))


def rarities(question, postings, total):
    """What having each concept of the question is worth: more the fewer documents have it, 0 when none has."""
    return [
        concept.importance * math.log(1 + (total - len(having) + 0.5) / (len(having) + 0.5)) if having else 0.0
        for concept in question.concepts
        for having in (_weights(concept, postings),)
    ]


def _weights(concept, postings):
    """{document: weight} of a concept: the best alternative counts, and of its stems the weakest."""
    best = {}
    for stems, worth in concept.alternatives:
        columns = [postings.get(stem, {}) for stem in stems]
        for document in set(columns[0]).intersection(*columns[1:]):
            weight = worth * min(column[document] for column in columns)
            if weight > best.get(document, 0):
                best[document] = weight
    return best


def with_title(score, question, kind, title):
    """The value of a score once the document's kind is known, and its title: stems in order, without stop words."""
    value = score.value * (ASKED if kind in question.parts else STANDING.get(kind, 1.0))
    stems = set(title)
    said, asked = set(), 0
    for concept in question.concepts:
        in_title = [wanted for wanted, worth in concept.alternatives if worth >= ABOUT and stems.issuperset(wanted)]
        said.update(*in_title)
        asked += bool(in_title)
    if not said:
        return value
    begins = asked == len(question.concepts) and said.issuperset(title[: len(said)])
    return value * (1 + BEGINS * begins + ABOUT * len(said) / len(stems) * asked / len(question.concepts))
