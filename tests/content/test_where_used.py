"""Before something goes, an editor reads what stands on it: what patients meet now, and what drafts hold."""

import re

import pytest
from django.conf import settings

from content.editing.where_used import IN_TEMPLATES, where_flag_used, where_used
from content.models import RatedTreatment, RedFlag, Redirect
from tests.content.factories import (
    make_article,
    make_condition,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.factories import make_clinic
from tests.staff import make_editor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic():
    make_clinic()
    publish_flags()


@pytest.fixture
def heat():
    return make_treatment(published=True, slug="heat", title="Heat")


def told(uses):
    return [(use.kind, use.is_live, use.title) for use in uses]


def with_link(page, href):
    section = page.sections.first()
    section.body = f'<p>Words, and <a href="{href}">more about it</a>.</p>'
    section.save()
    return page


class TestAPage:
    def test_that_nobody_names(self, heat):
        assert where_used(heat.page_ptr) == ()

    def test_read_next_in_a_draft_and_live(self, heat):
        article = make_article(published=True, title="Moving")
        article.related.add(heat.page_ptr)
        assert told(where_used(heat.page_ptr)) == [("related", False, "Moving")]
        publish_page(article)
        assert told(where_used(heat.page_ptr)) == [("related", True, "Moving"), ("related", False, "Moving")]
        article.related.clear()
        assert told(where_used(heat.page_ptr)) == [("related", True, "Moving")]

    def test_a_rated_treatment(self, heat):
        condition = make_condition(title="Sciatica")
        RatedTreatment.objects.filter(condition=condition).update(treatment=heat)
        publish_page(condition)
        uses = where_used(heat.page_ptr)
        assert told(uses) == [("rated", True, "Sciatica"), ("rated", False, "Sciatica")]
        assert uses[0].url == f"/admin/content/condition/{condition.pk}/change/"

    @pytest.mark.parametrize(
        "href",
        [
            "/treatments/heat/",
            "/treatments/heat",
            "/treatments/heat/#risks",
            "/treatments/heat/?x=1",
            f"{settings.SITE_URL}/treatments/heat/",
        ],
    )
    def test_links_in_texts(self, heat, href):
        page = with_link(make_article(published=True, title="Moving"), href)
        assert told(where_used(heat.page_ptr)) == [("text", False, "Moving")]
        publish_page(page)
        assert told(where_used(heat.page_ptr)) == [("text", True, "Moving"), ("text", False, "Moving")]

    @pytest.mark.parametrize("href", ["/treatments/heat-pads/", "https://other.example/treatments/heat/", "/heat/"])
    def test_links_that_only_look_alike(self, heat, href):
        make_treatment(published=True, slug="heat-pads")
        make_info(published=True, slug="heat")
        publish_page(with_link(make_article(title="Moving"), href))
        assert where_used(heat.page_ptr) == ()

    def test_a_link_in_a_rated_treatment_s_words(self, heat):
        condition = make_condition(title="Sciatica")
        RatedTreatment.objects.filter(condition=condition).update(
            text='<p><a href="/treatments/heat/">Heat</a> [1]</p>'
        )
        assert told(where_used(heat.page_ptr)) == [("text", False, "Sciatica")]

    def test_under_the_draft_s_new_address_too(self, heat):
        heat.slug = "warmth"
        heat.save()
        with_link(make_article(title="Old"), "/treatments/heat/")
        with_link(make_article(title="New"), "/treatments/warmth/")
        assert told(where_used(heat.page_ptr)) == [("text", False, "New"), ("text", False, "Old")]

    def test_not_by_itself_nor_by_what_is_in_the_trash(self, heat, time_machine):
        with_link(heat, "/treatments/heat/")
        publish_page(heat)
        gone = with_link(make_article(), "/treatments/heat/")
        gone.related.add(heat.page_ptr)
        gone.trashed_at = gone.updated_at
        gone.save()
        heat.refresh_from_db()
        assert where_used(heat.page_ptr) == ()

    def test_old_addresses(self, heat):
        Redirect.objects.create(path="/treatments/warm-packs/", to_page=heat.page_ptr)
        [use] = where_used(heat.page_ptr)
        assert (use.kind, use.is_live, use.title) == ("redirect", True, "/treatments/warm-packs/")

    def test_pages_of_the_menu_and_the_foot(self):
        assert told(where_used(make_info(slug="costs").page_ptr)) == [("site", True, "the site itself")]
        assert told(where_used(make_glossary().page_ptr)) == [("site", True, "the site itself")]
        assert where_used(make_info(slug="parking").page_ptr) == ()

    def test_queries_do_not_grow(self, heat, django_assert_num_queries):
        for number in (1, 3):
            for _ in range(number):
                page = with_link(make_article(), "/treatments/heat/")
                page.related.add(heat.page_ptr)
                publish_page(page)
            with django_assert_num_queries(6):
                where_used(heat.page_ptr)


class TestASign:
    def test_live_pages_drafts_and_the_site(self):
        page = make_condition(published=True, title="Sciatica")
        sign = RedFlag.objects.get(key="bladder")
        kinds = [("check", True), ("flag", True), ("site", True), ("flag", False)]
        assert [(use.kind, use.is_live) for use in where_flag_used(sign)] == kinds
        page.red_flags.clear()
        assert [(use.kind, use.is_live) for use in where_flag_used(sign)] == kinds[:3]

    def test_that_nobody_published(self):
        assert where_flag_used(RedFlag.objects.create(key="new", group="soon", area="child", text="a sign")) == ()

    def test_queries_do_not_grow(self, django_assert_num_queries):
        sign = RedFlag.objects.get(key="bladder")
        for number in (1, 3):
            for _ in range(number):
                make_condition(published=True)
            with django_assert_num_queries(3):
                where_flag_used(sign)


def test_the_fixed_list_is_what_the_templates_name():
    named = set()
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        named |= set(re.findall(r"""url ['"]content:info['"] ['"]([\w-]+)['"]""", path.read_text()))
    assert named == IN_TEMPLATES


def test_editors_read_it_beside_the_draft(client, heat):
    article = make_article(title="Moving <b>on</b>")
    article.related.add(heat.page_ptr)
    client.force_login(make_editor())
    text = client.get(f"/admin/content/treatment/{heat.pk}/change/").content.decode()
    assert "Where this is used: 1 place," in text
    assert "Moving &lt;b&gt;on&lt;/b&gt;" in text
    assert "<b>on</b>" not in text
    assert (
        "Nothing else on the site uses this."
        in client.get(f"/admin/content/article/{article.pk}/change/").content.decode()
    )
    assert "uses this" not in client.get("/admin/content/treatment/add/").content.decode()
