"""An editor at work: the form is the draft, publishing is a button of its own, and nothing typed is lost."""

import pytest

from content.models import Condition, Page, PageVersion, Section
from content.publishing import page_draft_problems
from tests.content.factories import (
    add_section,
    make_article,
    make_condition,
    make_info,
    make_treatment,
    publish_flags,
)
from tests.content.reading import change_url, form_data, listed_problems
from tests.content.test_rich_text import BAD, HOSTILE
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner

pytestmark = pytest.mark.django_db
CONDITIONS = "/admin/content/condition/"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    return make_clinic()


class TestSaveDraft:
    def test_it_saves_everything_and_shows_patients_nothing(self, press, client):
        page = make_condition(published=True, slug="sciatica", title="Sciatica")
        before = client.get("/conditions/sciatica/").content
        answer = press(change_url(page), "_continue", title="Changed", **{"sections-0-body": "<p>Changed too</p>"})
        assert "Draft saved. Patients see it when you publish it." in answer.content.decode()
        assert "The draft below says something else." in answer.content.decode()
        page.refresh_from_db()
        assert (page.title, page.sections.first().body) == ("Changed", "<p>Changed too</p>")
        assert page.versions.public().count() == 1
        assert client.get("/conditions/sciatica/").content == before

    def test_opening_and_saving_changes_nothing(self, press):
        page = make_condition(published=True)
        rows = list(Section.objects.filter(page=page).values())
        press(change_url(page), "_continue")
        assert list(Section.objects.filter(page=page).values()) == rows

    def test_what_breaks_the_rules_can_be_saved_all_the_same(self, press):
        page = make_condition()
        answer = press(change_url(page), "_continue", summary="", search_description="", region="", red_flags=[])
        assert "Draft saved." in answer.content.decode()
        assert len(page_draft_problems(page)) == 4

    def test_a_taken_address_is_refused_and_nothing_typed_is_lost(self, press):
        make_condition(slug="sciatica")
        page = make_condition(slug="other")
        html = press(change_url(page), "_continue", slug="sciatica", title="Typed").content.decode()
        assert "Another page has this address." in html
        assert 'value="Typed"' in html
        page.refresh_from_db()
        assert page.slug == "other"

    def test_the_same_address_in_another_kind_is_free(self, press):
        make_article(slug="pain")
        page = make_condition()
        press(change_url(page), "_continue", slug="pain")
        assert Condition.objects.get().slug == "pain"

    @pytest.mark.parametrize("title", ["", " ", "\u200b", "\u3164", "x" * 91])
    def test_a_title_that_nobody_can_see_or_store(self, press, title):
        page = make_condition(title="Stays")
        assert press(change_url(page), "_continue", title=title).status_code == 200
        page.refresh_from_db()
        assert page.title == "Stays"

    @pytest.mark.parametrize(
        "text",
        [
            *HOSTILE[:6],
            "</title></textarea><script>alert(1)</script>",
            "O'Brien 山田太郎 عربي",
            "=1+1' OR 1=1--",
            "{{7*7}}{% debug %}${7*7} %s",
            "\u202eabc",
        ],
    )
    def test_hostile_text_in_every_field_is_kept_and_inert(self, press, client, soup, text):
        page = make_article(slug="moves")
        publish_flags()
        short = text[:80]
        answer = press(
            change_url(page),
            "_publish",
            title=f"T {short}",
            medical_name=short,
            tagline=short,
            summary=text,
            key_points=text,
            search_description=f"{short} {'x' * 60}",
            why=short,
            **{
                "sections-0-heading": f"H {short}",
                "sections-0-body": f"{' '.join(HOSTILE)}<p>Words</p>",
                "sources-0-citation": text,
            },
        )
        assert "Published." in answer.content.decode()
        root = soup.parse(client.get("/articles/moves/").content.decode())
        assert f"T {short}" in soup.text(next(root.iter("h1")))
        for element in root.iter():
            assert element.tag not in {"img", "iframe", "object", "embed", "form", "base"}
            assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
            assert not element.attrib.get("href", "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
            source = element.attrib.get("src", "")
            is_data = element.attrib.get("type") == "application/ld+json"
            assert element.tag != "script" or is_data or source.startswith("/static/js/")

    def test_rich_text_is_sanitised_and_reopens(self, press, editor):
        page = make_condition()
        press(change_url(page), "_continue", **{"sections-0-body": BAD})
        assert page.sections.first().body == "<p>Fine</p>"
        assert "&lt;p&gt;Fine&lt;/p&gt;" in editor.get(change_url(page)).content.decode()

    def test_a_text_that_is_too_long_is_an_error_with_the_text_kept(self, press):
        page = make_condition()
        html = press(change_url(page), "_continue", **{"sections-0-body": "y" * 40_001}).content.decode()
        assert "at most 40000 characters" in html
        assert "y" * 40_001 in html

    @pytest.mark.parametrize(
        "changes",
        [
            {"sections-TOTAL_FORMS": "x"},
            {"sections-0-id": "999999"},
            {"sections-0-key": "no-such-part"},
            {"sections-3-number": "101"},
            {"sections-3-number": "-1"},
            {"sections-3-number": "9" * 30},
            {"sources-0-number": "1e9"},
            {"sources-0-url": "javascript:alert(1)"},
            {"red_flags": ["999999"]},
            {"related": ["x"]},
            {"region": "moon"},
        ],
    )
    def test_forged_values_are_errors_and_change_nothing(self, press, changes):
        page = make_condition()
        before = Page.objects.values().get(pk=page.pk)
        assert press(change_url(page), "_continue", **changes).status_code == 200
        assert Page.objects.values().get(pk=page.pk) == before

    def test_nobody_types_in_who_checked_it(self, press):
        page = make_condition()
        forged = {"reviewer": str(make_practitioner().pk), "last_reviewed": "2026-11-01", "next_review": "2027-11-01"}
        assert "Draft saved." in press(change_url(page), "_continue", **forged).content.decode()
        page.refresh_from_db()
        assert (page.reviewer, page.last_reviewed, page.next_review) == (None, None, None)


class TestPublishNow:
    def test_it_saves_and_publishes_in_one_press(self, press, client):
        publish_flags()
        page = make_condition(slug="sciatica")
        answer = press(change_url(page), "_publish", title="Fresh", why="First text")
        assert "Published. Patients see it now." in answer.content.decode()
        assert "Fresh" in client.get("/conditions/sciatica/").content.decode()
        version = PageVersion.objects.public().get()
        assert (version.by.username, version.why, version.created_at) == ("pip", "First text", MONDAY_NOON)

    def test_problems_are_listed_with_links_and_the_draft_is_saved(self, press, soup):
        publish_flags()
        page = make_condition(published=True)
        answer = press(
            change_url(page),
            "_publish",
            title="Typed",
            summary="",
            why="My reason",
            **{"sections-1-do": "", "sections-1-dont": ""},
        )
        html = answer.content.decode()
        assert "It is not published yet: 2 things are missing." in html
        listed = listed_problems(soup.parse(answer.content.decode()))
        assert [target for target, _ in listed] == ["#id_summary", "#sections-1"]
        ids = {e.attrib.get("id") for e in soup.parse(html).iter()}
        assert all(target.removeprefix("#") in ids for target, _ in listed)
        assert 'value="My reason"' in html
        page.refresh_from_db()
        assert (page.title, page.versions.public().count()) == ("Typed", 1)

    def test_later_versions_need_a_reason(self, press, soup):
        page = make_condition(published=True)
        answer = press(change_url(page), "_publish", title="Again")
        assert listed_problems(soup.parse(answer.content.decode())) == [
            ("#id_why", "Say in a few words what changed and why.")
        ]

    @pytest.mark.parametrize("make", [make_condition, make_treatment, make_article, make_info])
    def test_every_kind(self, press, make):
        publish_flags()
        page = make()
        assert "Published." in press(change_url(page), "_publish").content.decode()

    def test_taking_it_off_the_site(self, press, client):
        page = make_condition(published=True, slug="sciatica")
        answer = press(change_url(page), "_unpublish", why="Being rewritten")
        assert "Taken off the site." in answer.content.decode()
        assert client.get("/conditions/sciatica/").status_code == 404
        assert PageVersion.objects.order_by("-number").first().why == "Being rewritten"
        assert "Patients do not see this page. It is a draft." in answer.content.decode()


class TestNewPage:
    def test_it_starts_with_the_parts_it_needs(self, editor, soup):
        data = form_data(soup.parse(editor.get(f"{CONDITIONS}add/").content.decode()))
        assert [data[f"sections-{n}-key"] for n in range(5)] == [
            ["symptoms"],
            ["self_care"],
            ["see_someone"],
            ["expect"],
            ["treatments"],
        ]
        assert data["sections-TOTAL_FORMS"] == "5"

    def test_untouched_parts_are_kept_for_next_time(self, press):
        press(f"{CONDITIONS}add/", "_continue", title="Neck pain", slug="neck-pain")
        page = Condition.objects.get()
        assert list(page.sections.values_list("key", flat=True)) == [
            "symptoms",
            "self_care",
            "see_someone",
            "expect",
            "treatments",
        ]

    def test_publishing_too_early_saves_it_and_says_what_is_missing(self, press, soup):
        answer = press(f"{CONDITIONS}add/", "_publish", title="Neck pain", slug="neck-pain")
        assert Condition.objects.get().title == "Neck pain"
        assert (
            "#id_summary",
            "Write the opening lines: what it is, how it usually goes, what matters most.",
        ) in listed_problems(soup.parse(answer.content.decode()))
        assert ("#sources-group", "Name at least one source with its year.") in listed_problems(
            soup.parse(answer.content.decode())
        )


class TestSectionRows:
    def test_each_layout_shows_its_own_fields_and_help(self, editor, soup):
        page = make_condition()
        html = editor.get(change_url(page)).content.decode()
        root = soup.parse(html)
        hidden = {e.attrib["name"] for e in root.iter("input") if e.attrib.get("type") == "hidden"}
        assert "sections-0-unlikely_if" not in hidden
        assert {"sections-0-do", "sections-0-number"} <= hidden
        assert "sections-1-do" not in hidden
        assert "sections-3-number" not in hidden
        assert "The list of the blue card" in html

    def test_what_is_hidden_is_not_lost(self, press):
        page = make_condition()
        section = add_section(page, "causes", do="kept")
        press(change_url(page), "_continue")
        section.refresh_from_db()
        assert section.do == "kept"

    def test_without_scripts_the_editor_is_a_plain_text_field(self, editor, soup):
        page = make_condition()
        root = soup.parse(editor.get(change_url(page)).content.decode())
        field = next(e for e in root.iter("textarea") if e.attrib["name"] == "sections-0-body")
        assert "hidden" not in field.attrib
        assert "disabled" not in field.attrib
