"""Whether a search may come from somebody in danger, as alarm.toml tells it. Pure; the file is read once.

Asked of the words as they were typed, before and beside any search: neither a broken index nor a spelling that was
corrected to something harmless may cost anybody the emergency card.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from content.search.text import folded, stem, words

FILE = Path(__file__).with_suffix(".toml")
SHORTEST_MISSPELLED = 4  # letters of a pattern's word; in a shorter one a wrong letter makes another word
LONG = 8  # letters from which on two may be wrong


@dataclass(frozen=True)
class Alarm:
    """Keys of the warning signs that were named, most urgent first.

    `is_emergency` and `is_same_day` hold also when the clinic's library has none of the keys.
    """

    emergency: tuple[str, ...] = ()
    same_day: tuple[str, ...] = ()
    is_crisis: bool = False

    @property
    def is_emergency(self):
        return bool(self.emergency)

    @property
    def is_same_day(self):
        return bool(self.same_day)


@dataclass(frozen=True)
class Rule:
    """Any of `patterns` is enough: tuples of needs, each need the phrases of which one must be there."""

    patterns: tuple[tuple[tuple[tuple[str, ...], ...], ...], ...]
    unless: tuple[tuple[str, ...], ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    emergency: tuple[Rule, ...]
    same_day: tuple[Rule, ...]
    crisis: tuple[Rule, ...]
    small: frozenset[str]
    ordinary: frozenset[str]
    known: frozenset[str]  # every word of a phrase that may be misspelled


def alarm(text):
    """The Alarm of a text, also one that is longer than what is searched for."""
    rules = _rules()
    typed = [word.text for word in words(text)]
    # “between my legs” is “between legs”, and “can t” is what some keyboards make of “can't”.
    readings = [
        [_meanings(word) for word in reading]
        for reading in (typed, [word for word in typed if word not in rules.small])
    ]
    phrases = {}

    def has(phrase):
        if phrase not in phrases:
            phrases[phrase] = any(_stands_in(phrase, reading) for reading in readings)
        return phrases[phrase]

    def met(rule):
        return any(all(any(map(has, need)) for need in pattern) for pattern in rule.patterns) and not any(
            map(has, rule.unless)
        )

    def keys(some):
        return tuple(dict.fromkeys(key for rule in some if met(rule) for key in rule.flags))

    return Alarm(keys(rules.emergency), keys(rules.same_day), any(map(met, rules.crisis)))


def _stands_in(phrase, meanings):
    first, length = phrase[0], len(phrase)
    return any(
        first in meanings[start] and all(map(frozenset.__contains__, meanings[start : start + length], phrase))
        for start in range(len(meanings) - length + 1)
    )


@lru_cache(maxsize=10_000)
def _meanings(word):
    """Words of patterns that a typed word may be: itself as “=word”, its stem, and what it misspells."""
    rules = _rules()
    found = {f"={word}", stem(word)}
    if word not in rules.ordinary and word not in rules.known:
        found.update(stem(known) for known in rules.known if _is_misspelled(word, known))
    return frozenset(found)


def _is_misspelled(word, known):
    if len(known) < SHORTEST_MISSPELLED or word[:1] != known[:1]:
        return False
    allowed = 2 if len(known) >= LONG else 1
    return OSA.distance(word, known, score_cutoff=allowed) <= allowed


@cache
def _rules():
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    kinds = {name: tuple(map(_phrase, text.split())) for name, text in data["kinds"].items()}

    def rule(entry):
        patterns = tuple(
            tuple(kinds[need[1:-1]] if need.startswith("{") else (_phrase(need),) for need in pattern.split())
            for pattern in entry["patterns"]
        )
        return Rule(patterns, tuple(map(_phrase, entry.get("unless", ()))), tuple(entry.get("flags", ())))

    groups = {name: tuple(map(rule, data[name])) for name in ("emergency", "same_day", "crisis")}
    texts = [*data["kinds"].values(), *(text for name in groups for entry in data[name] for text in entry["patterns"])]
    spelled = {folded(word) for text in texts for part in text.split() for word in part.split("_")}
    return Rules(
        **groups,
        small=frozenset(data["small"].split()),
        ordinary=frozenset(data["ordinary"].split()),
        known=frozenset(word for word in spelled if word.isalpha()),
    )


def _phrase(text):
    return tuple(word if word.startswith("=") else stem(folded(word)) for word in text.split("_"))
