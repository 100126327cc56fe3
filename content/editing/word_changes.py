"""What changed between two texts, as runs of words. Pure; the time it takes is bounded whatever the texts say."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED, FOLDED = "same", "added", "removed", "folded"

WORD = re.compile(r"\s*\S+\s*?(?=\s|\Z)|\s+\Z")
# A text longer than this is compared by lines first, and only lines that changed by their words.
MOST_WORDS = 1500
# The words that are shown on either side of a change; what lies between them is only counted.
AROUND = 12


@dataclass(frozen=True)
class Run:
    """Words that belong together. `kind` is SAME, ADDED, REMOVED or FOLDED; `count` are the words of a FOLDED run."""

    kind: str
    text: str = ""
    count: int = 0


def word_runs(old, new):
    """Runs that read as `old` without the added and as `new` without the removed ones, long same stretches folded."""
    return _folded(_merged(_text_runs(old, new)))


def item_runs(old, new):
    """The same for lists of short texts, each of which was added or removed as a whole."""
    kept = set(old) & set(new)
    runs = [Run(SAME if item in kept else REMOVED, item) for item in old]
    return tuple(runs + [Run(ADDED, item) for item in new if item not in kept])


def likeness(old, new):
    """How much two texts have in common, from 0 to 1: words that both have, in any order."""
    old, new = old.casefold().split(), new.casefold().split()
    if not old or not new:
        return 0.0
    left = {}
    for word in old:
        left[word] = left.get(word, 0) + 1
    both = 0
    for word in new:
        if left.get(word, 0):
            left[word] -= 1
            both += 1
    return 2 * both / (len(old) + len(new))


def _text_runs(old, new):
    old_words, new_words = WORD.findall(old), WORD.findall(new)
    if max(len(old_words), len(new_words)) <= MOST_WORDS:
        yield from _runs(old_words, new_words)
        return
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, old_part, new_part in _blocks(old_lines, new_lines):
        if kind == SAME:
            yield Run(SAME, "".join(old_part))
            continue
        old_words, new_words = WORD.findall("".join(old_part)), WORD.findall("".join(new_part))
        if max(len(old_words), len(new_words)) <= MOST_WORDS:
            yield from _runs(old_words, new_words)
        else:
            yield from _replaced(old_words, new_words)


def _runs(old, new):
    for kind, old_part, new_part in _blocks(old, new):
        if kind == SAME:
            yield Run(SAME, "".join(old_part))
        else:
            yield from _replaced(old_part, new_part)


def _replaced(old, new):
    if old:
        yield Run(REMOVED, "".join(old))
    if new:
        yield Run(ADDED, "".join(new))


def _blocks(old, new):
    """(SAME or "", part of old, part of new) over two lists. What both begin and end with costs next to nothing."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start:
        yield SAME, old[:start], new[:start]
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old_middle, new_middle).get_opcodes():
        yield SAME if tag == "equal" else "", old_middle[i1:i2], new_middle[j1:j2]
    if end:
        yield SAME, old[len(old) - end :], new[len(new) - end :]


def _merged(runs):
    """Neighbors of a kind as one; a single same word between two changes belongs to both, which reads better."""
    runs = list(runs)
    removed, added, same, merged = "", "", "", []
    for position, run in enumerate(runs):
        between = 0 < position < len(runs) - 1 and (removed or added)
        if run.kind == SAME and not (between and len(run.text.split()) < 2 and "\n" not in run.text):
            merged += _replaced(removed, added)
            removed = added = ""
            merged.append(run)
            continue
        same = run.text if run.kind == SAME else ""
        removed += run.text if run.kind == REMOVED else same
        added += run.text if run.kind == ADDED else same
    merged += _replaced(removed, added)
    return merged


def _folded(runs):
    folded = []
    for position, run in enumerate(runs):
        words = WORD.findall(run.text) if run.kind == SAME else ()
        before = AROUND if position else 0
        after = AROUND if position < len(runs) - 1 else 0
        hidden = len(words) - before - after
        if hidden <= AROUND:
            folded.append(run)
            continue
        if before:
            folded.append(Run(SAME, "".join(words[:before])))
        folded.append(Run(FOLDED, count=hidden))
        if after:
            folded.append(Run(SAME, "".join(words[-after:])))
    return tuple(folded)
