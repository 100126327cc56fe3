"""What a misspelled word may have been meant to be. Pure, over the words that the index knows."""

from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 3  # letters; of such a short word only one letter may be missing, everything else makes another word
SHORTEST_PART = 3
MOST_CANDIDATES = 40


@dataclass(frozen=True)
class Vocabulary:
    """`stems` maps words to their stems, `counts` stems to the number of documents that have them."""

    stems: dict[str, str]
    counts: dict[str, int]
    total: int = 0

    def knows(self, word):
        return word.stem in self.counts


def mistakes_allowed(word, *, loose=False):
    """How many letters may be wrong, missing, doubled or swapped."""
    length = len(word)
    allowed = 1 if length <= 5 else 2 if length <= 8 else 3
    return allowed + 1 if loose and 4 <= length <= 8 else allowed


def corrected(word, vocabulary, spoken, *, never=frozenset(), loose=False):
    """The known word or words that `word` (folded, unknown) was meant to be, or None.

    `spoken` maps further words to their stems: what people say and no text has. `never` are words that nobody means.
    A wrong letter, two words without the space between them (“backpain”), or the beginning of a word (“steno”).
    """
    if len(word) < SHORTEST or not word.isalpha():
        return None
    stems = {text: stem for text, stem in (spoken | vocabulary.stems).items() if text not in never}
    vocabulary = Vocabulary(stems, vocabulary.counts, vocabulary.total)
    return (
        _closest(word, vocabulary, loose=False)
        or _split(word, vocabulary)
        or _longer(word, vocabulary)
        or (_closest(word, vocabulary, loose=True) if loose else None)
    )


def _closest(word, vocabulary, *, loose):
    allowed = mistakes_allowed(word, loose=loose)
    found = process.extract(
        word, vocabulary.stems.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=MOST_CANDIDATES
    )
    # People rarely miss the first letter; of two words that are as close, the more common one is the likelier.
    costs = [
        (distance + (text[0] != word[0]), -vocabulary.counts.get(vocabulary.stems[text], 0), text)
        for text, distance, _key in found
        if len(word) > SHORTEST or len(text) > len(word)
    ]
    cost, _count, text = min(costs, default=(allowed + 1, 0, ""))
    return text if cost <= allowed else None


def _split(word, vocabulary):
    known = vocabulary.stems
    parts = [
        (word[:cut], word[cut:])
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
        if word[:cut] in known and word[cut:] in known
    ]
    if not parts:
        return None

    def frequency(pair):
        return min(vocabulary.counts.get(known[part], 0) for part in pair)

    return " ".join(max(parts, key=frequency))


def _longer(word, vocabulary):
    longer = [text for text in vocabulary.stems if text.startswith(word) and len(word) > SHORTEST]
    return max(longer, key=lambda text: (vocabulary.counts.get(vocabulary.stems[text], 0), text), default=None)
