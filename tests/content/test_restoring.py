"""An old version as the draft again: everything comes back but what no longer exists, and nothing goes live."""

import copy

import pytest

from clinic.models import Image
from content.drafts import MODELS, draft_data, upgraded
from content.editing.restoring import copy_page, restore, restore_library
from content.editing.saving import keep_draft
from content.errors import NotRestorable
from content.models import Page, PageVersion, RatedTreatment, RedFlag, SafetyVersion, Section, VersionKind
from content.publishing import publish_safety_library
from tests.content.factories import (
    add_section,
    make_article,
    make_condition,
    make_flag,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
)
from tests.content.test_rich_text import HOSTILE
from tests.factories import MONDAY_NOON, make_practitioner
from tests.staff import make_editor

pytestmark = pytest.mark.django_db
MAKERS = {
    "condition": make_condition,
    "treatment": make_treatment,
    "article": lambda **fields: make_article(movements=2, **fields),
    "info": make_info,
    "glossary": make_glossary,
}


def make_image(digest="a" * 64, **fields):
    return Image.objects.create(**{"digest": digest, "alt": "A spine", "width": 800, "height": 600} | fields)


@pytest.fixture
def eddy():
    return make_editor()


@pytest.fixture
def rich_condition():
    """A live condition that refers to everything a page can refer to."""
    other, heat = make_article(slug="moves"), make_treatment(slug="heat")
    page = make_condition(author=make_practitioner())
    page.related.set([other])
    RatedTreatment.objects.create(condition=page, order=1, name="Heat", rating="unclear", treatment=heat)
    add_section(page, "anatomy", image=make_image())
    publish_flags()
    return page


def save(page, now=MONDAY_NOON):
    return keep_draft(page=page, by=None, now=now)


def empty(page):
    """Make the draft say nothing of what it said."""
    page = MODELS[page.kind].objects.get(pk=page.pk)
    for name in ("title", "slug", "summary", "tagline", "search_words"):
        setattr(page, name, f"other-{name}")
    page.author = None
    page.save()
    page.red_flags.clear()
    page.related.clear()
    page.sections.all().delete()
    page.sources.all().delete()
    for rows in ("rated_treatments", "movements", "terms"):
        if hasattr(page, rows):
            getattr(page, rows).all().delete()


def back(page, version, by=None):
    return restore(page=page, version=version, by=by, now=MONDAY_NOON)


@pytest.mark.parametrize("kind", MAKERS)
def test_publish_edit_restore_gives_back_every_word(kind, eddy):
    page = MAKERS[kind](published=True, order=3)
    old = draft_data(page.pk)
    empty(page)
    edited = draft_data(page.pk)
    restored = back(page, page.versions.get(), by=eddy)
    assert draft_data(page.pk) == old
    assert restored.notes == ()
    assert (restored.version.kind, restored.version.by, restored.version.data) == (VersionKind.SAVED, eddy, old)
    # What stood in the draft until then is kept as well, and patients still see what they saw.
    assert [version.data for version in page.versions.order_by("number")] == [old, edited, old]
    assert Page.objects.get(pk=page.pk).live_version.number == 1


def test_everything_that_a_page_refers_to_comes_back(rich_condition):
    version = save(rich_condition)
    empty(rich_condition)
    assert back(rich_condition, version).notes == ()
    assert draft_data(rich_condition.pk) == version.data


@pytest.mark.parametrize("schema", [1, 2])
def test_versions_of_older_schemas(schema):
    page = make_condition()
    data = copy.deepcopy(draft_data(page.pk))
    for section in data["sections"]:
        del section["image"]
    if schema == 1:
        del data["search_words"], data["terms"], data["own"]["also_region"]
    version = PageVersion.objects.create(page=page, number=1, schema=schema, data=data, created_at=MONDAY_NOON)
    empty(page)
    assert back(page, version).notes == ()
    assert draft_data(page.pk) == upgraded(data)


