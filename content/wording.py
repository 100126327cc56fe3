"""What stands between the words of a text: citations, tokens, typed numbers. Pure, over plain strings."""

import re
import unicodedata
from html import unescape
from urllib.parse import unquote

EMERGENCY_TOKEN = "[emergency number]"  # noqa: S105  a placeholder in a text, no secret
PHONE_TOKEN = "[clinic phone]"  # noqa: S105

CITATION = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
# Attribute values may hold “>”, so they are matched as a whole.
TAG = re.compile(r"""<(?:[^"'<>]|"[^"]*"|'[^']*')*>""")
END_OF_BLOCK = re.compile(r"</(?:p|li|ul|ol|h3|h4)>|<br ?/?>")
DIALED = re.compile(r"""href=["']?\s*tel:([^"'>\s]*)""", re.IGNORECASE)
# Letters that show nothing: Hangul fillers and the empty Braille pattern are letters or symbols to Unicode.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Format characters, and the marks above or around a digit, like the frame of a keycap.
UNSEEN = frozenset({"Cf", "Me", "Mn"})
SEPARATORS = ("", " ", "-", ".", "/", "·", " - ", "_", "*")
# Digits as people say them, so that “nine one one” is found like 911.
SPOKEN = {
    "0": "zero|oh|cero",
    "1": "one|uno",
    "2": "two|dos",
    "3": "three|tres",
    "4": "four|cuatro",
    "5": "five|cinco",
    "6": "six|seis",
    "7": "seven|siete",
    "8": "eight|ocho",
    "9": "nine|nueve",
}


def is_blank(text):
    """Whether a reader sees nothing: spaces, no-break and zero-width characters, fillers, control characters."""
    return all(char in BLANKS or unicodedata.category(char)[0] in "CZM" for char in text)


def plain(html):
    """The words of sanitised rich text, blocks apart, without tags and entities."""
    return unescape(TAG.sub("", END_OF_BLOCK.sub(" ", html))).strip()


def lines(text):
    """The lines of a “one a line” field that are not blank."""
    return [line.strip() for line in text.splitlines() if not is_blank(line)]


def cited_numbers(text):
    """Numbers of the sources that a text cites as [4] or [4, 5], in order."""
    return [int(number) for group in CITATION.findall(text) for number in group.split(",")]


def without_do_not(line):
    """A do-not line without the “do not” that some editors type although it is added for them."""
    return re.sub(r"^(?:do\s+not|don['’]t)\s+", "", line.strip(), flags=re.IGNORECASE)


def _ascii_digits(text):
    """Full-width, Arabic-Indic, circled and keycap digits as 0-9; every kind of hyphen and space as one."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(str(unicodedata.digit(char)) if unicodedata.digit(char, None) is not None else char for char in text)
    text = "".join("-" if unicodedata.category(char) == "Pd" else char for char in text)
    return re.sub(r"\s+", " ", "".join(char for char in text if unicodedata.category(char) not in UNSEEN))


def has_number(text, number):
    """Whether `number` (digits) stands in a plain text, together, spelled or in words: 911, 9-1-1, nine one one."""
    text = _ascii_digits(text)
    return has_spoken(text, number) or any(
        re.search(rf"(?<![\d.]){re.escape(separator).join(number)}(?!\d|\.\d)", text) for separator in SEPARATORS
    )


def has_spoken(text, number):
    """Whether `number` is typed with at least one of its digits as a word, in English or Spanish."""
    digits = (f"(?:{digit}|{SPOKEN[digit]})" for digit in number)
    found = re.finditer(rf"(?<![\w.]){'[ .-]{1,3}'.join(digits)}(?!\w)", text, re.IGNORECASE)
    return any(re.search(r"[a-z]", match.group(), re.IGNORECASE) for match in found)


def has_phone(text, phone):
    """Whether the national digits `phone` are typed in a plain text, however they are grouped."""
    runs = re.findall(r"\d(?:[\s().-]{0,2}\d)+", _ascii_digits(text))
    return any(phone in re.sub(r"\D", "", run) for run in runs)


def has_typed(text, number, phone):
    """Whether a plain text shows the emergency `number` or the clinic's `phone` (both digits, or empty)."""
    return bool((number and has_number(text, number)) or (phone and has_phone(text, phone)))


def shown_or_dialed(html):
    """The words of sanitised rich text and the numbers that its links dial, as plain text."""
    return "\n".join([plain(html), *(unquote(unescape(number)) for number in DIALED.findall(html))])


def words_of(text):
    """A short text as people hear it: lower case, without marks, arrows and spaces around."""
    return " ".join(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", unicodedata.normalize("NFKC", text).casefold()))
