"""Files made to do harm, and what phones and scanners make strange: refused with one sentence, or made harmless."""

import io
import os
import re
import struct
import zipfile

import PIL.Image
import pytest
from PIL import ImageCms

from clinic import images
from clinic.images import MAX_BYTES, ImageRefused, store_upload
from tests.clinic import pictures
from tests.clinic.pictures import as_upload, picture, upload

# What begins a place where files keep words beside their pixels: JPEG's APP1 to APP15 and comment.
JPEG_EXTRAS = re.compile(rb"\xff[\xe1-\xef\xfe]")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored_files(media):
    return sorted((media / "images").iterdir()) if (media / "images").exists() else []


REFUSED = {
    "empty": (lambda: as_upload(b""), "This file is empty. Choose another one."),
    "too many bytes": (lambda: as_upload(b"\0" * (MAX_BYTES + 1)), "This file is larger than 10 MB."),
    "truncated": (pictures.truncated, "This picture is damaged and cannot be read."),
    "truncated png": (lambda: pictures.truncated("png"), "This picture is damaged and cannot be read."),
    "truncated webp": (lambda: pictures.truncated("webp"), "This picture is damaged and cannot be read."),
    "truncated avif": (lambda: pictures.truncated("avif"), "This"),
    "head alone": (lambda: as_upload(b"\xff\xd8\xff\xe0"), "This"),
    "pixel bomb": (pictures.png_bomb, "This picture has too many pixels:"),
    "pixel bomb below Pillow's own limit": (lambda: pictures.png_bomb(9_000), "This picture has too many pixels:"),
    "long pixel bomb": (lambda: pictures.png_bomb(1, 2**31 - 1), "This picture"),
    "text bomb": (pictures.png_text_bomb, "This picture is damaged and cannot be read."),
    "jpeg that claims 65535 x 65535": (pictures.jpeg_bomb, "This picture has too many pixels:"),
    "animated png": (lambda: pictures.animation("png"), "This is an animation."),
    "animated webp": (lambda: pictures.animation("webp", 50), "This is an animation."),
    "animated avif": (lambda: pictures.animation("avif"), "This is an animation."),
    "one pixel": (lambda: upload(picture((1, 1)), "png"), "This picture is too small"),
    "one pixel wide": (lambda: upload(picture((1, 20_000)), "png"), "This picture is too small"),
    "thin": (lambda: upload(picture((200, 900))), "This picture is too long and thin."),
    "heic": (pictures.heic, "This is a HEIC picture"),
    "script in gif": (pictures.gif_that_is_a_script, "This is not a JPEG"),
    "jpeg behind pdf": (pictures.pdf_with_a_picture, "This is not a JPEG"),
    **{
        name: (lambda file=file: file, "This is not a JPEG, PNG, WebP or AVIF picture.")
        for name, file in pictures.not_pictures().items()
    },
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_files_are_refused_with_one_sentence_and_leave_nothing(media, name):
    make, sentence = REFUSED[name]
    with pytest.raises(ImageRefused) as refused:
        store_upload(make())
    assert str(refused.value).startswith(sentence)
    assert stored_files(media) == []


def behind(extension, tail, **options):
    return as_upload(upload(picture(), extension, **options).read() + tail, f"portrait.{extension}")


def zip_bytes():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("HIDDEN.js", "HIDDEN()")
    return packed.getvalue()


HARMLESS = {
    "script behind a png": lambda: behind("png", b"<script>HIDDEN(1)</script><?php HIDDEN();"),
    "zip behind a jpeg": lambda: behind("jpg", zip_bytes()),
    "script as comment": lambda: upload(picture(), comment=b"*/=HIDDEN/*"),
    "script as xmp": lambda: upload(picture(), xmp=b"<x:xmpmeta><script>HIDDEN(1)</script></x:xmpmeta>"),
    "words in a webp": lambda: upload(picture(), "webp", exif=b"Exif\0\0HIDDEN", xmp=b"HIDDEN"),
    "words in an avif": lambda: upload(picture(), "avif", exif=pictures.secret_exif(), xmp=b"HIDDEN"),
    "broken color profile": lambda: upload(picture(), icc_profile=b"HIDDEN-no-profile" * 20),
    "everything a phone tells": pictures.with_secrets,
    "several pictures in one": pictures.phone_photo_with_preview,
    "wrong extension": lambda: upload(picture(), "png", name="portrait.jpg"),
    "double extension": lambda: upload(picture(), "png", name="portrait.php.png"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_hides_in_a_picture_goes_away(media, name):
    stored = store_upload(HARMLESS[name]())
    assert stored.width == 800
    for path in stored_files(media):
        content = path.read_bytes()
        for marker in (b"HIDDEN", b"SECRET", b"script", b"PK\x03\x04", b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE"):
            assert marker not in content, (path.name, marker)
        with PIL.Image.open(path) as file:
            assert not file.getexif()
            assert not set(file.info) & {"exif", "xmp", "icc_profile", "comment", "photoshop", "mpoffset"}
        if path.suffix == ".jpg":
            # Up to the first scan there is nothing but what a decoder needs.
            assert not JPEG_EXTRAS.search(content.partition(b"\xff\xda")[0])
            assert content.endswith(b"\xff\xd9")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_every_orientation_stands_upright(media, orientation, extension):
    """The light quarter is at the top left of the picture as it was seen."""
    seen = PIL.Image.new("RGB", (400, 300), "black")
    seen.paste((250, 250, 250), (0, 0, 200, 150))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    held = seen.transpose(PIL.Image.Transpose(undo[orientation])) if orientation in undo else seen
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    stored = store_upload(upload(held, extension, exif=exif))
    assert (stored.width, stored.height) == (400, 300)
    with PIL.Image.open(media / "images" / f"{stored.digest[:32]}-400.jpg") as file:
        assert sum(file.getpixel((50, 50))) > 600
        assert all(sum(file.getpixel(place)) < 150 for place in ((350, 50), (50, 250), (350, 250)))


@pytest.mark.parametrize(("value", "seen"), [(0, 0), (0x8000, 128), (0xFFFF, 255)])
def test_a_scan_of_sixteen_bits_keeps_its_grays(media, value, seen):
    stored = store_upload(upload(PIL.Image.new("I;16", (400, 400), value), "png"))
    with PIL.Image.open(media / "images" / f"{stored.digest[:32]}-320.jpg") as file:
        assert file.getpixel((100, 100)) == pytest.approx((seen,) * 3, abs=3)


def test_a_gray_with_a_profile_for_colors_is_still_a_picture(media):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert store_upload(upload(picture(mode="L", color=200), icc_profile=profile)).width == 800


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), PermissionError(13, "Permission denied")])
@pytest.mark.parametrize("failing", ["fsync", "replace", "chmod"])
def test_a_disk_that_refuses_leaves_no_unfinished_file(media, monkeypatch, failing, error):
    """The third file fails. What is there then is whole, and under the name of its content."""
    calls, real = [], getattr(os, failing)

    def fail(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise error
        return real(*arguments)

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(ImageRefused, match="could not be stored"):
        store_upload(upload(picture()))
    assert not [path for path in stored_files(media) if path.name.startswith("incoming-")]
    for path in stored_files(media):
        with PIL.Image.open(path) as file:
            file.load()


def test_a_folder_that_cannot_be_made(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file"
    with pytest.raises(ImageRefused, match="could not be stored"):
        store_upload(upload(picture()))


def test_one_picture_at_a_time_is_decoded(monkeypatch):
    """Memory is the limit: fifty uploads at once must not need fifty times as much."""
    held = []

    def watched(upload):
        held.append(images.ONE_AT_A_TIME.locked())
        raise ImageRefused("enough")

    monkeypatch.setattr(images, "_decode", watched)
    with pytest.raises(ImageRefused):
        store_upload(upload(picture()))
    assert held == [True]
    assert not images.ONE_AT_A_TIME.locked()


def test_a_large_photo_needs_less_memory_than_its_pixels():
    """48 megapixels of JPEG are decoded at half their size; the whole would be 144 MB."""
    header = struct.pack(">HH", 6000, 8000)
    photo = upload(PIL.Image.new("RGB", (8000, 6000), "teal"))
    assert header in photo.read(2000)
    photo.seek(0)
    stored = store_upload(photo)
    assert (stored.width, stored.height) == (1600, 1200)
