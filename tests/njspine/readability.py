"""How hard a text is to read, as far as arithmetic can tell: words, sentences, Flesch-Kincaid grade."""

import re

from content.wording import CITATION, END_OF_BLOCK, plain

ABBREVIATIONS = re.compile(r"\b(?:Dr|Mr|Mrs|vs|No|St)\.")
WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
VOWELS = re.compile(r"[aeiouy]+")
SPLIT_VOWELS = re.compile(r"i(?:a(?!l\b|n\b)|o(?!n|us)|en)|eo(?!ple)|ua|uo|[aeiou]ing")
SILENT_ENDING = re.compile(r"(?:[^aeiouyl]|[aeiouy]l|rl)e$|[^aeiouytd]ed$|[^aeiouyscxzgh]es$")


def sentences(text):
    """The sentences of plain or rich text; a list item, a line or a heading is one of its own."""
    found = []
    for block in END_OF_BLOCK.sub("\n", text).splitlines():
        block = ABBREVIATIONS.sub(lambda match: match[0][:-1], CITATION.sub("", plain(block)))
        found += [part for part in re.split(r"(?<=[.?!:;])[”\"]?\s+", block) if words(part)]
    return found


def words(text):
    return WORD.findall(text)


def syllables(word):
    """An estimate: groups of vowels, without the silent e of “made”, “eases” stays two, “worked” is one."""
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(VOWELS.findall(word)) + len(SPLIT_VOWELS.findall(word))
    if SILENT_ENDING.search(word):
        count -= 1
    return max(count, 1)


def grade(text):
    """Flesch-Kincaid grade (Kincaid and others, 1975): years of US school that a reader needs."""
    found = sentences(text)
    all_words = [word for sentence in found for word in words(sentence)]
    per_sentence = len(all_words) / len(found)
    per_word = sum(map(syllables, all_words)) / len(all_words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59
