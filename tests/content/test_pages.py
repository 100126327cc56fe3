"""Public pages as a browser gets them: the anatomy, who stands for the text, markup, lists."""

import datetime
import itertools

import pytest

from content.models import RatedTreatment, Section, Treatment
from content.publishing import unpublish
from tests.content.factories import (
    add_section,
    check_page,
    make_article,
    make_clinician,
    make_condition,
    make_info,
    make_treatment,
    publish_flags,
    publish_page,
)
from tests.content.reading import by_class, links, structured
from tests.factories import MONDAY_NOON, make_clinic, make_location, make_practitioner

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + datetime.timedelta(days=3)


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


class TestCondition:
    @pytest.fixture
    def page(self):
        publish_flags()
        heat = make_treatment(published=True, slug="heat", title="Heat")
        page = make_condition(
            slug="sciatica",
            title="Sciatica",
            medical_name="lumbar radiculopathy",
            flags=("bladder", "fever", "not-easing"),
        )
        RatedTreatment.objects.create(
            condition=page, name="Warmth", treatment=heat, rating="not_recommended", text="<p>No.</p>"
        )
        Section.objects.filter(page=page, key="expect").update(
            number=55, number_text="were better", number_note="609 people [1]"
        )
        add_section(page, "anatomy", drawing="sciatic_nerve", caption="It starts in the back.")
        add_section(page, "help_here")
        return publish_page(page)

    def test_anatomy(self, page, visit, soup):
        root = visit("/conditions/sciatica/")
        text = soup.text(root)
        assert soup.text(next(root.iter("h1"))) == "Sciatica (lumbar radiculopathy)"
        assert (
            "You probably do not have this if the pain stays in one place. This does not rule out other causes." in text
        )
        assert "do not stay in bed" in text
        assert "If you cannot be seen today, go to an emergency room. Do not wait for us to call." in text
        assert "55 in 100 were better" in text
        assert next(e for e in by_class(root, "hundred")[0].iter("svg")).attrib["aria-label"] == (
            "100 dots. 55 are filled, 45 are open."
        )
        assert "pain that does not ease with rest" in soup.text(by_class(root, "care--routine")[0])
        drawing = by_class(root, "fig2")[0]
        assert next(drawing.iter("svg")).attrib["role"] == "img"
        assert "2. Nerve root" in soup.text(drawing)

    def test_every_entry_of_the_contents_list_leads_somewhere(self, page, visit):
        root = visit("/conditions/sciatica/")
        ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
        assert len(ids) == len(set(ids))
        targets = [href.removeprefix("#") for e in by_class(root, "art") + by_class(root, "toc") for href in links(e)]
        assert {target for target in targets if "/" not in target and ":" not in target} <= set(ids)

    def test_headings_skip_no_level(self, page, visit):
        levels = [int(e.tag[1]) for e in visit("/conditions/sciatica/").iter() if e.tag in {"h1", "h2", "h3", "h4"}]
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))

    def test_a_rated_treatment_links_to_its_live_page_and_back(self, page, visit, soup):
        assert "/treatments/heat/" in links(by_class(visit("/conditions/sciatica/"), "rx")[0])
        assert "/conditions/sciatica/" in links(by_class(visit("/treatments/heat/"), "links")[0])
        unpublish(page=Treatment.objects.get(slug="heat"), by=None, why="", now=LATER)
        root = visit("/conditions/sciatica/")
        assert links(by_class(root, "rx")[0]) == ["#s1"]
        assert "Warmth" in soup.text(root)

    def test_the_way_to_an_appointment_knows_the_condition(self, page, visit):
        assert "/appointments/?condition=sciatica" in links(by_class(visit("/conditions/sciatica/"), "art")[0])

    def test_pictures_and_words_of_the_rating_agree(self, page, visit, soup):
        rates = by_class(visit("/conditions/sciatica/"), "rate")
        assert [(soup.text(rate), len(by_class(rate, "on"))) for rate in rates] == [
            ("Helps some people", 2),
            ("Not recommended", 0),
        ]