class TestGone:
    """What no longer exists is left out and named; everything else comes back."""

    def check(self, page, version, note, **differs):
        restored = back(page, version)
        assert [one for one in restored.notes if note in one], restored.notes
        assert len(restored.notes) == 1
        got = draft_data(page.pk)
        assert {name: got[name] for name in differs} == differs
        assert {name for name in got if got[name] != version.data[name]} == set(differs)

    def test_a_sign(self, rich_condition):
        version = save(rich_condition)
        RedFlag.objects.filter(key="fever").update(trashed_at=MONDAY_NOON)
        self.check(rich_condition, version, "fever", flags=["bladder"])

    def test_a_page_to_read_next(self, rich_condition):
        version = save(rich_condition)
        Page.objects.filter(slug="moves").delete()
        self.check(rich_condition, version, "Read next", related=[])

    def test_the_page_of_a_treatment(self, rich_condition):
        version = save(rich_condition)
        Page.objects.filter(slug="heat").update(trashed_at=MONDAY_NOON)
        rows = [row | {"treatment_id": None} for row in version.data["rated_treatments"]]
        self.check(rich_condition, version, "“Heat”", rated_treatments=rows)

    def test_a_picture(self, rich_condition):
        version = save(rich_condition)
        Image.objects.update(trashed_at=MONDAY_NOON)
        rows = [row | {"image": None} for row in version.data["sections"]]
        self.check(rich_condition, version, "A spine", sections=rows)

    def test_a_picture_that_is_described_in_other_words_now(self, rich_condition):
        version = save(rich_condition)
        Image.objects.update(alt="The lower spine")
        assert "The lower spine" in back(rich_condition, version).notes[0]

    def test_a_person(self, rich_condition):
        version = save(rich_condition)
        rich_condition.author.delete()
        self.check(rich_condition, version, "Written by", author=None)

    def test_the_address(self, rich_condition):
        version = save(rich_condition)
        empty(rich_condition)
        make_condition(slug=version.data["slug"])
        self.check(rich_condition, version, version.data["slug"], slug="other-slug")


DAMAGE = [
    {},
    [],
    "text",
    {"own": None, "sections": None, "flags": "x", "related": {}},
    {
        "own": {"region": "the moon"},
        "sections": [None, 5, "x", {"key": "nonsense", "heading": "Lost"}, {"key": "scan"}],
    },
    {"title": None, "slug": "no good slug!", "order": -3, "no_emergency_card": "yes", "last_reviewed": "soon"},
    {
        "title": "x" * 500,
        "summary": "\0 \ud800",
        "order": 10**30,
        "flags": [None, 5, "bladder"],
        "related": [10**30, True],
    },
    {"author": {"slug": ["x"]}, "reviewer": {"slug": "\0"}, "last_reviewed": "2026-01-01", "next_review": "2020-01-01"},
    {
        "sections": [
            {"key": "symptoms", "number": 900, "body": "".join(HOSTILE), "image": {"digest": {}}, "drawing": "x"}
        ]
    },
    {"rated_treatments": [{"name": "", "treatment_id": "x"}, {"name": "Heat", "treatment_id": 10**30, "rating": 5}]},
    {"sources": [{"number": "one", "citation": "A", "url": "javascript:alert(1)"}, {"number": 3}], "terms": [{}]},
]


@pytest.mark.parametrize("data", DAMAGE, ids=range(len(DAMAGE)))
def test_a_damaged_version_breaks_nothing(data):
    page = make_condition(title="Stays")
    version = PageVersion(page=page.page_ptr, number=9, schema=3, data=data, created_at=MONDAY_NOON)
    if not data:
        with pytest.raises(NotRestorable):
            back(page, version)
        return
    back(page, version)
    got = draft_data(page.pk)
    assert got["title"]
    assert "<script" not in str(got)
    assert "javascript:" not in str(got)
    assert upgraded(got) == got


def test_words_that_stand_twice_in_a_glossary_come_back_once():
    page = make_glossary()
    data = draft_data(page.pk)
    data["terms"] = [{"name": "disc", "also": "", "meaning": meaning} for meaning in ("first", "second")]
    version = PageVersion.objects.create(page=page, number=1, schema=3, data=data, created_at=MONDAY_NOON)
    assert len(back(page, version).notes) == 1
    assert [term["meaning"] for term in draft_data(page.pk)["terms"]] == ["first"]


