"""What follows a page's text: dates, what changed and why, the series, sharing; and what if a part is gone."""

import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from clinic.models import Image, Practitioner
from content.listing import MOST_CHANGES, changes, place_in_series
from content.models import PageVersion
from content.publishing import unpublish
from tests.content.factories import (
    check_page,
    make_article,
    make_clinician,
    make_condition,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.content.reading import by_class, links
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


def by_id(root, id):
    return next(element for element in root.iter() if element.attrib.get("id") == id)


class TestDates:
    def facts(self, visit, soup, path="/conditions/sciatica/"):
        return [soup.text(row) for row in by_class(visit(path), "review")[-1]]

    def test_published_and_changed_are_two_things(self, visit, soup):
        page = make_condition(published=True, slug="sciatica")
        assert self.facts(visit, soup)[-1] == "First published November 23, 2026 Not changed since"
        publish_page(page, now=MONDAY_NOON + 3 * DAY)
        assert self.facts(visit, soup)[-2:] == ["First published November 23, 2026", "Last changed November 26, 2026"]

    @pytest.mark.parametrize(
        ("due", "words"),
        [(datetime.date(2026, 11, 23), "Next check due"), (datetime.date(2026, 11, 22), "Next check was due")],
    )
    def test_checked_is_a_third_and_says_when_the_next_is_overdue(self, visit, soup, due, words):
        make_clinic(is_sample=False)
        publish_flags()
        page = make_condition(slug="sciatica")
        doctor = make_clinician(name="Casey Specimen", credentials="MD")
        check_page(page, by=doctor, now=MONDAY_NOON - 198 * DAY, next_review=due)
        publish_page(page)
        facts = self.facts(visit, soup)
        assert facts[0].startswith("Checked by Casey Specimen, MD")
        assert facts[1:3] == ["Last checked May 9, 2026", f"{words} November {due.day}, 2026"]

    @pytest.mark.parametrize(
        ("make", "path", "words"),
        [
            (make_condition, "/conditions/page/", "Not yet checked by a clinician"),
            (make_treatment, "/treatments/page/", "Not yet checked by a clinician"),
            (make_article, "/articles/page/", "Not yet checked by a clinician"),
            (make_info, "/page/", "Not yet checked"),
        ],
    )
    def test_no_kind_of_page_is_silent_about_it(self, visit, soup, make, path, words):
        make(published=True, slug="page")
        assert f"Checked by {words}" in self.facts(visit, soup, path)


class TestWhatChanged:
    def test_newest_first_with_its_reason(self, visit, soup):
        page = make_condition(slug="sciatica")
        publish_flags()
        for day, why in enumerate(["", "A newer review of injections.", "Clearer words."]):
            publish_page(page, why=why, now=MONDAY_NOON + day * DAY)
        details = by_class(visit("/conditions/sciatica/"), "changes")[0]
        assert [soup.text(line) for line in details.iter("li")] == [
            "November 25, 2026 Clearer words.",
            "November 24, 2026 A newer review of injections.",
            "November 23, 2026 First version.",
        ]

    def test_at_most_a_few_in_one_query(self, django_assert_num_queries, clinic):
        page = make_condition(published=True)
        for number in range(10):
            publish_page(page, why=f"Reason {number}", now=MONDAY_NOON + number * DAY)
        with django_assert_num_queries(1):
            found = changes(page.pk, clinic.zone)
        assert [change.number for change in found] == [11, 10, 9, 8, 7][:MOST_CHANGES]

    def test_taking_a_page_off_is_not_news_for_its_readers(self, clinic):
        page = make_condition(published=True)
        unpublish(page=page, by=None, why="An inner reason.", now=MONDAY_NOON + DAY)
        publish_page(page, why="Back again.", now=MONDAY_NOON + 2 * DAY)
        assert PageVersion.objects.filter(page=page.pk).count() == 3
        assert [change.why for change in changes(page.pk, clinic.zone)] == ["Back again.", "Test"]

    def test_a_hostile_reason_is_inert(self, client):
        page = make_condition(published=True, slug="sciatica")
        publish_page(page, why="</ol><script>alert(1)</script>", now=MONDAY_NOON + DAY)
        assert "<script>alert" not in client.get("/conditions/sciatica/").content.decode()


class TestSeries:
    @pytest.fixture
    def articles(self):
        return [
            make_article(
                published=True, slug=slug, title=slug.title(), tagline="", order=order, series="Starting to move"
            )
            for order, slug in enumerate(["first", "second", "third"], start=1)
        ]

    def nav(self, visit, slug):
        return by_id(visit(f"/articles/{slug}/"), "series")

    def steps(self, visit, slug):
        return [(a.attrib["rel"], a.attrib["href"]) for a in self.nav(visit, slug).iter("a")]

    def test_each_leads_to_the_one_before_and_the_next(self, articles, visit, soup):
        assert self.steps(visit, "first") == [("next", "/articles/second/")]
        assert self.steps(visit, "second") == [("prev", "/articles/first/"), ("next", "/articles/third/")]
        assert self.steps(visit, "third") == [("prev", "/articles/second/")]
        assert soup.text(self.nav(visit, "second")).startswith("Starting to move: part 2 of 3")

    def test_a_draft_is_no_part_and_a_changed_draft_moves_nothing(self, articles, visit):
        make_article(slug="draft", order=0, series="Starting to move")
        type(articles[2]).objects.filter(pk=articles[2].pk).update(series="Another", order=0)
        assert self.steps(visit, "second") == [("prev", "/articles/first/"), ("next", "/articles/third/")]
        unpublish(page=articles[0], by=None, why="", now=MONDAY_NOON + DAY)
        assert self.steps(visit, "second") == [("next", "/articles/third/")]

    def test_an_article_on_its_own_has_no_steps(self, articles, visit):
        make_article(published=True, slug="lonely", series="A series of one")
        make_article(published=True, slug="plain")
        for slug in ("lonely", "plain"):
            assert "series" not in {e.attrib.get("id") for e in visit(f"/articles/{slug}/").iter()}

    def test_it_costs_one_query_and_none_without_a_series(self, articles, django_assert_num_queries):
        with django_assert_num_queries(1):
            place_in_series(articles[1].pk, "Starting to move")
        with django_assert_num_queries(0):
            place_in_series(articles[1].pk, "")

    def test_neighbors_are_not_named_twice(self, visit):
        first = make_article(published=True, slug="first", order=1, series="S")
        second = make_article(slug="second", order=2, series="S")
        second.related.add(first.page_ptr)
        publish_page(second)
        root = visit("/articles/second/")
        assert links(by_id(root, "series")) == ["/articles/first/"]
        assert "related" not in {e.attrib.get("id") for e in root.iter()}

    def test_the_list_has_series_first_in_their_order_then_the_rest(self, articles, visit, soup):
        make_article(published=True, slug="alone", title="Alone", order=0)
        root = visit("/articles/")
        assert [soup.text(heading) for heading in root.iter("h2")] == ["Starting to move", "More to read"]
        series = by_class(root, "links")[0]
        assert series.tag == "ol"
        assert [soup.text(line) for line in series] == ["Part 1 First", "Part 2 Second", "Part 3 Third"]


class TestTreatmentsByCategory:
    def test_in_the_order_of_guidelines_empty_ones_left_out(self, visit, soup):
        make_treatment(published=True, title="A knife", category="surgery", order=1)
        make_treatment(published=True, title="Walking", category="therapy", order=2)
        make_treatment(published=True, title="Tablets", category="medicine", order=3)
        root = visit("/treatments/")
        assert [soup.text(heading) for heading in root.iter("h2")] == [
            "Exercise and physical therapy",
            "Medicines",
            "Surgery",
        ]
        assert [soup.text(name) for name in root.iter("dt")] == ["Walking", "Tablets", "A knife"]


class TestSharing:
    def test_mail_and_address_without_a_script(self, visit, settings):
        make_info(published=True, slug="visit", title="Coffee & tea? 100% “yes” + più")
        share = by_id(visit("/visit/?utm=1"), "share")
        (mail,) = [href for href in links(share) if href.startswith("mailto:")]
        parts = urlsplit(mail)
        assert parts.path == ""
        assert "+" not in mail
        assert parse_qs(parts.query) == {
            "subject": ["Coffee & tea? 100% “yes” + più"],
            "body": [f"{settings.SITE_URL}/visit/"],
        }
        field = next(share.iter("input"))
        assert (field.attrib["value"], "readonly" in field.attrib) == (f"{settings.SITE_URL}/visit/", True)
        # It does nothing without the script, so it does not show without it.
        assert "hidden" in next(share.iter("button")).attrib

    def test_the_only_script_is_our_own(self, visit):
        make_info(published=True, slug="visit")
        scripts = [e.attrib for e in visit("/visit/").iter("script") if e.attrib.get("type") != "application/ld+json"]
        assert [script["src"].startswith("/static/js/copy_link") for script in scripts] == [True]


class TestPartsThatAreGone:
    @pytest.fixture
    def page(self):
        publish_flags()
        related = make_treatment(published=True, slug="heat", title="Heat")
        picture = Image.objects.create(digest="a" * 64, width=10, height=10, alt="A face", widths=[10])
        page = make_condition(
            slug="sciatica",
            author=make_practitioner(name="Robin Sample", slug="robin", portrait=picture),
        )
        page.related.add(related.page_ptr)
        check_page(page, by=make_clinician(name="Casey Specimen", slug="casey"))
        make_clinic(is_sample=False)
        return publish_page(page)

    def test_people_who_left_are_named_without_a_link(self, page, visit, soup):
        assert "/team/robin/" in links(visit("/conditions/sciatica/"))
        Practitioner.objects.all().delete()
        root = visit("/conditions/sciatica/")
        assert "Robin Sample" in soup.text(root)
        assert "Casey Specimen" in soup.text(root)
        assert not [href for href in links(root) if href.startswith("/team/robin")]

    def test_a_picture_that_was_deleted(self, page, client):
        Practitioner.objects.update(portrait=None)
        Image.objects.all().delete()
        for path in ("/conditions/sciatica/", "/team/", "/team/robin/", "/"):
            assert client.get(path).status_code == 200, path

    def test_a_related_page_that_was_taken_off(self, page, visit):
        assert "/treatments/heat/" in links(visit("/conditions/sciatica/"))
        unpublish(page=page.related.get(), by=None, why="", now=MONDAY_NOON + DAY)
        assert "/treatments/heat/" not in links(visit("/conditions/sciatica/"))

    def test_a_page_that_was_never_public_may_be_deleted_while_another_names_it(self, page, visit):
        draft = make_treatment(slug="draft")
        page.related.add(draft.page_ptr)
        publish_page(page, why="More", now=MONDAY_NOON + DAY)
        draft.delete()
        visit("/conditions/sciatica/")
