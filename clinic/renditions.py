"""How the files of a picture are named and offered: by content hash, so a name never changes its meaning."""

import re
from dataclasses import dataclass

from django.urls import reverse

CONTENT_TYPES = {"avif": "image/avif", "jpg": "image/jpeg"}
# Hexadecimal digits of the SHA-256 that a name carries: 128 bits, no two pictures share them.
PREFIX_LENGTH = 32
# Squares as wide as lists of people and the library show them, on plain and on dense screens; in pixels.
SQUARES = (96, 192, 320)
_PERCENT = r"(?:[1-9]?[0-9]|100)"
NAME = re.compile(rf"[0-9a-f]{{{PREFIX_LENGTH}}}(?:-at-{_PERCENT}-{_PERCENT})?-[1-9][0-9]{{0,3}}\.(avif|jpg)", re.ASCII)


def rendition_name(digest, width, extension, focus=None):
    """`focus` is (x, y) in percent of the picture for a square around that point, None for the whole picture."""
    square = f"-at-{focus[0]}-{focus[1]}" if focus else ""
    return f"{digest[:PREFIX_LENGTH]}{square}-{width}.{extension}"


def content_type_of(name):
    """The content type of a well-formed name; None for anything else, so nothing else is ever opened."""
    match = NAME.fullmatch(name)
    return CONTENT_TYPES[match[1]] if match else None


def square_box(width, height, focus):
    """(left, top, right, bottom) of the largest square in a picture whose middle is as near to `focus` as it fits."""
    side = min(width, height)
    left = min(max(round(width * focus[0] / 100 - side / 2), 0), width - side)
    top = min(max(round(height * focus[1] / 100 - side / 2), 0), height - side)
    return left, top, left + side, top + side


def square_widths(width, height):
    """The widths in pixels in which squares of a picture exist; never larger than the picture is."""
    return tuple(sorted({min(wanted, width, height) for wanted in SQUARES}))


@dataclass(frozen=True)
class Offer:
    """What `<picture>` needs: the addresses of one picture's files. `src` is the widest JPEG; sizes are in pixels."""

    digest: str
    width: int
    height: int
    widths: tuple[int, ...]
    focus: tuple[int, int] | None = None

    @property
    def src(self):
        return self._url(max(self.widths, default=self.width), "jpg")

    @property
    def smallest_src(self):
        return self._url(min(self.widths, default=self.width), "jpg")

    @property
    def jpeg_srcset(self):
        return self._srcset("jpg")

    @property
    def avif_srcset(self):
        return self._srcset("avif")

    def _srcset(self, extension):
        return ", ".join(f"{self._url(width, extension)} {width}w" for width in self.widths)

    def _url(self, width, extension):
        return reverse("clinic:image", args=[rendition_name(self.digest, width, extension, self.focus)])


def square_offer(digest, width, height, focus):
    """The Offer of the square around `focus` of a picture with these sides."""
    widths = square_widths(width, height)
    return Offer(digest, widths[-1], widths[-1], widths, focus)
