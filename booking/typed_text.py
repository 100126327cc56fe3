"""What people type, made safe to keep without changing what it says."""

import re
import unicodedata

# Letters by category, yet drawn as nothing.
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
INVISIBLE_CATEGORIES = ("Z", "C")
LINK = re.compile(r"(?i)https?:|www\.|\b[a-z0-9-]+\.(?:com|net|org|info|biz|ru|cn|xyz|top|site|online|shop)\b(?!@)")
MAIL_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


def is_visible(character):
    return character not in BLANK_LETTERS and not unicodedata.category(character).startswith(INVISIBLE_CATEGORIES)


def clean_lines(text):
    """The text without what no database or mail can carry, trimmed of everything invisible at both ends.

    Lone surrogates become U+FFFD as in badly encoded input, other controls a space; line breaks become one kind.
    Direction marks and stacked accents stay: pages show them isolated. Nothing visible in it: the empty string.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(map(_storable, text))
    seen = [index for index, character in enumerate(text) if is_visible(character)]
    return text[seen[0] : _end_of_cluster(text, seen[-1])] if seen else ""


def clean_line(text):
    """As clean_lines(), on a single line."""
    return " ".join(clean_lines(text).split())


def has_link(text):
    """Whether the text points to a web page. E-mail addresses do not count."""
    return bool(LINK.search(MAIL_ADDRESS.sub(" ", text)))


def _storable(character):
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return " " if category == "Cc" and character != "\n" else character


def _end_of_cluster(text, last):
    """Past the joiners and selectors that belong to the last visible character, as in an emoji."""
    end = last + 1
    while end < len(text) and text[end] in "\u200d\ufe0e\ufe0f":
        end += 1
    return end
