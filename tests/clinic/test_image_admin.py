import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.client import encode_multipart
from django.urls import reverse
from django.utils import timezone

from clinic import picture_forms
from clinic.images import store_upload
from clinic.models import Clinic, Image
from tests.clinic import pictures
from tests.clinic.pictures import picture, upload
from tests.factories import make_clinic

ADD = reverse("admin:clinic_image_add")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def editor(client, db, media):
    make_clinic()
    client.force_login(get_user_model().objects.create_superuser("edie"))
    return client


def stored_files(media):
    return sorted((media / "images").iterdir()) if (media / "images").exists() else []


def errors(page):
    return str(page.context["adminform"].form.errors)


def change_url(image):
    return reverse("admin:clinic_image_change", args=[image.pk])


def test_a_picture_is_added(editor, media):
    old = Clinic.objects.get().facts_version
    assert editor.post(ADD, {"file": upload(picture()), "alt": "A door, half open"}).status_code == 302
    image = Image.objects.get()
    assert (image.width, image.height, image.widths, image.alt) == (
        *(800, 1000, [320, 640, 800]),
        "A door, half open",
    )
    assert {path.name for path in stored_files(media)} == {
        f"{image.digest[:32]}-{width}.{extension}"
        for width in ("320", "640", "800", "at-50-50-96", "at-50-50-192", "at-50-50-320")
        for extension in ("avif", "jpg")
    }
    assert Clinic.objects.get().facts_version > old
    page = editor.get(reverse("admin:clinic_image_changelist"))
    assert f'<img src="{image.square.src}"' in page.text
    assert "A door, half open" in page.text


@pytest.mark.django_db(transaction=True)
def test_the_slow_work_is_done_before_the_transaction(editor, monkeypatch):
    inside = []

    def watched(file):
        inside.append(connection.in_atomic_block)
        return store_upload(file)

    monkeypatch.setattr(picture_forms, "store_upload", watched)
    assert editor.post(ADD, {"file": upload(picture()), "alt": "A door"}).status_code == 302
    assert inside == [False]


