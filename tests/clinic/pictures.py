"""Uploads for tests, good and hostile. Every function returns a django UploadedFile."""

import io
import struct
import zlib

import PIL.Image
import PIL.PngImagePlugin
from django.core.files.uploadedfile import SimpleUploadedFile


def picture(size=(800, 1000), color=(180, 205, 200), mode="RGB"):
    """Left half in `color`, right half black, so that turning and mirroring show."""
    made = PIL.Image.new(mode, size, color)
    made.paste(0 if isinstance(color, int) else (0,) * len(color), (size[0] // 2, 0, *size))
    return made


def upload(image, extension="jpg", name=None, **options):
    encoded = io.BytesIO()
    image.save(encoded, format={"jpg": "JPEG"}.get(extension, extension.upper()), **options)
    return as_upload(encoded.getvalue(), name or f"picture.{extension}")


def as_upload(content, name="picture.jpg", content_type="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type)


def secret_exif(orientation=1):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "SECRET-description"
    exif[0x8825] = {1: "N", 2: (40.0, 30.0, 0.0), 29: "SECRET-gps"}
    return exif


def with_secrets():
    """A photo, lying on its side, that says where and by whom it was taken, in every place where a JPEG can say so."""
    return upload(
        picture((1000, 800)),
        # Turned a quarter clockwise it stands upright.
        exif=secret_exif(orientation=6),
        comment=b"SECRET-comment",
        xmp=b"<x>SECRET-xmp</x>",
        icc_profile=b"SECRET-not-a-profile",
    )


def animation(extension, frames=3):
    first, *others = [picture((200, 200), (n * 20, 0, 0)) for n in range(frames)]
    return upload(first, extension, save_all=True, append_images=others)


def phone_photo_with_preview():
    """What phones write: a JPEG with a second, smaller picture behind the first."""
    return upload(picture(), "mpo", name="photo.jpg", save_all=True, append_images=[picture((200, 250))])


def png_bomb(width=50_000, height=None):
    """A PNG of a few hundred bytes that claims many pixels; a square unless told otherwise."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height or width, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 10_000)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return as_upload(content, "small.png")


def png_text_bomb():
    text = PIL.PngImagePlugin.PngInfo()
    text.add_text("comment", "x" * 60_000_000, zip=True)
    return upload(picture(), "png", pnginfo=text)


def jpeg_bomb():
    """A small JPEG whose header claims 65535 x 65535 pixels."""
    content = upload(picture((200, 200))).read()
    at = content.index(b"\xff\xc0") + 5
    return as_upload(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])


def truncated(extension="jpg"):
    content = upload(picture(), extension).read()
    return as_upload(content[: len(content) // 2])


def gif_that_is_a_script():
    """Valid JavaScript that begins like a GIF."""
    return as_upload(b"GIF89a/*" + b"\0" * 200 + b"*/=1;alert(1)", "portrait.gif.jpg")


def pdf_with_a_picture():
    return as_upload(b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>endobj\n" + upload(picture()).read(), "portrait.jpg")


def heic():
    return as_upload(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "IMG_1.HEIC")


def not_pictures():
    return {
        "html": as_upload(b"<!doctype html><script>alert(1)</script>", "portrait.jpg"),
        "svg": as_upload(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "portrait.jpg"),
        "php": as_upload(b"<?php system($_GET['c']);", "portrait.php.jpg"),
        "pdf": as_upload(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "portrait.pdf"),
        "zip": as_upload(b"PK\x03\x04" + b"\0" * 100, "portrait.png"),
        "gif": animation("gif", 200),
        "tiff": upload(picture((200, 200)), "tiff"),
        "bmp": upload(picture((200, 200)), "bmp"),
        **{
            kind: upload(picture((200, 200)), kind, name="portrait.jpg") for kind in ("pcx", "ppm", "tga", "ico", "sgi")
        },
        "photoshop": as_upload(b"8BPS\0\1" + b"\0" * 400, "portrait.jpg"),
        "flic": as_upload(b"\0\0\0\0\x12\xaf\1\0" + b"\0" * 200, "portrait.jpg"),
        "postscript": as_upload(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n", "portrait.jpg"),
        "icns": as_upload(b"icns\0\0\0\x10ic07\0\0\0\x08", "portrait.jpg"),
        "jpeg 2000": as_upload(b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 100, "portrait.jpg"),
        "noise": as_upload(bytes(range(256)) * 40),
    }