class TestWhoStandsForIt:
    def text(self, visit, soup):
        return soup.text(by_class(visit("/conditions/sciatica/"), "review")[0])

    @pytest.fixture
    def page(self):
        author = make_practitioner(name="Robin Sample")
        doctor = make_clinician(name="Casey Specimen", credentials="MD")
        publish_flags()
        page = make_condition(slug="sciatica", author=author)
        checked_at = datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC)
        check_page(page, by=doctor, now=checked_at, next_review=datetime.date(2027, 5, 9))
        return publish_page(page)

    def test_a_sample_claims_no_review_in_text_or_markup(self, page, client, soup, visit):
        for path in ("/conditions/sciatica/",):
            html = client.get(path).content.decode()
            assert "Not yet checked by a clinician" in html
            for claim in ("Casey", "reviewedBy", "lastReviewed", "Last checked", "November 9, 2026"):
                assert claim not in html, claim
        assert "Robin Sample, PT, DPT" in self.text(visit, soup)
        assert "license DEMO-" in self.text(visit, soup)

    def test_a_real_clinic_names_who_checked_it_when_and_what_next(self, page, visit, soup):
        make_clinic(is_sample=False)
        text = self.text(visit, soup)
        assert "Casey Specimen, MD" in text
        assert "Last checked November 9, 2026" in text
        assert "Next check due May 9, 2027" in text
        assert structured(visit("/conditions/sciatica/"))[1]["reviewedBy"]["name"] == "Casey Specimen"

    def test_a_real_clinic_without_a_reviewer_claims_nothing(self, visit, soup):
        make_clinic(is_sample=False)
        make_condition(published=True, slug="sciatica")
        assert "Not yet checked by a clinician" in self.text(visit, soup)

    def test_the_name_stays_when_the_person_has_left(self, page, visit, soup):
        page.author.delete()
        assert "Robin Sample" in self.text(visit, soup)
        assert links(by_class(visit("/conditions/sciatica/"), "review")[0]) == []

    def test_three_dates_in_the_clinics_zone(self, visit, soup):
        night = datetime.datetime(2026, 11, 24, 3, 0, tzinfo=datetime.UTC)
        page = make_condition(slug="sciatica")
        publish_flags()
        publish_page(page, now=night)
        assert "First published November 23, 2026" in self.text(visit, soup)
        assert "Last changed" not in self.text(visit, soup)
        publish_page(page, now=LATER)
        assert "Last changed November 26, 2026" in self.text(visit, soup)


class TestMarkup:
    def test_breadcrumbs_and_page_say_what_the_page_shows(self, visit, settings):
        make_condition(published=True, slug="sciatica", title="Sciatica", medical_name="lumbar radiculopathy")
        crumbs, page = structured(visit("/conditions/sciatica/"))
        assert [item["name"] for item in crumbs["itemListElement"]] == ["Home", "Conditions", "Sciatica"]
        assert crumbs["itemListElement"][2]["item"] == page["url"] == f"{settings.SITE_URL}/conditions/sciatica/"
        site = {"name": "New Jersey Spine Institute", "url": f"{settings.SITE_URL}/"}
        assert page == {
            "@context": "https://schema.org",
            "@type": "MedicalWebPage",
            "@id": page["url"],
            "name": "Sciatica",
            "url": page["url"],
            "inLanguage": "en-us",
            "isPartOf": {"@type": "WebSite", "@id": f"{settings.SITE_URL}/#website", **site},
            "publisher": {
                "@type": ["MedicalClinic", "Physiotherapy"],
                "@id": f"{settings.SITE_URL}/#clinic",
                **site,
            },
            "breadcrumb": {"@id": crumbs["@id"]},
            "audience": {"@type": "Patient"},
            "citation": [{"@type": "CreativeWork", "name": "Study 1", "datePublished": "2019"}],
            "datePublished": "2026-11-23",
            "dateModified": "2026-11-23",
            "about": {
                "@type": "MedicalCondition",
                "@id": f"{page['url']}#condition",
                "name": "Sciatica",
                "alternateName": ["lumbar radiculopathy", "sore back"],
                "possibleTreatment": [{"@type": "MedicalTherapy", "name": "Exercise"}],
            },
        }

    def test_editor_text_cannot_close_the_script(self, client, soup):
        title = "</script><script>alert(1)</script>&\u2028"
        make_condition(published=True, slug="sciatica", title=title)
        html = client.get("/conditions/sciatica/").content.decode()
        assert "<script>alert" not in html
        assert structured(soup.parse(html))[1]["name"] == title

    def test_practical_pages_are_no_medical_pages(self, visit):
        make_info(published=True, slug="visit")
        assert structured(visit("/visit/"))[1]["@type"] == "WebPage"

    def test_canonical_address_leaves_the_query_out(self, visit, settings):
        make_info(published=True, slug="visit")
        root = visit("/visit/?utm=1")
        assert [e.attrib["href"] for e in root.iter("link") if e.attrib.get("rel") == "canonical"] == [
            f"{settings.SITE_URL}/visit/"
        ]