HOSTILE = {
    "truncated": (pictures.truncated, "This picture is damaged"),
    "pixel bomb": (pictures.png_bomb, "too many pixels"),
    "animation": (lambda: pictures.animation("webp"), "This is an animation."),
    "empty": (lambda: pictures.as_upload(b""), "The submitted file is empty."),
    "heic": (pictures.heic, "This is a HEIC picture"),
    "svg": (lambda: pictures.not_pictures()["svg"], "This is not a JPEG, PNG, WebP or AVIF picture."),
    "too many bytes": (lambda: pictures.as_upload(b"\0" * 10_000_001), "larger than 10 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_refused_file_keeps_what_was_typed_and_stores_nothing(editor, media, name):
    make, sentence = HOSTILE[name]
    page = editor.post(ADD, {"file": make(), "alt": "A door, half open", "credit": "Kim"})
    assert page.status_code == 200
    assert sentence in errors(page)
    assert 'value="A door, half open"' in page.text
    assert 'value="Kim"' in page.text
    assert stored_files(media) == []
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../x.jpg", "C:\\x.jpg", ".htaccess", "gpj.\u202eexe", "x" * 300 + ".jpg", "😀.jpg", "-rf"]
)
def test_the_name_of_the_file_does_not_matter(editor, media, name):
    editor.post(ADD, {"file": upload(picture(), name=name), "alt": "A door"})
    assert Image.objects.count() == 1
    assert len(stored_files(media)) == 12


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"alt": ""}, "Say what the picture shows"),
        ({"alt": "IMG_1234.jpg"}, "This is the name of a file."),
        ({"alt": "\u3164"}, "This looks empty."),
        ({"alt": "x" * 201}, "at most 200 characters"),
        ({"alt": "A door", "credit": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_picture_needs_words(editor, fields, sentence):
    page = editor.post(ADD, {"file": upload(picture())} | fields)
    assert page.status_code == 200
    assert sentence in errors(page)
    assert not Image.objects.exists()


def test_decoration_needs_none(editor):
    assert editor.post(ADD, {"file": upload(picture()), "is_decorative": "on"}).status_code == 302
    assert Image.objects.get().alt_text == ""


def test_a_new_picture_needs_a_file(editor):
    assert "This field is required." in errors(editor.post(ADD, {"alt": "A door"}))


def test_the_same_picture_leads_to_the_one_that_is_there_with_the_words_just_typed(editor):
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    image = Image.objects.get()
    page = editor.post(ADD, {"file": upload(picture(), name="other.jpg"), "alt": "The same door", "credit": "Kim"})
    assert page.status_code == 200
    assert "This picture is in the library already" in page.text
    assert 'value="The same door"' in page.text
    assert 'value="Kim"' in page.text
    assert f'action="{change_url(image)}"' in page.text
    assert Image.objects.get().alt == "A door"
    assert editor.post(change_url(image), {"alt": "The same door"}).status_code == 302
    assert Image.objects.get().alt == "The same door"


def test_the_same_picture_that_is_in_the_trash_says_so(editor):
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    Image.objects.update(trashed_at=timezone.now())
    page = editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    assert "It is in the trash. Restore it to use it." in page.text
    assert "take-back/" in page.text


def test_the_same_picture_beside_another_form_is_handed_to_it(editor):
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    page = editor.post(ADD + "?_popup=1", {"file": upload(picture()), "alt": "Mine", "_popup": "1"})
    assert f"&quot;value&quot;: &quot;{Image.objects.get().pk}&quot;" in page.text
    assert Image.objects.get().alt == "A door"


def test_the_same_picture_with_other_mistakes_stays_on_its_form(editor):
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    page = editor.post(ADD, {"file": upload(picture()), "alt": "IMG_1234.jpg"})
    assert "This picture is in the library already." in errors(page)
    assert "This is the name of a file." in errors(page)


def test_a_picture_that_another_row_has_does_not_replace_one(editor):
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    editor.post(ADD, {"file": upload(picture((400, 400))), "alt": "A window"})
    window = Image.objects.get(alt="A window")
    page = editor.post(change_url(window), {"file": upload(picture()), "alt": "A window"})
    assert "This picture is in the library already." in errors(page)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_leads_there_too(editor, monkeypatch):
    """Both clicks look before either has written: the database refuses the second, which then looks again."""
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    look, looks = picture_forms.ImageForm.clean_file, []

    def too_early(form):
        looks.append(form)
        # The form that makes the squares looks first, then the one that saves.
        return look(form) if len(looks) > 2 else form.cleaned_data["file"]

    monkeypatch.setattr(picture_forms.ImageForm, "clean_file", too_early)
    page = editor.post(ADD, {"file": upload(picture()), "alt": "The same door"})
    assert len(looks) == 3
    assert "This picture is in the library already" in page.text
    assert 'value="The same door"' in page.text
    assert Image.objects.count() == 1


def test_words_are_changed_without_sending_the_picture_again(editor):
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    image = Image.objects.get()
    assert editor.post(change_url(image), {"alt": "A green door"}).status_code == 302
    changed = Image.objects.get()
    assert (changed.alt, changed.digest) == ("A green door", image.digest)


def test_another_picture_takes_its_place_and_the_old_files_stay(editor, media):
    editor.post(ADD, {"file": upload(picture()), "alt": "A door"})
    image = Image.objects.get()
    assert editor.post(change_url(image), {"file": upload(picture((400, 400))), "alt": "A door"}).status_code == 302
    changed = Image.objects.get()
    assert changed.pk == image.pk
    assert (changed.digest != image.digest, changed.widths) == (True, [320, 400])
    assert len(stored_files(media)) == 22


def test_who_may_not_add_pictures_makes_no_work(client, db, media):
    make_clinic()
    user = get_user_model().objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_image"))
    client.force_login(user)
    assert client.post(ADD, {"file": upload(picture()), "alt": "A door"}).status_code == 403
    assert stored_files(media) == []


def test_of_two_files_in_one_field_the_last_counts(editor, media):
    files = [upload(picture((200, 200))), upload(picture((400, 400)))]
    assert editor.post(ADD, {"file": files, "alt": "A door"}).status_code == 302
    assert Image.objects.get().width == 400
    assert {path.name[:32] for path in stored_files(media)} == {Image.objects.get().digest[:32]}


def test_an_upload_that_was_cut_off_stores_nothing(editor, media):
    body = encode_multipart("cut", {"alt": "A door", "file": upload(picture())})
    page = editor.generic("POST", ADD, body[: len(body) // 2], "multipart/form-data; boundary=cut")
    assert page.status_code in (200, 400)
    assert stored_files(media) == []
    assert not Image.objects.exists()


def test_the_words_are_not_the_name_of_the_chosen_file(editor):
    page = editor.post(ADD, {"file": upload(picture(), name="front-door.jpg"), "alt": "Front-Door"})
    assert "This is the name of the file." in errors(page)
    assert editor.post(ADD, {"file": upload(picture(), name="front door.jpg"), "alt": "Front door"}).status_code == 302


def test_a_refused_file_must_be_chosen_again_and_the_page_says_so(editor):
    page = editor.post(ADD, {"file": pictures.truncated(), "alt": "A door"})
    assert "Nothing that you typed is lost." in page.text
    assert "choose the picture again" in page.text
