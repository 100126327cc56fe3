"""Placeholder portraits of people who do not exist: a drawn column of vertebrae, never a face."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from clinic.images import store_upload

SIDE = 1280  # pixels; drawn large and made smaller, so that curves are smooth
STORED_SIDE = 640
# The mint, ink and amber of static/css/tokens.css. A picture cannot read tokens.
GROUND, BLOCK, MARKED = "#d3ebe4", "#10294a", "#f6a92b"
BLOCKS = 7


def store_portraits(count):
    """Draw and store `count` portraits; returns clinic.images.StoredImage for each.

    Files are named by their content, so a second run writes the same ones again. Raises clinic.images.ImageRefused
    when the folder for pictures cannot be written. Never call it inside a transaction.
    """
    return [store_upload(_upload(number)) for number in range(count)]


def _upload(number):
    encoded = io.BytesIO()
    _drawing(number).save(encoded, "PNG")
    return SimpleUploadedFile("portrait.png", encoded.getvalue(), "image/png")


def _drawing(number):
    """A gently bent column. People are told apart by the bend and by the block that is marked."""
    picture = Image.new("RGB", (SIDE, SIDE), GROUND)
    draw = ImageDraw.Draw(picture)
    height = SIDE * 0.096
    bend = (0.055, -0.055, 0.03, -0.03)[number % 4] * SIDE
    for index in range(BLOCKS):
        along = index / (BLOCKS - 1)
        width = SIDE * (0.24 + 0.2 * along)
        middle = SIDE / 2 + bend * (1 - (2 * along - 1) ** 2) - bend / 2
        top = SIDE * 0.1 + index * height * 1.24
        draw.rounded_rectangle(
            (middle - width / 2, top, middle + width / 2, top + height),
            radius=height * 0.42,
            fill=MARKED if index == (2 * number + 2) % BLOCKS else BLOCK,
        )
    return picture.resize((STORED_SIDE, STORED_SIDE), Image.Resampling.LANCZOS)
