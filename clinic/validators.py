"""What may stand in a text that a person types. Django refuses NUL; these refuse what else a page cannot show."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Unicode calls them letters or symbols although nothing is seen of them: Hangul fillers, the empty Braille cell.
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})
# These turn the reading direction of whatever follows them, also outside the text that holds them.
DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_BREAKS = frozenset("\n\r\t")

FILE_NAME = re.compile(
    r"""\.(jpe?g|png|webp|avif|gif|hei[cf]|tiff?|bmp|svg|pdf)$ |           # anything.jpg
        ^(img|dsc[nf]?|pxl|dcim|mvimg|image|photo|picture|pic|scan|untitled|screen\s?shot|(whatsapp|signal)\s(image|photo))
            ([\d\s_().,:-]|at|am|pm|final|copy)*$ |                        # IMG_1234, image (1), Screenshot … at 10.15
        ^[a-z]{0,5}[_-]?\d{3,}[\d_-]*$ |                                  # P1000234, 20261123_101530, 1234
        ^[0-9a-f]{8}[0-9a-f-]{4,}$                                        # 5bf8a98b8d147ad9
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_seen(text):
    """Whether any character of the text leaves a mark on a page."""
    return any(c not in BLANK_LETTERS and unicodedata.category(c) not in UNSEEN_CATEGORIES for c in text)


def validate_text(value):
    """Paragraphs: raises ValidationError for control characters, half characters, and text that nobody can see."""
    _refuse_unprintable(value, allowed=LINE_BREAKS)


def validate_line(value):
    """One line: as validate_text, and no line break."""
    _refuse_unprintable(value, allowed=frozenset())


def validate_alt(value):
    """A picture's words: one line, and not the name of a file."""
    validate_line(value)
    if FILE_NAME.search(value.strip()):
        raise ValidationError(
            _("This is the name of a file. Say in a few words what the picture shows."), code="file_name"
        )


def _refuse_unprintable(value, *, allowed):
    for character in value:
        if character in DIRECTION_CONTROLS:
            raise ValidationError(
                _("Take out the hidden characters that turn the reading direction."), code="direction"
            )
        if unicodedata.category(character) in ("Cc", "Cs") and character not in allowed:
            raise ValidationError(
                _("Take out the characters that cannot be shown, and type them again."), code="unprintable"
            )
    if not is_seen(value):
        raise ValidationError(_("This looks empty. Type something that people can see."), code="unseen")
