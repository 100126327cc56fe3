"""The picture that a shared link shows: the column of vertebrae, a title, the clinic's name. Plain values in, PNG out.

The font is the one that Pillow carries (Aileron, CC0): it knows English letters only. A text with any other
letter is left out as a whole, because a row of boxes says less than the column alone.
"""

import io
import unicodedata
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
# Part of the digest in every address: raise it when anything below changes what the files hold.
DESIGN = "1"
# As in static/css/tokens.css, where they are --deep, --deep-action, --accent, --deep-on and --deep-soft.
GROUND, BONE, ACCENT, WORDS, SOFT = "#10294a", "#8be3d0", "#f6a92b", "#ffffff", "#c6d6e6"
# Drawn this much larger and scaled down, so that the round corners are smooth.
SCALE = 2
# Steps from the ground to each color, for the edges of letters and blocks.
STEPS = 16
LEFT, TEXT_WIDTH = 80, 740
TITLE_SIZES = (104, 92, 80, 70, 60, 52)
TITLE_TOP, TITLE_BOTTOM = 158, 498
LINE_HEIGHT = 1.14
# The column, from top to bottom: center, top, width and height of each block. It runs out of the picture at both ends.
COLUMN = (
    (1010, -34, 96, 54),
    (996, 34, 106, 58),
    (980, 106, 118, 62),
    (966, 182, 130, 66),
    (958, 262, 144, 72),
    (960, 348, 158, 78),
    (974, 440, 172, 86),
    (1002, 540, 190, 130),
)
# Block of the column that is amber where nothing else is said, as in the brand mark: in the lower back.
AMBER = 5
# The brand mark of static/images/icon.svg, in its own units.
MARK = ((9, 0, 10, 6), (6, 8, 13, 7), (3, 17, 17, 8), (3, 27, 20, 9), (8, 38, 16, 6))
MARK_AMBER = 3
MARK_TOP, MARK_WIDTH = 542, 46
REPLACED = str.maketrans({"\u00a0": " ", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-"})


def draw(*, title, label, name, amber=AMBER):
    """A PNG of 1200 by 630 pixels: `label` (may be empty) above the `title`, the clinic's `name` below.

    `amber`: the block of the column, counted from 0 at the top, that has the accent. A title that the font cannot
    write is replaced by the name, and a name that it cannot write is left out.
    """
    if not is_drawable(title):
        title, label = name, ""
    picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), GROUND)
    pen = ImageDraw.Draw(picture)
    _draw_column(pen, amber)
    if is_drawable(label):
        _write(pen, (LEFT, 92), _shortened(plain_words(label), 34, TEXT_WIDTH), 34, BONE)
    if is_drawable(title):
        lines, size = _fitted(title)
        for number, line in enumerate(lines):
            _write(pen, (LEFT, TITLE_TOP + number * size * LINE_HEIGHT), line, size, WORDS, stroke=size / 110)
    _draw_mark(pen)
    if is_drawable(name) and name != title:
        name = _shortened(plain_words(name), 34, TEXT_WIDTH - MARK_WIDTH)
        _write(pen, (LEFT + MARK_WIDTH, MARK_TOP + 2), name, 34, SOFT)
    encoded = io.BytesIO()
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    small.quantize(palette=_palette(), dither=Image.Dither.NONE).save(encoded, "PNG", optimize=True)
    return encoded.getvalue()


def is_drawable(text):
    """Whether there is a text, and the font has every letter of it."""
    words = plain_words(text)
    return bool(words) and all(_has_glyph(char) for char in set(words) - {" "})


def plain_words(text):
    """One line, without characters that show nothing; dashes and spaces as the font has them."""
    text = unicodedata.normalize("NFC", text).translate(REPLACED)
    return " ".join("".join(char for char in text if char in "\t\n" or unicodedata.category(char)[0] != "C").split())


@lru_cache(maxsize=1)
def _palette():
    """The same few colors for every picture, so that each is a small file and none has a tint of its own."""
    ground, *others = (ImageColor.getrgb(color) for color in (GROUND, BONE, ACCENT, WORDS, SOFT))
    mixed = [
        round(start + (end - start) * step / STEPS)
        for other in others
        for step in range(STEPS + 1)
        for start, end in zip(ground, other, strict=True)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette(mixed)
    return palette


@lru_cache(maxsize=16)
def _font(size):
    return ImageFont.load_default(size * SCALE)


@lru_cache(maxsize=2_000)
def _has_glyph(char):
    # U+FFFF is no character, so the font draws the box that stands for every letter it does not have.
    return bytes(_font(20).getmask(char)) != bytes(_font(20).getmask("\uffff"))


def _width(text, size):
    return _font(size).getlength(text) / SCALE


def _write(pen, at, text, size, color, stroke=0):
    place = tuple(value * SCALE for value in at)
    pen.text(place, text, font=_font(size), fill=color, stroke_width=stroke * SCALE, stroke_fill=color)


def _fitted(title):
    """Lines of the title and their size in pixels: as large as the room allows, shortened when nothing fits."""
    words = plain_words(title).split()
    for size in TITLE_SIZES:
        lines = _wrapped(words, size)
        fits = len(lines) * size * LINE_HEIGHT <= TITLE_BOTTOM - TITLE_TOP
        if fits and all(_width(line, size) <= TEXT_WIDTH for line in lines):
            return lines, size
    most = int((TITLE_BOTTOM - TITLE_TOP) / (size * LINE_HEIGHT))
    kept = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_shortened(line, size, TEXT_WIDTH) for line in kept], size


def _wrapped(words, size):
    lines = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, size) <= TEXT_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _shortened(line, size, room):
    if _width(line, size) <= room:
        return line
    while line and _width(f"{line}…", size) > room:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _block(pen, left, top, width, height, radius, color):
    box = [value * SCALE for value in (left, top, left + width, top + height)]
    pen.rounded_rectangle(box, radius * SCALE, fill=color)


def _draw_column(pen, amber):
    for number, (center, top, width, height) in enumerate(COLUMN):
        _block(pen, center - width / 2, top, width, height, height * 0.42, ACCENT if number == amber else BONE)


def _draw_mark(pen):
    for number, (left, top, width, height) in enumerate(MARK):
        color = ACCENT if number == MARK_AMBER else BONE
        _block(pen, LEFT + left, MARK_TOP + top, width, height, height * 0.42, color)
