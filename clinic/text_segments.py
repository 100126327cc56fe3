"""How long a text message is: phone networks count in segments, and every one costs money.

The GSM 7-bit alphabet and its extension are those of 3GPP TS 23.038, section 6.2.1. A text with one letter outside of
it travels as UCS-2, with less than half the room.
"""

import unicodedata

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("^{}\\[~]|€\f")
# Room in one segment alone, and in each of several.
GSM_ROOM, UCS_ROOM = (160, 153), (70, 67)
# Typographer's marks, which every clinic's name may hold and no phone needs.
PLAIN = str.maketrans({
    **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    "\u2026": "...",
})  # fmt: skip


def is_gsm(text):
    return all(letter in BASIC or letter in EXTENDED for letter in text)


def segments(text):
    """How many segments the text fills; 0 for an empty one. An extended letter or a UCS-2 pair is never split."""
    if is_gsm(text):
        sizes, (alone, each) = [2 if letter in EXTENDED else 1 for letter in text], GSM_ROOM
    else:
        sizes, (alone, each) = [2 if ord(letter) > 0xFFFF else 1 for letter in text], UCS_ROOM
    if sum(sizes) <= alone:
        return 1 if text else 0
    filled, room = 1, each
    for size in sizes:
        if size > room:
            filled, room = filled + 1, each
        room -= size
    return filled


def to_gsm(text):
    """The same on one line in the GSM alphabet: accents that it lacks are dropped, as in “Clínica” to “Clinica”.

    Empty when a letter has no such spelling, as in a name in Korean: half a name would be no name.
    """
    plain = []
    for letter in " ".join(text.split()).translate(PLAIN):
        spelled = letter if is_gsm(letter) else _bare(letter)
        if not is_gsm(spelled) or (not spelled and not unicodedata.category(letter).startswith(("M", "C"))):
            return ""
        plain.append(spelled)
    return "".join(plain)


def _bare(letter):
    split = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in split if not unicodedata.combining(part) and unicodedata.category(part) != "Cf")
