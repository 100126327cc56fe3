"""The library of pictures: finding, where each is used, what matters in it, and the trash."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from clinic.images import ImageRefused
from clinic.models import Clinic, Image, Practitioner
from clinic.picture_trash import PictureInUse, put_in_trash, take_back
from clinic.picture_uses import all_uses
from tests.clinic.pictures import picture, upload
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner

pytestmark = pytest.mark.django_db
LIBRARY = reverse("admin:clinic_image_changelist")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def boss(client, media, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic()
    user = get_user_model().objects.create_superuser("boss")
    client.force_login(user)
    return user


def make_image(alt="A door", **fields):
    number = Image.objects.count()
    return Image.objects.create(
        **{"digest": f"{number:064}", "alt": alt, "width": 640, "height": 320, "widths": [320, 640]} | fields
    )


def shown(client, query=""):
    return [image for image, _uses in client.get(LIBRARY + query).context_data["shown"]]


def trash_url(image):
    return reverse("admin:clinic_image_trash", args=[image.pk])


class TestFinding:
    def test_by_words_and_by_who_took_it(self, boss, client):
        door, desk = make_image("A green door"), make_image("A desk", credit="Kim Example")
        assert shown(client, "?q=green") == [door]
        assert shown(client, "?q=kim") == [desk]
        assert "No picture fits." in client.get(LIBRARY + "?q=elbow").text

    def test_by_use(self, boss, client):
        used, unused = make_image("A face"), make_image("A door")
        lines = make_image("", is_decorative=True)
        gone = make_image("A chair", trashed_at=MONDAY_NOON)
        make_practitioner(portrait=used)
        assert set(shown(client)) == {used, unused, lines}
        assert shown(client, "?shelf=used") == [used]
        assert set(shown(client, "?shelf=unused")) == {unused, lines}
        assert shown(client, "?shelf=decorative") == [lines]
        assert shown(client, "?shelf=trash") == [gone]

    def test_a_picture_without_words_says_since_when(self, boss, client):
        make_image("", is_decorative=True)
        assert "Decoration, added 2026-11-23" in client.get(LIBRARY).text

    def test_an_empty_library_and_an_empty_trash(self, boss, client):
        assert "There is no picture yet." in client.get(LIBRARY).text
        assert "The trash is empty." in client.get(LIBRARY + "?shelf=trash").text

    @pytest.mark.parametrize("query", ["?shelf=%00", "?shelf=x", "?q=%00", "?p=-1", "?o=9"])
    def test_strange_questions_are_no_error(self, boss, client, query):
        make_image()
        assert client.get(LIBRARY + query).status_code in (200, 302)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, boss, client, django_assert_num_queries, rows):
        for number in range(rows):
            make_practitioner(portrait=make_image(f"Face {number}"))
        # Sign-in, site and banners; the page of the list; portraits, sections, live and planned versions.
        with django_assert_num_queries(10 + 1 + 4):
            client.get(LIBRARY)


class TestUses:
    def test_a_portrait_is_public_while_its_person_works_here(self, boss, client):
        image = make_image()
        person = make_practitioner(name="Jordan", portrait=image)
        (use,) = all_uses()[image.pk]
        assert (use.name, use.record, use.is_public) == (str(person), person, True)
        Practitioner.objects.update(is_active=False)
        assert [use.is_public for use in all_uses()[image.pk]] == [False]
        page = client.get(reverse("admin:clinic_image_change", args=[image.pk])).text
        assert f'<a href="{reverse("admin:clinic_practitioner_change", args=[person.pk])}">' in page
        assert "patients do not see it there" in page

    def test_no_link_where_one_may_not_go(self, client, media, time_machine):
        make_clinic()
        image = make_image()
        make_practitioner(portrait=image)
        user = get_user_model().objects.create_user("pia", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_image"))
        client.force_login(user)
        page = client.get(reverse("admin:clinic_image_change", args=[image.pk])).text
        assert "Where it is used" in page
        assert "/admin/clinic/practitioner/" not in page
        assert trash_url(image) not in page


class TestFocalPoint:
    @pytest.fixture
    def image(self, boss, client):
        client.post(reverse("admin:clinic_image_add"), {"file": upload(picture((1000, 500))), "alt": "A door"})
        return Image.objects.get()

    def change(self, client, image, **fields):
        typed = {"alt": image.alt, "place": "50-50", "focal_x": image.focal_x, "focal_y": image.focal_y}
        return client.post(reverse("admin:clinic_image_change", args=[image.pk]), typed | fields)

    def squares(self, media):
        return {path.name.partition("-at-")[2] for path in (media / "images").iterdir() if "-at-" in path.name}

    @pytest.mark.parametrize(
        ("fields", "point"),
        [
            ({"place": "17-83"}, (17, 83)),
            ({"place": "exact", "focal_x": "3", "focal_y": "97"}, (3, 97)),
            # Somebody typed numbers and left the nine places as they were.
            ({"focal_x": "3", "focal_y": "97"}, (3, 97)),
            ({"focal_x": "", "focal_y": ""}, (50, 50)),
            ({"place": ""}, (50, 50)),
        ],
    )
    def test_a_place_or_an_exact_point(self, client, image, media, fields, point):
        assert self.change(client, image, **fields).status_code == 302
        image.refresh_from_db()
        assert image.focus == point
        # What the team page now asks for exists.
        names = [part.rpartition("/")[2].split(" ")[0] for part in image.square.avif_srcset.split(",")]
        assert all((media / "images" / name).exists() for name in names)

    def test_older_squares_stay(self, client, image, media):
        before = self.squares(media)
        self.change(client, image, place="17-17")
        assert before < self.squares(media)

    def test_words_alone_write_no_file(self, client, image, media):
        before = self.squares(media)
        assert self.change(client, image, alt="A green door").status_code == 302
        assert self.squares(media) == before

    @pytest.mark.parametrize("value", ["101", "-1", "x", "1e9", "٣", "5.5", "\x00"])
    def test_a_point_outside_the_picture_is_refused(self, client, image, value):
        page = self.change(client, image, place="exact", focal_x=value)
        image.refresh_from_db()
        if page.status_code == 302:
            assert (value, image.focal_x) == ("٣", 3)
        else:
            assert page.context["adminform"].form.errors.keys() == {"focal_x"}
            assert image.focal_x == 50

    def test_a_full_disk_is_told_and_changes_nothing(self, client, image, monkeypatch):
        def full(_files):
            raise ImageRefused("The picture could not be stored.")

        monkeypatch.setattr("clinic.images._write", full)
        page = self.change(client, image, place="17-17", alt="A green door")
        assert "The picture could not be stored." in page.text
        assert 'value="A green door"' in page.text
        image.refresh_from_db()
        assert image.focus == (50, 50)

    def test_the_team_page_shows_the_square(self, client, image):
        self.change(client, image, place="17-17")
        make_practitioner(portrait=Image.objects.get())
        page = client.get("/team/").text
        assert f"/images/{image.digest[:32]}-at-17-17-96.avif 96w" in page
        assert 'width="320" height="320" alt="A door"' in page


class TestTrash:
    def test_it_goes_and_comes_back(self, boss, client):
        image, old = make_image(), Clinic.objects.get().facts_version
        assert "It can no longer be chosen." in client.get(trash_url(image)).text
        assert Image.objects.get().trashed_at is None
        assert client.post(trash_url(image)).url == LIBRARY
        assert Image.objects.get().trashed_at == MONDAY_NOON
        assert Clinic.objects.get().facts_version > old
        assert "This picture is in the trash." in client.get(reverse("admin:clinic_image_change", args=[image.pk])).text
        client.post(reverse("admin:clinic_image_take_back", args=[image.pk]))
        assert Image.objects.get().trashed_at is None
        assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
            "Put into the trash.",
            "Taken back from the trash.",
        ]

    def test_not_while_patients_see_it(self, boss, client):
        image = make_image()
        make_practitioner(name="Jordan", portrait=image)
        page = client.get(trash_url(image)).text
        assert "Patients see it. Replace it here first" in page
        assert 'value="Move to the trash"' not in page
        assert "Replace it there first." in client.post(trash_url(image), follow=True).text
        assert Image.objects.get().trashed_at is None
        with pytest.raises(PictureInUse) as refused:
            put_in_trash(image_id=image.pk, by=boss, now=MONDAY_NOON)
        assert [use.name for use in refused.value.uses] == [str(Practitioner.objects.get())]

    def test_twice_is_once(self, boss):
        image = make_image()
        put_in_trash(image_id=image.pk, by=boss, now=MONDAY_NOON)
        put_in_trash(image_id=image.pk, by=boss, now=MONDAY_NOON + datetime.timedelta(days=1))
        assert Image.objects.get().trashed_at == MONDAY_NOON
        take_back(image_id=image.pk, by=boss, now=MONDAY_NOON)
        take_back(image_id=image.pk, by=boss, now=MONDAY_NOON)
        assert LogEntry.objects.count() == 2

    def test_a_picture_in_the_trash_cannot_be_chosen_but_stays_where_it_is(self, boss, client):
        gone, other = make_image("Gone", trashed_at=MONDAY_NOON), make_image("Other")
        person = make_practitioner(is_active=False, portrait=gone)
        second = make_practitioner(name="Second")
        url = reverse("admin:clinic_practitioner_change", args=[person.pk])
        page = client.get(url)
        assert "Gone (in the trash)" in page.text
        assert f'data-thumb="{other.square.smallest_src}"' in page.text
        form = page.context["adminform"].form
        typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        assert client.post(url, typed).status_code == 302
        assert Practitioner.objects.get(pk=person.pk).portrait == gone
        url = reverse("admin:clinic_practitioner_change", args=[second.pk])
        form = client.get(url).context["adminform"].form
        typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        refused = client.post(url, typed | {"portrait": gone.pk})
        assert "This picture is in the trash." in str(refused.context["adminform"].form.errors)

    @pytest.mark.parametrize("name", ["clinic_image_trash", "clinic_image_take_back"])
    def test_unknown_pictures_and_people_who_may_only_look(self, boss, client, name):
        image = make_image()
        assert client.post(reverse(f"admin:{name}", args=[99])).status_code == 404
        user = get_user_model().objects.create_user("pia", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_image"))
        client.force_login(user)
        assert client.post(reverse(f"admin:{name}", args=[image.pk])).status_code == 403
        assert Image.objects.get().trashed_at is None

    def test_looking_changes_nothing(self, boss, client):
        image = make_image(trashed_at=MONDAY_NOON)
        assert client.get(reverse("admin:clinic_image_take_back", args=[image.pk])).status_code == 405
        assert Image.objects.get().trashed_at == MONDAY_NOON

    def test_nothing_is_deleted(self, boss, client):
        image = make_image()
        url = reverse("admin:clinic_image_delete", args=[image.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403
        fields = {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"}
        client.post(LIBRARY, fields)
        assert Image.objects.count() == 1
