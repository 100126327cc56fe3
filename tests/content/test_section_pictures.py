"""Pictures in sections: chosen by an editor, checked by the gate, shown as they were published."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Image
from clinic.picture_trash import PictureInUse, put_in_trash
from clinic.picture_uses import all_uses
from content.drafts import draft_data, text_digest, upgraded
from content.gate_pictures import picture_advice, picture_problems
from content.models import PlannedChange, Section
from content.publishing import page_draft_problems, publish, unpublish
from content.states import PlanAction
from tests.content.factories import make_condition, make_info, publish_flags, publish_page
from tests.content.reading import change_url, structured
from tests.content.test_gate import FACTS, draft, section
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_superuser

PICTURE = {
    "id": 1,
    "digest": "a" * 64,
    "alt": "A table below a window",
    "is_decorative": False,
    "credit": "",
    "width": 1600,
    "height": 1200,
    "widths": [320, 640, 1024, 1600],
    "is_in_trash": False,
}


def make_image(alt="A table below a window", digest="a", **fields):
    return Image.objects.create(
        **{"digest": digest * 64, "alt": alt, "width": 1600, "height": 1200, "widths": [320, 640, 1024, 1600]} | fields
    )


def problems(image=None, **fields):
    """(field, sentence) of a page whose one section has this picture."""
    row = section("topic", heading="Own", caption="It is low.") | {"image": PICTURE | (image or {}), "image_alt": ""}
    data = draft("info", sections=[row | fields])
    return [(problem.field, problem.text) for problem in picture_problems(data, FACTS)]


class TestGate:
    def test_a_picture_with_words_and_caption_passes(self):
        assert problems() == []

    @pytest.mark.parametrize(
        ("image", "fields", "field", "begins"),
        [
            ({"alt": ""}, {}, "image_alt", "Say what the picture shows"),
            ({"alt": "\u200b"}, {}, "image_alt", "Say what the picture shows"),
            ({"alt": "IMG_1234.JPG"}, {}, "image_alt", "The picture's words are the name of a file."),
            ({}, {"image_alt": "screenshot-2026-11-23"}, "image_alt", "The picture's words are the name of a file."),
            ({"alt": "photo"}, {}, "image_alt", "The picture's words are the name of a file."),
            ({}, {"caption": ""}, "caption", "Say what to conclude from the picture."),
            ({}, {"caption": " a TABLE below a window"}, "caption", "The caption repeats"),
            ({"is_decorative": True}, {}, "caption", "Decoration has no caption."),
            ({}, {"drawing": "sciatic_nerve"}, "drawing", "A section has a drawing or a picture, not both."),
            ({"is_in_trash": True}, {}, "image", "This picture is in the trash."),
            ({"alt": "Call 911"}, {}, "image_alt", "Take the phone number out"),
            ({"credit": "Kim, (201) 555-0142"}, {}, "image_alt", "Take the phone number out"),
        ],
    )
    def test_each_rule_is_one_sentence_at_its_field(self, image, fields, field, begins):
        found = problems(image, **fields)
        assert [name for name, _text in found] == [f"sections-0-{field}"]
        assert found[0][1].startswith(begins)

    @pytest.mark.parametrize(
        ("image", "fields"),
        [
            ({"is_decorative": True, "alt": ""}, {"caption": ""}),
            # What is decoration elsewhere says something here.
            ({"is_decorative": True, "alt": ""}, {"image_alt": "A table"}),
            ({"alt": "IMG_1234.JPG"}, {"image_alt": "A table"}),
        ],
    )
    def test_decoration_needs_no_words_and_words_in_place_come_first(self, image, fields):
        assert problems(image, **fields) == []

    @pytest.mark.parametrize(
        ("words", "count"),
        [("A table", 0), ("x" * 125, 0), ("x" * 126, 1), ("Picture of a table", 1), ("a photo showing a table", 1)],
    )
    def test_advice_does_not_block(self, words, count):
        row = section("topic", heading="Own", caption="Low.") | {"image": PICTURE, "image_alt": words}
        data = draft("info", sections=[row])
        assert len(list(picture_advice(data))) == count
        assert list(picture_problems(data, FACTS)) == []

    def test_a_page_without_pictures(self):
        assert list(picture_problems(draft("info"), FACTS)) == list(picture_advice(draft("info"))) == []


@pytest.fixture
def clinic(db, time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


@pytest.fixture
def page(clinic):
    publish_flags()
    page = make_condition(slug="sciatica")
    Section.objects.filter(page=page, key="symptoms").update(image=make_image(), caption="It is low. [1]")
    return page


def html(client, path="/conditions/sciatica/"):
    response = client.get(path)
    assert response.status_code == 200
    return response.text


class TestPage:
    def test_it_shows_the_picture_with_its_words(self, page, client):
        publish_page(page)
        figure = re.search(r'<figure class="photo">.*?</figure>', html(client), re.DOTALL)[0]
        name = "/images/" + "a" * 32
        assert f'srcset="{name}-320.avif 320w, {name}-640.avif 640w, {name}-1024.avif 1024w' in figure
        assert f'<img src="{name}-1600.jpg"' in figure
        assert 'width="1600" height="1200" alt="A table below a window" loading="lazy"' in figure
        assert "It is low." in figure
        assert 'href="#s1"' in figure

    def test_decoration_is_passed_over_and_an_upright_picture_is_narrow(self, page, client):
        Image.objects.update(is_decorative=True, width=1200, height=1600, widths=[320, 1200], credit="Kim <b>")
        Section.objects.update(caption="")
        publish_page(page)
        figure = re.search(r'<figure class="photo photo--tall">.*?</figure>', html(client), re.DOTALL)[0]
        assert 'alt=""' in figure
        assert "Picture: Kim &lt;b&gt;" in figure

    def test_words_in_place_come_before_those_of_the_library(self, page, client):
        Section.objects.filter(image__isnull=False).update(image_alt='A “low” <table>" onload="x')
        publish_page(page)
        assert 'alt="A “low” &lt;table&gt;&quot; onload=&quot;x"' in html(client)

    def test_a_version_shows_the_picture_as_it_was(self, page, client):
        publish_page(page)
        before = html(client)
        Image.objects.update(alt="Something else", credit="Kim", digest="b" * 64, widths=[320])
        Section.objects.update(image=None)
        assert html(client) == before

    def test_the_draft_is_not_public(self, page, client):
        Section.objects.update(image=None)
        publish_page(page)
        Section.objects.filter(key="symptoms").update(image=Image.objects.get())
        assert "<figure" not in html(client)

    @pytest.mark.parametrize("is_decorative", [True, False])
    def test_machines_are_told_of_pictures_that_say_something(self, page, client, soup, settings, is_decorative):
        Image.objects.update(credit="Kim", is_decorative=is_decorative)
        Section.objects.update(caption="" if is_decorative else "Low.")
        publish_page(page)
        found = structured(soup.parse(html(client)))[-1].get("image")
        told = {
            "@type": "ImageObject",
            "contentUrl": f"{settings.SITE_URL}/images/{'a' * 32}-1600.jpg",
            "width": 1600,
            "height": 1200,
            "description": "A table below a window",
            "creditText": "Kim",
        }
        assert found == (None if is_decorative else [told])

    def test_versions_without_pictures_are_read_as_ever(self, page):
        old = draft_data(page.pk)
        for row in old["sections"]:
            del row["image"], row["image_alt"]
        assert {(row["image"], row["image_alt"]) for row in upgraded(old)["sections"]} == {(None, "")}

    def test_other_words_are_another_text_for_the_clinician_who_checks(self, page):
        before = text_digest(draft_data(page.pk))
        Image.objects.update(focal_x=10)
        assert text_digest(draft_data(page.pk)) == before
        Section.objects.filter(image__isnull=False).update(image_alt="A table")
        assert text_digest(draft_data(page.pk)) != before


class TestLibrary:
    def uses(self, image):
        return [(use.label, use.name, use.is_public) for use in all_uses().get(image.pk, ())]

    def test_it_knows_drafts_live_pages_and_planned_ones(self, page):
        image = Image.objects.get()
        assert self.uses(image) == [("Draft", page.title, False)]
        version = publish(page=page, by=None, why="Test", now=MONDAY_NOON)
        assert self.uses(image) == [("Draft", page.title, False), ("Live page", page.title, True)]
        # The same page once, whatever the number of its sections.
        Section.objects.filter(page=page, key="expect").update(image=image, caption="x")
        assert len(self.uses(image)) == 2
        Section.objects.update(image=None)
        assert self.uses(image) == [("Live page", page.title, True)]
        unpublish(page=page, by=None, why="", now=MONDAY_NOON)
        assert self.uses(image) == []
        PlannedChange.objects.create(
            page=page, action=PlanAction.PUBLISH, version=version, at=MONDAY_NOON, created_at=MONDAY_NOON
        )
        assert self.uses(image) == [("Planned to be published", page.title, True)]

    def test_what_is_used_leads_to_the_form_of_its_page(self, page, client):
        client.force_login(make_superuser())
        text = html(client, reverse("admin:clinic_image_change", args=[Image.objects.get().pk]))
        assert f'<a href="{change_url(page)}">{page.title}</a>' in text

    def test_not_into_the_trash_while_a_live_page_shows_it(self, page):
        boss, image = make_superuser(), Image.objects.get()
        publish_page(page)
        Section.objects.update(image=None)
        with pytest.raises(PictureInUse):
            put_in_trash(image_id=image.pk, by=boss, now=MONDAY_NOON)
        publish(page=page, by=None, why="Without it", now=MONDAY_NOON)
        put_in_trash(image_id=image.pk, by=boss, now=MONDAY_NOON)

    def test_a_draft_that_holds_it_cannot_be_published(self, page):
        put_in_trash(image_id=Image.objects.get().pk, by=make_superuser(), now=MONDAY_NOON)
        assert [problem.text for problem in page_draft_problems(page)] == [
            "This picture is in the trash. Choose another one, or take it back."
        ]

    @pytest.mark.parametrize("pages", [1, 3])
    def test_queries_do_not_grow_with_pages(self, clinic, django_assert_num_queries, pages):
        image = make_image()
        for _number in range(pages):
            page = make_info()
            Section.objects.filter(page=page).update(image=image, caption="Low.")
            publish_page(page)
        with django_assert_num_queries(4):
            assert len(all_uses()[image.pk]) == 2 * pages


class TestForm:
    def test_a_picture_is_chosen_from_the_words_of_the_library(self, page, press, client):
        image = make_image("A foam roller", digest="b")
        answer = press(
            change_url(page),
            "_continue",
            **{"sections-0-image": image.pk, "sections-0-image_alt": "A gray roller on a mat"},
        )
        assert "Draft saved." in answer.text
        row = Section.objects.get(page=page, key="symptoms")
        assert (row.image, row.image_alt) == (image, "A gray roller on a mat")
        text = html(client, change_url(page))
        assert f'<option value="{image.pk}" selected data-thumb="{image.square.smallest_src}">A foam roller' in text

    def test_the_trash_is_not_offered_but_what_was_chosen_stays(self, page, press, client):
        Image.objects.update(trashed_at=MONDAY_NOON)
        make_image("Hidden", digest="b", trashed_at=MONDAY_NOON)
        text = html(client, change_url(page))
        assert "A table below a window (in the trash)" in text
        assert "Hidden" not in text
        press(change_url(page), "_continue", title="Changed")
        assert Section.objects.filter(page=page, image__isnull=False).count() == 1

    def test_another_sections_picture_in_the_trash_cannot_be_chosen_anew(self, page, press):
        Image.objects.update(trashed_at=MONDAY_NOON)
        answer = press(change_url(page), "_continue", **{"sections-1-image": Image.objects.get().pk})
        assert "This picture is in the trash. Choose another one" in answer.text

    def test_a_file_name_is_refused_and_kept_to_be_changed(self, page, press):
        answer = press(change_url(page), "_continue", **{"sections-0-image_alt": "IMG_1234.JPG"})
        assert "This is the name of a file." in answer.text
        assert 'value="IMG_1234.JPG"' in answer.text

    @pytest.mark.parametrize("pictures", [1, 3])
    def test_the_pictures_are_read_once_for_all_sections(self, page, client, pictures):
        for number in range(pictures):
            make_image(f"Picture {number}", digest=str(number))
        client.force_login(make_superuser("pictures"))
        with CaptureQueriesContext(connection) as captured:
            client.get(change_url(page))
        # Counted, then read.
        assert len([query for query in captured if ' FROM "clinic_image"' in query["sql"]]) == 2
