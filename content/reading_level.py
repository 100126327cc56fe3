"""How hard a text is to read: the Flesch-Kincaid grade, a hint for editors and never a gate. Pure, English only.

Grade = 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid and others, US Navy, 1975). Syllables are
counted by rule, not looked up: right for about nine words in ten, and misses cancel out over a page.
"""

import re
from dataclasses import dataclass

from content.gate import MOVEMENT_TEXTS
from content.wording import CITATION, plain

SENTENCE_END = re.compile(r"(?<=[.!?:])[”\")]*\s+|\n+")
WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:[.,]\d+)*%?")
END_OF_ITEM = re.compile(r"</(?:p|li|h3|h4)>")
VOWELS = re.compile(r"[aeiouy]+")
SILENT_END = re.compile(r"(?<![aeiouy])(?:e|es|ed)$")
HEARD_END = re.compile(r"(?:[^aeiouylr]le|[^aeiouylr]les|[td]ed|(?:[sxzcg]|[cs]h)es)$")
# Vowels side by side that are spoken apart, vowels spoken as one, and an e inside a word that nobody hears.
APART = re.compile(
    r"ia(?!nc)|iu|eo|ua[lt]|uo|io(?![nu])|[^cstgx]iou|[eouy]ing|ie(?:n[ct]|t)|area|idea|creat|fluid|ruin"
)
TOGETHER = re.compile(r"[cst]ia[ln]|geo[nu]|people|(?:[ts]|(?<!s)c)ien[ct]|friend|every")
SILENT_INSIDE = re.compile(r"(?<=[a-z][^aeiouyl])e(?=(?:ment|ful|less|ly|teen|thing|one|time|line|fore|where|body)s?$)")


@dataclass(frozen=True)
class ReadingLevel:
    """`grade` in US school years, None for a text without a sentence; `longest` is a sentence's number of words."""

    words: int
    sentences: int
    grade: float | None
    longest: int


def reading_level(texts):
    """The ReadingLevel of plain texts or rich text. Each text, paragraph and list item ends a sentence."""
    sentences = [
        words for text in texts for sentence in SENTENCE_END.split(_spoken(text)) if (words := WORD.findall(sentence))
    ]
    words = sum(map(len, sentences))
    if not words:
        return ReadingLevel(0, 0, None, 0)
    spoken = sum(syllables(word) for sentence in sentences for word in sentence)
    grade = 0.39 * words / len(sentences) + 11.8 * spoken / words - 15.59
    return ReadingLevel(words, len(sentences), round(grade, 1), max(map(len, sentences)))


def page_reading_level(data):
    """The ReadingLevel of the running text of PageVersion.data: no titles, sources or names."""
    texts = [data["summary"], data["own"].get("key_points", "")]
    for section in data["sections"]:
        texts += [section["body"], section["unlikely_if"], section["do"], section["dont"], section["number_text"]]
    texts += [rated["text"] for rated in data["rated_treatments"]]
    texts += [movement[name] for movement in data["movements"] for name in MOVEMENT_TEXTS]
    texts += [term["meaning"] for term in data["terms"]]
    return reading_level(texts)


def syllables(word):
    """Spoken syllables of an English word, at least one; a number counts as one."""
    word = re.sub(r"['’]", "", word.lower())
    return sum(_part_syllables(part) for part in word.split("-")) if not word[0].isdigit() else 1


def _part_syllables(word):
    count = len(VOWELS.findall(word)) + len(APART.findall(word))
    count -= len(TOGETHER.findall(word)) + len(SILENT_INSIDE.findall(word))
    if SILENT_END.search(word) and not HEARD_END.search(word):
        count -= 1
    return max(1, count)


def _spoken(text):
    return CITATION.sub("", plain(END_OF_ITEM.sub("\n", text)))
