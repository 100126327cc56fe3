"""Words of queries and of texts, in one shape for both. Pure.

A word is a run of letters and digits, without case and accents; its stem is Snowball's English one, so that “numbness”
finds “numb”. Apostrophes belong to a word: “can't” is `cant`, “doctor's” is `doctor`.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from content.wording import BLANKS

MOST_CHARACTERS = 200  # of a query; nobody describes a pain in more
MOST_READ = 4_000  # characters that are looked at: an address holds no more
MOST_MARKS = 2  # combining marks on one letter: what any language needs, and no tower of them
LONGEST_WORD = 40  # letters; what is longer is no word
WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
POSSESSIVE = re.compile(r"['’ʼ]s$")
APOSTROPHES = re.compile(r"['’ʼ]")

_stemmer = snowballstemmer.stemmer("english")
_stemmer_in_use = threading.Lock()  # a stemmer works on its own state, and the web server has threads


class Word(NamedTuple):
    """A word as it stands in a text from `start` to `end`, and in the shape in which it is compared."""

    text: str
    stem: str
    start: int
    end: int


def clean(text):
    """What somebody typed, as it may be shown and searched: one line, nothing invisible, no stacked marks.

    Control, format (also those that turn the direction of writing), surrogate and private characters go.
    """
    text = unicodedata.normalize("NFKC", text[:MOST_READ])
    kept, marks = [], 0
    for char in text:
        category = unicodedata.category(char)
        if category in ("Cf", "Cs", "Co", "Cn"):
            continue
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= MOST_MARKS:
            kept.append(" " if category[0] in "ZC" or char in BLANKS else char)
    return " ".join("".join(kept).split())


def cut(typed):
    """(what somebody typed, clean and at most MOST_CHARACTERS long; whether something was cut off)."""
    query = clean(typed)
    if len(query) <= MOST_CHARACTERS and len(typed) <= MOST_READ:
        return query, False
    return query[:MOST_CHARACTERS].strip(), True


def words(text):
    """Every Word of a plain text, in order."""
    return [
        Word(plain, stem(plain), found.start(), found.end())
        for found in WORD.finditer(text)
        if len(found.group()) <= LONGEST_WORD and (plain := folded(found.group()))
    ]


@lru_cache(maxsize=4_096)
def stem_set(text):
    """The stems of a plain text. Remembered, because the same sentences are compared in search after search."""
    return frozenset(stem(folded(word)) for word in WORD.findall(text))


@lru_cache(maxsize=20_000)
def folded(word):
    """One word without case, accents, apostrophes and a possessive s."""
    word = APOSTROPHES.sub("", POSSESSIVE.sub("", word.casefold()))
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFKD", word) if unicodedata.category(char)[0] in "LN")


@lru_cache(maxsize=20_000)
def stem(word):
    """The stem of a folded word; short words and those of other scripts stay as they are."""
    if len(word) < 3 or not word.isascii():
        return word
    with _stemmer_in_use:
        return _stemmer.stemWord(word)
