"""Links in texts: found wherever they stand, and those within the site tried before patients meet them."""

import pytest
from django.test import override_settings

from content.drafts import draft_data
from content.editing.links import (
    anchors_in,
    broken_links,
    external_links,
    external_url,
    internal_path,
    internal_problem,
    known_addresses,
    links_in,
)
from content.models import RatedTreatment, Redirect
from tests.content.factories import (
    add_source,
    make_article,
    make_condition,
    make_glossary,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.factories import make_clinic, make_practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic():
    make_clinic()
    publish_flags()


def linking(*hrefs, **fields):
    page = make_article(**fields)
    section = page.sections.first()
    section.body = "".join(f'<p><a href="{href}">More about {href.strip("#/") or "it"}</a></p>' for href in hrefs)
    section.save()
    return page


def problem(path):
    return internal_problem(path, known_addresses())


class TestFinding:
    def test_in_sections_rated_treatments_and_sources(self):
        condition = make_condition()
        condition.sections.filter(key="symptoms").update(body='<p><a href="/costs/">Our <b>costs</b></a></p>')
        RatedTreatment.objects.filter(condition=condition).update(text='<p><a href="https://a.example/">A</a></p>')
        add_source(condition, url="https://b.example/study#page=2", citation="Study B")
        data = draft_data(condition.pk)
        found = [(link.field, link.path, link.external, link.text) for link in links_in(data)]
        assert found == [
            ("sections-0-body", "/costs/", "", "Our costs"),
            ("rated_treatments-0-text", "", "https://a.example/", "A"),
            ("sources-1-url", "", "https://b.example/study", "Study B"),
        ]

    def test_in_the_record_of_a_removal_there_are_none(self):
        assert links_in({}) == []

    @pytest.mark.parametrize(
        ("html", "found"),
        [
            ("", []),
            ("<p>a &lt;a href='/x/'&gt;</p>", []),
            ('<p><a href="/x/?a=1&amp;b=2">a &amp; b</a></p>', [("/x/?a=1&b=2", "a & b")]),
            ("<p><a>none</a></p>", [("", "none")]),
            ('<p><a href="/x/"></a>after</p>', [("/x/", "")]),
        ],
    )
    def test_anchors(self, html, found):
        assert anchors_in(html) == found

    @override_settings(SITE_URL="https://clinic.example", SITE_HOST="clinic.example")
    @pytest.mark.parametrize(
        ("href", "path"),
        [
            ("/visit/#top", "/visit/#top"),
            ("https://clinic.example/visit/?x=1#y", "/visit/?x=1#y"),
            ("https://clinic.example", "/"),
            ("https://clinic.example:8443/visit/", ""),
            ("https://clinic.example.evil.example/", ""),
            ("https://clinic.example@evil.example/", ""),
            ("//evil.example/", ""),
            ("/\\evil.example/", ""),
            ("https://[::1/", ""),
            ("https://a:99999/", ""),
            ("tel:+12015550142", ""),
            ("mailto:a@clinic.example", ""),
            ("", ""),
        ],
    )
    def test_what_stays_within_the_site(self, href, path):
        assert internal_path(href) == path

    @pytest.mark.parametrize(
        ("href", "url"),
        [
            ("HTTPS://A.example/X?y#z", "https://A.example/X?y"),
            ("http://a.example", "http://a.example"),
            ("ftp://a.example/", ""),
            ("https:///x", ""),
            ("https://a.example:0/", ""),
            ("https://a.example:x/", ""),
            ("tel:[clinic phone]", ""),
        ],
    )
    def test_what_leaves_it(self, href, url):
        assert external_url(href) == url

    def test_links_of_drafts_and_of_live_pages_with_the_pages_they_are_on(self, django_assert_num_queries):
        first = publish_page(linking("https://a.example/#x"))
        first.sections.update(body='<p><a href="https://b.example/">b</a></p>')
        second = make_condition()
        add_source(second, url="https://b.example/")
        gone = linking("https://gone.example/")
        gone.trashed_at = gone.updated_at
        gone.save()
        with django_assert_num_queries(4):
            found = external_links()
        assert found == {"https://a.example/": {first.pk}, "https://b.example/": {first.pk, second.pk}}


class TestLinksWithinTheSite:
    @pytest.mark.parametrize(
        "path",
        ["/", "/conditions/", "/get-help-now/", "/appointments/", "/team/", "/locations/#parking", "/search/?q=heat"],
    )
    def test_fixed_places(self, path):
        assert problem(path) == ""

    def test_live_pages_with_and_without_the_last_slash(self):
        make_treatment(published=True, slug="heat")
        assert [problem(path) for path in ("/treatments/heat/", "/treatments/heat", "/treatments/heat/?x#em")] == [
            ""
        ] * 3

    def test_a_page_that_patients_cannot_see_yet(self):
        make_treatment(slug="heat")
        assert problem("/treatments/heat/") == (
            "The link to /treatments/heat/ leads to a page that patients cannot see yet."
        )

    @pytest.mark.parametrize(
        "path", ["/treatments/het/", "/nowhere/at/all/", "/team/nobody/", "/conditions/heat/", "/%ff/"]
    )
    def test_nothing_there(self, path):
        make_treatment(published=True, slug="heat")
        assert "leads nowhere" in problem(path)

    def test_people_who_work_here(self):
        make_practitioner(slug="kim")
        make_practitioner(slug="lee", is_active=False)
        assert problem("/team/kim/") == ""
        assert "leads nowhere" in problem("/team/lee/")

    def test_old_addresses_still_lead_somewhere(self):
        page = make_treatment(published=True, slug="heat")
        Redirect.objects.create(path="/treatments/warmth/", to_page=page.page_ptr)
        Redirect.objects.create(path="/old-news/today/", to_path="/articles/")
        assert [problem(path) for path in ("/treatments/warmth/", "/old-news/today")] == ["", ""]

    def test_staff_pages_and_somebody_s_request(self):
        assert "staff pages" in problem("/admin/content/")
        assert "somebody's own request" in problem("/appointments/12345678-1234-5678-1234-567812345678/reason/")

    def test_places_on_a_page(self):
        make_treatment(published=True, slug="heat")
        make_glossary(published=True, terms=("disc",))
        paths = ("/treatments/heat/#risks", "/treatments/heat/#s1", "/glossary/#word-disc", "/glossary/#letter-d")
        assert [path for path in paths if problem(path)] == []
        assert "no such place" in problem("/treatments/heat/#nowhere")

    def test_a_page_may_name_itself_before_it_is_live(self):
        page = linking("/articles/moves/", "/articles/moves/#sources", "/articles/moves/#nowhere", slug="moves")
        [found] = broken_links(draft_data(page.pk))
        assert (found.field, "no such place" in found.text) == ("sections-0-body", True)

    def test_each_is_told_once_with_its_field(self):
        page = linking("/het/", "/het/", "https://a.example/", "/costs/")
        make_info(published=True, slug="costs")
        assert [(found.field, found.text) for found in broken_links(draft_data(page.pk))] == [
            ("sections-0-body", "The link to /het/ leads nowhere. Correct it, or take it out.")
        ]

    def test_a_page_without_links_costs_no_query(self, django_assert_num_queries):
        data = draft_data(make_article().pk)
        with django_assert_num_queries(0):
            assert broken_links(data) == []

    def test_old_schemas_are_read_too(self):
        data = draft_data(linking("/het/").pk)
        del data["sections"][0]["image"]
        assert len(broken_links(data)) == 1
