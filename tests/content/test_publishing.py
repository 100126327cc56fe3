"""What publishing does, and that a draft never shows."""

import datetime

import pytest
from django.contrib.auth.models import User

from content.drafts import SCHEMA, draft_data, is_same_draft
from content.errors import AppendOnlyError, NotPublishable
from content.models import LiveLink, Page, PageVersion, RatedTreatment, RedFlag, SafetyVersion, Section
from content.publishing import (
    library_has_unpublished_changes,
    page_draft_problems,
    publish,
    publish_safety_library,
    unpublish,
)
from content.safety import live_library
from tests.content.factories import (
    EARLIER,
    add_section,
    add_source,
    make_article,
    make_condition,
    make_flag,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + datetime.timedelta(days=3)


@pytest.fixture(autouse=True)
def clinic():
    return make_clinic()


@pytest.fixture
def editor():
    return User.objects.create(username="eddy")


def test_publishing_stores_the_whole_page(editor):
    author = make_practitioner(name="Robin Sample")
    publish_flags()
    exercise = make_treatment(published=True)
    page = make_condition(author=author)
    page.related.add(exercise)
    RatedTreatment.objects.filter(condition=page).update(treatment=exercise)
    version = publish(page=page, by=editor, why=" First text ", now=MONDAY_NOON)
    assert (version.number, version.schema, version.by, version.why) == (1, SCHEMA, editor, "First text")
    data = version.data
    assert [section["key"] for section in data["sections"]] == [
        "symptoms",
        "self_care",
        "see_someone",
        "expect",
        "treatments",
    ]
    assert data["title"] == page.title
    assert data["own"] == {"region": "lower_back", "also_region": "", "also_called": "sore back"}
    assert data["flags"] == ["bladder", "fever"]
    assert data["related"] == [exercise.pk]
    assert data["rated_treatments"][0]["treatment_id"] == exercise.pk
    assert data["sources"] == [{"number": 1, "citation": "Study 1", "year": "2019", "url": ""}]
    assert data["author"]["name"] == "Robin Sample"
    assert data["author"]["licence_number"] == author.licence_number
    assert PageVersion.objects.get(pk=version.pk).data == data
    live = Page.objects.published().get(pk=page.pk)
    assert (live.live_version, live.live_slug, live.live_title) == (version, page.slug, page.title)
    assert live.first_published_at == live.live_since == MONDAY_NOON
    assert LiveLink.objects.get().to_page_id == exercise.pk


def test_publishing_takes_the_saved_draft_not_the_instance_in_memory():
    page = make_condition(published=True)
    page.title = "Never saved"
    version = publish(page=page, by=None, why="Again", now=LATER)
    assert version.data["title"] != "Never saved"


def test_a_second_version_keeps_the_first_date_and_needs_a_reason():
    page = make_article(published=True)
    with pytest.raises(NotPublishable) as refused:
        publish(page=page, by=None, why=" ", now=LATER)
    assert [problem.field for problem in refused.value.problems] == ["why"]
    assert publish(page=page, by=None, why="Typo", now=LATER).number == 2
    page.refresh_from_db()
    assert (page.first_published_at, page.live_since) == (MONDAY_NOON, LATER)


def test_a_refused_draft_changes_nothing():
    page = make_condition(published=True)
    page.sections.all().delete()
    before = Page.objects.values().get(pk=page.pk)
    with pytest.raises(NotPublishable):
        publish(page=page, by=None, why="Broken", now=LATER)
    assert Page.objects.values().get(pk=page.pk) == before
    assert page.versions.count() == 1
    assert len(page_draft_problems(page)) == 5


@pytest.mark.parametrize("slug", ["team", "appointments", "conditions", "admin", "contact"])
def test_a_practical_page_cannot_hide_behind_another_part_of_the_site(slug):
    with pytest.raises(NotPublishable) as refused:
        make_info(published=True, slug=slug)
    assert [problem.field for problem in refused.value.problems] == ["slug"]


def test_a_page_cannot_take_the_address_of_a_live_one():
    first = make_article(published=True, slug="pain")
    Page.objects.filter(pk=first.pk).update(slug="moved")
    with pytest.raises(NotPublishable) as refused:
        make_article(published=True, slug="pain")
    assert [problem.field for problem in refused.value.problems] == ["slug"]


def test_taking_a_page_off_the_site_is_recorded_and_publishing_brings_it_back(editor):
    page = make_condition(published=True)
    page.related.add(make_treatment())
    publish(page=page, by=editor, why="Links", now=LATER)
    record = unpublish(page=page, by=editor, why="Wrong", now=LATER)
    assert (record.number, record.data, record.by, record.why) == (3, {}, editor, "Wrong")
    page.refresh_from_db()
    assert not Page.objects.published().exists()
    assert (page.live_slug, page.live_title, page.live_since) == ("", "", None)
    assert page.first_published_at == MONDAY_NOON
    assert not LiveLink.objects.exists()
    assert unpublish(page=page, by=editor, why="", now=LATER) is None
    assert publish(page=page, by=editor, why="Right", now=LATER).number == 4


def test_the_draft_is_compared_with_what_is_live():
    page = make_condition(published=True)
    assert is_same_draft(page.live_version.data, draft_data(page.pk))
    page.red_flags.add(make_flag("neck-cord"))
    assert not is_same_draft(page.live_version.data, draft_data(page.pk))


PUBLIC = [
    "/",
    "/get-help-now/",
    "/conditions/",
    "/conditions/sciatica/",
    "/treatments/",
    "/treatments/heat/",
    "/articles/",
    "/articles/moving/",
    "/visit/",
    "/sitemap.xml",
]
SECRET = "UNPUBLISHED"


def test_nothing_of_a_draft_shows_anywhere_before_it_is_published(client, time_machine):
    """Everything that an editor can change, changed after publishing: not one byte of the public site differs."""
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_site_of_all_kinds()
    before = {path: client.get(path) for path in PUBLIC}
    assert {answer.status_code for answer in before.values()} == {200}
    rewrite_every_draft()
    for path, answer in before.items():
        after = client.get(path)
        assert after.content == answer.content, path
        assert after.headers.get("ETag") == answer.headers.get("ETag"), path
        assert SECRET not in after.content.decode()
    for path in ("/conditions/unpublished/", "/treatments/unpublished/", "/articles/unpublished/", "/unpublished/"):
        assert client.get(path).status_code == 404
    publish_safety_library(by=None, why="New words", now=LATER)
    for page in Page.objects.published():
        publish(page=page, by=None, why="New words", now=LATER)
    shown = "".join(client.get(path).content.decode() for path in ("/get-help-now/", "/conditions/", "/treatments/"))
    assert shown.count(SECRET) >= 4


def make_site_of_all_kinds():
    publish_flags()
    heat = make_treatment(published=True, slug="heat")
    sciatica = make_condition(slug="sciatica", author=make_practitioner())
    sciatica.related.add(heat)
    publish_page(sciatica)
    make_article(published=True, slug="moving", movements=2)
    make_info(published=True, slug="visit")


def rewrite_every_draft():
    for page in Page.objects.all():
        Page.objects.filter(pk=page.pk).update(
            title=f"{SECRET} {page.pk}",
            tagline=SECRET,
            summary=SECRET,
            search_description=SECRET * 6,
            medical_name=SECRET,
            order=999 - page.pk,
            author=None,
        )
        page.sections.update(heading=SECRET, body=f"<p>{SECRET}</p>")
        page.sources.update(citation=SECRET)
        page.related.set(Page.objects.exclude(pk=page.pk))
        if not page.no_emergency_card:
            page.red_flags.add(make_flag("neck-cord"))
    for kind in ("condition", "treatment", "article", "info"):
        Page.objects.filter(kind=kind).update(slug="unpublished")
    RatedTreatment.objects.update(name=SECRET, rating="not_recommended")
    for page in Page.objects.filter(kind="condition"):
        type(page.condition).objects.filter(pk=page.pk).update(region="neck", also_called=SECRET)
    for page in Page.objects.filter(kind="treatment"):
        type(page.treatment).objects.filter(pk=page.pk).update(rating="not_recommended", is_offered=False)
    RedFlag.objects.update(text=SECRET)
    make_condition(title=SECRET, slug="never-published")
    make_flag("never-published", text=SECRET)


class TestSafetyLibrary:
    def test_the_newest_version_is_live(self):
        assert live_library().version == 0
        assert live_library().flags == ()
        publish_flags()
        RedFlag.objects.filter(key="bladder").update(text="new words")
        assert "new words" not in [flag.text for flag in live_library().flags]
        assert library_has_unpublished_changes()
        version = publish_safety_library(by=None, why="Clearer", now=LATER)
        assert (version.number, live_library().version) == (2, 2)
        assert "new words" in [flag.text for flag in live_library().flags]
        assert not library_has_unpublished_changes()

    def test_check_and_pick(self):
        make_flag("fever", in_check=False)
        publish_flags()
        library = live_library()
        assert [flag.key for flag in library.check("emergency")] == ["bladder", "neck-cord"]
        assert library.check("same_day") == ()
        assert [flag.key for flag in library.pick(["neck-cord", "fever", "gone", "bladder"], "emergency")] == [
            "bladder",
            "neck-cord",
        ]

    def test_a_new_wording_reaches_every_page_at_once(self, client, time_machine):
        time_machine.move_to(MONDAY_NOON, tick=False)
        make_condition(published=True, slug="sciatica")
        old = client.get("/conditions/sciatica/")
        RedFlag.objects.filter(key="bladder").update(text="brand new words")
        publish_safety_library(by=None, why="Clearer", now=LATER)
        answer = client.get("/conditions/sciatica/", headers={"If-None-Match": old.headers["ETag"]})
        assert answer.status_code == 200
        assert "brand new words" in answer.content.decode()

    def test_no_live_page_loses_its_card(self):
        page = make_condition(published=True, title="Sciatica")
        RedFlag.objects.filter(key="bladder").delete()
        with pytest.raises(NotPublishable, match="1 problems") as refused:
            publish_safety_library(by=None, why="Gone", now=LATER)
        assert "Sciatica" in refused.value.problems[0].text
        unpublish(page=page, by=None, why="", now=LATER)
        publish_safety_library(by=None, why="Gone", now=LATER)

    def test_a_reason_is_needed(self):
        make_flag("bladder")
        with pytest.raises(NotPublishable):
            publish_safety_library(by=None, why="", now=EARLIER)
        assert not SafetyVersion.objects.exists()


def test_exactly_an_older_version_can_be_published():
    page = make_condition(published=True, title="First")
    first = page.live_version
    Page.objects.filter(pk=page.pk).update(title="Second")
    publish(page=page, by=None, why="Second", now=LATER)
    version = publish(page=page, version=first, by=None, why="Back", now=LATER)
    assert (version.number, version.data["title"]) == (3, "First")
    assert Page.objects.get(pk=page.pk).title == "Second"


def test_neither_another_pages_version_nor_a_removal_can_be_published():
    page, other = make_condition(published=True), make_article(published=True)
    removal = unpublish(page=page, by=None, why="", now=LATER)
    for version in (other.live_version, removal):
        with pytest.raises(PageVersion.DoesNotExist):
            publish(page=page, version=version, by=None, why="x", now=LATER)


def test_a_page_in_the_trash_cannot_be_published():
    publish_flags()
    page = make_condition(trashed_at=MONDAY_NOON)
    with pytest.raises(NotPublishable) as refused:
        publish(page=page, by=None, why="", now=LATER)
    assert [problem.text for problem in refused.value.problems] == ["This page is in the trash. Take it out first."]


def test_versions_survive_what_happens_to_the_draft(editor):
    page = make_condition(published=True)
    version = page.live_version
    Section.objects.filter(page=page).delete()
    add_section(page, "causes")
    add_source(page)
    version.refresh_from_db()
    assert len(version.data["sections"]) == 5
    with pytest.raises(AppendOnlyError):
        version.save()
