import stat
from pathlib import Path

import PIL.Image
import pytest
from PIL import ImageCms

from clinic.images import ImageRefused, store_squares, store_upload
from clinic.renditions import content_type_of, rendition_name, square_box, square_offer
from tests.clinic import pictures
from tests.clinic.pictures import picture, upload


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored_files(media):
    return sorted((media / "images").iterdir()) if (media / "images").exists() else []


def open_stored(media, stored, width, extension="jpg"):
    return PIL.Image.open(media / "images" / f"{stored.digest[:32]}-{width}.{extension}")


@pytest.mark.parametrize(
    ("size", "widths", "widest"),
    [
        ((3200, 2400), (320, 640, 1024, 1600), (1600, 1200)),
        ((2400, 3200), (320, 640, 1024, 1200), (1200, 1600)),
        ((800, 1000), (320, 640, 800), (800, 1000)),
        ((640, 640), (320, 640), (640, 640)),
        ((500, 400), (320, 500), (500, 400)),
        ((200, 300), (200,), (200, 300)),
        ((160, 160), (160,), (160, 160)),
    ],
)
def test_widths_in_two_formats_and_never_larger_than_it_came(media, size, widths, widest):
    stored = store_upload(upload(picture(size)))
    assert (stored.widths, (stored.width, stored.height)) == (widths, widest)
    assert len([path for path in stored_files(media) if "-at-" not in path.name]) == 2 * len(widths)
    for width in widths:
        for extension, name in (("jpg", "JPEG"), ("avif", "AVIF")):
            with open_stored(media, stored, width, extension) as file:
                assert (file.format, file.mode, file.width) == (name, "RGB", width)
                assert file.height == pytest.approx(width * size[1] / size[0], abs=1)


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "avif"])
def test_the_four_formats_that_are_taken(extension):
    assert store_upload(upload(picture(), extension)).width == 800


@pytest.mark.parametrize(
    ("mode", "color"), [("L", 180), ("CMYK", (10, 20, 30, 0)), ("RGBA", (9, 8, 7, 0)), ("P", 3), ("1", 1)]
)
def test_every_kind_of_pixel(media, mode, color):
    extension = "jpg" if mode == "CMYK" else "png"
    stored = store_upload(upload(picture(mode=mode, color=color), extension))
    with open_stored(media, stored, 320) as file:
        assert file.mode == "RGB"


def test_transparent_places_turn_white(media):
    stored = store_upload(upload(PIL.Image.new("RGBA", (400, 400), (0, 0, 0, 0)), "png"))
    with open_stored(media, stored, 320) as file:
        assert min(file.getpixel((100, 100))) > 250


def test_the_picture_stands_upright_and_tells_nothing_else(media):
    photo = pictures.with_secrets()
    assert b"SECRET-gps" in photo.read()
    photo.seek(0)
    stored = store_upload(photo)
    assert (stored.width, stored.height) == (800, 1000)
    with open_stored(media, stored, 640) as file:
        # The left half was light. Turned clockwise, light is above.
        assert sum(file.getpixel((320, 100))) > 400 > sum(file.getpixel((320, 700)))
    for path in stored_files(media):
        content = path.read_bytes()
        assert b"SECRET" not in content
        assert b"Exif" not in content
        with PIL.Image.open(path) as file:
            assert not file.getexif()
            assert not set(file.info) & {"exif", "xmp", "icc_profile", "comment"}


def test_broken_metadata_does_not_matter():
    assert store_upload(upload(picture(), exif=b"Exif\x00\x00no tiff at all")).width == 800


def test_colors_of_a_profile_are_taken_over(media):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert store_upload(upload(picture(), icc_profile=profile)).width == 800
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stored = store_upload(upload(picture(color=(200, 60, 60)), icc_profile=srgb))
    with open_stored(media, stored, 640) as file:
        assert file.getpixel((50, 50)) == pytest.approx((200, 60, 60), abs=6)


def test_a_photo_with_a_preview_inside_is_a_photo(media):
    stored = store_upload(pictures.phone_photo_with_preview())
    assert (stored.width, stored.height) == (800, 1000)


def test_the_same_picture_is_the_same_files(media):
    first, again = store_upload(upload(picture())), store_upload(upload(picture(), name="other.jpg"))
    other = store_upload(upload(picture(color=(0, 0, 250))))
    assert first == again != other
    assert len(stored_files(media)) == 24


def test_names_hold_nothing_of_the_name_it_came_with(media):
    for name in (
        "../../x.jpg",
        "C:\\x.jpg",
        ".htaccess",
        "CON",
        "gpj.\u202eexe",
        "-rf.jpg",
        "😀.jpg",
        "x" * 300 + ".jpg",
    ):
        store_upload(upload(picture((200, 200)), name=name))
    names = [path.name for path in stored_files(media)]
    assert all(content_type_of(name) for name in names)
    # One width and three squares, each as AVIF and JPEG.
    assert len(names) == 8


