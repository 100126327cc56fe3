"""From an uploaded file to pictures that are safe to serve: decoded, turned upright, made small, encoded anew.

Nothing of the upload itself is kept: no metadata, no thumbnails, no bytes after the picture. Slow, and it writes files:
never call it inside a transaction.
"""

import contextlib
import hashlib
import io
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import PIL.Image
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, ImageCms

from clinic.renditions import rendition_name, square_box, square_widths

WIDTHS = (320, 640, 1024, 1600)
# Of the widest file: its longer side in pixels. Twice what the widest column of a page shows.
LONGEST_SIDE = 1600
# In the middle, until somebody says what matters; in percent from the left and from the top.
MIDDLE = (50, 50)
MAX_BYTES = 10_000_000
# A little above the largest common phone camera, and above scans and screenshots. JPEG alone can be decoded small.
MAX_PIXELS = 51_000_000
MAX_PIXELS_NOT_JPEG = 25_000_000
MIN_SIDE = 160
MAX_RATIO = 4
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# Cameras store a small preview or a depth map beside the picture and call it a second frame.
STILL_FORMATS = ("JPEG", "MPO")
# What the first box of a phone's HEIC picture says (ISO/IEC 23008-12, annex B); AVIF has brands of its own.
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# What undoes each of EXIF's orientations (CIPA DC-008, 4.6.5.1.6).
TURNS = {
    2: PIL.Image.Transpose.FLIP_LEFT_RIGHT,
    3: PIL.Image.Transpose.ROTATE_180,
    4: PIL.Image.Transpose.FLIP_TOP_BOTTOM,
    5: PIL.Image.Transpose.TRANSPOSE,
    6: PIL.Image.Transpose.ROTATE_270,
    7: PIL.Image.Transpose.TRANSVERSE,
    8: PIL.Image.Transpose.ROTATE_90,
}
# Part of the content hash: raise it when anything below changes what the files hold, so that names change with them.
PIPELINE = "2"
ENCODERS = {
    "avif": {"format": "AVIF", "quality": 62, "speed": 6},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}


# Decoding takes hundreds of megabytes: uploads that arrive together wait for each other.
ONE_AT_A_TIME = threading.Lock()


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
    with ONE_AT_A_TIME:
        return _store(_decode(upload))


def _store(widest):
    digest = hashlib.sha256(f"{PIPELINE}:{widest.width}x{widest.height}:".encode() + widest.tobytes()).hexdigest()
    widths = tuple(sorted({min(width, widest.width) for width in WIDTHS}))
    files = {
        rendition_name(digest, width, extension): _encode(_narrowed(widest, width), options)
        for width in widths
        for extension, options in ENCODERS.items()
    }
    _write(files | _squares(widest, digest, MIDDLE))
    return StoredImage(digest, widest.width, widest.height, widths)


def store_squares(*, digest, width, focus):
    """Writes the squares around `focus`, in percent, of the stored picture whose widest file is `width` pixels wide.

    Files are added and none is changed: pages that show older squares keep them. Raises ImageRefused.
    """
    try:
        with PIL.Image.open(image_path(rendition_name(digest, width, "jpg")), formats=["JPEG"]) as widest:
            files = _squares(widest, digest, focus)
    except OSError as error:
        raise ImageRefused(_("The file of this picture is missing. Choose the picture again.")) from error
    _write({name: content for name, content in files.items() if not image_path(name).exists()})


def _squares(widest, digest, focus):
    square = widest.crop(square_box(widest.width, widest.height, focus))
    return {
        rendition_name(digest, width, extension, focus): _encode(_narrowed(square, width), options)
        for width in square_widths(widest.width, widest.height)
        for extension, options in ENCODERS.items()
    }


def image_path(name):
    """Where a rendition's file is. `name` must have passed clinic.renditions.content_type_of."""
    return _folder() / name


def _folder():
    return Path(settings.MEDIA_ROOT) / "images"


def _decode(upload):
    """The upright picture in sRGB on white, at most LONGEST_SIDE long, with its pixels and nothing else."""
    try:
        with PIL.Image.open(upload, formats=FORMATS) as opened:
            _refuse_shape(opened)
            # JPEG can decode straight to a smaller size: a fraction of the memory and time.
            opened.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
            opened.load()
            # Smaller before anything else: whatever follows copies the picture once more.
            small = _on_white(_shrunk(_in_eight_bits(opened)))
            return _upright(_in_srgb(small, opened.info.get("icc_profile")), opened)
    except ImageRefused:
        raise
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise ImageRefused(_too_many_pixels()) from error
    except PIL.UnidentifiedImageError as error:
        raise ImageRefused(_not_a_picture(upload)) from error
    except Exception as error:
        # Decoders raise whatever they trip over in a broken file.
        raise ImageRefused(_("This picture is damaged and cannot be read. Choose another copy of it.")) from error


def _not_a_picture(upload):
    upload.seek(0)
    kind = upload.read(12)[4:]
    if kind[:4] == b"ftyp" and kind[4:] in HEIC_BRANDS:
        return _(
            "This is a HEIC picture, which many browsers cannot show. On the phone, share it as JPEG (on an iPhone: "
            "Settings, Camera, Formats, Most Compatible), or take a screenshot of it, and choose that."
        )
    return _("This is not a JPEG, PNG, WebP or AVIF picture. Choose another file.")


def _refuse_shape(opened):
    width, height = opened.size
    if width * height > (MAX_PIXELS if opened.format in STILL_FORMATS else MAX_PIXELS_NOT_JPEG):
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
    return _(
        "This picture has too many pixels: a JPEG may have 50 million, another picture 25 million. Save a smaller copy "
        "and choose that."
    )


def _in_eight_bits(picture):
    """In a mode that can be made smaller smoothly. A gray scan of 16 bits would otherwise turn white."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode == "RGBA" or (picture.mode in ("RGB", "L", "CMYK") and not picture.has_transparency_data):
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _shrunk(picture):
    share = LONGEST_SIDE / max(picture.size)
    if share >= 1:
        return picture
    size = tuple(max(1, round(side * share)) for side in picture.size)
    return picture.resize(size, PIL.Image.Resampling.LANCZOS, reducing_gap=3)


def _on_white(picture):
    if picture.mode != "RGBA":
        return picture
    flat = PIL.Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat


def _in_srgb(picture, profile):
    """Colors as meant: phones save in wider color spaces, which look dull where the profile is dropped."""
    # A profile that cannot be used is no reason to refuse the picture: its plain values are close enough.
    with contextlib.suppress(ImageCms.PyCMSError, OSError):
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return picture.convert("RGB")


def _upright(picture, opened):
    """A new picture that stands as the camera was held; `Image.info` with its metadata stays behind."""
    orientation = None
    # Broken metadata is no reason to refuse the picture; it goes away in any case.
    with contextlib.suppress(Exception):
        orientation = opened.getexif().get(ExifTags.Base.Orientation)
    if orientation in TURNS:
        picture = picture.transpose(TURNS[orientation])
    bare = PIL.Image.new("RGB", picture.size)
    bare.paste(picture)
    return bare


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