class TestRefused:
    def test_a_version_of_another_page(self, rich_condition):
        version = save(make_condition())
        before = draft_data(rich_condition.pk)
        with pytest.raises(NotRestorable):
            back(rich_condition, version)
        assert draft_data(rich_condition.pk) == before
        assert not rich_condition.versions.exists()

    def test_a_page_in_the_trash(self, rich_condition):
        version = save(rich_condition)
        Page.objects.filter(pk=rich_condition.pk).update(trashed_at=MONDAY_NOON)
        with pytest.raises(NotRestorable):
            back(rich_condition, version)
        with pytest.raises(NotRestorable):
            copy_page(page=rich_condition, by=None, now=MONDAY_NOON)

    def test_a_second_glossary(self):
        with pytest.raises(NotRestorable):
            copy_page(page=make_glossary(), by=None, now=MONDAY_NOON)


def test_a_copy_says_the_same_under_its_own_address_and_is_checked_by_nobody(rich_condition, eddy):
    pat = make_practitioner()
    fields = {"reviewer": pat, "last_reviewed": "2026-01-01", "next_review": "2027-01-01"}
    MODELS["condition"].objects.filter(pk=rich_condition.pk).update(**fields)
    old = draft_data(rich_condition.pk)
    page, restored = copy_page(page=rich_condition, by=eddy, now=MONDAY_NOON)
    got = draft_data(page.pk)
    assert restored.notes == ()
    assert {name for name in got if got[name] != old[name]} == {"title", "slug"}
    assert (got["title"], got["slug"]) == (f"{old['title']} (copy)", f"{old['slug']}-copy")
    assert (page.live_version, page.owner, restored.version.kind) == (None, eddy, VersionKind.SAVED)
    assert draft_data(rich_condition.pk) == old
    again, _restored = copy_page(page=rich_condition, by=eddy, now=MONDAY_NOON)
    assert again.slug == f"{old['slug']}-copy-2"


def test_a_long_title_and_address_can_be_copied():
    page, _restored = copy_page(page=make_info(title="T" * 90, slug="s" * 80), by=None, now=MONDAY_NOON)
    page.full_clean()


class TestSigns:
    def test_an_old_wording_is_the_draft_again(self, eddy):
        old = publish_flags()
        RedFlag.objects.filter(key="bladder").update(text="other words", order=9)
        RedFlag.objects.filter(key="fever").delete()
        make_flag("new-one")
        publish_safety_library(by=None, why="Changed", now=MONDAY_NOON)
        notes = restore_library(version=old, by=eddy, now=MONDAY_NOON)
        again = publish_safety_library(by=None, why="Back", now=MONDAY_NOON)
        assert again.data == old.data
        assert len(notes) == 2
        assert "sign new-one" in notes[0]
        assert RedFlag.objects.get(key="new-one").trashed_by == eddy
        assert not RedFlag.objects.get(key="fever").is_verified

    @pytest.mark.parametrize(
        "data", [{}, [], {"flags": None}, {"flags": [None, {"key": "x"}, {"key": "", "text": 5}]}], ids=str
    )
    def test_a_damaged_wording_puts_no_sign_into_the_trash(self, data):
        publish_flags()
        before = list(RedFlag.objects.values("key", "text", "trashed_at"))
        version = SafetyVersion.objects.create(number=2, data=data, why="Damaged", published_at=MONDAY_NOON)
        restore_library(version=version, by=None, now=MONDAY_NOON)
        assert list(RedFlag.objects.values("key", "text", "trashed_at")) == before


def test_sections_come_back_in_their_order():
    page = make_info()
    add_section(page, "topic", heading="First")
    add_section(page, "topic", heading="Second")
    version = save(page)
    Section.objects.filter(page=page, heading="Second").update(order=0)
    back(page, version)
    assert draft_data(page.pk)["sections"] == version.data["sections"]
