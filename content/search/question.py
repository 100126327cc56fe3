"""What somebody asks for, out of the words that they typed. Pure."""

from dataclasses import dataclass
from functools import cached_property

MOST_CONCEPTS = 20
PART_OF_PHRASE = 0.3  # what one word of a typed phrase is worth alone: “disc” of “slipped disc”
ASKED_PART = 0.4  # how much the words count that ask for a part of a page, like “how long”


@dataclass(frozen=True)
class Concept:
    """One thing that was asked for: a text has it when it has all stems of one of the `alternatives`.

    `alternatives` are (stems, weight from 0 to 1); `typed` is how it was typed; `importance` 1 for a single word.
    """

    typed: str
    alternatives: tuple[tuple[tuple[str, ...], float], ...]
    importance: float = 1.0

    @cached_property
    def stems(self):
        return frozenset(stem for stems, _weight in self.alternatives for stem in stems)


@dataclass(frozen=True)
class Question:
    """`parts` are keys of sections that would answer it."""

    concepts: tuple[Concept, ...] = ()
    parts: frozenset[str] = frozenset()

    @property
    def stems(self):
        return {stem for concept in self.concepts for stem in concept.stems}


def question(words, lexicon):
    """The Question of Words. Phrases that the lexicon knows are one concept; stop words ask for nothing alone."""
    parts, asking = set(), set()
    for run in _runs(words, lexicon.parts, lexicon):
        found = lexicon.parts.get(lexicon.key(run), ())
        parts.update(found)
        if found:
            asking.update(run)
    concepts = {}
    for run in _runs(words, lexicon.others, lexicon):
        concept = _concept(run, ASKED_PART if asking.issuperset(run) else 1.0, lexicon)
        if concept is not None:
            concepts.setdefault(concept.alternatives, concept)
    return Question(tuple(concepts.values())[:MOST_CONCEPTS], frozenset(parts))


def _runs(words, phrases, lexicon):
    """The words in runs: the longest ones that are phrases, and single words."""
    rest = list(words)
    while rest:
        run = _phrase_at_start(rest, phrases, lexicon)
        yield run
        last = rest.index(run[-1])
        rest = [word for word in rest[:last] if word not in run] + rest[last + 1 :]


def _phrase_at_start(words, phrases, lexicon):
    """The longest phrase that begins with the first word, else one around a word that does not belong to it.

    “Ready for back surgery” is “ready for surgery”, and “back” besides.
    """
    longest = min(lexicon.longest, len(words))
    for length in range(longest, 1, -1):
        if _is_phrase(words[:length], phrases, lexicon):
            return words[:length]
    for length in range(longest, 2, -1):
        for gap in range(1, length - 1):
            run = [*words[:gap], *words[gap + 1 : length]]
            if not lexicon.is_stop(words[gap]) and _is_phrase(run, phrases, lexicon):
                return run
    return words[:1]


def _is_phrase(run, phrases, lexicon):
    key = lexicon.key(run)
    # Of its own words none stands at an edge for nothing; a phrase of small words (“how much”) is those words.
    is_tight = not (lexicon.is_stop(run[0]) or lexicon.is_stop(run[-1]))
    return key in phrases and (is_tight or key[0] == "")


def _concept(run, importance, lexicon):
    key = lexicon.key(run)
    others = lexicon.others.get(key, ())
    own = [] if key[0] == "" else [(key, 1.0)]
    if not own and not others:
        return None
    alternatives = dict(others) | dict(own)
    telling = [word.stem for word in run if not lexicon.is_stop(word)]
    if len(set(telling)) > 1:
        for stem in telling:
            alternatives.setdefault((stem,), PART_OF_PHRASE)
        importance *= 1 + 0.5 * (len(set(telling)) - 1)
    ordered = sorted(alternatives.items(), key=lambda item: -item[1])
    return Concept(" ".join(word.text for word in run), tuple(ordered), importance)


def literal(words):
    """The Question of words that are all stop words: nothing better is known, so each is searched as it stands."""
    return Question(tuple(Concept(word.text, (((word.stem,), 1.0),)) for word in list(words)[:MOST_CONCEPTS]))