class TestIndexes:
    def test_conditions_by_where_it_hurts_with_the_emergency_signs_on_top(self, visit, soup):
        make_condition(published=True, region="leg", title="Sciatica", also_called="slipped disc")
        make_condition(published=True, region="neck", title="Stiff neck")
        make_condition(region="neck", title="A draft")
        root = visit("/conditions/")
        assert [soup.text(e) for e in root.iter("h2")] == ["Neck", "Down the leg", "Several places, or not sure"]
        assert "Also called: slipped disc" in soup.text(root)
        assert "A draft" not in soup.text(root)
        strip = by_class(root, "safe")[0]
        assert links(strip) == ["/get-help-now/"]

    def test_treatments_with_their_rating_in_words(self, visit, soup):
        make_treatment(published=True, title="Heat", rating="small_short", order=2)
        make_treatment(published=True, title="Ultrasound", rating="not_recommended", is_offered=False, order=1)
        rows = [soup.text(row) for row in by_class(visit("/treatments/"), "rx")[0]]
        assert rows[0].startswith("Ultrasound Not recommended")
        assert rows[0].endswith("We do not offer this.")
        assert rows[1].startswith("Heat Small, short-term relief")

    def test_an_order_that_was_only_saved_does_not_show(self, visit, soup):
        first = make_article(published=True, title="First", order=1)
        make_article(published=True, title="Second", order=2)
        type(first).objects.filter(pk=first.pk).update(order=3)
        assert soup.text(by_class(visit("/articles/"), "links")[0]).startswith("First")

    @pytest.mark.parametrize("path", ["/conditions/", "/treatments/", "/articles/"])
    def test_an_empty_list_says_so(self, visit, soup, path):
        assert "These pages are being written." in soup.text(visit(path))


def test_articles_have_key_points_movements_and_minutes(visit, soup):
    make_article(published=True, slug="moves", movements=1)
    text = soup.text(visit("/articles/moves/"))
    for words in (
        "In short Keep moving.",
        "About 1 minute to read",
        "Leave it out for now if it hurts",
        "Fine again soon",
    ):
        assert words in text


def test_a_movement_and_a_section_show_their_still(visit, soup):
    publish_flags()
    article = make_article(movements=2, slug="moves")
    article.movements.filter(name="Move 0").update(drawing="deadlift")
    Section.objects.filter(page=article, key="question").update(drawing="bridge", caption="Your own weight is enough.")
    publish_page(article)
    root = visit("/articles/moves/")
    drawn, bare = by_class(root, "move")
    assert [svg.attrib["role"] for svg in drawn.iter("svg")] == ["img"]
    assert "hands on a bar on the floor" in next(drawn.iter("svg")).attrib["aria-label"]
    assert not list(bare.iter("svg"))
    (figure,) = by_class(root, "still")
    assert "hips raised" in next(figure.iter("svg")).attrib["aria-label"]
    assert soup.text(figure) == "Your own weight is enough."
    assert not by_class(root, "fig2")


def test_a_treatment_at_a_glance(visit, soup):
    make_treatment(published=True, slug="heat", good_for="tight backs", is_offered=False)
    text = soup.text(by_class(visit("/treatments/heat/"), "glance")[0])
    assert "How sure we are that it helps Small, short-term relief" in text
    assert "For tight backs" in text
    assert "We do not offer this." in text


def test_a_model_text_says_so(visit, soup):
    make_info(published=True, slug="privacy", is_model_text=True)
    assert "The clinic's counsel must check it" in soup.text(visit("/privacy/"))


def test_same_day_signs_show_even_without_a_section_for_them(visit, soup):
    make_article(published=True, slug="moves")
    assert "See a doctor or urgent care today" in soup.text(visit("/articles/moves/"))
