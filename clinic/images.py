"""From an uploaded file to pictures that are safe to serve: decoded, turned upright, made small, encoded anew.

Nothing of the upload itself is kept: no metadata, no thumbnails, no bytes after the picture. Slow, and it writes files:
never call it inside a transaction.
"""

import contextlib
import hashlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import PIL.Image
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import ImageCms, ImageOps

from clinic.renditions import rendition_name

WIDTHS = (320, 640)
MAX_BYTES = 10_000_000
# A little above the largest common phone camera; 150 MB of memory while it is decoded.
MAX_PIXELS = 51_000_000
MIN_SIDE = 160
MAX_RATIO = 4
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# Cameras store a small preview or a depth map beside the picture and call it a second frame.
STILL_FORMATS = ("JPEG", "MPO")
# Part of the content hash: raise it when anything below changes what the files hold, so that names change with them.
PIPELINE = "1"
ENCODERS = {
    "avif": {"format": "AVIF", "quality": 62, "speed": 6},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}


class ImageRefused(Exception):
    """The upload is not stored. The message is one sentence for the person who chose the file."""


@dataclass(frozen=True)
class StoredImage:
    """What was written: `width` and `height` are those of the widest file, in pixels."""

    digest: str
    width: int
    height: int
    widths: tuple[int, ...]


def store_upload(upload):
    """Checks, re-encodes and writes an uploaded file; returns a StoredImage. Raises ImageRefused with the reason.

    `upload` is a django UploadedFile. Its name and its claimed content type are never believed or used.
    """
    if not upload.size:
        raise ImageRefused(_("This file is empty. Choose another one."))
    if upload.size > MAX_BYTES:
        raise ImageRefused(_("This file is larger than 10 MB. Save a smaller copy and choose that."))
    picture = _decode(upload)
    widest = _narrowed(picture, max(WIDTHS))
    digest = hashlib.sha256(f"{PIPELINE}:{widest.width}x{widest.height}:".encode() + widest.tobytes()).hexdigest()
    widths = tuple(sorted({min(width, widest.width) for width in WIDTHS}))
    files = {
        rendition_name(digest, width, extension): _encode(_narrowed(picture, width), options)
        for width in widths
        for extension, options in ENCODERS.items()
    }
    _write(files)
    return StoredImage(digest, widest.width, widest.height, widths)


def image_path(name):
    """Where a rendition's file is. `name` must have passed clinic.renditions.content_type_of."""
    return _folder() / name


def _folder():
    return Path(settings.MEDIA_ROOT) / "images"


def _decode(upload):
    """The upright picture in sRGB on white, without metadata."""
    try:
        with PIL.Image.open(upload, formats=FORMATS) as opened:
            _refuse_shape(opened)
            # JPEG can decode straight to a smaller size: a fraction of the memory and time.
            opened.draft("RGB", (2 * max(WIDTHS), 2 * max(WIDTHS)))
            opened.load()
            return _flattened(_in_srgb(_upright(opened)))
    except ImageRefused:
        raise
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise ImageRefused(_too_many_pixels()) from error
    except PIL.UnidentifiedImageError as error:
        raise ImageRefused(_("This is not a JPEG, PNG, WebP or AVIF picture. Choose another file.")) from error
    except Exception as error:
        # Decoders raise whatever they trip over in a broken file.
        raise ImageRefused(_("This picture is damaged and cannot be read. Choose another copy of it.")) from error


def _refuse_shape(opened):
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise ImageRefused(_too_many_pixels())
    if min(width, height) < MIN_SIDE:
        raise ImageRefused(
            format_lazy(_("This picture is too small: each side needs {side} pixels or more."), side=MIN_SIDE)
        )
    if max(width, height) > MAX_RATIO * min(width, height):
        raise ImageRefused(_("This picture is too long and thin. Cut it to a calmer shape first."))
    if opened.format not in STILL_FORMATS and getattr(opened, "n_frames", 1) > 1:
        raise ImageRefused(_("This is an animation. Choose a still picture."))


def _too_many_pixels():
    return _("This picture has too many pixels. Save a smaller copy, at most 50 megapixels, and choose that.")


def _upright(picture):
    # Broken metadata is no reason to refuse the picture; it goes away in any case.
    with contextlib.suppress(Exception):
        return ImageOps.exif_transpose(picture)
    return picture


def _in_srgb(picture):
    """Colors as meant: phones save in wider color spaces, which look dull where the profile is dropped."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK", "L"):
        return picture
    # A profile that cannot be used is no reason to refuse the picture: its plain values are close enough.
    with contextlib.suppress(ImageCms.PyCMSError, OSError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return picture


def _flattened(picture):
    """A new picture that has only pixels: `Image.info` with its metadata stays behind."""
    flat = PIL.Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        flat.paste(picture, mask=picture.getchannel("A"))
    else:
        flat.paste(picture.convert("RGB"))
    return flat


def _narrowed(picture, width):
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), PIL.Image.Resampling.LANCZOS)


def _encode(picture, options):
    encoded = io.BytesIO()
    picture.save(encoded, **options)
    return encoded.getvalue()


def _write(files):
    """All of the files or none of them: each appears under its name only when every one is safely on disk."""
    waiting = {}
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            with tempfile.NamedTemporaryFile(dir=_folder(), prefix="incoming-", delete=False) as file:
                waiting[name] = file.name
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # Temporary files are private to this user; a web server in front may run as another one.
            os.chmod(file.name, 0o644)
        for name, path in waiting.items():
            os.replace(path, image_path(name))
    except OSError as error:
        for path in waiting.values():
            Path(path).unlink(missing_ok=True)
        raise ImageRefused(
            _("The picture could not be stored. Try again later, and tell whoever looks after this site.")
        ) from error
