"""What patients say and what our pages say, as lexicon.toml tells it. Pure; the file is read once."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from content.search.text import words

FILE = Path(__file__).with_suffix(".toml")
SAME, MEANS = 0.75, 0.75  # what finding a synonym is worth, beside 1 for the typed words themselves


@dataclass(frozen=True)
class Lexicon:
    """Phrases are looked up by key(): their stems without stop words, in no order.

    `others` leads from a phrase to (stems, weight) of phrases that are found in its place; `parts` to the keys of
    sections that answer it. `longest` is the number of words of the longest phrase. `vocabulary` maps every word of a
    phrase, and other words people say, to their stems: a typed word that is among them is spelled right.
    """

    stop: frozenset[str]
    others: dict[tuple[str, ...], tuple[tuple[tuple[str, ...], float], ...]]
    parts: dict[tuple[str, ...], frozenset[str]]
    longest: int
    vocabulary: dict[str, str]

    def key(self, phrase):
        """The key of a run of Words; a run of nothing but stop words is known by those, in their order."""
        telling = [word for word in phrase if word.text not in self.stop]
        if not telling:
            return ("", *(word.text for word in phrase))
        return tuple(sorted({word.stem for word in telling}))

    def is_stop(self, word):
        return word.text in self.stop


@cache
def lexicon():
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    stop = frozenset(data["stop"].split())
    bare = Lexicon(stop, {}, {}, 0, {})
    phrases = {}

    def key(text):
        return bare.key(phrases.setdefault(text, words(text)))

    others, parts = defaultdict(dict), defaultdict(set)
    for group in data["same"]:
        for text in group:
            for other in group:
                _add(others, key(text), key(other), SAME)
    for entry in data["means"]:
        for text in entry["words"]:
            for target in entry["to"]:
                _add(others, key(text), key(target), MEANS)
                for other, weight in tuple(others[key(target)].items()):
                    _add(others, key(text), other, MEANS * weight)
    for part, texts in data["parts"].items():
        for text in texts:
            parts[key(text)].add(part)
    return Lexicon(
        stop=stop,
        others={known: tuple(found.items()) for known, found in others.items()},
        parts={known: frozenset(keys) for known, keys in parts.items()},
        longest=max(len(phrase) for phrase in phrases.values()),
        vocabulary={word.text: word.stem for phrase in (*phrases.values(), words(data["known"])) for word in phrase},
    )


def _add(others, known, other, weight):
    # What consists of stop words alone can be asked for, but no text can be found by it.
    if known != other and other[0]:
        others[known][other] = max(weight, others[known].get(other, 0))
    else:
        others[known].update({})