def test_others_may_read_the_files(media):
    store_upload(upload(picture()))
    for path in stored_files(media):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("size", "focus", "box"),
    [
        ((800, 400), (50, 50), (200, 0, 600, 400)),
        ((800, 400), (0, 0), (0, 0, 400, 400)),
        ((800, 400), (100, 30), (400, 0, 800, 400)),
        ((800, 400), (40, 99), (120, 0, 520, 400)),
        ((400, 800), (10, 75), (0, 400, 400, 800)),
        ((400, 400), (90, 10), (0, 0, 400, 400)),
    ],
)
def test_a_square_lies_around_what_matters_and_inside_the_picture(size, focus, box):
    assert square_box(*size, focus) == box


def test_squares_come_with_the_picture_and_again_with_another_point(media):
    stored = store_upload(upload(picture((1000, 500))))
    offer = square_offer(stored.digest, stored.width, stored.height, (50, 50))
    assert offer.widths == (96, 192, 320)
    for extension in ("avif", "jpg"):
        with PIL.Image.open(media / "images" / rendition_name(stored.digest, 320, extension, (50, 50))) as file:
            assert file.size == (320, 320)
    before = {path.name: path.read_bytes() for path in stored_files(media)}
    store_squares(digest=stored.digest, width=stored.width, focus=(0, 50))
    after = {path.name: path.read_bytes() for path in stored_files(media)}
    # Pages that show the older squares keep them.
    assert before.items() <= after.items()
    assert len(after) == len(before) + 6
    with PIL.Image.open(media / "images" / rendition_name(stored.digest, 320, "jpg", (0, 50))) as left:
        assert sum(left.getpixel((300, 100))) > 400
    store_squares(digest=stored.digest, width=stored.width, focus=(0, 50))
    assert len(stored_files(media)) == len(after)


def test_squares_of_a_picture_whose_files_are_gone(media):
    with pytest.raises(ImageRefused, match="missing"):
        store_squares(digest="0" * 64, width=640, focus=(10, 10))


def test_colors_behind_transparent_places_do_not_shine_through(media):
    clear = PIL.Image.new("RGBA", (2000, 2000), (255, 0, 0, 0))
    stored = store_upload(upload(clear, "png"))
    with open_stored(media, stored, 320) as file:
        assert min(file.getpixel((100, 100))) > 250


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "../settings.py",
        "..%2f" + "0" * 32 + "-320.jpg",
        "0" * 31 + "-320.jpg",
        "0" * 33 + "-320.jpg",
        "G" * 32 + "-320.jpg",
        "A" * 32 + "-320.jpg",
        "0" * 32 + "-0.jpg",
        "0" * 32 + "-٣٢٠.jpg",
        "0" * 32 + "-32000.jpg",
        "0" * 32 + "-320.png",
        "0" * 32 + "-at-101-50-320.jpg",
        "0" * 32 + "-at-050-50-320.jpg",
        "0" * 32 + "-at-50-320.jpg",
        "0" * 32 + "-at--5-50-320.jpg",
        "0" * 32 + "-320.jpg\n",
        "0" * 32 + "-320.jpg/..",
        "incoming-abc",
    ],
)
def test_only_names_of_our_own_making_are_opened(client, name):
    assert content_type_of(name) is None
    assert client.get(f"/images/{name}").status_code == 404


@pytest.mark.django_db
def test_serving(client, media):
    stored = store_upload(upload(picture()))
    for path in stored_files(media):
        response = client.get(f"/images/{path.name}")
        assert response.status_code == 200
        assert response["Content-Type"] == {".jpg": "image/jpeg", ".avif": "image/avif"}[Path(path).suffix]
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.getvalue() == path.read_bytes()
        response.close()
    head = client.head(f"/images/{stored_files(media)[0].name}")
    head.close()
    assert (head.status_code, head["Content-Type"]) == (200, "image/avif")
    assert client.post(f"/images/{stored_files(media)[0].name}").status_code == 405
    assert client.get(f"/images/{stored.digest[:32]}-999.jpg").status_code == 404


@pytest.mark.django_db
def test_a_range_is_answered_with_the_whole_and_an_unknown_one_with_nothing(client, media):
    """A server may ignore Range (RFC 9110, 14.2); what comes is never a part that claims to be the whole."""
    store_upload(upload(picture((200, 200))))
    path = stored_files(media)[0]
    for value in ("bytes=0-9", "bytes=9999999-", "bytes=-5", "x"):
        response = client.get(f"/images/{path.name}", headers={"range": value})
        assert (response.status_code, response.getvalue()) == (200, path.read_bytes())
        response.close()


@pytest.mark.django_db
def test_nobody_is_remembered_who_looks_at_a_picture(client, media):
    store_upload(upload(picture((200, 200))))
    response = client.get(f"/images/{stored_files(media)[0].name}", {"x": "1"})
    response.close()
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
def test_a_link_out_of_the_folder_has_no_name_of_ours(client, media):
    (media / "secret.txt").write_text("secret")
    (media / "images").mkdir()
    for name in ("../secret.txt", "%2e%2e%2fsecret.txt", "..\\secret.txt", "secret.txt"):
        assert client.get(f"/images/{name}").status_code == 404
