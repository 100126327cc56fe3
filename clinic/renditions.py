"""How the files of a picture are named: by content hash, so a name never changes its meaning."""

import re

CONTENT_TYPES = {"avif": "image/avif", "jpg": "image/jpeg"}
# Hexadecimal digits of the SHA-256 that a name carries: 128 bits, no two pictures share them.
PREFIX_LENGTH = 32
NAME = re.compile(rf"[0-9a-f]{{{PREFIX_LENGTH}}}-[1-9][0-9]{{0,3}}\.(avif|jpg)", re.ASCII)


def rendition_name(digest, width, extension):
    return f"{digest[:PREFIX_LENGTH]}-{width}.{extension}"


def content_type_of(name):
    """The content type of a well-formed name; None for anything else, so nothing else is ever opened."""
    match = NAME.fullmatch(name)
    return CONTENT_TYPES[match[1]] if match else None
